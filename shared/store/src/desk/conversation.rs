//! Conversations, whole: who participates, what was said, what was noted.

use crate::{
    record::{PartPlace, Thread},
    table::{Store, StoreError, key, keys, text},
};
use domain::id::{ContactId, ConversationId, TicketId};
use std::collections::BTreeSet;

/// A conversation without what was said in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// The first line of its first message.
    pub title: Option<String>,
    /// The ticket that it is linked to.
    pub ticket: Option<TicketId>,
    /// Contacts who participate.
    pub participants: BTreeSet<ContactId>,
}

impl Store {
    /// A conversation with its participants.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
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

    /// The newest `limit` parts of a conversation before a place.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn thread(
        &self,
        id: &ConversationId,
        before: Option<&PartPlace>,
        limit: usize,
    ) -> Result<Thread, StoreError> {
        self.newest_parts(self.parts(id, before), limit).await
    }

    /// The ticket that a conversation is linked to.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn ticket_of(&self, conversation: &ConversationId) -> Result<Option<TicketId>, StoreError> {
        let found = self.get_all(vec![key(keys::conversation(conversation), keys::CONVERSATION)]).await?;
        let id = found.first().map(|item| text(item, "ticket").to_owned());
        Ok(id.and_then(|id| TicketId::new(id).ok()))
    }
}
