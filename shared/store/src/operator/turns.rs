//! Works out anew whose turn tickets are, and counts the inbox, for the operator.

use crate::{
    record::{DeskCounts, EventRecord, as_read, creator_entry, home_row},
    table::{BY_UPDATED, Store, StoreError, Transaction, WriteError, keys, record},
    write::MOST_ASKED,
};
use domain::{
    id::TicketId,
    ticket::Ticket,
    turn::{Exchange, Step, Who},
};

use std::collections::BTreeSet;

/// Attempts for what others write at the same time.
const ROUNDS: u32 = 5;

impl Store {
    /// Works out from its history and its messages whose turn a ticket is, and writes it where it is not so. Returns
    /// `false` if it was right.
    pub(super) async fn recount_turn(&self, id: &TicketId, dry_run: bool) -> Result<bool, StoreError> {
        for _ in 0..ROUNDS {
            let Some(before) = self.ticket(id).await? else { return Ok(false) };
            let after = self.with_turn(&before).await?;
            if after == before || dry_run {
                return Ok(after != before);
            }
            let participants = match &after.conversation {
                Some(conversation) => self.first_participants(conversation, MOST_ASKED).await?,
                None => BTreeSet::new(),
            };
            let mut transaction = self.turned(&before, &after)?;
            transaction.wait_on_all(participants, &after)?;
            match transaction.commit().await {
                Err(WriteError::Stale) => {}
                done => return Ok(done.map(|()| true)?),
            }
        }
        Err(StoreError::Busy("others keep writing a ticket".into()))
    }

    async fn with_turn(&self, ticket: &Ticket) -> Result<Ticket, StoreError> {
        let history = self.partition(keys::ticket(&ticket.row.id), keys::EVENT).consistent_read(true);
        let history = self.query_all(history).await?.into_iter().map(|item| Ok(record::<EventRecord>(item)?.into()));
        let steps = Step::all_of(&history.collect::<Result<Vec<_>, StoreError>>()?);
        let parts = match &ticket.conversation {
            Some(conversation) => self.whole_conversation(conversation).await?.parts,
            None => Vec::new(),
        };
        let mut after = ticket.clone();
        after.row.recount(&steps, |decided| Exchange::settled(&parts, decided));
        Ok(after)
    }

    /// The ticket's version stays, because nothing has changed that a teammate would have to look at again.
    fn turned(&self, before: &Ticket, after: &Ticket) -> Result<Transaction<'_>, StoreError> {
        let (row, mut transaction) = (&after.row, Transaction::new(self));
        let home = home_row(row, before.version)?;
        let names = ["since", "said", "unanswered", "last"];
        let mut set = home.clone();
        set.retain(|name, _| names.contains(&name.as_str()));
        let remove: Vec<_> = names.into_iter().filter(|name| !set.contains_key(*name)).collect();
        transaction.set_over_all((keys::ticket(&row.id), keys::BODY), set, &remove, as_read(before))?;
        transaction.put(home)?;
        let (entry, absent) = creator_entry(row, before.version)?;
        transaction.set(keys::contact(&row.requester), keys::space(&row.id), entry, &absent)?;
        transaction.count(&before.row, -1);
        transaction.count(row, 1);
        transaction.list_ticket(Some(before), after, None, row.updated_at)?;
        transaction.raise(keys::contact(&row.requester), keys::OWN_MARK, row.updated_at);
        Ok(transaction)
    }

    /// Mends what is counted of the inbox. Returns `false` if it was right.
    pub(super) async fn recount_desk(&self, dry_run: bool) -> Result<bool, StoreError> {
        for _ in 0..ROUNDS {
            let (kept, mut counted) = (self.kept_of_desk().await?, DeskCounts::default());
            let cases = self.query_all(self.view(BY_UPDATED, keys::inbox(Who::Us))).await?;
            cases.iter().for_each(|case| counted.count(case));
            if self.kept_of_desk().await? != kept {
                continue;
            }
            let lacking = kept.lacks(&counted);
            if lacking.is_empty() || dry_run {
                return Ok(!lacking.is_empty());
            }
            let mut transaction = Transaction::new(self);
            lacking.into_iter().for_each(|(name, by)| transaction.add_to_desk(name, by, kept.mark.at));
            transaction.commit().await?;
            return Ok(true);
        }
        Err(StoreError::Busy("others keep changing the inbox".into()))
    }

    async fn kept_of_desk(&self) -> Result<DeskCounts, StoreError> {
        let mut kept = DeskCounts::default();
        let shards = self.partition(keys::DESK.to_owned(), keys::DESK).consistent_read(true);
        self.query_all(shards).await?.iter().for_each(|shard| kept.add(shard));
        Ok(kept)
    }
}
