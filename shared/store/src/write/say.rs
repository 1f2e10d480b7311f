//! Saying something in a conversation: a message, or a note among teammates.

use super::{once::Once, ticket::TicketWrite};
use crate::{
    record::{HeadRecord, PartRecord, index},
    table::{MOST_ACTIONS, Store, StoreError, Transaction, WriteError, item, key, keys, record},
};
use domain::{
    conversation::{Part, PartKind},
    id::ConversationId,
};

/// Items of search that a message may bring: what the ticket needs, with as many of its own, has room beside them.
const MOST_FINDABLE: usize = 40;
/// The same, of a conversation that a note puts in the lists: notes have many of their own.
const MOST_BESIDE_A_NOTE: usize = 12;
/// Items of search that a message may take away with it: they and what it brings leave room for the ticket. What an
/// import or `admin reindex` has put there can be more; the rest follows the message.
const MOST_GONE: usize = 40;

/// Where an item of search is.
type Address = (String, String);

impl Store {
    /// Adds a part, once; with the ticket's next version, where customers see that something happened.
    ///
    /// # Errors
    /// [`WriteError::Repeated`] when it is there already, [`WriteError::Stale`] when the ticket has changed; then
    /// nothing is written.
    pub async fn say(
        &self,
        conversation: &ConversationId,
        part: &Part,
        once: &Once,
        ticket: Option<TicketWrite>,
    ) -> Result<(), WriteError> {
        let mut transaction = Transaction::new(self);
        let place = keys::part(part.at, &part.id);
        transaction.once(once, &place)?;
        let later = match self.conversation_head(conversation).await? {
            Some(head) => self.make_findable(&head, part, &mut transaction).await?,
            None => Vec::new(),
        };
        transaction.put(item(keys::conversation(conversation), place, &PartRecord::from(part))?)?;
        match ticket {
            Some(ticket) => drop(ticket.into_actions(&mut transaction)?),
            None if part.kind == PartKind::Message => {
                transaction.raise(keys::conversation(conversation), keys::MARK, part.at);
            }
            None => {}
        }
        transaction.commit().await?;
        // It is said, whatever becomes of this: what is left is found by words that it does not have any more, until the
        // operator indexes the table anew.
        if let Err(error) = self.delete_in_turn(&later).await {
            tracing::error!(kind = error.kind(), error = error.for_log(), "search keeps what is gone");
        }
        Ok(())
    }

    /// Deletes as a transaction does, as many in each as it holds.
    async fn delete_in_turn(&self, items: &[Address]) -> Result<(), StoreError> {
        for some in items.chunks(MOST_ACTIONS) {
            let mut transaction = Transaction::new(self);
            some.iter().try_for_each(|(pk, sk)| transaction.delete(pk.clone(), sk.clone()))?;
            transaction.commit().await?;
        }
        Ok(())
    }

    /// What search finds by a part: a note by itself, the conversation by its first message, which names it. A note that
    /// comes before any message puts its conversation in the lists too, because it stands where the conversation does.
    /// The answer is what has to go afterwards.
    async fn make_findable(
        &self,
        head: &HeadRecord,
        part: &Part,
        transaction: &mut Transaction<'_>,
    ) -> Result<Vec<Address>, StoreError> {
        let (is_note, is_in_lists) = (part.kind == PartKind::Note, head.words.is_some());
        let put = |transaction: &mut Transaction<'_>, head: &HeadRecord| {
            index::of_part(head, part)?.into_iter().try_for_each(|item| transaction.put(item))
        };
        if head.title.is_some() || is_note && is_in_lists {
            put(transaction, head)?;
            return Ok(Vec::new());
        }
        let people = self.participants_now(&self.participants(&head.id).await?).await?;
        let mut named = HeadRecord::new(&head.id, std::slice::from_ref(part), &people);
        if is_in_lists {
            named.stay_in_place_of(head);
        }
        match (is_in_lists, is_note) {
            (false, false) => named.fit(MOST_FINDABLE),
            (true, _) => named.shorten(MOST_FINDABLE),
            (false, true) => named.shorten(MOST_BESIDE_A_NOTE),
        }
        let (mut set, absent) = named.attributes()?;
        // Who has joined meanwhile is counted by their own transaction.
        set.remove("participants");
        transaction.set(keys::conversation(&head.id), keys::CONVERSATION.into(), set, &absent)?;
        let before = index::of_conversation(head)?;
        let mut change = index::difference(before, index::of_conversation(&named)?);
        let later = change.gone.split_off(change.gone.len().min(MOST_GONE));
        change.into_actions(transaction)?;
        put(transaction, &named)?;
        Ok(later)
    }

    /// The part that an earlier request came to.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn said(&self, conversation: &ConversationId, outcome: &str) -> Result<Option<Part>, StoreError> {
        let found = self.get_all(vec![key(keys::conversation(conversation), outcome)]).await?;
        found.into_iter().next().map(|item| record::<PartRecord>(item).map(Part::from)).transpose()
    }
}
