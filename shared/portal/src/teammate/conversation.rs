//! Conversations, for teammates: reading them, and adding messages and notes.

mod read;
mod say;

pub use read::{DeskConversation, DeskPart, Participant, opening, read, ticket, title_of_unlinked};
pub use say::{Reply, Then, note, reply};
