//! Who follows a ticket. The entry in their tickets space makes it so; this is the other side of it, so that they hear of
//! what happens there.

use super::participants::participant_ids;
use crate::table::{Item, Store, StoreError, item, keys};
use domain::id::{ContactId, TicketId};
use serde::Serialize;
use std::collections::BTreeSet;

#[derive(Serialize)]
struct Follower<'a> {
    contact: &'a ContactId,
}

/// Returns the item that says that a contact follows a ticket.
pub(crate) fn follower_item(ticket: &TicketId, contact: &ContactId) -> Result<Item, StoreError> {
    item(keys::ticket(ticket), keys::follower(contact), &Follower { contact })
}

impl Store {
    /// Reads the first `limit` who follow a ticket, in the order of their ids.
    pub async fn followers(&self, ticket: &TicketId, limit: usize) -> Result<BTreeSet<ContactId>, StoreError> {
        let query = self.partition(keys::ticket(ticket), keys::FOLLOWERS).consistent_read(true);
        let answer =
            query.limit(i32::try_from(limit).unwrap_or(i32::MAX)).send().await.map_err(StoreError::from_sdk)?;
        Ok(participant_ids(answer.items.unwrap_or_default()).collect())
    }
}
