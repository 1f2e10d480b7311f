//! The hint cookie: which companies the contact was in last time. It saves a round trip when it is right, and has no
//! other effect (see `store::Hint`). It is signed, so that nobody can make the portal read partitions of their choice.

use super::cookie::set_cookie;
use crate::{
    base::{app::App, config::Config},
    http::request::Request,
};
use domain::id::ContactId;
use portal::customer::Visit;
use std::time::Duration;
use store::Hint;

pub const COOKIE: &str = "portal_hint";
const PURPOSE: &str = "hint";
const LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// A contact of more companies gets no hint: the cookie would be large, and too much would be read on a guess.
const MOST_COMPANIES: usize = 20;

/// Reads the hint from the cookie. A company in the address is none: anybody can write one there, and what it would cost
/// to read on such a guess would tell whether there is such a company.
pub(crate) fn read(app: &App, request: &Request, contact: &ContactId) -> Option<Hint> {
    request.cookies.iter().find(|(name, _)| name == COOKIE).and_then(|(_, value)| {
        let (owner, hint) = app.config.session_keys.unseal::<Hint>(PURPOSE, value, app.portal.clock.now()).ok()?;
        (owner == contact.as_str()).then_some(hint)
    })
}

/// `Set-Cookie` with a new hint, when it differs from the one that the request brought.
#[must_use]
pub fn refresh(app: &App, visit: &Visit, now: &Hint) -> Option<String> {
    if visit.hint() == Some(now) { None } else { make(app, &visit.visitor().contact, now) }
}

/// `Set-Cookie` with a hint. `None` for more companies than [`MOST_COMPANIES`].
#[must_use]
pub fn make(app: &App, contact: &ContactId, hint: &Hint) -> Option<String> {
    if hint.companies.len() > MOST_COMPANIES {
        return None;
    }
    let value =
        app.config.session_keys.seal(PURPOSE, contact.as_str(), app.portal.clock.now().plus(LIFE), hint).ok()?;
    // A cookie may have 4,096 bytes, and all headers of a request together 10,240.
    (value.len() < 2048).then(|| set_cookie(&app.config, COOKIE, &value, LIFE, None))
}

/// `Set-Cookie` that removes the hint.
#[must_use]
pub fn clear(config: &Config) -> String {
    set_cookie(config, COOKIE, "", Duration::ZERO, None)
}
