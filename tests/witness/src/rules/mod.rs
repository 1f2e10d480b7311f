//! What DynamoDB refuses, as its documentation says: the API reference of each operation, "Quotas in Amazon DynamoDB"
//! and "Reserved words". Engines on one machine do not check all of it.

mod expression;
mod item;
mod query;

use crate::tables::{Table, Tables};
use serde_json::Value;
use std::collections::HashSet;

/// Bytes of everything that a transaction is about.
const TRANSACTION: usize = 4 * 1024 * 1024;
/// Bytes of a batch.
const BATCH: usize = 16 * 1024 * 1024;

type Verdict = Result<(), String>;

fn demand(holds: bool, rule: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(rule()) }
}

/// Checks a request.
pub(crate) fn check(tables: &Tables, operation: &str, body: &Value, bytes: usize) -> Verdict {
    let table = || tables.get(&body["TableName"]);
    match operation {
        "PutItem" | "UpdateItem" | "DeleteItem" | "GetItem" => table().map_or(Ok(()), |table| action(table, body)),
        "Query" => table().map_or(Ok(()), |table| query::query(table, body)),
        "Scan" => table().map_or(Ok(()), |table| query::scan(table, body)),
        "TransactWriteItems" => {
            demand(bytes <= TRANSACTION + TRANSACTION / 4, || format!("a transaction of {bytes} bytes"))?;
            transaction(tables, body)
        }
        "BatchGetItem" => {
            let keys = |it: &Value| it["Keys"].as_array().cloned().unwrap_or_default();
            batch(tables, body, 100, |table, it| {
                let keys = keys(it);
                keys.iter().try_for_each(|key| item::key(table, key))?;
                Ok(keys)
            })
        }
        "BatchWriteItem" => {
            demand(bytes <= BATCH, || format!("a batch of {bytes} bytes"))?;
            batch(tables, body, 25, |table, it| {
                it.as_array().into_iter().flatten().map(|request| write(table, request)).collect()
            })
        }
        _ => Ok(()),
    }
}

/// An operation on one item.
fn action(table: &Table, body: &Value) -> Verdict {
    match &body["Item"] {
        Value::Null => item::key(table, &body["Key"])?,
        put => item::item(table, put)?,
    }
    expression::check(table, body)
}

fn address(table: &Table, it: &Value) -> String {
    table.key.names().map(|name| it[name].to_string()).collect()
}

fn transaction(tables: &Tables, body: &Value) -> Verdict {
    let actions = body["TransactItems"].as_array().map(Vec::as_slice).unwrap_or_default();
    demand((1..=100).contains(&actions.len()), || format!("a transaction of {} actions", actions.len()))?;
    let token = body["ClientRequestToken"].as_str().unwrap_or_default();
    demand(token.len() <= 36, || "a token of more than 36 characters".into())?;
    let mut items = HashSet::new();
    for it in actions {
        let kinds = it.as_object().map(|it| it.len()).unwrap_or_default();
        demand(kinds == 1, || format!("{kinds} actions in one"))?;
        let (kind, it) = it.as_object().and_then(|it| it.iter().next()).ok_or("no action")?;
        let condition = it["ConditionExpression"].is_string();
        demand(kind != "ConditionCheck" || condition, || "a check without a condition".into())?;
        if let Some(table) = tables.get(&it["TableName"]) {
            action(table, it)?;
            let key = address(table, if it["Item"].is_null() { &it["Key"] } else { &it["Item"] });
            demand(items.insert(format!("{} {key}", it["TableName"])), || format!("two actions on {key}"))?;
        }
    }
    Ok(())
}

fn write(table: &Table, request: &Value) -> Result<Value, String> {
    match (&request["PutRequest"]["Item"], &request["DeleteRequest"]["Key"]) {
        (Value::Null, key) => item::key(table, key).map(|()| key.clone()),
        (put, _) => item::item(table, put).map(|()| put.clone()),
    }
}

fn batch(
    tables: &Tables,
    body: &Value,
    most: usize,
    items: impl Fn(&Table, &Value) -> Result<Vec<Value>, String>,
) -> Verdict {
    let (mut count, mut seen) = (0, HashSet::new());
    for (name, requests) in body["RequestItems"].as_object().into_iter().flatten() {
        let Some(table) = tables.get(&Value::from(name.as_str())) else { return Ok(()) };
        for it in items(table, requests)? {
            count += 1;
            demand(seen.insert((name, address(table, &it))), || format!("{} twice", address(table, &it)))?;
        }
    }
    demand((1..=most).contains(&count), || format!("a batch of {count}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn tables() -> Tables {
        let schema = |hash: &str, range: &str| json!([{"AttributeName": hash, "KeyType": "HASH"}, {"AttributeName": range, "KeyType": "RANGE"}]);
        let mut tables = Tables::default();
        tables.learn(&json!({"TableName": "t", "KeySchema": schema("pk", "sk"),
            "GlobalSecondaryIndexes": [{"IndexName": "i", "KeySchema": schema("view", "at")}]}));
        tables
    }

    fn verdict(operation: &str, body: &Value) -> Verdict {
        check(&tables(), operation, body, body.to_string().len())
    }

    fn item(more: Value) -> Value {
        let mut item = json!({"pk": {"S": "p"}, "sk": {"S": "s"}});
        item.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        item
    }

    fn query(more: Value) -> Value {
        let mut query = json!({"TableName": "t", "KeyConditionExpression": "pk = :pk AND begins_with(sk, :from)",
            "ExpressionAttributeValues": {":pk": {"S": "p"}, ":from": {"S": "s"}}});
        query.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        query
    }

    #[test]
    fn what_is_allowed_passes() {
        let put = json!({"TableName": "t", "Item": item(json!({"view": {"S": "v"}, "n": {"N": "-1.5"}}))});
        assert_eq!(verdict("PutItem", &put), Ok(()));
        assert_eq!(verdict("Query", &query(json!({"Limit": 3, "ConsistentRead": true}))), Ok(()));
        assert_eq!(
            verdict("Query", &query(json!({"ExclusiveStartKey": {"pk": {"S": "p"}, "sk": {"S": "s1"}}}))),
            Ok(())
        );
        let update = json!({"TableName": "t", "Key": item(json!({})),
            "UpdateExpression": "SET #a = if_not_exists(#a, :a), b1 = :a REMOVE c1 ADD n1 :n",
            "ConditionExpression": "attribute_not_exists(#a) OR #a = :a",
            "ExpressionAttributeNames": {"#a": "name"},
            "ExpressionAttributeValues": {":a": {"S": ""}, ":n": {"N": "1"}}});
        assert_eq!(verdict("UpdateItem", &update), Ok(()));
        let transaction = json!({"TransactItems": [{"Update": update}, {"Delete": {"TableName": "t",
            "Key": {"pk": {"S": "p"}, "sk": {"S": "other"}}}}]});
        assert_eq!(verdict("TransactWriteItems", &transaction), Ok(()));
    }

    #[test]
    fn items_that_dynamodb_refuses_are_refused() {
        let long = "x".repeat(2049);
        for more in [
            json!({"pk": {"S": ""}}),
            json!({"pk": {"N": "1"}}),
            json!({"pk": {"S": long}}),
            json!({"sk": {"S": &long[..1025]}}),
            json!({"view": {"S": ""}}),
            json!({"at": {"S": &long[..1025]}}),
            json!({"text": {"S": "x".repeat(400 * 1024)}}),
            json!({"n": {"N": "1".repeat(39)}}),
            json!({"n": {"N": "many"}}),
            json!({"set": {"SS": []}}),
            json!({"set": {"SS": ["a", "a"]}}),
            json!({"two": {"S": "", "N": "1"}}),
        ] {
            let put = json!({"TableName": "t", "Item": item(more.clone())});
            assert!(verdict("PutItem", &put).is_err(), "{}", more.to_string().get(..60).unwrap_or_default());
        }
        assert!(verdict("PutItem", &json!({"TableName": "t", "Item": {"pk": {"S": "p"}}})).is_err());
        assert!(verdict("GetItem", &json!({"TableName": "t", "Key": item(json!({"more": {"S": "x"}}))})).is_err());
    }

    #[test]
    fn expressions_that_dynamodb_refuses_are_refused() {
        let a = json!({":a": {"S": "a"}});
        for (expression, names, values) in [
            ("SET #a = :a", json!({}), a.clone()),
            ("SET #a = :a", json!({"#a": "a"}), json!({":b": {"S": "b"}})),
            ("SET #a = :a", json!({"#a": "a", "#b": "b"}), a.clone()),
            ("SET name = :a", Value::Null, a.clone()),
            ("SET a1 = :a, a1 = :a", Value::Null, a.clone()),
            ("SET #a = :a REMOVE #b", json!({"#a": "x", "#b": "x"}), a.clone()),
            ("SET a1 = :a SET b1 = :a", Value::Null, a.clone()),
            ("SET sk = :a", Value::Null, a.clone()),
            ("SET #v = :a", json!({"#v": "view"}), json!({":a": {"S": ""}})),
            ("", Value::Null, Value::Null),
        ] {
            let mut update = json!({"TableName": "t", "Key": item(json!({})), "UpdateExpression": expression});
            for (name, given) in [("ExpressionAttributeNames", names), ("ExpressionAttributeValues", values)] {
                if !given.is_null() {
                    update[name] = given;
                }
            }
            assert!(verdict("UpdateItem", &update).is_err(), "{update}");
        }
    }

    #[test]
    fn queries_that_dynamodb_refuses_are_refused() {
        let of_index = "view = :pk AND begins_with(at, :from)";
        for more in [
            json!({"Limit": 0}),
            json!({"IndexName": "other"}),
            json!({"IndexName": "i", "KeyConditionExpression": of_index, "ConsistentRead": true}),
            json!({"KeyConditionExpression": "begins_with(sk, :from) AND sk = :pk"}),
            json!({"KeyConditionExpression": "pk = :pk AND sk BETWEEN :from AND :pk"}),
            json!({"ExpressionAttributeValues": {":pk": {"S": "p"}, ":from": {"S": ""}}}),
            json!({"FilterExpression": "sk = :from"}),
            json!({"ExclusiveStartKey": {"pk": {"S": "p"}}}),
            json!({"ExclusiveStartKey": {"pk": {"S": "other"}, "sk": {"S": "s"}}}),
            json!({"ExclusiveStartKey": {"pk": {"S": "p"}, "sk": {"S": "x"}}}),
        ] {
            assert!(verdict("Query", &query(more.clone())).is_err(), "{more}");
        }
    }

    #[test]
    fn batches_and_transactions_have_limits() {
        let key = |n: usize| json!({"pk": {"S": "p"}, "sk": {"S": n.to_string()}});
        let gets = |keys: Vec<Value>| json!({"RequestItems": {"t": {"Keys": keys}}});
        assert_eq!(verdict("BatchGetItem", &gets((0..100).map(key).collect())), Ok(()));
        for wrong in [gets((0..101).map(key).collect()), gets(vec![key(1), key(1)]), gets(vec![])] {
            assert!(verdict("BatchGetItem", &wrong).is_err());
        }
        let deletes = |n: usize| -> Value { (0..n).map(|n| json!({"DeleteRequest": {"Key": key(n)}})).collect() };
        assert_eq!(verdict("BatchWriteItem", &json!({"RequestItems": {"t": deletes(25)}})), Ok(()));
        assert!(verdict("BatchWriteItem", &json!({"RequestItems": {"t": deletes(26)}})).is_err());
        let delete = |n: usize| json!({"Delete": {"TableName": "t", "Key": key(n)}});
        let all = |count: usize| json!({"TransactItems": (0..count).map(delete).collect::<Value>()});
        assert_eq!(verdict("TransactWriteItems", &all(100)), Ok(()));
        assert!(verdict("TransactWriteItems", &all(101)).is_err());
        let twice = json!({"TransactItems": [delete(1), delete(1)]});
        assert!(verdict("TransactWriteItems", &twice).is_err());
        let check = json!({"TransactItems": [{"ConditionCheck": {"TableName": "t", "Key": key(1)}}]});
        assert!(verdict("TransactWriteItems", &check).is_err());
    }
}
