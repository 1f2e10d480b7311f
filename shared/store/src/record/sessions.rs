//! Sessions of a contact, and those that were ended by signing out.

use crate::table::Item;
use std::collections::BTreeMap;

/// A session, as its cookie names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The same in every cookie of the session, however often it is renewed. Begins with [`Session::MARK`].
    pub id: String,
    /// The contact's session epoch when it began.
    pub epoch: u64,
}

impl Session {
    /// The beginning of every session's id, which keeps ids apart from the other attributes of their item.
    pub const MARK: &str = "s-";
}

/// The attribute with the time at which DynamoDB may delete the item, in seconds since 1970.
pub(crate) const EXPIRES: &str = "expires";

/// Reads which sessions have ended, and when the last cookie of each runs out, in seconds since 1970.
pub(crate) fn ended_in(item: &Item) -> BTreeMap<String, i64> {
    let sessions = item.iter().filter(|(name, _)| name.starts_with(Session::MARK));
    // An end that cannot be read does not open the session again.
    let ends = |value: &aws_sdk_dynamodb::types::AttributeValue| value.as_n().ok()?.parse().ok();
    sessions.map(|(name, value)| (name.clone(), ends(value).unwrap_or(i64::MAX))).collect()
}
