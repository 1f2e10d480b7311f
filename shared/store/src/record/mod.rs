//! What the table stores: one file for each kind of item, and the reads that all other modules share.

mod actor;
mod audit;
mod catalog;
mod checks;
mod company;
mod contact;
mod head;
mod history;
pub(crate) mod index;
mod mark;
mod names;
mod part;
mod participants;
mod settings;
mod space;
mod ticket;
mod ticket_partition;
mod view;
mod viewer;
mod workspace;

pub use audit::{SettingsChange, Signature, Viewing};
pub use checks::SettingsFile;
pub use names::{Listed, Names};
pub use part::{PartPlace, Thread};
pub use participants::Participants;
pub use space::SpaceRole;
pub use view::{ListPage, ListQuery, OwnCounts};
pub use workspace::Workspace;

pub(crate) use audit::{change, change_item, viewing, viewing_item};
pub(crate) use catalog::{catalog, catalog_attributes};
pub(crate) use checks::ProofRecord;
pub(crate) use company::{CompanyRecord, by_id, company_keys, counter};
pub(crate) use contact::{ContactRecord, MembershipRecord, membership};
pub(crate) use head::HeadRecord;
pub(crate) use history::{EventRecord, event_item};
pub(crate) use mark::mark_in;
pub(crate) use names::{list_anew, listed_company, listed_contact};
pub(crate) use part::PartRecord;
pub(crate) use participants::participant_item;
pub(crate) use settings::{settings_attribute, settings_attributes};
pub(crate) use space::{SpaceRecord, creator_entry, participant_entry};
pub(crate) use ticket::{BodyRecord, LinkRecord, RowRecord, home_row};
pub(crate) use ticket_partition::TicketPartition;
pub(crate) use viewer::{Seen, Viewer};
pub(crate) use workspace::workspace_keys;
