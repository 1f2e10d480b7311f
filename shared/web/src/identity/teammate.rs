//! The only place where a request becomes a teammate. Nothing that a contact can get hold of is enough: teammates'
//! tokens have other keys, their own audience and another cookie.

use super::{claims, cookie::set_cookie, credential, visitor::NotSignedIn};
use crate::{
    base::{app::App, config::Config, signing::TokenError},
    http::{problem::Problem, request::Request},
};
use domain::id::TeammateId;
use portal::teammate::Teammate;
use serde::Deserialize;
use std::time::Duration;

/// The cookie with a token of the staff identity provider, set by the page where teammates sign in.
pub const COOKIE: &str = "portal_teammate";
/// As much of a name as the header of a page has room for, in characters.
const LONGEST_NAME: usize = 100;

/// The claims of a teammate's token (docs/wiring.md).
#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
    name: Option<String>,
    #[serde(flatten)]
    common: claims::Claims,
}

/// Finds out which teammate sends this request: by bearer token, else by cookie. A bearer token that is refused is not
/// replaced by the cookie.
///
/// # Errors
/// [`NotSignedIn`], even for somebody who is signed in as a contact.
pub fn teammate(app: &App, request: &Request) -> Result<Teammate, NotSignedIn> {
    match credential::bearer(request)? {
        Some(token) => noted(request, by_token(app, token).map_err(NotSignedIn::Refused)),
        None => by_cookie(app, request),
    }
}

/// Finds out in which teammate's browser the request was made.
pub(crate) fn by_cookie(app: &App, request: &Request) -> Result<Teammate, NotSignedIn> {
    let token = credential::cookie(request, COOKIE)?.ok_or(NotSignedIn::Missing)?;
    noted(request, by_token(app, token).map_err(NotSignedIn::Refused))
}

/// Notes for the log from whom the request comes.
fn noted(request: &Request, found: Result<Teammate, NotSignedIn>) -> Result<Teammate, NotSignedIn> {
    found.inspect(|teammate| {
        request.sender.teammate.get_or_init(|| teammate.id.clone());
    })
}

fn by_token(app: &App, token: &str) -> Result<Teammate, TokenError> {
    let claims: Claims = app.config.teammate_keys.verify(token)?;
    if !claims.common.is_for_help_desk() {
        return Err(TokenError::Invalid);
    }
    claims.common.check_times(app.portal.clock.now())?;
    let id = TeammateId::new(claims.sub).map_err(|_| TokenError::Invalid)?;
    let name = claims.name.map(|name| name.trim().chars().take(LONGEST_NAME).collect::<String>());
    Ok(Teammate { id, name: name.filter(|name| !name.is_empty()) })
}

/// Finds out which teammate sends this request.
///
/// # Errors
/// 401 for somebody who is not signed in as a teammate.
pub fn signed_in(app: &App, request: &Request) -> Result<Teammate, Problem> {
    teammate(app, request).map_err(|why| {
        tracing::info!(?why, "no teammate");
        Problem::not_signed_in(words::refusal::NO_TEAMMATE_SIGNED_IN, why == NotSignedIn::Missing)
    })
}

/// `Set-Cookie` with a teammate's token, on this host only. `life` is how long the token is valid.
#[must_use]
pub fn set(config: &Config, token: &str, life: Duration) -> String {
    set_cookie(config, COOKIE, token, life, None)
}

/// All `Set-Cookie` headers that sign a teammate out of this browser. The cookie can be on this host or, if the
/// vendor's own sign-in page set it, on the parent domain.
#[must_use]
pub fn clear(config: &Config) -> Vec<String> {
    let parent = config.cookie_domain().map(Some);
    let clear = |domain| set_cookie(config, COOKIE, "", Duration::ZERO, domain);
    [Some(None), parent].into_iter().flatten().map(clear).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{
        base::signing::KeyRing,
        identity::{session_cookie, viewing, visitor},
    };
    use domain::id::ContactId;
    use portal::Clock;
    use serde_json::{Value, json};
    use store::{Session, Store};

    const NOW: i64 = 1_700_000_000;
    const HOUR: i64 = 3600;
    /// The same secret everywhere, so that only the content of the tokens can tell them apart.
    const KEYS: &str = r#"[{"kid":"k","alg":"HS256","secret":"the same for everybody"}]"#;

    pub(crate) fn app() -> App {
        let mut config = Config::on_this_machine("t".into(), "https://help.example.com".into()).unwrap();
        let keys = KeyRing::from_json(KEYS).unwrap();
        (config.identity_keys, config.session_keys, config.teammate_keys) = (keys.clone(), keys.clone(), keys);
        let clock = Clock::Set(std::sync::Arc::new((NOW * 1000).into()));
        // No table answers there, so a test fails if it reads one without need.
        App::new(Store::at("http://127.0.0.1:1", "t"), config, clock)
    }

    pub(crate) fn token(claims: &Value) -> String {
        KeyRing::from_json(KEYS).unwrap().sign(claims).unwrap()
    }

    fn good() -> Value {
        json!({"sub": "t-1", "aud": "helpdesk", "iat": NOW, "exp": NOW + HOUR})
    }

    /// `good` with one claim changed. Null removes it.
    pub(crate) fn with(name: &str, value: Value) -> Value {
        let mut claims = good();
        claims[name] = value;
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        claims
    }

    pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Request {
        let mut request = lambda_http::http::Request::builder().method(method).uri(format!("https://h.example{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = Request::from_lambda(request.body(lambda_http::Body::Empty).unwrap());
        request.raw_path = path.to_owned();
        request
    }

    fn by_bearer(claims: &Value) -> Result<Teammate, NotSignedIn> {
        let header = format!("Bearer {}", token(claims));
        teammate(&app(), &request("GET", "/api/helpdesk/search", &[("authorization", &header)]))
    }

    #[test]
    fn a_token_says_which_teammate() {
        assert_eq!(by_bearer(&good()).unwrap(), Teammate { id: TeammateId::new("t-1").unwrap(), name: None });
        for (name, is) in [
            (json!(" Grace "), Some("Grace".to_owned())),
            (json!("  "), None),
            (json!("é".repeat(300)), Some("é".repeat(100))),
        ] {
            assert_eq!(by_bearer(&with("name", name)).unwrap().name, is);
        }
        for aud in [json!(["helpdesk"]), json!(["other", "helpdesk", 1])] {
            assert!(by_bearer(&with("aud", aud)).is_ok());
        }
        for exp in [json!(NOW - 29), json!(NOW + 7 * 24 * HOUR), json!(NOW as f64 + 0.5)] {
            assert!(by_bearer(&with("exp", exp.clone())).is_ok(), "{exp}");
        }
    }

    #[test]
    fn a_token_that_lacks_something_or_has_run_out_says_nobody() {
        let (invalid, expired) = (TokenError::Invalid, TokenError::Expired);
        let (not_yet, too_long) = (TokenError::NotYet, TokenError::LivesTooLong);
        for (claims, why) in [
            (with("aud", Value::Null), invalid),
            (with("aud", json!("help desk")), invalid),
            (with("aud", json!("HELPDESK")), invalid),
            (with("aud", json!(["session"])), invalid),
            (with("aud", json!([["helpdesk"]])), invalid),
            (with("aud", json!({"helpdesk": 1})), invalid),
            (with("sub", Value::Null), invalid),
            (with("sub", json!("")), invalid),
            (with("sub", json!("x".repeat(257))), invalid),
            (with("exp", Value::Null), invalid),
            (with("exp", json!("soon")), invalid),
            (with("exp", json!(1e300)), invalid),
            (with("exp", json!(NOW - 30)), expired),
            (with("exp", json!(NOW + 8 * 24 * HOUR)), too_long),
            (with("iat", json!(NOW - 8 * 24 * HOUR)), too_long),
            (with("iat", json!(NOW + 60)), not_yet),
            (with("nbf", json!(NOW + 60)), not_yet),
        ] {
            assert_eq!(by_bearer(&claims), Err(NotSignedIn::Refused(why)), "{claims}");
        }
    }

    #[test]
    fn a_bearer_token_counts_before_the_cookie_and_two_cookies_are_none() {
        let (app, good) = (app(), token(&good()));
        let ask = |headers: &[(&str, &str)]| teammate(&app, &request("GET", "/helpdesk", headers));
        let (bearer, cookie) = (format!("Bearer {good}"), format!("{COOKIE}={good}"));
        assert!(ask(&[("authorization", &bearer)]).is_ok());
        assert!(ask(&[("cookie", &cookie)]).is_ok());
        assert_eq!(
            ask(&[("authorization", "Bearer x"), ("cookie", &cookie)]),
            Err(NotSignedIn::Refused(TokenError::Malformed))
        );
        assert_eq!(ask(&[("cookie", &format!("{cookie}; {COOKIE}=x"))]), Err(NotSignedIn::Ambiguous));
        for nobody in ["a=b", "portal_teammate=", "portal_session=x"] {
            assert_eq!(ask(&[("cookie", nobody)]), Err(NotSignedIn::Missing), "{nobody}");
        }
    }

    #[test]
    fn nothing_of_a_contacts_passes_as_a_teammate_even_under_one_key() {
        let (app, contact, id) = (app(), ContactId::new("ada").unwrap(), TeammateId::new("t-1").unwrap());
        let session = Session { id: "s-1".into(), epoch: 0 };
        let value = |set_cookie: String| set_cookie.split(['=', ';']).nth(1).unwrap().to_owned();
        for (what, token) in [
            ("identity token", token(&json!({"user_id": "ada", "sub": "ada", "iat": NOW, "exp": NOW + HOUR}))),
            ("session", value(session_cookie::make(&app, &contact, &session).unwrap())),
            ("viewing", value(viewing::start(&app, &id, &contact).unwrap())),
        ] {
            for header in [("authorization", format!("Bearer {token}")), ("cookie", format!("{COOKIE}={token}"))] {
                let request = request("GET", "/helpdesk", &[(header.0, &header.1)]);
                assert!(matches!(teammate(&app, &request), Err(NotSignedIn::Refused(_))), "{what}: {header:?}");
            }
            let cookies = format!("portal_session={token}; portal_identity={token}; portal_hint={token}");
            let request = request("GET", "/helpdesk", &[("cookie", &cookies)]);
            assert_eq!(teammate(&app, &request), Err(NotSignedIn::Missing), "{what}");
        }
    }

    #[test]
    fn nothing_of_a_teammates_passes_as_a_contact_even_under_one_key() {
        let app = app();
        for aud in [json!("helpdesk"), json!(["portal", "helpdesk"])] {
            let token = token(&json!({"sub": "ada", "user_id": "ada", "aud": aud, "epoch": 0, "exp": NOW + HOUR}));
            assert_eq!(visitor::by_identity_token(&app, &token), Err(TokenError::ForHelpDesk));
            let bearer = format!("Bearer {token}");
            let cookie = |name: &str| ("cookie", format!("{name}={token}"));
            for header in
                [("authorization", bearer), cookie("portal_session"), cookie("portal_identity"), cookie(COOKIE)]
            {
                let request = request("GET", "/tickets", &[(header.0, &header.1)]);
                assert!(visitor::visitor(&app, &request).is_err(), "{header:?}");
            }
        }
        let for_another = token(&json!({"user_id": "ada", "aud": "app", "exp": NOW + HOUR}));
        assert!(visitor::by_identity_token(&app, &for_another).is_ok(), "any other audience is the vendor's business");
    }

    #[test]
    fn signing_out_clears_the_cookie_wherever_it_was_set() {
        let cleared = clear(&app().config);
        assert!(
            cleared.iter().all(|it| it.starts_with("portal_teammate=;") && it.contains("Max-Age=0")),
            "{cleared:?}"
        );
        assert_eq!(cleared.iter().map(|it| it.contains("Domain=example.com")).collect::<Vec<_>>(), [false, true]);
    }
}
