//! The code and `infra/template.yaml` say the same: routes, table, settings.

use e2e::template::{folder, resources, template};
use local::gateway::FUNCTIONS;
use serde_json::Value;
use std::collections::BTreeSet;
use store::TABLE;

#[test]
fn every_function_has_exactly_its_routes() {
    let template = template();
    let mut declared = BTreeSet::new();
    for (_, properties) in resources(&template, "AWS::Serverless::Function") {
        let folder = folder(properties);
        for event in properties["Events"].as_object().unwrap().values() {
            assert_eq!(event["Type"], "HttpApi");
            let route = match event["Properties"]["Method"].as_str() {
                Some(method) if event["Properties"]["Path"] != "$default" => {
                    format!("{method} {}", event["Properties"]["Path"].as_str().unwrap())
                }
                _ => "$default".into(),
            };
            assert!(declared.insert((folder.clone(), route)), "declared twice");
        }
    }
    let coded: BTreeSet<_> = FUNCTIONS
        .iter()
        .flat_map(|it| it.routes.iter().map(|route| (it.name.to_owned(), route.key.to_owned())))
        .collect();
    assert_eq!(declared, coded);
}

#[test]
fn the_table_is_the_one_that_admin_creates() {
    let template = template();
    let tables = resources(&template, "AWS::DynamoDB::Table");
    let [(_, table)] = tables[..] else { panic!("one table") };
    let keys = |schema: &Value| -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        schema.as_array().unwrap().iter().map(|it| (text(&it["AttributeName"]), text(&it["KeyType"]))).collect()
    };
    let pair =
        |hash: &str, range: &str| vec![(hash.to_owned(), "HASH".to_owned()), (range.to_owned(), "RANGE".to_owned())];
    assert_eq!(keys(&table["KeySchema"]), pair(TABLE.hash, TABLE.range));
    let indexes: Vec<_> = table["GlobalSecondaryIndexes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (
                it["IndexName"].as_str().unwrap().to_owned(),
                keys(&it["KeySchema"]),
                it["Projection"]["ProjectionType"].clone(),
            )
        })
        .collect();
    let coded: Vec<_> = TABLE
        .indexes
        .iter()
        .map(|(name, hash, range)| ((*name).to_owned(), pair(hash, range), Value::from("ALL")))
        .collect();
    assert_eq!(indexes, coded);
    let mut attributes: Vec<_> = table["AttributeDefinitions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            assert_eq!(it["AttributeType"], "S");
            it["AttributeName"].as_str().unwrap()
        })
        .collect();
    attributes.sort_unstable();
    assert_eq!(attributes, TABLE.key_attributes());
    assert_eq!(table["TimeToLiveSpecification"]["AttributeName"], TABLE.ttl);
    assert!(table.get("LocalSecondaryIndexes").is_none(), "an LSI would cap a company at 10 GB");
}

/// It decides who may enter, and is the only one that needs to write that.
#[test]
fn what_writes_settings_writes_nothing_else() {
    let template = template();
    let all = resources(&template, "AWS::Serverless::Function");
    let (_, properties) = all.iter().find(|(name, _)| *name == "PortalSettingsFunction").unwrap();
    let statements = properties["Policies"][0]["Statement"].as_array().unwrap();
    let writes: Vec<_> = statements.iter().filter(|it| it["Action"].to_string().contains("UpdateItem")).collect();
    let [write] = writes[..] else { panic!("one statement") };
    assert_eq!(write["Action"], serde_json::json!(["dynamodb:PutItem", "dynamodb:UpdateItem"]));
    let keys = serde_json::json!({"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["SETTINGS"]}});
    assert_eq!(write["Condition"], keys);
}

#[test]
fn every_function_gets_every_setting() {
    let template = template();
    let globals = template["Globals"]["Function"]["Environment"]["Variables"].as_object().cloned().unwrap_or_default();
    for (name, properties) in resources(&template, "AWS::Serverless::Function") {
        let own = properties["Environment"]["Variables"].as_object().cloned().unwrap_or_default();
        for setting in [
            "TABLE_NAME",
            "IDENTITY_KEYS",
            "SESSION_KEYS",
            "TEAMMATE_KEYS",
            "TEAMMATE_SIGN_IN_URL",
            "PORTAL_ORIGIN",
            "LOG_LEVEL",
        ] {
            assert!(globals.contains_key(setting) || own.contains_key(setting), "{name} lacks {setting}");
        }
    }
}

#[test]
fn a_sign_in_address_that_is_left_empty_is_no_setting() {
    let template = template();
    assert_eq!(template["Parameters"]["TeammateSignInUrl"]["Default"], "");
    let setting = &template["Globals"]["Function"]["Environment"]["Variables"]["TEAMMATE_SIGN_IN_URL"];
    assert_eq!(*setting, serde_json::json!(["HasTeammateSignIn", "TeammateSignInUrl", "AWS::NoValue"]));
}
