//! Change counters that tell a reader whether to look again.

use crate::timestamp::Timestamp;
use serde::Serialize;

/// How often something has changed, and when it last did. Zero for what has never changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// The number of changes.
    pub changes: u64,
    /// The time of the last change.
    pub at: Timestamp,
}

impl Default for Mark {
    fn default() -> Self {
        Self { changes: 0, at: Timestamp::EPOCH }
    }
}
