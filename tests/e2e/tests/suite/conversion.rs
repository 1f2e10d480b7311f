//! Converting a conversation to a ticket, and linking one to a ticket that is there (docs/product.md, The company of a
//! ticket).

use e2e::{Site, read, scene};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

/// The scene, with Ada's conversation `c-2`, `c-3` of Bob and Cem, and `c-0` in which nobody is.
async fn conversations() -> Site {
    let site = Site::start().await;
    let empty = json!({"kind": "conversation", "id": "c-0", "participants": [], "parts": []});
    let lines = [scene::conversation("c-2", &["ada"]), scene::conversation("c-3", &["bob", "cem"]), empty];
    e2e::load(&site.store, &lines).await;
    site
}

fn conversion() -> Value {
    json!({"type": "bug", "title": "Import hangs"})
}

async fn convert(site: &Site, id: &str, body: &Value) -> (u16, Value) {
    site.desk_send(Method::POST, &format!("/conversations/{id}/convert"), body).await
}

async fn link(site: &Site, conversation: &str, ticket: &str) -> (u16, Value) {
    let path = format!("/conversations/{conversation}/tickets/{ticket}");
    let (status, answer) = read(site.desk(Method::POST, &path).send().await.unwrap()).await;
    (status.as_u16(), answer)
}

#[tokio::test]
async fn a_conversation_becomes_a_ticket_of_its_first_words_and_of_whoever_wrote_them() {
    let site = conversations().await;
    let (status, ticket) = convert(&site, "c-3", &conversion()).await;
    assert_eq!(status, 201, "{ticket}");
    assert_eq!((&ticket["title"], &ticket["description"]), (&json!("Import hangs"), &json!("bob in c-3")));
    assert_eq!(
        (&ticket["requester"]["id"], &ticket["company"]),
        (&json!("bob"), &Value::Null),
        "two companies to choose from"
    );
    assert_eq!(ticket["conversation"], json!({"id": "c-3", "participants": 2}));
    let (_, thread) = site.desk_get("/conversations/c-3").await;
    assert_eq!(thread["ticket"]["id"], ticket["id"]);
    // Everybody in the conversation has it in their tickets space.
    let items = site.items().await;
    let id = ticket["id"].as_str().unwrap();
    for (who, role) in [("bob", "creator"), ("cem", "participant")] {
        let entry = &items[&format!("\"CONTACT#{who}#\" \"SPACE#{id}#\"")];
        assert_eq!(
            (&entry["role"]["S"], &entry["participating"]["BOOL"]),
            (&json!(role), &json!(true)),
            "{who}: {entry}"
        );
    }
    site.assert_clean().await;
}

#[tokio::test]
async fn the_first_words_are_found_however_long_a_conversation_is() {
    let site = conversations().await;
    let part = |n: usize| {
        let by = if n == 1 || n > 200 { json!({"contact": "cem"}) } else { json!({"teammate": scene::GRACE}) };
        json!({"id": format!("q-{n}"), "type": if n == 0 { "note" } else { "message" }, "author": by,
            "body": format!("part {n}"), "at": format!("2026-11-01T{:02}:{:02}:00Z", n / 60, n % 60)})
    };
    let parts: Vec<_> = (0..230).map(part).collect();
    let long = json!({"kind": "conversation", "id": "c-long", "participants": ["ada", "cem"], "parts": parts});
    e2e::load(&site.store, &[long]).await;
    let (status, ticket) = convert(&site, "c-long", &conversion()).await;
    assert_eq!((status, &ticket["description"]), (201, &json!("part 1")), "{ticket}");
    assert_eq!(ticket["requester"]["id"], "cem");
}

#[tokio::test]
async fn what_is_said_counts_before_what_the_conversation_suggests() {
    let site = conversations().await;
    let body = json!({"type": "task", "title": "Import hangs", "description": "Ours", "requester": "gus", "state": "doing",
        "shared": true, "company": "beta", "assignee": scene::GRACE});
    let (status, ticket) = convert(&site, "c-3", &body).await;
    assert_eq!(status, 201, "{ticket}");
    assert_eq!((&ticket["description"], &ticket["requester"]["id"]), (&json!("Ours"), &json!("gus")));
    assert_eq!((&ticket["company"]["id"], &ticket["internal_label"]), (&json!("beta"), &json!("canary-doing")));
    assert_eq!((&ticket["shared"], &ticket["assignee"]["name"]), (&json!(true), &json!("Grace")));
    site.assert_clean().await;
}

#[tokio::test]
async fn a_conversation_is_converted_once() {
    let site = conversations().await;
    let (status, ticket) = convert(&site, "c-2", &conversion()).await;
    assert_eq!(status, 201);
    let before = site.items().await;
    let (status, problem) = convert(&site, "c-2", &conversion()).await;
    assert_eq!((status, &problem["code"]), (409, &json!("already_linked")));
    assert_eq!((&problem["ticket"], &problem["conversation"]), (&ticket["id"], &json!("c-2")));
    assert!(problem["detail"].as_str().unwrap().contains(&format!("#{}", ticket["number"])), "{problem}");
    assert_eq!(site.items().await, before);
}

#[tokio::test]
async fn a_conversion_with_a_key_that_is_sent_again_is_the_same_ticket() {
    let site = conversations().await;
    let send = |title: &str| {
        let request = site.desk(Method::POST, "/conversations/c-2/convert").header("idempotency-key", "k-1");
        request.json(&json!({"type": "bug", "title": title})).send()
    };
    let (status, first) = read(send("Import hangs").await.unwrap()).await;
    assert_eq!(status, 201);
    let before = site.items().await;
    let (status, again) = read(send("Import hangs").await.unwrap()).await;
    assert_eq!((status.as_u16(), &again), (200, &first));
    let (status, problem) = read(send("Another").await.unwrap()).await;
    assert_eq!((status.as_u16(), &problem["code"]), (422, &json!("idempotency_key_reused")));
    assert_eq!(site.items().await, before);
}

#[tokio::test]
async fn conversions_at_once_make_one_ticket() {
    let site = conversations().await;
    let body = conversion();
    let answers = join_all((0..8).map(|_| convert(&site, "c-2", &body))).await;
    let statuses: Vec<_> = answers.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(answers.iter().all(|(status, it)| *status == 201 || it["code"] == "already_linked"), "{answers:?}");
    site.assert_clean().await;

    // With one key they are one request, and none of them fails.
    let path = "/conversations/c-3/convert";
    let posts = (0..8).map(|_| site.desk(Method::POST, path).header("idempotency-key", "k").json(&body).send());
    let answers = join_all(join_all(posts).await.into_iter().map(|answer| read(answer.unwrap()))).await;
    assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|(status, it)| status.is_success() && it["id"] == answers[0].1["id"]), "{answers:?}");
    site.assert_clean().await;
}

#[tokio::test]
async fn a_conversation_in_which_nobody_is_needs_a_requester() {
    let site = conversations().await;
    let before = site.items().await;
    let (status, problem) = convert(&site, "c-0", &conversion()).await;
    assert_eq!((status, &problem["code"]), (422, &json!("unknown_contact")));
    for (body, status, code) in [
        (json!({"type": "bug"}), 400, "invalid_body"),
        (json!({"type": "bug", "title": " ", "requester": "ada"}), 400, "invalid_body"),
        (json!({"type": "nothing", "title": "x", "requester": "ada"}), 422, "unknown_type"),
        (json!({"type": "bug", "title": "x", "conversation": "c-2"}), 400, "invalid_body"),
        (json!({"type": "bug", "title": "x", "requester": "nobody"}), 422, "unknown_contact"),
        (json!({"type": "bug", "title": "x", "requester": "ada", "company": "beta"}), 422, "company_not_offered"),
    ] {
        let (got, problem) = convert(&site, "c-0", &body).await;
        assert_eq!((got, &problem["code"]), (status, &json!(code)), "{body}");
    }
    for id in ["missing", "%23", "C-1"] {
        let (status, problem) = convert(&site, id, &conversion()).await;
        assert_eq!((status, &problem["code"]), (404, &json!("conversation_not_found")), "{id}");
    }
    assert_eq!(site.items().await, before);
    let (status, ticket) = convert(&site, "c-0", &json!({"type": "bug", "title": "x", "requester": "ada"})).await;
    assert_eq!((status, &ticket["company"]["id"]), (201, &json!("acme")));
}

#[tokio::test]
async fn linking_brings_the_ticket_to_those_in_the_conversation() {
    let site = conversations().await;
    let (status, ticket) = link(&site, "c-3", "tk-2").await;
    assert_eq!((status, &ticket["conversation"]), (200, &json!({"id": "c-3", "participants": 2})));
    assert_eq!(ticket["company"]["id"], "acme", "the company that was chosen stays");
    let (_, seen) = site.json_as("cem", "/api/tickets/tk-2").await;
    assert_eq!(seen["conversation"], json!({"id": "c-3", "participating": true, "participants": 2}));
    let items = site.items().await;
    assert_eq!(items["\"CONTACT#bob#\" \"SPACE#tk-2#\""]["role"]["S"], "participant");
    assert_eq!(items["\"CONTACT#abe#\" \"SPACE#tk-2#\""]["role"]["S"], "creator");
    // Again: the same, and nothing is written.
    assert_eq!(link(&site, "c-3", "tk-2").await, (200, ticket));
    assert_eq!(site.items().await, items);
    site.assert_clean().await;
}

#[tokio::test]
async fn what_is_linked_already_or_is_not_there_is_not_linked() {
    let site = conversations().await;
    let before = site.items().await;
    for (conversation, ticket, status, code) in [
        ("c-1", "tk-2", 409, "already_linked"),
        ("c-2", "tk-1", 409, "already_linked"),
        ("missing", "tk-2", 404, "conversation_not_found"),
        ("c-2", "missing", 404, "ticket_not_found"),
        ("%23", "tk-2", 404, "conversation_not_found"),
        ("c-2", "%23", 404, "ticket_not_found"),
    ] {
        let (got, problem) = link(&site, conversation, ticket).await;
        assert_eq!((got, &problem["code"]), (status, &json!(code)), "{conversation} {ticket}: {problem}");
        if status == 409 {
            assert_eq!((&problem["ticket"], &problem["conversation"]), (&json!("tk-1"), &json!("c-1")), "{problem}");
        }
    }
    for body in [json!([]), json!({"company": 1}), json!({"version": 1})] {
        let (status, problem) = site.desk_send(Method::POST, "/conversations/c-2/tickets/tk-2", &body).await;
        assert_eq!((status, &problem["code"]), (400, &json!("invalid_body")), "{body}");
    }
    assert_eq!(site.items().await, before);
}

#[tokio::test]
async fn a_conversation_that_two_teammates_link_at_once_has_one_ticket() {
    let site = conversations().await;
    let tickets = ["tk-2", "tk-3", "tk-4", "tk-5", "tk-6"];
    let answers = join_all(tickets.iter().map(|ticket| link(&site, "c-3", ticket))).await;
    let linked: Vec<_> = answers.iter().filter(|(status, _)| *status == 200).collect();
    assert_eq!(linked.len(), 1, "{answers:?}");
    let (_, thread) = site.desk_get("/conversations/c-3").await;
    assert_eq!(thread["ticket"]["id"], linked[0].1["id"]);
    for (_, problem) in answers.iter().filter(|(status, _)| *status != 200) {
        assert_eq!((&problem["code"], &problem["ticket"]), (&json!("already_linked"), &linked[0].1["id"]));
    }
    site.assert_clean().await;
}

async fn reads(site: &Site, who: &str, conversation: &str) -> bool {
    let (status, thread) = site.json_as(who, &format!("/api/conversations/{conversation}")).await;
    assert!(status == 200 || thread["code"] == "conversation_not_found", "{who}: {thread}");
    let message = json!({"body": "Still here", "client_id": format!("{who}-{conversation}")});
    let path = format!("/api/conversations/{conversation}/messages");
    let request = site.request(Method::POST, &path).bearer_auth(site.token(who)).json(&message);
    let said = read(request.send().await.unwrap()).await.0;
    assert_eq!(said.is_success(), status == 200, "{who}: who reads it writes in it");
    status == 200
}

#[tokio::test]
async fn a_conversation_stays_with_those_who_were_in_it() {
    let site = conversations().await;
    for (kind, shared) in [("incident", false), ("incident", true), ("task", false)] {
        let id = format!("c-{kind}-{shared}");
        e2e::load(&site.store, &[scene::conversation(&id, &["ada", "cem"])]).await;
        let body = json!({"type": kind, "title": "canary", "shared": shared, "state": "asked", "company": "acme"});
        let (status, ticket) = convert(&site, &id, &body).await;
        assert_eq!((status, &ticket["requester"]["id"]), (201, &json!("ada")), "{ticket}");
        for who in ["ada", "cem"] {
            assert!(reads(&site, who, &id).await, "{who}, {kind}");
            let (_, thread) = site.json_as(who, &format!("/api/conversations/{id}")).await;
            assert_eq!((&thread["ticket"], &thread["title"]), (&Value::Null, &json!(format!("ada in {id}"))));
            let path = format!("/api/tickets/{}", ticket["id"].as_str().unwrap());
            assert_eq!(site.json_as(who, &path).await.0, 404, "the ticket is not for customers");
            let (_, space) = site.json_as(who, "/api/tickets-space").await;
            assert!(!space.to_string().contains("canary"), "{space}");
        }
        assert!(!reads(&site, "abe", &id).await, "who was not in it");
        let (_, ticket) = site.desk_get(&format!("/tickets/{}", ticket["id"].as_str().unwrap())).await;
        assert_eq!(ticket["state"]["category"], "in_progress", "a message goes on counting");
    }
    site.assert_clean().await;
}

#[tokio::test]
async fn a_ticket_without_a_company_takes_the_conversation_from_nobody_and_another_companys_does() {
    let site = conversations().await;
    e2e::load(&site.store, &[scene::conversation("c-4", &["ada", "bob"])]).await;
    let (status, ticket) = convert(&site, "c-4", &conversion()).await;
    assert_eq!((status, &ticket["company"], &ticket["requester"]["id"]), (201, &Value::Null, &json!("ada")));
    assert!(reads(&site, "ada", "c-4").await && reads(&site, "bob", "c-4").await);

    let id = ticket["id"].as_str().unwrap();
    let (_, file) = site.desk_get(&format!("/tickets/{id}")).await;
    let body = json!({"company": "acme", "version": file["version"]});
    assert_eq!(site.desk_send(Method::PUT, &format!("/tickets/{id}/company"), &body).await.0, 200);
    assert!(reads(&site, "ada", "c-4").await);
    assert!(!reads(&site, "bob", "c-4").await, "Acme's people read and write there now");
    site.assert_clean().await;
}

#[tokio::test]
async fn who_came_to_a_conversation_through_its_ticket_loses_it_with_the_ticket() {
    let site = conversations().await;
    assert!(reads(&site, "abe", "c-1").await);
    let (_, ticket) = site.desk_get("/tickets/tk-1").await;
    let body = json!({"version": ticket["version"], "type": "incident"});
    assert_eq!(site.desk_send(Method::PATCH, "/tickets/tk-1", &body).await.0, 200);
    assert!(!reads(&site, "abe", "c-1").await && !reads(&site, "ada", "c-1").await);
}

/// Whether a contact sees a ticket: wherever it shows, or nowhere.
async fn sees(site: &Site, who: &str, ticket: &str) -> bool {
    let (status, seen) = site.json_as(who, &format!("/api/tickets/{ticket}")).await;
    let page = site.get_as(who, &format!("/tickets/{ticket}")).send().await.unwrap().status();
    let (_, space) = site.json_as(who, "/api/tickets-space").await;
    let (_, list) = site.json_as(who, "/api/tickets").await;
    let holds = |list: &Value| list["tickets"].as_array().unwrap().iter().any(|it| it["id"] == ticket);
    assert_eq!((status == 200, page == 200), (holds(&space), holds(&space)), "{who}: {status} {page}");
    assert!(status == 200 || seen["code"] == "ticket_not_found", "{who}: {seen}");
    assert_eq!(holds(&list), status == 200 && !seen["company"].is_null(), "{who}: the list has those of companies");
    status == 200
}

async fn choose(site: &Site, ticket: &str, company: Value) {
    let (_, file) = site.desk_get(&format!("/tickets/{ticket}")).await;
    let body = json!({"company": company, "version": file["version"]});
    let (status, answer) = site.desk_send(Method::PUT, &format!("/tickets/{ticket}/company"), &body).await;
    assert_eq!(status, 200, "{answer}");
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn a_ticket_without_a_company_is_in_the_spaces_of_all_who_take_part() {
    let site = conversations().await;
    let (status, ticket) = convert(&site, "c-3", &conversion()).await;
    let id = ticket["id"].as_str().unwrap();
    assert_eq!((status, &ticket["company"], &ticket["requester"]["id"]), (201, &Value::Null, &json!("bob")));
    assert!(sees(&site, "bob", id).await && sees(&site, "cem", id).await);
    assert!(!sees(&site, "ada", id).await && !sees(&site, "abe", id).await);
    let (_, space) = site.json_as("cem", "/api/tickets-space").await;
    let entry = space["tickets"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap();
    assert_eq!((&entry["role"], &entry["company"]), (&json!("participant"), &Value::Null));
    let (_, thread) = site.json_as("cem", "/api/conversations/c-3").await;
    assert_eq!((&thread["ticket"]["id"], &thread["participating"]), (&json!(id), &json!(true)));
    let viewing = site.get(&format!("/api/tickets/{id}")).header("cookie", site.viewing("t-1", "cem"));
    assert_eq!(viewing.send().await.unwrap().status(), 200, "and so a teammate who looks through their eyes");
    assert!(reads(&site, "cem", "c-3").await);

    // What changes is seen, although no company of theirs has changed.
    site.wait(60);
    let unchanged = async |path: &str, tag: &str| {
        let answer = site.get_as("cem", path).header("if-none-match", tag).send().await.unwrap();
        answer.status() == 304
    };
    for path in ["/api/tickets-space", &format!("/api/tickets/{id}"), "/api/conversations/c-3"] {
        let answer = site.get_as("cem", path).send().await.unwrap();
        let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
        assert!(unchanged(path, &tag).await, "{path}");
        let (_, file) = site.desk_get(&format!("/tickets/{id}")).await;
        let body = json!({"version": file["version"], "title": format!("Seen in {path}")});
        assert_eq!(site.desk_send(Method::PATCH, &format!("/tickets/{id}"), &body).await.0, 200);
        assert!(!unchanged(path, &tag).await, "{path}");
    }

    // In a company it is that company's, and without it theirs again.
    choose(&site, id, json!("beta")).await;
    assert!(sees(&site, "bob", id).await && sees(&site, "cem", id).await);
    site.desk(Method::DELETE, "/memberships?contact=cem&company=beta").send().await.unwrap();
    assert!(!sees(&site, "cem", id).await);
    choose(&site, id, Value::Null).await;
    assert!(sees(&site, "cem", id).await);
    site.assert_clean().await;
}

#[tokio::test]
async fn what_somebody_joined_through_a_company_goes_with_it() {
    let site = conversations().await;
    let lines = ["cem", "ada"].map(|who| {
        json!({"kind": "contact", "id": format!("{who}-2"), "name": who,
        "email": format!("{who}@people.example"), "companies": ["acme"]})
    });
    e2e::load(&site.store, &lines).await;
    for who in ["cem", "ada-2", "cem-2"] {
        let join = site.request(Method::POST, "/api/conversations/c-1/join").bearer_auth(site.token(who));
        assert!(join.send().await.unwrap().status().is_success());
    }
    site.desk(Method::DELETE, "/memberships?contact=cem-2&company=acme").send().await.unwrap();
    choose(&site, "tk-1", Value::Null).await;
    for (who, seen) in [("ada", true), ("cem", true), ("ada-2", true), ("cem-2", false), ("eve", false)] {
        let (_, space) = site.json_as(who, "/api/tickets-space").await;
        assert_eq!(space.to_string().contains("tk-1"), seen, "{who}: {space}");
    }
    site.desk(Method::DELETE, "/memberships?contact=ada-2&company=acme").send().await.unwrap();
    let (_, space) = site.json_as("ada-2", "/api/tickets-space").await;
    assert!(!space.to_string().contains("tk-1"), "on the next request: {space}");
}

#[tokio::test]
async fn an_imported_ticket_without_a_company_is_that_of_its_participants() {
    let site = conversations().await;
    let mut ticket = scene::ticket("tk-n", 40, None, "bob", "new", "2026-11-14T10:00:00Z");
    ticket["conversation"] = json!("c-n");
    e2e::load(&site.store, &[scene::conversation("c-n", &["bob", "nia", "cem"]), ticket]).await;
    assert!(sees(&site, "bob", "tk-n").await && sees(&site, "cem", "tk-n").await && !sees(&site, "ada", "tk-n").await);
    // Also of somebody who may not enter the portal, in the Messenger.
    let (_, space) = site.json_as("nia", "/api/tickets-space").await;
    assert_eq!((&space["portal"]["access"], &space["tickets"][0]["id"]), (&json!("denied"), &json!("tk-n")));
    assert!(reads(&site, "nia", "c-n").await);
}

#[tokio::test]
async fn a_preview_names_who_takes_part_and_who_loses_a_conversation_that_was_theirs() {
    let site = conversations().await;
    let (_, ticket) = convert(&site, "c-3", &conversion()).await;
    let id = ticket["id"].as_str().unwrap();
    let preview = async |query: &str| {
        let (status, preview) = site.desk_get(&format!("/tickets/{id}/company/preview?{query}")).await;
        assert_eq!(status, 200, "{preview}");
        ["gains", "loses", "gains_conversation", "loses_conversation"].map(|list| {
            let people = preview[list].as_array().cloned().unwrap_or_default();
            people.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        })
    };
    let empty: Vec<String> = Vec::new();
    // Bob created it and keeps it, Cem is in both.
    assert_eq!(
        preview("company=acme").await,
        [vec!["abe".into(), "ada".into(), "eve".into()], empty.clone(), empty.clone(), empty.clone()]
    );
    choose(&site, id, json!("beta")).await;
    site.desk(Method::DELETE, "/memberships?contact=cem&company=beta").send().await.unwrap();
    assert_eq!(preview("no_company=true").await, [vec!["cem".into()], empty.clone(), empty.clone(), empty.clone()]);
    choose(&site, id, Value::Null).await;
    assert_eq!(preview("company=beta").await, [empty.clone(), vec!["cem".into()], empty.clone(), empty.clone()]);

    // Who sees only their own has the conversation, without the ticket.
    let mut settings = scene::settings();
    settings["visibility"] = json!({"restrict": true, "conditions": []});
    e2e::load(&site.store, &[settings]).await;
    choose(&site, id, json!("acme")).await;
    assert!(reads(&site, "cem", "c-3").await && !sees(&site, "cem", id).await);
    assert_eq!(preview("company=beta").await, [empty.clone(), empty.clone(), empty.clone(), vec!["cem".into()]]);
    let page =
        site.get(&format!("/helpdesk/tickets/{id}/company?company=beta")).bearer_auth(site.teammate_token("t-1"));
    let page = page.send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Will lose its conversation") && page.contains("<bdi>Cem Can</bdi>"), "{page}");
    choose(&site, id, json!("beta")).await;
    assert!(!reads(&site, "cem", "c-3").await);
    assert_eq!(preview("company=acme").await, [empty.clone(), empty.clone(), vec!["cem".into()], empty.clone()]);
    assert_eq!(preview("no_company=true").await, [vec!["cem".into()], empty.clone(), empty.clone(), empty]);
}
