//! Fields that may be absent, `null` or a value, three different things.

use serde::{Deserialize, Deserializer};

/// Tells them apart, for `#[serde(default, deserialize_with = "given")]`: `None` is absent, `Some(None)` is `null`.
///
/// # Errors
/// When the value is not of its type.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(value).map(Some)
}
