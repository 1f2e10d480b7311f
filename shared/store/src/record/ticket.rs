//! Tickets: the fields that lists need, the whole ticket, and its link to a conversation.

use super::exchange::{ExchangeRecord, LastRecord};
use crate::table::{Attribute, Item, StoreError, Transaction, item, keys, time};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    catalog::TicketCategory,
    id::{CompanyId, ContactId, ConversationId, StateId, TeammateId, TicketId, TypeId},
    state::StateCategory,
    ticket::{Duplicate, Ticket, TicketRow},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The fields of a ticket that lists need. Times are in milliseconds. Attribute names are short because every copy
/// stores them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RowRecord {
    id: TicketId,
    number: u64,
    title: String,
    #[serde(rename = "type")]
    ticket_type: TypeId,
    category: TicketCategory,
    shared: bool,
    /// Absent in rows that nobody has made private.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    private: bool,
    state: StateId,
    state_category: StateCategory,
    #[serde(default)]
    company: Option<CompanyId>,
    requester: ContactId,
    #[serde(default)]
    requester_name: Option<String>,
    created: i64,
    updated: i64,
    /// Since when it is in the state's turn. Absent in rows of versions that did not keep turns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<i64>,
    // An `ExchangeRecord`. Flattened, it would have serde keep all attributes of a row until it knows which are whose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    said: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unanswered: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last: Option<LastRecord>,
}

impl From<&TicketRow> for RowRecord {
    fn from(row: &TicketRow) -> Self {
        let ExchangeRecord { said, unanswered, last } = (&row.exchange).into();
        Self {
            id: row.id.clone(),
            number: row.number,
            title: row.title.clone(),
            ticket_type: row.ticket_type.clone(),
            category: row.category,
            shared: row.shared,
            private: row.private,
            state: row.state.clone(),
            state_category: row.state_category,
            company: row.company.clone(),
            requester: row.requester.clone(),
            requester_name: row.requester_name.clone(),
            created: row.created_at.millis(),
            updated: row.updated_at.millis(),
            since: row.turn_since.map(|since| since.millis()),
            said,
            unanswered,
            last,
        }
    }
}

impl From<RowRecord> for TicketRow {
    fn from(row: RowRecord) -> Self {
        let RowRecord { said, unanswered, last, .. } = row;
        Self {
            id: row.id,
            number: row.number,
            title: row.title,
            ticket_type: row.ticket_type,
            category: row.category,
            shared: row.shared,
            private: row.private,
            state: row.state,
            state_category: row.state_category,
            company: row.company,
            requester: row.requester,
            requester_name: row.requester_name,
            created_at: time(row.created),
            updated_at: time(row.updated),
            turn_since: row.since.map(time),
            exchange: ExchangeRecord { said, unanswered, last }.into(),
        }
    }
}

/// Where a ticket stands in a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TicketPlace {
    /// Among the tickets that customers may see.
    Visible,
    /// In the list of its creator and of nobody else.
    Private,
    /// Among those that no customer may see.
    Hidden,
    /// In another company, or in none.
    Elsewhere,
}

impl TicketPlace {
    pub(crate) fn of(row: &TicketRow, company: &CompanyId) -> Self {
        match row.company.as_ref() {
            Some(of) if of == company && row.is_for_colleagues() => Self::Visible,
            Some(of) if of == company && row.is_its_creators_alone() => Self::Private,
            Some(of) if of == company => Self::Hidden,
            _ => Self::Elsewhere,
        }
    }
}

/// Returns the index keys that place a row in `view`.
pub(super) fn index_keys(row: &TicketRow, view: String) -> [(&'static str, String); 3] {
    let updated = keys::updated(&row.boundary());
    let range = keys::state_range(row.state_category, row.exchange.unanswered_since.is_some());
    [("view", view), ("by_state", format!("{range}{updated}")), ("by_updated", updated)]
}

/// The version of the ticket that a row was written with.
pub(super) const VERSION: &str = "v";

/// Adds the version to a row.
pub(super) fn versioned(mut row: Item, version: u64) -> Item {
    row.insert(VERSION.into(), AttributeValue::N(version.to_string()));
    row
}

/// Returns the copy of a row in its creator's partition, beside what is read of everybody who asks for something: of a
/// ticket that is in their list alone. In the views of a company it would be in the way of its members.
pub(crate) fn private_row(row: &TicketRow, version: u64) -> Result<Option<Item>, StoreError> {
    let place = || (keys::contact(&row.requester), keys::private(&row.id));
    let item = row.is_its_creators_alone().then(place).map(|(pk, sk)| item(pk, sk, &RowRecord::from(row)));
    item.transpose().map(|item| item.map(|item| versioned(item, version)))
}

impl Transaction<'_> {
    /// Puts the copy for its creator alone where it belongs, and takes it away from where it was.
    pub(crate) fn keep_private(
        &mut self,
        before: Option<&TicketRow>,
        after: &TicketRow,
        version: u64,
    ) -> Result<(), StoreError> {
        let stays = after.is_its_creators_alone();
        let left = before.filter(|it| it.is_its_creators_alone() && (!stays || it.requester != after.requester));
        if let Some(left) = left {
            self.delete(keys::contact(&left.requester), keys::private(&left.id))?;
        }
        private_row(after, version)?.map_or(Ok(()), |copy| self.put(copy))
    }
}

/// Returns the ticket item in its home partition. Tickets without a company are in no index.
pub(crate) fn home_row(row: &TicketRow, version: u64) -> Result<Item, StoreError> {
    let home = keys::home(row.company.as_ref(), &row.requester);
    let mut item = versioned(item(home, keys::ticket(&row.id), &RowRecord::from(row))?, version);
    if let Some(company) = &row.company {
        let view = if row.is_for_colleagues() { keys::company_view(company) } else { keys::hidden_view(company) };
        item.extend(index_keys(row, view).map(|(name, key)| (name.into(), AttributeValue::S(key))));
    }
    Ok(item)
}

/// The whole ticket, in its own partition.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BodyRecord {
    #[serde(flatten)]
    row: RowRecord,
    description: String,
    /// As JSON, so that numbers keep the form in which they were written.
    attributes: String,
    #[serde(default)]
    conversation: Option<ConversationId>,
    /// Absent in tickets from a version that could only import. The company then counts as chosen, by the source.
    #[serde(default)]
    company_chosen: Option<bool>,
    #[serde(default)]
    company_name: Option<String>,
    #[serde(default)]
    assignee: Option<TeammateId>,
    #[serde(default)]
    waited_from: Option<StateId>,
    /// The ticket that it repeats, and the state in which it was before.
    #[serde(default)]
    duplicate_of: Option<TicketId>,
    #[serde(default)]
    repeated_from: Option<StateId>,
    /// The tickets that repeat it. Absent where none does.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    duplicates: BTreeSet<TicketId>,
    pub(crate) version: u64,
    /// The fingerprint of the import line that wrote this version, if an import did.
    #[serde(default)]
    pub(crate) imported: Option<String>,
}

impl BodyRecord {
    pub(crate) fn new(ticket: &Ticket, imported: Option<String>) -> Result<Self, StoreError> {
        let attributes = serde_json::to_string(&ticket.attributes).map_err(|_| StoreError::unmade("TICKET"))?;
        Ok(Self {
            row: RowRecord::from(&ticket.row),
            description: ticket.description.clone(),
            attributes,
            conversation: ticket.conversation.clone(),
            company_chosen: Some(ticket.company_chosen),
            company_name: ticket.company_name.clone(),
            assignee: ticket.assignee.clone(),
            waited_from: ticket.waited_from.clone(),
            duplicate_of: ticket.duplicate_of.as_ref().map(|it| it.of.clone()),
            repeated_from: ticket.duplicate_of.as_ref().and_then(|it| it.from.clone()),
            duplicates: ticket.duplicates.clone(),
            version: ticket.version,
            imported,
        })
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
            waited_from: self.waited_from,
            duplicate_of: self.duplicate_of.map(|of| Duplicate { of, from: self.repeated_from }),
            duplicates: self.duplicates,
            version: self.version,
        })
    }
}

/// Returns what a write of a ticket demands of its body: the version that was read, and the requester's name, which
/// changes without it.
pub(crate) fn as_read(ticket: &Ticket) -> Vec<Attribute<'static>> {
    let name = ticket.row.requester_name.clone().map(AttributeValue::S);
    vec![("version", Some(AttributeValue::N(ticket.version.to_string()))), ("requester_name", name)]
}

/// The linked conversation, as stored in the ticket's partition.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LinkRecord {
    pub(crate) conversation: ConversationId,
    pub(crate) participants: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::record;
    use domain::timestamp::Timestamp;

    fn row() -> TicketRow {
        TicketRow {
            id: TicketId::new("tk-1048576").unwrap(),
            number: 1_048_576,
            title: "Label printer in hall 3 prints every second label twice since the update of last Tuesday".into(),
            ticket_type: TypeId::new("feature_request").unwrap(),
            category: TicketCategory::BackOffice,
            shared: true,
            private: false,
            state: StateId::new("waiting_for_customer_reply").unwrap(),
            state_category: StateCategory::WaitingOnCustomer,
            company: Some(CompanyId::new("c0ffee00-1234-5678-9abc-def012345678").unwrap()),
            requester: ContactId::new("ada.lovelace@acme-logistics.example").unwrap(),
            requester_name: Some("Ada Lovelace-Byron".into()),
            created_at: Timestamp::EPOCH,
            updated_at: Timestamp::EPOCH,
            turn_since: None,
            exchange: Default::default(),
        }
    }

    /// DynamoDB counts names and values in UTF-8, and about half a byte for each digit of a number.
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
        let size = size(&home_row(&row(), 12).unwrap());
        assert!(size < 600, "{size} bytes");
    }

    #[test]
    fn a_row_comes_back_as_it_was_and_a_ticket_without_company_is_in_no_index() {
        let item = home_row(&row(), 1).unwrap();
        assert_eq!(TicketRow::from(record::<RowRecord>(item).unwrap()), row());
        let nobodys = TicketRow { company: None, requester_name: None, ..row() };
        let item = home_row(&nobodys, 1).unwrap();
        assert!(!item.contains_key("view") && !item.contains_key("by_updated"));
        assert_eq!(TicketRow::from(record::<RowRecord>(item).unwrap()), nobodys);
    }
}
