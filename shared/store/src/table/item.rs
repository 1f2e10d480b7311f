//! Items, and the records in them. Each kind of item has one struct. The keys are added beside it and ignored when
//! reading.

use super::{
    error::{StoreError, partition_kind},
    value::fields,
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::timestamp::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use std::collections::HashMap;

pub(crate) type Item = HashMap<String, AttributeValue>;

/// Returns the item for `record` under its primary key.
pub(crate) fn item(pk: String, sk: String, record: &impl Serialize) -> Result<Item, StoreError> {
    let mut item = attributes(&pk, record)?;
    item.insert("pk".into(), AttributeValue::S(pk));
    item.insert("sk".into(), AttributeValue::S(sk));
    Ok(item)
}

/// Returns the attributes of the item for `record` in a partition, without its primary key.
pub(crate) fn attributes(pk: &str, record: &impl Serialize) -> Result<Item, StoreError> {
    let mut item: Item = serde_dynamo::to_item(record).map_err(|_| StoreError::unmade(partition_kind(pk)))?;
    // Absent and null mean the same, and absent is cheaper.
    item.retain(|_, value| !matches!(value, AttributeValue::Null(_)));
    Ok(item)
}

/// Reads the record in an item.
pub(crate) fn record<T: DeserializeOwned>(mut item: Item) -> Result<T, StoreError> {
    let key = ["pk", "sk"].map(|name| item.remove(name));
    T::deserialize(fields(item)).map_err(|error| {
        let [pk, sk] = key.map(|it| it.and_then(|it| it.as_s().ok().cloned()).unwrap_or_default());
        StoreError::Corrupt { key: format!("{pk} {sk}"), why: error.to_string() }
    })
}

/// Returns a string attribute, or an empty string.
pub(crate) fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item.get(name).and_then(|value| value.as_s().ok()).map_or("", String::as_str)
}

/// Returns a whole number, unless there is none.
pub(crate) fn number(item: &Item, name: &str) -> Option<i64> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

/// Converts a stored time. Only valid times are written, so the fallback is never used.
pub(crate) fn time(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap_or(Timestamp::EPOCH)
}
