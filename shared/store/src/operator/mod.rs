//! Operations on a whole table: checking it, mending it, rebuilding its search index, importing into it, and erasing a
//! person from it.

mod check;
mod conversation_import;
mod erase;
mod recount;
mod reindex;
mod repair;
mod ticket_import;
mod turns;

pub use check::{Finding, Report};
pub use conversation_import::{ConversationRecord, ImportedConversation};
pub use erase::{Erased, Erasure};
pub use reindex::Reindexed;
pub use repair::Repaired;
