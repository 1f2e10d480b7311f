//! What one partition can take: 1,000 write and 3,000 read units a second (AWS, "Designing partition keys"). Whoever
//! asks for more is throttled. A partition is a partition key of the table or of an index; what a request costs is
//! worked out from its items when it writes, and taken from its answer when it reads.

use crate::{
    size,
    tables::{Table, Tables},
};
use serde_json::{Map, Value};
use std::{collections::HashMap, time::Instant};

const WRITE_UNITS: f64 = 1000.0;
const READ_UNITS: f64 = 3000.0;

#[derive(Debug, Default)]
pub(crate) struct Pace {
    writes: HashMap<String, Bucket>,
    reads: HashMap<String, Bucket>,
}

/// Units left of this second.
#[derive(Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Bucket {
    fn left(&mut self, a_second: f64) -> f64 {
        let now = Instant::now();
        self.left = a_second.min(self.left + a_second * (now - self.at).as_secs_f64());
        self.at = now;
        self.left
    }
}

fn bucket<'a>(of: &'a mut HashMap<String, Bucket>, partition: &str, a_second: f64) -> &'a mut Bucket {
    of.entry(partition.to_owned()).or_insert_with(|| Bucket { left: a_second, at: Instant::now() })
}

impl Pace {
    /// Takes the units of a write; `false` if one of its partitions has none left.
    pub(crate) fn takes(&mut self, tables: &Tables, operation: &str, body: &Value) -> bool {
        let costs = writes(tables, operation, body);
        if costs.keys().any(|it| bucket(&mut self.writes, it, WRITE_UNITS).left(WRITE_UNITS) <= 0.0) {
            return false;
        }
        for (partition, units) in costs {
            bucket(&mut self.writes, &partition, WRITE_UNITS).left -= units;
        }
        true
    }

    /// Whether the partition that a query reads has units left.
    pub(crate) fn reads(&mut self, partition: Option<&str>) -> bool {
        partition.is_none_or(|it| bucket(&mut self.reads, it, READ_UNITS).left(READ_UNITS) > 0.0)
    }

    /// Notes what a query has read.
    pub(crate) fn read(&mut self, partition: Option<&str>, answer: &Value) {
        let units = answer["ConsumedCapacity"]["CapacityUnits"].as_f64().unwrap_or(0.0);
        if let Some(partition) = partition {
            bucket(&mut self.reads, partition, READ_UNITS).left -= units;
        }
    }
}

/// The partition that a query reads.
pub(crate) fn partition(tables: &Tables, body: &Value) -> Option<String> {
    let key = tables.get(&body["TableName"])?.key_of(&body["IndexName"]);
    let condition = body["KeyConditionExpression"].as_str()?;
    let equal = condition.split(" AND ").find_map(|part| part.trim().split_once(" = "))?;
    let names = &body["ExpressionAttributeNames"];
    let name = names[equal.0].as_str().unwrap_or(equal.0);
    let value = body["ExpressionAttributeValues"][equal.1.trim()]["S"].as_str()?;
    (name == key.hash).then(|| format!("{} {value}", body["IndexName"].as_str().unwrap_or_default()))
}

/// What a write costs each of its partitions.
fn writes(tables: &Tables, operation: &str, body: &Value) -> HashMap<String, f64> {
    let mut costs = HashMap::new();
    let mut add = |table: Option<&Table>, it: &Map<String, Value>, times: f64| {
        let Some(table) = table else { return };
        // A kilobyte each, begun ones too.
        let units = size::item(it).div_ceil(1024).max(1) as f64;
        if let Some(partition) = it.get(&table.key.hash).and_then(|it| it["S"].as_str()) {
            *costs.entry(format!(" {partition}")).or_default() += units * times;
        }
        for (name, key) in &table.indexes {
            if let Some(partition) = it.get(&key.hash).and_then(|it| it["S"].as_str()) {
                *costs.entry(format!("{name} {partition}")).or_default() += units;
            }
        }
    };
    match operation {
        "PutItem" | "UpdateItem" | "DeleteItem" => {
            let item = body["Item"].as_object().or(body["Key"].as_object());
            item.into_iter().for_each(|it| add(tables.get(&body["TableName"]), it, 1.0));
        }
        "BatchWriteItem" => {
            for (name, requests) in body["RequestItems"].as_object().into_iter().flatten() {
                let table = tables.get(&Value::from(name.as_str()));
                for request in requests.as_array().into_iter().flatten() {
                    let put = request["PutRequest"]["Item"].as_object();
                    let item = put.or(request["DeleteRequest"]["Key"].as_object());
                    item.into_iter().for_each(|it| add(table, it, 1.0));
                }
            }
        }
        "TransactWriteItems" => {
            for action in body["TransactItems"].as_array().into_iter().flatten() {
                let action = action.as_object().and_then(|it| it.values().next()).unwrap_or(&Value::Null);
                let item = action["Item"].as_object().or(action["Key"].as_object());
                item.into_iter().for_each(|it| add(tables.get(&action["TableName"]), it, 2.0));
            }
        }
        _ => {}
    }
    costs
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_partition_takes_a_thousand_units_of_writes_at_once_and_others_go_on() {
        let mut tables = Tables::default();
        tables.learn(&json!({"TableName": "t", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]}));
        let mut pace = Pace::default();
        let put = |pk: &str, size| json!({"TableName": "t", "Item": {"pk": {"S": pk}, "a": {"S": "x".repeat(size)}}});
        let written = (0..2000).take_while(|_| pace.takes(&tables, "PutItem", &put("busy", 9 * 1024))).count();
        assert!((100..120).contains(&written), "{written} of 10 units each");
        assert!(pace.takes(&tables, "PutItem", &put("idle", 1)));
    }
}
