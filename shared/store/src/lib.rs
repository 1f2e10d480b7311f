//! The data store: one DynamoDB table, partitioned by company.
//!
//! Contacts read through [`Store::enter`] and the methods like it, which verify the contact's memberships and return a
//! [`CompanyScope`]. There is no other way to get one, and contacts can read nothing without it:
//!
//! ```compile_fail,E0451
//! // A scope cannot be made by hand: its fields are private.
//! fn scope(contact: domain::contact::Contact) -> store::CompanyScope {
//!     store::CompanyScope { contact, companies: vec![], sight: domain::visibility::Sight::All }
//! }
//! ```
//!
//! ```compile_fail,E0624
//! // The queries behind the entries are private.
//! let _ = store::Store::list_page;
//! ```
//!
//! Every method fails with [`StoreError`], or with [`WriteError::Store`], when DynamoDB cannot be read or written.
//! Sections on errors list only what else can go wrong.
//!
//! The modules. Each uses only those before it, and `portal`, `desk` and `feed` do not use each other:
//!
//! - `table`: how items are stored, whatever they contain;
//! - `record`: what is stored, one file for each kind of item, and the reads that all other modules share;
//! - `portal`: what contacts read, and `desk`: what teammates read; `feed`: what follows from the table's stream;
//! - `write`: changes made by both and by the vendor's systems. Contacts prove access with a [`CompanyScope`];
//! - `operator`: operations on a whole table.

mod desk;
mod feed;
mod operator;
mod portal;
mod record;
mod table;
mod write;

pub use desk::{
    CompanyFilter, Conversation, Hit, InboxPage, InboxQuery, Kind, MOST_HITS, NamesPage, People, PeoplePage,
    SearchPage, SearchQuery, SightChange, Similar, SimilarTicket, TicketFile,
};
pub use feed::Document;
pub use operator::{ConversationRecord, Erased, Erasure, Finding, ImportedConversation, Reindexed, Repaired, Report};
pub use portal::{
    Admission, Behind, CompanyScope, ConversationPage, Door, Entry, Hint, Marks, Meeting, Messages, Past, SpaceEntry,
    SpacePage, TicketPage, Visitor, Watch,
};
pub use record::{
    Attention, Case, CompanyFile, DeskCounts, EventPlace, History, ListPage, ListQuery, Listed, Member, Names,
    PartPlace, Participants, Session, SettingsChange, SettingsFile, Signature, SpaceRole, Tally, TeammateNames, Thread,
    Timeline, TimelinePlace, Unread, Viewing, What, Workspace,
};
pub use table::{
    BY_STATE, BY_UPDATED, Broken, BrokenKind, Store, StoreError, TABLE, TableDefinition, Usage, WriteError, metered,
    pause,
};
pub use write::{Done, Once, Participation, SignIn, TicketWrite, Upserted};
