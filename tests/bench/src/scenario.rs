//! What is measured: requests of a contact with one company, whose list has more than a page.

use crate::process::{Answer, Process};
use e2e::{
    events, lambda,
    proxy::{self, Call, Proxy},
    scene,
};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use store::Store;

pub const KEYS: &str = r#"[{"kid":"bench","alg":"HS256","secret":"a secret of the bench alone, 32 bytes"}]"#;

/// One kind of request.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    pub name: &'static str,
    pub function: &'static str,
    /// A file in `events/`, without its extension.
    event: &'static str,
    /// What the address asks for instead of what it asks for there.
    query: Option<&'static str>,
    /// Whether the client has the answer already.
    unchanged: bool,
}

impl Scenario {
    const fn of(name: &'static str, function: &'static str, event: &'static str) -> Self {
        Self { name, function, event, query: None, unchanged: false }
    }
}

pub const SCENARIOS: [Scenario; 6] = [
    LIST_PAGE,
    TICKET_PAGE,
    Scenario::of("list JSON", "ticket-list", "get-api-tickets"),
    Scenario::of("ticket JSON", "ticket-detail", "get-api-ticket"),
    Scenario::of("access", "portal-access", "get-api-portal-access"),
    Scenario { unchanged: true, ..Scenario::of("unchanged", "ticket-list", "get-api-tickets") },
];
pub const LIST_PAGE: Scenario = Scenario::of("list page", "ticket-list", "get-tickets");
pub const TICKET_PAGE: Scenario = Scenario::of("ticket page", "ticket-detail", "get-ticket");
/// Two words, with a company, a state and a date.
pub const SEARCH: Scenario = Scenario {
    query: Some("company=acme&created_from=2026-01-01&q=printer%20stops&state=submitted"),
    ..Scenario::of("search", "ticket-list", "get-api-tickets")
};

/// The scene with three pages of tickets, and a ticket with twenty lines of history.
pub fn lines() -> Vec<Value> {
    let mut lines = scene::lines();
    for line in &mut lines {
        if line["id"] == "tk-1" && line["kind"] == "ticket" {
            let by = json!({"teammate": scene::GRACE});
            let changed = |n: usize| {
                let state = ["asked", "doing"][n % 2];
                json!({"at": format!("2026-11-10T09:{n:02}:00Z"), "event": "state_changed", "by": by, "state": state})
            };
            line["history"] = (0..20).map(changed).collect();
        }
    }
    for n in 0..60u64 {
        let at = format!("2026-11-15T10:00:{n:02}Z");
        let mut ticket = scene::ticket(&format!("page-{n}"), 500 + n, Some("acme"), "ada", "asked", &at);
        ticket["title"] = json!(format!("A title of the usual length, the number of which is {}", n * 7919));
        lines.push(ticket);
    }
    lines
}

/// What a program gets in its environment.
pub fn environment(endpoint: &str) -> Vec<(String, String)> {
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let settings = lambda::settings(KEYS, endpoint).into_iter().filter(|(name, _)| *name != "SETTINGS_SECONDS");
    // Settings and catalog are read once, as where one request follows another.
    settings.chain([("SETTINGS_SECONDS", "60"), ("LOG_LEVEL", "INFO")]).map(own).collect()
}

/// A scenario, ready to be asked.
#[derive(Debug)]
pub struct Prepared {
    pub scenario: Scenario,
    /// With the hint that the first answer brought.
    event: Value,
    /// What a request asks of DynamoDB when settings and catalog are in memory.
    pub requests: usize,
    pub rounds: usize,
    pub units: f64,
    /// In bytes, as the client gets it.
    pub bytes: usize,
    /// What the floor has to do.
    pub task: PathBuf,
}

impl Prepared {
    /// Asks the function itself, and the floor whether it does the same.
    pub async fn of(
        scenario: Scenario,
        store: &Store,
        engine: &str,
        function: &Path,
        floor: Option<&Path>,
        folder: &Path,
    ) -> Self {
        let proxy = Proxy::start(engine, Duration::from_millis(20)).await;
        let mut text = fs::read_to_string(events::folder().join(format!("{}.json", scenario.event))).unwrap();
        for (placeholder, token) in lambda::tokens(KEYS, store, "ada", "Grace") {
            text = text.replace(placeholder, &token);
        }
        let mut event: Value = serde_json::from_str(&text).unwrap();
        if let Some(query) = scenario.query {
            event["rawQueryString"] = query.into();
        }
        let mut process = Process::start(Command::new(function), &environment(&proxy.endpoint)).await;
        let first = process.invoke(&event).await;
        assert_eq!(first.answer["statusCode"], 200, "{}", first.answer);
        let hint = first.answer["cookies"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let hint = hint.filter_map(|it| it.split(';').next()).find(|it| it.starts_with("portal_hint="));
        event["cookies"].as_array_mut().unwrap().extend(hint.map(Into::into));
        let mut prepared = Self {
            scenario,
            event,
            requests: 0,
            rounds: 0,
            units: 0.0,
            bytes: 0,
            task: folder.join(format!("{}.json", scenario.name)),
        };
        prepared.first(&mut process).await;
        proxy.take();
        let answer = prepared.next(&mut process).await;
        let calls = proxy.take();
        (prepared.requests, prepared.units) = (calls.len(), calls.iter().map(|it| it.units).sum());
        let rounds = proxy::rounds(&calls);
        (prepared.rounds, prepared.bytes) = (rounds.len(), answer.body.len());
        let asked = |call: &&Call| json!({"operation": call.operation, "body": body(call)});
        let task = json!({
            "rounds": rounds.iter().map(|round| round.iter().map(asked).collect()).collect::<Vec<Vec<_>>>(),
            "media_type": answer.answer["headers"]["content-type"].as_str().unwrap_or("application/json"),
            "gzip": answer.answer["headers"]["content-encoding"] == "gzip",
            "body": answer.body,
        });
        fs::write(&prepared.task, task.to_string()).unwrap();

        let Some(floor) = floor else { return prepared };
        let mut process = Process::start(Command::new(floor), &prepared.environment(&proxy.endpoint)).await;
        proxy.take();
        let same = process.invoke(&prepared.event).await;
        let sorted = |calls: &[Call]| {
            let mut bodies: Vec<_> = calls.iter().map(|it| format!("{} {}", it.operation, body(it))).collect();
            bodies.sort();
            bodies
        };
        assert_eq!(sorted(&proxy.take()), sorted(&calls), "the floor asks for something else");
        assert_eq!(same.body, answer.body);
        prepared
    }

    /// What the function and its floor get in their environment.
    pub fn environment(&self, endpoint: &str) -> Vec<(String, String)> {
        let mut environment = environment(endpoint);
        environment.push(("FLOOR".into(), self.task.to_str().unwrap().into()));
        environment
    }

    /// The first request of a process, which gets a whole answer. Remembers its tag.
    pub async fn first(&mut self, process: &mut Process) -> Answer {
        self.event["headers"].as_object_mut().unwrap().remove("if-none-match");
        let answer = process.invoke(&self.event).await;
        assert_eq!(answer.answer["statusCode"], 200, "{}", answer.answer);
        if self.scenario.unchanged && !answer.answer["headers"]["etag"].is_null() {
            self.event["headers"]["if-none-match"] = answer.answer["headers"]["etag"].clone();
        }
        answer
    }

    /// Any request after the first.
    pub async fn next(&self, process: &mut Process) -> Answer {
        let answer = process.invoke(&self.event).await;
        // The floor answers everything with 200.
        let status = &answer.answer["statusCode"];
        assert!(*status == 200 || self.scenario.unchanged && *status == 304, "{}", answer.answer);
        answer
    }
}

fn body(call: &Call) -> Value {
    serde_json::from_str(&call.body).unwrap()
}
