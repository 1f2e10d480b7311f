//! The line that is logged for each batch of the table's stream.

use super::{
    init,
    record::{DEPLOYED_AS, millis, write},
};
use domain::timestamp::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use std::time::Duration;
use store::Usage;
use tracing::Level;

/// What became of a batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fed {
    pub(crate) records: usize,
    /// Records that have to be sent again.
    pub(crate) failed: usize,
    /// Those of them for a reason that stays.
    pub(crate) broken: usize,
    /// The age of the oldest record when all had been dealt with, in milliseconds.
    pub(crate) lag_ms: i64,
    pub(crate) took: Duration,
    pub(crate) usage: Usage,
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    level: &'static str,
    timestamp: String,
    message: &'static str,
    #[serde(rename = "requestId", skip_serializing_if = "str::is_empty")]
    invocation: &'a str,
    function: &'static str,
    latency_ms: f64,
    cold_start: bool,
    records: usize,
    failed: usize,
    lag_ms: i64,
    dynamodb_calls: u32,
    dynamodb_retries: u32,
    read_units: f64,
    write_units: f64,
    #[serde(flatten)]
    metrics: Value,
}

/// The members of a line that CloudWatch reads.
fn metrics(name: &str, now: Timestamp, fed: Fed) -> Value {
    let metric = |name: &str, unit: &str| json!({"Name": name, "Unit": unit});
    let named = [
        metric("Lag", "Milliseconds"),
        metric("Records", "Count"),
        metric("FailedRecords", "Count"),
        metric("Broken", "Count"),
        metric("Latency", "Milliseconds"),
        metric("ReadUnits", "Count"),
        metric("WriteUnits", "Count"),
    ];
    json!({
        "_aws": {"Timestamp": now.millis(), "CloudWatchMetrics": [
            {"Namespace": "TicketsPortal", "Dimensions": [["Function"]], "Metrics": named}]},
        "Function": name, "Lag": fed.lag_ms, "Records": fed.records, "FailedRecords": fed.failed,
        "Broken": fed.broken,
        "Latency": millis(fed.took), "ReadUnits": fed.usage.read_units, "WriteUnits": fed.usage.write_units,
    })
}

fn line<'a>(
    function: &'static str,
    deployed_as: Option<&str>,
    now: Timestamp,
    invocation: &'a str,
    cold_start: bool,
    fed: Fed,
) -> Line<'a> {
    Line {
        level: if fed.failed > 0 { "ERROR" } else { "INFO" },
        timestamp: now.to_string(),
        message: "fed",
        invocation,
        function,
        latency_ms: millis(fed.took),
        cold_start,
        records: fed.records,
        failed: fed.failed,
        lag_ms: fed.lag_ms,
        dynamodb_calls: fed.usage.calls,
        dynamodb_retries: fed.usage.retries(),
        read_units: fed.usage.read_units,
        write_units: fed.usage.write_units,
        metrics: deployed_as.map_or_else(|| json!({}), |name| metrics(name, now, fed)),
    }
}

/// Writes the line of a batch.
pub(crate) fn fed(function: &'static str, now: Timestamp, invocation: &str, fed: Fed) {
    let cold_start = init::take().is_some();
    let wanted = if fed.failed > 0 { tracing::enabled!(Level::ERROR) } else { tracing::enabled!(Level::INFO) };
    if wanted {
        write(&line(function, DEPLOYED_AS.as_deref(), now, invocation, cold_start, fed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_behind_the_batch_was_and_every_metric_has_a_value() {
        let usage = Usage { calls: 3, attempts: 4, read_units: 2.5, write_units: 9.0 };
        let took = Duration::from_millis(12);
        let fed = Fed { records: 7, failed: 1, broken: 1, lag_ms: 900, took, usage };
        let now = "2026-11-20T12:00:00Z".parse().unwrap();
        let line = |deployed| serde_json::to_value(line("search-index", deployed, now, "i", false, fed)).unwrap();
        let expected = json!({
            "level": "ERROR", "timestamp": "2026-11-20T12:00:00Z", "message": "fed", "requestId": "i",
            "function": "search-index", "latency_ms": 12.0, "cold_start": false, "records": 7, "failed": 1,
            "lag_ms": 900, "dynamodb_calls": 3, "dynamodb_retries": 1, "read_units": 2.5, "write_units": 9.0});
        assert_eq!(line(None), expected);
        let line = line(Some("stack-SearchIndex-1"));
        let [directive] = line["_aws"]["CloudWatchMetrics"].as_array().unwrap().as_slice() else { panic!("{line}") };
        assert_eq!(line["Function"], "stack-SearchIndex-1");
        for metric in directive["Metrics"].as_array().unwrap() {
            assert!(line[metric["Name"].as_str().unwrap()].is_number(), "{metric} has no value");
        }
    }
}
