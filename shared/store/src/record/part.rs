//! The messages and notes of a conversation. Each kind has a part of the partition of its own, so that reading messages
//! costs the same however many notes there are.

use super::actor::ActorRecord;
use crate::table::{Item, Store, StoreError, item, keys, record, text, time};
use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};
use domain::{
    conversation::{Part, PartKind},
    id::{ConversationId, PartId},
    timestamp::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// Items that one query looks at, at most, in search of messages among the notes of an older version.
const MOST_AT_ONCE: usize = 1000;

/// A message or note, as stored.
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
        Self { id: part.id, kind, author: part.author.into(), body: part.body, at: time(part.at) }
    }
}

/// Returns the beginning of the sort keys of a kind.
pub(super) const fn beginning(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Message => keys::PART,
        PartKind::Note => keys::NOTE,
    }
}

/// Returns the sort key of a part.
pub(crate) fn part_place(part: &Part) -> String {
    keys::part(beginning(part.kind), part.at, &part.id)
}

/// Returns the item of a part.
pub(crate) fn part_item(conversation: &ConversationId, part: &Part) -> Result<Item, StoreError> {
    item(keys::conversation(conversation), part_place(part), &PartRecord::from(part))
}

/// Whether a sort key is that of a message or note.
pub(crate) fn is_part(sk: &str) -> bool {
    sk.starts_with(keys::PART) || sk.starts_with(keys::NOTE)
}

/// A page of messages and notes.
#[derive(Debug, Clone, PartialEq)]
pub struct Thread {
    /// Oldest first.
    pub parts: Vec<Part>,
    /// Where earlier parts start, if there are any.
    pub earlier: Option<PartPlace>,
}

/// A place in a conversation. Everything strictly before it is earlier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartPlace {
    /// When the part at this place was written.
    pub at: Timestamp,
    /// The id of that part.
    pub id: PartId,
}

impl Thread {
    /// Makes a page of the first `limit` parts, which are the newest. A message and a note at the same place stay
    /// together, because a place leads to what is before it.
    fn of(mut newest_first: Vec<Part>, limit: usize) -> Self {
        let place = |part: &Part| (part.at, part.id.clone());
        let last = limit.checked_sub(1).and_then(|last| newest_first.get(last)).map(place);
        let here = newest_first.iter().skip(limit).take_while(|part| last == Some(place(part))).count();
        let more = newest_first.len() > limit + here;
        newest_first.truncate(limit + here);
        newest_first.reverse();
        let first = newest_first.first().filter(|_| more);
        let earlier = first.map(|part| PartPlace { at: part.at, id: part.id.clone() });
        Self { parts: newest_first, earlier }
    }
}

impl Store {
    /// Reads the newest `limit` messages before a place. DynamoDB leaves out the notes that an older version put among
    /// them, so no note is ever read for a contact.
    pub(crate) async fn newest_messages(
        &self,
        id: &ConversationId,
        before: Option<&PartPlace>,
        limit: usize,
    ) -> Result<Thread, StoreError> {
        Ok(Thread::of(self.newest(id, PartKind::Message, before, limit + 1, true).await?, limit))
    }

    /// Reads the newest `limit` messages and notes before a place, in the order of time.
    pub(crate) async fn newest_parts(
        &self,
        id: &ConversationId,
        before: Option<&PartPlace>,
        limit: usize,
    ) -> Result<Thread, StoreError> {
        let of = |kind| self.newest(id, kind, before, limit + 1, false);
        let (mut parts, notes) = futures::try_join!(of(PartKind::Message), of(PartKind::Note))?;
        parts.extend(notes);
        parts.sort_by_cached_key(|part| Reverse((part.at, part.id.clone(), part.kind == PartKind::Note)));
        // `admin reindex` may have moved a note between the two reads.
        parts.dedup();
        Ok(Thread::of(parts, limit))
    }

    /// Reads the newest parts of a kind before a place: `wanted`, if there are as many. Newest first.
    async fn newest(
        &self,
        id: &ConversationId,
        kind: PartKind,
        before: Option<&PartPlace>,
        wanted: usize,
        only_messages: bool,
    ) -> Result<Vec<Part>, StoreError> {
        let first = beginning(kind);
        let last = before.map_or_else(|| format!("{first}~"), |before| keys::part(first, before.at, &before.id));
        let query = self.partition_between(keys::conversation(id), first, keys::just_below(&last));
        self.parts(query.scan_index_forward(false), wanted, only_messages).await
    }

    /// Reads the first `wanted` parts that a query finds, if there are as many.
    pub(super) async fn parts(
        &self,
        query: QueryFluentBuilder,
        wanted: usize,
        only_messages: bool,
    ) -> Result<Vec<Part>, StoreError> {
        let mut query = query.consistent_read(true);
        if only_messages {
            query = query.filter_expression("kind = :message");
            query = query.expression_attribute_values(":message", AttributeValue::S("message".into()));
        }
        let (mut parts, mut examined, mut start) = (Vec::new(), wanted, None);
        loop {
            let limit = i32::try_from(examined).unwrap_or(i32::MAX);
            let answer = query.clone().limit(limit).set_exclusive_start_key(start).send().await;
            let answer = answer.map_err(StoreError::from_sdk)?;
            for item in answer.items.unwrap_or_default() {
                parts.push(record::<PartRecord>(item)?.into());
            }
            start = answer.last_evaluated_key;
            if parts.len() >= wanted || start.is_none() {
                parts.truncate(wanted);
                return Ok(parts);
            }
            // Thousands of such notes take a few calls, not one for every page of messages.
            examined = (examined * 4).min(MOST_AT_ONCE.max(wanted));
        }
    }

    /// Reads the oldest message that meets a condition.
    pub(crate) async fn first_message(
        &self,
        id: &ConversationId,
        meets: impl Fn(&Part) -> bool,
    ) -> Result<Option<Part>, StoreError> {
        let query = self.partition(keys::conversation(id), keys::PART).consistent_read(true);
        let (mut examined, mut start) = (10, None);
        loop {
            let answer = query.clone().limit(examined).set_exclusive_start_key(start).send().await;
            let answer = answer.map_err(StoreError::from_sdk)?;
            for item in answer.items.unwrap_or_default() {
                let part: Part = record::<PartRecord>(item)?.into();
                if part.kind == PartKind::Message && meets(&part) {
                    return Ok(Some(part));
                }
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(None);
            }
            examined = 1000;
        }
    }
}

/// Returns a note that an older version put among the messages, at its place among the notes. `None` for everything
/// else.
pub(crate) fn misplaced(item: &Item) -> Result<Option<Item>, StoreError> {
    if !text(item, "sk").starts_with(keys::PART) || text(item, "kind") != "note" {
        return Ok(None);
    }
    let part: Part = record::<PartRecord>(item.clone())?.into();
    let mut moved = item.clone();
    moved.insert("sk".into(), AttributeValue::S(part_place(&part)));
    Ok(Some(moved))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::history::Actor;

    fn part(at: i64, id: &str, kind: PartKind) -> Part {
        let (id, at) = (PartId::new(id).unwrap(), time(at));
        Part { id, kind, author: Actor::System, body: "b".into(), at }
    }

    #[test]
    fn a_note_among_messages_moves_and_everything_else_stays() {
        let conversation = ConversationId::new("c").unwrap();
        let note = part_item(&conversation, &part(1, "n", PartKind::Note)).unwrap();
        let mut old = note.clone();
        let place = keys::part(keys::PART, time(1), &PartId::new("n").unwrap());
        old.insert("sk".into(), AttributeValue::S(place));
        assert_eq!(misplaced(&old).unwrap(), Some(note.clone()));
        assert_eq!(misplaced(&note).unwrap(), None);
        assert_eq!(misplaced(&part_item(&conversation, &part(1, "m", PartKind::Message)).unwrap()).unwrap(), None);
    }

    #[test]
    fn no_page_ends_between_a_message_and_a_note_of_one_place() {
        let parts = || {
            vec![
                part(2, "b", PartKind::Message),
                part(1, "a", PartKind::Note),
                part(1, "a", PartKind::Message),
                part(0, "z", PartKind::Message),
            ]
        };
        let page = Thread::of(parts(), 2);
        assert_eq!(page.parts.len(), 3);
        assert_eq!(page.earlier, Some(PartPlace { at: time(1), id: PartId::new("a").unwrap() }));
        assert_eq!(Thread::of(parts(), 3).parts.len(), 3);
        assert_eq!(Thread::of(parts(), 4).earlier, None);
    }
}
