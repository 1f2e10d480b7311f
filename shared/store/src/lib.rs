//! The only store: one DynamoDB table, partitioned by company.
//!
//! Reads for contacts go through [`Store::enter`] and its siblings, which verify the contact's memberships and hand
//! out a [`CompanyScope`]. There is no other way to get one, and no read for contacts that does without:
//!
//! ```compile_fail,E0451
//! // A scope cannot be made by hand: its fields are private.
//! fn scope(contact: domain::contact::Contact) -> store::CompanyScope {
//!     store::CompanyScope { contact, companies: vec![], sight: domain::visibility::Sight::All }
//! }
//! ```
//!
//! ```compile_fail,E0624
//! // The queries behind the entries are out of reach.
//! let _ = store::Store::list_page;
//! ```

mod audit;
mod batch;
mod check;
mod connect;
mod conversation;
mod conversation_head;
mod conversation_import;
mod detail;
mod directory;
mod entry;
mod error;
mod item;
mod keys;
mod list;
mod marks;
mod members;
mod meter;
mod names;
mod number;
mod once;
mod participants;
mod people;
mod reindex;
mod schema;
mod search;
mod search_index;
mod settings;
mod sight;
mod space;
mod talk;
mod ticket_write;
mod transaction;
mod viewer;
mod workspace;

pub use audit::Viewing;
pub use check::{Finding, Report};
pub use connect::Store;
pub use conversation::{Conversation, PartPlace, Thread};
pub use conversation_import::ConversationRecord;
pub use detail::{TicketFile, TicketPage};
pub use directory::{Participation, Upserted};
pub use entry::{Admission, CompanyScope, Entry, Hint, Meeting, Visitor};
pub use error::{StoreError, WriteError};
pub use item::SpaceRole;
pub use list::{ListPage, ListQuery};
pub use marks::{Marks, Watch};
pub use meter::{Usage, metered};
pub use names::{Listed, Names, NamesPage};
pub use once::{Done, Once};
pub use participants::Participants;
pub use people::PeoplePage;
pub use reindex::Reindexed;
pub use schema::{BY_STATE, BY_UPDATED, TABLE, TableDefinition};
pub use search::{CompanyFilter, Hit, Kind, MOST_HITS, Place, SearchPage, SearchQuery};
pub use settings::{SettingsChange, SettingsFile, Signature};
pub use sight::{People, SightChange};
pub use space::SpaceEntry;
pub use talk::ConversationPage;
pub use ticket_write::TicketWrite;
pub use workspace::Workspace;
