//! How large DynamoDB counts things to be (AWS, "DynamoDB item sizes and formats").

use serde_json::{Map, Value};

/// Bytes of a value.
pub(crate) fn of(value: &Value) -> usize {
    let Some((kind, it)) = value.as_object().and_then(|it| it.iter().next()) else { return 0 };
    let text = it.as_str().unwrap_or_default();
    match kind.as_str() {
        "S" => text.len(),
        // About one byte for two significant digits, and one more.
        "N" => text.bytes().filter(u8::is_ascii_digit).count().div_ceil(2) + 1 + usize::from(text.starts_with('-')),
        "B" => text.len() / 4 * 3,
        "L" => 3 + it.as_array().into_iter().flatten().map(|it| 1 + of(it)).sum::<usize>(),
        "M" => 3 + it.as_object().map_or(0, |it| item(it) + it.len()),
        "SS" | "NS" | "BS" => it.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::len).sum(),
        _ => 1,
    }
}

/// Bytes of an item: names and values.
pub(crate) fn item(item: &Map<String, Value>) -> usize {
    item.iter().map(|(name, value)| name.len() + of(value)).sum()
}
