//! Requests that must happen once, however often they are sent: what one came to is remembered in its own transaction.

use crate::table::{Item, Store, StoreError, Transaction, WriteError, item, key, keys, record};
use domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a request is remembered.
const MEMORY: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A request with a key that its sender chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// Whose key it is, and for what: keys of different senders have nothing to do with each other.
    pub of: String,
    /// The sender's key.
    pub key: String,
    /// Tells whether it is the same request.
    pub fingerprint: String,
    /// When it is sent.
    pub at: Timestamp,
}

/// What a request came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Of the request that was carried out.
    pub fingerprint: String,
    /// What it made.
    pub outcome: String,
}

#[derive(Serialize)]
struct Record<'a> {
    fingerprint: &'a str,
    outcome: &'a str,
    /// Seconds since 1970, by which DynamoDB deletes it.
    expires: i64,
}

impl Once {
    fn item(&self, outcome: &str) -> Result<Item, StoreError> {
        let expires = self.at.plus(MEMORY).seconds();
        let record = Record { fingerprint: &self.fingerprint, outcome, expires };
        item(keys::request(&self.of, &self.key), keys::REQUEST.into(), &record)
    }
}

impl Transaction<'_> {
    /// Remembers what a request came to; nothing is written when it was carried out before.
    pub(crate) fn once(&mut self, once: &Once, outcome: &str) -> Result<(), StoreError> {
        self.create(once.item(outcome)?, WriteError::Repeated)
    }
}

impl Store {
    /// What this request came to, if it was carried out before.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn done(&self, once: &Once) -> Result<Option<Done>, StoreError> {
        let found = self.get_all(vec![key(keys::request(&once.of, &once.key), keys::REQUEST)]).await?;
        found.into_iter().next().map(record).transpose()
    }
}
