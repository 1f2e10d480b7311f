//! The only store: one DynamoDB table, partitioned by company.
//!
//! Reads for contacts go through [`Store::enter`] and its siblings, which verify the contact's memberships and hand
//! out a [`CompanyScope`]. There is no other way to get one, and no read for contacts that does without:
//!
//! ```compile_fail
//! // A scope cannot be made from names.
//! let scope = store::CompanyScope { contact: todo!(), companies: vec![], sight: domain::visibility::Sight::All };
//! ```
//!
//! ```compile_fail
//! // A reach, which the queries take, cannot be made outside this crate.
//! async fn list(store: &store::Store, query: &store::ListQuery) {
//!     let _ = store.list_page(&todo!(), query).await;
//! }
//! ```

mod batch;
mod check;
mod connect;
mod detail;
mod directory;
mod entry;
mod error;
mod item;
mod keys;
mod list;
mod schema;
mod ticket_write;
mod transaction;
mod viewer;
mod workspace;

pub use check::{Finding, Report};
pub use connect::Store;
pub use detail::TicketPage;
pub use directory::{ConversationRecord, Participation, Upserted};
pub use entry::{Admission, CompanyScope, Entry, Hint, Visitor};
pub use error::{StoreError, WriteError};
pub use list::{ListPage, ListQuery};
pub use schema::{BY_STATE, BY_UPDATED, TABLE, TableDefinition};
pub use ticket_write::{Imported, TicketWrite};
pub use workspace::Workspace;
