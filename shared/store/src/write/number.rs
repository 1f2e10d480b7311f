//! Ticket numbers. One counter hands them out. A number may be skipped but is never given out twice.

use crate::table::{Store, StoreError, key, keys};
use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata,
    types::{AttributeValue, ReturnValue},
};

impl Store {
    /// Returns a number that no ticket has.
    pub async fn next_number(&self) -> Result<u64, StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::SETTINGS, keys::NUMBER)))
            .update_expression("ADD handed_out :one")
            .expression_attribute_values(":one", AttributeValue::N("1".into()))
            .return_values(ReturnValue::UpdatedNew);
        let answer = update.send().await.map_err(StoreError::from_sdk)?;
        let last = answer.attributes.as_ref().and_then(|it| it.get("handed_out")?.as_n().ok()?.parse().ok());
        last.ok_or_else(|| StoreError::Corrupt {
            key: format!("{} {}", keys::SETTINGS, keys::NUMBER),
            why: "no number in it".into(),
        })
    }

    /// Skips every number up to `to`, because an import has used them.
    pub async fn skip_numbers(&self, to: u64) -> Result<(), StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::SETTINGS, keys::NUMBER)))
            .update_expression("SET handed_out = :to")
            .condition_expression("attribute_not_exists(handed_out) OR handed_out < :to")
            .expression_attribute_values(":to", AttributeValue::N(to.to_string()));
        match update.send().await {
            Err(error) if error.code() != Some("ConditionalCheckFailedException") => Err(StoreError::from_sdk(error)),
            _ => Ok(()),
        }
    }
}
