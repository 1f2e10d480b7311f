//! Saying something in a conversation: a message, or a note among teammates.

use super::{once::Once, ticket::TicketWrite};
use crate::{
    record::{HeadRecord, PartRecord, index},
    table::{Store, StoreError, Transaction, WriteError, item, key, keys, record},
};
use domain::{
    conversation::{Part, PartKind},
    id::ConversationId,
};

/// Items of search that a message may bring: what the ticket needs, with as many of its own, has room beside them.
const MOST_FINDABLE: usize = 40;
/// The same, of a conversation that a note puts in the lists: notes have many of their own.
const MOST_BESIDE_A_NOTE: usize = 12;

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
        if let Some(head) = self.conversation_head(conversation).await? {
            self.make_findable(&head, part, &mut transaction).await?;
        }
        transaction.put(item(keys::conversation(conversation), place, &PartRecord::from(part))?)?;
        match ticket {
            Some(ticket) => drop(ticket.into_actions(&mut transaction)?),
            None if part.kind == PartKind::Message => {
                transaction.raise(keys::conversation(conversation), keys::MARK, part.at);
            }
            None => {}
        }
        transaction.commit().await
    }

    /// What search finds by a part: a note by itself, the conversation by its first message, which names it. A note that
    /// comes before any message puts its conversation in the lists too, because it stands where the conversation does.
    async fn make_findable(
        &self,
        head: &HeadRecord,
        part: &Part,
        transaction: &mut Transaction<'_>,
    ) -> Result<(), StoreError> {
        let (is_note, is_in_lists) = (part.kind == PartKind::Note, head.words.is_some());
        let put = |transaction: &mut Transaction<'_>, head: &HeadRecord| {
            index::of_part(head, part)?.into_iter().try_for_each(|item| transaction.put(item))
        };
        if head.title.is_some() || is_note && is_in_lists {
            return put(transaction, head);
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
        index::difference(before, index::of_conversation(&named)?).into_actions(transaction)?;
        put(transaction, &named)
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
