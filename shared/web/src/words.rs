//! What somebody says in a conversation, once: the client names each thing said, and sends it again when the answer got
//! lost.

use crate::{App, Problem, params::invalid};
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{conversation::PartKind, id::ConversationId, limit};
use lambda_http::http::StatusCode;
use serde::Deserialize;
use store::Once;

/// Characters of a client's id.
const LONGEST_ID: usize = 64;

/// What is said (api.md).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Plain text.
    pub body: String,
    /// The client's name for it.
    pub client_id: String,
}

impl Words {
    /// The request, as it must happen once; `speaker` tells people apart whose clients chose the same id.
    ///
    /// # Errors
    /// 400 `invalid_body` for words that are blank, too long or without an id.
    pub fn once(&self, app: &App, to: &ConversationId, speaker: &str, kind: PartKind) -> Result<Once, Problem> {
        let refuse = |why: String| invalid("invalid_body", format!("The body is not what it should be: {why}."));
        limit::demand(!self.body.trim().is_empty(), || "body is blank".into()).map_err(refuse)?;
        limit::text("body", &self.body).map_err(refuse)?;
        let fits = (1..=LONGEST_ID).contains(&self.client_id.chars().count());
        limit::demand(fits, || format!("client_id has 1 to {LONGEST_ID} characters")).map_err(refuse)?;
        let kind: &[u8] = if kind == PartKind::Note { b"note" } else { b"message" };
        Ok(Once {
            of: format!("conversation {to} {speaker}"),
            key: self.client_id.clone(),
            fingerprint: fingerprint(&[kind, self.body.as_bytes()]),
            at: app.clock.now(),
        })
    }
}

/// Tells requests apart: SHA-256 over the parts, each with its length.
#[must_use]
pub fn fingerprint(parts: &[&[u8]]) -> String {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend(*part);
    }
    URL_SAFE_NO_PAD.encode(digest(&SHA256, &bytes))
}

/// What the request came to when it was carried out before.
///
/// # Errors
/// 422 `idempotency_key_reused` when the key came with another request; 503 when DynamoDB cannot be read.
pub async fn before(app: &App, once: &Once) -> Result<Option<String>, Problem> {
    match app.store.done(once).await? {
        Some(done) if done.fingerprint != once.fingerprint => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency_key_reused",
            "This key came with another request before. Use a new one for each.",
        )),
        done => Ok(done.map(|done| done.outcome)),
    }
}
