//! The checks of the required settings. Each really does what the portal needs, and its result is recorded with who
//! checked and when. A check that fails says what is wrong and how to correct it; an earlier confirmation stays.

use crate::{
    probe::{self, Probe},
    settings::Required,
};
use domain::{
    address,
    settings::{Fault, RequiredSetting},
};
use portal::teammate::{Teammate, settings};
use serde::{Deserialize, Serialize};
use web::{App, Problem, Request, Response, params, response, signing::TokenError, visitor};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    setting: RequiredSetting,
    /// For `identity_verification`.
    identity_token: Option<String>,
    /// For `cookie_forwarding` in the second request: the `probe` of the first answer.
    probe: Option<String>,
}

#[derive(Serialize)]
struct Answer {
    passed: bool,
    #[serde(flatten)]
    required: Required,
}

#[derive(Serialize)]
struct Begun {
    setting: RequiredSetting,
    probe: String,
}

pub(crate) async fn check(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let Wanted { setting, identity_token, probe } = request.json()?;
    if identity_token.is_some() != (setting == RequiredSetting::IdentityVerification) {
        return Err(Problem::invalid_body("identity_token goes with identity_verification, and nothing else"));
    }
    if probe.is_some() && setting != RequiredSetting::CookieForwarding {
        return Err(Problem::invalid_body("probe goes with cookie_forwarding, and nothing else"));
    }
    let outcome = match (setting, identity_token) {
        (RequiredSetting::CookieForwarding, _) => match cookie_comes_back(app, request, teammate, probe.as_deref())? {
            Some(outcome) => outcome,
            None => return begin(app, teammate),
        },
        (_, Some(token)) => identity_verifies(app, &token).await?,
        (_, None) => came_through_the_domain(app, request),
    };
    let passed = outcome.is_ok();
    let file = settings::record_check(&app.portal, teammate, setting, outcome).await?;
    let required = Required::of(setting, &file);
    let forgotten = (setting == RequiredSetting::CookieForwarding).then(|| probe::clear(app));
    Ok(response::json(&Answer { passed, required })?.cookie(forgotten))
}

fn begin(app: &App, teammate: &Teammate) -> Result<Response, Problem> {
    let Probe { set_cookie, ticket } = probe::start(app, &teammate.id)?;
    let body = Begun { setting: RequiredSetting::CookieForwarding, probe: ticket };
    Ok(response::accepted(&body)?.cookie(Some(set_cookie)))
}

/// Checks the round trip of a program, which sends the request twice. `None` when the first request has yet to set the
/// cookie.
fn cookie_comes_back(
    app: &App,
    request: &Request,
    teammate: &Teammate,
    ticket: Option<&str>,
) -> Result<Option<Result<(), Fault>>, Problem> {
    if let Err(fault) = cookie_can_be_shared(app, request) {
        return Ok(Some(Err(fault)));
    }
    let Some(ticket) = ticket else {
        return Ok(probe::returned(app, request, &teammate.id).next().map(|_| Ok(())));
    };
    let expected = probe::expected(app, &teammate.id, ticket);
    let expected = expected.ok_or_else(|| Problem::invalid_body("probe has run out: begin again without it"))?;
    Ok(Some(cookie_came_back(app, request, teammate, &expected)))
}

/// Checks that the cookie with this mark came back with a request to the Help Center's domain.
pub(crate) fn cookie_came_back(app: &App, request: &Request, teammate: &Teammate, expected: &str) -> Result<(), Fault> {
    cookie_can_be_shared(app, request)?;
    if probe::returned(app, request, &teammate.id).any(|mark| mark == expected) {
        return Ok(());
    }
    let host = app.config.host();
    let set_on = app.config.cookie_domain().unwrap_or(host);
    Err(fault(
        format!("A cookie that was set on {set_on} did not come back to {host}."),
        format!(
            "Let whatever stands in front of {host} (a CDN, a proxy) pass Cookie and Set-Cookie on unchanged for every \
             path, and let your browser keep cookies of {set_on}. Browsers keep none for a domain under which anybody \
             can register a name."
        ),
    ))
}

/// Checks that app and Help Center have a common domain on which a cookie can be set.
pub(crate) fn cookie_can_be_shared(app: &App, request: &Request) -> Result<(), Fault> {
    came_through_the_domain(app, request)?;
    let host = app.config.host();
    // On a developer's machine app and portal have the same host.
    if app.config.cookie_domain().is_some() || address::is_loopback(host) {
        return Ok(());
    }
    Err(fault(
        format!("{host} has no parent domain that it shares with your app, so a cookie of one never reaches the other."),
        "Put the Help Center on a subdomain of your app’s domain, such as help.example.com beside app.example.com, and set \
         PORTAL_ORIGIN to it."
            .into(),
    ))
}

/// Checks that the request came through the Help Center's own domain, as customers' requests will.
pub(crate) fn came_through_the_domain(app: &App, request: &Request) -> Result<(), Fault> {
    let (wanted, through) = (app.config.host(), address::host(&request.host));
    if through.eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    let origin = &app.config.portal_origin;
    Err(fault(
        format!("This check came through {through}, not through {wanted}."),
        format!(
            "Let the DNS record of {wanted} lead to the API’s custom domain, and map that with an empty path to the API. \
             Then open {origin}/helpdesk/settings and check again from there. If {through} is the Help Center’s domain, set \
             PORTAL_ORIGIN to it and deploy again."
        ),
    ))
}

/// Checks that a token of the vendor's backend would sign its contact in, with the same code that signs people in, and that
/// there is such a contact: nobody else gets any further than to read what they lack.
pub(crate) async fn identity_verifies(app: &App, token: &str) -> Result<Result<(), Fault>, Problem> {
    let visitor = match visitor::by_identity_token(app, token.trim()) {
        Ok(visitor) => visitor,
        Err(why) => return Ok(Err(refused(why))),
    };
    let is_recorded = settings::is_recorded(&app.portal, &visitor.contact).await?;
    Ok(if is_recorded { Ok(()) } else { Err(unrecorded()) })
}

fn unrecorded() -> Fault {
    fault(
        "The token holds, but its user_id is none of the portal’s contacts. Whoever comes with it reads that they have no \
         email address and no company."
            .into(),
        "Record the contact under exactly this id, by an import or PUT /api/helpdesk/contacts, or put the id under which \
         you recorded them into user_id."
            .into(),
    )
}

/// Explains what is wrong with a token, without quoting it.
fn refused(why: TokenError) -> Fault {
    let (problem, mend) = match why {
        TokenError::TooLong => (
            "The token is longer than 4,096 bytes, which is more than a cookie holds.",
            "Leave out what the portal does not need: user_id and exp are enough.",
        ),
        TokenError::Malformed => (
            "This is not a signed token (a JWT, three parts with dots between them).",
            "Paste the token alone, as your backend hands it to the messenger, without quotes and without “Bearer”.",
        ),
        TokenError::NoKey => (
            "The token names a key (kid) that the portal does not have.",
            "Add the key with this kid to IDENTITY_KEYS and deploy again, or leave kid out of the token’s header.",
        ),
        TokenError::WrongAlgorithm => (
            "The token is signed with another algorithm (alg) than the portal’s key is for.",
            "Sign with the algorithm that the key has in IDENTITY_KEYS: HS256 for a secret, RS256, ES256 or EdDSA for a public key.",
        ),
        TokenError::Signature => (
            "The signature does not verify: it was made with another key, or the token was changed afterwards.",
            "Sign with the key that is in IDENTITY_KEYS. A secret counts as the bytes of its text; do not decode it from Base64 or hex.",
        ),
        TokenError::Invalid => (
            "A claim is missing or not of its kind.",
            "Give exp as a number, in seconds since 1970, and iat and nbf too where you send them.",
        ),
        TokenError::NoUserId => (
            "The token has no user_id, or one that is not a text of 1 to 256 bytes.",
            "Put the contact’s id into user_id, as text: \"42\", not 42.",
        ),
        TokenError::ForHelpDesk => (
            "The token is meant for teammates: its audience (aud) is helpdesk.",
            "Paste one that your backend signs for a customer, and leave helpdesk out of its aud.",
        ),
        TokenError::OtherAudience => (
            "The token is not for the audience that this portal demands (IDENTITY_AUDIENCE).",
            "Let your backend put that audience into aud, alone or in a list, or take IDENTITY_AUDIENCE away and deploy again.",
        ),
        TokenError::OtherIssuer => (
            "The token is not from the issuer that this portal demands (IDENTITY_ISSUER).",
            "Let your backend put that issuer into iss, as text, or take IDENTITY_ISSUER away and deploy again.",
        ),
        TokenError::Expired => (
            "The token has run out: its exp is in the past.",
            "Sign a fresh one and paste it at once. If it was fresh, set your backend’s clock right.",
        ),
        TokenError::NotYet => (
            "The token is not valid yet: its iat or nbf is in the future.",
            "Set your backend’s clock right; half a minute of difference is allowed.",
        ),
        TokenError::LivesTooLong => {
            ("The token lives for more than seven days.", "Let exp be seven days after iat at most; an hour is usual.")
        }
    };
    fault(problem.into(), mend.into())
}

fn fault(problem: String, mend: String) -> Fault {
    Fault { problem, mend }
}
