//! What a ticket's own partition shows: the ticket, a page of its history, its link to a conversation, and its mark.

use super::{
    history::{EventPlace, History},
    ticket::{BodyRecord, LinkRecord},
};
use crate::table::{Store, StoreError, keys, record, text};
use domain::{id::TicketId, mark::Mark, ticket::Ticket};

/// A ticket with a page of its history.
pub(crate) struct TicketPartition {
    pub(crate) ticket: Ticket,
    pub(crate) history: History,
    pub(crate) link: Option<LinkRecord>,
    /// Read with the newest page of history alone.
    pub(crate) mark: Mark,
}

impl Store {
    /// Reads a ticket, with the page of its history before a place, or the newest one.
    pub(crate) async fn ticket_partition(
        &self,
        id: &TicketId,
        before: Option<&EventPlace>,
    ) -> Result<Option<TicketPartition>, StoreError> {
        let query = self.partition_between(keys::ticket(id), keys::BODY, keys::CONVERSATION).consistent_read(true);
        let (found, (history, mark)) = futures::try_join!(self.query_all(query), self.history(id, before))?;
        let (mut body, mut link) = (None, None);
        for item in found {
            if text(&item, "sk") == keys::BODY {
                body = Some(record::<BodyRecord>(item)?.into_ticket()?);
            } else {
                link = Some(record::<LinkRecord>(item)?);
            }
        }
        Ok(body.map(|ticket| {
            let history = if before.is_none() { history.ending_in(ticket.row.company.clone()) } else { history };
            TicketPartition { ticket, history, link, mark }
        }))
    }
}
