//! A proxy before the engine. It delays every request and remembers when each was under way, so that tests can count
//! sequential round trips instead of measuring time; it fails as DynamoDB can fail; and it holds a request until
//! something else has happened, so that tests can put a race in order. Each request asks
//! the engine what it costs.

use crate::deployed::Deployed;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Response},
};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, sync::oneshot};

#[derive(Debug, Clone)]
pub struct Proxy {
    /// Where it answers.
    pub endpoint: String,
    seen: Arc<Mutex<Vec<Call>>>,
    mood: Arc<Mutex<Mood>>,
    failed: Arc<AtomicUsize>,
}

/// How a request fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is turned away and does nothing.
    Refused,
    /// It is carried out, and its answer gets lost.
    Lost,
    /// It is throttled.
    Throttled,
    /// It is carried out, and half of the answer arrives.
    Garbled,
    /// It is refused with this code, in a message that quotes the request, and [`QUOTE`].
    Broken(&'static str),
}

/// What the message of [`Fault::Broken`] says beside the request.
pub const QUOTE: &str = "quoted-by-dynamodb";

/// A request that waits at the proxy.
#[derive(Debug)]
pub struct Held {
    arrived: oneshot::Receiver<()>,
    go_on: oneshot::Sender<()>,
}

impl Held {
    /// Waits for the request, does something else, and lets the request go on.
    pub async fn while_waiting<T>(self, something: impl Future<Output = T>) -> T {
        let arrived = tokio::time::timeout(Duration::from_secs(60), self.arrived).await;
        arrived.expect("no such request came").unwrap();
        let result = something.await;
        self.go_on.send(()).unwrap();
        result
    }
}

#[derive(Debug, Default)]
struct Mood {
    fails: Option<(&'static str, Fault)>,
    /// How many of those requests go by before one is held.
    passing: usize,
    holds: Option<(&'static str, oneshot::Sender<()>, oneshot::Receiver<()>)>,
    /// How many of the failing requests are carried out before they begin to fail.
    sparing: usize,
}

impl Mood {
    /// How to go about it, if this request is to be held.
    fn held(&mut self, operation: &str) -> Option<(oneshot::Sender<()>, oneshot::Receiver<()>)> {
        self.holds.as_ref().filter(|(held, ..)| *held == operation)?;
        if self.passing > 0 {
            self.passing -= 1;
            return None;
        }
        self.holds.take().map(|(_, arrival, leave)| (arrival, leave))
    }

    /// How this request fails, if it does.
    fn failing(&mut self, operation: &str) -> Option<Fault> {
        let (_, fault) = self.fails.filter(|(failing, _)| *failing == operation)?;
        if self.sparing > 0 {
            self.sparing -= 1;
            return None;
        }
        Some(fault)
    }
}

/// A request to DynamoDB.
#[derive(Debug, Clone)]
pub struct Call {
    /// Such as `Query`.
    pub operation: String,
    pub body: String,
    /// Capacity units that the engine counts for it.
    pub units: f64,
    /// The trace that it is part of.
    pub trace: Option<String>,
    from: Instant,
    to: Instant,
}

#[derive(Clone)]
struct Way {
    target: String,
    delay: Duration,
    client: reqwest::Client,
    seen: Arc<Mutex<Vec<Call>>>,
    mood: Arc<Mutex<Mood>>,
    failed: Arc<AtomicUsize>,
}

impl Proxy {
    /// A proxy to `target` that holds every request for `delay`.
    pub async fn start(target: &str, delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (mood, failed) = (Arc::new(Mutex::default()), Arc::new(AtomicUsize::new(0)));
        let way = Way {
            target: target.into(),
            delay,
            client: reqwest::Client::new(),
            seen: seen.clone(),
            mood: Arc::clone(&mood),
            failed: Arc::clone(&failed),
        };
        let router = Router::new().fallback(forward).with_state(way);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { endpoint, seen, mood, failed }
    }

    /// From now on every such request fails; `None` ends it.
    pub fn fail(&self, how: Option<(&'static str, Fault)>) {
        self.fail_after(0, how);
    }

    /// The same, after this many of them.
    pub fn fail_after(&self, carried_out: usize, how: Option<(&'static str, Fault)>) {
        let mut mood = self.mood.lock().unwrap();
        (mood.fails, mood.sparing) = (how, carried_out);
    }

    /// How many requests have failed since the last time.
    pub fn failures(&self) -> usize {
        self.failed.swap(0, Ordering::Relaxed)
    }

    /// Holds the next such request.
    pub fn hold(&self, operation: &'static str) -> Held {
        self.hold_after(0, operation)
    }

    /// Holds the first such request after this many of them.
    pub fn hold_after(&self, carried_out: usize, operation: &'static str) -> Held {
        let ((arrival, arrived), (go_on, leave)) = (oneshot::channel(), oneshot::channel());
        let mut mood = self.mood.lock().unwrap();
        (mood.holds, mood.passing) = (Some((operation, arrival, leave)), carried_out);
        Held { arrived, go_on }
    }

    /// The requests since the last time, in the order in which they were answered. Without the read by which a built
    /// function opens its connection before its first event; nothing else uses `GetItem`.
    pub fn take(&self) -> Vec<Call> {
        let mut calls = std::mem::take(&mut *self.seen.lock().unwrap());
        calls.retain(|call| !Deployed::is_wanted() || call.operation != "GetItem");
        calls
    }
}

/// The longest chain of requests each of which began after the one before had been answered.
pub fn sequential(calls: &[Call]) -> usize {
    rounds(calls).len()
}

/// The requests by how long a chain led to each: those of a round were under way together.
pub fn rounds(calls: &[Call]) -> Vec<Vec<&Call>> {
    let mut calls: Vec<_> = calls.iter().collect();
    calls.sort_by_key(|call| call.to);
    let mut rounds: Vec<Vec<&Call>> = Vec::new();
    for call in calls {
        let after = rounds.iter().rposition(|round| round.iter().any(|it| it.to <= call.from));
        let round = after.map_or(0, |it| it + 1);
        if round == rounds.len() {
            rounds.push(Vec::new());
        }
        rounds[round].push(call);
    }
    rounds
}

/// The most requests that were under way at the same time.
pub fn side_by_side(calls: &[Call]) -> usize {
    let under_way_at = |moment: Instant| calls.iter().filter(|call| call.from <= moment && moment < call.to).count();
    calls.iter().map(|call| under_way_at(call.from)).max().unwrap_or(0)
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
    let held = way.mood.lock().unwrap().held(&operation);
    if let Some((arrival, leave)) = held {
        let _ = arrival.send(());
        let _ = leave.await;
    }
    let fault = way.mood.lock().unwrap().failing(&operation);
    way.failed.fetch_add(usize::from(fault.is_some()), Ordering::Relaxed);
    match fault {
        Some(Fault::Refused) => return failure(500, "InternalServerError", "too bad"),
        Some(Fault::Throttled) => return failure(400, "ThrottlingException", "too many"),
        Some(Fault::Broken(code)) => {
            return failure(400, code, &format!("{QUOTE}: {}", String::from_utf8_lossy(&body)));
        }
        Some(Fault::Lost | Fault::Garbled) | None => {}
    }
    let mut request = way.client.request(method, &way.target).body(body.clone());
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
        trace: headers.get("x-amzn-trace-id").and_then(|it| it.to_str().ok()).map(Into::into),
        from,
        to: Instant::now(),
    };
    way.seen.lock().unwrap().push(call);
    match fault {
        Some(Fault::Lost) => failure(500, "InternalServerError", "too bad"),
        Some(Fault::Garbled) => Response::new(Body::from(bytes.slice(..bytes.len() / 2))),
        _ => response.body(Body::from(bytes)).unwrap(),
    }
}

fn failure(status: u16, code: &str, message: &str) -> Response<Body> {
    let body = json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": message}).to_string();
    let response = Response::builder().status(status).header("content-type", "application/x-amz-json-1.0");
    response.body(Body::from(body)).unwrap()
}
