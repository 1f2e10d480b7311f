//! The hint cookie: which companies the contact was in last time. It saves a round trip when it is right and decides
//! nothing (see `store::Hint`). Signed, so that nobody makes us ask for partitions of their choice.

use super::cookie::set_cookie;
use crate::{
    base::{app::App, config::Config},
    http::request::Request,
};
use domain::{
    id::{CompanyId, ContactId},
    visibility::Sight,
};
use portal::customer::Visit;
use std::{collections::BTreeSet, time::Duration};
use store::Hint;

/// The cookie's name.
pub const COOKIE: &str = "portal_hint";
const PURPOSE: &str = "hint";
const LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// More companies would make a large cookie, and many guesses.
const MOST_COMPANIES: usize = 20;

/// The hint that came with the request; else the company in its URL.
pub(crate) fn read(app: &App, request: &Request, contact: &ContactId) -> Option<Hint> {
    let sealed = request.cookies.iter().find(|(name, _)| name == COOKIE).and_then(|(_, value)| {
        let (owner, hint) = app.config.session_keys.unseal::<Hint>(PURPOSE, value, app.portal.clock.now()).ok()?;
        (owner == contact.as_str()).then_some(hint)
    });
    let from_url = || {
        let company = CompanyId::new(request.params.first("company")?).ok()?;
        Some(Hint { companies: BTreeSet::from([company]), sight: Sight::All })
    };
    sealed.or_else(from_url)
}

/// The cookie to set, when what is known now differs from what the request brought.
#[must_use]
pub fn refresh(app: &App, visit: &Visit, now: &Hint) -> Option<String> {
    if visit.hint() == Some(now) { None } else { make(app, &visit.visitor().contact, now) }
}

/// The cookie for a hint; none for more companies than are worth guessing.
#[must_use]
pub fn make(app: &App, contact: &ContactId, hint: &Hint) -> Option<String> {
    if hint.companies.len() > MOST_COMPANIES {
        return None;
    }
    let value =
        app.config.session_keys.seal(PURPOSE, contact.as_str(), app.portal.clock.now().plus(LIFE), hint).ok()?;
    // Cookies end at 4,096 bytes, and everything in the request at 10,240.
    (value.len() < 2048).then(|| set_cookie(&app.config, COOKIE, &value, LIFE, None))
}

/// `Set-Cookie` that forgets it.
#[must_use]
pub fn clear(config: &Config) -> String {
    set_cookie(config, COOKIE, "", Duration::ZERO, None)
}
