//! Messages as clients send them. The client gives each an id of its own and sends it again when the answer was lost;
//! the message is added only once.

use crate::{Portal, once::fingerprint};
use domain::{conversation::PartKind, id::ConversationId, limit};
use serde::Deserialize;
use store::Once;

/// In characters.
const LONGEST_ID: usize = 64;

/// A message or note that somebody wants to add.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Plain text.
    pub body: String,
    /// The client's id for it, 1 to 64 characters.
    pub client_id: String,
}

/// Why a message cannot be accepted, such as "body is blank".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unsayable(pub String);

impl Message {
    /// Checks the message.
    ///
    /// # Errors
    /// [`Unsayable`] for a message that is blank, too long or without an id.
    pub(crate) fn check(&self) -> Result<(), Unsayable> {
        limit::body("body", &self.body).map_err(Unsayable)?;
        let fits = (1..=LONGEST_ID).contains(&self.client_id.chars().count());
        limit::demand(fits, || format!("client_id has 1 to {LONGEST_ID} characters")).map_err(Unsayable)
    }

    /// Checks the message and makes the record by which it is added only once. `speaker` keeps apart people whose
    /// clients chose the same id.
    ///
    /// # Errors
    /// [`Unsayable`] for a message that is blank, too long or without an id.
    pub(crate) fn once(
        &self,
        portal: &Portal,
        to: &ConversationId,
        speaker: &str,
        kind: PartKind,
    ) -> Result<Once, Unsayable> {
        self.check()?;
        let kind: &[u8] = if kind == PartKind::Note { b"note" } else { b"message" };
        Ok(Once {
            of: format!("conversation {to} {speaker}"),
            key: self.client_id.clone(),
            fingerprint: fingerprint(&[kind, self.body.as_bytes()]),
            at: portal.clock.now(),
        })
    }
}
