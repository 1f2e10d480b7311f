//! The DynamoDB that a test runs on. Usually it is the embedded engine. The environment variable `TEST_DYNAMODB` chooses
//! another one for the suites that start theirs here:
//!
//! - `witnessed`: the embedded engine behind a witness, which refuses what AWS documents as not allowed, whether the
//!   engine would take it or not, throttles a busy partition, lets transactions that are under way conflict, and lets
//!   indexes lag: a test that reads a list of what it has just written waits for it with [`Dynamo::settle`];
//! - `http://127.0.0.1:PORT`: another implementation that runs there, through the same witness. Its indexes are as it
//!   has them. Each test has an account of its own, so that all of them can call their table the same.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod conflict;
mod gateway;
mod lag;
mod pace;
mod rules;
mod size;
mod tables;
mod written;

use gateway::Gateway;
use lag::Lag;
use serde_json::Value;
use std::{
    hash::{BuildHasher, RandomState},
    sync::Mutex,
};
use store::{Document, Store, StoreError};

/// A DynamoDB for one test. Dropped, it fails the test that has broken a rule.
#[derive(Debug)]
pub struct Dynamo {
    endpoint: String,
    gateway: Option<Gateway>,
    /// What was written and has not been read. Before the engine, which it must not outlive.
    stream: Option<Mutex<engine::Stream>>,
    embedded: Option<engine::Engine>,
    loader: Option<engine::Loader>,
}

/// The table of tests.
const TABLE: &str = "tickets";

impl Dynamo {
    /// Starts the one that the environment chooses.
    ///
    /// # Panics
    /// When it cannot be started.
    pub async fn start() -> Self {
        match chosen() {
            None => {
                let (embedded, loader) = engine::Engine::memory_with_loader(engine::loopback(0)).await.unwrap();
                let endpoint = embedded.endpoint();
                let stream = Some(Mutex::new(embedded.stream(TABLE)));
                Self { endpoint, gateway: None, stream, embedded: Some(embedded), loader: Some(loader) }
            }
            Some(chosen) if chosen == "witnessed" => Self::witnessed().await,
            Some(chosen) => {
                let gateway = Gateway::start(&chosen, Some(account()), None);
                let endpoint = gateway.endpoint.clone();
                Self { endpoint, gateway: Some(gateway), stream: None, embedded: None, loader: None }
            }
        }
    }

    /// Starts the embedded engine behind a witness, whatever the environment chooses.
    ///
    /// # Panics
    /// When it cannot be started.
    pub async fn witnessed() -> Self {
        let (embedded, loader) = engine::Engine::memory_with_loader(engine::loopback(0)).await.unwrap();
        let gateway = Gateway::start(&embedded.endpoint(), None, Some(Lag::start(&embedded).await));
        let endpoint = gateway.endpoint.clone();
        let stream = Some(Mutex::new(embedded.stream(TABLE)));
        Self { endpoint, gateway: Some(gateway), stream, embedded: Some(embedded), loader: Some(loader) }
    }

    /// What was written to the table and has not been read here yet: events of its stream, as Lambda would send them. Of
    /// another implementation they come from the requests that went by, and tell the keys alone.
    ///
    /// # Panics
    /// When the engine cannot read it.
    #[must_use]
    pub fn unread(&self) -> Vec<Value> {
        let Some(stream) = &self.stream else { return self.gateway.as_ref().map(Gateway::unread).unwrap_or_default() };
        let mut stream = stream.lock().unwrap();
        std::iter::from_fn(|| stream.read().unwrap()).collect()
    }

    /// Indexes everything that was written so far, so that it can be searched and checked. What cannot be read is left, as
    /// Lambda would leave it.
    ///
    /// # Panics
    /// When the stream cannot be read, or DynamoDB not be written.
    pub async fn feed(&self, store: &Store) {
        for record in self.unread().iter().flat_map(|event| event["Records"].as_array().unwrap()) {
            let [pk, sk] = ["pk", "sk"].map(|name| record["dynamodb"]["Keys"][name]["S"].as_str().unwrap());
            if let Ok(Some(document)) = Document::at(pk, sk) {
                let done = store.index(&document).await;
                assert!(matches!(done, Ok(()) | Err(StoreError::Corrupt { .. })), "{done:?}");
            }
        }
        self.settle();
    }

    /// Brings the indexes up to date: what a test waits for before it reads a list of what it has just written. Not where
    /// the promise is that the next request shows it. Blocks, for a moment.
    pub fn settle(&self) {
        if let Some(gateway) = &self.gateway {
            gateway.settle();
        }
    }

    /// Where the embedded engine answers without a witness, for a test that fills its table; else the same.
    #[must_use]
    pub fn unwatched(&self) -> String {
        self.embedded.as_ref().map_or_else(|| self.endpoint(), engine::Engine::endpoint)
    }

    /// What puts many items into the embedded engine at once, if that is what runs.
    #[must_use]
    pub const fn loader(&self) -> Option<&engine::Loader> {
        self.loader.as_ref()
    }

    /// The table of tests.
    #[must_use]
    pub fn store(&self) -> Store {
        self.store_by(&self.endpoint)
    }

    /// The same, reached by way of a proxy. Another implementation takes its time, so whoever asks it is in no hurry.
    #[must_use]
    pub fn store_by(&self, endpoint: &str) -> Store {
        let store = Store::at(endpoint, TABLE);
        if self.embedded.is_none() { store.patient() } else { store }
    }

    /// Where it answers: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.endpoint.clone()
    }
}

impl Drop for Dynamo {
    fn drop(&mut self) {
        let broken = self.gateway.as_ref().map(Gateway::broken).unwrap_or_default();
        assert!(broken.is_empty() || std::thread::panicking(), "rules of DynamoDB were broken: {broken:#?}");
    }
}

fn chosen() -> Option<String> {
    std::env::var("TEST_DYNAMODB").ok().filter(|it| !it.is_empty())
}

/// Bytes of an item in DynamoDB's JSON, as DynamoDB counts them.
#[must_use]
pub fn item_size(item: &serde_json::Value) -> usize {
    item.as_object().map(size::item).unwrap_or_default()
}

/// Twelve digits that no other test has. The time is no such number: two tests begin in the same microsecond now and then.
fn account() -> String {
    format!("{:012}", RandomState::new().hash_one("account") % 1_000_000_000_000)
}
