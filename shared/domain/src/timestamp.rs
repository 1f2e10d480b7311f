//! A point in time, to the millisecond, always UTC.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, time::Duration};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

/// Milliseconds since 1970-01-01T00:00:00Z, between the years 0000 and 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(OffsetDateTime);

/// The text is not an RFC 3339 time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an RFC 3339 time such as 2026-11-01T09:00:00Z")]
pub struct TimestampError(String);

impl Timestamp {
    pub const EPOCH: Self = Self(OffsetDateTime::UNIX_EPOCH);

    /// Returns the time that is `millis` milliseconds after 1970; `None` outside the years 0000 to 9999.
    #[must_use]
    pub fn from_millis(millis: i64) -> Option<Self> {
        let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).ok()?;
        (0..=9999).contains(&time.year()).then_some(Self(time))
    }

    /// Returns the milliseconds since 1970.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0.unix_timestamp() * 1000 + i64::from(self.0.millisecond())
    }

    /// Returns the whole seconds since 1970, rounded down.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.unix_timestamp()
    }

    /// Returns the time that is later by `by`; the same time if that would be after the year 9999.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.millis().saturating_add(by)).unwrap_or(self)
    }

    /// Formats the time with a fixed width (`2026-11-01T09:00:00.000Z`), so that text order is time order.
    #[must_use]
    pub fn sortable(self) -> String {
        let t = self.0;
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            t.year(),
            u8::from(t.month()),
            t.day(),
            t.hour(),
            t.minute(),
            t.second(),
            t.millisecond()
        )
    }

    /// Formats the time for people, in UTC: `1 Nov 2026, 09:00 UTC`. The page's script replaces it with the reader's
    /// zone.
    #[must_use]
    pub fn in_words(self) -> String {
        let t = self.0;
        let month = t.month().to_string();
        let month = month.get(..3).unwrap_or(&month);
        format!("{} {month} {}, {:02}:{:02} UTC", t.day(), t.year(), t.hour(), t.minute())
    }

    /// Formats the month for people: `November 2026`.
    #[must_use]
    pub fn month(self) -> String {
        format!("{} {}", self.0.month(), self.0.year())
    }
}

/// Writes RFC 3339 in UTC, with milliseconds only if there are any.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.sortable();
        f.write_str(text.strip_suffix(".000Z").unwrap_or(&text))?;
        if text.ends_with(".000Z") { f.write_str("Z") } else { Ok(()) }
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;
    fn from_str(text: &str) -> Result<Self, TimestampError> {
        let refuse = || TimestampError(text.chars().take(40).collect());
        let time = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| refuse())?;
        let utc = time.checked_to_offset(UtcOffset::UTC).ok_or_else(refuse)?;
        // Anything finer than a millisecond is dropped, so that every stored form has the same precision.
        let millis = utc.unix_timestamp().saturating_mul(1000) + i64::from(utc.millisecond());
        Self::from_millis(millis).ok_or_else(refuse)
    }
}

impl TryFrom<String> for Timestamp {
    type Error = TimestampError;
    fn try_from(text: String) -> Result<Self, TimestampError> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(time: Timestamp) -> String {
        time.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn other_zones_become_utc_and_bad_dates_are_refused() {
        let time: Timestamp = "2026-11-01T10:00:00.1239+01:00".parse().unwrap();
        assert_eq!(time.to_string(), "2026-11-01T09:00:00.123Z");
        for bad in ["", "2026-11-01", "2026-13-01T00:00:00Z", "2026-11-01T09:00:00", "x"] {
            assert!(bad.parse::<Timestamp>().is_err(), "{bad}");
        }
        assert!("9999-12-31T23:59:59-23:00".parse::<Timestamp>().is_err());
    }

    proptest! {
        #[test]
        fn text_round_trips_and_sorts_as_time(a in -62_000_000_000_000i64..253_000_000_000_000, b in -62_000_000_000_000i64..253_000_000_000_000) {
            let (a, b) = (Timestamp::from_millis(a).unwrap(), Timestamp::from_millis(b).unwrap());
            prop_assert_eq!(a.to_string().parse::<Timestamp>().unwrap(), a);
            prop_assert_eq!(a.sortable().cmp(&b.sortable()), a.cmp(&b));
        }
    }
}
