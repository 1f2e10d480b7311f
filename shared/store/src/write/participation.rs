//! Adding a ticket to the tickets spaces of those who participate in its conversation.

use crate::{
    record::SpaceRecord,
    table::{MOST_ACTIONS, Store, StoreError, Transaction, WriteError, key, keys, record, text},
};
use domain::{
    id::{CompanyId, ContactId, TicketId},
    ticket::Ticket,
    timestamp::Timestamp,
    visibility::Part,
};
use futures::{StreamExt, TryStreamExt, stream};
use std::collections::BTreeSet;

/// Transactions that are under way at the same time.
const AT_ONCE: usize = 4;

/// Who participates in the conversation that a ticket is linked to.
#[derive(Debug, Clone)]
pub struct Participation {
    pub ticket: TicketId,
    /// The ticket's company.
    pub company: Option<CompanyId>,
    /// The contacts who participate. The creator may be one of them.
    pub participants: BTreeSet<ContactId>,
}

impl Store {
    /// Adds tickets to the tickets spaces of those who participate in their conversations. The creator's role is not
    /// written here but with the ticket.
    pub async fn put_participants(&self, participations: &[Participation]) -> Result<(), StoreError> {
        let mut transactions = vec![Transaction::new(self)];
        for Participation { ticket, company, participants } in participations {
            for contact in participants {
                if transactions.last().is_none_or(|last| last.len() == MOST_ACTIONS) {
                    transactions.push(Transaction::new(self));
                }
                let Some(transaction) = transactions.last_mut() else { continue };
                let part = company.clone().map_or(Part::Theirs, Part::Through);
                transaction.take_part(contact, ticket, company.as_ref(), Some(part), None)?;
            }
        }
        let commits: Vec<_> = transactions.into_iter().map(Transaction::commit).collect();
        Ok(stream::iter(commits).buffer_unordered(AT_ONCE).try_collect::<()>().await?)
    }

    /// Adds a ticket to the tickets spaces of those who participate in its conversation and do not have it there: a
    /// conversation can have more participants than a transaction holds, and the rest may have been cut off. Returns
    /// how many there were.
    ///
    /// # Errors
    /// [`WriteError::Store`]; the entries written until then stay.
    pub async fn complete_participation(&self, ticket: &Ticket, at: Timestamp) -> Result<usize, WriteError> {
        let Some(conversation) = &ticket.conversation else { return Ok(0) };
        let id = &ticket.row.id;
        let participants = self.participants(conversation).await?;
        let lacking = self.lacking(id, &participants).await?;
        // Each has an entry, a mark, and what waits on them; the ticket's own mark is the one action that they share.
        let transactions = lacking.chunks((MOST_ACTIONS - 1) / 3).map(|some| {
            let mut transaction = Transaction::new(self);
            some.iter().try_for_each(|contact| self.add_entry(&mut transaction, contact, ticket, at))?;
            Ok(transaction)
        });
        // One after the other: all raise the ticket's mark.
        for transaction in transactions.collect::<Result<Vec<_>, StoreError>>()? {
            transaction.commit().await?;
        }
        Ok(lacking.len())
    }

    /// Those of the contacts whose tickets spaces do not say that they take part in the ticket.
    async fn lacking(
        &self,
        ticket: &TicketId,
        participants: &BTreeSet<ContactId>,
    ) -> Result<Vec<ContactId>, StoreError> {
        let entries = participants.iter().map(|contact| key(keys::contact(contact), keys::space(ticket)));
        let mut have = BTreeSet::new();
        for item in self.get_all(entries.collect()).await? {
            let partition = text(&item, "pk").to_owned();
            if record::<SpaceRecord>(item)?.participating {
                have.insert(partition);
            }
        }
        Ok(participants.iter().filter(|contact| !have.contains(&keys::contact(contact))).cloned().collect())
    }
}
