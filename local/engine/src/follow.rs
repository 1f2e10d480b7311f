//! What Lambda does when deployed: hands a stream's events to whoever reads it, and what they could not deal with again.

use crate::Stream;
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tokio::{sync::Mutex, task::spawn_blocking, time::sleep};

/// How long nothing is asked when everything has been read.
const IDLE: Duration = Duration::from_millis(250);
/// How often a batch that cannot be dealt with is sent again, before it is left.
const ATTEMPTS: u32 = 5;

impl Stream {
    /// Has everything read that is ever written. `read` answers as a function of Lambda does.
    pub async fn follow<R: Future<Output = Value>>(self, read: impl Fn(Value) -> R) {
        let stream = Arc::new(Mutex::new(self));
        loop {
            if !next(&stream, &read).await {
                sleep(IDLE).await;
            }
        }
    }

    /// Has everything read that has been written.
    pub async fn drain<R: Future<Output = Value>>(self, read: impl Fn(Value) -> R) {
        let stream = Arc::new(Mutex::new(self));
        while next(&stream, &read).await {}
    }
}

/// Has the next batch read. `false` when there is none.
async fn next<R: Future<Output = Value>>(stream: &Arc<Mutex<Stream>>, read: &impl Fn(Value) -> R) -> bool {
    // The engine answers by blocking on SQLite.
    let stream = stream.clone();
    let Ok(Ok(Some(event))) = spawn_blocking(move || stream.blocking_lock().read()).await else { return false };
    for attempt in 1..=ATTEMPTS {
        let answer = read(event.clone()).await;
        if answer.get("batchItemFailures").and_then(Value::as_array).is_none_or(Vec::is_empty) {
            break;
        }
        sleep(IDLE * attempt).await;
    }
    true
}
