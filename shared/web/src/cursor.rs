//! Where a list goes on. A cursor is signed, expires, and is good only for the contact and the filter it was made for.

use crate::{App, Problem, params::invalid};
use domain::{
    id::{CompanyId, ContactId, TeammateId, TicketId},
    state::StateCategory,
    ticket::Boundary,
    timestamp::Timestamp,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::time::Duration;

const PURPOSE: &str = "cursor";
const DAY: u64 = 24 * 60 * 60;

/// The list that a cursor belongs to. The order is always the same: newest update first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// One state category, or all.
    pub state: Option<StateCategory>,
    /// One company, or all.
    pub company: Option<CompanyId>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Content {
    filter: Filter,
    updated_at: Timestamp,
    id: TicketId,
}

/// Cursors live one to two days: the end is rounded to a day, so that the same list gives the same cursor, and the
/// same `ETag`, all day.
fn expiry(now: Timestamp) -> Timestamp {
    let today = u64::try_from(now.seconds()).unwrap_or(0) / DAY;
    Timestamp::EPOCH.plus(Duration::from_secs((today + 2) * DAY))
}

/// A cursor for what comes after `at`.
#[must_use]
pub fn make(app: &App, contact: &ContactId, filter: &Filter, at: Boundary) -> Option<String> {
    let content = Content { filter: filter.clone(), updated_at: at.updated_at, id: at.id };
    app.config.session_keys.seal(PURPOSE, contact.as_str(), expiry(app.clock.now()), content)
}

/// What a cursor points to.
///
/// # Errors
/// 400 `invalid_cursor` when it is tampered with, expired, another contact's or another filter's.
pub fn open(app: &App, contact: &ContactId, filter: &Filter, cursor: &str) -> Result<Boundary, Problem> {
    let opened = app.config.session_keys.unseal::<Content>(PURPOSE, cursor, app.clock.now());
    match opened {
        Ok((owner, content)) if owner == contact.as_str() && content.filter == *filter => {
            Ok(Boundary { updated_at: content.updated_at, id: content.id })
        }
        _ => Err(refused()),
    }
}

fn refused() -> Problem {
    invalid("invalid_cursor", "This cursor is not one for this list, or has expired. Start again without it.")
}

/// A place in some other list: which one, with its filters, and where.
#[derive(Debug, Serialize, Deserialize)]
struct PlaceIn<P> {
    list: String,
    at: P,
}

/// Whose cursor it is: one of a teammate is none for a contact of the same id.
#[derive(Debug, Clone, Copy)]
pub enum Owner<'a> {
    /// A contact.
    Contact(&'a ContactId),
    /// A teammate.
    Teammate(&'a TeammateId),
}

impl Owner<'_> {
    fn purpose_and_id(&self) -> (&'static str, &str) {
        match self {
            Self::Contact(id) => ("contact-cursor", id.as_str()),
            Self::Teammate(id) => ("desk-cursor", id.as_str()),
        }
    }
}

/// A cursor for what comes after `at` in the list of this name.
#[must_use]
pub fn make_in(app: &App, owner: Owner<'_>, list: &str, at: &impl Serialize) -> Option<String> {
    let (purpose, id) = owner.purpose_and_id();
    let content = PlaceIn { list: list.into(), at };
    app.config.session_keys.seal(purpose, id, expiry(app.clock.now()), content)
}

/// The place that a cursor of [`make_in`] points to.
///
/// # Errors
/// 400 `invalid_cursor` when it is tampered with, expired, somebody else's or another list's.
pub fn open_in<P: DeserializeOwned>(app: &App, owner: Owner<'_>, list: &str, cursor: &str) -> Result<P, Problem> {
    let (purpose, id) = owner.purpose_and_id();
    let opened = app.config.session_keys.unseal::<PlaceIn<P>>(purpose, cursor, app.clock.now());
    match opened {
        Ok((owner, content)) if owner == id && content.list == list => Ok(content.at),
        _ => Err(refused()),
    }
}

/// [`make_in`] for teammates.
#[must_use]
pub fn make_for_desk(app: &App, teammate: &TeammateId, list: &str, at: &impl Serialize) -> Option<String> {
    make_in(app, Owner::Teammate(teammate), list, at)
}

/// [`open_in`] for teammates.
///
/// # Errors
/// 400 `invalid_cursor`.
pub fn open_for_desk<P: DeserializeOwned>(
    app: &App,
    teammate: &TeammateId,
    list: &str,
    cursor: &str,
) -> Result<P, Problem> {
    open_in(app, Owner::Teammate(teammate), list, cursor)
}
