//! Joining the conversation of a ticket.

use crate::{
    portal::CompanyScope,
    record::{UNANSWERED, event_item, home_row, participant_item},
    table::{Store, StoreError, Transaction, WriteError, keys},
};
use domain::{
    history::{Actor, Change, Event},
    id::{ContactId, ConversationId},
    ticket::Ticket,
    timestamp::Timestamp,
    visibility::Part,
};

impl Store {
    /// Makes a contact a participant of a ticket's conversation. The participant, the tickets-space entry and the
    /// history line are written together. Returns `false` if the contact is a participant already; the entry is then
    /// written if it was missing, because a link may have been cut short.
    ///
    /// # Errors
    /// [`WriteError::Left`] when the contact has just lost access to the ticket, or is no longer the one who created
    /// it; nothing is written then.
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
            // Whether it waits on them depends on whether it waits at all; and its creator may just have made it private.
            let home = home_row(&ticket.row, ticket.version)?;
            let seen = ["private", "state_category", UNANSWERED].map(|name| (name, home.get(name).cloned()));
            transaction.require_as_seen((keys::company(company), keys::ticket(id)), seen.into(), WriteError::Left)?;
        }
        let company = ticket.row.company.as_ref();
        let part = through.clone().map(Part::Through);
        transaction.take_part(&contact.id, id, company, part, created.then_some(WriteError::Left))?;
        transaction.wait_on_newcomer(&contact.id, ticket)?;
        transaction.raise(keys::contact(&contact.id), keys::OWN_MARK, at);
        transaction.raise(keys::ticket(id), keys::MARK, at);
        let by = Actor::Contact { id: contact.id.clone(), name: contact.name.clone() };
        let event = Event { at, by, change: Change::Joined { through } };
        // The key is unique because a contact joins a conversation only once.
        transaction.put(event_item(id, &format!("j{}", keys::participant(&contact.id)), &event)?)?;
        match transaction.commit().await {
            Ok(()) => Ok(true),
            Err(WriteError::Repeated) => self.complete_entry(&contact.id, ticket, at).await.map(|()| false),
            Err(error) => Err(error),
        }
    }

    /// Writes the tickets-space entry of a contact who takes part in a ticket's conversation.
    pub(crate) async fn complete_entry(
        &self,
        contact: &ContactId,
        ticket: &Ticket,
        at: Timestamp,
    ) -> Result<(), WriteError> {
        let mut transaction = Transaction::new(self);
        self.add_entry(&mut transaction, contact, ticket, at)?;
        transaction.commit().await
    }

    /// The entry, and the marks by which the contact learns of it.
    pub(super) fn add_entry(
        &self,
        transaction: &mut Transaction<'_>,
        contact: &ContactId,
        ticket: &Ticket,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        // Whoever joins has the entry at once. Those who lack it were there when the ticket came.
        transaction.take_part(contact, &ticket.row.id, ticket.row.company.as_ref(), Some(Part::Theirs), None)?;
        transaction.wait_on_newcomer(contact, ticket)?;
        transaction.raise(keys::contact(contact), keys::OWN_MARK, at);
        transaction.raise(keys::ticket(&ticket.row.id), keys::MARK, at);
        Ok(())
    }
}
