//! From an event of the table's stream to the function that reads it, and to the records that it could not deal with
//! (Lambda's partial batch response). The Lambda runtime, `cargo run` and the tests all come through here.

use super::telemetry::{self, Fed, Init};
use domain::timestamp::Timestamp;
use futures::{StreamExt, future::BoxFuture, stream};
use lambda_http::{
    Error, LambdaEvent,
    lambda_runtime::{self, service_fn},
};
use portal::Clock;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};
use store::{Store, StoreError};

/// Partitions that are worked on at the same time.
const AT_ONCE: usize = 8;

/// A function that reads the table's stream.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    /// The name of its crate.
    pub name: &'static str,
    /// Deals with an item that was written. It is told once of several writes in a batch, and may be told again.
    pub take: for<'a> fn(&'a Store, &'a Key) -> BoxFuture<'a, Result<(), StoreError>>,
}

/// The key of an item that was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub pk: String,
    pub sk: String,
}

#[derive(Debug, Deserialize)]
struct Record {
    dynamodb: Change,
}

#[derive(Debug, Deserialize)]
struct Change {
    #[serde(rename = "Keys")]
    keys: Keys,
    /// Seconds since 1970.
    #[serde(rename = "ApproximateCreationDateTime", default)]
    at: f64,
}

#[derive(Debug, Deserialize)]
struct Keys {
    pk: Text,
    sk: Text,
}

#[derive(Debug, Deserialize)]
struct Text {
    #[serde(rename = "S")]
    text: String,
}

/// Runs `reader` until Lambda ends the process. It needs the table's name, and none of the keys of other functions.
///
/// # Errors
/// When the table has no name, or the Runtime API cannot be reached.
pub async fn run(reader: Reader) -> Result<(), Error> {
    let mut init = Init::begin();
    telemetry::start("info");
    telemetry::quiet_panics();
    let table = std::env::var("TABLE_NAME").inspect_err(|_| tracing::error!("cannot start: TABLE_NAME is not set"))?;
    init.configured();
    let store = Store::connect_deployed(table);
    init.connected();
    store.warm_up().await;
    init.done();
    let store = &store;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        let id = event.context.request_id.clone();
        Ok::<_, Error>(answer(reader, store, &Clock::System, &id, &event.payload).await)
    }))
    .await
}

/// Has a batch of the stream read, and tells which of its records have to be sent again. One that cannot be dealt with
/// keeps none of the others back.
pub async fn answer(reader: Reader, store: &Store, clock: &Clock, invocation: &str, event: &Value) -> Value {
    let began = Instant::now();
    let records = event.get("Records").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut failed: Vec<String> = Vec::new();
    // The items of each partition, one after another; and the numbers of the records that say so.
    let mut partitions: BTreeMap<String, BTreeMap<Key, Vec<String>>> = BTreeMap::new();
    let mut oldest: Option<Timestamp> = None;
    for record in records {
        let number = record.pointer("/dynamodb/SequenceNumber").and_then(Value::as_str).unwrap_or_default();
        match Record::deserialize(record) {
            Ok(Record { dynamodb: Change { keys, at } }) => {
                #[expect(clippy::cast_possible_truncation, reason = "a time that is no time is none")]
                let at = Timestamp::from_millis((at * 1000.0) as i64);
                oldest = oldest.into_iter().chain(at).min();
                let key = Key { pk: keys.pk.text, sk: keys.sk.text };
                partitions.entry(key.pk.clone()).or_default().entry(key).or_default().push(number.to_owned());
            }
            Err(_) => {
                tracing::error!(requestId = invocation, kind = "a record that cannot be read", "broken");
                failed.push(number.to_owned());
            }
        }
    }
    let each = partitions.into_values().map(|keys| take_all(reader, store, invocation, keys));
    let work = stream::iter(each.collect::<Vec<_>>()).buffer_unordered(AT_ONCE).concat();
    let (more, usage) = store::metered(reader.name, work).await;
    let broken = failed.len() + more.iter().filter(|(is_busy, _)| !is_busy).count();
    failed.extend(more.into_iter().map(|(_, number)| number));
    let now = clock.now();
    let lag = oldest.map_or(0, |oldest| now.millis().saturating_sub(oldest.millis()).max(0));
    telemetry::fed(
        reader.name,
        now,
        invocation,
        Fed { records: records.len(), failed: failed.len(), broken, lag_ms: lag, took: began.elapsed(), usage },
    );
    let failed: BTreeSet<_> = failed.into_iter().collect();
    json!({"batchItemFailures": failed.iter().map(|number| json!({"itemIdentifier": number})).collect::<Vec<_>>()})
}

/// Has the items of a partition dealt with, one after another. Returns the numbers of the records that say of one which
/// could not be, each with whether trying again may help.
fn take_all<'a>(
    reader: Reader,
    store: &'a Store,
    invocation: &'a str,
    keys: BTreeMap<Key, Vec<String>>,
) -> BoxFuture<'a, Vec<(bool, String)>> {
    Box::pin(async move {
        let mut failed = Vec::new();
        for (key, numbers) in keys {
            if let Err(error) = (reader.take)(store, &key).await {
                let message = if error.is_busy() { "busy" } else { "broken" };
                tracing::error!(requestId = invocation, kind = error.kind(), error = error.for_log(), message);
                failed.extend(numbers.into_iter().map(|number| (error.is_busy(), number)));
            }
        }
        failed
    })
}
