//! Marks, which tell readers whether to look again.

use crate::table::{CHANGED_AT, CHANGES, Item, time};
use domain::{mark::Mark, timestamp::Timestamp};

/// Makes a mark from its stored numbers.
pub(super) fn mark(number: impl Fn(&str) -> Option<u64>) -> Mark {
    let at = number(CHANGED_AT).and_then(|millis| i64::try_from(millis).ok()).map_or(Timestamp::EPOCH, time);
    Mark { changes: number(CHANGES).unwrap_or(0), at }
}

/// Reads the mark in an item.
pub(crate) fn mark_in(item: &Item) -> Mark {
    mark(|name| item.get(name)?.as_n().ok()?.parse().ok())
}
