//! What a write of a ticket makes ask for people's attention: that it waits on them, and that something has happened which
//! they have not seen.

use super::ticket::TicketWrite;
use crate::{
    portal::CompanyScope,
    record::{UNREAD, Unread, attention},
    table::{CHANGES, Item, MOST_ACTIONS, Store, StoreError, Transaction, WriteError, key, keys, text},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    history::Actor,
    id::{ContactId, TeammateId, TicketId},
    ticket::Ticket,
    timestamp::Timestamp,
    turn::Who,
};
use std::collections::{BTreeSet, HashMap};

/// Participants whose attention a write asks for, at most: the first in the order of their ids. The ticket's creator is
/// always asked.
pub(crate) const MOST_ASKED: usize = 60;
/// Actions that stay free for what comes after.
const FREE: usize = 4;

/// Whether a ticket waits on its creator and on those who take part.
fn waits(ticket: &Ticket) -> bool {
    ticket.row.turn().who == Who::Customer
}

impl TicketWrite {
    /// Adds what the write makes ask for attention. What does not fit in follows the transaction.
    pub(super) fn ask(
        &self,
        after: &Ticket,
        at: Timestamp,
        transaction: &mut Transaction<'_>,
    ) -> Result<(), StoreError> {
        let since = transaction.actions();
        let (before, row) = (self.before.as_ref(), &after.row);
        let id = &row.id;
        let waited = before.is_some_and(|before| before.row.turn_since.is_some() && waits(before));
        let stays = before.is_some_and(|before| {
            (&before.row.company, &before.row.requester, before.row.is_customer_visible(), before.row.private)
                == (&row.company, &row.requester, row.is_customer_visible(), row.private)
        });
        let anew = !waited || !stays || self.links();
        let mut people: BTreeSet<_> = self.participants.iter().take(MOST_ASKED).collect();
        people.insert(&row.requester);
        for contact in self.followers.iter().filter(|it| !people.contains(it)) {
            self.show_unseen(contact, after, at, transaction)?;
        }
        for contact in people {
            if waits(after) && anew {
                transaction.wait_on(contact, after)?;
            } else if waited && !waits(after) {
                transaction.delete(keys::contact(contact), keys::asks(keys::WAITS, id))?;
            }
            if self.by.is_some() && self.tells {
                self.show_unseen(contact, after, at, transaction)?;
            } else if self.by.is_none() && !stays && before.is_some() {
                // What an import brings counts as read.
                transaction.delete(keys::contact(contact), keys::asks(keys::UNSEEN, id))?;
            }
        }
        if let Some(former) = before.map(|before| &before.row.requester).filter(|it| **it != row.requester)
            && !self.participants.contains(former)
        {
            for beginning in [keys::WAITS, keys::UNSEEN] {
                transaction.delete(keys::contact(former), keys::asks(beginning, id))?;
            }
        }
        transaction.let_follow(since, MOST_ACTIONS - FREE);
        Ok(())
    }

    /// Makes the write something that a contact has not seen, unless it is their own doing.
    fn show_unseen(
        &self,
        contact: &ContactId,
        after: &Ticket,
        at: Timestamp,
        transaction: &mut Transaction<'_>,
    ) -> Result<(), StoreError> {
        if matches!(&self.by, Some(Actor::Contact { id, .. }) if id == contact) {
            return Ok(());
        }
        let place = (keys::contact(contact), keys::asks(keys::UNSEEN, &after.row.id));
        transaction.set_since(place, attention(after)?, ("latest", "since"), at)
    }

    /// Whether the ticket begins or ceases to wait on people.
    pub(super) fn changes_whom_it_waits_on(&self) -> bool {
        self.before.as_ref().is_some_and(|before| waits(before) != waits(&self.after))
    }
}

impl Transaction<'_> {
    /// Makes a ticket wait on a contact.
    pub(crate) fn wait_on(&mut self, contact: &ContactId, ticket: &Ticket) -> Result<(), StoreError> {
        let (mut item, _) = attention(ticket)?;
        item.insert("pk".into(), AttributeValue::S(keys::contact(contact)));
        item.insert("sk".into(), AttributeValue::S(keys::asks(keys::WAITS, &ticket.row.id)));
        self.put(item)
    }

    /// Makes a ticket wait on its creator and on those who take part, or on nobody, whatever it did before.
    pub(crate) fn wait_on_all(&mut self, mut people: BTreeSet<ContactId>, ticket: &Ticket) -> Result<(), StoreError> {
        people.insert(ticket.row.requester.clone());
        for contact in people {
            if waits(ticket) {
                self.wait_on(&contact, ticket)?;
            } else {
                self.delete(keys::contact(&contact), keys::asks(keys::WAITS, &ticket.row.id))?;
            }
        }
        Ok(())
    }

    /// Makes a ticket wait on somebody who takes part from now on, if it waits on the customer.
    pub(super) fn wait_on_newcomer(&mut self, contact: &ContactId, ticket: &Ticket) -> Result<(), StoreError> {
        if waits(ticket) { self.wait_on(contact, ticket) } else { Ok(()) }
    }
}

impl Store {
    /// Notes that a contact has seen all of a ticket up to what they had not seen. If something more has happened
    /// meanwhile, nothing is written.
    pub async fn mark_read(
        &self,
        scope: &CompanyScope,
        ticket: &TicketId,
        unread: Unread,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let contact = keys::contact(&scope.contact().id);
        let mut transaction = Transaction::new(self);
        let seen = ("latest", Some(AttributeValue::N(unread.latest.millis().to_string())));
        transaction.delete_over(contact.clone(), keys::asks(keys::UNSEEN, ticket), seen)?;
        transaction.raise(contact, keys::OWN_MARK, at);
        match transaction.commit().await {
            Err(WriteError::Stale) => Ok(()),
            done => Ok(done?),
        }
    }

    /// Notes that the assignee of a ticket has seen all of it, if that is this teammate. If something more happens
    /// meanwhile, it stays unread.
    pub async fn mark_read_by_assignee(&self, ticket: &TicketId, teammate: &TeammateId) -> Result<(), StoreError> {
        let found = self.get_all(vec![key(keys::ticket(ticket), keys::MARK)]).await?;
        let is_theirs = |mark: &&Item| mark.contains_key(UNREAD) && text(mark, "assignee") == teammate.as_str();
        let Some(mark) = found.first().filter(is_theirs) else { return Ok(()) };
        let mut transaction = Transaction::new(self);
        let seen = (CHANGES, mark.get(CHANGES).cloned());
        transaction.set_over((keys::ticket(ticket), keys::MARK), HashMap::new(), &[UNREAD], seen)?;
        match transaction.commit().await {
            Err(WriteError::Stale) => Ok(()),
            done => Ok(done?),
        }
    }
}
