//! Lag: global secondary indexes follow the table, each item in a time of its own (AWS, "Using Global Secondary Indexes",
//! Data synchronization). Queries of an index are answered by a copy of the table, which gets what the stream tells up to a
//! second later. An engine on one machine has its indexes right at once.

use crate::TABLE;
use engine::{Engine, Item, Loader, Stream};
use serde_json::Value;
use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
    time::{Duration, Instant},
};
use store::Store;

/// How far an index is behind with some keys, and with others less, so that changes arrive in another order than they were made.
const MOST: Duration = Duration::from_secs(1);
/// So many parts of that time, one of which is a key's.
const PARTS: u32 = 5;

#[derive(Debug)]
pub(crate) struct Lag {
    /// What is written to the table.
    stream: Stream,
    /// What has the table as its indexes show it, of items that are in one.
    copy: Engine,
    loader: Loader,
    /// The keys of its items.
    copied: HashSet<Key>,
    /// What it does not have yet, and when it gets it. What was written first to a key comes first.
    behind: Vec<(Instant, Key, Item)>,
}

type Key = [String; 2];

impl Lag {
    /// Indexes that follow the table of this engine, which has nothing in it yet.
    pub(crate) async fn start(table: &Engine) -> Self {
        let (copy, loader) = Engine::memory_with_loader(engine::loopback(0)).await.unwrap();
        Store::at(&copy.endpoint(), TABLE).create_table().await.unwrap();
        Self { stream: table.stream(TABLE), copy, loader, copied: HashSet::new(), behind: Vec::new() }
    }

    /// Notes what has been written up to `now`.
    pub(crate) fn note(&mut self, now: Instant) {
        while let Some(event) = self.stream.read().unwrap() {
            for record in event["Records"].as_array().unwrap() {
                let [keys, image] = ["Keys", "NewImage"].map(|part| &record["dynamodb"][part]);
                let key = ["pk", "sk"].map(|name| keys[name]["S"].as_str().unwrap().to_owned());
                let is_indexed = image["view"].is_object();
                if is_indexed || self.copied.contains(&key) {
                    self.copied.insert(key.clone());
                    // Without a view it is in no index.
                    let item = serde_json::from_value(if is_indexed { image } else { keys }.clone()).unwrap();
                    self.behind.push((now + lag(&key), key, item));
                }
            }
        }
    }

    /// Where to send a request to that reads an index; `None` if it reads the table.
    pub(crate) fn reads(&mut self, asked: &Value, now: Instant) -> Option<String> {
        if !asked["IndexName"].is_string() || asked["TableName"] != TABLE {
            return None;
        }
        // Also what was written past the witness.
        self.note(now);
        self.arrive(Some(now));
        Some(self.copy.endpoint())
    }

    /// Brings the indexes up to date.
    pub(crate) fn settle(&mut self) {
        self.note(Instant::now());
        self.arrive(None);
    }

    /// Gives the copy what it has at a time; everything if there is none.
    fn arrive(&mut self, by: Option<Instant>) {
        let is_due = |due: Instant| by.is_none_or(|by| due <= by);
        // Of what was written to a key one after the other, the last.
        let due: HashMap<Key, Item> =
            self.behind.extract_if(.., |(due, ..)| is_due(*due)).map(|(_, key, item)| (key, item)).collect();
        self.loader.load(TABLE, due.into_values().collect()).unwrap();
    }
}

/// How far an index is behind with a key: the same in every run.
fn lag(key: &Key) -> Duration {
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(key);
    MOST * u32::try_from(hash % u64::from(PARTS)).unwrap() / (PARTS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    async fn ask(endpoint: &str, operation: &str, body: Value) -> Value {
        let request = reqwest::Client::new()
            .post(endpoint)
            .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
            .header("x-amz-date", "20261120T120000Z")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=local/20261120/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
            )
            .header("content-type", "application/x-amz-json-1.0");
        let answer = request.body(body.to_string()).send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    /// The items of the view, as its index shows them at a time.
    async fn seen(lag: &mut Lag, at: Instant) -> Vec<String> {
        let query = json!({"TableName": TABLE, "IndexName": "by-updated", "KeyConditionExpression": "#v = :v",
            "ExpressionAttributeNames": {"#v": "view"}, "ExpressionAttributeValues": {":v": {"S": "all"}}});
        let answer = ask(&lag.reads(&query, at).unwrap(), "Query", query).await;
        answer["Items"].as_array().unwrap().iter().map(|it| it["pk"]["S"].as_str().unwrap().to_owned()).collect()
    }

    #[tokio::test]
    async fn each_item_is_in_an_index_and_gone_from_it_in_a_time_of_its_own() {
        let table = Engine::memory(engine::loopback(0)).await.unwrap();
        Store::at(&table.endpoint(), TABLE).create_table().await.unwrap();
        let mut lag = Lag::start(&table).await;
        let key = |n: u32| [n.to_string(), "row".to_owned()];
        let of = |parts: u32| (0..).map(key).find(|key| super::lag(key) == MOST * parts / (PARTS - 1)).unwrap();
        let (early, late) = (of(1), of(PARTS - 1));
        let put = async |[pk, sk]: &Key, more: Value| {
            let mut item = json!({"pk": {"S": pk}, "sk": {"S": sk}});
            item.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            ask(&table.endpoint(), "PutItem", json!({"TableName": TABLE, "Item": item})).await;
        };
        let viewed = |by: &str| json!({"view": {"S": "all"}, "by_updated": {"S": by}});

        let written = Instant::now();
        put(&late, viewed("1")).await;
        put(&early, viewed("2")).await;
        assert_eq!(seen(&mut lag, written).await, [""; 0]);
        assert_eq!(seen(&mut lag, written + MOST / 2).await, [early[0].clone()], "the last comes first");
        assert_eq!(seen(&mut lag, written + MOST).await, [late[0].clone(), early[0].clone()]);

        let removed = written + 2 * MOST;
        put(&late, json!({})).await;
        put(&early, viewed("0")).await;
        assert_eq!(seen(&mut lag, removed).await, [late[0].clone(), early[0].clone()], "as they were");
        let gone = json!({"TableName": TABLE, "Key": {"pk": {"S": early[0]}, "sk": {"S": early[1]}}});
        ask(&table.endpoint(), "DeleteItem", gone).await;
        assert_eq!(seen(&mut lag, removed + MOST / 2).await, [early[0].clone(), late[0].clone()]);
        lag.settle();
        assert_eq!(seen(&mut lag, removed).await, [""; 0]);
    }
}
