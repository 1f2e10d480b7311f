//! A message updates its ticket and changes nothing else of it.
//!
//! It goes over what decides where the ticket stands, and not over the version: of many who write in one ticket at once
//! none makes the others stale. They only have to wait for each other.

use super::ticket::TicketWrite;
use crate::{
    record::{BodyRecord, creator_entry, home_row},
    table::{Item, StoreError, Transaction, item, keys},
};
use domain::ticket::Ticket;

/// Where a ticket stands, who sees it, and what a message does to it depend on these.
const PLACED_BY: [&str; 7] = ["company", "requester", "category", "shared", "state", "state_category", "conversation"];
/// What the time of the last update is in.
const UPDATED: [&str; 3] = ["updated", "by_updated", "by_state"];

impl TicketWrite {
    /// Returns the ticket as it was read, if nothing but the time of its last update changes.
    fn touched(&self) -> Option<&Ticket> {
        let before = self.before.as_ref().filter(|_| self.events.is_empty() && self.fingerprint.is_none())?;
        let mut same = self.after.clone();
        (same.version, same.row.updated_at) = (before.version, before.row.updated_at);
        (same == *before).then_some(before)
    }

    /// Adds the actions of this write, as few as possible.
    pub(crate) fn touch(self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        let Some(before) = self.touched() else { return self.into_actions(transaction).map(drop) };
        let (row, at) = (&self.after.row, self.after.row.updated_at);
        let partition = keys::ticket(&row.id);
        let seen = item(partition.clone(), keys::BODY.into(), &BodyRecord::new(before, None)?)?;
        let seen = PLACED_BY.iter().map(|name| (*name, seen.get(*name).cloned())).collect();
        let updated = |mut item: Item| {
            item.retain(|name, _| UPDATED.contains(&name.as_str()));
            item
        };
        let home = home_row(row, before.version)?;
        let (entry, _) = creator_entry(row, before.version)?;
        let id = home.get("id").cloned();
        let mut body = updated(home.clone());
        body.retain(|name, _| name == "updated");
        transaction.set_next_over((partition.clone(), keys::BODY), body, &["imported"], seen)?;
        let place = (keys::home(row.company.as_ref(), &row.requester), keys::ticket(&row.id));
        transaction.set_over((place.0, &place.1), updated(home), &[], ("id", id.clone()))?;
        let space = (keys::contact(&row.requester), keys::space(&row.id));
        transaction.set_over((space.0, &space.1), updated(entry), &[], ("id", id))?;
        transaction.count(&before.row, -1);
        transaction.count(row, 1);
        transaction.raise(partition, keys::MARK, at);
        transaction.raise(keys::contact(&row.requester), keys::OWN_MARK, at);
        if let (Some(company), Some(contact)) = (&row.company, &self.through) {
            transaction.require_membership(contact, company)?;
        }
        Ok(())
    }
}
