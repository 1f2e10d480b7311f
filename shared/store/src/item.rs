//! Items and what they hold. One struct a kind of item; keys are added beside it, and reading ignores them.

use crate::{StoreError, keys};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    catalog::TicketCategory,
    company::Company,
    contact::Contact,
    history::{Actor, Change, Event},
    id::{CompanyId, ContactId, ConversationId, StateId, TeammateId, TicketId, TypeId},
    mark::Mark,
    state::{Counts, StateCategory},
    ticket::{Ticket, TicketRow},
    timestamp::Timestamp,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::collections::{BTreeMap, HashMap};

pub(crate) type Item = HashMap<String, AttributeValue>;

/// An item of `record` under its primary key.
pub(crate) fn item(pk: String, sk: String, record: &impl Serialize) -> Result<Item, StoreError> {
    let mut item: Item = serde_dynamo::to_item(record)
        .map_err(|error| StoreError::Corrupt { key: format!("{pk} {sk}"), why: error.to_string() })?;
    // Absent and null are the same; absent is cheaper.
    item.retain(|_, value| !matches!(value, AttributeValue::Null(_)));
    item.insert("pk".into(), AttributeValue::S(pk));
    item.insert("sk".into(), AttributeValue::S(sk));
    Ok(item)
}

/// The record in an item.
pub(crate) fn record<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    let key = format!("{} {}", text(&item, "pk"), text(&item, "sk"));
    serde_dynamo::from_item(item).map_err(|error| StoreError::Corrupt { key, why: error.to_string() })
}

/// A string attribute, or nothing.
pub(crate) fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item.get(name).and_then(|value| value.as_s().ok()).map_or("", String::as_str)
}

/// What lists need of a ticket. Times are milliseconds; names are short because every copy pays for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RowRecord {
    id: TicketId,
    number: u64,
    title: String,
    #[serde(rename = "type")]
    ticket_type: TypeId,
    category: TicketCategory,
    shared: bool,
    state: StateId,
    state_category: StateCategory,
    #[serde(default)]
    company: Option<CompanyId>,
    requester: ContactId,
    #[serde(default)]
    requester_name: Option<String>,
    created: i64,
    updated: i64,
}

impl From<&TicketRow> for RowRecord {
    fn from(row: &TicketRow) -> Self {
        Self {
            id: row.id.clone(),
            number: row.number,
            title: row.title.clone(),
            ticket_type: row.ticket_type.clone(),
            category: row.category,
            shared: row.shared,
            state: row.state.clone(),
            state_category: row.state_category,
            company: row.company.clone(),
            requester: row.requester.clone(),
            requester_name: row.requester_name.clone(),
            created: row.created_at.millis(),
            updated: row.updated_at.millis(),
        }
    }
}

/// A stored time. Only valid ones are written.
fn time(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap_or(Timestamp::EPOCH)
}

impl From<RowRecord> for TicketRow {
    fn from(row: RowRecord) -> Self {
        Self {
            id: row.id,
            number: row.number,
            title: row.title,
            ticket_type: row.ticket_type,
            category: row.category,
            shared: row.shared,
            state: row.state,
            state_category: row.state_category,
            company: row.company,
            requester: row.requester,
            requester_name: row.requester_name,
            created_at: time(row.created),
            updated_at: time(row.updated),
        }
    }
}

/// The index keys of a row in `view`.
fn index_keys(row: &TicketRow, view: String) -> [(&'static str, String); 3] {
    let updated = keys::updated(&row.boundary());
    [("view", view), ("by_state", format!("{}#{updated}", row.state_category)), ("by_updated", updated)]
}

/// The ticket item in its home partition. Tickets without a company are in no index.
pub(crate) fn home_row(row: &TicketRow) -> Result<Item, StoreError> {
    let home = keys::home(row.company.as_ref(), &row.requester);
    let mut item = item(home, keys::ticket(&row.id), &RowRecord::from(row))?;
    if let Some(company) = &row.company {
        let view = if row.is_customer_visible() { keys::company_view(company) } else { keys::hidden_view(company) };
        item.extend(index_keys(row, view).map(|(name, key)| (name.into(), AttributeValue::S(key))));
    }
    Ok(item)
}

/// What a contact's tickets space knows of a ticket: for its creator a copy of the row, so that it can be read, and
/// listed per company, without going through a company.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SpaceRecord {
    pub(crate) id: TicketId,
    /// Absent while an import has written who participates and not yet the ticket.
    #[serde(default)]
    pub(crate) role: SpaceRole,
    #[serde(default)]
    pub(crate) participating: bool,
}

/// Why a ticket is in a contact's tickets space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpaceRole {
    /// The contact created it.
    Creator,
    /// The contact takes part in its conversation.
    #[default]
    Participant,
}

/// The attributes of the creator's tickets-space entry, without its key; those that may be absent say so.
pub(crate) fn creator_entry(row: &TicketRow) -> Result<(Item, Vec<&'static str>), StoreError> {
    let mut entry = item(keys::contact(&row.requester), keys::space(&row.id), &RowRecord::from(row))?;
    entry.remove("pk");
    entry.remove("sk");
    entry.insert("role".into(), AttributeValue::S("creator".into()));
    if let Some(company) = row.company.as_ref().filter(|_| row.is_customer_visible()) {
        let view = keys::own_view(&row.requester, company);
        entry.extend(index_keys(row, view).map(|(name, key)| (name.into(), AttributeValue::S(key))));
    }
    let optional = ["company", "requester_name", "view", "by_state", "by_updated"];
    let absent = optional.into_iter().filter(|name| !entry.contains_key(*name)).collect();
    Ok((entry, absent))
}

/// The whole ticket, in its own partition.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BodyRecord {
    #[serde(flatten)]
    row: RowRecord,
    description: String,
    /// JSON, so that numbers come back as they were written.
    attributes: String,
    #[serde(default)]
    conversation: Option<ConversationId>,
    /// Absent in tickets of a version that only imported: their source had the word on the company.
    #[serde(default)]
    company_chosen: Option<bool>,
    #[serde(default)]
    company_name: Option<String>,
    #[serde(default)]
    assignee: Option<TeammateId>,
    pub(crate) version: u64,
    /// Hash of the import line that wrote this version, if one did.
    #[serde(default)]
    pub(crate) imported: Option<String>,
}

impl BodyRecord {
    pub(crate) fn new(ticket: &Ticket, imported: Option<String>) -> Self {
        Self {
            row: RowRecord::from(&ticket.row),
            description: ticket.description.clone(),
            attributes: serde_json::to_string(&ticket.attributes).unwrap_or_else(|_| "{}".into()),
            conversation: ticket.conversation.clone(),
            company_chosen: Some(ticket.company_chosen),
            company_name: ticket.company_name.clone(),
            assignee: ticket.assignee.clone(),
            version: ticket.version,
            imported,
        }
    }

    pub(crate) fn into_ticket(self) -> Result<Ticket, StoreError> {
        let attributes = serde_json::from_str(&self.attributes)
            .map_err(|error| StoreError::Corrupt { key: keys::ticket(&self.row.id), why: error.to_string() })?;
        let company_chosen = self.company_chosen.unwrap_or(self.row.company.is_some());
        Ok(Ticket {
            row: self.row.into(),
            description: self.description,
            attributes,
            conversation: self.conversation,
            company_chosen,
            company_name: self.company_name,
            assignee: self.assignee,
            version: self.version,
        })
    }
}

/// The linked conversation as the ticket's partition knows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LinkRecord {
    pub(crate) conversation: ConversationId,
    pub(crate) participants: u64,
}

/// Who did something.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ActorRecord {
    Contact { id: ContactId, name: Option<String> },
    Teammate { id: TeammateId, name: Option<String> },
    System,
}

impl From<&Actor> for ActorRecord {
    fn from(actor: &Actor) -> Self {
        match actor.clone() {
            Actor::Contact { id, name } => Self::Contact { id, name },
            Actor::Teammate { id, name } => Self::Teammate { id, name },
            Actor::System => Self::System,
        }
    }
}

impl From<ActorRecord> for Actor {
    fn from(actor: ActorRecord) -> Self {
        match actor {
            ActorRecord::Contact { id, name } => Self::Contact { id, name },
            ActorRecord::Teammate { id, name } => Self::Teammate { id, name },
            ActorRecord::System => Self::System,
        }
    }
}

/// A line of history.
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

/// A line of history under its key; `mark` tells lines of the same millisecond apart.
pub(crate) fn event_item(ticket: &TicketId, mark: &str, event: &Event) -> Result<Item, StoreError> {
    item(keys::ticket(ticket), keys::event(event.at, mark), &EventRecord::from(event))
}

/// A contact.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ContactRecord {
    id: ContactId,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    session_epoch: u64,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    /// Raised by every write of the record with its memberships.
    #[serde(default)]
    pub(crate) revision: u64,
}

impl From<ContactRecord> for Contact {
    fn from(it: ContactRecord) -> Self {
        let ContactRecord { id, name, email, archived, session_epoch, attributes, revision: _ } = it;
        Self { id, name, email, archived, session_epoch, attributes }
    }
}

/// A membership, in the contact's and in the company's partition.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MembershipRecord {
    pub(crate) company: CompanyId,
    pub(crate) contact: ContactId,
}

/// A company with its counters, which are attributes of their own so that transactions can add to them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CompanyRecord {
    id: CompanyId,
    name: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    #[serde(flatten)]
    counters: BTreeMap<String, serde_json::Value>,
}

/// The counter of customer-visible, or of other, tickets in a state category.
pub(crate) fn counter(visible: bool, category: StateCategory) -> String {
    format!("{}_{category}", if visible { "visible" } else { "hidden" })
}

/// The attributes of a mark, in an item of its own or in that of what it tells of.
pub(crate) const CHANGES: &str = "changes";
pub(crate) const CHANGED_AT: &str = "changed_at";

fn mark(number: impl Fn(&str) -> Option<u64>) -> Mark {
    let at = number(CHANGED_AT).and_then(|millis| i64::try_from(millis).ok()).map_or(Timestamp::EPOCH, time);
    Mark { changes: number(CHANGES).unwrap_or(0), at }
}

/// The mark in an item.
pub(crate) fn mark_in(item: &Item) -> Mark {
    mark(|name| item.get(name)?.as_n().ok()?.parse().ok())
}

impl From<CompanyRecord> for Company {
    fn from(it: CompanyRecord) -> Self {
        let read = |visible| {
            let mut counts = Counts::default();
            for category in StateCategory::ALL {
                let value = it.counters.get(&counter(visible, category)).and_then(serde_json::Value::as_u64);
                counts.add(category, value.unwrap_or(0));
            }
            counts
        };
        let (visible, hidden) = (read(true), read(false));
        let mark = mark(|name| it.counters.get(name).and_then(serde_json::Value::as_u64));
        Self { id: it.id, name: it.name, attributes: it.attributes, visible, hidden, mark }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> TicketRow {
        TicketRow {
            id: TicketId::new("tk-1048576").unwrap(),
            number: 1_048_576,
            title: "Label printer in hall 3 prints every second label twice since the update of last Tuesday".into(),
            ticket_type: TypeId::new("feature_request").unwrap(),
            category: TicketCategory::BackOffice,
            shared: true,
            state: StateId::new("waiting_for_customer_reply").unwrap(),
            state_category: StateCategory::WaitingOnCustomer,
            company: Some(CompanyId::new("c0ffee00-1234-5678-9abc-def012345678").unwrap()),
            requester: ContactId::new("ada.lovelace@acme-logistics.example").unwrap(),
            requester_name: Some("Ada Lovelace-Byron".into()),
            created_at: Timestamp::EPOCH,
            updated_at: Timestamp::EPOCH,
        }
    }

    /// DynamoDB counts names and values in UTF-8; a number about half a byte a digit.
    fn size(item: &Item) -> usize {
        let value = |value: &AttributeValue| match value {
            AttributeValue::S(text) => text.len(),
            AttributeValue::N(digits) => digits.len() / 2 + 2,
            _ => 1,
        };
        item.iter().map(|(name, it)| name.len() + value(it)).sum()
    }

    #[test]
    fn a_usual_row_stays_below_the_size_that_lists_are_planned_with() {
        let size = size(&home_row(&row()).unwrap());
        assert!(size < 600, "{size} bytes");
    }

    #[test]
    fn a_row_comes_back_as_it_was_and_a_ticket_without_company_is_in_no_index() {
        let item = home_row(&row()).unwrap();
        assert_eq!(TicketRow::from(record::<RowRecord>(item).unwrap()), row());
        let nobodys = TicketRow { company: None, requester_name: None, ..row() };
        let item = home_row(&nobodys).unwrap();
        assert!(!item.contains_key("view") && !item.contains_key("by_updated"));
        assert_eq!(TicketRow::from(record::<RowRecord>(item).unwrap()), nobodys);
    }
}
