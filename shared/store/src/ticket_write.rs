//! Writing tickets. Ticket item, body, history, tickets space and company counters move together or not at all, and
//! only over the version that the writer saw.

use crate::{
    Store, StoreError, WriteError,
    connect::key,
    item::{BodyRecord, LinkRecord, SpaceRecord, SpaceRole, creator_entry, event_item, home_row, item, record},
    keys,
    transaction::{MOST_ACTIONS, Transaction},
};
use domain::{
    history::Event,
    id::{ContactId, ConversationId, TicketId},
    ticket::Ticket,
    timestamp::Timestamp,
};
use std::collections::{BTreeSet, HashMap};

/// One ticket's way from one version to the next.
#[derive(Debug, Clone)]
pub struct TicketWrite {
    /// As it was read; `None` when it is new.
    pub before: Option<Ticket>,
    /// As it shall be. Its version is set by the write.
    pub after: Ticket,
    /// The line that history gets.
    pub event: Option<Event>,
    /// What the import says of it.
    pub imported: Option<Imported>,
}

/// What the import says of a ticket besides the ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Tells whether the same line comes again.
    pub fingerprint: String,
    /// The contacts who participate in the linked conversation.
    pub participants: BTreeSet<ContactId>,
}

impl TicketWrite {
    /// A new ticket.
    #[must_use]
    pub const fn create(ticket: Ticket, event: Event) -> Self {
        Self { before: None, after: ticket, event: Some(event), imported: None }
    }

    /// Another version of a ticket that was read: another state, other words, another company.
    #[must_use]
    pub const fn replace(before: Ticket, after: Ticket, event: Option<Event>) -> Self {
        Self { before: Some(before), after, event, imported: None }
    }

    fn into_actions(mut self, transaction: &mut Transaction<'_>) -> Result<Ticket, StoreError> {
        let version = self.before.as_ref().map_or(0, |before| before.version);
        self.after.version = version + 1;
        let (before, after) = (self.before.as_ref(), &self.after);
        let (id, row) = (&after.row.id, &after.row);
        let partition = keys::ticket(id);

        let fingerprint = self.imported.as_ref().map(|imported| imported.fingerprint.clone());
        let body = item(partition.clone(), keys::BODY.into(), &BodyRecord::new(after, fingerprint))?;
        match before {
            None => transaction.create(body)?,
            Some(before) => transaction.replace(body, before.version)?,
        }

        transaction.put(home_row(row)?)?;
        let home = keys::home(row.company.as_ref(), &row.requester);
        if let Some(before) = before {
            let left = keys::home(before.row.company.as_ref(), &before.row.requester);
            if left != home {
                transaction.delete(left, keys::ticket(id))?;
            }
            if before.row.requester != row.requester {
                let (contact, space) = (keys::contact(&before.row.requester), keys::space(id));
                let imported = self.imported.as_ref();
                if imported.is_some_and(|imported| imported.participants.contains(&before.row.requester)) {
                    let role = SpaceRole::Participant;
                    let entry = SpaceRecord { id: id.clone(), role, participating: true };
                    transaction.put(item(contact, space, &entry)?)?;
                } else {
                    transaction.delete(contact, space)?;
                }
            }
            transaction.count(&before.row, -1);
        }
        transaction.count(row, 1);

        let (entry, absent) = creator_entry(row)?;
        transaction.set(keys::contact(&row.requester), keys::space(id), entry, &absent)?;

        if let Some(event) = &self.event {
            // A version is written once, so it tells events of the same millisecond apart.
            transaction.put(event_item(id, &format!("v{}", after.version), event)?)?;
        }
        if let (Some(conversation), Some(imported)) = (&after.conversation, &self.imported) {
            let link =
                LinkRecord { conversation: conversation.clone(), participants: imported.participants.len() as u64 };
            transaction.put(item(partition, keys::CONVERSATION.into(), &link)?)?;
            transaction.set(
                keys::conversation(conversation),
                keys::CONVERSATION.into(),
                HashMap::from([("ticket".into(), aws_sdk_dynamodb::types::AttributeValue::S(id.to_string()))]),
                &[],
            )?;
        }
        Ok(self.after)
    }
}

impl Store {
    /// Writes one ticket and returns it with its new version.
    ///
    /// # Errors
    /// [`WriteError`]; nothing was written.
    pub async fn write_ticket(&self, write: TicketWrite) -> Result<Ticket, WriteError> {
        let mut transaction = Transaction::new(self);
        let ticket = write.into_actions(&mut transaction)?;
        transaction.commit().await?;
        Ok(ticket)
    }

    /// Writes many tickets in as few transactions as hold them, for the import. Where one is refused, the others of
    /// its transaction are written one by one. The answer has a result a ticket, in order.
    ///
    /// # Errors
    /// [`StoreError`] when a ticket cannot be put into items; then none of its transaction is written.
    pub async fn write_tickets(&self, writes: Vec<TicketWrite>) -> Result<Vec<Result<(), WriteError>>, StoreError> {
        /// A ticket comes to eight actions at most, and two more companies.
        const ROOM: usize = MOST_ACTIONS - 10;
        let mut results = Vec::with_capacity(writes.len());
        let mut together = Vec::new();
        let mut transaction = Transaction::new(self);
        for write in writes {
            if transaction.len() > ROOM {
                let full = std::mem::replace(&mut transaction, Transaction::new(self));
                self.commit_or_split(full, std::mem::take(&mut together), &mut results).await;
            }
            write.clone().into_actions(&mut transaction)?;
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

    /// The ticket that a conversation is linked to.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn ticket_of(&self, conversation: &ConversationId) -> Result<Option<TicketId>, StoreError> {
        let found = self.get_all(vec![key(keys::conversation(conversation), keys::CONVERSATION)]).await?;
        let id = found.first().map(|item| crate::item::text(item, "ticket").to_owned());
        Ok(id.and_then(|id| TicketId::new(id).ok()))
    }
}
