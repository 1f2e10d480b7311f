//! A message updates its ticket and changes nothing else of it.
//!
//! It goes over what the ticket is, and not over the version: of many who write in one ticket at once none makes the
//! others stale. They only have to wait for each other. Only the vendor's answer demands that nothing has been said since
//! it was written.

use super::ticket::TicketWrite;
use crate::{
    record::{BodyRecord, EXCHANGE, UNANSWERED, creator_entry, home_row},
    table::{Item, StoreError, Transaction, item, keys},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{history::Actor, ticket::Ticket};

/// What a message changes of the body.
const SAID: [&str; 5] = ["updated", "since", "said", "unanswered", "last"];
/// What it changes of a row.
const UPDATED: [&str; 7] = ["updated", "since", "said", "unanswered", "last", "by_updated", "by_state"];

impl TicketWrite {
    /// Returns the ticket as it was read, if nothing but the time of its last update and what was said changes.
    fn touched(&self) -> Option<&Ticket> {
        let before = self.before.as_ref().filter(|_| self.events.is_empty() && self.fingerprint.is_none())?;
        let mut same = self.after.clone();
        same.version = before.version;
        same.row.updated_at = before.row.updated_at;
        (same.row.turn_since, same.row.exchange) = (before.row.turn_since, before.row.exchange.clone());
        (same == *before).then_some(before)
    }

    /// Adds the actions of this write, as few as possible.
    pub(crate) fn touch(self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        if self.touched().is_none() {
            return self.into_actions(transaction).map(drop);
        }
        let Some(before) = self.before.clone() else { return Ok(()) };
        let (row, at) = (&self.after.row, self.after.row.updated_at);
        let partition = keys::ticket(&row.id);
        let mut seen = item(partition.clone(), keys::BODY.into(), &BodyRecord::new(&before, None)?)?;
        seen.retain(|name, _| {
            !["pk", "sk", "version", "imported", "updated", "since", "last"].contains(&name.as_str())
        });
        let answers = !matches!(self.by, Some(Actor::Contact { .. }));
        let said = seen.remove("said");
        let mut seen: Vec<_> = seen.iter().map(|(name, value)| (name.as_str(), Some(value.clone()))).collect();
        let optional = [
            "private",
            "company",
            "requester_name",
            "conversation",
            "company_name",
            "assignee",
            "waited_from",
            "duplicate_of",
            "repeated_from",
            "duplicates",
        ];
        for name in optional.into_iter().chain([UNANSWERED]) {
            if !seen.iter().any(|(known, _)| *known == name) {
                seen.push((name, None));
            }
        }
        let updated = |mut item: Item| {
            item.retain(|name, _| UPDATED.contains(&name.as_str()));
            let gone: Vec<_> = EXCHANGE.into_iter().filter(|name| !item.contains_key(*name)).collect();
            (item, gone)
        };
        let home = home_row(row, before.version)?;
        let (entry, _) = creator_entry(row, before.version)?;
        let id = home.get("id").cloned();
        let (mut body, mut gone) = updated(home.clone());
        body.retain(|name, _| SAID.contains(&name.as_str()));
        gone.push("imported");
        let place = (partition, keys::BODY);
        if answers {
            seen.push(("said", said));
            transaction.set_next_over(place, body, &gone, seen)?;
        } else {
            let last = row.exchange.last.as_ref().map_or(at, |last| last.at);
            let last = AttributeValue::N(last.millis().to_string());
            transaction.set_next_before(place, body, &gone, seen, ("said", last))?;
        }
        let (set, gone) = updated(home);
        let place = (keys::home(row.company.as_ref(), &row.requester), keys::ticket(&row.id));
        transaction.set_over((place.0, &place.1), set, &gone, ("id", id.clone()))?;
        let (set, gone) = updated(entry);
        let space = (keys::contact(&row.requester), keys::space(&row.id));
        transaction.set_over((space.0, &space.1), set, &gone, ("id", id))?;
        transaction.keep_private(Some(&before.row), row, before.version)?;
        transaction.count(&before.row, -1);
        transaction.count(row, 1);
        transaction.list_ticket(Some(&before), &self.after, self.by.as_ref(), at)?;
        transaction.raise(keys::contact(&row.requester), keys::OWN_MARK, at);
        if let (Some(company), Some(contact)) = (&row.company, &self.through) {
            transaction.require_membership(contact, company)?;
        }
        self.ask(&self.after, at, transaction)
    }
}
