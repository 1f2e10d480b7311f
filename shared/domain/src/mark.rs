//! What tells a reader whether to look again.

use crate::timestamp::Timestamp;
use serde::Serialize;

/// How often something has been changed, and when last. Zero for what nobody has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// Counts changes.
    pub changes: u64,
    /// Of the last one.
    pub at: Timestamp,
}

impl Default for Mark {
    fn default() -> Self {
        Self { changes: 0, at: Timestamp::EPOCH }
    }
}
