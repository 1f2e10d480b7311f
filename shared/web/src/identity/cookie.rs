//! Cookies, as all of ours are.

use crate::base::config::Config;
use cookie::{Cookie, SameSite};
use std::time::Duration;

/// `Set-Cookie` for the whole site, out of scripts' reach, sent on navigation from other sites but not with their
/// requests.
#[must_use]
pub fn set_cookie(config: &Config, name: &str, value: &str, life: Duration, domain: Option<&str>) -> String {
    let seconds = i64::try_from(life.as_secs()).unwrap_or(i64::MAX);
    let mut cookie = Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(config.is_https())
        .max_age(cookie::time::Duration::seconds(seconds));
    if let Some(domain) = domain {
        cookie = cookie.domain(domain);
    }
    cookie.build().to_string()
}
