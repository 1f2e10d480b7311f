//! The session cookie: who somebody is, signed by the portal. Valid until it expires or the contact's session epoch is
//! raised.

use super::cookie::set_cookie;
use crate::base::{app::App, config::Config, signing::TokenError};
use domain::id::ContactId;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use store::Visitor;

pub const COOKIE: &str = "portal_session";
/// How long a session lasts.
pub const LIFE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
const PURPOSE: &str = "session";

#[derive(Debug, Serialize, Deserialize)]
struct Content {
    epoch: u64,
}

/// `Set-Cookie` for a new session of a contact. `epoch` is the session epoch in their record.
#[must_use]
pub fn make(app: &App, contact: &ContactId, epoch: u64) -> Option<String> {
    let ends = app.portal.clock.now().plus(LIFE);
    let value = app.config.session_keys.seal(PURPOSE, contact.as_str(), ends, Content { epoch }).ok()?;
    Some(set_cookie(&app.config, COOKIE, &value, LIFE, app.config.cookie_domain()))
}

/// `Set-Cookie` that ends the session in this browser.
#[must_use]
pub fn clear(config: &Config) -> String {
    set_cookie(config, COOKIE, "", Duration::ZERO, config.cookie_domain())
}

/// Opens the cookie and returns whose session it is. The store compares the epoch when it reads the contact's record.
pub(crate) fn open(app: &App, value: &str) -> Result<Visitor, TokenError> {
    let (contact, Content { epoch }) = app.config.session_keys.unseal(PURPOSE, value, app.portal.clock.now())?;
    let contact = ContactId::new(contact).map_err(|_| TokenError::Invalid)?;
    Ok(Visitor { contact, session_epoch: Some(epoch) })
}
