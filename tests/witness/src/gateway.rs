//! The way from a test to its DynamoDB, on which every request is looked at.

use crate::{
    conflict::{Conflicts, Item},
    lag::Lag,
    pace::{self, Pace},
    rules,
    tables::Tables,
    written::{self, Written},
};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderValue, Method, Response},
};
use serde_json::{Value, json};
use std::{
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, runtime, sync::oneshot};

/// How long a transaction is under way before it is carried out, so that those who write at once are in each other's way.
const UNDER_WAY: Duration = Duration::from_millis(5);

#[derive(Debug)]
pub(crate) struct Gateway {
    pub(crate) endpoint: String,
    state: Arc<Mutex<Seen>>,
    /// Dropped, it ends the thread.
    _stop: oneshot::Sender<()>,
}

#[derive(Debug, Default)]
struct Seen {
    tables: Tables,
    pace: Pace,
    conflicts: Conflicts,
    written: Written,
    /// Where indexes are behind.
    lag: Option<Lag>,
    broken: Vec<String>,
}

#[derive(Clone)]
struct Way {
    target: String,
    /// The account under which the requests go on; their own if none.
    account: Option<String>,
    client: reqwest::Client,
    state: Arc<Mutex<Seen>>,
}

impl Gateway {
    pub(crate) fn start(target: &str, account: Option<String>, lag: Option<Lag>) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(Seen { lag, ..Seen::default() }));
        let way = Way { target: target.into(), account, client: reqwest::Client::new(), state: Arc::clone(&state) };
        let router = Router::new().fallback(forward).with_state(way);
        let (stop, stopped) = oneshot::channel::<()>();
        // On a thread of its own: a test may block while it waits for a program that asks.
        thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    served = axum::serve(listener, router) => served.unwrap(),
                    _ = stopped => {}
                }
            });
        });
        Self { endpoint, state, _stop: stop }
    }

    /// What was written to an engine that is not ours and has not been asked for, as events of its table's stream.
    pub(crate) fn unread(&self) -> Vec<Value> {
        self.state.lock().unwrap().written.take()
    }

    /// Brings the indexes up to date.
    pub(crate) fn settle(&self) {
        if let Some(lag) = &mut self.state.lock().unwrap().lag {
            lag.settle();
        }
    }

    /// The rules that were broken.
    pub(crate) fn broken(&self) -> Vec<String> {
        self.state.lock().unwrap().broken.clone()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // Its thread lives a moment longer, and the engine that this reads does not.
        self.state.lock().unwrap().lag = None;
    }
}

async fn forward(State(way): State<Way>, method: Method, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let operation = headers.get("x-amz-target").and_then(|it| it.to_str().ok()).unwrap_or_default();
    let operation = operation.rsplit('.').next().unwrap_or_default().to_owned();
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let (partition, begun) = {
        let mut seen = way.state.lock().unwrap();
        let Seen { tables, pace, conflicts, broken, .. } = &mut *seen;
        if operation == "CreateTable" {
            tables.learn(&asked);
        }
        if let Err(rule) = rules::check(tables, &operation, &asked, body.len()) {
            broken.push(format!("{operation}: {rule}"));
            return failure("com.amazon.coral.validate#ValidationException", &format!("witness: {rule}"));
        }
        let partition = (operation == "Query").then(|| pace::partition(tables, &asked)).flatten();
        if !pace.takes(tables, &operation, &asked) || !pace.reads(partition.as_deref()) {
            return failure("com.amazonaws.dynamodb.v20120810#ThrottlingException", "witness: a busy partition");
        }
        match conflicts.begin(tables, &operation, &asked) {
            Ok(items) => (partition, Begun { state: Arc::clone(&way.state), items }),
            Err((code, answer)) => return refusal(&format!("com.amazonaws.dynamodb.v20120810#{code}"), answer),
        }
    };
    if !begun.items.is_empty() {
        tokio::time::sleep(UNDER_WAY).await;
    }
    let behind = way.state.lock().unwrap().lag.as_mut().and_then(|lag| lag.reads(&asked, Instant::now()));
    let target = behind.unwrap_or_else(|| way.target.clone());
    let mut request = way.client.request(method, target).body(body);
    for (name, value) in headers.iter().filter(|(name, _)| *name != "host" && *name != "content-length") {
        let account = way.account.as_deref().filter(|_| name == "authorization");
        request = request.header(name, account.map_or_else(|| value.clone(), |account| signed_by(value, account)));
    }
    let answer = request.send().await.unwrap();
    let is_done = answer.status().is_success();
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers().iter().filter(|(name, _)| *name != "transfer-encoding") {
        response = response.header(name, value);
    }
    let bytes = answer.bytes().await.unwrap();
    drop(begun);
    if is_done {
        let mut seen = way.state.lock().unwrap();
        let Seen { tables, written, lag, .. } = &mut *seen;
        match lag {
            // An engine of ours has a stream.
            Some(lag) if written::writes(&operation) => lag.note(Instant::now()),
            Some(_) => {}
            None => written.note(tables, &operation, &asked),
        }
    }
    if partition.is_some() {
        let answer = serde_json::from_slice(&bytes).unwrap_or_default();
        way.state.lock().unwrap().pace.read(partition.as_deref(), &answer);
    }
    response.body(Body::from(bytes)).unwrap()
}

/// The signature as if by another account. Nobody behind this verifies it.
fn signed_by(value: &HeaderValue, account: &str) -> HeaderValue {
    let text = value.to_str().unwrap();
    let Some((before, after)) = text.split_once("Credential=") else { return value.clone() };
    let rest = after.find(['/', ',']).map_or("", |end| &after[end..]);
    format!("{before}Credential={account}{rest}").parse().unwrap()
}

fn failure(kind: &str, message: &str) -> Response<Body> {
    refusal(kind, json!({"message": message}))
}

fn refusal(kind: &str, mut body: Value) -> Response<Body> {
    body["__type"] = kind.into();
    let response = Response::builder().status(400).header("content-type", "application/x-amz-json-1.0");
    response.body(Body::from(body.to_string())).unwrap()
}

/// A write that is under way, until it is dropped: also when whoever sent it has gone.
struct Begun {
    state: Arc<Mutex<Seen>>,
    items: Vec<Item>,
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.state.lock().unwrap().conflicts.end(&self.items);
    }
}
