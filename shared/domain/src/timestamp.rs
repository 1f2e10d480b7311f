//! A point in time, to the millisecond, always UTC.

use serde::{Deserialize, Serialize, Serializer};
use std::{fmt, str::FromStr, time::Duration};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

/// Milliseconds since 1970-01-01T00:00:00Z, between the years 0000 and 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Timestamp(OffsetDateTime);

/// The text is not an RFC 3339 time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an RFC 3339 time such as 2026-11-01T09:00:00Z")]
pub struct TimestampError(String);

/// What an RFC 3339 time at the beginning of a day has behind its date.
const MIDNIGHT: &str = "T00:00:00Z";

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
        Text::of(self).as_str().to_owned()
    }

    /// Reads a date (`2026-11-01`), which is the beginning of that day in UTC, or an RFC 3339 time.
    #[must_use]
    pub fn from_short(text: &str) -> Option<Self> {
        let is_date = text.len() == "2026-11-01".len();
        if is_date { format!("{text}{MIDNIGHT}").parse() } else { text.parse() }.ok()
    }

    /// Formats the time as RFC 3339, and the beginning of a day in UTC as a date.
    #[must_use]
    pub fn in_short(self) -> String {
        let text = self.to_string();
        text.strip_suffix(MIDNIGHT).map(str::to_owned).unwrap_or(text)
    }

    /// Formats the time for people, in UTC: `1 Nov 2026, 09:00 UTC`. The page's script replaces it with the reader's
    /// zone.
    #[must_use]
    pub fn in_words(self) -> String {
        const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
        let text = Text::of(self);
        let part = |from: usize, to: usize| text.as_str().get(from..to).unwrap_or_default();
        let end = usize::from(u8::from(self.0.month())) * 3;
        let month = MONTHS.get(end - 3..end).unwrap_or_default();
        // A list has a hundred of them.
        [part(8, 10).trim_start_matches('0'), " ", month, " ", part(0, 4), ", ", part(11, 16), " UTC"].concat()
    }

    /// Formats the time in UTC as programs for spreadsheets read it: `2026-11-01 09:00:00`.
    #[must_use]
    pub fn in_a_cell(self) -> String {
        self.sortable().chars().take("2026-11-01 09:00:00".len()).collect::<String>().replace('T', " ")
    }

    /// Formats the day in UTC: `2026-11-01`.
    #[must_use]
    pub fn day(self) -> String {
        self.sortable().chars().take("2026-11-01".len()).collect()
    }

    /// Returns when the month began, in UTC.
    #[must_use]
    pub fn month_began(self) -> Self {
        Self::from_short(&format!("{:04}-{:02}-01", self.0.year(), u8::from(self.0.month()))).unwrap_or(self)
    }

    /// Returns when the month before began.
    #[must_use]
    pub fn month_before(self) -> Self {
        let began = self.month_began();
        Self::from_millis(began.millis() - 1).map_or(began, Self::month_began)
    }

    /// Returns when the next month begins.
    #[must_use]
    pub fn month_after(self) -> Self {
        self.month_began().plus(Duration::from_secs(32 * 24 * 60 * 60)).month_began()
    }

    /// Formats the month for people: `November 2026`.
    #[must_use]
    pub fn month(self) -> String {
        format!("{} {}", self.0.month(), self.0.year())
    }
}

/// The text of a time, without the formatting machinery: an answer has a hundred of them.
struct Text([u8; 24]);

impl Text {
    fn of(Timestamp(t): Timestamp) -> Self {
        let mut text = *b"0000-00-00T00:00:00.000Z";
        let mut put = |end: usize, mut number: u32| {
            for digit in text.iter_mut().take(end).rev().take_while(|it| it.is_ascii_digit()) {
                // Below 10, as every part fits its place.
                *digit = b'0' + u8::try_from(number % 10).unwrap_or(0);
                number /= 10;
            }
        };
        put(4, t.year().unsigned_abs());
        for (end, number) in [(7, t.month().into()), (10, t.day()), (13, t.hour()), (16, t.minute()), (19, t.second())]
        {
            put(end, number.into());
        }
        put(23, t.millisecond().into());
        Self(text)
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Leaves milliseconds out if there are none.
    fn as_short(&mut self) -> &str {
        let end = if self.0.ends_with(b".000Z") { 20 } else { 24 };
        if let Some(last) = self.0.get_mut(end - 1) {
            *last = b'Z';
        }
        self.as_str().get(..end).unwrap_or_default()
    }
}

/// Writes RFC 3339 in UTC, with milliseconds only if there are any.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Text::of(*self).as_short())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(Text::of(*self).as_short())
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

    #[test]
    fn months_follow_one_another() {
        let time = |text: &str| Timestamp::from_short(text).unwrap();
        let at = time("2026-01-31T12:00:00Z");
        assert_eq!(at.month_began(), time("2026-01-01"));
        assert_eq!((at.month_before(), at.month_after()), (time("2025-12-01"), time("2026-02-01")));
        assert_eq!(time("2024-02-29").month_after(), time("2024-03-01"));
        assert_eq!((at.day(), at.in_a_cell()), ("2026-01-31".into(), "2026-01-31 12:00:00".into()));
        assert_eq!(at.in_words(), "31 Jan 2026, 12:00 UTC");
        assert_eq!(time("2026-12-01T03:04:05Z").in_words(), "1 Dec 2026, 03:04 UTC");
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
