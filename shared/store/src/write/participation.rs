//! Adding a ticket to the tickets spaces of those who participate in its conversation.

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
    pub ticket: TicketId,
    /// The ticket's requester.
    pub creator: ContactId,
    /// The contacts who participate. The creator may be one of them.
    pub participants: BTreeSet<ContactId>,
}

impl Store {
    /// Adds tickets to the tickets spaces of those who participate in their conversations. The creator's role is not
    /// written here but with the ticket.
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
