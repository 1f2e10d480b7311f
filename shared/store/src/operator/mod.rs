//! What the operator does to a whole table: check it, index it anew, import into it.

mod check;
mod conversation_import;
mod reindex;
mod ticket_import;

pub use check::{Finding, Report};
pub use conversation_import::{ConversationRecord, ImportedConversation};
pub use reindex::Reindexed;
