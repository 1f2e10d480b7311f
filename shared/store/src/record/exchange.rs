//! What turns and lists need to know of a conversation's messages, as tickets and conversations without one store it.

use super::actor::ActorRecord;
use crate::table::{Attribute, time};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::turn::{Exchange, LastMessage};
use serde::{Deserialize, Serialize};

/// The attribute with the time of the last message, in milliseconds.
pub(crate) const SAID: &str = "said";
/// That of the oldest message that waits for an answer.
pub(crate) const UNANSWERED: &str = "unanswered";
/// All attributes of an exchange, each of which can be absent.
pub(crate) const EXCHANGE: [&str; 3] = [SAID, UNANSWERED, "last"];

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ExchangeRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) said: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) unanswered: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last: Option<LastRecord>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct LastRecord {
    by: ActorRecord,
    text: String,
}

impl From<&Exchange> for ExchangeRecord {
    fn from(exchange: &Exchange) -> Self {
        let last = exchange.last.as_ref();
        Self {
            said: last.map(|last| last.at.millis()),
            unanswered: exchange.unanswered_since.map(|since| since.millis()),
            last: last.map(|last| LastRecord { by: (&last.author).into(), text: last.text.clone() }),
        }
    }
}

impl From<ExchangeRecord> for Exchange {
    fn from(record: ExchangeRecord) -> Self {
        let last = record.last.zip(record.said);
        Self {
            unanswered_since: record.unanswered.map(time),
            last: last.map(|(LastRecord { by, text }, at)| LastMessage { author: by.into(), text, at: time(at) }),
        }
    }
}

/// Returns what a write demands that goes by an exchange: that nothing has been said since.
pub(crate) fn nothing_said_since(exchange: &Exchange) -> [Attribute<'static>; 2] {
    let number = |at: domain::timestamp::Timestamp| AttributeValue::N(at.millis().to_string());
    [(SAID, exchange.last.as_ref().map(|last| number(last.at))), (UNANSWERED, exchange.unanswered_since.map(number))]
}
