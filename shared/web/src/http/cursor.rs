//! Where a list continues. A cursor is sealed, expires, and is valid only for the person and the list for which it was
//! made.

use super::problem::Problem;
use crate::base::app::App;
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    id::{ContactId, TeammateId},
    timestamp::Timestamp,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::time::Duration;

const DAY: u64 = 24 * 60 * 60;

/// A list of a certain person with certain filters, for which cursors are made.
#[derive(Debug, Clone)]
pub struct List<'a> {
    app: &'a App,
    /// Keeps the cursors of a teammate apart from those of a contact who has the same id.
    purpose: &'static str,
    owner: &'a str,
    /// The hash of its name: names hold ids, several of which can be longer than a cursor may be.
    name: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Content<P> {
    list: String,
    at: P,
}

impl<'a> List<'a> {
    /// A contact's list. Lists with different filters need different names.
    #[must_use]
    pub fn of_contact(app: &'a App, owner: &'a ContactId, name: impl AsRef<str>) -> Self {
        Self { app, purpose: "contact-cursor", owner: owner.as_str(), name: hash(name.as_ref()) }
    }

    /// A teammate's list. Lists with different filters need different names.
    #[must_use]
    pub fn of_teammate(app: &'a App, owner: &'a TeammateId, name: impl AsRef<str>) -> Self {
        Self { app, purpose: "desk-cursor", owner: owner.as_str(), name: hash(name.as_ref()) }
    }

    /// Makes the cursor for a place in the list.
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

    /// Reads the place to which a cursor points.
    ///
    /// # Errors
    /// 400 `invalid_cursor` when it was tampered with, has expired, or belongs to somebody else or to another list. On a page this
    /// leads to the first page of the list.
    pub fn place<P: DeserializeOwned>(&self, cursor: Option<&str>) -> Result<Option<P>, Problem> {
        let Some(cursor) = cursor else { return Ok(None) };
        let now = self.app.portal.clock.now();
        match self.app.config.session_keys.unseal::<Content<P>>(self.purpose, cursor, now) {
            Ok((owner, content)) if owner == self.owner && content.list == self.name => Ok(Some(content.at)),
            _ => Err(Problem::cursor_of_another()),
        }
    }
}

fn hash(name: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, name.as_bytes()))
}

/// Cursors are valid for one to two days. They end at midnight (UTC), so that all day the same list gives the same
/// cursor and therefore the same `ETag`.
fn expiry(now: Timestamp) -> Timestamp {
    let today = u64::try_from(now.seconds()).unwrap_or(0) / DAY;
    Timestamp::EPOCH.plus(Duration::from_secs((today + 2) * DAY))
}
