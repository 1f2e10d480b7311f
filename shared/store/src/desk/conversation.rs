//! Whole conversations: participants, messages and notes.

use crate::{
    record::{PartPlace, Thread},
    table::{Store, StoreError, key, keys, text},
};
use domain::id::{ContactId, ConversationId, TicketId};
use std::collections::BTreeSet;

/// A conversation without its messages and notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    pub id: ConversationId,
    /// The first line of its first message.
    pub title: Option<String>,
    /// The linked ticket.
    pub ticket: Option<TicketId>,
    /// The contacts who participate.
    pub participants: BTreeSet<ContactId>,
}

impl Store {
    /// Reads a conversation with its participants; `None` if there is none with this id.
    pub async fn conversation(&self, id: &ConversationId) -> Result<Option<Conversation>, StoreError> {
        let head = self.get_all(vec![key(keys::conversation(id), keys::CONVERSATION)]);
        let (head, participants) = futures::try_join!(head, self.participants(id))?;
        Ok(head.first().map(|head| Conversation {
            id: id.clone(),
            title: Some(text(head, "title").to_owned()).filter(|title| !title.is_empty()),
            ticket: TicketId::new(text(head, "ticket")).ok(),
            participants,
        }))
    }

    /// Reads the newest `limit` messages and notes before a place.
    pub async fn thread(
        &self,
        id: &ConversationId,
        before: Option<&PartPlace>,
        limit: usize,
    ) -> Result<Thread, StoreError> {
        self.newest_parts(self.parts(id, before), limit).await
    }

    /// Reads which ticket a conversation is linked to.
    pub async fn ticket_of(&self, conversation: &ConversationId) -> Result<Option<TicketId>, StoreError> {
        let found = self.get_all(vec![key(keys::conversation(conversation), keys::CONVERSATION)]).await?;
        let id = found.first().map(|item| text(item, "ticket").to_owned());
        Ok(id.and_then(|id| TicketId::new(id).ok()))
    }
}
