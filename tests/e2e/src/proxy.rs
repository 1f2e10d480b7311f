//! A proxy before the engine that delays every request and remembers when each was under way, so that tests can count
//! sequential round trips instead of measuring time. It asks the engine what each request costs.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Response},
};
use serde_json::Value;
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::net::TcpListener;

/// The proxy.
#[derive(Debug, Clone)]
pub struct Proxy {
    /// Where it answers.
    pub endpoint: String,
    seen: Arc<Mutex<Vec<Call>>>,
}

/// A request to DynamoDB.
#[derive(Debug, Clone)]
pub struct Call {
    /// Such as `Query`.
    pub operation: String,
    /// The request.
    pub body: String,
    /// Capacity units that the engine counts for it.
    pub units: f64,
    from: Instant,
    to: Instant,
}

#[derive(Clone)]
struct Way {
    target: String,
    delay: Duration,
    client: reqwest::Client,
    seen: Arc<Mutex<Vec<Call>>>,
}

impl Proxy {
    /// A proxy to `target` that holds every request for `delay`.
    pub async fn start(target: &str, delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let way = Way { target: target.into(), delay, client: reqwest::Client::new(), seen: seen.clone() };
        let router = Router::new().fallback(forward).with_state(way);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { endpoint, seen }
    }

    /// The requests since the last time, in the order in which they were answered.
    pub fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

/// The longest chain of requests each of which began after the one before had been answered.
pub fn sequential(calls: &[Call]) -> usize {
    let mut calls = calls.to_vec();
    calls.sort_by_key(|call| call.to);
    let mut longest: Vec<(Instant, usize)> = Vec::new();
    for call in &calls {
        let before = longest.iter().filter(|(end, _)| *end <= call.from).map(|(_, length)| *length).max();
        longest.push((call.to, before.unwrap_or(0) + 1));
    }
    longest.into_iter().map(|(_, length)| length).max().unwrap_or(0)
}

/// Operations on tables take none.
fn takes_the_question(operation: &str) -> bool {
    operation == "Query" || operation.contains("Item")
}

/// The request with the question what it costs.
fn asking_for_units(body: &[u8]) -> Vec<u8> {
    match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(mut request)) => {
            request.insert("ReturnConsumedCapacity".into(), "TOTAL".into());
            Value::Object(request).to_string().into_bytes()
        }
        _ => body.to_vec(),
    }
}

/// The units in an answer: of one table, or of a batch's tables.
fn units(answer: &[u8]) -> f64 {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let of = |consumed: &Value| consumed["CapacityUnits"].as_f64().unwrap_or(0.0);
    match &answer["ConsumedCapacity"] {
        Value::Array(tables) => tables.iter().map(of).sum(),
        table => of(table),
    }
}

async fn forward(State(way): State<Way>, method: Method, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let from = Instant::now();
    tokio::time::sleep(way.delay).await;
    let operation = headers.get("x-amz-target").and_then(|it| it.to_str().ok()).unwrap_or_default();
    let operation = operation.rsplit('.').next().unwrap_or_default().to_owned();
    let mut request = way.client.request(method, &way.target).body(if takes_the_question(&operation) {
        asking_for_units(&body)
    } else {
        body.to_vec()
    });
    for (name, value) in headers.iter().filter(|(name, _)| *name != "host" && *name != "content-length") {
        request = request.header(name, value);
    }
    let answer = request.send().await.unwrap();
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers().iter().filter(|(name, _)| *name != "transfer-encoding") {
        response = response.header(name, value);
    }
    let bytes = answer.bytes().await.unwrap();
    let call = Call {
        operation,
        body: String::from_utf8_lossy(&body).into_owned(),
        units: units(&bytes),
        from,
        to: Instant::now(),
    };
    way.seen.lock().unwrap().push(call);
    response.body(Body::from(bytes)).unwrap()
}
