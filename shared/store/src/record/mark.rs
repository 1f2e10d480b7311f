//! Marks, which tell readers whether to look again.

use crate::table::{CHANGED_AT, CHANGES, Item, number, time};
use domain::mark::Mark;

/// Reads the mark in an item.
pub(crate) fn mark_in(item: &Item) -> Mark {
    let changes = number(item, CHANGES).and_then(|changes| u64::try_from(changes).ok()).unwrap_or(0);
    Mark { changes, at: time(number(item, CHANGED_AT).unwrap_or(0)) }
}

/// Adds a shard of a mark.
pub(crate) fn add_mark(to: &mut Mark, shard: Mark) {
    to.changes += shard.changes;
    to.at = to.at.max(shard.at);
}
