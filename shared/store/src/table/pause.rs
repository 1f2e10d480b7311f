//! Pauses before trying again.

use std::time::Duration;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_short() {
        assert!((0..100).all(|_| pause(1) < FIRST));
        assert!((0..100).all(|_| pause(u32::MAX) < LONGEST));
        assert!((0..100).any(|_| pause(6) > LONGEST / 2));
    }
}
