//! Recording tickets and their history, for the import.

use crate::{
    record::{BodyRecord, event_item},
    table::{MOST_ACTIONS, MOST_BYTES, Store, StoreError, Transaction, WriteError, key, keys, record},
    write::TicketWrite,
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    history::Event,
    id::{StateId, TicketId, TypeId},
    ticket::Ticket,
    timestamp::Timestamp,
};
use std::collections::HashMap;

impl Store {
    /// Writes many tickets in as few transactions as possible. If a transaction is refused, its tickets are written one
    /// by one. The answer has one result for each ticket, in order.
    ///
    /// # Errors
    /// [`StoreError`] when a ticket cannot be turned into items. Earlier transactions are then already written, but not
    /// the one that the ticket belongs to.
    pub async fn write_tickets(&self, writes: Vec<TicketWrite>) -> Result<Vec<Result<(), WriteError>>, StoreError> {
        let writes = self.with_company_names(writes).await?;
        let mut results = Vec::with_capacity(writes.len());
        let mut together = Vec::new();
        let (mut transaction, mut bytes) = (Transaction::new(self), 0);
        for write in writes {
            if let Err(refused) = write.require_company() {
                let full = std::mem::replace(&mut transaction, Transaction::new(self));
                self.commit_or_split(full, std::mem::take(&mut together), &mut results).await;
                bytes = 0;
                results.push(Err(refused));
                continue;
            }
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

    /// Reads those of the tickets that exist, each with the fingerprint of the import line that last wrote it.
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

    /// Whether there is a ticket of this type. Reads tickets of the whole table until one is.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn has_ticket_of(&self, ticket_type: &TypeId) -> Result<bool, StoreError> {
        self.has_ticket("type", ticket_type.as_str()).await
    }

    /// Whether there is a ticket in this state, as [`has_ticket_of`](Self::has_ticket_of) says it of a type.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn has_ticket_in(&self, state: &StateId) -> Result<bool, StoreError> {
        self.has_ticket("state", state.as_str()).await
    }

    async fn has_ticket(&self, name: &str, value: &str) -> Result<bool, StoreError> {
        let scan = self.whole_table();
        let scan = scan.filter_expression("sk = :body AND #name = :value").expression_attribute_names("#name", name);
        let scan = scan.expression_attribute_values(":body", AttributeValue::S(keys::BODY.into()));
        let scan = scan.expression_attribute_values(":value", AttributeValue::S(value.into()));
        match scan.into_paginator().items().send().next().await {
            None => Ok(false),
            Some(Ok(_)) => Ok(true),
            Some(Err(error)) => Err(StoreError::from_sdk(error)),
        }
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
