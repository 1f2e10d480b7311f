//! The metrics of a line, in CloudWatch's embedded metric format, which says which members of the line are metrics.

use domain::timestamp::Timestamp;
use lambda_http::http::StatusCode;
use serde::Serialize;
use store::Usage;

/// The members of a line that CloudWatch reads.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Metrics<'a> {
    #[serde(rename = "_aws")]
    aws: Directives,
    function: &'a str,
    route: &'a str,
    latency: f64,
    read_units: f64,
    write_units: f64,
    dynamo_db_calls: u32,
    dynamo_db_retries: u32,
    errors: u8,
    broken: u8,
    cold_start: u8,
}

impl<'a> Metrics<'a> {
    pub(super) fn new(
        (function, route): (&'a str, &'a str),
        now: Timestamp,
        status: StatusCode,
        latency: f64,
        usage: Usage,
        cold_start: bool,
    ) -> Self {
        Self {
            aws: Directives { timestamp: now.millis(), cloud_watch_metrics: DIRECTIVES },
            function,
            route,
            latency,
            read_units: usage.read_units,
            write_units: usage.write_units,
            dynamo_db_calls: usage.calls,
            dynamo_db_retries: usage.retries(),
            errors: status.is_server_error().into(),
            broken: (status == StatusCode::INTERNAL_SERVER_ERROR).into(),
            cold_start: cold_start.into(),
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directives {
    timestamp: i64,
    cloud_watch_metrics: [Directive; 2],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    namespace: &'static str,
    dimensions: &'static [&'static [&'static str]],
    metrics: &'static [Metric],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    name: &'static str,
    unit: &'static str,
}

const LATENCY: Metric = Metric { name: "Latency", unit: "Milliseconds" };
const READ_UNITS: Metric = Metric { name: "ReadUnits", unit: "Count" };
const WRITE_UNITS: Metric = Metric { name: "WriteUnits", unit: "Count" };
const ERRORS: Metric = Metric { name: "Errors", unit: "Count" };
const BROKEN: Metric = Metric { name: "Broken", unit: "Count" };
const CALLS: Metric = Metric { name: "DynamoDbCalls", unit: "Count" };
const RETRIES: Metric = Metric { name: "DynamoDbRetries", unit: "Count" };
const COLD_START: Metric = Metric { name: "ColdStart", unit: "Count" };

/// CloudWatch charges for each metric in each combination of dimensions, so only the metrics in which routes differ are
/// kept by route.
const DIRECTIVES: [Directive; 2] = [
    Directive {
        namespace: "TicketsPortal",
        dimensions: &[&["Function"]],
        metrics: &[LATENCY, READ_UNITS, WRITE_UNITS, ERRORS, BROKEN, CALLS, RETRIES, COLD_START],
    },
    Directive {
        namespace: "TicketsPortal",
        dimensions: &[&["Function", "Route"]],
        metrics: &[LATENCY, READ_UNITS, WRITE_UNITS, ERRORS],
    },
];
