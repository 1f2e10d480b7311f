//! Conversations, with their messages and notes.

use crate::{
    history::Actor,
    id::{ConversationId, PartId, TicketId},
    timestamp::Timestamp,
};

/// A message or a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub id: PartId,
    /// Who may read it.
    pub kind: PartKind,
    pub author: Actor,
    /// Plain text.
    pub body: String,
    pub at: Timestamp,
}

/// Who may read a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// Participants, everyone who may see the ticket, and teammates.
    Message,
    /// Teammates only.
    Note,
}

/// What lists show of a conversation to teammates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationHead {
    pub id: ConversationId,
    /// The first line of its first message.
    pub title: Option<String>,
    /// The linked ticket.
    pub ticket: Option<TicketId>,
    /// The number of contacts who participate.
    pub participants: u64,
    /// When its first part was written.
    pub started_at: Timestamp,
    /// The name of the author of the first part.
    pub started_by: Option<String>,
}
