//! A conversation, as a contact may ask for it: through the linked ticket that it may see, or because it takes part in
//! one that has no ticket yet.

use crate::{
    CompanyScope, Hint, Meeting, Store, StoreError, Thread, TicketPage, TicketWrite, Visitor, Workspace, WriteError,
    connect::key,
    conversation::PartPlace,
    directory::participant_entry,
    entry::Reach,
    item::{event_item, item, mark_in, text},
    keys,
    transaction::{Transaction, Unless},
};
use domain::{
    history::{Actor, Change, Event},
    id::{ConversationId, TicketId},
    mark::Mark,
    ticket::Ticket,
    timestamp::Timestamp,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A conversation with what its page shows. It still has to pass through the projection.
#[derive(Debug, Clone, PartialEq)]
pub struct ConversationPage {
    /// The first line of its first message.
    pub title: Option<String>,
    /// The linked ticket, if the contact could name it.
    pub ticket: Option<TicketPage>,
    /// Whether the contact takes part.
    pub participating: bool,
    /// Messages; no notes.
    pub thread: Thread,
    /// Raised by every change of what is here.
    pub mark: Mark,
}

/// The head of a conversation that is made for a ticket.
#[derive(Serialize)]
struct Head<'a> {
    id: &'a ConversationId,
    ticket: &'a TicketId,
    participants: usize,
}

impl Store {
    /// Asks for a page of a conversation. The page is `None` when there is none that the contact could name, the
    /// meeting when the session has been revoked.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn meet_with_conversation(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        id: &ConversationId,
        before: Option<&PartPlace>,
        limit: usize,
    ) -> Result<(Workspace, Option<Meeting<Option<ConversationPage>>>), StoreError> {
        let ask = |reach: Reach| async move { self.conversation_page(&reach, id, before, limit).await };
        self.meet_asking(visitor, hint, ask).await
    }

    /// Asks for a ticket, at the Messenger.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn meet_with_ticket(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        id: &TicketId,
    ) -> Result<(Workspace, Option<Meeting<Option<TicketPage>>>), StoreError> {
        self.meet_asking(visitor, hint, |reach| async move { self.ticket_page(&reach, id).await }).await
    }

    /// Gives a ticket that has none a conversation, in which the contact and the ticket's creator take part.
    ///
    /// # Errors
    /// [`WriteError::Stale`] when the ticket has changed: it may have one by now. [`WriteError::Left`] when the contact
    /// has just lost sight of it. Nothing was written.
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
        let mut transaction = Transaction::new(self);
        let partition = keys::conversation(id);
        let head = Head { id, ticket: &before.row.id, participants: participants.len() };
        transaction.create(item(partition.clone(), keys::CONVERSATION.into(), &head)?, Unless::Exists)?;
        for participant in &participants {
            let member = BTreeMap::from([("contact", participant.as_str())]);
            transaction.put(item(partition.clone(), keys::participant(participant), &member)?)?;
        }
        let mut event = None;
        if !created {
            let entry = participant_entry(&before.row.id, false);
            transaction.set(keys::contact(&contact.id), keys::space(&before.row.id), entry, &[])?;
            transaction.raise(keys::contact(&contact.id), keys::OWN_MARK, at);
            let by = Actor::Contact { id: contact.id.clone(), name: contact.name.clone() };
            event = Some(Event { at, by, change: Change::Joined { through: before.row.company.clone() } });
        }
        let after = Ticket { conversation: Some(id.clone()), ..before.clone() };
        let mut write = TicketWrite::replace(before.clone(), after, event).among(participants);
        write = write.through((!created).then(|| contact.id.clone()));
        write.opens = true;
        write.into_actions(&mut transaction)?;
        transaction.commit().await
    }

    /// Makes a contact a participant of the conversation of a ticket that it may see: participant, tickets-space entry
    /// and history line together. `false` when it is one already.
    ///
    /// # Errors
    /// [`WriteError::Left`] when the contact has just lost sight of the ticket; nothing was written.
    pub async fn join(
        &self,
        scope: &CompanyScope,
        ticket: &Ticket,
        conversation: &ConversationId,
        at: Timestamp,
    ) -> Result<bool, WriteError> {
        let (contact, id) = (scope.contact(), &ticket.row.id);
        let mut transaction = Transaction::new(self);
        let partition = keys::conversation(conversation);
        let member = BTreeMap::from([("contact", contact.id.as_str())]);
        transaction.create(item(partition.clone(), keys::participant(&contact.id), &member)?, Unless::Repeated)?;
        transaction.add(partition, keys::CONVERSATION.into(), "participants", 1)?;
        transaction.add(keys::ticket(id), keys::CONVERSATION.into(), "participants", 1)?;
        let created = ticket.row.requester == contact.id;
        let through = ticket.row.company.clone().filter(|_| !created);
        if let Some(company) = &through {
            transaction.require(keys::contact(&contact.id), keys::company(company), Unless::Left)?;
            transaction.require(keys::company(company), keys::ticket(id), Unless::Left)?;
        }
        transaction.set(keys::contact(&contact.id), keys::space(id), participant_entry(id, created), &[])?;
        transaction.raise(keys::contact(&contact.id), keys::OWN_MARK, at);
        transaction.raise(keys::ticket(id), keys::MARK, at);
        let by = Actor::Contact { id: contact.id.clone(), name: contact.name.clone() };
        let event = Event { at, by, change: Change::Joined { through } };
        // A contact joins a conversation once.
        transaction.put(event_item(id, &format!("j{}", keys::participant(&contact.id)), &event)?)?;
        match transaction.commit().await {
            Ok(()) => Ok(true),
            Err(WriteError::Repeated) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn conversation_page(
        &self,
        reach: &Reach,
        id: &ConversationId,
        before: Option<&PartPlace>,
        limit: usize,
    ) -> Result<Option<ConversationPage>, StoreError> {
        let partition = keys::conversation(id);
        let own = keys::participant(&reach.contact);
        let named = [keys::CONVERSATION, &own, keys::MARK].map(|sk| key(partition.clone(), sk)).to_vec();
        let (found, thread) = futures::try_join!(self.get_all(named), self.messages(id, before, limit))?;
        let Some(head) = found.iter().find(|item| text(item, "sk") == keys::CONVERSATION) else { return Ok(None) };
        let title = Some(text(head, "title").to_owned()).filter(|title| !title.is_empty());
        let participating = found.iter().any(|item| text(item, "sk") == own);
        let Ok(ticket) = TicketId::new(text(head, "ticket")) else {
            let mark = found.iter().find(|item| text(item, "sk") == keys::MARK).map(mark_in).unwrap_or_default();
            let page = ConversationPage { title, ticket: None, participating, thread, mark };
            return Ok(participating.then_some(page));
        };
        let ticket = self.ticket_page(reach, &ticket).await?;
        Ok(ticket.map(|ticket| {
            let mark = ticket.mark;
            ConversationPage { title, ticket: Some(ticket), participating, thread, mark }
        }))
    }
}
