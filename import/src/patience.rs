//! An import is in no hurry: where DynamoDB throttles it, as a new on-demand table does, it waits.

use std::time::Duration;
use store::StoreError;

/// Tries, with doubling pauses from a fifth of a second: three seconds in all, beside the SDK's own.
const TRIES: u32 = 5;

pub(crate) fn pause(round: u32) -> Duration {
    Duration::from_millis(200 << round.min(TRIES))
}

/// Tries until it works or is hopeless. `attempt` must be able to be done twice.
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
