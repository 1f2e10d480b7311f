//! Conflicts: while a transaction is under way, DynamoDB refuses every other one that has an item of it, and every other
//! write of that item (AWS, "DynamoDB transactions: How it works", Transaction conflict handling). Engines on one machine
//! carry one out after the other.

use crate::tables::Tables;
use serde_json::{Value, json};
use std::collections::HashSet;

/// The items that transactions have which are under way.
#[derive(Debug, Default)]
pub(crate) struct Conflicts(HashSet<Item>);

/// A table's name, and the key of an item.
pub(crate) type Item = (String, String);

/// How a write is refused: the code and the rest of the answer.
pub(crate) type Refusal = (&'static str, Value);

impl Conflicts {
    /// Begins a write: what it has for as long as it is under way, if it is a transaction.
    pub(crate) fn begin(&mut self, tables: &Tables, operation: &str, body: &Value) -> Result<Vec<Item>, Refusal> {
        let items = items(tables, operation, body);
        let taken: Vec<bool> = items.iter().map(|it| self.0.contains(it)).collect();
        match (taken.contains(&true), operation == "TransactWriteItems") {
            (true, true) => {
                let code = |taken: &bool| if *taken { "TransactionConflict" } else { "None" };
                let reasons: Vec<Value> = taken.iter().map(|it| json!({"Code": code(it)})).collect();
                let body = json!({"message": "Transaction cancelled", "CancellationReasons": reasons});
                Err(("TransactionCanceledException", body))
            }
            (true, false) => {
                Err(("TransactionConflictException", json!({"message": "Transaction is ongoing for the item"})))
            }
            (false, true) => {
                self.0.extend(items.iter().cloned());
                Ok(items)
            }
            (false, false) => Ok(Vec::new()),
        }
    }

    /// Ends what [`Self::begin`] began.
    pub(crate) fn end(&mut self, items: &[Item]) {
        for item in items {
            self.0.remove(item);
        }
    }
}

/// The items that a write names, in its order.
fn items(tables: &Tables, operation: &str, body: &Value) -> Vec<Item> {
    let item = |action: &Value| {
        let has = if action["Item"].is_object() { &action["Item"] } else { &action["Key"] };
        let names = tables.get(&action["TableName"]).map(|table| table.key.names().map(|name| &has[name]));
        let key: Vec<&Value> = names.into_iter().flatten().collect();
        (action["TableName"].to_string(), json!(key).to_string())
    };
    match operation {
        "TransactWriteItems" => {
            let actions = body["TransactItems"].as_array().into_iter().flatten();
            actions.filter_map(|action| action.as_object()?.values().next()).map(item).collect()
        }
        "PutItem" | "UpdateItem" | "DeleteItem" => vec![item(body)],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn while_a_transaction_is_under_way_nobody_else_writes_its_items() {
        let mut tables = Tables::default();
        tables.learn(&json!({"TableName": "t", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]}));
        let mut conflicts = Conflicts::default();
        let put = |pk: &str| json!({"TableName": "t", "Item": {"pk": {"S": pk}, "a": {"S": "x"}}});
        let look = |pk: &str| json!({"TableName": "t", "Key": {"pk": {"S": pk}}});
        let both = json!({"TransactItems": [{"Put": put("a")}, {"ConditionCheck": look("b")}]});
        let other = json!({"TransactItems": [{"Put": put("c")}, {"Put": put("b")}]});

        let begun = conflicts.begin(&tables, "TransactWriteItems", &both).unwrap();
        let (code, answer) = conflicts.begin(&tables, "TransactWriteItems", &other).unwrap_err();
        assert_eq!(code, "TransactionCanceledException");
        assert_eq!(answer["CancellationReasons"], json!([{"Code": "None"}, {"Code": "TransactionConflict"}]));
        assert_eq!(conflicts.begin(&tables, "PutItem", &put("a")).unwrap_err().0, "TransactionConflictException");
        assert_eq!(conflicts.begin(&tables, "UpdateItem", &look("c")), Ok(vec![]), "what was refused has nothing");

        conflicts.end(&begun);
        assert!(conflicts.begin(&tables, "TransactWriteItems", &other).is_ok());
    }
}
