//! The table itself: the connection, keys, items, queries, batches and transactions, and their errors. This module
//! knows how things are stored, and nothing about what they are.

mod batch;
mod connect;
mod error;
mod item;
pub(crate) mod keys;
mod memory;
mod meter;
mod pause;
mod query;
mod schema;
mod side_by_side;
mod transaction;
mod trust;
mod value;

pub use connect::Store;
pub use error::{Broken, BrokenKind, StoreError, WriteError};
pub use meter::{Usage, metered};
pub use pause::pause;
pub use schema::{BY_STATE, BY_UPDATED, TABLE, TableDefinition};

pub(crate) use connect::key;
pub(crate) use error::partition_kind;
pub(crate) use item::{Item, attributes, item, number, record, text, time};
pub(crate) use pause::Attempts;
pub(crate) use side_by_side::side_by_side;
pub(crate) use transaction::{Attribute, CHANGED_AT, CHANGES, MOST_ACTIONS, MOST_BYTES, Transaction};
