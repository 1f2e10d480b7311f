//! Retries for when somebody else was first.
//!
//! A write is conditional on what the decision was based on. If that has changed in the meantime, nothing is written,
//! and the next attempt reads and decides again.

use store::{StoreError, WriteError, pause};

/// Attempts before the answer is that the portal is busy. The pauses between them come to about three seconds, so that
/// twenty people who write in one ticket at once all get through.
const ATTEMPTS: u32 = 24;

/// How an attempt ended.
pub(crate) enum Attempt<T> {
    /// It succeeded.
    Done(T),
    /// Somebody else was first, so what the attempt was based on no longer holds.
    Overtaken(WriteError),
}

/// Makes attempts until one is done. Pauses for a random time in between, so that two requests that collided do not
/// collide again.
///
/// # Errors
/// The first error of an attempt, or that the store is busy when even the last attempt was overtaken.
pub(crate) async fn again<T, E, F, Fut>(mut attempt: F) -> Result<T, E>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<Attempt<T>, E>>,
    E: From<StoreError>,
{
    let mut made = 1;
    loop {
        match attempt().await? {
            Attempt::Done(result) => return Ok(result),
            Attempt::Overtaken(last) if made == ATTEMPTS => return Err(StoreError::from(last).into()),
            Attempt::Overtaken(_) => tokio::time::sleep(pause(made)).await,
        }
        made += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[tokio::test]
    async fn an_attempt_that_was_overtaken_is_made_again() {
        let made = Cell::new(0);
        let result: Result<_, StoreError> = again(|| async {
            made.set(made.get() + 1);
            Ok(if made.get() < 3 { Attempt::Overtaken(WriteError::Stale) } else { Attempt::Done("done") })
        })
        .await;
        assert_eq!((result.unwrap(), made.get()), ("done", 3));
    }

    #[tokio::test]
    async fn whoever_is_overtaken_to_the_end_hears_that_too_much_is_going_on() {
        let made = Cell::new(0);
        let result: Result<(), StoreError> = again(|| async {
            made.set(made.get() + 1);
            Ok(Attempt::Overtaken(WriteError::Left))
        })
        .await;
        assert!(result.unwrap_err().is_busy());
        assert_eq!(made.get(), ATTEMPTS);
    }

    #[tokio::test]
    async fn an_error_ends_it_at_once() {
        let made = Cell::new(0);
        let result: Result<(), StoreError> = again(|| async {
            made.set(made.get() + 1);
            Err(StoreError::Corrupt { key: "k".into(), why: "w".into() })
        })
        .await;
        assert!(matches!(result, Err(StoreError::Corrupt { .. })));
        assert_eq!(made.get(), 1);
    }
}
