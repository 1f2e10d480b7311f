//! The conversation linked to a ticket.

use crate::{history::Actor, id::PartId, timestamp::Timestamp};

/// A message or a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its id.
    pub id: PartId,
    /// Who may read it.
    pub kind: PartKind,
    /// Who wrote it.
    pub author: Actor,
    /// Plain text.
    pub body: String,
    /// When.
    pub at: Timestamp,
}

/// Who may read a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// Participants, and whoever may see the ticket.
    Message,
    /// Teammates alone.
    Note,
}
