//! What a ticket's own partition shows: the ticket, its link to a conversation, its newest history, and its mark.

use super::{
    history::Line,
    ticket::{BodyRecord, LinkRecord},
};
use crate::table::{Store, StoreError, keys, record, text};
use domain::{id::TicketId, mark::Mark, ticket::Ticket};

/// A ticket with its link and the newest lines of its history.
pub(crate) struct TicketPartition {
    pub(crate) ticket: Ticket,
    pub(crate) link: Option<LinkRecord>,
    /// Newest first.
    pub(crate) lines: Vec<Line>,
    pub(crate) mark: Mark,
}

impl Store {
    /// Reads a ticket with the newest lines of its history.
    pub(crate) async fn ticket_partition(&self, id: &TicketId) -> Result<Option<TicketPartition>, StoreError> {
        let (found, (lines, mark)) = futures::try_join!(self.ticket_and_link(id), self.newest_history(id))?;
        Ok(found.map(|(ticket, link)| TicketPartition { ticket, link, lines, mark }))
    }

    /// Reads a ticket with its link to a conversation.
    pub(crate) async fn ticket_and_link(
        &self,
        id: &TicketId,
    ) -> Result<Option<(Ticket, Option<LinkRecord>)>, StoreError> {
        let query = self.partition_between(keys::ticket(id), keys::BODY, keys::CONVERSATION).consistent_read(true);
        let (mut body, mut link) = (None, None);
        for item in self.query_all(query).await? {
            if text(&item, "sk") == keys::BODY {
                body = Some(record::<BodyRecord>(item)?.into_ticket()?);
            } else {
                link = Some(record::<LinkRecord>(item)?);
            }
        }
        Ok(body.map(|ticket| (ticket, link)))
    }
}
