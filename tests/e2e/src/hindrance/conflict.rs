//! Conflicts: while a transaction is under way, DynamoDB refuses every other one that has an item of it, even if both
//! only look at it, and every other write of that item (AWS, DynamoDB transactions: Transaction conflict handling).

use super::{operation, refuse, respond, send};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Response},
};
use serde_json::{Value, json};
use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::net::TcpListener;

/// A proxy behind which transactions take some time, and conflict.
#[derive(Debug, Clone)]
pub struct Conflicts {
    /// Where it answers.
    pub endpoint: String,
    met: Arc<AtomicUsize>,
}

#[derive(Clone)]
struct Way {
    target: String,
    hold: Duration,
    client: reqwest::Client,
    held: Arc<Mutex<HashSet<Key>>>,
    met: Arc<AtomicUsize>,
}

/// Partition key and sort key.
type Key = (String, String);

impl Conflicts {
    /// A proxy to `target` behind which a transaction has its items for as long as `hold`, however long the engine takes.
    pub async fn start(target: &str, hold: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let met = Arc::new(AtomicUsize::new(0));
        let way = Way {
            target: target.into(),
            hold,
            client: reqwest::Client::new(),
            held: Arc::default(),
            met: Arc::clone(&met),
        };
        let router = Router::new().fallback(forward).with_state(way);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { endpoint, met }
    }

    /// How many writes have been refused because a transaction had an item of theirs.
    #[must_use]
    pub fn met(&self) -> usize {
        self.met.load(Ordering::Relaxed)
    }
}

/// The keys of the items that a write touches one by one, in the order in which it names them.
fn keys(operation: &str, request: &Value) -> Vec<Key> {
    let key = |item: &Value| {
        let part = |name: &str| item[name]["S"].as_str().unwrap_or_default().to_owned();
        (part("pk"), part("sk"))
    };
    match operation {
        "TransactWriteItems" => {
            let actions = request["TransactItems"].as_array().into_iter().flatten();
            let actions = actions.filter_map(|action| action.as_object()?.values().next());
            actions.map(|action| key(action.get("Item").unwrap_or(&action["Key"]))).collect()
        }
        "PutItem" => vec![key(&request["Item"])],
        "UpdateItem" | "DeleteItem" => vec![key(&request["Key"])],
        _ => Vec::new(),
    }
}

async fn forward(State(way): State<Way>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let operation = operation(&headers).to_owned();
    let keys = keys(&operation, &serde_json::from_slice(&body).unwrap_or_default());
    let is_transaction = operation == "TransactWriteItems";
    let taken: Vec<bool> = {
        let mut held = way.held.lock().unwrap();
        let taken = keys.iter().map(|key| held.contains(key)).collect::<Vec<_>>();
        if is_transaction && !taken.contains(&true) {
            held.extend(keys.iter().cloned());
        }
        taken
    };
    if taken.contains(&true) {
        way.met.fetch_add(1, Ordering::Relaxed);
        if !is_transaction {
            return refuse("TransactionConflictException", json!({"message": "Transaction is ongoing for the item"}));
        }
        let reason =
            |taken: &bool| if *taken { json!({"Code": "TransactionConflict"}) } else { json!({"Code": "None"}) };
        let reasons: Vec<_> = taken.iter().map(reason).collect();
        let refused = json!({"message": "Transaction cancelled", "CancellationReasons": reasons});
        return refuse("TransactionCanceledException", refused);
    }
    if !is_transaction {
        return respond(send(&way.client, &way.target, &headers, body).await);
    }
    tokio::spawn({
        let held = Arc::clone(&way.held);
        async move {
            tokio::time::sleep(way.hold).await;
            held.lock().unwrap().retain(|key| !keys.contains(key));
        }
    });
    respond(send(&way.client, &way.target, &headers, body).await)
}
