//! Whole tickets, with everything that belongs to them.

use crate::{
    record::{BodyRecord, RowRecord, TicketPartition},
    table::{Item, Store, StoreError, key, keys, record, text},
};
use domain::{
    history::Event,
    id::{ContactId, TicketId},
    projection::ConversationSummary,
    ticket::{Ticket, TicketRow},
};
use std::collections::BTreeSet;

/// A ticket with everything that belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketFile {
    pub ticket: Ticket,
    /// Oldest first.
    pub history: Vec<Event>,
    pub conversation: Option<ConversationSummary>,
    /// The contacts who participate in the conversation.
    pub participants: BTreeSet<ContactId>,
}

impl TicketFile {
    /// Returns the contacts who take part in the ticket: its requester, and those in the conversation.
    #[must_use]
    pub fn people(&self) -> BTreeSet<ContactId> {
        self.participants.iter().cloned().chain([self.ticket.row.requester.clone()]).collect()
    }
}

impl Store {
    /// Reads a ticket with its history and participants, for teammates.
    pub async fn ticket_file(&self, id: &TicketId) -> Result<Option<TicketFile>, StoreError> {
        let found = self.ticket_partition(id).await?;
        let Some(TicketPartition { ticket, history, link, .. }) = found else { return Ok(None) };
        let conversation = link.map(|link| ConversationSummary {
            id: link.conversation,
            participants: link.participants,
            participating: false,
        });
        let participants = match &ticket.conversation {
            Some(conversation) => self.participants(conversation).await?,
            None => BTreeSet::new(),
        };
        Ok(Some(TicketFile { ticket, history, conversation, participants }))
    }

    /// Reads the tickets that a contact created, latest update first, for teammates.
    pub async fn tickets_created_by(&self, contact: &ContactId) -> Result<Vec<TicketRow>, StoreError> {
        let query = self.partition(keys::contact(contact), keys::SPACES);
        let created = |item: &Item| text(item, "role") == "creator";
        let items = self.query_all(query).await?.into_iter().filter(created);
        let mut rows: Vec<TicketRow> =
            items.map(|item| record::<RowRecord>(item).map(Into::into)).collect::<Result<_, _>>()?;
        rows.sort_by_key(|row| std::cmp::Reverse(row.boundary()));
        Ok(rows)
    }

    /// Reads a ticket as the vendor holds it, for teammates and the operator.
    pub async fn ticket(&self, id: &TicketId) -> Result<Option<Ticket>, StoreError> {
        let found = self.get_all(vec![key(keys::ticket(id), keys::BODY)]).await?;
        found.into_iter().next().map(|item| record::<BodyRecord>(item)?.into_ticket()).transpose()
    }
}
