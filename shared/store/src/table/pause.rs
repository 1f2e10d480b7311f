//! Trying again while others are in the way.

use super::error::StoreError;
use std::time::Duration;

/// Attempts before it is given up. The pauses between them come to about six seconds.
const TRIES: u32 = 40;

/// The longest pause after the first attempt. The limit doubles with each further attempt.
const FIRST: Duration = Duration::from_millis(10);
/// No pause is longer than this.
const LONGEST: Duration = Duration::from_millis(320);

/// Picks a pause between zero and the longest one after `made` attempts. Random, because writers that met once would
/// otherwise meet again.
#[must_use]
pub fn pause(made: u32) -> Duration {
    let longest = FIRST.saturating_mul(1 << made.saturating_sub(1).min(16)).min(LONGEST);
    longest.mul_f64(fastrand::f64())
}

/// The attempts of a write, or read, that others may be in the way of.
#[derive(Debug)]
pub(crate) struct Attempts {
    made: u32,
    stays: &'static str,
}

impl Attempts {
    /// Counts the first attempt. `stays` says what is the matter when there were enough.
    pub(crate) const fn new(stays: &'static str) -> Self {
        Self { made: 1, stays }
    }

    /// Waits before another attempt.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when there were enough.
    pub(crate) async fn another(&mut self) -> Result<(), StoreError> {
        if self.made == TRIES {
            return Err(StoreError::Busy(self.stays.into()));
        }
        tokio::time::sleep(pause(self.made)).await;
        self.made += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn there_are_so_many_attempts_and_no_more() {
        let mut attempts = Attempts::new("a record is being written");
        attempts.another().await.unwrap();
        attempts.made = TRIES;
        assert!(attempts.another().await.unwrap_err().is_busy());
    }

    #[test]
    fn pauses_grow_and_stay_short() {
        assert!((0..100).all(|_| pause(1) < FIRST));
        assert!((0..100).all(|_| pause(u32::MAX) < LONGEST));
        assert!((0..100).any(|_| pause(6) > LONGEST / 2));
    }
}
