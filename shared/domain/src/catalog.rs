//! Ticket types and states that the workspace defines.

use crate::{
    id::{StateId, TypeId},
    limit,
    state::{StateCategory, TicketState},
    timestamp::Timestamp,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// All types and states of the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalog {
    pub types: BTreeMap<TypeId, TicketType>,
    pub states: BTreeMap<StateId, TicketState>,
}

impl Catalog {
    /// Whether contacts see this attribute of tickets of a type.
    #[must_use]
    pub fn shows(&self, of: &TypeId, attribute: &str) -> bool {
        let definitions = self.types.get(of).map(|it| it.attributes.as_slice()).unwrap_or_default();
        definitions.iter().any(|it| it.name == attribute && it.visible_to_contacts)
    }

    /// Returns the states in the operator's order.
    #[must_use]
    pub fn states_in_order(&self) -> Vec<&TicketState> {
        let mut states: Vec<_> = self.states.values().collect();
        states.sort_by_key(|state| (state.position, &state.id));
        states
    }

    /// Returns the first state of a category, in the operator's order.
    #[must_use]
    pub fn first_in(&self, category: StateCategory) -> Option<&TicketState> {
        self.states_in_order().into_iter().find(|state| state.category == category)
    }
}

/// The types that a workspace begins with: id, name, icon, category.
const USUAL_TYPES: [(&str, &str, &str, TicketCategory); 4] = [
    ("question", "Question", "💬", TicketCategory::Customer),
    ("problem", "Problem", "🐞", TicketCategory::Customer),
    ("request", "Request", "✨", TicketCategory::Customer),
    ("task", "Task", "🧰", TicketCategory::BackOffice),
];

/// The states that a workspace begins with: id, what teammates and what contacts call it, category.
const USUAL_STATES: [(&str, &str, &str, StateCategory); 4] = [
    ("new", "New", "Submitted", StateCategory::Submitted),
    ("in-progress", "In progress", "In progress", StateCategory::InProgress),
    ("waiting", "Waiting on customer", "Waiting on you", StateCategory::WaitingOnCustomer),
    ("resolved", "Resolved", "Resolved", StateCategory::Resolved),
];

impl Catalog {
    /// The types and states that a workspace begins with when nobody has imported any.
    #[must_use]
    pub fn usual() -> Self {
        let types = USUAL_TYPES.into_iter().filter_map(|(id, name, icon, category)| {
            let id = TypeId::new(id).ok()?;
            let (name, icon) = (name.to_owned(), icon.to_owned());
            let external_label = name.clone();
            Some((id.clone(), TicketType { id, name, external_label, icon, category, attributes: Vec::new() }))
        });
        let states = (1..).zip(USUAL_STATES).filter_map(|(position, (id, internal, external, category))| {
            let id = StateId::new(id).ok()?;
            let (internal_label, external_label) = (internal.to_owned(), external.to_owned());
            Some((id.clone(), TicketState { id, category, internal_label, external_label, position }))
        });
        Self { types: types.collect(), states: states.collect() }
    }

    /// Whether nobody has said which types and states there are.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.types.is_empty() && self.states.is_empty()
    }
}

/// A ticket type or state, where both are dealt with alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Type(TicketType),
    State(TicketState),
}

impl Entry {
    /// What teammates call it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Type(it) => &it.name,
            Self::State(it) => &it.internal_label,
        }
    }

    /// What it takes of [`limit::MOST_CATALOG`].
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Self::Type(it) => limit::bytes_of_type(it),
            Self::State(it) => limit::bytes_of_state(it),
        }
    }

    /// Checks its names and attributes.
    ///
    /// # Errors
    /// When one is blank or too long, or there are too many.
    pub fn verify(&self) -> limit::Verdict {
        match self {
            Self::Type(it) => limit::ticket_type(it),
            Self::State(it) => limit::ticket_state(it),
        }
    }
}

impl Catalog {
    /// A catalog with one entry.
    #[must_use]
    pub fn of(entry: Entry) -> Self {
        let mut catalog = Self::default();
        match entry {
            Entry::Type(it) => drop(catalog.types.insert(it.id.clone(), it)),
            Entry::State(it) => drop(catalog.states.insert(it.id.clone(), it)),
        }
        catalog
    }

    /// Returns the entry of the same kind and id.
    #[must_use]
    pub fn entry_like(&self, entry: &Entry) -> Option<Entry> {
        match entry {
            Entry::Type(it) => self.types.get(&it.id).cloned().map(Entry::Type),
            Entry::State(it) => self.states.get(&it.id).cloned().map(Entry::State),
        }
    }

    /// What it takes of [`limit::MOST_CATALOG`].
    #[must_use]
    pub fn bytes(&self) -> usize {
        let types = self.types.values().map(limit::bytes_of_type).sum::<usize>();
        types + self.states.values().map(limit::bytes_of_state).sum::<usize>()
    }
}

/// A kind of ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketType {
    pub id: TypeId,
    /// What teammates call it.
    pub name: String,
    /// What contacts call it.
    pub external_label: String,
    /// An emoji, or empty.
    pub icon: String,
    /// Whether customers see tickets of this type.
    pub category: TicketCategory,
    /// In display order.
    pub attributes: Vec<AttributeDefinition>,
}

/// Whether customers see tickets of a type (docs/product.md, Ticket types).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketCategory {
    /// Customers always see them.
    Customer,
    /// Customers see a ticket when `shared` is set on it.
    BackOffice,
    /// Customers never see them.
    Tracker,
}

/// An attribute that tickets of a type have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeDefinition {
    /// Unique within the type.
    pub name: String,
    pub data_type: DataType,
    /// Whether contacts see it. Not unless it says so.
    #[serde(default, deserialize_with = "or_default")]
    pub visible_to_contacts: bool,
    /// Whether contacts are asked for it when they report something. Counts only for what they see.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "std::ops::Not::not")]
    pub asked: bool,
    /// Whether a report needs a value of it. Counts only for what is asked.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// Of a list: what contacts choose from, in this order. Empty where they write what they like.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

impl AttributeDefinition {
    /// An attribute that nobody is asked for.
    #[must_use]
    pub fn new(name: &str, data_type: DataType, visible_to_contacts: bool) -> Self {
        let (name, options) = (name.to_owned(), Vec::new());
        Self { name, data_type, visible_to_contacts, asked: false, required: false, options }
    }
}

/// Takes `null` for absent, as an import does everywhere.
fn or_default<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(value: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(value)?.unwrap_or_default())
}

/// What values an attribute takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataType {
    String,
    /// One of a list, stored as text.
    List,
    /// A whole number.
    Integer,
    /// Any number.
    Decimal,
    Boolean,
    /// A time in RFC 3339 form.
    Datetime,
}

impl DataType {
    /// Returns the value as responses show it: a time in UTC, whatever the zone of its source; anything else unchanged.
    #[must_use]
    pub fn shown(self, value: &Value) -> Value {
        match (self, value.as_str().map(str::parse::<Timestamp>)) {
            (Self::Datetime, Some(Ok(time))) => Value::from(time.to_string()),
            _ => value.clone(),
        }
    }

    /// Whether an attribute of this type may have `value`.
    #[must_use]
    pub fn admits(self, value: &Value) -> bool {
        match self {
            Self::String | Self::List => value.is_string(),
            Self::Integer => value.is_i64() || value.is_u64(),
            Self::Decimal => value.is_number(),
            Self::Boolean => value.is_boolean(),
            Self::Datetime => value.as_str().is_some_and(|text| text.parse::<Timestamp>().is_ok()),
        }
    }
}
