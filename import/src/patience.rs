//! Waiting. An import is in no hurry, so it waits where DynamoDB throttles it, as a new on-demand table does.

use std::time::Duration;
use store::StoreError;

/// Number of attempts. The pauses double from 0.2 s and come to 3 s, in addition to the SDK's own.
const TRIES: u32 = 5;

pub(crate) fn pause(round: u32) -> Duration {
    Duration::from_millis(200 << round.min(TRIES))
}

/// Repeats `attempt` until it succeeds or fails for good, or has been made [`TRIES`] times. It must be safe to repeat.
pub(crate) async fn patiently<T, E, F, Fut>(attempt: F) -> Result<T, E>
where
    E: MaybeBusy,
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    for round in 0..TRIES - 1 {
        match attempt().await {
            Err(error) if error.is_busy() => tokio::time::sleep(pause(round)).await,
            done => return done,
        }
    }
    attempt().await
}

pub(crate) trait MaybeBusy {
    fn is_busy(&self) -> bool;
}

impl MaybeBusy for StoreError {
    fn is_busy(&self) -> bool {
        self.is_busy()
    }
}

impl MaybeBusy for store::WriteError {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_busy())
    }
}
