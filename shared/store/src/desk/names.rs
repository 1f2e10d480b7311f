//! Companies and people, in the order of their names.

use crate::{
    record::{Listed, Names},
    table::{Store, StoreError, key, record, text},
};

/// A page of a list of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamesPage {
    /// In the order of their names.
    pub entries: Vec<Listed>,
    /// Where the next page starts, if there is one.
    pub next: Option<String>,
}

impl Store {
    /// Reads a page of the entries whose names begin with `prefix`, ignoring case.
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
