//! The attributes that all of the portal's cookies have.

use crate::base::config::Config;
use cookie::{Cookie, SameSite};
use std::time::Duration;

/// Makes `Set-Cookie` for a cookie that covers the whole site, that scripts cannot read, and that is sent when somebody
/// follows a link from another site but not with other requests from there.
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
