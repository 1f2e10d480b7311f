//! Items, keys and values.

use super::{Verdict, demand};
use crate::{
    size,
    tables::{Key, Table},
};
use serde_json::Value;
use std::collections::HashSet;

/// Bytes of an item.
const LARGEST: usize = 400 * 1024;
/// Bytes of a partition key and of a sort key.
const HASH: usize = 2048;
const RANGE: usize = 1024;
/// How deep lists and maps may be in each other.
const DEEPEST: usize = 32;
/// Significant digits of a number.
const DIGITS: usize = 38;

/// An item that is put.
pub(super) fn item(table: &Table, item: &Value) -> Verdict {
    let Some(attributes) = item.as_object() else { return Err("no item".into()) };
    let bytes = size::item(attributes);
    demand(bytes <= LARGEST, || format!("an item of {bytes} bytes"))?;
    table.key.names().try_for_each(|name| demand(!item[name].is_null(), || format!("an item without {name}")))?;
    for key in [&table.key].into_iter().chain(table.indexes.values()) {
        in_key(key, item)?;
    }
    attributes.values().try_for_each(|it| value(it, 0))
}

/// The key of an item: exactly its attributes.
pub(super) fn key(table: &Table, key: &Value) -> Verdict {
    let named: HashSet<_> = key.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    demand(named == table.key.names().collect(), || format!("a key of {named:?}"))?;
    in_key(&table.key, key)
}

/// Those attributes that are part of a key, as far as they are there.
pub(super) fn in_key(key: &Key, item: &Value) -> Verdict {
    for (name, most) in key.names().zip([HASH, RANGE]) {
        if item[name].is_null() {
            continue;
        }
        let Some(text) = item[name]["S"].as_str() else { return Err(format!("{name} is not a string")) };
        demand(!text.is_empty(), || format!("{name} is empty"))?;
        demand(text.len() <= most, || format!("{name} of {} bytes", text.len()))?;
    }
    Ok(())
}

pub(super) fn value(it: &Value, depth: usize) -> Verdict {
    demand(depth <= DEEPEST, || "too many lists in lists".into())?;
    let kinds = it.as_object().map(|it| it.len()).unwrap_or_default();
    demand(kinds == 1, || format!("a value of {kinds} types"))?;
    let (kind, it) = it.as_object().and_then(|it| it.iter().next()).ok_or("no value")?;
    match kind.as_str() {
        "N" => {
            let text = it.as_str().unwrap_or_default();
            let digits: String = text.split(['e', 'E']).next().unwrap_or_default().replace(['-', '+', '.'], "");
            let significant = digits.trim_start_matches('0').trim_end_matches('0').len();
            demand(significant <= DIGITS && text.parse::<f64>().is_ok(), || format!("the number {text}"))
        }
        "L" => it.as_array().into_iter().flatten().try_for_each(|it| value(it, depth + 1)),
        "M" => it.as_object().into_iter().flatten().try_for_each(|(_, it)| value(it, depth + 1)),
        "SS" | "NS" | "BS" => {
            let all = it.as_array().map(Vec::as_slice).unwrap_or_default();
            let different: HashSet<_> = all.iter().filter_map(Value::as_str).collect();
            demand(!all.is_empty() && different.len() == all.len(), || {
                "an empty set, or one with the same twice".into()
            })
        }
        _ => Ok(()),
    }
}
