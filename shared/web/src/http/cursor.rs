//! Where a list goes on. A cursor is sealed, expires, and is good only for the person and the list that it was made for.

use super::problem::Problem;
use crate::base::app::App;
use domain::{
    id::{ContactId, TeammateId},
    timestamp::Timestamp,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::time::Duration;

const DAY: u64 = 24 * 60 * 60;

/// A list: whose, and which one with all its filters.
#[derive(Debug, Clone)]
pub struct List<'a> {
    app: &'a App,
    /// A cursor of a teammate is none for a contact of the same id.
    purpose: &'static str,
    owner: &'a str,
    name: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Content<P> {
    list: String,
    at: P,
}

impl<'a> List<'a> {
    /// A list of a contact's. Lists that differ in a filter differ in their name.
    #[must_use]
    pub fn of_contact(app: &'a App, owner: &'a ContactId, name: impl Into<String>) -> Self {
        Self { app, purpose: "contact-cursor", owner: owner.as_str(), name: name.into() }
    }

    /// A list of a teammate's.
    #[must_use]
    pub fn of_teammate(app: &'a App, owner: &'a TeammateId, name: impl Into<String>) -> Self {
        Self { app, purpose: "desk-cursor", owner: owner.as_str(), name: name.into() }
    }

    /// A cursor for a place in it.
    ///
    /// # Errors
    /// 500 when it cannot be sealed.
    pub fn cursor<P: Serialize>(&self, at: Option<P>) -> Result<Option<String>, Problem> {
        let Some(at) = at else { return Ok(None) };
        let content = Content { list: self.name.clone(), at };
        let ends = expiry(self.app.portal.clock.now());
        let sealed = self.app.config.session_keys.seal(self.purpose, self.owner, ends, content);
        sealed.map(Some).map_err(|_| Problem::broken("a cursor that cannot be sealed"))
    }

    /// The place that a cursor points to.
    ///
    /// # Errors
    /// 400 `invalid_cursor` when it was tampered with, has expired, is somebody else's or another list's.
    pub fn place<P: DeserializeOwned>(&self, cursor: Option<&str>) -> Result<Option<P>, Problem> {
        let Some(cursor) = cursor else { return Ok(None) };
        let now = self.app.portal.clock.now();
        match self.app.config.session_keys.unseal::<Content<P>>(self.purpose, cursor, now) {
            Ok((owner, content)) if owner == self.owner && content.list == self.name => Ok(Some(content.at)),
            _ => {
                let detail = "This cursor is not one for this list, or has expired. Start again without it.";
                Err(Problem::invalid("invalid_cursor", detail))
            }
        }
    }
}

/// Cursors live one to two days: the end is rounded to a day, so that the same list gives the same cursor, and the
/// same `ETag`, all day.
fn expiry(now: Timestamp) -> Timestamp {
    let today = u64::try_from(now.seconds()).unwrap_or(0) / DAY;
    Timestamp::EPOCH.plus(Duration::from_secs((today + 2) * DAY))
}
