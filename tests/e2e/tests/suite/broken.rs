//! When DynamoDB refuses, or an item cannot be read, the answer is 500 and tells nobody to try again. Its kind is in
//! the log, nothing of the request or the item is, and a metric counts it. What is only busy stays 503.

use e2e::{
    Site,
    events::{opened, route_of},
    lambda::{self, Lambda},
    proxy::{Fault, Proxy, QUOTE},
};
use local::gateway::FUNCTIONS;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    time::Duration,
};
use web::Function;

const KEYS: &str = r#"[{"kid":"k-1","alg":"HS256","secret":"only for this test"}]"#;
/// Writing first, so that nothing changes before everything else has been refused too.
const OPERATIONS: [&str; 5] = ["TransactWriteItems", "BatchWriteItem", "UpdateItem", "Query", "BatchGetItem"];
/// What DynamoDB answers when a permission or the table is missing, or when a request breaks its rules; and the kind
/// that this is.
const REFUSALS: [(&str, &str); 3] = [
    ("AccessDeniedException", "access_denied"),
    ("ResourceNotFoundException", "no_table"),
    ("ValidationException", "invalid_request"),
];
const UNREADABLE: [(&str, &str); 2] = [("TICKET#tk-1#", "BODY"), ("CONTACT#ada#", "CONTACT")];

/// One event sent, what it met, and what came back.
struct Sent {
    route: String,
    /// The operation that was refused, and the kind of what it met; `None` when it met nothing.
    met: Option<(&'static str, &'static str)>,
    answer: Value,
}

/// What one function was sent and wrote, by the request id of each event.
struct Ran {
    function: Function,
    sent: BTreeMap<String, Sent>,
    /// The log line of each answer.
    lines: BTreeMap<String, Value>,
    /// Everything else that was logged.
    others: Vec<Value>,
    text: String,
}

/// The events of a function, as contacts and teammates send them.
fn events(function: Function, tokens: &[(&str, String)]) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let paths: BTreeSet<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    let is_event =
        |path: &&std::path::PathBuf| !path.ends_with("env.json") && path.extension().is_some_and(|it| it == "json");
    let read = |path: &std::path::PathBuf| -> Value {
        let mut text = opened(&fs::read_to_string(path).unwrap()).replace("u-1", "ada").replace("st-2", "triage");
        for (placeholder, token) in tokens {
            text = text.replace(placeholder, token);
        }
        serde_json::from_str(&text).unwrap()
    };
    let is_ours = |event: &Value| function.routes.iter().any(|route| route_of(event) == route.key);
    paths.iter().filter(is_event).map(read).filter(is_ours).collect()
}

/// Sends an event under a request id of its own.
async fn send(lambda: &Lambda, event: &Value, nth: usize) -> (String, Value) {
    let id = format!("request-{nth}");
    let mut event = event.clone();
    event["requestContext"]["requestId"] = json!(id);
    (id, lambda.invoke(event).await)
}

async fn run(function: Function) -> Ran {
    let site = Site::start().await;
    let tokens = lambda::tokens(KEYS, &site.store, "ada", "Grace");
    let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
    let mut settings = lambda::settings(KEYS, &proxy.endpoint);
    settings.push(("LOG_LEVEL", "INFO"));
    let lambda = Lambda::start(function.name, &settings).await;
    let events = events(function, &tokens);
    let mut sent = BTreeMap::new();
    for event in &events {
        for operation in OPERATIONS {
            for (code, kind) in REFUSALS {
                proxy.fail(Some((operation, Fault::Broken(code))));
                proxy.failures();
                let (id, answer) = send(&lambda, event, sent.len()).await;
                let is_met = proxy.failures() > 0;
                sent.insert(id, Sent { route: route_of(event), met: is_met.then_some((operation, kind)), answer });
                if !is_met {
                    break;
                }
            }
        }
    }
    // The SDK retries what is throttled, which takes time; so one busy event is enough.
    proxy.fail(Some(("Query", Fault::Throttled)));
    for event in &events {
        proxy.failures();
        let (id, answer) = send(&lambda, event, sent.len()).await;
        let is_met = proxy.failures() > 0;
        sent.insert(id, Sent { route: route_of(event), met: is_met.then_some(("Query", "busy")), answer });
        if is_met {
            break;
        }
    }
    proxy.fail(None);
    for (pk, sk) in UNREADABLE {
        let item = json!({"pk": {"S": pk}, "sk": {"S": sk}, "title": {"BOOL": true}, "version": {"S": QUOTE},
            "session_epoch": {"S": QUOTE}, "number": {"S": QUOTE}});
        site.engine("PutItem", &json!({"TableName": "tickets", "Item": item})).await;
        for event in &events {
            let (id, answer) = send(&lambda, event, sent.len()).await;
            // Only the answer tells whether the event reads the item.
            let met = (answer["statusCode"] == 500).then_some(("", "unreadable_item"));
            sent.insert(id, Sent { route: route_of(event), met, answer });
        }
    }
    let [stdout, stderr] = lambda.stop();
    let id = |line: &Value| line["request_id"].as_str().unwrap().to_owned();
    let parse = |text: &str| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>();
    let lines = parse(&stdout).into_iter().map(|line| (id(&line), line)).collect();
    Ran { function, sent, lines, others: parse(&stderr), text: stdout + &stderr }
}

impl Ran {
    /// The log lines of a request that have a kind.
    fn told(&self, id: &str) -> Vec<&Value> {
        let of_request = |line: &&Value| line["span"]["request_id"] == id && line["kind"].is_string();
        self.others.iter().filter(of_request).collect()
    }

    fn check(&self, id: &str) {
        let Sent { route, met, answer } = &self.sent[id];
        let (line, told) = (&self.lines[id], self.told(id));
        let what = format!("{} {route} {met:?}: {answer} {line} {told:?}", self.function.name);
        let expected = match met {
            None => {
                assert!(answer["statusCode"].as_u64() < Some(500) && told.is_empty(), "{what}");
                assert_eq!(line["Broken"], 0, "{what}");
                return;
            }
            Some((_, "busy")) => (503, "busy", 0),
            Some(_) => (500, "internal", 1),
        };
        let (status, code, broken) = expected;
        assert_eq!((&answer["statusCode"], &line["code"]), (&json!(status), &json!(code)), "{what}");
        assert_eq!((&line["Broken"], &line["Errors"], &line["level"]), (&json!(broken), &json!(1), &json!("ERROR")));
        let headers = answer["headers"].as_object().unwrap();
        assert_eq!(headers.contains_key("retry-after"), status == 503, "{what}");
        if route.contains(" /api/") {
            let problem: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
            assert_eq!(problem["code"], code, "{what}");
        }
        let (operation, kind) = met.unwrap();
        assert!(told.iter().any(|it| it["kind"] == kind && it["level"] == "ERROR"), "{what}");
        assert!(told.iter().any(|it| it["error"].as_str().unwrap().contains(operation)), "{what}");
        assert!(!answer.to_string().contains(QUOTE), "{what}");
    }
}

#[tokio::test]
async fn what_stays_refused_or_unreadable_is_told_as_broken_and_what_passes_as_busy() {
    let ran = futures::future::join_all(FUNCTIONS.iter().map(|function| run(*function))).await;
    let mut refused = BTreeSet::new();
    for it in &ran {
        assert_eq!(it.lines.len(), it.sent.len(), "{}: one line a request", it.function.name);
        it.sent.keys().for_each(|id| it.check(id));
        assert!(!it.text.contains(QUOTE), "{} logs what DynamoDB or an item says", it.function.name);
        let met: BTreeSet<_> = it.sent.values().filter_map(|it| it.met).collect();
        for kind in ["access_denied", "no_table", "invalid_request", "busy", "unreadable_item"] {
            assert!(met.iter().any(|(_, it)| *it == kind), "{} met no {kind}", it.function.name);
        }
        refused.extend(met.iter().map(|(operation, _)| *operation));
    }
    assert!(OPERATIONS.iter().all(|operation| refused.contains(operation)), "{refused:?}");
}
