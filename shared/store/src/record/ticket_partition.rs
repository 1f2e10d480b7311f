//! Everything in a ticket's own partition.

use super::{
    history::EventRecord,
    mark::mark_in,
    ticket::{BodyRecord, LinkRecord},
};
use crate::table::{Store, StoreError, keys, record, text};
use domain::{history::Event, id::TicketId, mark::Mark, ticket::Ticket};

/// A ticket with its history, oldest first.
pub(crate) struct TicketPartition {
    pub(crate) ticket: Ticket,
    pub(crate) history: Vec<Event>,
    pub(crate) link: Option<LinkRecord>,
    pub(crate) mark: Mark,
}

impl Store {
    pub(crate) async fn ticket_partition(&self, id: &TicketId) -> Result<Option<TicketPartition>, StoreError> {
        let query = self.partition(keys::ticket(id), "").consistent_read(true);
        let (mut body, mut history, mut link, mut mark) = (None, Vec::new(), None, Mark::default());
        for item in self.query_all(query).await? {
            match text(&item, "sk") {
                keys::BODY => body = Some(record::<BodyRecord>(item)?.into_ticket()?),
                keys::CONVERSATION => link = Some(record::<LinkRecord>(item)?),
                keys::MARK => mark = mark_in(&item),
                _ => history.push(record::<EventRecord>(item)?.into()),
            }
        }
        Ok(body.map(|ticket| TicketPartition { ticket, history, link, mark }))
    }
}
