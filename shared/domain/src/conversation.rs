//! The conversation linked to a ticket.

use crate::{
    history::Actor,
    id::{ConversationId, PartId, TicketId},
    timestamp::Timestamp,
};

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

/// What lists need of a conversation: for teammates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationHead {
    /// Its id.
    pub id: ConversationId,
    /// The first line of its first message.
    pub title: Option<String>,
    /// The ticket that it is linked to.
    pub ticket: Option<TicketId>,
    /// How many contacts participate.
    pub participants: u64,
    /// When its first part was written.
    pub started_at: Timestamp,
    /// The name of who wrote it.
    pub started_by: Option<String>,
}
