//! The one place where a request becomes a teammate. What a contact can come by is never enough: other keys, an
//! audience of its own, another cookie.

use crate::{
    App, Config, NotSignedIn, Problem, Request, claims, credential, session_cookie::set_cookie, signing::TokenError,
};
use domain::id::TeammateId;
use serde::Deserialize;
use std::time::Duration;

/// A token of the staff identity provider, set by the page where teammates sign in.
pub const COOKIE: &str = "portal_teammate";
/// As much of a name as a header has room for, in characters.
const LONGEST_NAME: usize = 100;

/// A support rep of the vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Teammate {
    /// As the staff identity provider names them.
    pub id: TeammateId,
    /// What their token calls them.
    pub name: Option<String>,
}

impl Teammate {
    /// What to call them on a page.
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.name.as_deref().unwrap_or(self.id.as_str())
    }
}

/// The claims of a teammate's token (architecture.md section 5).
#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
    name: Option<String>,
    #[serde(flatten)]
    common: claims::Claims,
}

/// Which teammate sends this request: by bearer token, else by cookie. A bearer token that fails does not give way.
///
/// # Errors
/// [`NotSignedIn`], whatever contact the sender is.
pub fn teammate(app: &App, request: &Request) -> Result<Teammate, NotSignedIn> {
    match credential::bearer(request)? {
        Some(token) => noted(request, by_token(app, token).map_err(NotSignedIn::Refused)),
        None => by_cookie(app, request),
    }
}

/// The teammate in whose browser the request was made.
pub(crate) fn by_cookie(app: &App, request: &Request) -> Result<Teammate, NotSignedIn> {
    let token = credential::cookie(request, COOKIE)?.ok_or(NotSignedIn::Missing)?;
    noted(request, by_token(app, token).map_err(NotSignedIn::Refused))
}

/// Notes for the log whom the request comes from.
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
    claims.common.check_times(app.clock.now())?;
    let id = TeammateId::new(claims.sub).map_err(|_| TokenError::Invalid)?;
    let name = claims.name.map(|name| name.trim().chars().take(LONGEST_NAME).collect::<String>());
    Ok(Teammate { id, name: name.filter(|name| !name.is_empty()) })
}

/// Which teammate sends this request.
///
/// # Errors
/// The answer for somebody who is not signed in as one.
pub async fn signed_in(app: &App, request: &Request) -> Result<Teammate, Problem> {
    match teammate(app, request) {
        Ok(teammate) => Ok(teammate),
        Err(why) => Err(Problem::no_teammate(app, request, why).await),
    }
}

/// `Set-Cookie` with a teammate's token, for as long as it lasts; only on this host.
#[must_use]
pub fn set(config: &Config, token: &str, life: Duration) -> String {
    set_cookie(config, COOKIE, token, life, None)
}

/// Every `Set-Cookie` that it takes to sign a teammate out of this browser: the token can be on this host, or on the
/// parent domain, where the vendor's own sign-in page can put it.
#[must_use]
pub fn clear(config: &Config) -> Vec<String> {
    let parent = config.cookie_domain().map(Some);
    let clear = |domain| set_cookie(config, COOKIE, "", Duration::ZERO, domain);
    [Some(None), parent].into_iter().flatten().map(clear).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, identity, look::Look, session_cookie, signing::KeyRing, viewing};
    use domain::id::ContactId;
    use lambda_http::http::StatusCode;
    use serde_json::{Value, json};
    use std::sync::{Arc, atomic::AtomicI64};
    use store::{Store, Workspace};

    const NOW: i64 = 1_700_000_000;
    const HOUR: i64 = 3600;
    /// One secret for everything: the rings must be told apart by what is in the tokens alone.
    const KEYS: &str = r#"[{"kid":"k","alg":"HS256","secret":"the same for everybody"}]"#;

    fn app() -> App {
        let mut config = Config::on_this_machine("t".into(), "https://help.example.com".into()).unwrap();
        let keys = KeyRing::from_json(KEYS).unwrap();
        (config.identity_keys, config.session_keys, config.teammate_keys) = (keys.clone(), keys.clone(), keys);
        config.teammate_sign_in_url = Some("https://staff.example.com/login?a=1".into());
        App {
            // Nobody answers there: what needs no record must not ask for one.
            store: Store::at("http://127.0.0.1:1", "t"),
            config: Arc::new(config),
            clock: Clock::Set(Arc::new(AtomicI64::new(NOW * 1000))),
        }
    }

    fn token(claims: &Value) -> String {
        KeyRing::from_json(KEYS).unwrap().sign(claims).unwrap()
    }

    fn good() -> Value {
        json!({"sub": "t-1", "aud": "helpdesk", "iat": NOW, "exp": NOW + HOUR})
    }

    /// `good` with one claim changed; null leaves it out.
    fn with(name: &str, value: Value) -> Value {
        let mut claims = good();
        claims[name] = value;
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        claims
    }

    fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Request {
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
        let value = |set_cookie: String| set_cookie.split(['=', ';']).nth(1).unwrap().to_owned();
        for (what, token) in [
            ("identity token", token(&json!({"user_id": "ada", "sub": "ada", "iat": NOW, "exp": NOW + HOUR}))),
            ("session", value(session_cookie::make(&app, &contact, 0).unwrap())),
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
            assert_eq!(identity::by_identity_token(&app, &token), Err(TokenError::ForHelpDesk));
            let bearer = format!("Bearer {token}");
            let cookie = |name: &str| ("cookie", format!("{name}={token}"));
            for header in
                [("authorization", bearer), cookie("portal_session"), cookie("portal_identity"), cookie(COOKIE)]
            {
                let request = request("GET", "/tickets", &[(header.0, &header.1)]);
                assert!(identity::visitor(&app, &request).is_err(), "{header:?}");
            }
        }
        let for_another = token(&json!({"user_id": "ada", "aud": "app", "exp": NOW + HOUR}));
        assert!(identity::by_identity_token(&app, &for_another).is_ok(), "any other audience is the vendor's business");
    }

    #[tokio::test]
    async fn somebody_who_is_no_teammate_signs_in_where_teammates_do() {
        let app = app();
        let request_page = request("GET", "/helpdesk/people", &[("cookie", "portal_session=x")]);
        let problem = signed_in(&app, &request_page).await.unwrap_err();
        let answer = problem.into_response(&app, &request_page).into_http();
        let back = "https%3A%2F%2Fhelp.example.com%2Fhelpdesk%2Fpeople";
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let location = answer.headers()["location"].to_str().unwrap();
        assert_eq!(location, format!("https://staff.example.com/login?a=1&return_to={back}"));
        // The page that sent a form may lead nowhere else; the answer is a page of ours, for which the records are read.
        let form = request("POST", "/helpdesk/view-as", &[]);
        assert_eq!(signed_in(&app, &form).await.unwrap_err().code, "busy");

        let api = request("GET", "/api/helpdesk/search", &[]);
        let answer = signed_in(&app, &api).await.unwrap_err().into_response(&app, &api).into_http();
        assert_eq!(
            (answer.status(), &answer.headers()["www-authenticate"]),
            (StatusCode::UNAUTHORIZED, &"Bearer".parse().unwrap())
        );
        let problem: Value = serde_json::from_slice(answer.body()).unwrap();
        assert_eq!(problem["code"], "not_signed_in");
    }

    #[test]
    fn problems_at_the_help_desk_look_like_it() {
        let app = app();
        let cookie = format!("{COOKIE}={}", token(&with("name", json!("Grace <b>"))));
        let request = request("GET", "/helpdesk/nothing", &[("cookie", &cookie)]);
        let answer = Problem::not_found().into_response(&app, &request).into_http();
        let page = String::from_utf8(answer.body().clone()).unwrap();
        for part in [r#"href="/helpdesk">Back to the Help Desk"#, "Grace &#60;b&#62;", r#"action="/helpdesk/sign-out""#]
        {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!page.contains(r#"href="/tickets""#), "{page}");
        let page_of = |look: Look| {
            let problem = Problem::not_found().in_look(look);
            String::from_utf8(problem.into_response(&app, &request).into_http().into_body()).unwrap()
        };
        let grace = teammate(&app, &request).unwrap();
        let look = Look::help_desk(&Workspace::default(), &grace).in_section(crate::look::Section::People);
        assert!(page_of(look).contains(r#"<a href="/helpdesk/people" aria-current="page">People</a>"#));
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
