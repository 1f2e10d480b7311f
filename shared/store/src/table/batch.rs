//! Reads and writes of many items. What DynamoDB leaves unprocessed is requested again.

use super::{connect::Store, error::StoreError, item::Item, pause::Attempts};
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, KeysAndAttributes, PutRequest, WriteRequest};
use futures::{StreamExt, TryStreamExt, stream};
use std::collections::HashMap;

/// Batches of reads that are sent at the same time.
const READS_AT_ONCE: usize = 8;
/// Batches of writes that are sent at the same time.
const AT_ONCE: usize = 4;

impl Store {
    /// Reads the items that exist under `keys`, consistently and in no particular order. Chunks of 100 keys are read in
    /// parallel, a few at a time.
    pub(crate) async fn get_all(&self, keys: Vec<HashMap<String, AttributeValue>>) -> Result<Vec<Item>, StoreError> {
        self.get(keys, true, None).await
    }

    /// Like [`Self::get_all`], but with these attributes alone. That makes the answer smaller, not cheaper.
    pub(crate) async fn get_all_of(
        &self,
        keys: Vec<HashMap<String, AttributeValue>>,
        attributes: &[&str],
    ) -> Result<Vec<Item>, StoreError> {
        self.get(keys, true, Some(&attributes.join(", "))).await
    }

    /// Like [`Self::get_all`] at half the price, but possibly a moment out of date.
    pub(crate) async fn get_all_cheaply(
        &self,
        keys: Vec<HashMap<String, AttributeValue>>,
    ) -> Result<Vec<Item>, StoreError> {
        self.get(keys, false, None).await
    }

    async fn get(
        &self,
        keys: Vec<HashMap<String, AttributeValue>>,
        consistent: bool,
        attributes: Option<&str>,
    ) -> Result<Vec<Item>, StoreError> {
        let chunks: Vec<Vec<_>> = keys.chunks(100).map(<[_]>::to_vec).collect();
        let answers: Vec<_> = chunks.into_iter().map(|chunk| self.get_chunk(chunk, consistent, attributes)).collect();
        stream::iter(answers).buffer_unordered(READS_AT_ONCE).try_concat().await
    }

    async fn get_chunk(
        &self,
        keys: Vec<HashMap<String, AttributeValue>>,
        consistent: bool,
        attributes: Option<&str>,
    ) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::with_capacity(keys.len());
        let mut keys = Some(keys);
        let mut attempts = Attempts::new("a batch of reads stays unprocessed");
        loop {
            let asked = KeysAndAttributes::builder().set_keys(keys.take()).consistent_read(consistent);
            let asked = asked.set_projection_expression(attributes.map(str::to_owned)).build();
            let asked = asked.map_err(StoreError::unbuilt)?;
            let answer = self.client.batch_get_item().request_items(&self.table, asked).send().await;
            let answer = answer.map_err(StoreError::from_sdk)?;
            items.extend(answer.responses.into_iter().flatten().flat_map(|(_, found)| found));
            keys = answer.unprocessed_keys.and_then(|mut rest| rest.remove(&self.table)).map(|rest| rest.keys);
            if keys.as_ref().is_none_or(Vec::is_empty) {
                return Ok(items);
            }
            attempts.another().await?;
        }
    }

    /// Puts all `items`, replacing any that exist.
    pub(crate) async fn put_all(&self, items: Vec<Item>) -> Result<(), StoreError> {
        let puts = items.into_iter().map(|item| {
            let put = PutRequest::builder().set_item(Some(item)).build();
            Ok(WriteRequest::builder().put_request(put.map_err(StoreError::unbuilt)?).build())
        });
        self.write_all(puts.collect::<Result<_, StoreError>>()?).await
    }

    /// Deletes the items under these keys.
    pub(crate) async fn delete_all(&self, keys: Vec<HashMap<String, AttributeValue>>) -> Result<(), StoreError> {
        let deletes = keys.into_iter().map(|key| {
            let delete = DeleteRequest::builder().set_key(Some(key)).build();
            Ok(WriteRequest::builder().delete_request(delete.map_err(StoreError::unbuilt)?).build())
        });
        self.write_all(deletes.collect::<Result<_, StoreError>>()?).await
    }

    async fn write_all(&self, writes: Vec<WriteRequest>) -> Result<(), StoreError> {
        let chunks: Vec<Vec<_>> = writes.chunks(25).map(<[_]>::to_vec).collect();
        let writes = chunks.into_iter().map(|chunk| self.write_chunk(chunk));
        stream::iter(writes).buffer_unordered(AT_ONCE).try_collect().await
    }

    async fn write_chunk(&self, mut writes: Vec<WriteRequest>) -> Result<(), StoreError> {
        let mut attempts = Attempts::new("a batch of writes stays unprocessed");
        loop {
            let answer = self.client.batch_write_item().request_items(&self.table, writes).send().await;
            let rest = answer.map_err(StoreError::from_sdk)?.unprocessed_items;
            writes = rest.and_then(|mut rest| rest.remove(&self.table)).unwrap_or_default();
            if writes.is_empty() {
                return Ok(());
            }
            attempts.another().await?;
        }
    }
}
