//! A ticket's history.

use super::actor::ActorRecord;
use crate::table::{Item, StoreError, item, keys, time};
use domain::{
    history::{Change, Event},
    id::{CompanyId, StateId, TicketId},
    state::StateCategory,
};
use serde::{Deserialize, Serialize};

/// A line of a ticket's history, as stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EventRecord {
    at: i64,
    by: ActorRecord,
    change: ChangeRecord,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ChangeRecord {
    Created,
    StateChanged { to: Option<(StateId, StateCategory)> },
    CompanyChanged { from: Option<CompanyId>, to: Option<CompanyId> },
    Joined { through: Option<CompanyId> },
}

impl From<&Event> for EventRecord {
    fn from(event: &Event) -> Self {
        let change = match event.change.clone() {
            Change::Created => ChangeRecord::Created,
            Change::StateChanged { to } => ChangeRecord::StateChanged { to },
            Change::CompanyChanged { from, to } => ChangeRecord::CompanyChanged { from, to },
            Change::Joined { through } => ChangeRecord::Joined { through },
        };
        Self { at: event.at.millis(), by: (&event.by).into(), change }
    }
}

impl From<EventRecord> for Event {
    fn from(event: EventRecord) -> Self {
        let change = match event.change {
            ChangeRecord::Created => Change::Created,
            ChangeRecord::StateChanged { to } => Change::StateChanged { to },
            ChangeRecord::CompanyChanged { from, to } => Change::CompanyChanged { from, to },
            ChangeRecord::Joined { through } => Change::Joined { through },
        };
        Self { at: time(event.at), by: event.by.into(), change }
    }
}

/// Returns the item of a history line. `mark` distinguishes lines of the same millisecond.
pub(crate) fn event_item(ticket: &TicketId, mark: &str, event: &Event) -> Result<Item, StoreError> {
    item(keys::ticket(ticket), keys::event(event.at, mark), &EventRecord::from(event))
}
