//! What is known of the tables: learnt from the requests that create them.

use serde_json::Value;
use std::collections::HashMap;

/// The key of a table or index.
#[derive(Debug, Clone, Default)]
pub(crate) struct Key {
    pub(crate) hash: String,
    pub(crate) range: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    pub(crate) key: Key,
    pub(crate) indexes: HashMap<String, Key>,
}

#[derive(Debug, Default)]
pub(crate) struct Tables(HashMap<String, Table>);

fn key(schema: &Value) -> Key {
    let of = |kind: &str| {
        let all = schema.as_array().into_iter().flatten();
        all.filter(|it| it["KeyType"] == kind).find_map(|it| it["AttributeName"].as_str()).map(str::to_owned)
    };
    Key { hash: of("HASH").unwrap_or_default(), range: of("RANGE") }
}

impl Tables {
    pub(crate) fn learn(&mut self, create: &Value) {
        let index = |it: &Value| Some((it["IndexName"].as_str()?.to_owned(), key(&it["KeySchema"])));
        let indexes = create["GlobalSecondaryIndexes"].as_array().into_iter().flatten().filter_map(index).collect();
        let name = create["TableName"].as_str().unwrap_or_default().to_owned();
        self.0.insert(name, Table { key: key(&create["KeySchema"]), indexes });
    }

    pub(crate) fn get(&self, name: &Value) -> Option<&Table> {
        self.0.get(name.as_str()?)
    }
}

impl Table {
    /// The key of the table, or of one of its indexes.
    pub(crate) fn key_of(&self, index: &Value) -> &Key {
        index.as_str().and_then(|name| self.indexes.get(name)).unwrap_or(&self.key)
    }
}

impl Key {
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        [Some(&self.hash), self.range.as_ref()].into_iter().flatten().map(String::as_str)
    }
}
