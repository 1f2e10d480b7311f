//! The pages on which teammates do their work, as forms without script send and show them.

use e2e::{Site, scene};
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// A page of the Help Desk.
async fn show(site: &Site, path: &str) -> (u16, String, String) {
    told(site.get(path).bearer_auth(site.teammate_token(scene::GRACE)).send().await.unwrap()).await
}

/// What follows on a form.
async fn send(site: &Site, path: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields);
    let request = site.request(Method::POST, path).bearer_auth(site.teammate_token(scene::GRACE));
    told(request.header("content-type", "application/x-www-form-urlencoded").body(body.finish()).send().await.unwrap())
        .await
}

/// Status, location and page.
async fn told(answer: Response) -> (u16, String, String) {
    let location = answer.headers().get("location").map(|it| it.to_str().unwrap().to_owned()).unwrap_or_default();
    (answer.status().as_u16(), location, answer.text().await.unwrap())
}

async fn parts(site: &Site, conversation: &str) -> Vec<(String, String)> {
    let (_, thread) = site.desk_get(&format!("/conversations/{conversation}")).await;
    let part = |it: &Value| (it["type"].as_str().unwrap().to_owned(), it["body"].as_str().unwrap().to_owned());
    thread["parts"].as_array().unwrap().iter().map(part).collect()
}

#[tokio::test]
async fn a_linked_conversation_is_its_ticket() {
    let site = Site::start().await;
    let (status, location, _) = show(&site, "/helpdesk/conversations/c-1").await;
    assert_eq!((status, location.as_str()), (303, "/helpdesk/tickets/tk-1"));
    assert_eq!(show(&site, "/helpdesk/conversations/missing").await.0, 404);
}

#[tokio::test]
async fn a_ticket_is_answered_and_noted_on_its_page_and_a_note_reaches_no_customer_whatever_is_pressed() {
    let site = Site::start().await;
    let to = "/helpdesk/tickets/tk-1/messages";
    let reply = [("body", "We are at it"), ("client_id", "one"), ("as", "reply")];
    for _ in 0..2 {
        let (status, location, page) = send(&site, to, &reply).await;
        assert_eq!((status, location.as_str()), (303, "/helpdesk/tickets/tk-1?done=sent#compose"), "{page}");
    }
    let note = [("body", "Between us"), ("client_id", "two"), ("as", "note"), ("then", "resolve")];
    assert_eq!(send(&site, to, &note).await.1, "/helpdesk/tickets/tk-1?done=noted#compose");
    let said = parts(&site, "c-1").await;
    assert_eq!(said.iter().filter(|(_, body)| body == "We are at it").count(), 1, "sent twice, said once");
    assert!(said.contains(&("note".into(), "Between us".into())), "{said:?}");
    let (_, _, page) = show(&site, "/helpdesk/tickets/tk-1").await;
    assert!(page.contains("We are at it") && page.contains("Between us") && page.contains("Ada Acker"), "{page}");
    let (_, ticket) = site.json_as("ada", "/api/tickets/tk-1").await;
    assert_ne!(ticket["state"]["category"], "resolved");
    assert!(!ticket.to_string().contains("Between us"));

    let (status, _, page) = send(&site, to, &[("body", " \n"), ("client_id", "three"), ("as", "reply")]).await;
    assert_eq!(status, 400);
    assert!(page.contains("Body is blank."), "{page}");
    site.assert_clean().await;
}

#[tokio::test]
async fn what_an_earlier_versions_page_still_sends_or_links_to_is_not_lost() {
    let site = Site::start().await;
    e2e::load(&site.store, &[scene::conversation("c-2", &["ada"])]).await;
    // Two forms were there before the composer, and search before the inbox.
    let note = [("body", "Between us"), ("client_id", "one"), ("as", "reply")];
    let (status, location, _) = send(&site, "/helpdesk/conversations/c-2/notes", &note).await;
    assert_eq!((status, location.as_str()), (303, "/helpdesk/conversations/c-2?done=noted#compose"));
    assert!(parts(&site, "c-2").await.contains(&("note".into(), "Between us".into())));
    let (status, _, page) = show(&site, "/helpdesk?q=nothing+like+this").await;
    assert_eq!(status, 200);
    assert!(page.contains("Nothing matches"), "{page}");
}

#[tokio::test]
async fn lists_of_the_help_desk_sort_by_their_headers_and_keep_dates_in_their_fields() {
    let site = Site::start().await;
    site.fed().await;
    for (path, other) in [
        ("/helpdesk/search?created_from=2026-01-01&type=bug", "/helpdesk/search?"),
        ("/helpdesk/companies/tickets?id=acme&created_from=2026-01-01&type=bug", "/helpdesk/companies/tickets?"),
    ] {
        let (status, _, page) = show(&site, path).await;
        assert_eq!(status, 200);
        assert!(page.contains("name=\"created_from\" value=\"2026-01-01\" type=\"date\""), "{page}");
        assert!(page.contains("<input type=\"hidden\" name=\"type\" value=\"bug\">"), "{page}");
        for (sort, header) in [("title", "Title"), ("state", "State"), ("creator", "Requester")] {
            let link = format!(
                "{}&#38;sort={sort}&#38;order=asc\">{header}</a>",
                path.replace('&', "&#38;")
                    .replace("created_from=2026-01-01&#38;type=bug", "type=bug&#38;created_from=2026-01-01")
            );
            assert!(page.contains(&link), "{link} in {page}");
        }
        let (_, _, page) = show(&site, &format!("{path}&sort=title&order=asc")).await;
        assert_eq!(page.matches("aria-sort=\"").count(), 1);
        assert!(page.contains("aria-sort=\"ascending\"") && page.contains(other), "{page}");
    }
}

#[tokio::test]
async fn the_first_message_on_a_ticket_without_a_conversation_begins_one_with_its_requester() {
    let site = Site::start().await;
    let ticket = json!({"type": "bug", "title": "New", "requester": "ada"});
    let (_, ticket) = site.desk_send(Method::POST, "/tickets", &ticket).await;
    let id = ticket["id"].as_str().unwrap();
    assert!(ticket["conversation"].is_null());
    let to = format!("/helpdesk/tickets/{id}/messages");
    let words = [("body", "What do you see?"), ("client_id", "one"), ("as", "reply")];
    let both = futures::join!(send(&site, &to, &words), send(&site, &to, &words));
    assert_eq!((both.0.0, both.1.0), (303, 303), "{both:?}");
    let (_, seen) = site.json_as("ada", &format!("/api/tickets/{id}")).await;
    let conversation = seen["conversation"]["id"].as_str().unwrap();
    assert_eq!(
        (&seen["conversation"]["participants"], &seen["conversation"]["participating"]),
        (&json!(1), &json!(true))
    );
    assert_eq!(parts(&site, conversation).await, [("message".to_owned(), "What do you see?".to_owned())]);
    assert_eq!(site.json_as("ada", &format!("/api/conversations/{conversation}")).await.0, 200);
    assert_eq!(send(&site, "/helpdesk/tickets/missing/messages", &words).await.0, 404);
    site.assert_clean().await;
}

#[tokio::test]
async fn a_requester_is_found_by_name_without_script_and_nobody_is_guessed() {
    let site = Site::start().await;
    let (_, _, page) = show(&site, "/helpdesk/new").await;
    assert!(page.contains("Choose a type") && !page.contains("value=\"bug\" selected"), "{page}");
    let find = [("title", "Kept"), ("requester_typed", "cem"), ("find", "requester")];
    let (status, _, page) = send(&site, "/helpdesk/tickets", &find).await;
    assert_eq!(status, 200);
    assert!(page.contains("name=\"requester\" value=\"cem\"") && page.contains("value=\"Kept\""), "{page}");
    assert!(page.contains("cem@people.example · Acme · Beta"), "what tells them from others: {page}");

    let (status, _, page) =
        send(&site, "/helpdesk/tickets", &[("title", "T"), ("type", "bug"), ("requester_typed", "cem")]).await;
    assert_eq!(status, 400);
    assert!(
        page.contains("Choose who the requester is.") && page.contains("name=\"requester\" value=\"cem\""),
        "{page}"
    );
    let (status, _, page) = send(&site, "/helpdesk/tickets", &[("title", "T"), ("requester", "cem")]).await;
    assert_eq!(status, 400);
    assert!(page.contains("id=\"type-wrong\">Choose a type."), "{page}");
    let fields = [("title", "T"), ("requester", "cem"), ("type", "bug"), ("company", "automatic")];
    assert_eq!(send(&site, "/helpdesk/tickets", &fields).await.0, 303);
}

#[tokio::test]
async fn a_ticket_gets_another_requester_by_name() {
    let site = Site::start().await;
    let (_, _, page) = show(&site, "/helpdesk/tickets/tk-1").await;
    let was = page.split("name=\"was.requester\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let field = |name, value| (name, value);
    let common = [field("version", "1"), field("was.requester", &was)];
    let send = async |more: &[(&str, &str)]| send(&site, "/helpdesk/tickets/tk-1", &[&common, more].concat()).await;
    let (status, _, page) = send(&[("requester", "ada"), ("requester_typed", "bob"), ("find", "requester")]).await;
    assert_eq!(status, 200);
    assert!(page.contains("value=\"ada\" checked") && page.contains("name=\"requester\" value=\"bob\""), "{page}");
    let (status, _, page) = send(&[("requester", ""), ("requester_typed", "bo")]).await;
    assert_eq!(status, 400);
    assert!(page.contains("Choose who the requester is."), "{page}");
    let (status, location, _) = send(&[("requester", "bob")]).await;
    assert_eq!((status, location.as_str()), (303, "/helpdesk/tickets/tk-1?done=saved"));
    assert_eq!(site.desk_get("/tickets/tk-1").await.1["requester"]["id"], "bob");
    site.assert_clean().await;
}

#[tokio::test]
async fn a_ticket_made_of_a_conversation_starts_with_its_words_and_asks_for_the_type() {
    let site = Site::start().await;
    let mut talk = scene::conversation("c-7", &["ada"]);
    talk["parts"] = json!([{"id": "p-1", "type": "message", "author": {"contact": "ada"},
        "body": "Loom reports stay empty\nsince Monday", "at": "2026-11-02T09:00:00Z"}]);
    e2e::load(&site.store, &[talk]).await;
    let (_, _, page) = show(&site, "/helpdesk/conversations/c-7").await;
    assert!(page.contains("Loom reports stay empty\nsince Monday</textarea>"), "{page}");
    assert!(page.contains("q=reports+stay+empty") || page.contains("q=loom+reports+empty"), "{page}");
    let to = "/helpdesk/conversations/c-7/convert";
    let (status, _, page) =
        send(&site, to, &[("title", "Loom"), ("description", "Mine"), ("company", "automatic")]).await;
    assert_eq!(status, 400);
    assert!(page.contains("id=\"type-wrong\">Choose a type.") && page.contains("Mine</textarea>"), "{page}");
    let fields = [("title", "Loom"), ("description", "Mine"), ("type", "bug"), ("company", "automatic")];
    let (status, location, _) = send(&site, to, &fields).await;
    assert_eq!(status, 303);
    let id = location.split('?').next().unwrap().rsplit('/').next().unwrap();
    assert_eq!(site.desk_get(&format!("/tickets/{id}")).await.1["description"], "Mine");
}
