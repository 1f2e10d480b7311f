//! What the main operations take of DynamoDB, measured, is what docs/operations.md says. `UPDATE_COSTS=1` writes it there.
//!
//! Units are counted by the engine, as DynamoDB does: writes of transactions twice, and entries of indexes besides. How many
//! of them are entries is worked out from what an operation leaves in the table (AWS, "Write capacity for global
//! secondary indexes"): one write for an entry that appears, goes, or changes beside its key, two when its key changes.

use e2e::{
    Site,
    proxy::{Call, Proxy},
    scene,
};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Write, path::Path, time::Duration};

const BEGIN: &str = "<!-- measured by costs.rs -->\n";
const END: &str = "<!-- end -->\n";
const INDEXES: [&str; 2] = ["by_updated", "by_state"];

type Items = BTreeMap<String, Value>;

/// What an operation took.
#[derive(Debug, Default)]
struct Cost {
    calls: f64,
    reads: f64,
    /// With entries of indexes.
    writes: f64,
    entries: f64,
    /// What the function that reads the table's stream writes because of it, entries of indexes and all.
    stream: f64,
}

/// The writes to an index that one item's change makes.
fn entries(index: &str, before: Option<&Value>, after: Option<&Value>) -> usize {
    let key = |item: &Value| Some((item.get("view")?.clone(), item.get(index)?.clone()));
    let units = |item: &Value| witness::item_size(item).div_ceil(1024);
    let (was, is) = (before.and_then(key), after.and_then(key));
    let (gone, new) = (before.map_or(0, units), after.map_or(0, units));
    match (was, is) {
        (None, None) => 0,
        (Some(_), None) => gone,
        (None, Some(_)) => new,
        (was, is) if was != is => gone + new,
        _ if before == after => 0,
        _ => gone.max(new),
    }
}

/// The writes to all indexes that turn one table into the other.
fn all_entries(before: &Items, after: &Items) -> usize {
    let keys = before.keys().chain(after.keys().filter(|key| !before.contains_key(*key)));
    let of = |index: &'static str| keys.clone().map(move |key| (index, key));
    let all = INDEXES.into_iter().flat_map(of);
    all.map(|(index, key)| entries(index, before.get(key), after.get(key))).sum()
}

/// What requests of DynamoDB took: units of writing, or of reading.
fn units(calls: &[Call], writes: bool) -> f64 {
    let writing = |operation: &str| ["TransactWriteItems", "BatchWriteItem", "UpdateItem"].contains(&operation);
    // The sum of nothing is -0.
    calls.iter().filter(|it| writing(&it.operation) == writes).map(|it| it.units).sum::<f64>() + 0.0
}

/// `through` acts, `site` looks at the table beside it.
async fn measure(site: &Site, through: &Site, proxy: &Proxy, act: impl Future<Output = ()>) -> Cost {
    // Each at a time of its own: what is written twice in a moment would stay where it is in lists.
    through.wait(1);
    let before: Items = site.items().await;
    proxy.take();
    act.await;
    let calls = proxy.take();
    let after: Items = site.items().await;
    through.fed().await;
    let fed = proxy.take();
    let entries = all_entries(&before, &after) as f64;
    let (reads, writes) = (units(&calls, false), units(&calls, true));
    Cost { calls: calls.len() as f64, reads, writes, entries, stream: units(&fed, true) }
}

async fn succeeds(request: RequestBuilder) {
    let answer = request.send().await.unwrap();
    assert!(answer.status().is_success() || answer.status() == 304, "{}", answer.text().await.unwrap());
}

/// The most write units that an operation may take of a request, entries of indexes and all.
const MOST: [(&str, f64); 6] = [
    // Half of the 55 that it was when each of its words stood in the ticket's transaction.
    ("a ticket of a hundred in an import", 27.5),
    ("a new ticket", 28.0),
    ("another assignee", 10.0),
    ("another state", 34.0),
    ("another title", 28.0),
    ("a note", 4.0),
];

async fn measured() -> String {
    let site = Site::start().await;
    let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
    let through = site.waiting_at(&proxy.endpoint).await;
    let cookies = through.cookies("ada").await;
    let ada = |method: Method, path: &str| through.request(method, path).header("cookie", &cookies);
    let own = |method: Method, path: &str| ada(method, path).header("origin", &through.origin);
    let change = async |body: Value| {
        let mut body = body;
        body["version"] = site.desk_get("/tickets/tk-1").await.1["version"].clone();
        through.desk(Method::PATCH, "/tickets/tk-1").json(&body)
    };
    let words =
        |n: u8| json!({"body": "The printer prints every second label twice", "client_id": format!("cost-{n}")});
    let mut waits = words(4);
    waits["then"] = json!("wait");
    let new = json!({"type": "bug", "title": "Label printer prints twice", "requester": "ada"});
    let list = ada(Method::GET, "/api/tickets").send().await.unwrap();
    let tag = list.headers()["etag"].clone();
    let moved = json!({"company": "beta"});
    let mut rows = Vec::new();
    for (what, request) in [
        ("access", ada(Method::GET, "/api/portal/access")),
        ("a list", ada(Method::GET, "/api/tickets")),
        ("a ticket's page", ada(Method::GET, "/tickets/tk-1")),
        ("a conversation", ada(Method::GET, "/api/conversations/c-1")),
        ("the tickets space", ada(Method::GET, "/api/tickets-space")),
        ("an open list asks whether it has changed", ada(Method::GET, "/api/tickets").header("if-none-match", tag)),
        ("search at the Help Desk", through.desk(Method::GET, "/search?q=ticket")),
        ("a ticket's page at the Help Desk", through.desk(Method::GET, "/tickets/tk-1")),
        ("a customer's message", own(Method::POST, "/api/conversations/c-1/messages").json(&words(1))),
        (
            "a teammate's message that also waits",
            through.desk(Method::POST, "/conversations/c-1/messages").json(&waits),
        ),
        ("a customer's answer to it", own(Method::POST, "/api/conversations/c-1/messages").json(&words(5))),
        ("opening a ticket with something new", ada(Method::GET, "/tickets/tk-1")),
        ("the inbox", through.desk(Method::GET, "/inbox")),
        ("a teammate's message", through.desk(Method::POST, "/conversations/c-1/messages").json(&words(2))),
        ("a note", through.desk(Method::POST, "/conversations/c-1/notes").json(&words(3))),
        (
            "joining a conversation",
            through.request(Method::POST, "/api/conversations/c-1/join").bearer_auth(through.token("cem")),
        ),
        ("a new ticket", through.desk(Method::POST, "/tickets").json(&new)),
    ] {
        rows.push((what, measure(&site, &through, &proxy, succeeds(request)).await));
    }
    for (what, body) in [
        ("another assignee", json!({"assignee": scene::GRACE})),
        ("another state", json!({"state": "done"})),
        ("another title", json!({"title": "Label printer in hall 3 prints twice"})),
        ("another company", moved),
    ] {
        let request = change(body).await;
        rows.push((what, measure(&site, &through, &proxy, succeeds(request)).await));
    }
    rows.push(("a ticket of a hundred in an import", imported(&site, &through, &proxy).await));
    let mut table = String::from(
        "| | calls | read units | write units | of these, entries of indexes | written for search afterwards |\n",
    );
    table.push_str("|---|---|---|---|---|---|\n");
    let mut over = Vec::new();
    for (what, Cost { calls, reads, writes, entries, stream }) in rows {
        writeln!(table, "| {what} | {calls} | {reads} | {writes} | {entries} | {stream} |").unwrap();
        over.extend(MOST.iter().filter(|(it, most)| *it == what && writes > *most).map(|(it, _)| *it));
    }
    assert_eq!(over, [""; 0], "{table}");
    table
}

/// A hundredth of what an import of a hundred tickets takes.
async fn imported(site: &Site, through: &Site, proxy: &Proxy) -> Cost {
    let line = |n: u64| {
        let mut line = scene::ticket(&format!("im-{n}"), 1000 + n, Some("acme"), "ada", "new", "2026-11-20T12:00:00Z");
        line["title"] = "Label printer prints twice".into();
        line["history"] = json!([
            {"at": "2026-10-01T09:00:00Z", "event": "created", "by": {"contact": "ada"}},
            {"at": "2026-10-02T09:00:00Z", "event": "state_changed", "state": "doing"},
            {"at": "2026-10-03T09:00:00Z", "event": "state_changed", "state": "new"},
        ]);
        line
    };
    let lines: Vec<_> = (0..100).map(line).collect();
    let all = measure(site, through, proxy, e2e::load(&through.store, &lines)).await;
    let one = |of_all: f64| of_all.round() / 100.0;
    Cost {
        calls: one(all.calls),
        reads: one(all.reads),
        writes: one(all.writes),
        entries: one(all.entries),
        stream: one(all.stream),
    }
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn the_documented_costs_are_measured_ones() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join("docs/operations.md");
    let document = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = document.split_once(BEGIN).unwrap();
    let (told, after) = rest.split_once(END).unwrap();
    let measured = measured().await;
    if std::env::var_os("UPDATE_COSTS").is_some() {
        std::fs::write(path, format!("{before}{BEGIN}{measured}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(told, measured, "UPDATE_COSTS=1 writes what is measured");
}

/// A hundred words, as somebody might write them.
const A_MESSAGE: &str = "Since the update last Tuesday the label printer in hall three prints every second label twice, and sometimes \
    it stops in the middle of a sheet until somebody switches it off and on again. We have changed the cable, installed the driver \
    that your colleague sent us, and tried another tablet, but nothing helps for longer than an hour. The printers in the other halls \
    work as before, with the same settings. Our night shift starts at ten and needs four hundred labels. Could \
    you please call us before noon, and tell us whether we should order a replacement today?";

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn a_message_of_a_hundred_words_is_written_for_search_within_a_hundred_and_sixty_units() {
    assert_eq!(A_MESSAGE.split_whitespace().count(), 100);
    let site = Site::start().await;
    let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
    let through = site.waiting_at(&proxy.endpoint).await;
    let message = json!({"body": A_MESSAGE, "client_id": "long"});
    let request = through.desk(Method::POST, "/conversations/c-1/messages").json(&message);
    let Cost { stream, .. } = measure(&site, &through, &proxy, succeeds(request)).await;
    assert!((100.0..=160.0).contains(&stream), "{stream}");
}

/// Write units that the Help Desk's inbox took: marks, which carry its cases, and its counts, all written in transactions.
fn of_the_inbox(before: &Items, after: &Items) -> usize {
    let is_its = |key: &str| key.contains("\"MARK\"") || key.starts_with("\"DESK\"");
    let keys = before.keys().chain(after.keys().filter(|key| !before.contains_key(*key))).filter(|key| is_its(key));
    let of = |key: &String| {
        let (was, is) = (before.get(key), after.get(key));
        let written = if was == is { 0 } else { 2 * is.map_or(0, |item| witness::item_size(item).div_ceil(1024)) };
        written + INDEXES.iter().map(|index| entries(index, was, is)).sum::<usize>()
    };
    keys.map(of).sum()
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn a_change_of_turn_costs_the_inbox_at_most_four_write_units_more_than_a_change_without() {
    let site = Site::start().await;
    let cookies = site.cookies("ada").await;
    let took = async |request: RequestBuilder| {
        site.wait(1);
        let before: Items = site.items().await;
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        of_the_inbox(&before, &site.items().await)
    };
    let change = async |state: &str| {
        let version = site.desk_get("/tickets/tk-1").await.1["version"].clone();
        took(site.desk(Method::PATCH, "/tickets/tk-1").json(&json!({"state": state, "version": version}))).await
    };
    let says = async |n: u8| {
        let message = json!({"body": "It fails again", "client_id": format!("turn-{n}")});
        let request = site.request(Method::POST, "/api/conversations/c-1/messages").header("cookie", &cookies);
        took(request.header("origin", &site.origin).json(&message)).await
    };
    change("new").await;
    let without = change("doing").await;
    for (state, whose) in
        [("asked", "the customer's"), ("new", "the vendor's"), ("done", "nobody's"), ("new", "the vendor's")]
    {
        assert_eq!(change(state).await, without + 4, "{whose}");
    }
    change("done").await;
    let (first, second) = (says(1).await, says(2).await);
    assert_eq!((first, second), (without + 4, without), "a message that makes a resolved ticket the vendor's turn");
}
