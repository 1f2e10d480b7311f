//! Creating and changing tickets as a teammate (docs/product.md, The company of a ticket and The Help Desk), and what
//! customers see of it.

use e2e::{Site, read, scene::GRACE};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn new_ticket() -> Value {
    json!({"type": "bug", "title": "  Export fails ", "description": "At page 3.", "requester": "ada"})
}

/// `body` with one more field.
fn with(body: &Value, name: &str, value: Value) -> Value {
    let mut body = body.clone();
    body[name] = value;
    body
}

async fn create(site: &Site, body: &Value) -> Value {
    let (status, ticket) = site.desk_send(Method::POST, "/tickets", body).await;
    assert_eq!(status, 201, "{ticket}");
    ticket
}

fn path(ticket: &Value) -> String {
    format!("/tickets/{}", ticket["id"].as_str().unwrap())
}

async fn change(site: &Site, ticket: &Value, name: &str, value: Value) -> Value {
    let body = json!({"version": ticket["version"], name: value});
    let (status, changed) = site.desk_send(Method::PATCH, &path(ticket), &body).await;
    assert_eq!(status, 200, "{body}: {changed}");
    changed
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "compares times to the second")]
async fn a_new_ticket_is_what_was_asked_for_and_its_company_sees_it_at_once() {
    let site = Site::start().await;
    let mut body = new_ticket();
    body["attributes"] = json!({"Severity": "High", "Affected users": 3, "canary-attribute": null});
    body["assignee"] = json!(GRACE);
    let ticket = create(&site, &body).await;
    assert_eq!(
        ticket,
        json!({"id": ticket["id"], "number": 11, "title": "Export fails", "description": "At page 3.",
            "type": {"id": "bug", "name": "canary-bug", "external_label": "Bug", "icon": "🐞"}, "category": "customer", "shared": false, "private": false, "customer_visible": true,
            "state": {"id": "new", "category": "submitted", "label": "Submitted"}, "internal_label": "canary-new",
            "company": {"id": "acme", "name": "Acme"}, "company_chosen": false,
            "created_by": {"id": "ada", "name": "Ada Acker"}, "requester": {"id": "ada", "name": "Ada Acker"},
            "created_at": e2e::NOW, "updated_at": e2e::NOW, "url": format!("/helpdesk{}", path(&ticket)),
            "attributes": [
                {"name": "Severity", "value": "High", "visible_to_contacts": true},
                {"name": "Affected since", "value": null, "visible_to_contacts": true},
                {"name": "Affected users", "value": 3, "visible_to_contacts": true},
                {"name": "canary-attribute", "value": null, "visible_to_contacts": false}],
            "assignee": {"id": GRACE, "name": "Grace"}, "conversation": null, "duplicate_of": null, "duplicates": [],
            "history": [{"at": e2e::NOW, "event": "created", "text": "Grace created the ticket", "by": "Grace"}],
            "turn": {"who": "us", "since": e2e::NOW}, "last_message": null, "version": 1})
    );
    let (status, mut read) = site.desk_get(&path(&ticket)).await;
    for of_the_thread in ["timeline", "timeline_cursor", "newer_cursor"] {
        read.as_object_mut().unwrap().remove(of_the_thread);
    }
    assert_eq!((status, read), (200, ticket.clone()));
    let (_, list) = site.json_as("abe", "/api/tickets?limit=1").await;
    assert_eq!((&list["tickets"][0]["id"], &list["counts"]["submitted"]), (&ticket["id"], &json!(3)));
    site.assert_clean().await;
}

#[tokio::test]
async fn what_names_nothing_or_does_not_fit_is_refused_and_nothing_is_created() {
    let site = Site::start().await;
    let before = site.items().await;
    let good = new_ticket();
    for (name, value, status, code) in [
        ("type", json!("nothing"), 422, "unknown_type"),
        ("state", json!("nothing"), 422, "unknown_state"),
        ("requester", json!("nobody"), 422, "unknown_contact"),
        ("assignee", json!("nobody"), 422, "unknown_teammate"),
        ("conversation", json!("nothing"), 422, "unknown_conversation"),
        ("company", json!("beta"), 422, "company_not_offered"),
        ("company", json!("nowhere"), 422, "company_not_offered"),
        ("attributes", json!({"Nothing": "x"}), 422, "invalid_attribute"),
        ("attributes", json!({"Severity": 1}), 422, "invalid_attribute"),
        ("attributes", json!({"Affected users": "many"}), 422, "invalid_attribute"),
        ("attributes", json!({"Affected users": 1.5}), 422, "invalid_attribute"),
        ("attributes", json!({"Affected since": "yesterday"}), 422, "invalid_attribute"),
        ("conversation", json!("c-1"), 409, "already_linked"),
        ("type", json!("a/b"), 400, "invalid_body"),
        ("type", Value::Null, 400, "invalid_body"),
        ("title", json!(" \n\t"), 400, "invalid_body"),
        ("title", json!("\u{200b}\u{2060}"), 400, "invalid_body"),
        ("title", json!("x".repeat(1001)), 400, "invalid_body"),
        ("title", json!(["x"]), 400, "invalid_body"),
        ("description", Value::Null, 400, "invalid_body"),
        ("requester", json!(""), 400, "invalid_body"),
        ("requester", json!({"id": "ada"}), 400, "invalid_body"),
        ("shared", json!("yes"), 400, "invalid_body"),
        ("company", json!(""), 400, "invalid_body"),
        ("attributes", json!([]), 400, "invalid_body"),
        ("version", json!(1), 400, "invalid_body"),
        ("number", json!(1), 400, "invalid_body"),
    ] {
        let (got, problem) = site.desk_send(Method::POST, "/tickets", &with(&good, name, value.clone())).await;
        assert_eq!((got, &problem["code"]), (status, &json!(code)), "{name} {value}: {problem}");
    }
    let (_, problem) = site.desk_send(Method::POST, "/tickets", &with(&good, "conversation", json!("c-1"))).await;
    assert_eq!((&problem["ticket"], &problem["conversation"]), (&json!("tk-1"), &json!("c-1")));
    assert!(problem["detail"].as_str().unwrap().contains("#1"), "{problem}");
    let mut without = good.clone();
    without.as_object_mut().unwrap().remove("title");
    assert_eq!(site.desk_send(Method::POST, "/tickets", &without).await.1["code"], "invalid_body");
    assert_eq!(site.items().await, before);
}

#[tokio::test]
async fn a_request_with_a_key_makes_one_ticket_however_often_it_is_sent() {
    let site = Site::start().await;
    let post =
        |key: &str, body: &Value| site.desk(Method::POST, "/tickets").header("idempotency-key", key).json(body).send();
    let (status, first) = read(post("k-1", &new_ticket()).await.unwrap()).await;
    assert_eq!(status, 201);
    let before = site.items().await;
    let (status, again) = read(post("k-1", &new_ticket()).await.unwrap()).await;
    assert_eq!((status.as_u16(), &again), (200, &first));

    let other = with(&new_ticket(), "title", json!("Another"));
    let (status, problem) = read(post("k-1", &other).await.unwrap()).await;
    assert_eq!((status.as_u16(), &problem["code"]), (422, &json!("idempotency_key_reused")));
    // A key belongs to a route as well, and to a teammate.
    let convert = site.desk(Method::POST, "/conversations/c-1/convert").header("idempotency-key", "k-1");
    let (status, problem) = read(convert.json(&json!({"type": "bug", "title": "x"})).send().await.unwrap()).await;
    assert_eq!((status.as_u16(), &problem["code"]), (422, &json!("idempotency_key_reused")));
    for key in ["", &"k".repeat(256)] {
        let (status, problem) = read(post(key, &new_ticket()).await.unwrap()).await;
        assert_eq!((status.as_u16(), &problem["code"]), (400, &json!("invalid_parameter")), "{key:?}");
    }
    let twice = site.desk(Method::POST, "/tickets").header("idempotency-key", "a").header("idempotency-key", "b");
    let (status, _) = read(twice.json(&new_ticket()).send().await.unwrap()).await;
    // The gateway joins two headers into one, as API Gateway does: together they are another key.
    assert!(status == 400 || status == 201);
    if status == 400 {
        assert_eq!(site.items().await, before);
    }
    let of_another = site.request(Method::POST, "/api/helpdesk/tickets").bearer_auth(site.teammate_token("t-2"));
    let (status, theirs) =
        read(of_another.header("idempotency-key", "k-1").json(&new_ticket()).send().await.unwrap()).await;
    assert_eq!(status, 201);
    assert_ne!(theirs["id"], first["id"]);
    site.assert_clean().await;
}

#[tokio::test]
async fn the_same_request_many_times_at_once_makes_one_ticket() {
    let site = Site::start().await;
    // Search adds an item for each list that the ticket stands in, and counters and marks may begin a new shard; these
    // are not counted.
    let others = |items: BTreeMap<String, Value>| {
        items.keys().filter(|key| !key.contains("FIND#") && !key.contains('!')).count()
    };
    let (body, count) = (new_ticket(), others(site.items().await));
    let posts = (0..8).map(|_| site.desk(Method::POST, "/tickets").header("idempotency-key", "k").json(&body).send());
    let answers = join_all(join_all(posts).await.into_iter().map(|answer| read(answer.unwrap()))).await;
    let created = answers.iter().filter(|(status, _)| *status == 201).count();
    assert_eq!(created, 1, "{answers:?}");
    assert!(
        answers.iter().all(|(status, ticket)| status.is_success() && ticket["id"] == answers[0].1["id"]),
        "{answers:?}"
    );
    let new = "row, body, mark, history, tickets space, what the requester has not seen, request";
    assert_eq!(others(site.items().await), count + 7, "{new}");
    site.assert_clean().await;
}

#[tokio::test]
async fn tickets_made_at_once_have_numbers_of_their_own_after_those_of_the_import() {
    let site = Site::start().await;
    let body = new_ticket();
    let answers = join_all((0..12).map(|_| site.desk_send(Method::POST, "/tickets", &body))).await;
    let mut numbers: Vec<_> = answers.iter().map(|(_, ticket)| ticket["number"].as_u64().unwrap()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 12);
    assert!(numbers[0] > 10, "{numbers:?}");
    site.assert_clean().await;
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn every_field_can_be_changed_and_the_rest_stays() {
    let site = Site::start().await;
    let mut ticket =
        create(&site, &with(&new_ticket(), "attributes", json!({"Severity": "High", "Affected users": 3}))).await;
    let expected = ticket.clone();
    site.wait(60);
    for (name, value, field, is) in [
        ("title", json!(" Import fails "), "/title", json!("Import fails")),
        ("description", json!(""), "/description", json!("")),
        ("state", json!("done"), "/internal_label", json!("canary-done")),
        ("attributes", json!({"Affected users": 4}), "/attributes/2/value", json!(4)),
        ("attributes", json!({"Severity": null}), "/attributes/0/value", Value::Null),
        ("assignee", json!(GRACE), "/assignee/name", json!("Grace")),
        ("assignee", Value::Null, "/assignee", Value::Null),
        ("requester", json!("abe"), "/requester/name", json!("Abe Acker")),
        ("shared", json!(true), "/shared", json!(true)),
        ("type", json!("task"), "/category", json!("back_office")),
    ] {
        let changed = change(&site, &ticket, name, value.clone()).await;
        assert_eq!(changed.pointer(field), Some(&is), "{name}: {value}");
        assert_eq!(changed["version"].as_u64(), ticket["version"].as_u64().map(|it| it + 1), "{name}");
        for same in ["id", "number", "created_at", "conversation"] {
            assert_eq!(changed[same], expected[same], "{name} changed {same}");
        }
        ticket = changed;
    }
    assert_eq!(ticket["company"]["id"], "acme");
    let events: Vec<_> = ticket["history"].as_array().unwrap().iter().map(|it| it["event"].clone()).collect();
    assert_eq!(events, ["created", "state_changed"]);
    assert_eq!(ticket["history"][1]["text"], "Grace changed the state to canary-done");
    site.assert_clean().await;
}

#[tokio::test]
async fn a_change_of_nothing_writes_nothing() {
    let site = Site::start().await;
    let ticket = create(&site, &with(&new_ticket(), "attributes", json!({"Severity": "High"}))).await;
    let before = site.items().await;
    for body in [
        json!({"version": 1}),
        json!({"version": 1, "title": "Export fails", "state": "new", "requester": "ada", "type": "bug"}),
        json!({"version": 1, "attributes": {"Severity": "High", "Affected users": null}}),
    ] {
        assert_eq!(site.desk_send(Method::PATCH, &path(&ticket), &body).await, (200, ticket.clone()), "{body}");
    }
    assert_eq!(site.items().await, before);
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn only_what_customers_can_see_counts_as_an_update() {
    let site = Site::start().await;
    let ticket = create(&site, &new_ticket()).await;
    let mut ticket = change(&site, &ticket, "state", json!("triage")).await;
    site.wait(60);
    for (name, value) in [
        ("assignee", json!(GRACE)),
        ("attributes", json!({"canary-attribute": "hidden"})),
        // Another label for teammates alone.
        ("state", json!("doing")),
    ] {
        ticket = change(&site, &ticket, name, value).await;
        assert_eq!(ticket["updated_at"], e2e::NOW, "{name}");
    }
    ticket = change(&site, &ticket, "attributes", json!({"Severity": "Low"})).await;
    assert_eq!(ticket["updated_at"], "2026-11-20T12:01:00Z");
    let (_, seen) = site.json_as("abe", &format!("/api{}", path(&ticket))).await;
    assert_eq!(seen["updated_at"], ticket["updated_at"]);
    assert_eq!(seen["history"].as_array().unwrap().len(), 2, "{seen}");
}

#[tokio::test]
async fn a_change_that_does_not_fit_is_refused_and_changes_nothing() {
    let site = Site::start().await;
    let ticket = create(&site, &new_ticket()).await;
    let before = site.items().await;
    for (name, value, status, code) in [
        ("version", json!(0), 409, "stale_version"),
        ("version", json!(2), 409, "stale_version"),
        ("type", json!("nothing"), 422, "unknown_type"),
        ("state", json!("nothing"), 422, "unknown_state"),
        ("requester", json!("nobody"), 422, "unknown_contact"),
        ("assignee", json!("nobody"), 422, "unknown_teammate"),
        ("conversation", json!("nothing"), 422, "unknown_conversation"),
        ("conversation", json!("c-1"), 409, "already_linked"),
        ("company", json!("beta"), 422, "company_not_offered"),
        ("attributes", json!({"Nothing": 1}), 422, "invalid_attribute"),
        ("attributes", json!({"Severity": true}), 422, "invalid_attribute"),
        ("title", json!(""), 400, "invalid_body"),
        ("version", Value::Null, 400, "invalid_body"),
        ("version", json!(1.5), 400, "invalid_body"),
        ("id", json!("tk-1"), 400, "invalid_body"),
        ("number", json!(1), 400, "invalid_body"),
        ("updated_at", json!(e2e::NOW), 400, "invalid_body"),
    ] {
        // Next to a change that would be fine.
        let body = with(&json!({"version": 1, "description": "Changed"}), name, value.clone());
        let (got, problem) = site.desk_send(Method::PATCH, &path(&ticket), &body).await;
        assert_eq!((got, &problem["code"]), (status, &json!(code)), "{name} {value}: {problem}");
        if status == 409 && name == "version" {
            assert_eq!((&problem["version"], &problem["company"]), (&json!(1), &json!("acme")));
        }
    }
    for id in ["missing", "%23", "TK-1"] {
        let (status, problem) = site.desk_send(Method::PATCH, &format!("/tickets/{id}"), &json!({"version": 1})).await;
        assert_eq!((status, &problem["code"]), (404, &json!("ticket_not_found")), "{id}");
        assert_eq!(site.desk_get(&format!("/tickets/{id}")).await.0, 404);
    }
    assert_eq!(site.items().await, before);
}

/// Control characters take six times their room in the table.
#[tokio::test]
async fn attributes_that_the_table_could_not_keep_are_refused_with_the_reason() {
    let site = Site::start().await;
    let ticket = create(&site, &new_ticket()).await;
    let mut answers = Vec::new();
    for (version, name) in [(1, "Severity"), (2, "canary-attribute")] {
        let body = json!({"version": version, "attributes": {name: format!("x{}", "\u{1}".repeat(10_000))}});
        answers.push(site.desk_send(Method::PATCH, &path(&ticket), &body).await);
    }
    assert_eq!(answers[0].0, 200);
    assert_eq!((answers[1].0, &answers[1].1["code"]), (422, &json!("invalid_attribute")));
    assert!(answers[1].1["detail"].as_str().unwrap().contains("100 KB as JSON"), "{}", answers[1].1);
    site.assert_clean().await;
}

#[tokio::test]
async fn of_many_changes_at_once_over_one_version_exactly_one_is_written() {
    let site = Site::start().await;
    let ticket = create(&site, &new_ticket()).await;
    let bodies: Vec<_> = (0..8)
        .map(|n| json!({"version": 1, "title": format!("Title {n}"), "state": (["done", "asked"][n % 2])}))
        .collect();
    let to = path(&ticket);
    let answers = join_all(bodies.iter().map(|body| site.desk_send(Method::PATCH, &to, body))).await;
    let statuses: Vec<_> = answers.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 200 | 409)), "{statuses:?}");
    let (_, now) = site.desk_get(&to).await;
    assert_eq!((&now["version"], now["history"].as_array().unwrap().len()), (&json!(2), 2));
    site.assert_clean().await;
}

#[tokio::test]
async fn sharing_a_back_office_ticket_shows_it_and_a_tracker_is_never_shown() {
    let site = Site::start().await;
    let mut ticket = create(&site, &with(&new_ticket(), "type", json!("task"))).await;
    let seen = async |ticket: &Value| site.json_as("abe", &format!("/api{}", path(ticket))).await.0.as_u16();
    assert_eq!((seen(&ticket).await, &ticket["customer_visible"]), (404, &json!(false)));
    ticket = change(&site, &ticket, "shared", json!(true)).await;
    assert_eq!((seen(&ticket).await, &ticket["customer_visible"]), (200, &json!(true)));
    ticket = change(&site, &ticket, "type", json!("incident")).await;
    assert_eq!((seen(&ticket).await, &ticket["customer_visible"]), (404, &json!(false)));
    ticket = change(&site, &ticket, "type", json!("bug")).await;
    ticket = change(&site, &ticket, "shared", json!(false)).await;
    assert_eq!(seen(&ticket).await, 200);
    site.assert_clean().await;
}

#[tokio::test]
async fn a_value_that_another_type_does_not_take_goes_with_the_type() {
    let site = Site::start().await;
    let form = json!({"kind": "ticket_type", "id": "form", "name": "Form", "icon": "", "category": "customer", "attributes": [
        {"name": "Severity", "data_type": "integer", "visible_to_contacts": true},
        {"name": "Affected users", "data_type": "decimal", "visible_to_contacts": true}]});
    e2e::load(&site.store, &[form]).await;
    let ticket =
        create(&site, &with(&new_ticket(), "attributes", json!({"Severity": "High", "Affected users": 3}))).await;
    let changed = change(&site, &ticket, "type", json!("form")).await;
    assert_eq!((&changed["attributes"][0]["value"], &changed["attributes"][1]["value"]), (&Value::Null, &json!(3)));
}

#[tokio::test]
async fn attributes_that_come_bit_by_bit_are_as_limited_as_those_that_come_at_once() {
    let site = Site::start().await;
    let names: Vec<_> = (0..8).map(|n| format!("Field {n}")).collect();
    let attributes: Vec<_> = names.iter().map(|name| json!({"name": name, "data_type": "string"})).collect();
    let form = json!({"kind": "ticket_type", "id": "form", "name": "Form", "icon": "", "category": "customer", "attributes": attributes});
    e2e::load(&site.store, &[form]).await;
    let mut ticket = create(&site, &with(&new_ticket(), "type", json!("form"))).await;
    let long = json!("x".repeat(40_000));
    for name in &names[..2] {
        ticket = change(&site, &ticket, "attributes", json!({name: long})).await;
    }
    let before = site.items().await;
    let body = json!({"version": ticket["version"], "attributes": {&names[2]: long}});
    let (status, problem) = site.desk_send(Method::PATCH, &path(&ticket), &body).await;
    assert_eq!((status, &problem["code"]), (422, &json!("invalid_attribute")), "{problem}");
    assert_eq!(site.items().await, before);
    // What is removed makes room for what is added.
    change(&site, &ticket, "attributes", json!({&names[0]: null, &names[2]: long})).await;
}
