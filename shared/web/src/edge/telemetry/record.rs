//! The line that is logged for each request: what was asked, how it was answered, and what that took.

use super::{
    init::{self, Init, Started},
    metrics::Metrics,
};
use crate::{base::signing::KeyRing, http::request::Request};
use domain::timestamp::Timestamp;
use lambda_http::{Context, http::StatusCode};
use serde::Serialize;
use std::{env, io::Write, sync::LazyLock, time::Duration};
use store::Usage;
use tracing::Level;

/// The name under which the function is deployed. An account can have several deployments of it.
pub(super) static DEPLOYED_AS: LazyLock<Option<String>> = LazyLock::new(|| env::var("AWS_LAMBDA_FUNCTION_NAME").ok());

/// How Lambda identifies a request.
#[derive(Debug, Default)]
pub(crate) struct Invocation {
    /// The same id as in the lines that Lambda itself writes.
    pub(crate) id: String,
    /// The root of the X-Ray trace. The SDK passes the complete trace header on to DynamoDB.
    trace: Option<String>,
}

impl Invocation {
    pub(crate) fn of(context: &Context) -> Self {
        let parts = context.xray_trace_id.as_deref().unwrap_or_default().split(';');
        // Clients can set the trace id, so whatever does not look like one is left out: `1-`, 8 hexadecimal digits of
        // time, `-`, and 24 more digits.
        let root = parts.filter_map(|it| it.trim().strip_prefix("Root=")).find(|it| {
            it.len() == 35 && it.starts_with("1-") && it.bytes().all(|it| it.is_ascii_hexdigit() || it == b'-')
        });
        Self { id: context.request_id.clone(), trace: root.map(Into::into) }
    }
}

/// How a request was answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outcome {
    pub(crate) status: StatusCode,
    /// The code of the problem, if it was one.
    pub(crate) code: Option<&'static str>,
    pub(crate) took: Duration,
    pub(crate) usage: Usage,
}

#[derive(Debug, Serialize)]
struct Record<'a> {
    level: &'static str,
    timestamp: String,
    message: &'static str,
    #[serde(rename = "requestId", skip_serializing_if = "str::is_empty")]
    invocation: &'a str,
    /// API Gateway's request id, which people see on error pages.
    request_id: &'a str,
    function: &'static str,
    route: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    latency_ms: f64,
    cold_start: bool,
    dynamodb_calls: u32,
    dynamodb_retries: u32,
    read_units: f64,
    write_units: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    teammate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    #[serde(flatten)]
    init: Option<Started>,
    #[serde(flatten)]
    metrics: Option<Metrics<'a>>,
}

/// The duration in milliseconds, rounded to hundredths.
pub(super) fn millis(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 100_000.0).round() / 100.0
}

/// The pseudonym of somebody in logs: the same in every line, and meaningless without the session keys.
fn pseudonym(keys: &KeyRing, kind: &str, id: &str) -> Option<String> {
    let sealed = keys.seal(kind, id, Timestamp::EPOCH, ()).unwrap_or_default();
    sealed.rsplit('.').next()?.get(..16).map(Into::into)
}

impl<'a> Record<'a> {
    fn new(
        function: &'static str,
        deployed_as: Option<&'a str>,
        now: Timestamp,
        (invocation, request): (&'a Invocation, &'a Request),
        outcome: Outcome,
        init: Option<Init>,
    ) -> Self {
        let Outcome { status, code, took, usage } = outcome;
        let latency = millis(took);
        let failed = status.is_server_error();
        Self {
            level: if failed { "ERROR" } else { "INFO" },
            timestamp: now.to_string(),
            message: "answered",
            invocation: &invocation.id,
            request_id: &request.id,
            function,
            route: &request.route,
            status: status.as_u16(),
            code,
            latency_ms: latency,
            cold_start: init.is_some(),
            dynamodb_calls: usage.calls,
            dynamodb_retries: usage.retries(),
            read_units: usage.read_units,
            write_units: usage.write_units,
            contact: None,
            teammate: None,
            trace_id: invocation.trace.as_deref(),
            init: init.map(Into::into),
            metrics: deployed_as
                .map(|name| Metrics::new((name, &request.route), now, status, latency, usage, init.is_some())),
        }
    }

    /// Adds the people from whom the request turned out to come.
    fn of(mut self, keys: &KeyRing, request: &Request) -> Self {
        let sender = &request.sender;
        self.contact = sender.contact.get().and_then(|id| pseudonym(keys, "contact in logs", id.as_str()));
        self.teammate = sender.teammate.get().and_then(|id| pseudonym(keys, "teammate in logs", id.as_str()));
        self
    }
}

/// Writes the line of a request.
pub(crate) fn answered(
    function: &'static str,
    keys: &KeyRing,
    now: Timestamp,
    invocation: &Invocation,
    request: &Request,
    outcome: Outcome,
) {
    let init = init::take();
    let wanted =
        if outcome.status.is_server_error() { tracing::enabled!(Level::ERROR) } else { tracing::enabled!(Level::INFO) };
    if !wanted {
        return;
    }
    let deployed_as = DEPLOYED_AS.as_deref();
    let record = Record::new(function, deployed_as, now, (invocation, request), outcome, init).of(keys, request);
    write(&record);
}

/// Writes a line: to standard output when deployed, as CloudWatch's format requires, else to standard error with the local
/// gateway's own messages. It goes in one piece, so that those of simultaneous requests do not mix. If it fails there is nobody to tell.
pub(super) fn write(line: &impl Serialize) {
    let Ok(mut line) = serde_json::to_vec(line) else { return };
    line.push(b'\n');
    let _ = match DEPLOYED_AS.as_deref() {
        Some(_) => std::io::stdout().write_all(&line),
        None => std::io::stderr().write_all(&line),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const KEYS: &str = r#"[{"kid":"k","alg":"HS256","secret":"only for this test"}]"#;
    const INIT: Duration = Duration::from_millis(3);

    fn request(route: &str) -> Request {
        let request = lambda_http::http::Request::builder().uri("https://h.example/tickets/tk-1?q=secret");
        let mut request = Request::from_lambda(request.body(lambda_http::Body::Empty).unwrap());
        (request.route, request.id) = (route.into(), "gateway-1".into());
        request
    }

    fn line(request: &Request, deployed_as: Option<&str>, status: u16, init: Option<Init>) -> Value {
        let mut context = Context::default();
        context.request_id = "lambda-1".into();
        context.xray_trace_id =
            Some("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1".into());
        let invocation = Invocation::of(&context);
        let usage = Usage { calls: 3, attempts: 5, read_units: 2.5, write_units: 4.0 };
        let status = StatusCode::from_u16(status).unwrap();
        let code = status.is_server_error().then_some("busy");
        let outcome = Outcome { status, code, took: Duration::from_micros(12_345), usage };
        let now = "2026-11-20T12:00:00Z".parse().unwrap();
        let record = Record::new("ticket-detail", deployed_as, now, (&invocation, request), outcome, init);
        serde_json::to_value(record.of(&KeyRing::from_json(KEYS).unwrap(), request)).unwrap()
    }

    #[test]
    fn a_line_says_what_was_asked_what_came_of_it_and_what_it_took() {
        let line = line(&request("GET /tickets/{ticket_id}"), None, 200, None);
        let expected = serde_json::json!({
            "level": "INFO", "timestamp": "2026-11-20T12:00:00Z", "message": "answered", "requestId": "lambda-1",
            "request_id": "gateway-1", "function": "ticket-detail", "route": "GET /tickets/{ticket_id}", "status": 200,
            "latency_ms": 12.35, "cold_start": false, "dynamodb_calls": 3, "dynamodb_retries": 2, "read_units": 2.5,
            "write_units": 4.0, "trace_id": "1-5759e988-bd862e3fe1be46a994272793"});
        assert_eq!(line, expected);
    }

    #[test]
    fn a_failure_is_an_error_with_its_code() {
        let line = line(&request("GET /tickets"), Some("stack-TicketList-1"), 503, None);
        assert_eq!([&line["level"], &line["code"]], ["ERROR", "busy"]);
        assert_eq!([&line["Errors"], &line["Broken"]], [1, 0], "busy is not broken");
        let line = self::line(&request("GET /tickets"), Some("stack-TicketList-1"), 500, None);
        assert_eq!([&line["Errors"], &line["Broken"]], [1, 1]);
    }

    #[test]
    fn the_first_line_of_a_process_says_how_long_it_took_to_start() {
        let init = Init::of([INIT, INIT * 2, INIT * 3]);
        let line = line(&request("GET /tickets"), Some("f"), 200, Some(init));
        assert_eq!(
            [&line["cold_start"], &line["init_ms"], &line["ColdStart"]],
            [&Value::from(true), &18.0.into(), &1.into()]
        );
        assert_eq!(line["init"], serde_json::json!({"config_ms": 3.0, "connect_ms": 6.0, "warm_up_ms": 9.0}));
    }

    #[test]
    fn people_have_one_name_in_all_lines_and_another_under_other_keys() {
        let by = |contact: Option<&str>, teammate: Option<&str>| {
            let request = request("GET /tickets");
            contact.inspect(|it| request.comes_from(&domain::id::ContactId::new(*it).unwrap()));
            teammate.inspect(|it| request.sender.teammate.set(domain::id::TeammateId::new(*it).unwrap()).unwrap());
            let line = line(&request, None, 200, None);
            (line["contact"].as_str().map(str::to_owned), line["teammate"].as_str().map(str::to_owned))
        };
        let (ada, nobody) = by(Some("ada@acme.example"), None);
        assert_eq!(nobody, None);
        assert_eq!(ada.as_ref().unwrap().len(), 16);
        assert_eq!(by(Some("ada@acme.example"), None).0, ada);
        assert_ne!(by(Some("abe@acme.example"), None).0, ada);
        assert_ne!(by(None, Some("ada@acme.example")).1, ada, "a teammate of the same id is somebody else");
        let other = KeyRing::from_json(&KEYS.replace("only", "not only")).unwrap();
        assert_ne!(pseudonym(&other, "contact in logs", "ada@acme.example"), ada);
        assert_eq!(by(None, None), (None, None));
    }

    #[test]
    fn what_a_client_calls_a_trace_is_logged_only_when_it_is_one() {
        for bad in
            ["", "Root=secret", "Self=1-5759e988-bd862e3fe1be46a994272793", "Root=1-5759e988-bd862e3fe1be46a99427279x"]
        {
            let mut context = Context::default();
            context.xray_trace_id = Some(bad.into());
            assert_eq!(Invocation::of(&context).trace, None, "{bad}");
        }
    }

    /// Follows CloudWatch's "Specification: Embedded metric format": members, limits, and a target for every reference.
    #[test]
    fn a_deployed_functions_line_is_in_the_embedded_metric_format() {
        let line = line(&request("$default"), Some("stack-PortalAccess-1"), 404, None);
        assert_eq!(line["_aws"]["Timestamp"], 1_795_176_000_000_i64);
        let directives = line["_aws"]["CloudWatchMetrics"].as_array().unwrap();
        assert_eq!(line["_aws"].as_object().unwrap().len(), 2);
        let mut by_route = Vec::new();
        for directive in directives {
            assert_eq!(directive.as_object().unwrap().len(), 3);
            assert_eq!(directive["Namespace"], "TicketsPortal");
            for dimensions in directive["Dimensions"].as_array().unwrap() {
                let names = dimensions.as_array().unwrap();
                assert!((1..=30).contains(&names.len()));
                for name in names {
                    let value = line[name.as_str().unwrap()].as_str().unwrap();
                    assert!((1..=1024).contains(&value.len()), "{name} has no value that a dimension can have");
                }
            }
            let metrics = directive["Metrics"].as_array().unwrap();
            assert!((1..=100).contains(&metrics.len()));
            for metric in metrics {
                assert_eq!(metric.as_object().unwrap().len(), 2);
                assert!(line[metric["Name"].as_str().unwrap()].is_number(), "{metric} has no value");
                assert!(["Milliseconds", "Count"].contains(&metric["Unit"].as_str().unwrap()));
            }
            by_route.push((directive["Dimensions"].clone(), metrics.len()));
        }
        let expected = [(serde_json::json!([["Function"]]), 8), (serde_json::json!([["Function", "Route"]]), 4)];
        assert_eq!(by_route, expected);
        assert_eq!([&line["Function"], &line["Route"]], ["stack-PortalAccess-1", "$default"]);
    }
}
