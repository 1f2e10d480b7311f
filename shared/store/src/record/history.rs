//! A ticket's history, page by page.

use super::{actor::ActorRecord, mark::mark_in};
use crate::table::{Item, Store, StoreError, item, keys, record, text, time};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
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
pub(super) const LINES_BEFORE: usize = 50;

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
    DuplicateOf { other: TicketId, number: u64, ends: bool },
    DuplicatedBy { other: TicketId, number: u64, ends: bool },
}

impl From<&Event> for EventRecord {
    fn from(event: &Event) -> Self {
        let change = match event.change.clone() {
            Change::Created => ChangeRecord::Created,
            Change::StateChanged { to } => ChangeRecord::StateChanged { to },
            Change::CompanyChanged { from, to } => ChangeRecord::CompanyChanged { from, to },
            Change::Joined { through } => ChangeRecord::Joined { through },
            Change::DuplicateOf { other, number, ends } => ChangeRecord::DuplicateOf { other, number, ends },
            Change::DuplicatedBy { other, number, ends } => ChangeRecord::DuplicatedBy { other, number, ends },
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
            ChangeRecord::DuplicateOf { other, number, ends } => Change::DuplicateOf { other, number, ends },
            ChangeRecord::DuplicatedBy { other, number, ends } => Change::DuplicatedBy { other, number, ends },
        };
        Self { at: time(event.at), by: event.by.into(), change }
    }
}

/// Returns the item of a history line. `mark` distinguishes lines of the same millisecond.
pub(crate) fn event_item(ticket: &TicketId, mark: &str, event: &Event) -> Result<Item, StoreError> {
    item(keys::ticket(ticket), keys::event(event.at, mark), &EventRecord::from(event))
}

/// A line of the history with its sort key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) key: String,
    pub(crate) event: Event,
}

impl Line {
    pub(super) fn read(item: Item) -> Result<Self, StoreError> {
        Ok(Self { key: text(&item, "sk").to_owned(), event: record::<EventRecord>(item)?.into() })
    }
}

/// Returns the last change among these to a state that is known. Newest first.
pub(super) fn last_state(newest_first: &[Line]) -> Option<Event> {
    let tells = |event: &&Event| matches!(event.change, Change::StateChanged { to: Some(_) });
    newest_first.iter().map(|line| &line.event).find(tells).cloned()
}

impl History {
    /// Makes the page of the newest of these lines.
    pub(crate) fn of(newest_first: &[Line], company: Option<CompanyId>) -> Self {
        let (page, rest) = newest_first.split_at(newest_first.len().min(LINES_A_PAGE));
        let place = |line: &Line| EventPlace { line: line.key.clone(), company: None };
        let earlier = page.last().filter(|_| !rest.is_empty()).map(place);
        let events = page.iter().rev().map(|line| line.event.clone()).collect();
        Self { events, company: None, state_before: last_state(rest), earlier }.ending_in(company)
    }
}

impl Store {
    /// Reads the page of a ticket's history before a place.
    pub(crate) async fn history(&self, ticket: &TicketId, before: &EventPlace) -> Result<History, StoreError> {
        let query = self.partition_between(keys::ticket(ticket), keys::EVENT, keys::just_below(&before.line));
        let lines = self.lines_with_mark(query).await?.0;
        Ok(History::of(&lines, before.company.clone()))
    }

    /// Reads the newest lines of a ticket's history, newest first, and the ticket's mark.
    pub(crate) async fn newest_history(&self, ticket: &TicketId) -> Result<(Vec<Line>, Mark), StoreError> {
        // The mark sorts right after the history, so that one query reads both.
        self.lines_with_mark(self.partition_between(keys::ticket(ticket), keys::EVENT, keys::MARK)).await
    }

    async fn lines_with_mark(&self, query: QueryFluentBuilder) -> Result<(Vec<Line>, Mark), StoreError> {
        let query = query.limit((LINES_A_PAGE + LINES_BEFORE + 1) as i32).scan_index_forward(false);
        let answer = query.consistent_read(true).send().await.map_err(StoreError::from_sdk)?;
        let (mut mark, mut lines) = (Mark::default(), Vec::new());
        for item in answer.items.unwrap_or_default() {
            if text(&item, "sk") == keys::MARK {
                mark = mark_in(&item);
            } else {
                lines.push(Line::read(item)?);
            }
        }
        Ok((lines, mark))
    }
}
