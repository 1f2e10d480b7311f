//! Expressions, with their names and values.

use super::{Verdict, demand, item};
use crate::{size, tables::Table};
use serde_json::{Value, json};
use std::{collections::HashSet, sync::LazyLock};

/// Bytes of one expression.
const LONGEST: usize = 4096;
/// Operators and functions in one expression.
const OPERATORS: usize = 300;
/// Bytes of all values.
const VALUES: usize = 2 * 1024 * 1024;
const EXPRESSIONS: [&str; 5] =
    ["KeyConditionExpression", "FilterExpression", "ConditionExpression", "UpdateExpression", "ProjectionExpression"];
/// What is written in expressions and is no name.
const SYNTAX: [&str; 17] = [
    "SET",
    "REMOVE",
    "ADD",
    "DELETE",
    "AND",
    "OR",
    "NOT",
    "BETWEEN",
    "IN",
    "attribute_exists",
    "attribute_not_exists",
    "attribute_type",
    "begins_with",
    "contains",
    "size",
    "if_not_exists",
    "list_append",
];

/// Words that are names only behind a `#`.
static RESERVED: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("reserved.txt").split_whitespace().collect());

/// The words of an expression, with the `#` or `:` before them.
fn words(expression: &str) -> impl Iterator<Item = &str> {
    let inside = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '#' | ':');
    expression.split(move |it: char| !inside(it)).filter(|it| !it.is_empty())
}

pub(super) fn check(table: &Table, body: &Value) -> Verdict {
    let (names, values) = (&body["ExpressionAttributeNames"], &body["ExpressionAttributeValues"]);
    let mut used = HashSet::new();
    for kind in EXPRESSIONS {
        let Some(expression) = body.get(kind).and_then(Value::as_str) else { continue };
        demand(!expression.is_empty(), || format!("an empty {kind}"))?;
        demand(expression.len() <= LONGEST, || format!("a {kind} of {} bytes", expression.len()))?;
        let operators = words(expression).filter(|it| SYNTAX.contains(it)).count()
            + expression.matches(['=', '<', '>', '+']).count();
        demand(operators <= OPERATORS, || format!("{operators} operators"))?;
        for word in words(expression) {
            let (is_name, is_value) = (word.starts_with('#'), word.starts_with(':'));
            let known = if is_name { names } else { values };
            demand(!is_name && !is_value || !known[word].is_null(), || format!("{word} is not given"))?;
            let reserved = !is_name && !is_value && !SYNTAX.contains(&word);
            let reserved = reserved && RESERVED.contains(word.to_ascii_uppercase().as_str());
            demand(!reserved, || format!("{word} is a reserved word, in {expression}"))?;
            used.insert(word);
        }
        if kind == "UpdateExpression" {
            update(table, expression, names, values)?;
        }
    }
    for given in [names, values] {
        let Some(given) = given.as_object() else { continue };
        demand(!given.is_empty(), || "names or values, and none in them".into())?;
        given.keys().try_for_each(|it| demand(used.contains(it.as_str()), || format!("{it} is not used")))?;
        given.keys().try_for_each(|it| demand(it.len() <= 255, || format!("{it} is too long")))?;
    }
    let all = values.as_object();
    let bytes: usize = all.into_iter().flatten().map(|(_, it)| size::of(it)).sum();
    demand(bytes <= VALUES, || format!("values of {bytes} bytes"))?;
    all.into_iter().flatten().try_for_each(|(_, it)| item::value(it, 0))
}

/// The name behind a word.
pub(super) fn name<'a>(word: &'a str, names: &'a Value) -> &'a str {
    names[word].as_str().unwrap_or(word)
}

/// Each part once, each attribute once, none of the table's key, and in keys of indexes only what fits.
fn update(table: &Table, expression: &str, names: &Value, values: &Value) -> Verdict {
    let (mut parts, mut paths, mut set) = (HashSet::new(), HashSet::new(), json!({}));
    let mut rest = expression;
    while !rest.is_empty() {
        let (part, after) = rest.split_once(' ').ok_or("half an update")?;
        demand(parts.insert(part), || format!("{part} twice"))?;
        let end = ["SET ", "REMOVE ", "ADD ", "DELETE "].iter().filter_map(|it| after.find(it)).min();
        let clauses = &after[..end.unwrap_or(after.len())];
        rest = &after[end.unwrap_or(after.len())..];
        for clause in outside(clauses) {
            let mut of = clause.trim().splitn(3, ' ');
            let (path, _, value) = (of.next().unwrap_or_default(), of.next(), of.next().unwrap_or_default());
            let path = name(path, names);
            demand(paths.insert(path.to_owned()), || format!("{path} twice in {expression}"))?;
            demand(!table.key.names().any(|key| key == path), || format!("an update of {path}"))?;
            if part == "SET" && values[value].is_object() {
                set[path] = values[value].clone();
            }
        }
    }
    table.indexes.values().try_for_each(|key| item::in_key(key, &set))
}

/// The parts between commas that are outside parentheses.
fn outside(clauses: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (place, it) in clauses.char_indices() {
        match it {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&clauses[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    parts.push(&clauses[start..]);
    parts
}
