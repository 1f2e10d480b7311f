//! Ticket types and states that the workspace defines.

use crate::{
    id::{StateId, TypeId},
    state::TicketState,
    timestamp::Timestamp,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// All types and states of the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalog {
    /// By id.
    pub types: BTreeMap<TypeId, TicketType>,
    /// By id.
    pub states: BTreeMap<StateId, TicketState>,
}

/// A kind of ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketType {
    /// Its id.
    pub id: TypeId,
    /// What people read.
    pub name: String,
    /// An emoji, or nothing.
    pub icon: String,
    /// Whether customers see such tickets.
    pub category: TicketCategory,
    /// In the order in which they are shown.
    pub attributes: Vec<AttributeDefinition>,
}

/// Whether customers see tickets of a type (docs/product.md, Ticket types).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketCategory {
    /// Always.
    Customer,
    /// When `shared` is set on the ticket.
    BackOffice,
    /// Never.
    Tracker,
}

/// An attribute that tickets of a type have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeDefinition {
    /// Unique within the type.
    pub name: String,
    /// What values it takes.
    pub data_type: DataType,
    /// Whether contacts see it. Not unless it says so.
    #[serde(default, deserialize_with = "or_no")]
    pub visible_to_contacts: bool,
}

/// Takes `null` for absent, as an import does everywhere.
fn or_no<'de, D: Deserializer<'de>>(value: D) -> Result<bool, D::Error> {
    Ok(Option::deserialize(value)?.unwrap_or_default())
}

/// What values an attribute takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataType {
    /// Text.
    String,
    /// One of a list: text.
    List,
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// Yes or no.
    Boolean,
    /// RFC 3339.
    Datetime,
}

impl DataType {
    /// The value as answers show it: a time in UTC, whatever its source's zone; anything else as it is.
    #[must_use]
    pub fn shown(self, value: &Value) -> Value {
        match (self, value.as_str().map(str::parse::<Timestamp>)) {
            (Self::Datetime, Some(Ok(time))) => Value::from(time.to_string()),
            _ => value.clone(),
        }
    }

    /// Whether `value` is one of these.
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
