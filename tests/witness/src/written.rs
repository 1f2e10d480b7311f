//! What has been written, for those who read the table's stream, where there is no stream to read.

use crate::tables::Tables;
use serde_json::{Map, Value, json};

/// Records of an event.
const MOST: usize = 100;

/// Keys of items that were written since somebody asked.
#[derive(Debug, Default)]
pub(crate) struct Written {
    keys: Vec<Value>,
    /// How many records have been made.
    numbered: usize,
}

impl Written {
    /// Notes a request that has been carried out.
    pub(crate) fn note(&mut self, tables: &Tables, operation: &str, asked: &Value) {
        self.keys.extend(keys(tables, operation, asked));
    }

    /// What was noted since the last time, as events of the table's stream. They say which items were written, not what
    /// was in them.
    pub(crate) fn take(&mut self) -> Vec<Value> {
        let keys = std::mem::take(&mut self.keys);
        let mut record = |keys: &Value| {
            self.numbered += 1;
            let number = format!("{:021}", self.numbered);
            json!({"eventName": "MODIFY", "dynamodb": {"Keys": keys, "SequenceNumber": number}})
        };
        let events = keys.chunks(MOST);
        events.map(|keys| json!({"Records": keys.iter().map(&mut record).collect::<Vec<_>>()})).collect()
    }
}

/// Whether an operation writes items.
pub(crate) fn writes(operation: &str) -> bool {
    ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"].contains(&operation)
}

/// The keys of the items that a request writes.
fn keys(tables: &Tables, operation: &str, asked: &Value) -> Vec<Value> {
    let key = |table: &Value, item: &Value| {
        let names = tables.get(table)?.key.names();
        Some(names.map(|name| (name.to_owned(), item[name].clone())).collect::<Map<_, _>>().into())
    };
    let of = |action: &Value| {
        let item = if action["Item"].is_object() { &action["Item"] } else { &action["Key"] };
        key(&action["TableName"], item)
    };
    match operation {
        "PutItem" | "UpdateItem" | "DeleteItem" => of(asked).into_iter().collect(),
        "TransactWriteItems" => {
            let actions = asked["TransactItems"].as_array().into_iter().flatten();
            let writes = actions.filter(|action| action["ConditionCheck"].is_null());
            writes.filter_map(|action| of(action.as_object()?.values().next()?)).collect()
        }
        "BatchWriteItem" => {
            let tables = asked["RequestItems"].as_object().into_iter().flatten();
            let requests = tables.flat_map(|(table, all)| {
                all.as_array().into_iter().flatten().map(move |request| (Value::from(table.as_str()), request))
            });
            let keyed = requests.filter_map(|(table, request)| {
                let put = &request["PutRequest"]["Item"];
                key(&table, if put.is_object() { put } else { &request["DeleteRequest"]["Key"] })
            });
            keyed.collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_was_written_is_told_once() {
        let mut tables = Tables::default();
        tables.learn(&json!({"TableName": "t", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]}));
        let mut written = Written::default();
        let put = |pk: &str| json!({"TableName": "t", "Item": {"pk": {"S": pk}, "a": {"S": "x"}}});
        let key = |pk: &str| json!({"TableName": "t", "Key": {"pk": {"S": pk}}});
        written.note(&tables, "PutItem", &put("a"));
        written.note(&tables, "GetItem", &key("unwritten"));
        let actions = json!({"TransactItems": [{"ConditionCheck": key("unwritten")}, {"Update": key("b")}]});
        written.note(&tables, "TransactWriteItems", &actions);
        let batch = json!({"RequestItems": {"t": [
            {"PutRequest": {"Item": {"pk": {"S": "c"}}}}, {"DeleteRequest": {"Key": {"pk": {"S": "d"}}}}]}});
        written.note(&tables, "BatchWriteItem", &batch);
        let events = written.take();
        let records = events[0]["Records"].as_array().unwrap();
        let told: Vec<_> = records.iter().map(|it| it["dynamodb"]["Keys"]["pk"]["S"].as_str().unwrap()).collect();
        assert_eq!((events.len(), told), (1, vec!["a", "b", "c", "d"]));
        assert_eq!(written.take(), [Value::Null; 0]);
    }
}
