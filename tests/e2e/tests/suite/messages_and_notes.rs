//! What teammates say in a conversation, to customers and among themselves, and reading it back.

use e2e::{
    Site, read,
    scene::{self, GRACE},
};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

async fn say(site: &Site, path: &str, body: &str, client_id: &str) -> (u16, Value) {
    site.desk_send(Method::POST, path, &json!({"body": body, "client_id": client_id})).await
}

const MESSAGES: &str = "/conversations/c-1/messages";
const NOTES: &str = "/conversations/c-1/notes";

#[tokio::test]
async fn a_conversation_is_read_with_its_people_its_ticket_and_its_notes() {
    let site = Site::start().await;
    let (status, thread) = site.desk_get("/conversations/c-1").await;
    assert_eq!(status, 200, "{thread}");
    assert_eq!(
        (&thread["id"], &thread["ticket"]["id"], &thread["next_cursor"]),
        (&json!("c-1"), &json!("tk-1"), &Value::Null)
    );
    assert_eq!(thread["participants"][0], json!({"id": "abe", "name": "Abe Acker", "email": "abe@people.example"}));
    assert_eq!(thread["participants"].as_array().unwrap().len(), 2);
    let ada = json!({"kind": "contact", "id": "ada", "name": "Ada Acker"});
    let grace = json!({"kind": "teammate", "id": GRACE, "name": "Grace"});
    assert_eq!(
        thread["parts"],
        json!([
            {"id": "p-1", "type": "message", "author": ada, "body": "It fails", "at": "2026-10-01T09:00:00Z"},
            {"id": "p-2", "type": "note", "author": grace, "body": "canary-note", "at": "2026-10-01T09:05:00Z"},
            {"id": "p-3", "type": "message", "author": grace, "body": "We look", "at": "2026-10-01T09:06:00Z"}])
    );
    for id in ["missing", "%23", "C-1"] {
        let (status, problem) = site.desk_get(&format!("/conversations/{id}")).await;
        assert_eq!((status, &problem["code"]), (404, &json!("conversation_not_found")), "{id}");
    }
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn a_message_is_said_once_and_moves_the_ticket_up() {
    let site = Site::start().await;
    let (status, part) = say(&site, MESSAGES, "A fix is on its way.", "m-1").await;
    assert_eq!(status, 201, "{part}");
    assert_eq!(
        (&part["type"], &part["body"], &part["at"]),
        (&json!("message"), &json!("A fix is on its way."), &json!(e2e::NOW))
    );
    assert_eq!(part["author"], json!({"kind": "teammate", "id": GRACE, "name": "Grace"}));
    let (_, list) = site.json_as("abe", "/api/tickets").await;
    assert_eq!((&list["tickets"][0]["id"], &list["tickets"][0]["updated_at"]), (&json!("tk-1"), &json!(e2e::NOW)));

    site.wait(60);
    let before = site.items().await;
    assert_eq!(say(&site, MESSAGES, "A fix is on its way.", "m-1").await, (200, part.clone()));
    for (path, body) in [(MESSAGES, "Something else"), (NOTES, "A fix is on its way.")] {
        let (status, problem) = say(&site, path, body, "m-1").await;
        assert_eq!((status, &problem["code"]), (422, &json!("idempotency_key_reused")), "{path}");
    }
    assert_eq!(site.items().await, before);
    let (_, thread) = site.desk_get("/conversations/c-1").await;
    assert_eq!(thread["parts"].as_array().unwrap().last(), Some(&part));
    assert_eq!(thread["parts"].as_array().unwrap().len(), 4);
    site.assert_clean().await;
}

#[tokio::test]
async fn a_note_is_for_teammates_and_leaves_the_ticket_as_it_was() {
    let site = Site::start().await;
    // The note itself is in the timeline.
    let without_timeline = |(status, mut ticket): (u16, Value)| {
        ticket.as_object_mut().unwrap().remove("timeline");
        (status, ticket)
    };
    let before = without_timeline(site.desk_get("/tickets/tk-1").await);
    let (_, seen) = site.json_as("ada", "/api/tickets/tk-1").await;
    let (status, part) = say(&site, NOTES, "Same cause as #3.", "n-1").await;
    assert_eq!((status, &part["type"]), (201, &json!("note")));
    assert_eq!(say(&site, NOTES, "Same cause as #3.", "n-1").await, (200, part));
    assert_eq!(without_timeline(site.desk_get("/tickets/tk-1").await), before);
    assert_eq!(site.json_as("ada", "/api/tickets/tk-1").await.1, seen);
}

#[tokio::test]
async fn a_message_sent_many_times_at_once_is_said_once() {
    let site = Site::start().await;
    let answers = join_all((0..8).map(|_| say(&site, MESSAGES, "Hello", "m-1"))).await;
    assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|(status, part)| *status < 300 && part == &answers[0].1), "{answers:?}");
    let (_, thread) = site.desk_get("/conversations/c-1").await;
    assert_eq!(thread["parts"].as_array().unwrap().len(), 4);
    site.assert_clean().await;
}

#[tokio::test]
async fn messages_at_once_are_all_said_though_each_changes_the_ticket() {
    let site = Site::start().await;
    let ids: Vec<_> = (0..5).map(|n| format!("m-{n}")).collect();
    let answers = join_all(ids.iter().map(|id| say(&site, MESSAGES, id, id))).await;
    assert!(answers.iter().all(|(status, _)| *status == 201), "{answers:?}");
    let (_, thread) = site.desk_get("/conversations/c-1").await;
    assert_eq!(thread["parts"].as_array().unwrap().len(), 8);
    site.assert_clean().await;
}

#[tokio::test]
async fn what_is_blank_too_long_or_goes_nowhere_is_not_said() {
    let site = Site::start().await;
    let before = site.items().await;
    for path in [MESSAGES, NOTES] {
        for body in [
            json!({"body": "", "client_id": "m"}),
            json!({"body": " \n\t ", "client_id": "m"}),
            json!({"body": "\u{200b}\u{feff}", "client_id": "m"}),
            json!({"body": "x"}),
            json!({"client_id": "m"}),
            json!({"body": "x", "client_id": ""}),
            json!({"body": "x", "client_id": "m".repeat(65)}),
            json!({"body": "x", "client_id": 7}),
            json!({"body": ["x"], "client_id": "m"}),
            json!({"body": "x", "client_id": "m", "type": "message"}),
        ] {
            let (status, problem) = site.desk_send(Method::POST, path, &body).await;
            assert_eq!((status, &problem["code"]), (400, &json!("invalid_body")), "{path} {body}");
        }
        for id in ["missing", "%23"] {
            let (status, problem) = say(&site, &path.replace("c-1", id), "x", "m").await;
            assert_eq!((status, &problem["code"]), (404, &json!("conversation_not_found")), "{id}");
        }
    }
    assert_eq!(site.items().await, before);
}

#[tokio::test]
async fn a_client_id_belongs_to_a_teammate_and_a_conversation() {
    let site = Site::start().await;
    e2e::load(&site.store, &[scene::conversation("c-2", &["ada"])]).await;
    assert_eq!(say(&site, MESSAGES, "x", "m-1").await.0, 201);
    assert_eq!(say(&site, "/conversations/c-2/messages", "y", "m-1").await.0, 201);
    let other = site.request(Method::POST, &format!("/api/helpdesk{MESSAGES}")).bearer_auth(site.teammate_token("t-2"));
    let (status, part) = read(other.json(&json!({"body": "z", "client_id": "m-1"})).send().await.unwrap()).await;
    assert_eq!(status, 201);
    assert_eq!(
        part["author"],
        json!({"kind": "teammate", "id": "t-2", "name": null}),
        "nobody has recorded their name"
    );
}

#[tokio::test]
async fn walking_back_through_a_conversation_shows_every_part_once() {
    let site = Site::start().await;
    let parts: Vec<_> = (0..120)
        .map(|n| {
            json!({"id": format!("q-{n}"), "type": if n % 3 == 0 { "note" } else { "message" }, "author": {"teammate": GRACE},
                "body": format!("{n}"), "at": format!("2026-11-01T09:{:02}:00Z", n / 4)})
        })
        .collect();
    e2e::load(&site.store, &[json!({"kind": "conversation", "id": "c-9", "participants": ["ada"], "parts": parts})])
        .await;
    let (mut seen, mut path, mut pages) = (Vec::new(), "/conversations/c-9".to_owned(), 0);
    let mut cursor = Value::Null;
    loop {
        let (status, page) = site.desk_get(&path).await;
        assert_eq!(status, 200, "{page}");
        let parts = page["parts"].as_array().unwrap();
        assert!(parts.is_sorted_by_key(|part| part["at"].as_str().unwrap().to_owned()), "oldest first");
        seen.splice(0..0, parts.iter().map(|part| part["id"].as_str().unwrap().to_owned()));
        pages += 1;
        let Some(next) = page["next_cursor"].as_str() else { break };
        (cursor, path) = (json!(next), format!("/conversations/c-9?cursor={next}"));
    }
    assert_eq!((seen.len(), pages), (120, 3));
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 120);
    // A cursor is good for one conversation and one teammate.
    let cursor = cursor.as_str().unwrap();
    for path in [format!("/conversations/c-1?cursor={cursor}"), "/conversations/c-9?cursor=x".into()] {
        assert_eq!(site.desk_get(&path).await.1["code"], "invalid_cursor", "{path}");
    }
    let other = site.get(&format!("/api/helpdesk{path}")).bearer_auth(site.teammate_token("t-2"));
    assert_eq!(read(other.send().await.unwrap()).await.1["code"], "invalid_cursor");
}
