//! The credentials of a request: a bearer token or a cookie.

use super::visitor::NotSignedIn;
use crate::{base::signing::TokenError, http::request::Request};

/// Reads the bearer token. `None` without an `Authorization` header, and for one of another scheme: that is the password
/// of a proxy in front, which browsers send with every request. A broken bearer token is refused.
pub(crate) fn bearer(request: &Request) -> Result<Option<&str>, NotSignedIn> {
    if !request.headers.contains_key("authorization") {
        return Ok(None);
    }
    let header = request.header("authorization").ok_or(NotSignedIn::Ambiguous)?;
    // The gateway joins headers of one name by commas. What only begins like a bearer token is a broken one.
    let begins = |part: &str| part.get(..6).is_some_and(|it| it.eq_ignore_ascii_case("bearer"));
    if header.split(',').map(str::trim).all(|part| !part.is_empty() && !begins(part)) {
        return Ok(None);
    }
    let (scheme, token) = header.split_once(' ').unwrap_or_default();
    let is_one = scheme.eq_ignore_ascii_case("bearer") && !token.contains([' ', ',']);
    if is_one { Ok(Some(token)) } else { Err(NotSignedIn::Refused(TokenError::Malformed)) }
}

/// Reads the only cookie of this name. An empty one counts as absent, and several are refused.
pub(crate) fn cookie<'a>(request: &'a Request, name: &str) -> Result<Option<&'a str>, NotSignedIn> {
    let mut values = request.cookies.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str());
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(NotSignedIn::Ambiguous),
        (value, None) => Ok(value.filter(|value| !value.is_empty())),
    }
}
