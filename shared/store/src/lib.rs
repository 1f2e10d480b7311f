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
//!
//! The rooms, each of which takes only from those before it; `portal` and `desk` know nothing of each other:
//!
//! - `table`: how things are kept, whatever they are;
//! - `record`: what is kept, one file a kind of item, and the reads that all others begin with;
//! - `portal`: what contacts read, and `desk`: what teammates read;
//! - `write`: what both change, and the vendor's systems. Joining and opening a conversation take a [`CompanyScope`] as
//!   proof;
//! - `operator`: what is done to a whole table.

mod desk;
mod operator;
mod portal;
mod record;
mod table;
mod write;

pub use desk::{
    CompanyFilter, Conversation, Hit, Kind, MOST_HITS, NamesPage, People, PeoplePage, Place, SearchPage, SearchQuery,
    SightChange, TicketFile,
};
pub use operator::{ConversationRecord, Finding, ImportedConversation, Reindexed, Report};
pub use portal::{
    Admission, CompanyScope, ConversationPage, Entry, Hint, Marks, Meeting, SpaceEntry, TicketPage, Visitor, Watch,
};
pub use record::{
    ListPage, ListQuery, Listed, Names, PartPlace, Participants, SettingsChange, SettingsFile, Signature, SpaceRole,
    Thread, Viewing, Workspace,
};
pub use table::{
    BY_STATE, BY_UPDATED, Broken, BrokenKind, Store, StoreError, TABLE, TableDefinition, Usage, WriteError, metered,
};
pub use write::{Done, Once, Participation, TicketWrite, Upserted};
