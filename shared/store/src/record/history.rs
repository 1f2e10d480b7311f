//! A ticket's history, page by page.

use super::{actor::ActorRecord, mark::mark_in};
use crate::table::{Item, Store, StoreError, item, keys, record, text, time};
use domain::{
    history::{Change, Event},
    id::{CompanyId, StateId, TicketId},
    mark::Mark,
    state::StateCategory,
};
use serde::{Deserialize, Serialize};

/// Lines of a page.
const LINES_A_PAGE: usize = 50;
/// Earlier lines that are read to find the last change of state before a page.
const LINES_BEFORE: usize = 50;

/// A page of a ticket's history.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// Oldest first.
    pub events: Vec<Event>,
    /// The company that the ticket belonged to after the last of them.
    pub company: Option<CompanyId>,
    /// The last change of state before them, unless dozens of other lines are in between. It decides whether the first
    /// one among them is a change that customers can tell.
    pub state_before: Option<Event>,
    /// Where earlier lines start, if there are any.
    pub earlier: Option<EventPlace>,
}

impl History {
    /// Says which company the ticket belonged to after the last of the events, and so at the place where earlier ones
    /// start.
    pub(super) fn ending_in(mut self, company: Option<CompanyId>) -> Self {
        if let Some(place) = &mut self.earlier {
            let first = self.events.iter().find_map(|event| match &event.change {
                Change::CompanyChanged { from, .. } => Some(from.clone()),
                _ => None,
            });
            place.company = first.unwrap_or_else(|| company.clone());
        }
        self.company = company;
        self
    }
}

/// A place in a ticket's history. Everything strictly before it is earlier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventPlace {
    line: String,
    /// The company that the ticket belonged to there.
    company: Option<CompanyId>,
}

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

impl Store {
    /// Reads the page of a ticket's history before a place, or the newest one with the ticket's mark.
    pub(crate) async fn history(
        &self,
        ticket: &TicketId,
        before: Option<&EventPlace>,
    ) -> Result<(History, Mark), StoreError> {
        // The mark sorts right after the history, so that one query reads both.
        let last = before.map_or(keys::MARK, |place| keys::just_below(&place.line));
        let query = self.partition_between(keys::ticket(ticket), keys::EVENT, last).consistent_read(true);
        let query = query.limit((LINES_A_PAGE + LINES_BEFORE + 1) as i32);
        let answer = query.scan_index_forward(false).send().await.map_err(StoreError::from_sdk)?;
        let (mut mark, mut newest_first) = (Mark::default(), Vec::new());
        for item in answer.items.unwrap_or_default() {
            if text(&item, "sk") == keys::MARK {
                mark = mark_in(&item);
            } else {
                let place = EventPlace { line: text(&item, "sk").to_owned(), company: None };
                newest_first.push((place, Event::from(record::<EventRecord>(item)?)));
            }
        }
        let rest = newest_first.split_off(newest_first.len().min(LINES_A_PAGE));
        let earlier = newest_first.last().filter(|_| !rest.is_empty()).map(|(place, _)| place.clone());
        let tells = |event: &Event| matches!(event.change, Change::StateChanged { to: Some(_) });
        let state_before = rest.into_iter().map(|(_, event)| event).find(tells);
        let events = newest_first.into_iter().rev().map(|(_, event)| event).collect();
        let history = History { events, company: None, state_before, earlier };
        Ok((history.ending_in(before.and_then(|place| place.company.clone())), mark))
    }
}
