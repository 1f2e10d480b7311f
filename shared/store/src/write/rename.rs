//! Following a contact's new name. The tickets that they created have a copy of it, which lists show and search looks for;
//! everywhere else names are read from the records (`record/called.rs`).

use crate::{
    record::{BodyRecord, RowRecord},
    table::{Attempts, Store, StoreError, Transaction, WriteError, key, keys, record},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    history::Actor,
    id::{ContactId, TicketId},
    ticket::{Ticket, TicketRow},
};
use futures::{StreamExt, TryStreamExt, stream};

/// Tickets that are written at the same time. They are often of one company.
const AT_ONCE: usize = 4;

impl Store {
    /// Gives the tickets that a contact created the name that the contact has now: those updated last, `most` at most.
    /// Looks only at the first megabyte of the contact's tickets, some 1,500; `reindex` reaches all. Returns how many got
    /// the name, so that zero means that there is nothing left to do here.
    pub async fn rename_requester(&self, contact: &ContactId, most: usize) -> Result<usize, StoreError> {
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
        let writes = rows.into_iter().map(|row| self.rename_in(row.id, contact, name.as_deref()));
        stream::iter(writes).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        Ok(renamed)
    }

    /// Gives the copies of a contact's name in a ticket, as its requester's and as that of who wrote last, the name that
    /// the contact has now.
    pub(crate) async fn rename_in(
        &self,
        id: TicketId,
        contact: &ContactId,
        name: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut attempts = Attempts::new("others keep writing a ticket");
        loop {
            let found = self.get_all(vec![key(keys::ticket(&id), keys::BODY)]).await?.pop();
            let Some(item) = found else { return Ok(()) };
            let before = record::<BodyRecord>(item)?.into_ticket()?;
            let mut after = before.clone();
            if after.row.requester == *contact {
                after.row.requester_name = name.map(str::to_owned);
            }
            if let Some(Actor::Contact { id, name: copy }) =
                after.row.exchange.last.as_mut().map(|last| &mut last.author)
                && id == contact
            {
                *copy = name.map(str::to_owned);
            }
            if after == before {
                return Ok(());
            }
            match self.renamed(&before, &after)?.commit().await {
                Err(WriteError::Stale) => attempts.another().await?,
                done => return Ok(done?),
            }
        }
    }

    fn renamed(&self, before: &Ticket, after: &Ticket) -> Result<Transaction<'_>, StoreError> {
        // Counts stay, and whoever has seen the former name is told to look again.
        self.corrected(before, after, &["requester_name", "last"])
    }
}
