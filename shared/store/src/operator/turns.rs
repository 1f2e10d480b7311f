//! Works out anew whose turn tickets are, and counts the inbox, for the operator.

use crate::{
    record::{DeskCounts, EventRecord},
    table::{Attempts, BY_UPDATED, Store, StoreError, Transaction, WriteError, keys, record},
    write::MOST_ASKED,
};
use domain::{
    id::TicketId,
    ticket::Ticket,
    turn::{Exchange, Step, Who},
};

use std::{collections::BTreeSet, time::Duration};
use tokio::time::{Instant, sleep};

/// How long the inbox must have been as it is before a count of it is believed: longer than its index is ever behind for.
const SETTLED: Duration = Duration::from_secs(5);
/// How often it is counted until then.
const COUNTED_EVERY: Duration = Duration::from_millis(500);

impl Store {
    /// Works out from its history and its messages whose turn a ticket is, and writes it where it is not so. Returns
    /// `false` if it was right.
    pub(super) async fn recount_turn(&self, id: &TicketId, dry_run: bool) -> Result<bool, StoreError> {
        let mut attempts = Attempts::new("others keep writing a ticket");
        loop {
            let Some(before) = self.ticket(id).await? else { return Ok(false) };
            let after = self.with_turn(&before).await?;
            if after == before || dry_run {
                return Ok(after != before);
            }
            let participants = match &after.conversation {
                Some(conversation) => self.first_participants(conversation, MOST_ASKED).await?,
                None => BTreeSet::new(),
            };
            let mut transaction = self.corrected(&before, &after, &["since", "said", "unanswered", "last"])?;
            transaction.wait_on_all(participants, &after)?;
            match transaction.commit().await {
                Err(WriteError::Stale) => attempts.another().await?,
                done => return Ok(done.map(|()| true)?),
            }
        }
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

    /// Mends what is counted of the inbox. Returns `false` if it was right. What it lacks may be what the index that it is
    /// counted by does not have yet, so it must stay lacking for a while in which nobody changes the inbox.
    pub(super) async fn recount_desk(&self, dry_run: bool) -> Result<bool, StoreError> {
        let mut attempts = Attempts::new("others keep changing the inbox");
        let mut standing: Option<(DeskCounts, Instant)> = None;
        loop {
            let (kept, mut counted) = (self.kept_of_desk().await?, DeskCounts::default());
            let cases = self.query_all(self.view(BY_UPDATED, keys::inbox(Who::Us))).await?;
            cases.iter().for_each(|case| counted.count(case));
            if self.kept_of_desk().await? != kept {
                attempts.another().await?;
                continue;
            }
            let lacking = kept.lacks(&counted);
            if lacking.is_empty() {
                return Ok(false);
            }
            match &standing {
                Some((then, since)) if *then == kept && since.elapsed() >= SETTLED => {}
                Some((then, _)) if *then == kept => {
                    sleep(COUNTED_EVERY).await;
                    continue;
                }
                _ => {
                    attempts.another().await?;
                    standing = Some((kept, Instant::now()));
                    continue;
                }
            }
            if dry_run {
                return Ok(true);
            }
            let mut transaction = Transaction::new(self);
            lacking.into_iter().for_each(|(name, by)| transaction.add_to_desk(name, by, kept.mark.at));
            transaction.commit().await?;
            return Ok(true);
        }
    }

    async fn kept_of_desk(&self) -> Result<DeskCounts, StoreError> {
        let mut kept = DeskCounts::default();
        let shards = self.partition(keys::DESK.to_owned(), keys::DESK).consistent_read(true);
        self.query_all(shards).await?.iter().for_each(|shard| kept.add(shard));
        Ok(kept)
    }
}
