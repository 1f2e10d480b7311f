//! Who looked at the portal as somebody else. For teammates, on the contact's page.

use crate::{
    Store, StoreError,
    item::{ActorRecord, item, record},
    keys,
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{history::Actor, id::ContactId, timestamp::Timestamp};
use serde::{Deserialize, Serialize};

/// Entries that are read back.
const SHOWN: i32 = 20;

/// Somebody looked at the portal as this contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewing {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
}

#[derive(Serialize, Deserialize)]
struct Record {
    at: i64,
    by: ActorRecord,
}

impl Store {
    /// Records that a teammate looks at the portal as this contact. `mark` tells those of the same millisecond apart.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be written.
    pub async fn record_viewing(&self, contact: &ContactId, viewing: &Viewing, mark: &str) -> Result<(), StoreError> {
        let record = Record { at: viewing.at.millis(), by: (&viewing.by).into() };
        self.put_all(vec![item(keys::contact(contact), keys::audit(viewing.at, mark), &record)?]).await
    }

    /// Who looked at the portal as this contact, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn viewings(&self, contact: &ContactId) -> Result<Vec<Viewing>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :audit)")
            .expression_attribute_values(":pk", AttributeValue::S(keys::contact(contact)))
            .expression_attribute_values(":audit", AttributeValue::S(keys::AUDIT.into()))
            .scan_index_forward(false)
            .limit(SHOWN)
            .consistent_read(true);
        let items = query.send().await.map_err(StoreError::from_sdk)?.items.unwrap_or_default();
        let viewing =
            |it: Record| Viewing { at: Timestamp::from_millis(it.at).unwrap_or(Timestamp::EPOCH), by: it.by.into() };
        items.into_iter().map(|item| record(item).map(viewing)).collect()
    }
}
