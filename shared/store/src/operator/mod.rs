//! Operations on a whole table: checking it, rebuilding its search index and importing into it.

mod check;
mod conversation_import;
mod reindex;
mod ticket_import;

pub use check::{Finding, Report};
pub use conversation_import::{ConversationRecord, ImportedConversation};
pub use reindex::Reindexed;
