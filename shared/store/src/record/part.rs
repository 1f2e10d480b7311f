//! The messages and notes of a conversation.

use super::actor::ActorRecord;
use crate::table::{Store, StoreError, keys, record, time};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use domain::{
    conversation::{Part, PartKind},
    id::{ConversationId, PartId},
    timestamp::Timestamp,
};
use serde::{Deserialize, Serialize};

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

impl Store {
    /// Starts a query for the parts before a place, newest first.
    pub(crate) fn parts(&self, id: &ConversationId, before: Option<&PartPlace>) -> QueryFluentBuilder {
        let last = before.map_or_else(|| format!("{}~", keys::PART), |at| keys::part(at.at, &at.id));
        self.partition_between(keys::conversation(id), keys::PART, keys::just_below(&last))
            .scan_index_forward(false)
            .consistent_read(true)
    }

    /// Reads the first `limit` parts that a query of [`Self::parts`] finds.
    pub(crate) async fn newest_parts(&self, query: QueryFluentBuilder, limit: usize) -> Result<Thread, StoreError> {
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
}
