//! Starting a conversation about a ticket that has none.

use super::ticket::TicketWrite;
use crate::{
    portal::CompanyScope,
    record::participant_item,
    table::{Store, StoreError, Transaction, WriteError, item, keys},
};
use domain::{
    history::{Actor, Change, Event},
    id::{ContactId, ConversationId, TicketId},
    ticket::Ticket,
    timestamp::Timestamp,
    visibility::Part,
};
use serde::Serialize;
use std::collections::BTreeSet;

/// The head of a conversation that starts from a ticket.
#[derive(Serialize)]
struct Head<'a> {
    id: &'a ConversationId,
    ticket: &'a TicketId,
    participants: usize,
}

impl Store {
    /// Creates a conversation for a ticket that has none. The contact and the ticket's creator take part in it.
    ///
    /// # Errors
    /// [`WriteError::Stale`] when the ticket has changed, and may have a conversation by now. [`WriteError::Left`] when
    /// the contact has just lost access to it. [`WriteError::Exists`] when the id is taken. Nothing is written then.
    pub async fn open_conversation(
        &self,
        scope: &CompanyScope,
        before: &Ticket,
        id: &ConversationId,
        at: Timestamp,
    ) -> Result<(), WriteError> {
        let contact = scope.contact();
        let created = before.row.requester == contact.id;
        let participants = BTreeSet::from([contact.id.clone(), before.row.requester.clone()]);
        let mut transaction = self.headed(before, id, &participants)?;
        let mut event = None;
        if !created {
            let company = before.row.company.as_ref();
            let part = company.cloned().map_or(Part::Theirs, Part::Through);
            transaction.take_part(&contact.id, &before.row.id, company, Some(part), None)?;
            transaction.raise(keys::contact(&contact.id), keys::OWN_MARK, at);
            let by = Actor::Contact { id: contact.id.clone(), name: contact.name.clone() };
            event = Some(Event { at, by, change: Change::Joined { through: before.row.company.clone() } });
        }
        let after = Ticket { conversation: Some(id.clone()), ..before.clone() };
        let mut write = TicketWrite::replace(before.clone(), after, event).among(participants);
        write = write.through((!created).then(|| contact.id.clone()));
        // Whoever opens it goes on to write, and others hear of that.
        (write.opens, write.tells) = (true, false);
        write.into_actions(&mut transaction)?;
        transaction.commit().await
    }

    /// Creates a conversation for a ticket that has none, for a teammate. The ticket's creator takes part in it.
    ///
    /// # Errors
    /// [`WriteError::Stale`] when the ticket has changed, and may have a conversation by now. [`WriteError::Exists`] when
    /// the id is taken. Nothing is written then.
    pub async fn open_with_requester(&self, before: &Ticket, id: &ConversationId) -> Result<(), WriteError> {
        let participants = BTreeSet::from([before.row.requester.clone()]);
        let mut transaction = self.headed(before, id, &participants)?;
        let after = Ticket { conversation: Some(id.clone()), ..before.clone() };
        let mut write = TicketWrite::replace(before.clone(), after, None).among(participants);
        // A message follows at once, and its reader hears of that.
        (write.opens, write.tells) = (true, false);
        write.into_actions(&mut transaction)?;
        transaction.commit().await
    }

    /// The conversation itself, with those who take part in it from the start.
    fn headed(
        &self,
        before: &Ticket,
        id: &ConversationId,
        participants: &BTreeSet<ContactId>,
    ) -> Result<Transaction<'_>, StoreError> {
        let mut transaction = Transaction::new(self);
        let head = Head { id, ticket: &before.row.id, participants: participants.len() };
        transaction.create(item(keys::conversation(id), keys::CONVERSATION.into(), &head)?, WriteError::Exists)?;
        for participant in participants {
            transaction.put(participant_item(id, participant)?)?;
        }
        Ok(transaction)
    }
}
