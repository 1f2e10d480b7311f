//! Fields for which being absent, `null` or a value are three different things.

use serde::{Deserialize, Deserializer};

/// Tells the three apart, with `#[serde(default, deserialize_with = "given")]`: `None` is absent, `Some(None)` is
/// `null`.
///
/// # Errors
/// When the value has the wrong type.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(value).map(Some)
}
