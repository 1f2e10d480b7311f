//! The code and `infra/template.yaml` say the same: routes, table, settings. So does `docs/openapi.yaml` of the routes.

use e2e::{
    Site, events, openapi,
    template::{folder, resources, routes, template},
};
use local::gateway::FUNCTIONS;
use serde_json::{Value, json};
use std::{collections::BTreeSet, fmt::Debug};
use store::{Document, TABLE};
use web::function::DEFAULT;

#[test]
fn code_template_and_document_have_the_same_routes_and_an_event_for_each() {
    let (template, document) = (template(), openapi::document());
    let declared: BTreeSet<_> =
        routes(&template).into_iter().map(|(route, (_, function))| (folder(function), route)).collect();
    let coded: BTreeSet<_> = FUNCTIONS
        .iter()
        .flat_map(|it| it.routes.iter().map(|route| (it.name.to_owned(), route.key.to_owned())))
        .collect();
    assert_same(&declared, &coded, "infra/template.yaml");
    let routes: BTreeSet<_> = coded.into_iter().map(|(_, route)| route).collect();
    let mut described: BTreeSet<_> = openapi::operations(&document).into_keys().collect();
    described.insert(DEFAULT.into());
    assert_same(&described, &routes, "docs/openapi.yaml");
    let with_event: BTreeSet<_> = events::made().into_iter().map(|it| it.route).collect();
    assert_same(&with_event, &routes, "x-events in docs/openapi.yaml");
}

#[track_caller]
fn assert_same<T: Ord + Debug>(described: &BTreeSet<T>, coded: &BTreeSet<T>, place: &str) {
    let (missing, unknown): (Vec<_>, Vec<_>) =
        (coded.difference(described).collect(), described.difference(coded).collect());
    assert!(missing.is_empty() && unknown.is_empty(), "{place} lacks {missing:?}, and no function has {unknown:?}");
}

/// Whether a text meets one of the conditions of a pattern of Lambda's filters: the text itself, or a prefix.
fn meets(conditions: &Value, text: &str) -> bool {
    let one = |condition: &Value| match (condition.as_str(), condition["prefix"].as_str()) {
        (Some(whole), _) => whole == text,
        (None, Some(prefix)) => text.starts_with(prefix),
        (None, None) => panic!("{condition}"),
    };
    conditions.as_array().unwrap().iter().any(one)
}

#[tokio::test]
async fn the_filter_of_the_stream_lets_through_what_is_indexed_and_nothing_else() {
    let template = template();
    let filters = &template["Resources"]["SearchIndexFunction"]["Properties"]["Events"]["Written"]["Properties"];
    let filters = filters["FilterCriteria"]["Filters"].as_array().unwrap();
    let patterns = filters.iter().map(|it| serde_json::from_str::<Value>(it["Pattern"].as_str().unwrap()).unwrap());
    let patterns: Vec<_> = patterns.map(|it| it["dynamodb"]["Keys"].clone()).collect();
    let (mut through, mut kept) = (0, 0);
    for item in Site::start().await.items().await.into_values() {
        let [pk, sk] = ["pk", "sk"].map(|name| item[name]["S"].as_str().unwrap());
        let passes = patterns.iter().any(|keys| meets(&keys["pk"]["S"], pk) && meets(&keys["sk"]["S"], sk));
        assert_eq!(passes, Document::at(pk, sk).unwrap().is_some(), "{pk} {sk}");
        *(if passes { &mut through } else { &mut kept }) += 1;
    }
    assert!(through > 20 && kept > 100, "{through} {kept}");
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
    let vectors = json!([{
        "IndexName": TABLE.vectors.name,
        "VectorAttribute": {"AttributeName": TABLE.vectors.attribute},
        "Dimensions": TABLE.vectors.dimensions,
        "DistanceFunction": "COSINE",
        "SearchSchema": [{"AttributeName": TABLE.vectors.hash, "SearchSchemaElementType": "HASH"}],
        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": [TABLE.vectors.tells]},
    }]);
    assert_eq!(table["VectorIndexes"], vectors);
    assert_eq!(table["TimeToLiveSpecification"]["AttributeName"], TABLE.ttl);
    assert_eq!(table["StreamSpecification"]["StreamViewType"], TABLE.stream);
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
