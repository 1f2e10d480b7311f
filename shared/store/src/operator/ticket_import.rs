//! Recording tickets and their history, for the import.

use crate::{
    record::{BodyRecord, event_item},
    table::{MOST_ACTIONS, MOST_BYTES, Store, StoreError, Transaction, WriteError, key, keys, record},
    write::TicketWrite,
};
use domain::{history::Event, id::TicketId, ticket::Ticket, timestamp::Timestamp};
use std::collections::HashMap;

impl Store {
    /// Writes many tickets in as few transactions as hold them, for the import. Where one is refused, the others of
    /// its transaction are written one by one. The answer has a result a ticket, in order.
    ///
    /// # Errors
    /// [`StoreError`] when a ticket cannot be put into items; then none of its transaction is written.
    pub async fn write_tickets(&self, writes: Vec<TicketWrite>) -> Result<Vec<Result<(), WriteError>>, StoreError> {
        let writes = self.with_company_names(writes).await?;
        let mut results = Vec::with_capacity(writes.len());
        let mut together = Vec::new();
        let (mut transaction, mut bytes) = (Transaction::new(self), 0);
        for write in writes {
            let mut one = Transaction::new(self);
            write.clone().into_actions(&mut one)?;
            bytes += one.bytes();
            if transaction.len() + one.len() > MOST_ACTIONS || bytes > MOST_BYTES {
                bytes = one.bytes();
                let full = std::mem::replace(&mut transaction, Transaction::new(self));
                self.commit_or_split(full, std::mem::take(&mut together), &mut results).await;
            }
            transaction.take_in(one);
            together.push(write);
        }
        self.commit_or_split(transaction, together, &mut results).await;
        Ok(results)
    }

    async fn commit_or_split(
        &self,
        transaction: Transaction<'_>,
        writes: Vec<TicketWrite>,
        results: &mut Vec<Result<(), WriteError>>,
    ) {
        if transaction.commit().await.is_ok() {
            results.extend(writes.iter().map(|_| Ok(())));
            return;
        }
        for write in writes {
            results.push(self.write_ticket(write).await.map(|_| ()));
        }
    }

    /// The tickets of these that exist, with the fingerprint of the import line that wrote them last.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn imported_tickets(
        &self,
        ids: &[TicketId],
    ) -> Result<HashMap<TicketId, (Ticket, Option<String>)>, StoreError> {
        let items = self.get_all(ids.iter().map(|id| key(keys::ticket(id), keys::BODY)).collect()).await?;
        let mut tickets = HashMap::with_capacity(items.len());
        for item in items {
            let mut body: BodyRecord = record(item)?;
            let fingerprint = body.imported.take();
            let ticket = body.into_ticket()?;
            tickets.insert(ticket.row.id.clone(), (ticket, fingerprint));
        }
        Ok(tickets)
    }

    /// Writes history lines under keys made of their time, and their place among those of the same time. Doing so
    /// again changes nothing, and a line that is new between two others leaves both as they are.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be written.
    pub async fn put_history(&self, events: &[(TicketId, Vec<Event>)]) -> Result<(), StoreError> {
        let mut items = Vec::new();
        for (ticket, events) in events {
            let mut at_once: HashMap<Timestamp, u32> = HashMap::new();
            for event in events {
                let place = at_once.entry(event.at).or_default();
                items.push(event_item(ticket, &format!("i{place:04}"), event)?);
                *place += 1;
            }
        }
        self.put_all(items).await
    }
}
