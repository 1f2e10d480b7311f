//! What the scenarios do not tell: conversations that nobody has made a ticket of, and an answer that is new.

use super::{
    calendar::{MINUTE, timestamp},
    cast::Cast,
    file::{Unreadable, read},
};
use serde::Deserialize;
use serde_json::{Value, json};
use serde_yaml_ng::with::singleton_map_recursive;

/// `local/demo/conversations.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversations {
    unlinked: Vec<Unlinked>,
    /// What a teammate says when the data has been loaded.
    pub answer: Answer,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unlinked {
    /// The contact who began it.
    by: String,
    minutes_ago: i64,
    #[serde(with = "singleton_map_recursive")]
    parts: Vec<Said>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Said {
    Them(String),
    Us(String),
}

/// A message of a teammate's that waits for an answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    pub by: String,
    /// The contact, whose newest ticket in progress it is about.
    pub to: String,
    pub says: String,
}

impl Conversations {
    /// # Errors
    /// [`Unreadable`] when the file has a mistake.
    pub fn read() -> Result<Self, Unreadable> {
        read!("conversations.yaml")
    }

    /// The import lines of the conversations without a ticket.
    pub fn lines<'a>(&'a self, cast: &'a Cast, now: i64) -> impl Iterator<Item = Value> + 'a {
        self.unlinked.iter().enumerate().map(move |(nth, it)| {
            let began = now - it.minutes_ago * MINUTE;
            let parts = it.parts.iter().zip(0..).map(|(said, minute)| {
                let (author, body) = match said {
                    Said::Them(body) => (json!({"contact": it.by}), body),
                    Said::Us(body) => (json!({"teammate": cast.teammates.first().map(|it| &it.id)}), body),
                };
                json!({"id": format!("p-unlinked-{nth}-{minute}"), "type": "message", "author": author, "body": body,
                    "at": timestamp(began + 3 * minute * MINUTE).to_string()})
            });
            json!({"kind": "conversation", "id": format!("c-unlinked-{nth}"), "participants": [it.by],
                "parts": parts.collect::<Vec<_>>()})
        })
    }
}
