//! Whole tickets, with everything that belongs to them.

use crate::{
    record::{BodyRecord, EventPlace, History, Lines, Readers, RowRecord, TicketPartition, Timeline, TimelinePlace},
    table::{Item, Store, StoreError, key, keys, record, text},
};
use domain::{
    id::{ContactId, TicketId},
    projection::ConversationSummary,
    ticket::{Ticket, TicketRow},
};

/// A ticket with everything that belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketFile {
    pub ticket: Ticket,
    /// A page of its history.
    pub history: History,
    pub conversation: Option<ConversationSummary>,
}

impl Store {
    /// Reads a ticket with the newest page of its history, for teammates.
    pub async fn ticket_file(&self, id: &TicketId) -> Result<Option<TicketFile>, StoreError> {
        let found = self.ticket_partition(id).await?;
        let Some(TicketPartition { ticket, link, lines, .. }) = found else { return Ok(None) };
        let history = History::of(&lines, ticket.row.company.clone());
        let conversation = link.map(|link| ConversationSummary {
            id: link.conversation,
            participants: link.participants,
            participating: false,
        });
        Ok(Some(TicketFile { ticket, history, conversation }))
    }

    /// Reads the page of a ticket's history before a place, for teammates.
    pub async fn history_before(&self, id: &TicketId, place: &EventPlace) -> Result<History, StoreError> {
        self.history(id, place).await
    }

    /// Reads the page of a ticket's timeline at a place, or the newest one, with notes, for teammates.
    pub async fn timeline_with_notes(
        &self,
        ticket: &Ticket,
        place: Option<&TimelinePlace>,
    ) -> Result<Timeline, StoreError> {
        let lines = match place {
            Some(place) => self.lines_at(&ticket.row.id, place).await?,
            None => Lines::newest(self.newest_history(&ticket.row.id).await?.0),
        };
        self.timeline(ticket, lines, place, Readers::Teammates).await
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

    /// Reads those of the tickets that exist, as the vendor holds them, for teammates.
    pub async fn tickets(&self, ids: impl IntoIterator<Item = &TicketId>) -> Result<Vec<Ticket>, StoreError> {
        let bodies = ids.into_iter().map(|id| key(keys::ticket(id), keys::BODY)).collect();
        let found = self.get_all_cheaply(bodies).await?;
        found.into_iter().map(|item| record::<BodyRecord>(item)?.into_ticket()).collect()
    }

    /// Reads a ticket as the vendor holds it, for teammates and the operator.
    pub async fn ticket(&self, id: &TicketId) -> Result<Option<Ticket>, StoreError> {
        let found = self.get_all(vec![key(keys::ticket(id), keys::BODY)]).await?;
        found.into_iter().next().map(|item| record::<BodyRecord>(item)?.into_ticket()).transpose()
    }
}
