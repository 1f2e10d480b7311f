//! Following a ticket without writing in it.

use crate::{
    portal::CompanyScope,
    record::{SpaceRecord, SpaceRole, follower_item},
    table::{Attempts, Store, StoreError, Transaction, WriteError, item, key, keys, record},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{ticket::Ticket, timestamp::Timestamp};
use std::collections::HashMap;

const FOLLOWING: &str = "following";

impl Store {
    /// Makes a ticket that the contact sees stand in their tickets space because they follow it, or no longer for that.
    /// Following shows nobody anything: it ends when the ticket leaves their sight.
    pub async fn follow(
        &self,
        scope: &CompanyScope,
        ticket: &Ticket,
        following: bool,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let (contact, id) = (keys::contact(&scope.contact().id), &ticket.row.id);
        let mut attempts = Attempts::new("others keep writing an entry of a tickets space");
        loop {
            let found = self.get_all(vec![key(contact.clone(), keys::space(id))]).await?.pop();
            let entry = found.map(record::<SpaceRecord>).transpose()?;
            if entry.as_ref().is_some_and(|it| it.following) == following {
                return Ok(());
            }
            let mut transaction = Transaction::new(self);
            let yes = || HashMap::from([(FOLLOWING.to_owned(), AttributeValue::Bool(true))]);
            let is_theirs = |it: &SpaceRecord| it.role == SpaceRole::Creator || it.participating;
            let seen = ("id", entry.as_ref().map(|_| AttributeValue::S(id.to_string())));
            match &entry {
                None => {
                    transaction.create(item(contact.clone(), keys::space(id), &follower(ticket))?, WriteError::Stale)?
                }
                Some(_) if following => transaction.set_over((contact.clone(), &keys::space(id)), yes(), &[], seen)?,
                Some(it) if is_theirs(it) => {
                    transaction.set_over((contact.clone(), &keys::space(id)), HashMap::new(), &[FOLLOWING], seen)?;
                }
                Some(_) => {
                    let alone = ("participating", Some(AttributeValue::Bool(false)));
                    transaction.delete_over(contact.clone(), keys::space(id), alone)?;
                }
            }
            if following {
                transaction.put(follower_item(id, &scope.contact().id)?)?;
            } else {
                transaction.delete(keys::ticket(id), keys::follower(&scope.contact().id))?;
                // Who takes part goes on hearing of it.
                if !entry.as_ref().is_some_and(is_theirs) {
                    transaction.delete(contact.clone(), keys::asks(keys::UNSEEN, id))?;
                }
            }
            transaction.raise(contact.clone(), keys::OWN_MARK, at);
            match transaction.commit().await {
                // They have just joined, or it was made theirs.
                Err(WriteError::Stale) => attempts.another().await?,
                done => return Ok(done?),
            }
        }
    }
}

fn follower(ticket: &Ticket) -> SpaceRecord {
    SpaceRecord {
        id: ticket.row.id.clone(),
        role: SpaceRole::Participant,
        participating: false,
        following: true,
        seen_in: ticket.row.company.clone(),
        took_part: false,
        through: None,
    }
}
