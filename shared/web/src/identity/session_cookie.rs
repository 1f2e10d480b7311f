//! The session cookie: who somebody is, signed by the portal. Valid until it expires, the session is ended by signing
//! out, or the contact's session epoch is raised.

use super::cookie::set_cookie;
use crate::{
    base::{app::App, config::Config, signing::TokenError},
    http::request::Request,
};
use domain::id::ContactId;
use portal::customer::session::LIFE;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use store::{Session, Visitor};

pub const COOKIE: &str = "portal_session";
const PURPOSE: &str = "session";

#[derive(Debug, Serialize, Deserialize)]
struct Content {
    epoch: u64,
    /// `None` in a cookie that an earlier version made.
    id: Option<String>,
}

/// `Set-Cookie` for a session of a contact, which lasts from now on.
#[must_use]
pub fn make(app: &App, contact: &ContactId, session: &Session) -> Option<String> {
    let ends = app.portal.clock.now().plus(LIFE);
    let content = Content { epoch: session.epoch, id: Some(session.id.clone()) };
    let value = app.config.session_keys.seal(PURPOSE, contact.as_str(), ends, content).ok()?;
    Some(set_cookie(&app.config, COOKIE, &value, LIFE, app.config.cookie_domain()))
}

/// `Set-Cookie` that ends the session in this browser.
#[must_use]
pub fn clear(config: &Config) -> String {
    set_cookie(config, COOKIE, "", Duration::ZERO, config.cookie_domain())
}

/// Whose sessions the request brings, by every cookie of the name that opens.
pub fn all<'a>(app: &'a App, request: &'a Request) -> impl Iterator<Item = (ContactId, Session)> + 'a {
    let values = request.cookies.iter().filter(|(name, _)| name == COOKIE).map(|(_, value)| value);
    values.filter_map(|value| open(app, value).ok()).filter_map(|it| Some((it.contact, it.session?)))
}

/// Opens the cookie and returns whose session it is. The store finds out whether the session has ended when it reads
/// the contact's record.
pub(crate) fn open(app: &App, value: &str) -> Result<Visitor, TokenError> {
    let (contact, content) = app.config.session_keys.unseal::<Content>(PURPOSE, value, app.portal.clock.now())?;
    let contact = ContactId::new(contact).map_err(|_| TokenError::Invalid)?;
    // The signature, which no other cookie has, names a session that has no id yet.
    let signature = || value.rsplit('.').next().unwrap_or_default();
    let id = content.id.unwrap_or_else(|| format!("{}{}", Session::MARK, signature()));
    Ok(Visitor { contact, session: Some(Session { id, epoch: content.epoch }) })
}
