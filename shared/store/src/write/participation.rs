//! Bringing a ticket into the tickets spaces of those who participate in its conversation.

use crate::{
    record::participant_entry,
    table::{MOST_ACTIONS, Store, StoreError, Transaction, keys},
};
use domain::id::{ContactId, TicketId};
use futures::future::try_join_all;
use std::collections::BTreeSet;

/// Who participates in the conversation that a ticket is linked to.
#[derive(Debug, Clone)]
pub struct Participation {
    /// The ticket.
    pub ticket: TicketId,
    /// Its requester.
    pub creator: ContactId,
    /// Contacts who participate; the creator may be one of them.
    pub participants: BTreeSet<ContactId>,
}

impl Store {
    /// Puts tickets into the tickets spaces of those who participate in their conversations. Whether somebody is a
    /// ticket's creator is for the ticket's own transaction to say.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be written.
    pub async fn put_participants(&self, participations: &[Participation]) -> Result<(), StoreError> {
        let mut transactions = vec![Transaction::new(self)];
        for Participation { ticket, creator, participants } in participations {
            for contact in participants {
                if transactions.last().is_none_or(|last| last.len() == MOST_ACTIONS) {
                    transactions.push(Transaction::new(self));
                }
                let Some(transaction) = transactions.last_mut() else { continue };
                let entry = participant_entry(ticket, contact == creator);
                transaction.set(keys::contact(contact), keys::space(ticket), entry, &[])?;
            }
        }
        Ok(try_join_all(transactions.into_iter().map(Transaction::commit)).await.map(drop)?)
    }
}
