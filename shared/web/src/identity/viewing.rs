//! "What this customer sees": a teammate looks at the portal as a contact and cannot change anything.
//!
//! A cookie says as which contact. It counts only together with the token of the teammate for whom it was made, and
//! only on customers' routes. While it counts, only reading is allowed, so that no click acts for a contact whose
//! session happens to be in the same browser.

use super::{cookie::set_cookie, credential, teammate};
use crate::{
    base::{app::App, config::Config},
    http::{problem::Problem, request::Request},
};
use domain::id::{ContactId, TeammateId};
use lambda_http::http::StatusCode;
use portal::teammate::Teammate;
use serde::{Deserialize, Serialize};
use std::time::Duration;

pub const COOKIE: &str = "portal_viewing";
/// Long enough to look into a question, and short enough that nobody has to remember to stop.
pub const LIFE: Duration = Duration::from_secs(15 * 60);
/// The address of the banner's button that ends it.
pub const STOP: &str = "/helpdesk/stop-viewing";
const PURPOSE: &str = "viewing";

#[derive(Debug, Serialize, Deserialize)]
struct Content {
    contact: ContactId,
}

/// `Set-Cookie` with which this teammate begins to see what the contact sees, on this host only. `None` when it would
/// be too long for a cookie.
#[must_use]
pub fn start(app: &App, teammate: &TeammateId, contact: &ContactId) -> Option<String> {
    let content = Content { contact: contact.clone() };
    let ends = app.portal.clock.now().plus(LIFE);
    let value = app.config.session_keys.seal(PURPOSE, teammate.as_str(), ends, content).ok()?;
    (value.len() < 4000).then(|| set_cookie(&app.config, COOKIE, &value, LIFE, None))
}

/// `Set-Cookie` with which the teammate stops looking as the contact.
#[must_use]
pub fn stop(config: &Config) -> String {
    set_cookie(config, COOKIE, "", Duration::ZERO, None)
}

/// Finds the contact as whom the sender looks at the portal. `None` when no cookie is valid and was made for this
/// teammate; other cookies of the name, which somebody may have planted, are ignored.
pub(crate) fn find(app: &App, request: &Request) -> Option<ContactId> {
    let mut cookies = request.cookies.iter().filter(|(name, _)| name == COOKIE).map(|(_, value)| value).peekable();
    // A bearer token alone decides who sends the request.
    if cookies.peek().is_none() || request.is_for_help_desk() || !matches!(credential::bearer(request), Ok(None)) {
        return None;
    }
    let teammate = teammate::by_cookie(app, request).ok()?;
    cookies.find_map(|value| opened(app, &teammate.id, value))
}

/// The contact as whom this teammate has been looking, for the way back to the Help Desk.
#[must_use]
pub fn contact(app: &App, request: &Request, teammate: &Teammate) -> Option<ContactId> {
    let mut cookies = request.cookies.iter().filter(|(name, _)| name == COOKIE);
    cookies.find_map(|(_, value)| opened(app, &teammate.id, value))
}

fn opened(app: &App, teammate: &TeammateId, value: &str) -> Option<ContactId> {
    let opened = app.config.session_keys.unseal::<Content>(PURPOSE, value, app.portal.clock.now());
    let (owner, Content { contact }) = opened.ok()?;
    (owner == teammate.as_str()).then_some(contact)
}

/// Refuses to change anything while a teammate looks at the portal as a contact.
pub(crate) fn check(request: &Request) -> Result<(), Problem> {
    if request.reads() || !request.is_viewing() {
        return Ok(());
    }
    let detail = "You are looking at the portal as somebody else; nothing can be changed.";
    Err(Problem::new(StatusCode::FORBIDDEN, "read_only", detail))
}
