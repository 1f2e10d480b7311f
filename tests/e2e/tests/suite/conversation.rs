//! The conversation of a ticket: reading, joining, writing and opening it (docs/product.md, Conversations).

use e2e::{Site, load, read, scene};
use futures::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Duration};

async fn post(site: &Site, who: &str, path: &str, body: Value) -> (StatusCode, Value) {
    read(site.request(Method::POST, path).bearer_auth(site.token(who)).json(&body).send().await.unwrap()).await
}

async fn say(site: &Site, who: &str, conversation: &str, body: &str, client_id: &str) -> (StatusCode, Value) {
    let words = json!({"body": body, "client_id": client_id});
    post(site, who, &format!("/api/conversations/{conversation}/messages"), words).await
}

/// Joins, and does what a client does that is told to come again. The first request may have been carried out and its
/// answer lost.
async fn patiently_join(site: &Site, who: &str) -> bool {
    for _ in 0..20 {
        let (status, answer) = post(site, who, "/api/conversations/c-1/join", json!({})).await;
        match status {
            StatusCode::SERVICE_UNAVAILABLE => tokio::time::sleep(Duration::from_millis(200)).await,
            _ => {
                assert_eq!((status, &answer["participating"]), (StatusCode::OK, &json!(true)), "{answer}");
                return answer["joined_now"] == true;
            }
        }
    }
    panic!("{who} is told to come again for ever");
}

async fn assert_sound(site: &Site) {
    site.fed().await;
    let report = site.store.check(|_| {}).await.unwrap();
    assert!(report.findings.is_empty(), "{:?}", report.findings);
}

#[tokio::test]
async fn a_conversation_shows_its_messages_and_never_a_note() {
    let site = Site::start().await;
    let (status, thread) = site.json_as("ada", "/api/conversations/c-1").await;
    assert_eq!(status, 200);
    assert_eq!(thread["title"], "Export <b>fails</b> & hangs");
    assert_eq!(thread["ticket"]["id"], "tk-1");
    assert_eq!(thread["participating"], true);
    assert_eq!(
        thread["parts"],
        json!([
            {"id": "p-1", "author": {"name": "Ada Acker", "kind": "contact", "you": true}, "body": "It fails",
                "at": "2026-10-01T09:00:00Z"},
            {"id": "p-3", "author": {"name": "Grace", "kind": "teammate", "you": false}, "body": "We look",
                "at": "2026-10-01T09:06:00Z"}])
    );
    assert!(!thread.to_string().contains(scene::CANARY), "{thread}");
    let (_, thread) = site.json_as("cem", "/api/conversations/c-1").await;
    assert_eq!(thread["participating"], false, "whoever may see the ticket may read");
}

#[tokio::test]
async fn a_long_conversation_comes_newest_page_first_and_whole() {
    let site = Site::start().await;
    let parts: Vec<_> = (0..100)
        .map(|n| {
            let kind = if n % 3 == 0 { "note" } else { "message" };
            json!({"id": format!("p-{n}"), "type": kind, "author": {"teammate": "canary-teammate@vendor.example"},
                "body": if kind == "note" { "canary-note".to_owned() } else { format!("{n}") },
                "at": format!("2026-10-02T10:{:02}:00Z", n / 2)})
        })
        .collect();
    let mut ticket = scene::ticket("tk-long", 50, Some("acme"), "ada", "new", "2026-11-01T00:00:00Z");
    ticket["conversation"] = json!("c-long");
    load(
        &site.store,
        &[json!({"kind": "conversation", "id": "c-long", "participants": ["ada"], "parts": parts}), ticket],
    )
    .await;
    let (mut seen, mut address) = (Vec::new(), "/api/conversations/c-long".to_owned());
    loop {
        let (status, page) = site.json_as("ada", &address).await;
        assert_eq!(status, 200, "{page}");
        let bodies = page["parts"].as_array().unwrap().iter().map(|it| it["body"].as_str().unwrap().to_owned());
        seen.splice(0..0, bodies);
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        let (status, _) = site.json_as("cem", &format!("/api/conversations/c-long?cursor={cursor}")).await;
        assert_eq!(status, 400, "a cursor is its owner's");
        address = format!("/api/conversations/c-long?cursor={cursor}");
    }
    let mut expected: Vec<_> = (0..100).filter(|n| n % 3 != 0).map(|n| n.to_string()).collect();
    seen.sort_by_key(|it| it.parse::<u32>().unwrap());
    expected.sort_by_key(|it| it.parse::<u32>().unwrap());
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_first_message_names_a_conversation_that_had_only_notes_and_search_finds_both() {
    let site = Site::start().await;
    let author = json!({"teammate": scene::GRACE});
    let note = json!({"id": "p-n", "type": "note", "author": author, "body": "canary-note of a puzzled teammate",
        "at": "2026-11-01T09:00:00Z"});
    let mut ticket = scene::ticket("tk-silent", 50, Some("acme"), "ada", "new", "2026-11-01T00:00:00Z");
    ticket["conversation"] = json!("c-silent");
    let silent = json!({"kind": "conversation", "id": "c-silent", "participants": ["ada", "bob"], "parts": [note]});
    load(&site.store, &[silent, ticket]).await;
    let found = async |words: &str| {
        let (_, page) = site.desk_get(&format!("/search?q={words}")).await;
        page["results"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(found("lavender").await, [Value::Null; 0]);
    // So many words that its participants' names have no room beside them.
    let title =
        "lavender orchard bicycle meadow thunder pillow granite velvet cobalt harbor walnut ember falcon tundra";
    let (status, answer) = say(&site, "ada", "c-silent", title, "x").await;
    assert_eq!(status, 201, "{answer}");
    assert_eq!(found("lavender").await, ["tk-silent"]);
    assert_eq!(found("tundra").await, ["tk-silent"]);
    assert_eq!(found("puzzled").await, ["tk-silent"], "by its note, as before");
    // The lists of search keep nothing that it can no longer be found by.
    assert_sound(&site).await;
}

#[tokio::test]
async fn a_note_that_comes_before_any_message_is_found() {
    let site = Site::start().await;
    let (status, opened) = post(&site, "ada", "/api/tickets/tk-2/conversation", json!({})).await;
    assert_eq!(status, 201, "{opened}");
    let id = opened["id"].as_str().unwrap();
    let note = json!({"body": "canary-note of a puzzled teammate", "client_id": "n"});
    let (status, answer) = site.desk_send(Method::POST, &format!("/conversations/{id}/notes"), &note).await;
    assert_eq!(status, 201, "{answer}");
    let found = async || site.desk_get("/search?q=puzzled").await.1["results"][0]["id"].clone();
    assert_eq!(found().await, "tk-2");
    assert_sound(&site).await;
    assert_eq!(say(&site, "ada", id, "Anybody there?", "x").await.0, 201);
    assert_eq!(found().await, "tk-2");
    assert_sound(&site).await;
}

#[tokio::test]
async fn what_one_may_not_see_is_as_missing_as_what_is_not_there() {
    let site = Site::start().await;
    let without_id = |mut problem: Value| {
        problem.as_object_mut().unwrap().remove("request_id");
        problem
    };
    for id in ["c-1", "c-404", "a%2Fb"] {
        let (status, problem) = site.json_as("bob", &format!("/api/conversations/{id}")).await;
        assert_eq!((status.as_u16(), &problem["code"]), (404, &json!("conversation_not_found")), "{id}");
        assert_eq!(without_id(problem), without_id(site.json_as("bob", "/api/conversations/other").await.1), "{id}");
        let (status, _) = post(&site, "bob", &format!("/api/conversations/{id}/join"), json!({})).await;
        assert_eq!(status, 404, "{id}");
        assert_eq!(say(&site, "bob", id, "Hello", "x").await.0, 404, "{id}");
    }
    for id in ["tk-1", "tk-7", "tk-404"] {
        let (status, problem) = post(&site, "bob", &format!("/api/tickets/{id}/conversation"), json!({})).await;
        assert_eq!((status.as_u16(), &problem["code"]), (404, &json!("ticket_not_found")), "{id}");
    }
    assert_sound(&site).await;
}

#[tokio::test]
async fn joining_makes_a_participant_once() {
    let site = Site::start().await;
    let (status, problem) = say(&site, "cem", "c-1", "Me too", "1").await;
    assert_eq!((status.as_u16(), &problem["code"]), (403, &json!("not_a_participant")));
    let join = "/api/conversations/c-1/join";
    assert_eq!(
        post(&site, "cem", join, json!({})).await,
        (StatusCode::OK, json!({"participating": true, "joined_now": true}))
    );
    assert_eq!(
        post(&site, "cem", join, json!({})).await,
        (StatusCode::OK, json!({"participating": true, "joined_now": false}))
    );
    let (_, ticket) = site.json_as("ada", "/api/tickets/tk-1").await;
    assert_eq!(ticket["conversation"]["participants"], 3);
    let joined =
        ticket["history"].as_array().unwrap().iter().filter(|it| it["text"] == "Cem Can joined the conversation");
    assert_eq!(joined.count(), 1);
    let (_, space) = site.json_as("cem", "/api/tickets-space").await;
    assert!(space["tickets"].as_array().unwrap().iter().any(|it| it["id"] == "tk-1" && it["role"] == "participant"));
    assert_eq!(say(&site, "cem", "c-1", "Me too", "1").await.0, 201);
    assert_sound(&site).await;
}

#[tokio::test]
async fn a_hundred_joins_by_twenty_people_make_twenty_participants() {
    let site = Site::start().await;
    let people: Vec<String> = (0..20).map(|n| format!("joiner-{n}")).collect();
    let lines: Vec<_> = people
        .iter()
        .map(|id| json!({"kind": "contact", "id": id, "name": id, "email": format!("{id}@people.example"), "companies": ["acme"]}))
        .collect();
    load(&site.store, &lines).await;
    let joins = (0..100).map(|n| patiently_join(&site, &people[n % 20]));
    let first = join_all(joins).await.into_iter().filter(|joined_now| *joined_now).count();
    assert!(first <= 20, "{first} joined for the first time");
    let (_, ticket) = site.json_as("ada", "/api/tickets/tk-1").await;
    assert_eq!(ticket["conversation"]["participants"], 22);
    let texts = ticket["history"].as_array().unwrap().iter().map(|it| it["text"].as_str().unwrap());
    let lines: Vec<_> = texts.filter(|it| it.starts_with("joiner-")).collect();
    assert_eq!((lines.len(), lines.iter().collect::<BTreeSet<_>>().len()), (20, 20));
    for who in &people {
        let (_, space) = site.json_as(who, "/api/tickets-space").await;
        assert_eq!(space["tickets"].as_array().unwrap().len(), 1, "{who}");
    }
    assert_sound(&site).await;
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn a_message_is_written_once_and_puts_the_ticket_back_to_work() {
    let site = Site::start().await;
    site.wait(60);
    let (status, first) = say(&site, "ada", "c-1", "<b>Here</b> it is", "id-1").await;
    assert_eq!(status, 201, "{first}");
    assert_eq!(first["body"], "<b>Here</b> it is");
    assert_eq!(first["author"], json!({"name": "Ada Acker", "kind": "contact", "you": true}));
    let again = say(&site, "ada", "c-1", "<b>Here</b> it is", "id-1").await;
    assert_eq!(again, (StatusCode::OK, first.clone()));
    let (status, problem) = say(&site, "ada", "c-1", "Something else", "id-1").await;
    assert_eq!((status.as_u16(), &problem["code"]), (422, &json!("idempotency_key_reused")));
    // Another participant's client may choose the same id.
    assert_eq!(say(&site, "abe", "c-1", "Mine", "id-1").await.0, 201);

    let (_, ticket) = site.json_as("ada", "/api/tickets/tk-1").await;
    assert_eq!(ticket["state"]["category"], "in_progress");
    assert_eq!(ticket["updated_at"], "2026-11-20T12:01:00.001Z", "a message is later than the one before");
    let last = ticket["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["text"], "Ada Acker replied, and the state changed to In progress");
    let (_, thread) = site.json_as("abe", "/api/conversations/c-1").await;
    let bodies: Vec<_> = thread["parts"].as_array().unwrap().iter().map(|it| it["body"].as_str().unwrap()).collect();
    assert_eq!(bodies.len(), 4, "{bodies:?}");
    assert_sound(&site).await;
}

#[tokio::test]
async fn the_same_message_sent_eight_times_at_once_is_there_once() {
    let site = Site::start().await;
    let answers = join_all((0..8).map(|_| say(&site, "ada", "c-1", "Once", "double-click"))).await;
    let statuses: Vec<_> = answers.iter().map(|(status, _)| status.as_u16()).collect();
    assert_eq!(statuses.iter().filter(|it| **it == 201).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|it| **it == 200).count(), 7, "{statuses:?}");
    assert!(answers.iter().all(|(_, part)| part["id"] == answers[0].1["id"]));
    let (_, thread) = site.json_as("ada", "/api/conversations/c-1").await;
    assert_eq!(thread["parts"].as_array().unwrap().iter().filter(|it| it["body"] == "Once").count(), 1);
    assert_sound(&site).await;
}

#[tokio::test]
async fn a_message_on_a_resolved_ticket_does_not_reopen_it() {
    let site = Site::start().await;
    let (status, opened) = post(&site, "abe", "/api/tickets/tk-3/conversation", json!({})).await;
    assert_eq!(status, 201);
    let id = opened["id"].as_str().unwrap();
    assert_eq!(post(&site, "ada", "/api/tickets/tk-3/conversation", json!({})).await, (StatusCode::OK, opened.clone()));
    assert_eq!(say(&site, "ada", id, "Thank you", "1").await.0, 201, "the creator takes part in it");
    let (_, ticket) = site.json_as("ada", "/api/tickets/tk-3").await;
    assert_eq!(ticket["state"]["category"], "resolved");
    assert_eq!(ticket["conversation"], json!({"id": id, "participating": true, "participants": 2}));
    assert_sound(&site).await;
}

#[tokio::test]
async fn a_ticket_gets_one_conversation_however_many_open_it() {
    let site = Site::start().await;
    let open = |who| post(&site, who, "/api/tickets/tk-2/conversation", json!({}));
    let answers = join_all((0..12).map(|n| open(["ada", "abe", "cem"][n % 3]))).await;
    let ids: BTreeSet<_> = answers.iter().map(|(_, it)| it["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1);
    assert_sound(&site).await;
}

#[tokio::test]
async fn who_leaves_the_company_loses_the_conversation_on_the_next_request() {
    let site = Site::start().await;
    post(&site, "cem", "/api/conversations/c-1/join", json!({})).await;
    assert_eq!(site.json_as("cem", "/api/conversations/c-1").await.0, 200);
    load(&site.store, &[json!({"kind": "contact", "id": "cem", "name": "Cem Can", "email": "cem@people.example", "companies": ["beta"]})]).await;
    assert_eq!(site.json_as("cem", "/api/conversations/c-1").await.0, 404);
    assert_eq!(say(&site, "cem", "c-1", "Still here?", "1").await.0, 404);
    let (_, space) = site.json_as("cem", "/api/tickets-space").await;
    let ids: Vec<_> = space["tickets"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["tk-5"], "what one created stays, what one joined goes");
}

#[tokio::test]
async fn a_creator_without_any_company_keeps_its_own_conversation() {
    let site = Site::start().await;
    load(&site.store, &[scene::ticket("tk-nia", 60, None, "nia", "new", "2026-11-01T00:00:00Z")]).await;
    let (status, opened) = post(&site, "nia", "/api/tickets/tk-nia/conversation", json!({})).await;
    assert_eq!(status, 201, "{opened}");
    let id = opened["id"].as_str().unwrap();
    assert_eq!(say(&site, "nia", id, "Hello", "1").await.0, 201);
    assert_eq!(site.json_as("nia", &format!("/api/conversations/{id}")).await.0, 200);
    assert_eq!(site.json_as("nia", "/api/tickets").await.0, 403, "the portal itself is closed");
    assert_sound(&site).await;
}

#[tokio::test]
async fn words_that_cannot_be_said_are_refused_and_nothing_is_written() {
    let site = Site::start().await;
    let path = "/api/conversations/c-1/messages";
    for (body, status, code) in [
        (json!({"body": "", "client_id": "1"}), 400, "invalid_body"),
        (json!({"body": " \n", "client_id": "1"}), 400, "invalid_body"),
        (json!({"body": "\u{2060}\u{ad}", "client_id": "1"}), 400, "invalid_body"),
        (json!({"body": "Hi"}), 400, "invalid_body"),
        (json!({"body": "Hi", "client_id": ""}), 400, "invalid_body"),
        (json!({"body": "Hi", "client_id": "x".repeat(65)}), 400, "invalid_body"),
        (json!({"body": "Hi", "client_id": "1", "author": "grace"}), 400, "invalid_body"),
        (json!({"body": "x".repeat(1024 * 1024), "client_id": "1"}), 413, "body_too_large"),
    ] {
        let (got, problem) = post(&site, "ada", path, body).await;
        assert_eq!((got.as_u16(), problem["code"].as_str().unwrap()), (status, code), "{problem}");
    }
    let raw = |kind: &str, body: Vec<u8>| {
        let request = site.request(Method::POST, path).bearer_auth(site.token("ada"));
        request.header("content-type", kind).body(body).send()
    };
    assert_eq!(raw("application/json", vec![0xff, 0xfe]).await.unwrap().status(), 400);
    assert_eq!(raw("text/plain", b"{}".to_vec()).await.unwrap().status(), 415);
    let cookies = site.cookies("ada").await;
    let forged = site.request(Method::POST, path).header("cookie", &cookies).header("origin", "https://evil.example");
    let forged = forged.json(&json!({"body": "Hi", "client_id": "1"})).send().await.unwrap();
    assert_eq!(forged.status(), 403);
    let (_, thread) = site.json_as("ada", "/api/conversations/c-1").await;
    assert_eq!(thread["parts"].as_array().unwrap().len(), 2);
}

/// Nothing that somebody has pasted is lost: the page says what is too long, with the text as it was.
#[tokio::test]
async fn a_form_that_is_too_long_comes_back_with_its_text() {
    let site = Site::start().await;
    let long = "ж".repeat(60_000);
    let send = async |body: &str| {
        let fields = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("body", body), ("client_id", "m-1")])
            .finish();
        let request = site.request(Method::POST, "/tickets/tk-1/conversation/messages").bearer_auth(site.token("ada"));
        let form = request.header("content-type", "application/x-www-form-urlencoded").body(fields);
        let answer = form.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let (status, page) = send(&long).await;
    assert_eq!(status, 400);
    assert!(page.contains("body is longer than 100 KB") && page.contains(&long), "{}", page.len());
    assert_eq!(send(&"ж".repeat(50_000)).await.0, 303, "what the table holds can be written");
}

/// A form of the ticket page, and what it is answered with: status, where it leads, and the page.
async fn send(site: &Site, who: &str, path: &str, fields: &[(&str, &str)]) -> (u16, Option<String>, String) {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = site.request(Method::POST, path).bearer_auth(site.token(who));
    let answer = request.header("content-type", "application/x-www-form-urlencoded").body(body).send().await.unwrap();
    let location = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
    (answer.status().as_u16(), location, answer.text().await.unwrap())
}

async fn page(site: &Site, who: &str, path: &str) -> String {
    let answer = site.get_as(who, path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{who} {path}");
    answer.text().await.unwrap()
}

#[tokio::test]
async fn the_ticket_page_is_the_thread_with_what_is_asked_on_top() {
    let site = Site::start().await;
    let ada = page(&site, "ada", "/tickets/tk-1").await;
    let at = |words: &str| ada.find(words).unwrap_or_else(|| panic!("{words}: {ada}"));
    let in_order = ["We need something from you", "See <a href=", "created the ticket", "It fails", "id=\"newest\""];
    assert!(in_order.map(at).is_sorted(), "{ada}");
    assert_eq!(ada.matches("We look").count(), 2, "what is asked stands on top and in the thread");
    assert!(!ada.contains(scene::CANARY), "{ada}");
    assert!(ada.contains("class=\"say\"") && !ada.contains("Join conversation"));
    let cem = page(&site, "cem", "/tickets/tk-1").await;
    assert!(cem.contains("Join conversation") && !cem.contains("<textarea") && cem.contains("It fails"));
    // A teammate who looks on sees both without a way to write.
    for contact in ["ada", "cem"] {
        let request = site.get("/tickets/tk-1").header("cookie", site.viewing(scene::GRACE, contact));
        let viewed = request.send().await.unwrap().text().await.unwrap();
        assert!(viewed.contains("It fails") && !viewed.contains("<textarea") && !viewed.contains("Join"), "{viewed}");
    }
    // What waits on the vendor asks for nothing.
    assert!(!page(&site, "abe", "/tickets/tk-2").await.contains("We need something"));
}

#[tokio::test]
async fn joining_by_the_form_leads_back_to_the_page_with_the_composer() {
    let site = Site::start().await;
    let joined = send(&site, "cem", "/tickets/tk-1/conversation/join", &[]).await;
    assert_eq!((joined.0, joined.1.as_deref()), (303, Some("/tickets/tk-1#body")));
    assert!(page(&site, "cem", "/tickets/tk-1").await.contains("<textarea id=\"body\""));
    let fields = [("body", "Me too"), ("client_id", "m-1")];
    for _ in 0..2 {
        let sent = send(&site, "cem", "/tickets/tk-1/conversation/messages", &fields).await;
        assert_eq!((sent.0, sent.1.as_deref()), (303, Some("/tickets/tk-1#newest")));
    }
    assert_eq!(page(&site, "ada", "/tickets/tk-1").await.matches("Me too").count(), 1, "sent again, it is there once");
    let read = site.get_as("cem", "/tickets/tk-1/conversation").send().await.unwrap();
    assert_eq!((read.status().as_u16(), &read.headers()["location"]), (303, &"/tickets/tk-1".parse().unwrap()));
    assert_sound(&site).await;
}

#[tokio::test]
async fn the_first_message_opens_the_conversation_of_a_ticket_that_has_none_once() {
    let site = Site::start().await;
    let path = "/tickets/tk-2/conversation/messages";
    assert!(page(&site, "ada", "/tickets/tk-2").await.contains("name=\"begin\""));
    let blank = send(&site, "ada", path, &[("body", " "), ("client_id", "m-1"), ("begin", "true")]).await;
    assert_eq!(blank.0, 400);
    assert!(
        site.json_as("ada", "/api/tickets/tk-2").await.1["conversation"].is_null(),
        "nothing is opened for nothing"
    );

    // Two at once, each with a message and a double click.
    let say = async |who: &str| {
        let fields = [("body", who), ("client_id", "m-1"), ("begin", "true")];
        let mut sent = send(&site, who, path, &fields).await;
        while sent.0 == 503 {
            sent = send(&site, who, path, &fields).await;
        }
        assert_eq!((sent.0, sent.1.as_deref()), (303, Some("/tickets/tk-2#newest")), "{who}: {}", sent.2);
    };
    join_all(["ada", "cem", "ada", "cem"].map(&say)).await;
    let (_, ticket) = site.json_as("cem", "/api/tickets/tk-2").await;
    let said: Vec<_> = ticket["timeline"].as_array().unwrap().iter().filter_map(|it| it["body"].as_str()).collect();
    assert_eq!(said.iter().collect::<BTreeSet<_>>(), BTreeSet::from([&"ada", &"cem"]));
    assert_eq!(said.len(), 2, "{said:?}");
    assert_eq!(ticket["conversation"]["participants"], 3, "both, and the ticket's creator");
    assert_sound(&site).await;
}

#[tokio::test]
async fn what_is_refused_stands_in_the_page_again_beside_the_reason() {
    let site = Site::start().await;
    let path = "/tickets/tk-1/conversation/messages";
    let draft = "<b>Ten</b> minutes of work";
    let kept = "&#60;b&#62;Ten&#60;/b&#62; minutes of work</textarea>";
    // Somebody who does not take part joins by sending it again.
    let (status, _, again) = send(&site, "cem", path, &[("body", draft), ("client_id", "m-1")]).await;
    assert_eq!(status, 403);
    assert!(
        again.contains(kept) && again.contains("You do not take part") && again.contains("name=\"begin\""),
        "{again}"
    );
    assert!(again.contains("It fails"), "with the thread");
    let sent = send(&site, "cem", path, &[("body", draft), ("client_id", "m-2"), ("begin", "true")]).await;
    assert_eq!(sent.0, 303, "{}", sent.2);
    // Other words under an id that was used.
    let (status, _, again) = send(&site, "cem", path, &[("body", "Other words"), ("client_id", "m-2")]).await;
    assert_eq!(status, 422);
    assert!(again.contains("Other words</textarea>") && !again.contains("value=\"m-2\""), "{again}");
    let (status, _, again) = send(&site, "cem", path, &[("body", draft), ("client_id", "")]).await;
    assert_eq!(status, 400);
    assert!(again.contains(kept) && again.contains("role=\"alert\""), "{again}");
    let (status, _, lost) = send(&site, "bob", path, &[("body", draft), ("client_id", "m-1"), ("begin", "true")]).await;
    assert_eq!(status, 404);
    assert!(!lost.contains("It fails"));
    assert_sound(&site).await;
}

#[tokio::test]
async fn whoever_may_not_enter_the_portal_has_the_conversation_alone_and_writes_in_it() {
    let site = Site::start().await;
    let mut ticket = scene::ticket("tk-nia", 60, None, "nia", "new", "2026-11-01T00:00:00Z");
    ticket["conversation"] = json!("c-nia");
    load(&site.store, &[scene::conversation("c-nia", &["nia"]), ticket]).await;
    let address = "/tickets/tk-nia/conversation";
    assert_eq!(site.get_as("nia", "/tickets/tk-nia").send().await.unwrap().status(), 403);
    let alone = page(&site, "nia", address).await;
    assert!(
        alone.contains("nia in c-nia") && alone.contains("<textarea") && !alone.contains("Description of"),
        "{alone}"
    );
    let messages = format!("{address}/messages");
    let sent = send(&site, "nia", &messages, &[("body", "More"), ("client_id", "m-1")]).await;
    assert_eq!((sent.0, sent.1), (303, Some(format!("{address}#newest"))));
    let refused = send(&site, "nia", &messages, &[("body", ""), ("client_id", "m-2")]).await;
    assert!(refused.0 == 400 && refused.2.contains("nia in c-nia") && refused.2.contains("More"), "{}", refused.2);
}
