//! Conversations, whole, for teammates: who participates, what was said, what was noted; and saying more.

use crate::{
    Store, StoreError, TicketWrite, WriteError,
    connect::key,
    conversation_head::HeadRecord,
    item::{ActorRecord, item, record, text},
    keys,
    once::Once,
    search_index,
    transaction::Transaction,
};
use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};
use domain::{
    conversation::{Part, PartKind},
    id::{ContactId, ConversationId, PartId, TicketId},
    timestamp::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A conversation without what was said in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// The first line of its first message.
    pub title: Option<String>,
    /// The ticket that it is linked to.
    pub ticket: Option<TicketId>,
    /// Contacts who participate.
    pub participants: BTreeSet<ContactId>,
}

/// Items of search that a message may bring: what the ticket needs, with as many of its own, has room beside them.
const MOST_FINDABLE: usize = 40;
/// The same, of a conversation that a note puts in the lists: notes have many of their own.
const MOST_BESIDE_A_NOTE: usize = 12;

/// A page of what was said.
#[derive(Debug, Clone, PartialEq)]
pub struct Thread {
    /// Oldest first.
    pub parts: Vec<Part>,
    /// Where earlier parts go on, if there are any.
    pub earlier: Option<PartPlace>,
}

/// A place in a conversation: everything strictly before it is earlier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartPlace {
    /// When the part was written.
    pub at: Timestamp,
    /// Its id.
    pub id: PartId,
}

/// A part, as stored.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PartRecord {
    id: PartId,
    kind: KindRecord,
    author: ActorRecord,
    body: String,
    at: i64,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KindRecord {
    Message,
    Note,
}

impl From<&Part> for PartRecord {
    fn from(part: &Part) -> Self {
        let kind = match part.kind {
            PartKind::Message => KindRecord::Message,
            PartKind::Note => KindRecord::Note,
        };
        Self { id: part.id.clone(), kind, author: (&part.author).into(), body: part.body.clone(), at: part.at.millis() }
    }
}

impl From<PartRecord> for Part {
    fn from(part: PartRecord) -> Self {
        let kind = match part.kind {
            KindRecord::Message => PartKind::Message,
            KindRecord::Note => PartKind::Note,
        };
        let at = Timestamp::from_millis(part.at).unwrap_or(Timestamp::EPOCH);
        Self { id: part.id, kind, author: part.author.into(), body: part.body, at }
    }
}

impl Store {
    /// A conversation with its participants.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn conversation(&self, id: &ConversationId) -> Result<Option<Conversation>, StoreError> {
        let head = self.get_all(vec![key(keys::conversation(id), keys::CONVERSATION)]);
        let (head, participants) = futures::try_join!(head, self.participants(id))?;
        Ok(head.first().map(|head| Conversation {
            id: id.clone(),
            title: Some(text(head, "title").to_owned()).filter(|title| !title.is_empty()),
            ticket: TicketId::new(text(head, "ticket")).ok(),
            participants,
        }))
    }

    /// The newest `limit` parts of a conversation before a place.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn thread(
        &self,
        id: &ConversationId,
        before: Option<&PartPlace>,
        limit: usize,
    ) -> Result<Thread, StoreError> {
        self.newest_parts(self.parts(id, before), limit).await
    }

    /// The newest `limit` messages before a place. Notes are left out by DynamoDB: they never come this way.
    pub(crate) async fn messages(
        &self,
        id: &ConversationId,
        before: Option<&PartPlace>,
        limit: usize,
    ) -> Result<Thread, StoreError> {
        let query = self.parts(id, before).filter_expression("kind = :message");
        let query = query.expression_attribute_values(":message", AttributeValue::S("message".into()));
        self.newest_parts(query, limit).await
    }

    /// The parts before a place, newest first.
    fn parts(&self, id: &ConversationId, before: Option<&PartPlace>) -> QueryFluentBuilder {
        let last = before.map_or_else(|| format!("{}~", keys::PART), |at| keys::part(at.at, &at.id));
        self.client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", AttributeValue::S(keys::conversation(id)))
            .expression_attribute_values(":first", AttributeValue::S(keys::PART.into()))
            .expression_attribute_values(":last", AttributeValue::S(keys::just_below(&last).to_owned()))
            .scan_index_forward(false)
            .consistent_read(true)
    }

    async fn newest_parts(&self, query: QueryFluentBuilder, limit: usize) -> Result<Thread, StoreError> {
        let page = i32::try_from(limit + 1).unwrap_or(i32::MAX);
        let mut found = query.limit(page).into_paginator().items().send();
        let mut parts: Vec<Part> = Vec::new();
        let mut more = false;
        while let Some(item) = found.next().await {
            let part: PartRecord = record(item.map_err(StoreError::from_sdk)?)?;
            more = parts.len() == limit;
            if more {
                break;
            }
            parts.push(part.into());
        }
        parts.reverse();
        let earlier = parts.first().filter(|_| more).map(|part| PartPlace { at: part.at, id: part.id.clone() });
        Ok(Thread { parts, earlier })
    }

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
            search_index::of_part(head, part)?.into_iter().try_for_each(|item| transaction.put(item))
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
        let before = search_index::of_conversation(head)?;
        search_index::difference(before, search_index::of_conversation(&named)?).into_actions(transaction)?;
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
