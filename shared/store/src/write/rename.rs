//! Following a contact's new name. The tickets that they created have a copy of it, which lists show and search looks for;
//! everywhere else names are read from the records (`record/called.rs`).

use super::ticket::TicketWrite;
use crate::{
    record::{BodyRecord, RowRecord},
    table::{Store, StoreError, WriteError, key, keys, record},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    id::{ContactId, TicketId},
    ticket::{Ticket, TicketRow},
    timestamp::Timestamp,
};
use futures::{StreamExt, TryStreamExt, stream};

/// Tickets that are written at the same time. They are often of one company.
const AT_ONCE: usize = 4;
/// Attempts for a ticket that others are writing at the same time.
const ROUNDS: u32 = 5;

impl Store {
    /// Gives the tickets that a contact created the name that the contact has now: those updated last, `most` at most.
    /// Looks only at the first megabyte of the contact's tickets, some 1,500; `reindex` reaches all. Returns how many got
    /// the name, so that zero means that there is nothing left to do here. `at` is the time now, if there is a clock.
    pub async fn rename_requester(
        &self,
        contact: &ContactId,
        at: Option<Timestamp>,
        most: usize,
    ) -> Result<usize, StoreError> {
        let name = self.contacts(&[contact.clone()].into()).await?.pop().and_then(|contact| contact.name);
        let query = self.partition(keys::contact(contact), keys::SPACES);
        let query = query
            .expression_attribute_names("#role", "role")
            .expression_attribute_values(":creator", AttributeValue::S("creator".into()));
        let query = match &name {
            Some(name) => query
                .filter_expression(
                    "#role = :creator AND (attribute_not_exists(requester_name) OR requester_name <> :name)",
                )
                .expression_attribute_values(":name", AttributeValue::S(name.clone())),
            None => query.filter_expression("#role = :creator AND attribute_exists(requester_name)"),
        };
        let answer = query.send().await.map_err(StoreError::from_sdk)?;
        let rows =
            answer.items.unwrap_or_default().into_iter().map(|item| record::<RowRecord>(item).map(TicketRow::from));
        let mut rows: Vec<_> = rows.collect::<Result<_, _>>()?;
        rows.sort_by_key(|row| std::cmp::Reverse(row.boundary()));
        rows.truncate(most);
        let renamed = rows.len();
        let writes = rows.into_iter().map(|row| self.rename_in(row.id, contact, name.as_deref(), at));
        stream::iter(writes).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        Ok(renamed)
    }

    /// Gives a ticket its requester's name, if it is still their ticket.
    pub(crate) async fn rename_in(
        &self,
        id: TicketId,
        requester: &ContactId,
        name: Option<&str>,
        at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        for _ in 0..ROUNDS {
            let found = self.get_all(vec![key(keys::ticket(&id), keys::BODY)]).await?.pop();
            let Some(item) = found else { return Ok(()) };
            let before = record::<BodyRecord>(item)?.into_ticket()?;
            if before.row.requester != *requester || before.row.requester_name.as_deref() == name {
                return Ok(());
            }
            let row = TicketRow { requester_name: name.map(str::to_owned), ..before.row.clone() };
            let after = Ticket { row, ..before.clone() };
            let write = TicketWrite { at, ..TicketWrite::replace(before, after, None) };
            match self.write_ticket(write).await {
                Err(WriteError::Stale) => {}
                done => return Ok(done.map(drop)?),
            }
        }
        Err(StoreError::Busy("others keep writing a ticket".into()))
    }
}
