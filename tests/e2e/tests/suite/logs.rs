//! What deployed functions write: one line for each request, and nothing that belongs to anybody. Their own programs
//! run here, under a Runtime API, and log everything that they can log.

use e2e::{
    Site,
    events::{opened, route_of},
    lambda,
    lambda::Lambda,
    operations,
    proxy::{Call, Fault, Proxy},
    scene,
};
use local::gateway::FUNCTIONS;
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::Path, time::Duration};
use web::Function;

const KEYS: &str = r#"[{"kid":"planted-kid","alg":"HS256","secret":"planted-signing-secret"}]"#;
/// One of these is in everything that may not be logged: ids, names, titles, texts, tokens, cookies, addresses.
const NEEDLES: [&str; 8] = ["planted", scene::CANARY, "eyj", "@", "bearer", "portal_", "acme", "hangs"];

/// A text of the scene or of an event, with a needle in everything that belongs to somebody.
fn plant(text: &str) -> String {
    let mut text = text.replace("u-1", "ada").replace("st-2", "triage");
    for (word, planted) in [
        ("ada", "planted-ada"),
        ("acme", "planted-acme"),
        ("Acme", "Planted Acme"),
        ("Export ", "Planted export "),
        ("Ticket tk", "Planted title tk"),
        ("Description of", "Planted description of"),
        ("It fails", "Planted message"),
        ("We look", "Planted reply"),
        ("Firefox", "Planted"),
        ("locale=en", "locale=planted"),
    ] {
        text = text.replace(word, planted);
    }
    text
}

/// How many variants of each event there are.
const VARIANTS: usize = 4;

/// The events of a function, each as it is, without an identity, with a query, and with a body that cannot be read.
fn events(function: Function, tokens: &[(&str, String)]) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let paths: BTreeSet<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    let mut events = Vec::new();
    for path in
        paths.iter().filter(|path| !path.ends_with("env.json") && path.extension().is_some_and(|it| it == "json"))
    {
        let mut text = plant(&opened(&fs::read_to_string(path).unwrap()));
        for (placeholder, token) in tokens {
            text = text.replace(placeholder, token);
        }
        let event: Value = serde_json::from_str(&text).unwrap();
        if !function.routes.iter().any(|route| route_of(&event) == route.key) {
            continue;
        }
        let mut nobody = event.clone();
        nobody["headers"]["authorization"] = json!("Bearer planted.token.eyJ");
        let mut asking = event.clone();
        asking["rawQueryString"] = json!("planted=planted");
        let mut talking = event.clone();
        talking["body"] = json!("{\"planted\": \"planted\"}");
        let variants: [Value; VARIANTS] = [event, nobody, asking, talking];
        events.extend(variants);
    }
    events
}

/// What one function was asked, and what it wrote.
struct Written {
    function: Function,
    asked: usize,
    statuses: BTreeSet<u64>,
    lines: Vec<Value>,
    others: String,
    /// How many requests met no fault, and what arrived at DynamoDB for them, after the read that opens the connection.
    without_faults: usize,
    seen: Vec<Call>,
}

async fn run(function: Function) -> Written {
    let lines = scene::lines().into_iter().map(|line| serde_json::from_str(&plant(&line.to_string())).unwrap());
    let site = Site::with(&lines.collect::<Vec<_>>()).await;
    let tokens = lambda::tokens(KEYS, &site.store, "planted-ada", "Planted Grace");
    let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
    let settings = lambda::settings(KEYS, &proxy.endpoint);
    let lambda = Lambda::start(function.name, &settings).await;
    let events = events(function, &tokens);
    let (mut statuses, mut asked) = (BTreeSet::new(), 0);
    let mut invoke = async |event: &Value| {
        let answer = lambda.invoke(event.clone()).await;
        statuses.insert(answer["statusCode"].as_u64().unwrap());
        asked += 1;
    };
    for event in &events {
        invoke(event).await;
    }
    let seen = proxy.take();
    let without_faults = events.len();
    // From here on each event as it is. The SDK retries some faults, which takes time, so only a few events meet those.
    let plain: Vec<_> = events.iter().step_by(VARIANTS).collect();
    for (operation, fault, most) in [
        ("Query", Fault::Garbled, usize::MAX),
        ("BatchGetItem", Fault::Garbled, usize::MAX),
        ("TransactWriteItems", Fault::Garbled, usize::MAX),
        ("BatchGetItem", Fault::Throttled, 8),
        ("Query", Fault::Refused, 8),
    ] {
        proxy.fail(Some((operation, fault)));
        for event in plain.iter().take(most) {
            invoke(event).await;
        }
    }
    proxy.fail(None);
    for (pk, sk) in
        [("TICKET#tk-1#", "BODY"), ("CONVERSATION#c-1#", "CONVERSATION"), ("CONTACT#planted-ada#", "CONTACT")]
    {
        let broken = json!({"pk": {"S": pk}, "sk": {"S": sk}, "title": {"BOOL": true}, "name": {"S": "planted-name"},
            "version": {"S": "planted-version"}, "session_epoch": {"S": "planted-epoch"}, "number": {"S": "planted"}});
        site.engine("PutItem", &json!({"TableName": "tickets", "Item": broken})).await;
        for event in &plain {
            invoke(event).await;
        }
    }
    let [stdout, others] = lambda.stop();
    operations::record_start(function.name, &others);
    let lines = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    Written { function, asked, statuses, lines, others, without_faults, seen }
}

#[tokio::test]
async fn a_function_writes_one_line_a_request_and_nothing_that_is_anybodys() {
    let written = futures::future::join_all(FUNCTIONS.iter().map(|function| run(*function))).await;
    let mut statuses = BTreeSet::new();
    for it in &written {
        let name = it.function.name;
        statuses.extend(&it.statuses);
        assert_eq!(it.lines.len(), it.asked, "{name}: one line a request");
        for (n, line) in it.lines.iter().enumerate() {
            assert_eq!([&line["function"], &line["message"]], [name, "answered"]);
            assert_eq!(
                [&line["requestId"], &line["trace_id"]],
                ["invocation-1", "1-5759e988-bd862e3fe1be46a994272793"]
            );
            assert!(line["request_id"].as_str().is_some_and(|it| !it.is_empty()), "{line}");
            assert!(it.function.routes.iter().any(|route| line["route"] == route.key), "{line}");
            assert_eq!(line["level"], if line["status"].as_u64() >= Some(500) { "ERROR" } else { "INFO" });
            // A page can show a form again, with what has to be corrected; a program is told a code.
            let api = line["route"].as_str().unwrap().contains(" /api/");
            assert!(!api || line["status"].as_u64() < Some(400) || line["code"].is_string(), "{line}");
            assert!(line["timestamp"].as_str().unwrap().ends_with('Z'), "{line}");
            assert_eq!((line["cold_start"] == true, line["init_ms"].is_number()), (n == 0, n == 0), "{line}");
            assert_eq!(line["Function"], format!("stack-{name}-1"), "and metrics with it");
        }
        let most = |field: &str| it.lines.iter().filter_map(|line| line[field].as_f64()).fold(0.0, f64::max);
        let finds = it.function.routes.iter().any(|route| route.key != "$default");
        assert!(finds && most("read_units") >= 1.0 && most("dynamodb_calls") >= 1.0, "{name}");
        assert!(most("dynamodb_retries") >= 1.0, "{name}: throttled requests are sent again");
        let text = &it.others;
        let writes = ["PutItem", "UpdateItem"].iter().any(|it| text.contains(&format!("\"action\":\"{it}\"")));
        assert_eq!(most("write_units") > 0.0, writes, "{name}");
        let people: BTreeSet<_> =
            it.lines.iter().filter_map(|line| line["contact"].as_str().or(line["teammate"].as_str())).collect();
        assert!(!people.is_empty(), "{name}: nobody is told apart");

        for line in it.others.lines() {
            let line: Value =
                serde_json::from_str(line).unwrap_or_else(|_| panic!("{name} writes what is no JSON: {line}"));
            assert!(line["level"].is_string() && line["timestamp"].is_string(), "{line}");
        }
        let (first, seen) = it.seen.split_first().unwrap();
        assert_eq!((first.operation.as_str(), &first.trace), ("GetItem", &None), "{name}: opens the connection");
        let passed_on = seen.iter().all(|call| call.trace.as_deref() == Some(lambda::TRACE));
        assert!(passed_on, "{name}: the trace goes on to DynamoDB");
        let sum = |field: &str| it.lines[..it.without_faults].iter().filter_map(|it| it[field].as_f64()).sum::<f64>();
        assert_eq!(
            sum("dynamodb_calls"),
            seen.len() as f64,
            "{name}: every call is counted, those side by side as well"
        );
        let units: f64 = seen.iter().map(|call| call.units).sum();
        assert_eq!(sum("read_units") + sum("write_units"), units, "{name}: and every unit");

        let log = it.lines.iter().map(Value::to_string).chain(it.others.lines().map(str::to_owned));
        for line in log {
            for needle in NEEDLES {
                assert!(!line.to_lowercase().contains(needle), "{name} logs {needle:?}: {line}");
            }
        }
    }
    let expected: BTreeSet<u64> = [200, 201, 204, 303, 400, 401, 403, 404, 409, 422, 500, 503].into();
    assert!(statuses.is_superset(&expected), "{statuses:?}");
}

#[tokio::test]
async fn the_function_that_reads_the_stream_writes_one_line_a_batch_and_nothing_that_is_anybodys() {
    let lines = scene::lines().into_iter().map(|line| serde_json::from_str(&plant(&line.to_string())).unwrap());
    let site = Site::with(&lines.collect::<Vec<_>>()).await;
    let name = search_index::READER.name;
    // It needs the table, and none of the keys.
    let settings = [("TABLE_NAME", "tickets"), ("AWS_ENDPOINT_URL_DYNAMODB", site.endpoint.as_str())];
    let lambda = Lambda::start(name, &settings).await;
    let event = |keys: &[(&str, &str)]| {
        let record = |(n, (pk, sk)): (usize, &(&str, &str))| {
            json!({"dynamodb": {"Keys": {"pk": {"S": pk}, "sk": {"S": sk}}, "SequenceNumber": n.to_string(),
                "ApproximateCreationDateTime": 1_795_176_000.0, "NewImage": {"title": {"S": "planted"}}}})
        };
        json!({"Records": keys.iter().enumerate().map(record).collect::<Vec<_>>()})
    };
    let body = ("TICKET#tk-1#", "BODY");
    let none = json!({"batchItemFailures": []});
    let first = json!({"batchItemFailures": [{"itemIdentifier": "0"}]});
    for id in ["tk-1", "tk-2"] {
        let title = json!({":title": {"S": "Planted planted-title"}});
        let update = json!({"TableName": "tickets", "Key": {"pk": {"S": format!("TICKET#{id}#")}, "sk": {"S": "BODY"}},
            "UpdateExpression": "SET title = :title", "ExpressionAttributeValues": title});
        site.engine("UpdateItem", &update).await;
    }
    let note = ("CONVERSATION#c-1#", "NOTE#planted");
    assert_eq!(lambda.invoke(event(&[body, ("CONVERSATION#c-1#", "CONVERSATION"), note])).await, none);
    assert_eq!(lambda.invoke(event(&[("TICKET#planted@x y#", "BODY"), body, ("TICKET#tk-2#", "BODY")])).await, first);
    let broken = json!({"pk": {"S": body.0}, "sk": {"S": body.1}, "title": {"BOOL": true}, "number": {"S": "planted"}});
    site.engine("PutItem", &json!({"TableName": "tickets", "Item": broken})).await;
    assert_eq!(lambda.invoke(event(&[body])).await, first);
    let [stdout, others] = lambda.stop();
    operations::record_start(name, &others);
    let lines: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told = |line: &Value| ["message", "level", "records", "failed"].map(|field| line[field].clone());
    assert_eq!(told(&lines[0]), [json!("fed"), json!("INFO"), json!(3), json!(0)]);
    assert_eq!(told(&lines[1]), [json!("fed"), json!("ERROR"), json!(3), json!(1)]);
    assert_eq!(told(&lines[2]), [json!("fed"), json!("ERROR"), json!(1), json!(1)]);
    assert!(lines.iter().all(|line| line["Function"] == format!("stack-{name}-1") && line["Lag"].is_number()));
    for line in stdout.lines().chain(others.lines()) {
        for needle in NEEDLES {
            assert!(!line.to_lowercase().contains(needle), "{name} logs {needle:?}: {line}");
        }
    }
}
