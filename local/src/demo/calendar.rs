//! When people write: on working days, in the daytime. Seconds since 1970, UTC.

use domain::timestamp::Timestamp;
use fastrand::Rng;

pub const MINUTE: i64 = 60;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// The latest working time that is not after `time`, or a little earlier.
pub fn at_work(rng: &mut Rng, time: i64) -> i64 {
    // As much chance for every time, so that what is drawn next does not depend on it.
    let rng = &mut rng.fork();
    let (mut day, mut second) = (time.div_euclid(DAY), time.rem_euclid(DAY));
    if second < 6 * HOUR {
        (day, second) = (day - 1, rng.i64(12 * HOUR..18 * HOUR));
    } else if second > 18 * HOUR {
        second = rng.i64(12 * HOUR..18 * HOUR);
    }
    // 1970 began on a Thursday, so that Saturday is 5 and Sunday 6 days after a Monday.
    let weekday = (day + 3).rem_euclid(7);
    if weekday > 4 {
        (day, second) = (day - (weekday - 4), rng.i64(8 * HOUR..18 * HOUR));
    }
    day * DAY + second
}

pub fn timestamp(second: i64) -> Timestamp {
    Timestamp::from_millis(second * 1000).unwrap_or(Timestamp::EPOCH)
}
