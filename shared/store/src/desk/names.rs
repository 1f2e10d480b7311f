//! Companies and people in the order of their names.

use crate::{
    record::{Listed, Names},
    table::{Store, StoreError, key, record, text},
};

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamesPage {
    /// In order.
    pub entries: Vec<Listed>,
    /// Where the next page goes on, if there is one.
    pub next: Option<String>,
}

impl Store {
    /// A page of the entries whose names begin with `prefix`, whatever the case.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn names(
        &self,
        list: Names,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<NamesPage, StoreError> {
        let query = self.partition(list.partition(), &prefix.to_lowercase());
        let start = after.map(|place| key(list.partition(), place));
        let limit = i32::try_from(limit).unwrap_or(i32::MAX);
        let answer = query.set_exclusive_start_key(start).limit(limit).send().await.map_err(StoreError::from_sdk)?;
        let next = answer.last_evaluated_key.map(|key| text(&key, "sk").to_owned());
        let entries = answer.items.unwrap_or_default().into_iter().map(record);
        Ok(NamesPage { entries: entries.collect::<Result<_, _>>()?, next })
    }
}
