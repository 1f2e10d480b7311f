//! Requests that must take effect only once, however often they are sent. The outcome is stored in the request's own
//! transaction.

use crate::table::{Item, Store, StoreError, Transaction, WriteError, item, key, keys, record};
use domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a request is remembered.
const MEMORY: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A request with a key that its sender chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// Whose key it is, and for what kind of request. Keys of different senders are independent.
    pub of: String,
    /// The key that the sender chose.
    pub key: String,
    /// Identifies the content, to tell whether a second request with this key is the same one.
    pub fingerprint: String,
    /// When the request is sent.
    pub at: Timestamp,
}

/// A request that was carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The fingerprint of that request.
    pub fingerprint: String,
    /// What the request created.
    pub outcome: String,
}

#[derive(Serialize)]
struct Record<'a> {
    fingerprint: &'a str,
    outcome: &'a str,
    /// When DynamoDB may delete the record, in seconds since 1970.
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
    /// Stores the outcome of a request. The whole transaction fails as repeated if the request was carried out before.
    pub(crate) fn once(&mut self, once: &Once, outcome: &str) -> Result<(), StoreError> {
        self.create(once.item(outcome)?, WriteError::Repeated)
    }
}

impl Store {
    /// Reads the outcome of this request, if it was carried out before.
    pub async fn done(&self, once: &Once) -> Result<Option<Done>, StoreError> {
        let found = self.get_all(vec![key(keys::request(&once.of, &once.key), keys::REQUEST)]).await?;
        found.into_iter().next().map(record).transpose()
    }
}
