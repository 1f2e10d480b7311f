//! Adding a message or a note to a conversation.

use super::{attention::MOST_ASKED, once::Once, ticket::TicketWrite};
use crate::{
    record::{HeadRecord, LinkRecord, MOST_NAMED, PartRecord, index, nothing_said_since, part_item, part_place},
    table::{Attribute, Item, MOST_ACTIONS, Store, StoreError, Transaction, WriteError, key, keys, record},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    conversation::{Part, PartKind},
    id::{ConversationId, TicketId},
};

/// Maximum number of search items that a message may add. This leaves room for the ticket, which may need as many of
/// its own.
const MOST_FINDABLE: usize = 40;
/// The same limit for a conversation that a note adds to the lists. Notes have many search items of their own.
const MOST_BESIDE_A_NOTE: usize = 12;
/// Maximum number of search items that a message removes in its own transaction, so that the ticket still has room. An
/// import or `admin reindex` may have written more; the rest is removed after the message.
const MOST_GONE: usize = 40;

/// The partition key and sort key of a search item.
type Address = (String, String);

impl Store {
    /// Adds a message or note, once, together with the ticket's next version if there is a ticket that it changes.
    ///
    /// # Errors
    /// [`WriteError::Repeated`] when the request was carried out before, [`WriteError::Stale`] when the ticket has
    /// changed, or the conversation: it has a ticket now, or another place in search. Nothing is written in either case.
    pub async fn say(
        &self,
        conversation: &ConversationId,
        part: &Part,
        once: &Once,
        ticket: Option<TicketWrite>,
    ) -> Result<(), WriteError> {
        let mut transaction = Transaction::new(self);
        transaction.once(once, &part_place(part))?;
        let mut later = Vec::new();
        if let Some(head) = self.conversation_head(conversation).await? {
            let alone = part.kind == PartKind::Message && ticket.is_none();
            let seen = if alone { vec![self.alone(&head).await?] } else { Vec::new() };
            let (named, rest) = self.make_findable(&head, part, alone, seen, &mut transaction).await?;
            later = rest;
            match &head.ticket {
                Some(ticket) if alone => transaction.raise(keys::ticket(ticket), keys::MARK, part.at),
                None if alone => {
                    let was_unanswered = head.exchange().unanswered_since.is_some();
                    transaction.list_conversation(was_unanswered, &named, part.at)?;
                }
                _ => {}
            }
        }
        transaction.put(part_item(conversation, part)?)?;
        if let Some(ticket) = ticket {
            let joined = match ticket.changes_whom_it_waits_on() {
                true => self.participant_count(&ticket.after.row.id).await?,
                false => None,
            };
            let participants = self.first_participants(conversation, MOST_ASKED).await?;
            ticket.among(participants).joined(joined).touch(&mut transaction)?;
        }
        transaction.commit().await?;
        // The message is already written. Items that stay behind find the conversation by words that it no longer has,
        // until the operator indexes the table again.
        if let Err(error) = self.delete_in_turn(&later).await {
            tracing::error!(kind = error.kind(), error = error.for_log(), "search keeps what is gone");
        }
        Ok(())
    }

    /// Deletes items in transactions, one after another, each as large as possible.
    async fn delete_in_turn(&self, items: &[Address]) -> Result<(), StoreError> {
        for some in items.chunks(MOST_ACTIONS) {
            let mut transaction = Transaction::new(self);
            some.iter().try_for_each(|(pk, sk)| transaction.delete(pk.clone(), sk.clone()))?;
            transaction.commit().await?;
        }
        Ok(())
    }

    /// Returns what a message without a ticket goes by: that its conversation has none, so that readers go by the
    /// conversation's mark. A ticket that does not lead back to the conversation cannot be written with the message; its
    /// mark can.
    ///
    /// # Errors
    /// [`WriteError::Stale`] when the conversation has been linked since the writer looked.
    async fn alone(&self, head: &HeadRecord) -> Result<Attribute<'static>, WriteError> {
        if let Some(id) = &head.ticket
            && self.ticket(id).await?.is_some_and(|ticket| ticket.conversation.as_ref() == Some(&head.id))
        {
            return Err(WriteError::Stale);
        }
        Ok(("ticket", head.ticket.as_ref().map(|id| AttributeValue::S(id.to_string()))))
    }

    /// Makes a part findable: a note by its own words, and the conversation by its first message, which gives it a
    /// title. A note that comes before any message also adds its conversation to the lists, because the note's place
    /// depends on the conversation's. A message in a conversation `alone`, without a ticket, also becomes the last one that
    /// its head knows of. Returns the head as it will be, and the items to delete afterwards.
    async fn make_findable(
        &self,
        head: &HeadRecord,
        part: &Part,
        alone: bool,
        mut seen: Vec<Attribute<'_>>,
        transaction: &mut Transaction<'_>,
    ) -> Result<(HeadRecord, Vec<Address>), StoreError> {
        let mut exchange = head.exchange();
        if alone {
            exchange.add(part);
        }
        let (is_note, is_in_lists) = (part.kind == PartKind::Note, head.words.is_some());
        let put = |transaction: &mut Transaction<'_>, head: &HeadRecord| {
            index::of_part(head, part)?.into_iter().try_for_each(|item| transaction.put(item))
        };
        let place = (keys::conversation(&head.id), keys::CONVERSATION);
        if head.title.is_some() || is_note && is_in_lists {
            let (mut set, mut absent) = (Item::new(), Vec::new());
            if is_note {
                set.insert("edition".into(), AttributeValue::N((head.edition + 1).to_string()));
                seen.push(head.seen_edition());
            }
            let named = HeadRecord { exchange: (&exchange).into(), ..head.clone() };
            if alone {
                (set, absent) = named.said()?;
                seen.extend(nothing_said_since(&head.exchange()));
            }
            if !seen.is_empty() {
                transaction.set_over_all(place, set, &absent, seen)?;
            }
            put(transaction, head)?;
            return Ok((named, Vec::new()));
        }
        let first = self.first_participants(&head.id, MOST_NAMED).await?;
        let people = self.participants_now(&first).await?;
        let mut named = HeadRecord::new(&head.id, std::slice::from_ref(part), first.len(), &people);
        if is_in_lists {
            named.stay_in_place_of(head);
        }
        match (is_in_lists, is_note) {
            (false, false) => named.fit(MOST_FINDABLE),
            (true, _) => named.shorten(MOST_FINDABLE),
            (false, true) => named.shorten(MOST_BESIDE_A_NOTE),
        }
        named.exchange = (&exchange).into();
        let (set, absent) = named.attributes(Some(head))?;
        seen.extend(head.seen());
        transaction.set_over_all(place, set, &absent, seen)?;
        let before = index::of_conversation(head)?;
        let mut change = index::difference(before, index::of_conversation(&named)?);
        let later = change.gone.split_off(change.gone.len().min(MOST_GONE));
        change.into_actions(transaction)?;
        put(transaction, &named)?;
        Ok((named, later))
    }

    /// Reads how many participants a ticket says that it has.
    async fn participant_count(&self, ticket: &TicketId) -> Result<Option<u64>, StoreError> {
        let found = self.get_all(vec![key(keys::ticket(ticket), keys::CONVERSATION)]).await?;
        let link = found.into_iter().next().map(record::<LinkRecord>).transpose()?;
        Ok(link.map(|link| link.participants))
    }

    /// Reads the part that an earlier request added.
    pub async fn said(&self, conversation: &ConversationId, outcome: &str) -> Result<Option<Part>, StoreError> {
        let mut places = vec![key(keys::conversation(conversation), outcome)];
        // Where an older version put a note, before `admin reindex` moved it.
        if let Some(place) = outcome.strip_prefix(keys::PART) {
            places.push(key(keys::conversation(conversation), format!("{}{place}", keys::NOTE)));
        }
        let found = self.get_all(places).await?;
        found.into_iter().next().map(|item| record::<PartRecord>(item).map(Part::from)).transpose()
    }
}
