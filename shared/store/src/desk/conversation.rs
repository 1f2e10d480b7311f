//! Conversations: participants, messages and notes.

use crate::{
    record::{PartPlace, Thread},
    table::{Store, StoreError, key, keys, text},
};
use domain::{
    contact::Contact,
    conversation::Part,
    history::Actor,
    id::{ContactId, ConversationId, TicketId},
    turn::Exchange,
};
use std::collections::BTreeMap;

/// A conversation without its messages and notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    pub id: ConversationId,
    /// The first line of its first message.
    pub title: Option<String>,
    /// The linked ticket.
    pub ticket: Option<TicketId>,
    /// How many contacts participate.
    pub participants: u64,
    /// What was said, as long as it has no ticket.
    pub exchange: Exchange,
}

impl Store {
    /// Reads a conversation without its participants and parts; `None` if there is none with this id.
    pub async fn conversation(&self, id: &ConversationId) -> Result<Option<Conversation>, StoreError> {
        let found = self.conversation_head(id).await?;
        Ok(found.map(|head| Conversation {
            exchange: head.exchange(),
            id: head.id,
            title: head.title.filter(|title| !title.is_empty()),
            ticket: head.ticket,
            participants: head.participants,
        }))
    }

    /// Reads the first `limit` participants of a conversation, in the order of their ids.
    pub async fn people_in(&self, id: &ConversationId, limit: usize) -> Result<Vec<Contact>, StoreError> {
        let ids = self.first_participants(id, limit).await?;
        let mut recorded: BTreeMap<_, _> =
            self.contacts(&ids).await?.into_iter().map(|contact| (contact.id.clone(), contact)).collect();
        let contact = |id: ContactId| recorded.remove(&id).unwrap_or_else(|| Contact::unrecorded(id));
        Ok(ids.into_iter().map(contact).collect())
    }

    /// Whether a contact participates in a conversation.
    pub async fn takes_part(&self, contact: &ContactId, id: &ConversationId) -> Result<bool, StoreError> {
        let found = self.get_all(vec![key(keys::conversation(id), keys::participant(contact))]).await?;
        Ok(!found.is_empty())
    }

    /// Reads the newest `limit` messages and notes before a place.
    pub async fn thread(
        &self,
        id: &ConversationId,
        before: Option<&PartPlace>,
        limit: usize,
    ) -> Result<Thread, StoreError> {
        self.newest_parts(id, before, limit).await
    }

    /// Reads the first message that a customer wrote.
    pub async fn opening(&self, id: &ConversationId) -> Result<Option<Part>, StoreError> {
        self.first_message(id, |part| matches!(part.author, Actor::Contact { .. })).await
    }

    /// Reads which ticket a conversation is linked to.
    pub async fn ticket_of(&self, conversation: &ConversationId) -> Result<Option<TicketId>, StoreError> {
        let found = self.get_all(vec![key(keys::conversation(conversation), keys::CONVERSATION)]).await?;
        let id = found.first().map(|item| text(item, "ticket").to_owned());
        Ok(id.and_then(|id| TicketId::new(id).ok()))
    }
}
