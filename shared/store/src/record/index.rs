//! The index of search (`domain::search`): an entry for each list that has something of a ticket, a conversation, a
//! message or a note.
//!
//! What customers may find is in lists of their company that hold nothing else. What is for teammates alone is in lists of
//! its own: notes, names, attributes that customers do not see, and all of a ticket that they do not see. Both are also in
//! views that span all companies. A conversation with a ticket stands where the ticket stands: it is the ticket.
//!
//! A ticket is besides in a list of what is near (`domain::nearness`), for the index of vectors.

use super::head::HeadRecord;
use crate::table::{Item, StoreError, item, keys, record, text};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    catalog::Catalog,
    conversation::{Part, PartKind},
    id::{CompanyId, ContactId, ConversationId, TicketId},
    nearness::Vector,
    search::{Field, Spot, Spots},
    ticket::{Ticket, TicketRow},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
};

/// The name of a conversation itself among the documents of its ticket. No encoded id has it.
const CONVERSATION: &str = "~#";
/// What the names of entries end with that are for teammates alone: of a ticket that customers do not see, both are in the
/// same lists.
const OF_TEAMMATES: &str = "~#";

/// The contents of an entry.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct FoundRecord {
    pub(crate) spots: Vec<Spot>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) company: Option<CompanyId>,
    /// The creator of a ticket without a company, because it is stored in their partition; and of a private one, in the
    /// lists that they alone read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) requester: Option<ContactId>,
    /// Of a ticket's entry in the list of those that are near.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) vector: Vec<i8>,
}

/// What is found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Entry {
    Ticket(TicketId),
    /// A conversation without a ticket.
    Conversation(ConversationId),
}

/// An item of the index, as read.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) entry: Entry,
    /// Where in the order of the list stands what is found.
    pub(crate) place: String,
    /// The item's own place, which begins with that.
    pub(crate) key: String,
    pub(crate) record: FoundRecord,
}

impl Found {
    pub(crate) fn read(item: Item) -> Result<Self, StoreError> {
        let key = text(&item, "sk").to_owned();
        let (entry, place) = subject(&key)?;
        Ok(Self { entry, place, key, record: record(item)? })
    }
}

/// Reads what an entry with this sort key leads to, and the place of that.
pub(crate) fn subject(key: &str) -> Result<(Entry, String), StoreError> {
    let corrupt = |why: String| StoreError::Corrupt { key: key.to_owned(), why };
    let mut parts = key.split('#');
    let (Some(time), Some(kind), Some(id)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(corrupt("no place in a list of search".into()));
    };
    let entry = match kind {
        "TICKET" => Entry::Ticket(TicketId::new(id).map_err(|error| corrupt(error.to_string()))?),
        _ => Entry::Conversation(ConversationId::new(id).map_err(|error| corrupt(error.to_string()))?),
    };
    Ok((entry, format!("{time}#{kind}#{id}#")))
}

/// Whether a partition is a list of search.
pub(crate) fn is_list(pk: &str) -> bool {
    let mut parts = pk.split('#');
    let first_three = (parts.next(), parts.next(), parts.next());
    matches!(
        first_three,
        (Some("NONE"), Some("KEPT"), _)
            | (Some("COMPANY"), _, Some("FIND" | "KEPT"))
            | (Some("CONTACT"), _, Some("FIND"))
    )
}

/// Where the entries of a ticket, or of a conversation without one, stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placing {
    place: String,
    /// The companies whose lists have it; `None` is No company.
    scopes: BTreeSet<Option<CompanyId>>,
    /// Whether customers may find it.
    is_open: bool,
    requester: Option<ContactId>,
    /// Who alone may find it, beside teammates.
    creator: Option<ContactId>,
}

/// As a manifest keeps it.
impl fmt::Display for Placing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.place)?;
        self.scopes.iter().try_for_each(|scope| write!(f, "{}", keys::scope(scope.as_ref())))?;
        f.write_str(if self.is_open { "open" } else { "kept" })?;
        self.creator.iter().try_for_each(|creator| f.write_str(&keys::contact(creator)))
    }
}

impl Placing {
    pub(crate) fn of_ticket(row: &TicketRow) -> Self {
        Self {
            place: keys::found_ticket(row.created_at, &row.id),
            scopes: BTreeSet::from([row.company.clone()]),
            is_open: row.is_for_colleagues() && row.company.is_some(),
            requester: row.company.is_none().then(|| row.requester.clone()),
            creator: row.is_its_creators_alone().then(|| row.requester.clone()),
        }
    }

    /// Where a conversation stands that has no ticket.
    pub(crate) fn of_conversation(head: &HeadRecord) -> Self {
        Self {
            place: keys::found_conversation(head.started(), &head.id),
            scopes: head.scopes().into_iter().map(|scope| scope.cloned()).collect(),
            is_open: false,
            requester: None,
            creator: None,
        }
    }

    /// Returns the sum of [`hash_of_place`] of so many entries that customers may find, if they may find any, and so many
    /// for teammates.
    pub(crate) fn sum_of_places(&self, open: u64, kept: u64) -> u64 {
        let of = |kind: &str| {
            let scopes = self.scopes.iter().map(|scope| format!("{}{kind}", keys::scope(scope.as_ref())));
            let each = scopes.map(|scope| hash_of_place(&scope, &self.place, self.requester.as_ref()));
            each.fold(0, u64::wrapping_add)
        };
        let open_to = if self.is_open { keys::FIND } else { keys::KEPT };
        let of_creator = self.creator.as_ref().map_or(0, |creator| {
            let scope = keys::scope_of_creator(creator);
            hash_of_place(&scope, &self.place, Some(creator))
        });
        of(open_to).wrapping_add(of_creator).wrapping_mul(open).wrapping_add(of(keys::KEPT).wrapping_mul(kept))
    }

    /// Whether what customers may find stands in lists of one of them, too.
    pub(crate) fn is_its_creators_alone(&self) -> bool {
        self.creator.is_some()
    }

    /// Returns the number of companies whose lists have it.
    pub(crate) fn copies(&self) -> u64 {
        self.scopes.len() as u64
    }

    fn entries(&self, document: &Words) -> Result<Vec<Item>, StoreError> {
        let Words { name, open, kept, vector } = document;
        let sk = format!("{}{name}", self.place);
        let mut items = Vec::new();
        for (spots, is_open) in [(open, self.is_open), (kept, false)] {
            let sk = if std::ptr::eq(spots, kept) { format!("{sk}{OF_TEAMMATES}") } else { sk.clone() };
            for (list, spots) in spots.lists() {
                for (nth, scope) in self.scopes.iter().enumerate() {
                    let record = FoundRecord {
                        spots: spots.clone(),
                        company: scope.clone(),
                        requester: self.requester.clone(),
                        ..FoundRecord::default()
                    };
                    let pk = keys::found_in(scope.as_ref(), is_open, list);
                    let mut item = item(pk, sk.clone(), &record)?;
                    // The entries of the first company are also in the views of everything.
                    if nth == 0 {
                        item.insert("view".into(), AttributeValue::S(keys::found_anywhere(list)));
                        item.insert("by_updated".into(), AttributeValue::S(sk.clone()));
                    }
                    items.push(item);
                }
            }
        }
        if let Some(creator) = &self.creator {
            for (list, spots) in open.lists() {
                let company = self.scopes.iter().flatten().next().cloned();
                let record = FoundRecord {
                    spots: spots.clone(),
                    company,
                    requester: Some(creator.clone()),
                    ..FoundRecord::default()
                };
                items.push(item(keys::found_by_creator(creator, list), sk.clone(), &record)?);
            }
        }
        if let Some(vector) = vector {
            let of_scopes = self.scopes.iter().map(|scope| {
                (keys::found_in(scope.as_ref(), self.is_open, keys::NEAR), scope.clone(), self.requester.clone())
            });
            let of_creator = self.creator.iter().map(|creator| {
                let company = self.scopes.iter().flatten().next().cloned();
                (keys::found_by_creator(creator, keys::NEAR), company, Some(creator.clone()))
            });
            for (pk, company, requester) in of_scopes.chain(of_creator) {
                let vector = vector.numbers().to_vec();
                let record = FoundRecord { spots: Vec::new(), company, requester, vector };
                let mut item = item(pk.clone(), sk.clone(), &record)?;
                // What it is searched by in the index of vectors.
                item.insert("view".into(), AttributeValue::S(pk));
                items.push(item);
            }
        }
        Ok(items)
    }
}

/// The words of a document: of a ticket, of a conversation itself, of a message or of a note.
#[derive(Debug, Default)]
pub(crate) struct Words {
    /// Its name among the documents of a ticket or conversation.
    name: String,
    /// What customers may find, where they may find the whole.
    open: Spots,
    /// What only teammates may find.
    kept: Spots,
    /// What it is about, of a ticket: found by whoever finds `open`.
    vector: Option<Vector>,
}

impl Words {
    pub(crate) fn of_ticket(ticket: &Ticket, catalog: &Catalog) -> Self {
        let row = &ticket.row;
        let (mut open, mut kept) = (Spots::default(), Spots::of_all());
        open = open.with_line(Field::Title, &row.title).with_number(row.number);
        open = open.with_text(Field::Description, None, &ticket.description);
        let definitions = catalog.types.get(&row.ticket_type).map(|it| it.attributes.as_slice()).unwrap_or_default();
        for (name, value) in &ticket.attributes {
            let definition = definitions.iter().find(|it| it.name == *name);
            let shown = definition.map_or_else(|| value.clone(), |it| it.data_type.shown(value));
            let text = match shown {
                Value::String(text) => text,
                Value::Number(number) => number.to_string(),
                _ => continue,
            };
            let to = if definition.is_some_and(|it| it.visible_to_contacts) { &mut open } else { &mut kept };
            *to = std::mem::take(to).with_text(Field::Attribute, Some(name), &text);
        }
        for name in row.requester_name.iter().chain(&ticket.company_name) {
            kept = kept.with_line(Field::Name, name);
        }
        Self { name: String::new(), open, kept, vector: Vector::of(&row.title, &ticket.description) }
    }

    /// A conversation with a ticket has none of its own: the ticket has the names by which it is found. Neither has one whose head
    /// no version with search has written.
    pub(crate) fn of_conversation(head: &HeadRecord) -> Self {
        let mut kept = Spots::default();
        if let (Some(words), None) = (&head.words, &head.ticket) {
            kept = Spots::of_all().with_line(Field::Title, head.title.as_deref().unwrap_or_default());
            kept = kept.with_line(Field::Name, words);
        }
        Self { name: CONVERSATION.into(), kept, ..Self::default() }
    }

    /// Returns the words of a part at this place in its conversation. Notes that an older version put among the messages
    /// have none until `admin reindex` has moved them.
    pub(crate) fn of_part(head: &HeadRecord, place: &str, part: &Part) -> Self {
        if head.words.is_some() { Self::said(place, part) } else { Self::default() }
    }

    pub(crate) fn said(place: &str, part: &Part) -> Self {
        let (mut open, mut kept) = (Spots::default(), Spots::default());
        match part.kind {
            PartKind::Message => open = open.with_text(Field::Message, None, &part.body),
            PartKind::Note if place.starts_with(keys::NOTE) => kept = kept.with_text(Field::Note, None, &part.body),
            PartKind::Note => {}
        }
        Self { name: place.to_owned(), open, kept, vector: None }
    }

    /// Returns their entries; none where nothing of it is found.
    pub(crate) fn entries(&self, placing: Option<&Placing>) -> Result<Vec<Item>, StoreError> {
        placing.map_or_else(|| Ok(Vec::new()), |placing| placing.entries(self))
    }

    /// Returns the sum of [`hash_of_content`] of their entries in so many companies.
    pub(crate) fn sum(&self, copies: u64) -> u64 {
        let all = [(&self.open, ""), (&self.kept, OF_TEAMMATES)].into_iter().flat_map(|(spots, mark)| {
            let name = format!("{}{mark}", self.name);
            spots.lists().map(move |(list, spots)| (keys::list(list), name.clone(), spots))
        });
        let each = all.map(|(list, name, spots)| {
            let others = hash_of_content(&list, &name, spots, &[], false).wrapping_mul(copies - 1);
            hash_of_content(&list, &name, spots, &[], true).wrapping_add(others)
        });
        each.fold(self.sum_of_vector().wrapping_mul(copies), u64::wrapping_add)
    }

    /// Returns the [`hash_of_content`] of its entry in a list of what is near.
    fn sum_of_vector(&self) -> u64 {
        let list = keys::list(keys::NEAR);
        self.vector.as_ref().map_or(0, |vector| hash_of_content(&list, &self.name, &[], vector.numbers(), false))
    }

    /// Returns the sum of [`hash_of_content`] of what customers may find, in lists of one of them.
    pub(crate) fn sum_of_creator(&self) -> u64 {
        let each =
            self.open.lists().map(|(list, spots)| hash_of_content(&keys::list(list), &self.name, spots, &[], false));
        each.fold(self.sum_of_vector(), u64::wrapping_add)
    }

    /// Returns how many of their entries in one company customers may find, and how many not.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.open.lists().count() as u64 + u64::from(self.vector.is_some()), self.kept.lists().count() as u64)
    }
}

/// A hash of what an entry says, wherever it stands. `list` is the list as its key has it, `name` that of its document.
/// `is_first` says whether it is also in the view of everything.
fn hash_of_content(list: &str, name: &str, spots: &[Spot], vector: &[i8], is_first: bool) -> u64 {
    let mut hasher = DefaultHasher::new();
    (list, name, vector, is_first).hash(&mut hasher);
    for spot in spots {
        (spot.field, &spot.attribute, &spot.word, &spot.context).hash(&mut hasher);
    }
    hasher.finish()
}

/// A hash of where an entry stands, whatever it says: of what comes before the list's name, and the place of what is found.
fn hash_of_place(scope: &str, place: &str, requester: Option<&ContactId>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (scope, place, requester).hash(&mut hasher);
    hasher.finish()
}

/// Returns the hashes of what an entry says and of where it stands.
pub(crate) fn hashes(item: Item) -> Result<(Entry, u64, u64), StoreError> {
    let [pk, view, by_updated] = ["pk", "view", "by_updated"].map(|name| text(&item, name).to_owned());
    let (scope, list) = keys::scope_and_list(&pk);
    let found = Found::read(item)?;
    let name = found.key.strip_prefix(found.place.as_str()).unwrap_or_default();
    let is_first = view == format!("{}{list}", keys::FIND) && by_updated == found.key;
    let is_near = list == keys::list(keys::NEAR);
    let is_copy = by_updated.is_empty() && if is_near { view == pk } else { view.is_empty() };
    let of_creator = || found.record.requester.as_ref().is_some_and(|it| scope == keys::scope_of_creator(it));
    let is_of_scope = scope.starts_with(&keys::scope(found.record.company.as_ref())) || of_creator();
    let content = if is_of_scope && (is_first || is_copy) {
        hash_of_content(list, name, &found.record.spots, &found.record.vector, is_first)
    } else {
        0
    };
    Ok((found.entry, content, hash_of_place(scope, &found.place, found.record.requester.as_ref())))
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
        AttributeValue::Ss(texts) => texts.iter().collect::<BTreeSet<_>>().hash(hasher),
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
    use domain::{
        catalog::TicketCategory,
        id::{StateId, TypeId},
        state::StateCategory,
        timestamp::Timestamp,
    };

    fn ticket(title: &str, company: &str) -> Ticket {
        let row = TicketRow {
            id: TicketId::new("tk-1048576").unwrap(),
            number: 1_048_576,
            title: title.into(),
            ticket_type: TypeId::new("feature_request").unwrap(),
            category: TicketCategory::Customer,
            shared: false,
            private: false,
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
            duplicate_of: None,
            duplicates: Default::default(),
            version: 1,
        }
    }

    fn size(item: &Item) -> usize {
        let value = |value: &AttributeValue| match value {
            AttributeValue::S(text) => text.len(),
            other => format!("{other:?}").len() / 3,
        };
        item.iter().map(|(name, it)| name.len() + value(it)).sum()
    }

    #[test]
    fn a_usual_item_stays_below_the_size_that_searches_are_planned_with() {
        let mut it = ticket("Label printer prints every label twice", "co-1042");
        it.description = "Since Monday the printer in hall three prints every label twice. ".repeat(5);
        let placing = Placing::of_ticket(&it.row);
        let entries = Words::of_ticket(&it, &Catalog::default()).entries(Some(&placing)).unwrap();
        // No search reads the one with the vector.
        for item in entries.iter().filter(|item| !item.contains_key("vector")) {
            assert!(size(item) < 420, "{} bytes", size(item));
        }
    }

    #[test]
    fn lists_of_search_are_told_from_other_partitions() {
        for pk in [
            keys::found_in(None, false, ""),
            keys::found_in(Some(&CompanyId::new("FIND").unwrap()), true, "abc"),
            keys::found_in(Some(&CompanyId::new("FIND").unwrap()), false, "#1"),
            keys::found_by_creator(&ContactId::new("FIND").unwrap(), "abc"),
        ] {
            assert!(is_list(&pk), "{pk}");
        }
        let company = CompanyId::new("FIND").unwrap();
        for pk in [
            keys::company(&company),
            keys::hidden_view(&company),
            keys::SETTINGS.into(),
            keys::contact(&ContactId::new("FIND").unwrap()),
        ] {
            assert!(!is_list(&pk), "{pk}");
        }
    }
}
