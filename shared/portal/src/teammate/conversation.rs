//! Conversations, for teammates: what was said and noted, and saying or noting something.

mod read;
mod say;

pub use read::{Author, DeskConversation, DeskPart, Participant, read, title_of_unlinked};
pub use say::say;
