//! The round trip that proves cookie forwarding: a cookie is set in the same way as the session cookie and has to come
//! back.
//!
//! The cookie and the ticket in the next request's address or body carry the same mark. Both are sealed for the
//! teammate who started the check, so that neither somebody else's request nor an older cookie can decide it.

use domain::id::TeammateId;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use web::{App, Problem, Request, set_cookie};

pub const COOKIE: &str = "portal_probe";
/// Long enough for a redirect, or for the next request of a program.
pub const LIFE: Duration = Duration::from_secs(120);
const SENT: &str = "probe";
const TICKET: &str = "probe-ticket";

#[derive(Debug, Serialize, Deserialize)]
struct Content {
    mark: String,
}

/// What it takes to begin a round trip.
#[derive(Debug)]
pub struct Probe {
    /// `Set-Cookie`, on the same domain as the session cookie.
    pub set_cookie: String,
    /// To be sent with the request that has to bring the cookie back.
    pub ticket: String,
}

/// Begins a round trip.
///
/// # Errors
/// 500 when no key can seal it.
pub fn start(app: &App, teammate: &TeammateId) -> Result<Probe, Problem> {
    let content = Content { mark: app.portal.ids.next("probe") };
    let ends = app.portal.clock.now().plus(LIFE);
    let keys = &app.config.session_keys;
    let seal = |purpose| {
        let sealed = keys.seal(purpose, teammate.as_str(), ends, &content);
        sealed.map_err(|_| Problem::broken("a check that cannot be sealed"))
    };
    let set_cookie = set_cookie(&app.config, COOKIE, &seal(SENT)?, LIFE, app.config.cookie_domain());
    Ok(Probe { set_cookie, ticket: seal(TICKET)? })
}

/// The mark that a ticket carries. `None` for one that has expired or belongs to another teammate.
#[must_use]
pub fn expected(app: &App, teammate: &TeammateId, ticket: &str) -> Option<String> {
    opened(app, TICKET, teammate, ticket)
}

/// The marks that came back with the request.
pub fn returned(app: &App, request: &Request, teammate: &TeammateId) -> impl Iterator<Item = String> {
    let cookies = request.cookies.iter().filter(|(name, _)| name == COOKIE);
    cookies.filter_map(|(_, value)| opened(app, SENT, teammate, value))
}

/// `Set-Cookie` that removes the cookie.
#[must_use]
pub fn clear(app: &App) -> String {
    set_cookie(&app.config, COOKIE, "", Duration::ZERO, app.config.cookie_domain())
}

fn opened(app: &App, purpose: &str, teammate: &TeammateId, token: &str) -> Option<String> {
    let opened = app.config.session_keys.unseal::<Content>(purpose, token, app.portal.clock.now());
    opened.ok().filter(|(owner, _)| owner == teammate.as_str()).map(|(_, content)| content.mark)
}
