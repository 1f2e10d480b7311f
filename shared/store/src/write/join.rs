//! Joining the conversation of a ticket.

use crate::{
    portal::CompanyScope,
    record::{event_item, participant_entry, participant_item},
    table::{Store, Transaction, WriteError, keys},
};
use domain::{
    history::{Actor, Change, Event},
    id::ConversationId,
    ticket::Ticket,
    timestamp::Timestamp,
};

impl Store {
    /// Makes a contact a participant of a ticket's conversation. The participant, the tickets-space entry and the
    /// history line are written together. Returns `false` if the contact is a participant already.
    ///
    /// # Errors
    /// [`WriteError::Left`] when the contact has just lost access to the ticket; nothing is written then.
    pub async fn join(
        &self,
        scope: &CompanyScope,
        ticket: &Ticket,
        conversation: &ConversationId,
        at: Timestamp,
    ) -> Result<bool, WriteError> {
        let (contact, id) = (scope.contact(), &ticket.row.id);
        let mut transaction = Transaction::new(self);
        transaction.create(participant_item(conversation, &contact.id)?, WriteError::Repeated)?;
        transaction.add(keys::conversation(conversation), keys::CONVERSATION.into(), "participants", 1)?;
        transaction.add(keys::ticket(id), keys::CONVERSATION.into(), "participants", 1)?;
        let created = ticket.row.requester == contact.id;
        let through = ticket.row.company.clone().filter(|_| !created);
        if let Some(company) = &through {
            transaction.require(keys::contact(&contact.id), keys::company(company), WriteError::Left)?;
            transaction.require(keys::company(company), keys::ticket(id), WriteError::Left)?;
        }
        transaction.set(keys::contact(&contact.id), keys::space(id), participant_entry(id, created), &[])?;
        transaction.raise(keys::contact(&contact.id), keys::OWN_MARK, at);
        transaction.raise(keys::ticket(id), keys::MARK, at);
        let by = Actor::Contact { id: contact.id.clone(), name: contact.name.clone() };
        let event = Event { at, by, change: Change::Joined { through } };
        // The key is unique because a contact joins a conversation only once.
        transaction.put(event_item(id, &format!("j{}", keys::participant(&contact.id)), &event)?)?;
        match transaction.commit().await {
            Ok(()) => Ok(true),
            Err(WriteError::Repeated) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
