//! An open page asks every few seconds whether something has changed. If so, the next question finds out; if not, the
//! answer costs one read unit.

use e2e::{
    Site, load,
    proxy::{Proxy, sequential},
    scene,
};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::time::Duration;

const LIST: &str = "/api/tickets";
const TICKET: &str = "/api/tickets/tk-1";
const THREAD: &str = "/api/conversations/c-1?ticket=tk-1";
const SPACE: &str = "/api/tickets-space";
const ROUTES: [&str; 8] = [
    LIST,
    "/api/tickets?state=submitted",
    TICKET,
    THREAD,
    "/tickets",
    "/tickets/tk-1",
    "/api/tickets/tk-1/timeline",
    SPACE,
];

async fn tag(request: RequestBuilder) -> String {
    let answer = request.send().await.unwrap();
    assert!(answer.status() == 200 || answer.status() == 304, "{}", answer.status());
    answer.headers()["etag"].to_str().unwrap().to_owned()
}

async fn again(site: &Site, who: &str, path: &str, tag: &str) -> u16 {
    let answer = site.get_as(who, path).header("if-none-match", tag).send().await.unwrap();
    let status = answer.status().as_u16();
    assert!(status != 304 || answer.bytes().await.unwrap().is_empty());
    status
}

/// How the list, the ticket, its conversation and the tickets space answer a contact who asks whether they have
/// changed.
async fn told(site: &Site, who: &str, tags: &[String; 4]) -> [u16; 4] {
    let [list, ticket, thread, space] = tags;
    [
        again(site, who, LIST, list).await,
        again(site, who, TICKET, ticket).await,
        again(site, who, THREAD, thread).await,
        again(site, who, SPACE, space).await,
    ]
}

async fn tags(site: &Site, who: &str) -> [String; 4] {
    let mut tags = Vec::new();
    for path in [LIST, TICKET, THREAD, SPACE] {
        tags.push(tag(site.get_as(who, path)).await);
    }
    assert!(tags.iter().all(|tag| tag.contains('.')), "they go by marks: {tags:?}");
    tags.try_into().unwrap()
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "marks count for a while, by a clock that goes on there")]
async fn while_nothing_changes_a_question_costs_a_read_unit_and_one_round_trip_and_has_no_body() {
    let site = Site::start().await;
    let proxy = Proxy::start(&site.endpoint, Duration::from_millis(20)).await;
    let through = site.waiting_at(&proxy.endpoint).await;
    let cookies = through.cookies("ada").await;
    for path in ROUTES {
        let ask = || through.get(path).header("cookie", &cookies);
        let first = tag(ask()).await;
        proxy.take();
        for _ in 0..3 {
            let answer = ask().header("if-none-match", &first).send().await.unwrap();
            assert_eq!(
                (answer.status().as_u16(), answer.headers()["etag"].to_str().unwrap()),
                (304, &*first),
                "{path}"
            );
            assert!(!answer.headers().contains_key("content-type"), "{path}");
            assert!(answer.bytes().await.unwrap().is_empty(), "{path}");
            let calls = proxy.take();
            let units: f64 = calls.iter().map(|call| call.units).sum();
            assert!(units > 0.0 && units <= 1.0, "{path}: {units} units: {calls:?}");
            assert_eq!(sequential(&calls), 1, "{path}: {calls:?}");
        }
    }
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "marks count for a while, by a clock that goes on there")]
async fn a_company_more_costs_half_a_unit_more_and_only_in_lists_of_all() {
    let site = Site::start().await;
    let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
    let through = site.waiting_at(&proxy.endpoint).await;
    let cookies = through.cookies("cem").await;
    for (path, expected) in [("/tickets", 1.5), ("/tickets?company=acme", 1.0), (TICKET, 1.0), (THREAD, 1.0)] {
        let ask = || through.get(path).header("cookie", &cookies);
        let first = tag(ask()).await;
        proxy.take();
        assert_eq!(ask().header("if-none-match", &first).send().await.unwrap().status(), 304, "{path}");
        assert_eq!(proxy.take().iter().map(|call| call.units).sum::<f64>(), expected, "{path}");
    }
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn whatever_changes_is_told_to_the_next_who_ask() {
    let site = Site::start().await;
    let post = |path: &str, body| site.desk(Method::POST, path).json(&body);
    let by = |who: &str, path: &str| site.request(Method::POST, path).bearer_auth(site.token(who));
    let words = |n: u8| json!({"body": "More", "client_id": format!("fresh-{n}")});
    // What happens, and whether list, ticket, conversation and tickets space then differ for Ada.
    let changes: Vec<(&str, RequestBuilder, [u16; 4])> = vec![
        ("a note", post("/conversations/c-1/notes", words(1)), [304, 304, 304, 304]),
        ("a reply", post("/conversations/c-1/messages", words(2)), [200, 200, 200, 200]),
        ("a colleague joins", by("cem", "/api/conversations/c-1/join"), [304, 200, 304, 304]),
        ("a colleague's message", by("cem", "/api/conversations/c-1/messages").json(&words(3)), [200, 200, 200, 200]),
        (
            "another state",
            site.desk(Method::PATCH, "/tickets/tk-1").json(&json!({"state": "done"})),
            [200, 200, 200, 200],
        ),
        (
            "an assignee",
            site.desk(Method::PATCH, "/tickets/tk-1").json(&json!({"assignee": scene::GRACE})),
            // The ticket shows its new version; nothing else changes.
            [304, 200, 304, 304],
        ),
        (
            "another company's ticket",
            post("/tickets", json!({"type": "bug", "title": "Elsewhere", "description": "", "requester": "bob"})),
            [304, 304, 304, 304],
        ),
        (
            "a colleague's ticket",
            post("/tickets", json!({"type": "bug", "title": "Ours", "description": "", "requester": "abe"})),
            [200, 304, 304, 304],
        ),
        (
            "a ticket of one's own without a company",
            post(
                "/tickets",
                json!({"type": "bug", "title": "Mine", "description": "", "requester": "ada", "company": null}),
            ),
            // The list does not have it, and counts what is unread.
            [200, 304, 304, 200],
        ),
        (
            "the company's name",
            site.desk(Method::PUT, "/companies").json(&json!({"id": "acme", "name": "Acme & Sons"})),
            // The ticket's own mark does not show it; the five minutes do.
            [200, 304, 304, 200],
        ),
    ];
    for (what, request, expected) in changes {
        let before = tags(&site, "ada").await;
        assert_eq!(told(&site, "ada", &before).await, [304; 4], "before {what}");
        // Changes of a ticket name the version that they go by.
        let request = match request.try_clone().unwrap().build().unwrap() {
            it if it.method() == Method::PATCH => {
                let mut body: Value = serde_json::from_slice(it.body().unwrap().as_bytes().unwrap()).unwrap();
                body["version"] = site.desk_get("/tickets/tk-1").await.1["version"].clone();
                site.desk(Method::PATCH, "/tickets/tk-1").json(&body)
            }
            _ => request,
        };
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{what}: {}", answer.text().await.unwrap());
        assert_eq!(told(&site, "ada", &before).await, expected, "{what}");
        site.wait(11);
    }
}

#[tokio::test]
async fn what_becomes_of_the_reader_counts_at_once() {
    let site = Site::start().await;
    let refused = [403, 403, 404, 200];
    for (what, change, expected) in [
        ("left the company", json!({"id": "abe", "email": "abe@people.example", "companies": []}), refused),
        ("has no address any more", json!({"id": "abe", "companies": ["acme"]}), refused),
        (
            "moved to another company",
            json!({"id": "abe", "email": "abe@people.example", "companies": ["beta"]}),
            [200, 404, 404, 200],
        ),
    ] {
        let back = json!({"id": "abe", "email": "abe@people.example", "name": "Abe Acker", "companies": ["acme"]});
        assert_eq!(site.desk_send(Method::PUT, "/contacts", &back).await.0, 200);
        let before = tags(&site, "abe").await;
        site.desk_send(Method::PUT, "/contacts", &change).await;
        let [list, ticket, thread, space] = told(&site, "abe", &before).await;
        assert_eq!([list, ticket, thread, space], expected, "{what}");
    }
}

#[tokio::test]
async fn a_revoked_session_is_told_nothing() {
    let site = Site::start().await;
    let cookies = site.cookies("ada").await;
    let ask = || site.get(LIST).header("cookie", &cookies);
    let first = tag(ask()).await;
    assert_eq!(ask().header("if-none-match", &first).send().await.unwrap().status(), 304);
    site.store.raise_session_epoch(&domain::id::ContactId::new("ada").unwrap()).await.unwrap();
    assert_eq!(ask().header("if-none-match", &first).send().await.unwrap().status(), 401);
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn settings_count_after_five_minutes_where_nothing_else_happens() {
    let site = Site::start().await;
    let first = tag(site.get_as("ada", LIST)).await;
    let mut settings = scene::settings();
    settings["enabled"] = json!(false);
    load(&site.store, &[settings]).await;
    assert_eq!(site.json_as("ada", LIST).await.0, 403, "whoever asks for content is refused at once");
    site.wait(300);
    assert_eq!(again(&site, "ada", LIST, &first).await, 403);
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn what_has_just_changed_is_read_again_until_all_reads_agree() {
    let site = Site::start().await;
    let create = json!({"type": "bug", "title": "New", "description": "", "requester": "abe"});
    assert_eq!(site.desk_send(Method::POST, "/tickets", &create).await.0, 201);
    let first = tag(site.get_as("ada", LIST)).await;
    assert!(!first.contains('.'), "{first}: an index may lag behind");
    assert_eq!(again(&site, "ada", LIST, &first).await, 304, "by content");
    site.wait(10);
    let settled = tag(site.get_as("ada", LIST).header("if-none-match", &first)).await;
    assert!(settled.contains('.') && settled.starts_with(first.trim_end_matches('"')), "{settled}");
}

#[tokio::test]
async fn a_tag_is_good_for_its_reader_and_its_address_alone() {
    let site = Site::start().await;
    let of_ada = tag(site.get_as("ada", LIST)).await;
    let marks = of_ada.split('.').nth(1).unwrap().trim_end_matches('"').to_owned();
    let other_content = format!("W/\"{}.{marks}\"", "x".repeat(43));
    assert_eq!(again(&site, "ada", LIST, &other_content).await, 304, "the marks alone tell");
    assert_eq!(again(&site, "abe", LIST, &other_content).await, 200, "another reader");
    assert_eq!(again(&site, "ada", "/api/tickets?limit=1", &other_content).await, 200, "another address");
    assert_eq!(again(&site, "gus", LIST, &other_content).await, 403, "somebody who may not enter");
    for wrong in ["\"", "W/", "\"a.b\"", "\"a.b.c\"", "\".\"", "\"\u{e9}\"", "x.y", &format!("\".{}\"", &marks[1..])] {
        assert_eq!(again(&site, "ada", LIST, wrong).await, 200, "{wrong}");
    }
    // The wrong ticket tells nothing of a conversation.
    let thread = tag(site.get_as("ada", THREAD)).await;
    for path in ["/api/conversations/c-1?ticket=tk-2", "/api/conversations/c-1?ticket=%20", "/api/conversations/c-1"] {
        let only_marks = format!("\"x.{}", thread.split('.').nth(1).unwrap());
        assert_eq!(again(&site, "ada", path, &only_marks).await, 200, "{path}");
    }
}
