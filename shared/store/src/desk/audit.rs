//! Who looked at the portal as somebody else, and who changed which setting.

use crate::{
    record::{SettingsChange, Viewing, change, viewing},
    table::{Item, Store, StoreError, keys},
};
use domain::id::ContactId;

/// Viewings that are read back.
const VIEWINGS: i32 = 20;
/// Changes that are read back.
const CHANGES: i32 = 10;

impl Store {
    /// Who looked at the portal as this contact, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn viewings(&self, contact: &ContactId) -> Result<Vec<Viewing>, StoreError> {
        self.newest_lines(keys::contact(contact), VIEWINGS).await?.into_iter().map(viewing).collect()
    }

    /// Who changed which setting, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn settings_changes(&self) -> Result<Vec<SettingsChange>, StoreError> {
        self.newest_lines(keys::SETTINGS.into(), CHANGES).await?.into_iter().map(change).collect()
    }

    async fn newest_lines(&self, partition: String, limit: i32) -> Result<Vec<Item>, StoreError> {
        let query = self.partition(partition, keys::AUDIT).scan_index_forward(false).limit(limit);
        let answer = query.consistent_read(true).send().await.map_err(StoreError::from_sdk)?;
        Ok(answer.items.unwrap_or_default())
    }
}
