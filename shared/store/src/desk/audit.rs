//! Who viewed the portal as somebody else, and who changed which setting.

use crate::{
    record::{SettingsChange, Viewing, change, viewing},
    table::{Item, Store, StoreError, keys},
};
use domain::id::ContactId;

/// Maximum number of viewings to read.
const VIEWINGS: i32 = 20;
/// Maximum number of settings changes to read.
const CHANGES: i32 = 10;

impl Store {
    /// Reads who viewed the portal as this contact, newest first.
    pub async fn viewings(&self, contact: &ContactId) -> Result<Vec<Viewing>, StoreError> {
        self.newest_lines(keys::contact(contact), VIEWINGS).await?.into_iter().map(viewing).collect()
    }

    /// Reads who changed which setting, newest first.
    pub async fn settings_changes(&self) -> Result<Vec<SettingsChange>, StoreError> {
        self.newest_lines(keys::SETTINGS.into(), CHANGES).await?.into_iter().map(change).collect()
    }

    async fn newest_lines(&self, partition: String, limit: i32) -> Result<Vec<Item>, StoreError> {
        let query = self.partition(partition, keys::AUDIT).scan_index_forward(false).limit(limit);
        let answer = query.consistent_read(true).send().await.map_err(StoreError::from_sdk)?;
        Ok(answer.items.unwrap_or_default())
    }
}
