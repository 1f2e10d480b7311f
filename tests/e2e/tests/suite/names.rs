//! What people are called: by the records, at once and everywhere, and never by an e-mail address (docs/product.md, What
//! customers see of a ticket).

use domain::{contact::Contact, id::ContactId};
use e2e::{
    Site, load,
    proxy::{Proxy, sequential},
    read, scene,
};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// Everything that a customer can read of the scene's first ticket, and everything that teammates can.
const CUSTOMERS: [&str; 6] =
    ["/api/tickets", "/api/tickets-space", "/api/tickets/tk-1", "/api/conversations/c-1", "/tickets", "/tickets/tk-1"];
const TEAMMATES: [&str; 7] = [
    "/api/helpdesk/tickets/tk-1",
    "/api/helpdesk/conversations/c-1",
    "/api/helpdesk/companies/tickets?id=acme",
    "/api/helpdesk/contacts?id=ada",
    "/api/helpdesk/search?q=export",
    "/helpdesk/tickets/tk-1",
    "/helpdesk/search?q=export",
];

async fn texts(site: &Site, paths: &[&str], token: &str) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for path in paths {
        let answer = site.get(path).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        texts.push(((*path).to_owned(), answer.text().await.unwrap()));
    }
    texts
}

async fn put_contact(site: &Site, body: &Value) {
    let (status, answer) = site.desk_send(Method::PUT, "/contacts", body).await;
    assert!(status < 300, "{answer}");
}

/// A message by a teammate whose token has this name.
async fn say_as(site: &Site, name: Option<&str>, id: &str) -> Value {
    let claims = json!({"sub": id, "aud": "helpdesk", "exp": site.now() + 3600, "name": name});
    let token = site.app(&site.origin).config.teammate_keys.sign(&claims).unwrap();
    let request = site.request(Method::POST, "/api/helpdesk/conversations/c-1/messages").bearer_auth(token);
    read(request.json(&json!({"body": "Hello", "client_id": id})).send().await.unwrap()).await.1
}

#[tokio::test]
async fn a_contacts_new_name_is_everywhere_at_once() {
    let site = Site::start().await;
    let renamed = json!({"id": "ada", "email": "ada@people.example", "name": "Ann Other", "companies": ["acme"]});
    put_contact(&site, &renamed).await;
    let (_, change) = site.desk_send(Method::PATCH, "/tickets/tk-1", &json!({"version": 1, "state": "doing"})).await;
    assert_eq!(change["version"], 2, "whoever has read the ticket before need not read it again: {change}");
    let customers = texts(&site, &CUSTOMERS, &site.token("abe")).await;
    let teammates = texts(&site, &TEAMMATES, &site.teammate_token(scene::GRACE)).await;
    for (path, text) in customers.iter().chain(&teammates) {
        assert!(!text.contains("Ada Acker"), "{path}: {text}");
        assert!(text.contains("Ann Other"), "{path}: {text}");
    }
    for (name, found) in [("other", true), ("ada", false)] {
        let (_, page) = site.desk_get(&format!("/search?q={name}&kind=ticket")).await;
        assert_eq!(page.to_string().contains("tk-1"), found, "{name}: {page}");
    }
    site.assert_clean().await;

    // A name that is taken away is nobody's.
    put_contact(&site, &json!({"id": "ada", "companies": ["acme"]})).await;
    for (path, text) in texts(&site, &CUSTOMERS, &site.token("abe")).await {
        assert!(!text.contains("Ann Other"), "{path}: {text}");
    }
    let (_, ticket) = site.json_as("abe", "/api/tickets/tk-1").await;
    assert_eq!(
        (&ticket["created_by"]["name"], &ticket["history"][0]["text"]),
        (&json!("Someone"), &json!("Someone created the ticket"))
    );
    site.assert_clean().await;
}

#[tokio::test]
async fn a_name_from_an_import_is_as_new() {
    let site = Site::start().await;
    let line = json!({"kind": "contact", "id": "ada", "email": "ada@people.example", "name": "Ann Other", "companies": ["acme"]});
    load(&site.store, &[line, json!({"kind": "teammate", "id": scene::GRACE, "name": "Gloria"})]).await;
    for (path, text) in texts(&site, &CUSTOMERS, &site.token("abe")).await {
        assert!(!text.contains("Ada Acker") && !text.contains("Grace"), "{path}: {text}");
        assert!(text.contains("Gloria"), "{path}: {text}");
    }
    site.store.reindex(false, |_| {}).await.unwrap();
    let (_, page) = site.desk_get("/search?q=other").await;
    assert!(page.to_string().contains("tk-1"), "{page}");
    site.assert_clean().await;
}

#[tokio::test]
async fn a_name_reaches_many_tickets_in_several_goes() {
    let site = Site::start().await;
    let many =
        (0..4).map(|n| scene::ticket(&format!("m-{n}"), 100 + n, Some("beta"), "bob", "new", "2026-11-12T10:00:00Z"));
    load(&site.store, &many.collect::<Vec<_>>()).await;
    record_name(&site, "bob", "Ben").await;
    let bob = ContactId::new("bob").unwrap();
    for renamed in [2, 2, 1, 0] {
        assert_eq!(site.store.rename_requester(&bob, 2).await.unwrap(), renamed);
        site.assert_clean().await;
    }
    let left = site.items().await.values().filter(|item| item["requester_name"]["S"] == "Bob Berg").count();
    assert_eq!(left, 0);
}

/// Changes the record and no ticket, as a request that was cut off leaves it.
async fn record_name(site: &Site, id: &str, name: &str) {
    let (contact, companies) = site.store.contact(&ContactId::new(id).unwrap()).await.unwrap().unwrap();
    site.store.put_contact(&Contact { name: Some(name.into()), ..contact }, &companies).await.unwrap();
}

#[tokio::test]
async fn reindexing_brings_a_new_name_into_every_copy() {
    let site = Site::start().await;
    record_name(&site, "ada", "Ann Other").await;
    let (_, ticket) = site.json_as("abe", "/api/tickets/tk-1").await;
    assert_eq!(ticket["created_by"]["name"], "Ann Other", "{ticket}");
    site.store.reindex(false, |_| {}).await.unwrap();
    for (key, item) in site.items().await {
        let named = item["requester_name"]["S"] == "Ada Acker" || item["started_by"]["S"] == "Ada Acker";
        assert!(!named && !item["words"]["S"].as_str().unwrap_or_default().contains("ada acker"), "{key}: {item}");
    }
    let (_, list) = site.json_as("abe", "/api/tickets").await;
    assert!(!list.to_string().contains("Ada Acker"), "{list}");
    site.assert_clean().await;
}

#[tokio::test]
async fn no_name_with_an_at_sign_reaches_customers() {
    let site = Site::start().await;
    let said = say_as(&site, Some("gus@vendor.example"), "gus").await;
    assert_eq!(said["author"]["name"], "gus@vendor.example", "teammates know it");
    put_contact(&site, &json!({"id": "ada", "name": "ada＠home.example", "companies": ["acme"]})).await;
    load(&site.store, &[json!({"kind": "teammate", "id": scene::GRACE, "name": "grace@vendor.example"})]).await;
    for (path, text) in texts(&site, &CUSTOMERS, &site.token("abe")).await {
        for address in ["gus@", "grace@", "ada＠"] {
            assert!(!text.contains(address), "{path}: {text}");
        }
    }
    let (_, thread) = site.json_as("abe", "/api/conversations/c-1").await;
    let authors: Vec<_> = thread["parts"].as_array().unwrap().iter().map(|it| it["author"]["name"].clone()).collect();
    assert_eq!(authors, ["Someone", "Support", "Support"]);
    let (_, ticket) = site.json_as("abe", "/api/tickets/tk-1").await;
    assert_eq!(ticket["history"][2]["text"], "The state changed to Waiting on you");
}

#[tokio::test]
async fn a_teammate_goes_by_the_record_and_without_one_by_the_token() {
    let site = Site::start().await;
    say_as(&site, Some("Gregor"), "gus").await;
    say_as(&site, Some("Grace H."), scene::GRACE).await;
    let (_, thread) = site.json_as("abe", "/api/conversations/c-1").await;
    let parts = thread["parts"].as_array().unwrap();
    let mut authors: Vec<_> = parts.iter().map(|it| it["author"]["name"].as_str().unwrap()).collect();
    // Two were written in one millisecond.
    authors.sort_unstable();
    assert_eq!(authors, ["Ada Acker", "Grace", "Grace", "Gregor"]);
}

#[tokio::test]
async fn names_are_one_batch_and_only_for_those_who_may_see() {
    let site = Site::start().await;
    let proxy = Proxy::start(&site.endpoint, Duration::from_millis(20)).await;
    let through = site.waiting_at(&proxy.endpoint).await;
    let cookies = through.cookies("bob").await;
    let mut asked = Vec::new();
    for path in ["/api/tickets/tk-4", "/api/tickets/tk-1", "/api/tickets/missing", "/api/tickets/tk-10"] {
        proxy.take();
        through.get(path).header("cookie", &cookies).send().await.unwrap();
        let calls = proxy.take();
        asked.push((calls.len(), sequential(&calls)));
    }
    // Whoever may see it: the ticket and its history side by side, and then one batch with the names.
    assert_eq!(asked[0], (asked[1].0 + 3, asked[1].1 + 2), "{asked:?}");
    assert_eq!(asked[1..], [asked[1]; 3], "{asked:?}");
}

#[tokio::test]
async fn a_ticket_that_moved_does_not_name_who_was_there_before() {
    let site = Site::start().await;
    let by = |who: &str| json!({"contact": who});
    let mut moved = scene::ticket("tk-20", 20, Some("beta"), "ada", "new", "2026-11-19T10:00:00Z");
    moved["history"] = json!([
        {"at": "2026-10-01T09:00:00Z", "event": "created", "by": by("ada")},
        {"at": "2026-10-01T10:00:00Z", "event": "joined", "by": by("abe"), "company": "acme"},
        {"at": "2026-10-01T11:00:00Z", "event": "state_changed", "by": by("ada"), "state": "doing"},
        {"at": "2026-10-01T12:00:00Z", "event": "state_changed", "by": by("ada"), "state": "done"},
        {"at": "2026-10-02T09:00:00Z", "event": "company_changed", "by": {"teammate": scene::GRACE}, "company": "beta", "previous_company": "acme"},
        {"at": "2026-10-03T09:00:00Z", "event": "state_changed", "by": by("cem"), "state": "doing"}]);
    load(&site.store, &[moved]).await;
    let (_, ticket) = site.json_as("bob", "/api/tickets/tk-20").await;
    let texts: Vec<_> = ticket["history"].as_array().unwrap().iter().map(|it| it["text"].as_str().unwrap()).collect();
    assert_eq!(
        texts,
        [
            "Someone created the ticket",
            "Someone joined the conversation",
            "Someone replied, and the state changed to In progress",
            "The state changed to Resolved",
            "The company was set to Beta",
            "Cem Can replied, and the state changed to In progress",
        ]
    );
}

#[tokio::test]
async fn an_earlier_page_of_history_names_nobody_of_another_company_either() {
    let site = Site::start().await;
    let mut moved = scene::ticket("tk-20", 20, Some("beta"), "bob", "new", "2026-11-19T10:00:00Z");
    let changed = |at: String, n: usize, who: &str| {
        let state = if n.is_multiple_of(2) { "doing" } else { "done" };
        json!({"at": at, "event": "state_changed", "state": state, "by": {"contact": who}})
    };
    // Three pages; the move from Acme to Beta is on the newest.
    let before = |n: usize| changed(format!("2026-10-02T{:02}:{:02}:00Z", n / 60, n % 60), n, "ada");
    let after = |n: usize| changed(format!("2026-10-04T09:0{n}:00Z"), n, "bob");
    let mut lines: Vec<_> = (0..120).map(before).collect();
    lines.push(json!({"at": "2026-10-03T09:00:00Z", "event": "company_changed", "by": {"teammate": scene::GRACE},
        "company": "beta", "previous_company": "acme"}));
    lines.extend((0..5).map(after));
    moved["history"] = lines.into();
    load(&site.store, &[moved]).await;
    let (mut pages, mut cursor) = (0, String::new());
    loop {
        let (_, page) = site.json_as("bob", &format!("/api/tickets/tk-20{cursor}")).await;
        assert!(!page.to_string().contains("Ada"), "{page}");
        assert!(cursor.is_empty() == page["history"].to_string().contains("Bob"), "{page}");
        pages += 1;
        let Some(next) = page["history_cursor"].as_str() else { break };
        cursor = format!("?history_cursor={next}");
    }
    assert_eq!(pages, 3);
}

#[tokio::test]
async fn a_company_that_somebody_is_not_in_is_named_nowhere() {
    let site = Site::start().await;
    let mut moved = scene::ticket("tk-20", 20, Some("beta"), "ada", "new", "2026-11-19T10:00:00Z");
    moved["history"] = json!([
        {"at": "2026-10-02T09:00:00Z", "event": "company_changed", "by": {"teammate": scene::GRACE}, "company": "beta"}]);
    load(&site.store, &[moved]).await;
    let (_, space) = site.json_as("ada", "/api/tickets-space").await;
    let row = space["tickets"].as_array().unwrap().iter().find(|it| it["id"] == "tk-20").unwrap().clone();
    let (_, ticket) = site.json_as("ada", "/api/tickets/tk-20").await;
    assert_eq!((&row["company"], &ticket["company"]), (&Value::Null, &Value::Null), "the list says what the page says");
    let page = site.get_as("ada", "/tickets/tk-20").send().await.unwrap().text().await.unwrap();
    for text in [space.to_string(), ticket.to_string(), page] {
        assert!(!text.contains("Beta") && !text.contains("\"beta\""), "{text}");
    }
}

#[tokio::test]
async fn teammates_find_tickets_by_the_address_of_their_requester_and_by_a_number_as_it_is_quoted() {
    let site = Site::start().await;
    let found = async |q: &str| {
        let query = format!("/search?{}", form_urlencoded::Serializer::new(String::new()).append_pair("q", q).finish());
        let (status, page) = site.desk_get(&query).await;
        assert_eq!(status, 200, "{q}: {page}");
        page["results"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    put_contact(
        &site,
        &json!({"id": "ada", "name": "Ada", "email": "Ada.O-Neil+x@people.example", "companies": ["acme"]}),
    )
    .await;
    let by_name = found("ada").await;
    assert!(by_name.contains(&"tk-1".to_owned()));
    for address in ["Ada.O-Neil+x@people.example", " ada.o-neil+X@PEOPLE.example "] {
        assert!(found(address).await.contains(&"tk-1".to_owned()), "{address}");
    }
    assert!(!found("bob@people.example").await.contains(&"tk-1".to_owned()));
    for quoted in ["#1", "Ticket #1", "ticket 1", "1"] {
        assert_eq!(found(quoted).await.first().map(String::as_str), Some("tk-1"), "{quoted}");
    }
}
