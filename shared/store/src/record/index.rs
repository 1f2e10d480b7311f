//! The search index: one item for each list that holds a ticket, conversation or note (`domain::search`).
//!
//! An entry is in the lists of its company, or of No company, and the same item is also in the view that spans all
//! companies. The index is for teammates only: its partitions and views belong to no contact and no company, and no
//! [`crate::CompanyScope`] leads to them.

use super::head::HeadRecord;
use crate::table::{Item, StoreError, item, keys, record, text};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    conversation::{Part, PartKind},
    id::{CompanyId, ContactId, ConversationId, TicketId, TypeId},
    search::Words,
    state::StateCategory,
    ticket::Ticket,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
};

/// The contents of an item of the index: enough to filter it and to find what it stands for. Every list stores a copy,
/// so it is kept small.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct FoundRecord {
    pub(crate) words: String,
    #[serde(default, rename = "type")]
    pub(crate) ticket_type: Option<TypeId>,
    #[serde(default)]
    pub(crate) state: Option<StateCategory>,
    #[serde(default)]
    pub(crate) company: Option<CompanyId>,
    /// The creator of a ticket without a company, because it is stored in their partition.
    #[serde(default)]
    pub(crate) requester: Option<ContactId>,
}

/// What an item of the index is about. Notes are part of their conversation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Entry {
    Ticket(TicketId),
    Conversation(ConversationId),
}

/// An item of the index, as read.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) entry: Entry,
    /// The entry's place in the list. The place of a note begins with that of its conversation.
    pub(crate) place: String,
    /// The item's own place in the list.
    pub(crate) key: String,
    pub(crate) record: FoundRecord,
}

impl Found {
    pub(crate) fn read(item: Item) -> Result<Self, StoreError> {
        let key = text(&item, "sk").to_owned();
        let mut parts = key.split('#');
        let (Some(time), Some(kind), Some(id)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(StoreError::Corrupt { key, why: "no place in a list of search".into() });
        };
        let corrupt = |why: String| StoreError::Corrupt { key: key.clone(), why };
        let entry = match kind {
            "TICKET" => Entry::Ticket(TicketId::new(id).map_err(|error| corrupt(error.to_string()))?),
            _ => Entry::Conversation(ConversationId::new(id).map_err(|error| corrupt(error.to_string()))?),
        };
        let place = format!("{time}#{kind}#{id}#");
        Ok(Self { entry, place, key, record: record(item)? })
    }
}

/// Whether a partition is a list of search.
pub(crate) fn is_list(pk: &str) -> bool {
    let mut parts = pk.split('#');
    let first_three = (parts.next(), parts.next(), parts.next());
    matches!(first_three, (Some("NONE"), Some("FIND"), _) | (Some("COMPANY"), _, Some("FIND")))
}

/// Returns the items of one entry: one for each list of each scope. The items of the first scope are also in the view
/// of everything.
fn items<'a>(
    words: &Words,
    place: &str,
    record: &FoundRecord,
    scopes: impl IntoIterator<Item = Option<&'a CompanyId>>,
) -> Result<Vec<Item>, StoreError> {
    let written = item(String::new(), place.to_owned(), record)?;
    let mut items = Vec::new();
    for (nth, scope) in scopes.into_iter().enumerate() {
        for list in words.lists() {
            let mut item = written.clone();
            item.insert("pk".into(), AttributeValue::S(keys::found_in(scope, list)));
            if nth == 0 {
                item.insert("view".into(), AttributeValue::S(keys::found_anywhere(list)));
                item.insert("by_updated".into(), AttributeValue::S(place.to_owned()));
            }
            items.push(item);
        }
    }
    Ok(items)
}

/// Returns the search items of a ticket.
pub(crate) fn of_ticket(ticket: &Ticket) -> Result<Vec<Item>, StoreError> {
    let row = &ticket.row;
    let words = Words::of_ticket(row, ticket.company_name.as_deref());
    let record = FoundRecord {
        words: words.to_string(),
        ticket_type: Some(row.ticket_type.clone()),
        state: Some(row.state_category),
        company: row.company.clone(),
        requester: row.company.is_none().then(|| row.requester.clone()),
    };
    items(&words, &keys::found_ticket(row.created_at, &row.id), &record, [row.company.as_ref()])
}

/// Returns the search items of a conversation. There are none if no version with search has written its head.
pub(crate) fn of_conversation(head: &HeadRecord) -> Result<Vec<Item>, StoreError> {
    let Some(words) = &head.words else { return Ok(Vec::new()) };
    let record = FoundRecord { words: words.clone(), ..FoundRecord::default() };
    items(&Words::read(words), &keys::found_conversation(head.started(), &head.id), &record, head.scopes())
}

/// Returns the search items of a part at this place in its conversation. Messages have none, and neither have notes that
/// an older version put among them, until `admin reindex` has moved them.
pub(crate) fn of_part(head: &HeadRecord, place: &str, part: &Part) -> Result<Vec<Item>, StoreError> {
    if part.kind == PartKind::Message || !place.starts_with(keys::NOTE) || head.words.is_none() {
        return Ok(Vec::new());
    }
    let words = Words::of_note(&part.body);
    let record = FoundRecord { words: words.to_string(), ..FoundRecord::default() };
    items(&words, &keys::found_note(head.started(), &head.id, &part.id), &record, head.scopes())
}

/// Returns a hash of an item, used to compare the items that search has with those that it should have.
pub(crate) fn digest(item: &Item) -> u64 {
    let mut hasher = DefaultHasher::new();
    hash_all(item, &mut hasher);
    hasher.finish()
}

fn hash_all(attributes: &Item, hasher: &mut DefaultHasher) {
    let in_order: BTreeMap<_, _> = attributes.iter().collect();
    for (name, value) in in_order {
        name.hash(hasher);
        hash_value(value, hasher);
    }
}

fn hash_value(value: &AttributeValue, hasher: &mut DefaultHasher) {
    match value {
        AttributeValue::M(attributes) => hash_all(attributes, hasher),
        AttributeValue::L(values) => values.iter().for_each(|value| hash_value(value, hasher)),
        AttributeValue::Ss(texts) => texts.iter().collect::<std::collections::BTreeSet<_>>().hash(hasher),
        // Nothing in it has an order of its own.
        plain => format!("{plain:?}").hash(hasher),
    }
}

/// The partition key and sort key of an item.
pub(crate) type Address = (String, String);

pub(crate) fn address(item: &Item) -> Address {
    (text(item, "pk").to_owned(), text(item, "sk").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{catalog::TicketCategory, id::StateId, ticket::TicketRow, timestamp::Timestamp};

    fn ticket(title: &str, company: &str) -> Ticket {
        let row = TicketRow {
            id: TicketId::new("tk-1048576").unwrap(),
            number: 1_048_576,
            title: title.into(),
            ticket_type: TypeId::new("feature_request").unwrap(),
            category: TicketCategory::Customer,
            shared: false,
            state: StateId::new("new").unwrap(),
            state_category: StateCategory::WaitingOnCustomer,
            company: Some(CompanyId::new(company).unwrap()),
            requester: ContactId::new("u-1").unwrap(),
            requester_name: Some("Ada Lovelace".into()),
            created_at: Timestamp::EPOCH,
            updated_at: Timestamp::EPOCH,
            turn_since: None,
            exchange: Default::default(),
        };
        Ticket {
            row,
            description: String::new(),
            attributes: Default::default(),
            conversation: None,
            company_chosen: false,
            company_name: Some("Acme Logistics".into()),
            assignee: None,
            waited_from: None,
            version: 1,
        }
    }

    fn size(item: &Item) -> usize {
        item.iter().map(|(name, value)| name.len() + value.as_s().map_or(1, String::len)).sum()
    }

    #[test]
    fn a_usual_item_stays_below_the_size_that_searches_are_planned_with() {
        for item in of_ticket(&ticket("Label printer prints every label twice", "co-1042")).unwrap() {
            assert!(size(&item) < 320, "{} bytes", size(&item));
        }
    }

    #[test]
    fn lists_of_search_are_told_from_other_partitions() {
        for pk in [keys::found_in(None, ""), keys::found_in(Some(&CompanyId::new("FIND").unwrap()), "abc")] {
            assert!(is_list(&pk), "{pk}");
        }
        let company = CompanyId::new("FIND").unwrap();
        for pk in [keys::company(&company), keys::hidden_view(&company), keys::SETTINGS.into()] {
            assert!(!is_list(&pk), "{pk}");
        }
    }
}
