//! Reads `docs/openapi.yaml`.

use serde_json::Value;
use serde_yaml_ng::Value as Yaml;
use std::{collections::BTreeMap, path::Path};

/// The document as it is written, with the order of its fields. A key that is given twice is refused.
pub fn written() -> Yaml {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.yaml");
    serde_yaml_ng::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The document as JSON.
pub fn document() -> Value {
    serde_json::to_value(written()).unwrap()
}

/// Route keys and what the document says about each.
pub fn operations(document: &Value) -> BTreeMap<String, &Value> {
    let paths = fields(&document["paths"]).flat_map(|(path, item)| {
        fields(item).map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    });
    paths.collect()
}

/// What a reference points to; anything else is returned as it is.
pub fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    value["$ref"].as_str().map_or(value, |reference| {
        let place = reference.strip_prefix('#').and_then(|it| document.pointer(it));
        place.unwrap_or_else(|| panic!("{reference} is nowhere"))
    })
}

/// The fields of an object; anything else has none.
pub fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The items of an array; anything else has none.
pub fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A route's path, filled in for the scene.
pub fn address(path: &str) -> String {
    path.replace("{ticket_id}", "tk-1").replace("{conversation_id}", "c-1").replace("{logo_id}", "l-1")
}
