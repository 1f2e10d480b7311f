//! Recording whole conversations, for the import.

use crate::{
    record::{HeadRecord, PartRecord, index, is_part, misplaced, part_item, participant_item},
    table::{Item, MOST_ACTIONS, Store, StoreError, Transaction, key, keys, record, text},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    conversation::Part,
    id::{ContactId, ConversationId, TicketId},
    timestamp::Timestamp,
    turn::Exchange,
};
use futures::{StreamExt, TryStreamExt, stream};
use std::collections::{BTreeSet, HashMap};

/// Conversations that are prepared at the same time.
const AT_ONCE: usize = 8;

/// A conversation from an import file.
#[derive(Debug, Clone)]
pub struct ConversationRecord {
    pub id: ConversationId,
    /// The contacts who participate.
    pub participants: BTreeSet<ContactId>,
    pub parts: Vec<Part>,
    /// Identifies the content of the import line, so that a repeated line is recognised.
    pub fingerprint: String,
}

/// A conversation as the table has it.
#[derive(Debug, Clone)]
pub struct ImportedConversation {
    /// How many contacts participate.
    pub participants: u64,
    /// The line that wrote it last; empty where none did.
    pub fingerprint: String,
    /// The ticket that it is linked to.
    pub ticket: Option<TicketId>,
    /// What was said in it before it had the ticket, or according to the last line.
    pub exchange: Exchange,
}

/// A conversation as it shall be.
struct Prepared {
    had: Option<HeadRecord>,
    head: HeadRecord,
    /// When its last part was written.
    at: Timestamp,
    /// Notes among its messages, and the same notes at their place.
    misplaced: Vec<(Item, Item)>,
}

/// A conversation as the table has it.
#[derive(Default)]
pub(crate) struct Whole {
    pub(crate) head: Option<HeadRecord>,
    /// In the order of time.
    pub(crate) parts: Vec<Part>,
    pub(crate) people: BTreeSet<ContactId>,
    /// Notes that an older version put among the messages, each with the same note at its place.
    pub(crate) misplaced: Vec<(Item, Item)>,
}

impl Store {
    /// Records conversations with their participants and parts. Repeating the call changes nothing.
    pub async fn put_conversations(&self, conversations: &[ConversationRecord]) -> Result<(), StoreError> {
        let mut items = Vec::new();
        for conversation in conversations {
            for contact in &conversation.participants {
                items.push(participant_item(&conversation.id, contact)?);
            }
            for part in &conversation.parts {
                items.push(part_item(&conversation.id, part)?);
            }
        }
        let prepared = conversations.iter().map(|conversation| self.prepare(conversation));
        let prepared: Vec<_> = stream::iter(prepared).buffered(AT_ONCE).try_collect().await?;
        let mut gone = Vec::new();
        let mut heads = Vec::with_capacity(prepared.len());
        for Prepared { had, head, at, misplaced } in prepared {
            for (note, moved) in misplaced {
                gone.push(key(text(&note, "pk"), text(&note, "sk")));
                if !items.iter().any(|item| index::address(item) == index::address(&moved)) {
                    items.push(moved);
                }
            }
            heads.push((had, head, at));
        }
        self.put_all(items).await?;
        self.delete_all(gone).await?;
        // The head comes last, so that a conversation that exists has all its parts. It is
        // written over the one that was read: if somebody has written in the conversation since, all of it is done again.
        let mut transaction = Transaction::new(self);
        for ((had, head, at), conversation) in heads.into_iter().zip(conversations) {
            if transaction.len() + 3 > MOST_ACTIONS {
                std::mem::replace(&mut transaction, Transaction::new(self)).commit().await?;
            }
            let (mut set, absent) = head.attributes(had.as_ref())?;
            set.insert("imported".into(), AttributeValue::S(conversation.fingerprint.clone()));
            set.insert("participants".into(), AttributeValue::N(head.participants.to_string()));
            let seen = had.as_ref().map_or_else(|| vec![("edition", None)], HeadRecord::seen);
            let place = (keys::conversation(&conversation.id), keys::CONVERSATION);
            transaction.set_over_all(place, set, &absent, seen)?;
            match had.as_ref().and_then(|had| had.ticket.as_ref()) {
                Some(ticket) => transaction.raise(keys::ticket(ticket), keys::MARK, at),
                None => {
                    let was_unanswered = had.as_ref().is_some_and(|had| had.exchange().unanswered_since.is_some());
                    transaction.list_conversation(was_unanswered, &head, at)?;
                }
            }
        }
        transaction.commit().await.map_err(StoreError::from)
    }

    async fn prepare(&self, conversation: &ConversationRecord) -> Result<Prepared, StoreError> {
        let ConversationRecord { id, participants, parts, .. } = conversation;
        let Whole { head: had, parts: mut all, people, misplaced } = self.whole_conversation(id).await?;
        all.retain(|had| !parts.iter().any(|part| (part.at, &part.id) == (had.at, &had.id)));
        all.extend(parts.iter().cloned());
        // Whoever has joined since stays.
        let count = people.union(participants).count();
        let head = HeadRecord::new(id, &all, count, &self.named(participants).await?);
        let at = all.iter().map(|part| part.at).max().unwrap_or(Timestamp::EPOCH);
        Ok(Prepared { had, head, at, misplaced })
    }

    /// Reads the head, all parts and all participants of a conversation.
    pub(crate) async fn whole_conversation(&self, id: &ConversationId) -> Result<Whole, StoreError> {
        let query = self.partition(keys::conversation(id), "").consistent_read(true);
        let mut whole = Whole::default();
        for item in self.query_all(query).await? {
            if text(&item, "sk") == keys::CONVERSATION {
                whole.head = Some(record(item)?);
            } else if is_part(text(&item, "sk")) {
                if let Some(moved) = misplaced(&item)? {
                    whole.misplaced.push((item.clone(), moved));
                }
                whole.parts.push(record::<PartRecord>(item)?.into());
            } else if text(&item, "sk").starts_with(keys::PARTICIPANT) {
                whole.people.extend(ContactId::new(text(&item, "contact")));
            }
        }
        // A run that was cut short leaves a note at both places.
        whole.parts.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        whole.parts.dedup();
        Ok(whole)
    }

    /// These conversations; those not there are not in the answer.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn imported_conversations(
        &self,
        ids: &[ConversationId],
    ) -> Result<HashMap<ConversationId, ImportedConversation>, StoreError> {
        let wanted = ids.iter().map(|id| key(keys::conversation(id), keys::CONVERSATION)).collect();
        let mut found = HashMap::new();
        for item in self.get_all(wanted).await? {
            // An item that only a ticket's link has created is not a conversation yet.
            if item.contains_key("id") {
                let fingerprint = text(&item, "imported").to_owned();
                let HeadRecord { id, participants, ticket, exchange, .. } = record(item)?;
                let exchange = exchange.into();
                found.insert(id, ImportedConversation { participants, fingerprint, ticket, exchange });
            }
        }
        Ok(found)
    }
}
