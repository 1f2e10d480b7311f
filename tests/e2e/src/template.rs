//! Reads `infra/template.yaml`.

use serde_json::Value;
use serde_yaml_ng::Value as Yaml;
use std::{collections::BTreeMap, path::Path};

/// The template as JSON.
pub fn template() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/template.yaml");
    plain(serde_yaml_ng::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
}

/// YAML as JSON; CloudFormation's short tags (`!Ref x`) become their plain values.
fn plain(yaml: Yaml) -> Value {
    match yaml {
        Yaml::Tagged(tagged) => plain(tagged.value),
        Yaml::Sequence(items) => items.into_iter().map(plain).collect(),
        Yaml::Mapping(fields) => {
            fields.into_iter().map(|(name, value)| (name.as_str().unwrap().to_owned(), plain(value))).collect()
        }
        scalar => serde_json::to_value(scalar).unwrap(),
    }
}

/// Names and properties of the resources of a kind.
pub fn resources<'a>(template: &'a Value, kind: &str) -> Vec<(&'a String, &'a Value)> {
    let all = template["Resources"].as_object().unwrap();
    all.iter().filter(|(_, it)| it["Type"] == kind).map(|(name, it)| (name, &it["Properties"])).collect()
}

/// The name of a function's crate: its folder.
pub fn folder(function: &Value) -> String {
    function["CodeUri"].as_str().unwrap().rsplit('/').find(|it| !it.is_empty()).unwrap().to_owned()
}

/// Route keys as the code has them, each with the function that has it: its resource and its properties. What answers
/// `GET` is routed as `ANY`, for the sake of `HEAD`.
///
/// # Panics
/// When a route is there twice, or `HEAD` would not come to what answers `GET`.
pub fn routes(template: &Value) -> BTreeMap<String, (&String, &Value)> {
    let mut routes = BTreeMap::new();
    for (resource, function) in resources(template, "AWS::Serverless::Function") {
        for event in function["Events"].as_object().unwrap().values().filter(|it| it["Type"] != "DynamoDB") {
            assert_eq!(event["Type"], "HttpApi", "{resource}");
            let [method, path] = ["Method", "Path"].map(|it| event["Properties"][it].as_str().unwrap_or_default());
            assert_ne!(method, "GET", "{path}: ANY takes HEAD along");
            let route = match (method, path) {
                (_, "$default") => path.to_owned(),
                ("ANY", _) => format!("GET {path}"),
                _ => format!("{method} {path}"),
            };
            assert!(routes.insert(route, (resource, function)).is_none(), "{method} {path} is there twice");
        }
    }
    routes
}
