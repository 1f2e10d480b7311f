//! Ticket numbers: one counter hands them out. A number may be skipped, and is never given twice.
//!
//! Imported numbers from [`AFAR`] on leave the counter where it is: an export that writes 2^53 - 1 for "no number" would
//! otherwise use up all numbers with one line. The counter itself never gets that far.

use crate::table::{Item, Store, StoreError, key, keys};
use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata,
    operation::update_item::builders::UpdateItemFluentBuilder,
    types::{AttributeValue, ReturnValue},
};
use domain::limit::LARGEST_NUMBER;

/// Half of all numbers.
const AFAR: u64 = 1 << 52;

impl Store {
    /// Returns a number that no ticket has.
    pub async fn next_number(&self) -> Result<u64, StoreError> {
        // Twice: an earlier version's import may have put the counter where numbers have ended.
        for _ in 0..2 {
            let update = self
                .counter()
                .update_expression("ADD handed_out :one")
                .expression_attribute_values(":one", AttributeValue::N("1".into()))
                .return_values(ReturnValue::UpdatedNew);
            let answer = update.send().await.map_err(StoreError::from_sdk)?;
            if let Some(number) = answer.attributes.as_ref().and_then(number).filter(|it| *it <= LARGEST_NUMBER) {
                return Ok(number);
            }
            let largest = AttributeValue::N(LARGEST_NUMBER.to_string());
            let update = self.counter().expression_attribute_values(":largest", largest);
            self.set_counter(update, AFAR, "handed_out > :largest").await?;
        }
        Err(StoreError::Corrupt { key: format!("{} {}", keys::SETTINGS, keys::NUMBER), why: "no number in it".into() })
    }

    /// Skips every number up to the largest of these, which an import has brought.
    pub async fn skip_numbers(&self, brought: impl IntoIterator<Item = u64>) -> Result<(), StoreError> {
        let Some(to) = brought.into_iter().filter(|it| *it < AFAR).max() else { return Ok(()) };
        self.set_counter(self.counter(), to, "attribute_not_exists(handed_out) OR handed_out < :to").await
    }

    fn counter(&self) -> UpdateItemFluentBuilder {
        self.client.update_item().table_name(&self.table).set_key(Some(key(keys::SETTINGS, keys::NUMBER)))
    }

    /// Puts the counter at `to`, if it meets the condition.
    async fn set_counter(&self, update: UpdateItemFluentBuilder, to: u64, condition: &str) -> Result<(), StoreError> {
        let update = update
            .update_expression("SET handed_out = :to")
            .condition_expression(condition)
            .expression_attribute_values(":to", AttributeValue::N(to.to_string()));
        match update.send().await {
            Err(error) if error.code() != Some("ConditionalCheckFailedException") => Err(StoreError::from_sdk(error)),
            _ => Ok(()),
        }
    }
}

fn number(item: &Item) -> Option<u64> {
    item.get("handed_out")?.as_n().ok()?.parse().ok()
}
