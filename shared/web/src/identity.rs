//! The one place where a request becomes a person. Verified here, in the function: `sam local` leaves the gateway's
//! own authorizers open.

use crate::{
    App, Request, session_cookie,
    signing::{LEEWAY, TokenError},
};
use domain::id::ContactId;
use serde::Deserialize;
use serde_json::Number;
use store::Visitor;

/// An identity token that the vendor's app set itself.
pub const IDENTITY_COOKIE: &str = "portal_identity";
/// An identity token lives no longer than the session that it can be exchanged for, in seconds.
const OLDEST: i64 = 7 * 24 * 60 * 60;

/// Nobody, or nobody that we can believe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSignedIn {
    /// The request brings no identity.
    Missing,
    /// It brings one that does not verify.
    Refused(TokenError),
    /// It brings two: somebody on a sibling domain may have planted one.
    Ambiguous,
}

/// The claims of an identity token (architecture.md section 5). Records are the truth about names and companies, so
/// of what a token may say beyond this, nothing counts.
#[derive(Debug, Deserialize)]
struct Claims {
    user_id: String,
    exp: Number,
    iat: Option<Number>,
    nbf: Option<Number>,
}

/// Who sends this request: by bearer token, else by session, else by the vendor's identity cookie. A session that
/// has run out gives way to a fresh identity; a bearer token that fails does not give way.
///
/// # Errors
/// [`NotSignedIn`].
pub fn visitor(app: &App, request: &Request) -> Result<Visitor, NotSignedIn> {
    if request.headers.contains_key("authorization") {
        let header = request.header("authorization").ok_or(NotSignedIn::Ambiguous)?;
        let token = bearer(header).ok_or(NotSignedIn::Refused(TokenError::Malformed))?;
        return by_identity_token(app, token).map_err(NotSignedIn::Refused);
    }
    let session = only(request, session_cookie::COOKIE)?.map(|value| session_cookie::open(app, value));
    if let Some(Ok(visitor)) = session {
        return Ok(visitor);
    }
    let identity = only(request, IDENTITY_COOKIE)?.map(|token| by_identity_token(app, token));
    match identity.or(session) {
        Some(Ok(visitor)) => Ok(visitor),
        Some(Err(error)) => Err(NotSignedIn::Refused(error)),
        None => Err(NotSignedIn::Missing),
    }
}

fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.contains([' ', ','])).then_some(token)
}

fn only<'a>(request: &'a Request, name: &str) -> Result<Option<&'a str>, NotSignedIn> {
    let mut values = request.cookies.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str());
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(NotSignedIn::Ambiguous),
        (value, None) => Ok(value.filter(|value| !value.is_empty())),
    }
}

/// Whom the vendor's backend vouches for.
///
/// # Errors
/// [`TokenError`].
pub fn by_identity_token(app: &App, token: &str) -> Result<Visitor, TokenError> {
    let claims: Claims = app.config.identity_keys.verify(token)?;
    let now = app.clock.now().seconds();
    let exp = seconds(&claims.exp)?;
    let iat = claims.iat.as_ref().map(seconds).transpose()?;
    let nbf = claims.nbf.as_ref().map(seconds).transpose()?;
    let over = exp.saturating_add(LEEWAY) <= now;
    let too_long = exp > now + OLDEST + LEEWAY || iat.is_some_and(|iat| iat < now - OLDEST - LEEWAY);
    let not_yet = iat.into_iter().chain(nbf).any(|from| from > now + LEEWAY);
    if over || too_long || not_yet {
        return Err(TokenError::Expired);
    }
    let contact = ContactId::new(claims.user_id).map_err(|_| TokenError::Invalid)?;
    Ok(Visitor { contact, session_epoch: None })
}

/// A `NumericDate`, which may have a fraction.
fn seconds(number: &Number) -> Result<i64, TokenError> {
    let value = number.as_f64().filter(|value| value.abs() < 1e15).ok_or(TokenError::Invalid)?;
    #[allow(clippy::cast_possible_truncation)] // bounded above
    Ok(value.floor() as i64)
}
