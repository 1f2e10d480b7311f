//! Queries and scans.

use super::{
    Verdict, demand,
    expression::{self, name},
    item,
};
use crate::tables::{Key, Table};
use serde_json::Value;

/// A condition on a sort key.
enum Range<'a> {
    Any,
    Is(&'a str, &'a str),
    Begins(&'a str),
    Between(&'a str, &'a str),
}

impl Range<'_> {
    fn holds(&self, it: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Is("=", value) => it == *value,
            Self::Is("<", value) => it < *value,
            Self::Is("<=", value) => it <= *value,
            Self::Is(">", value) => it > *value,
            Self::Is(_, value) => it >= *value,
            Self::Begins(value) => it.starts_with(value),
            Self::Between(first, last) => (*first..=*last).contains(&it),
        }
    }
}

pub(super) fn query(table: &Table, body: &Value) -> Verdict {
    let key = whole(table, body)?;
    let text = body["KeyConditionExpression"].as_str().ok_or("a query without a key")?;
    let (hash, range) = condition(key, text, body)?;
    let names = &body["ExpressionAttributeNames"];
    let filter = body["FilterExpression"].as_str().unwrap_or_default();
    let filtered = filter.split([' ', '(', ')', ',']).map(|word| name(word, names));
    let by_key: Vec<_> = filtered.filter(|it| key.names().any(|key| key == *it)).collect();
    demand(by_key.is_empty(), || format!("a filter by the key: {by_key:?}"))?;
    let start = &body["ExclusiveStartKey"];
    if start.is_null() {
        return Ok(());
    }
    demand(start[&key.hash]["S"] == hash, || format!("a start in another partition than {hash}"))?;
    let at = key.range.as_ref().and_then(|range| start[range]["S"].as_str()).unwrap_or_default();
    demand(range.holds(at), || format!("a start outside of the condition: {at}"))
}

pub(super) fn scan(table: &Table, body: &Value) -> Verdict {
    whole(table, body).map(drop)
}

/// What holds for queries and scans. Returns the key by which they go.
fn whole<'a>(table: &'a Table, body: &Value) -> Result<&'a Key, String> {
    expression::check(table, body)?;
    let index = &body["IndexName"];
    if let Some(name) = index.as_str() {
        demand(table.indexes.contains_key(name), || format!("no index {name}"))?;
        demand(body["ConsistentRead"] != true, || "a consistent read of an index".into())?;
    }
    demand(body["Limit"].is_null() || body["Limit"].as_u64() > Some(0), || format!("a limit of {}", body["Limit"]))?;
    let (key, start) = (table.key_of(index), &body["ExclusiveStartKey"]);
    if let Some(given) = start.as_object() {
        let mut wanted: Vec<_> = table.key.names().chain(key.names()).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut named: Vec<_> = given.keys().map(String::as_str).collect();
        named.sort_unstable();
        demand(named == wanted, || format!("a start of {named:?}, where {wanted:?} are the key"))?;
        item::in_key(&table.key, start)?;
        item::in_key(key, start)?;
    }
    Ok(key)
}

/// The partition, and the condition on the sort key: one of each.
fn condition<'a>(key: &Key, text: &'a str, body: &'a Value) -> Result<(&'a str, Range<'a>), String> {
    let names = &body["ExpressionAttributeNames"];
    let value = |word: &str| {
        let text = body["ExpressionAttributeValues"][word.trim()]["S"].as_str();
        let text = text.ok_or_else(|| format!("{word} is not a string"))?;
        demand(!text.is_empty(), || format!("an empty {word} in a key condition")).map(|()| text)
    };
    let (mut hash, mut range) = (None, Range::Any);
    let mut parts = text.split(" AND ");
    while let Some(part) = parts.next() {
        let part = part.trim();
        let new = if let Some(inside) = part.strip_prefix("begins_with(").and_then(|it| it.strip_suffix(')')) {
            let (of, beginning) = inside.split_once(',').ok_or("half a begins_with")?;
            (name(of.trim(), names), Range::Begins(value(beginning)?))
        } else if let Some((of, first)) = part.split_once(" BETWEEN ") {
            let (first, last) = (value(first)?, value(parts.next().ok_or("half a BETWEEN")?)?);
            demand(first <= last, || format!("BETWEEN {first} AND {last}"))?;
            (name(of, names), Range::Between(first, last))
        } else {
            let mut words = part.split(' ');
            let (of, how, it) = (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next());
            demand(["=", "<", "<=", ">", ">="].contains(&how), || format!("{how} in a key condition"))?;
            (name(of, names), Range::Is(how, value(it.unwrap_or_default())?))
        };
        match new {
            (of, Range::Is("=", it)) if of == key.hash => {
                demand(hash.is_none(), || "two partitions".into())?;
                hash = Some(it);
            }
            (of, it) if Some(of) == key.range.as_deref() => {
                demand(matches!(range, Range::Any), || "two conditions on the sort key".into())?;
                range = it;
            }
            (of, _) => return Err(format!("a key condition on {of}")),
        }
    }
    Ok((hash.ok_or("a query of no partition")?, range))
}
