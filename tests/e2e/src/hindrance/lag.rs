//! Lag: an index follows the table, and so does every read that is not consistent.

use super::{operation, respond, send};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Response},
};
use engine::Engine;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use store::Store;
use tokio::net::TcpListener;

/// A proxy that answers reads of an index, and reads that are not consistent, from a copy of the table. The copy stays
/// as it is until it is told to catch up.
#[derive(Debug)]
pub struct Lag {
    /// Where it answers.
    pub endpoint: String,
    way: Way,
    _copy: Engine,
}

#[derive(Debug, Clone)]
struct Way {
    table: String,
    copy: String,
    client: reqwest::Client,
    /// Writes that the copy does not have yet.
    behind: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
}

impl Lag {
    /// A proxy to the engine at `table`, with a copy of what is in it now.
    pub async fn start(table: &str) -> Self {
        let copy = Engine::memory(engine::loopback(0)).await.unwrap();
        Store::at(&copy.endpoint(), "tickets").create_table().await.unwrap();
        let way =
            Way { table: table.into(), copy: copy.endpoint(), client: reqwest::Client::new(), behind: Arc::default() };
        let mut start = Value::Null;
        loop {
            let mut scan = json!({"TableName": "tickets", "ConsistentRead": true});
            if !start.is_null() {
                scan["ExclusiveStartKey"] = start;
            }
            let page = way.ask(&way.table, "Scan", &scan).await;
            for item in page["Items"].as_array().unwrap() {
                way.ask(&way.copy, "PutItem", &json!({"TableName": "tickets", "Item": item})).await;
            }
            start = page["LastEvaluatedKey"].clone();
            if start.is_null() {
                break;
            }
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(forward).with_state(way.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { endpoint, way, _copy: copy }
    }

    /// Brings the copy up to date.
    pub async fn catch_up(&self) {
        let behind = std::mem::take(&mut *self.way.behind.lock().unwrap());
        for (headers, body) in behind {
            let (status, answer) = send(&self.way.client, &self.way.copy, &headers, body).await;
            assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
        }
    }
}

impl Way {
    async fn ask(&self, engine: &str, operation: &str, body: &Value) -> Value {
        let request = self.client.post(engine).header("x-amz-target", format!("DynamoDB_20120810.{operation}"));
        let request = request.header("content-type", "application/x-amz-json-1.0");
        let request = request.header("x-amz-date", "20261120T120000Z").header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=local/20261120/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
        );
        let answer = request.body(body.to_string()).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }
}

/// Whether this is a read that may be behind.
fn may_lag(operation: &str, request: &Value) -> bool {
    match operation {
        "Query" | "Scan" | "GetItem" => request["ConsistentRead"] != true,
        "BatchGetItem" => {
            let tables = request["RequestItems"].as_object();
            tables.into_iter().flat_map(|it| it.values()).all(|table| table["ConsistentRead"] != true)
        }
        _ => false,
    }
}

async fn forward(State(way): State<Way>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let operation = operation(&headers);
    if may_lag(operation, &serde_json::from_slice(&body).unwrap_or_default()) {
        return respond(send(&way.client, &way.copy, &headers, body).await);
    }
    let answer = send(&way.client, &way.table, &headers, body.clone()).await;
    let writes = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"];
    if answer.0 == 200 && writes.contains(&operation) {
        way.behind.lock().unwrap().push((headers, body));
    }
    respond(answer)
}
