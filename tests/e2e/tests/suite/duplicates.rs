//! A ticket that repeats another one (docs/product.md, Duplicates): each says so to those who may know, and the people of
//! the one come to the other as far as they see it.

use e2e::{Site, read, scene};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

async fn mark(site: &Site, id: &str, of: Value, version: u64) -> (u16, Value) {
    site.desk_send(Method::PUT, &format!("/tickets/{id}/duplicate"), &json!({"of": of, "version": version})).await
}

async fn follow(site: &Site, who: &str, id: &str, following: bool) {
    let request = site.request(Method::PUT, &format!("/api/tickets/{id}/follow")).bearer_auth(site.token(who));
    assert_eq!(request.json(&json!({"following": following})).send().await.unwrap().status(), 200, "{who} {id}");
}

fn ids(list: &Value) -> Vec<&str> {
    list["tickets"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect()
}

fn texts(ticket: &Value) -> Vec<&str> {
    ticket["history"].as_array().unwrap().iter().map(|it| it["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn both_say_so_the_duplicate_is_resolved_and_its_people_come_along() {
    let site = Site::start().await;
    follow(&site, "cem", "tk-2", true).await;
    let (status, marked) = mark(&site, "tk-2", json!("tk-1"), 1).await;
    assert_eq!(status, 200, "{marked}");
    assert_eq!(marked["people"], json!({"joined": 1, "following": 1, "unseeing": 0, "others": 0}));
    let original = json!({"id": "tk-1", "number": 1, "title": "Export <b>fails</b> & hangs", "company": "Acme",
        "url": "/helpdesk/tickets/tk-1"});
    assert_eq!((&marked["duplicate_of"], &marked["duplicates"]), (&original, &json!([])));
    assert_eq!((&marked["state"]["category"], &marked["version"]), (&json!("resolved"), &json!(2)));
    assert_eq!(
        &texts(&marked)[texts(&marked).len() - 2..],
        ["Grace changed the state to canary-done", "Grace marked it as a duplicate of #1"]
    );
    let (_, of) = site.desk_get("/tickets/tk-1").await;
    let duplicates = json!([{"id": "tk-2", "number": 2, "title": "Ticket tk-2", "company": "Acme", "url": "/helpdesk/tickets/tk-2"}]);
    assert_eq!((&of["duplicates"], &of["duplicate_of"]), (&duplicates, &Value::Null));
    assert!(texts(&of).contains(&"Grace marked #2 as a duplicate of it"), "{:?}", texts(&of));
    assert_ne!(of["state"]["category"], "resolved", "the other goes on as it was");

    // Its company sees both, and so what repeats what; nobody reads of it in a history.
    for who in ["ada", "abe", "cem"] {
        let (_, seen) = site.json_as(who, "/api/tickets/tk-2").await;
        let other = json!({"id": "tk-1", "number": 1, "title": "Export <b>fails</b> & hangs", "url": "/tickets/tk-1"});
        assert_eq!(seen["duplicate_of"], other, "{who}");
        assert!(!texts(&seen).iter().any(|it| it.contains("duplicate")), "{seen}");
        let (_, seen) = site.json_as(who, "/api/tickets/tk-1").await;
        assert_eq!(seen["duplicate_of"], Value::Null);
        assert!(!seen.to_string().contains("tk-2"), "{seen}");
        let page = site.get_as(who, "/tickets/tk-2").send().await.unwrap().text().await.unwrap();
        assert!(page.contains("Duplicate of <a href=\"/tickets/tk-1\">#1 "), "{who}");
    }
    // Who followed the one follows the other; who created it takes part.
    let (_, space) = site.json_as("cem", "/api/tickets-space").await;
    assert!(ids(&space).contains(&"tk-1"), "{space}");
    assert_eq!(site.json_as("cem", "/api/tickets/tk-1").await.1["following"], true);
    assert_eq!(site.json_as("abe", "/api/tickets/tk-1").await.1["conversation"]["participating"], true);

    // Sent again it is the same, whatever the version.
    let before = site.items().await;
    let (status, again) = mark(&site, "tk-2", json!("#1"), 1).await;
    assert_eq!((status, &again["people"], &again["version"]), (200, &marked["people"], &json!(2)));
    assert_eq!(site.items().await, before);
    site.fed().await;
    site.assert_clean().await;

    let (status, stale) = mark(&site, "tk-2", Value::Null, 1).await;
    assert_eq!((status, &stale["code"], &stale["version"]), (409, &json!("stale_version"), &json!(2)));
    let (status, back) = mark(&site, "tk-2", Value::Null, 2).await;
    assert_eq!(status, 200, "{back}");
    assert_eq!((&back["duplicate_of"], &back["people"]), (&Value::Null, &Value::Null));
    assert_eq!(back["state"]["id"], "new", "it is in the state in which it was");
    assert!(texts(&back).contains(&"Grace took back that it is a duplicate of #1"));
    let (_, of) = site.desk_get("/tickets/tk-1").await;
    assert_eq!(of["duplicates"], json!([]));
    assert!(texts(&of).contains(&"Grace took back that #2 is a duplicate of it"));
    assert_eq!(mark(&site, "tk-2", Value::Null, 1).await.0, 200, "sent again");
    assert_eq!(site.json_as("abe", "/api/tickets/tk-2").await.1["duplicate_of"], Value::Null);
    site.fed().await;
    site.assert_clean().await;
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn nothing_is_opened_to_another_company() {
    let site = Site::start().await;
    site.settle();
    let (status, marked) = mark(&site, "tk-4", json!("1"), 1).await;
    assert_eq!(status, 200, "{marked}");
    assert_eq!(marked["people"], json!({"joined": 0, "following": 0, "unseeing": 1, "others": 0}));
    // Bob is of Beta alone. He learns that his ticket is resolved, and nothing of the other.
    let (_, seen) = site.json_as("bob", "/api/tickets/tk-4").await;
    assert_eq!((&seen["duplicate_of"], &seen["state"]["category"]), (&Value::Null, &json!("resolved")));
    let page = site.get_as("bob", "/tickets/tk-4").send().await.unwrap().text().await.unwrap();
    assert!(!page.contains("Duplicate of"));
    for told in [&seen.to_string(), &page] {
        assert!(!told.contains("tk-1") && !told.contains("hangs"), "{told}");
    }
    for path in ["/api/tickets/tk-1", "/tickets/tk-1", "/api/tickets/tk-1/timeline", "/api/conversations/c-1"] {
        assert_eq!(site.get_as("bob", path).send().await.unwrap().status(), 404, "{path}");
    }
    assert!(!ids(&site.json_as("bob", "/api/tickets-space").await.1).contains(&"tk-1"));
    let items = site.items().await;
    assert!(
        !items.keys().any(|key| key.contains("CONTACT#bob#") && key.contains("tk-1")),
        "nothing of his leads there"
    );
    // And those of the other company learn nothing of his.
    let (_, other) = site.json_as("ada", "/api/tickets/tk-1").await;
    assert!(!other.to_string().contains("tk-4"), "{other}");
    assert_eq!(site.get_as("ada", "/api/tickets/tk-4").send().await.unwrap().status(), 404);

    // Cem is in both. What he is told ends with his sight of the other, also where he asks whether anything has changed.
    let ask = async |tag: &str| {
        let answer = site.get_as("cem", "/api/tickets/tk-4").header("if-none-match", tag).send().await.unwrap();
        let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
        let (status, seen) = read(answer).await;
        (status.as_u16(), seen, tag)
    };
    let (_, seen, tag) = ask("\"x\"").await;
    assert_eq!(seen["duplicate_of"]["id"], "tk-1");
    site.wait(60);
    assert_eq!(ask(&tag).await.0, 304);
    let keep = site.request(Method::PUT, "/api/tickets/tk-1/private").bearer_auth(site.token("ada"));
    assert_eq!(keep.json(&json!({"private": true})).send().await.unwrap().status(), 200);
    let (status, seen, _) = ask(&tag).await;
    assert_eq!((status, &seen["duplicate_of"]), (200, &Value::Null));
    site.fed().await;
    site.assert_clean().await;
}

#[tokio::test]
async fn what_customers_do_not_see_is_repeated_without_a_word_to_them() {
    let site = Site::start().await;
    // A tracker, and a private ticket of somebody else.
    let private = site.request(Method::PUT, "/api/tickets/tk-3/private").bearer_auth(site.token("ada"));
    assert_eq!(private.json(&json!({"private": true})).send().await.unwrap().status(), 200);
    for (id, of, version) in [("tk-1", "tk-9", 1), ("tk-2", "tk-3", 1)] {
        let (status, marked) = mark(&site, id, json!(of), version).await;
        assert_eq!(status, 200, "{marked}");
        assert_eq!(marked["people"]["joined"].as_u64().unwrap() + marked["people"]["following"].as_u64().unwrap(), 0);
        let (_, seen) = site.json_as("abe", &format!("/api/tickets/{id}")).await;
        assert_eq!(seen["duplicate_of"], Value::Null);
        assert!(!seen.to_string().contains(of), "{seen}");
    }
    let (_, seen) = site.json_as("ada", "/api/tickets/tk-2").await;
    assert_eq!(seen["duplicate_of"]["id"], "tk-3", "its creator sees it");
    site.fed().await;
    site.assert_clean().await;
}

#[tokio::test]
async fn what_cannot_be_a_duplicate_is_refused_and_says_why() {
    let site = Site::start().await;
    assert_eq!(mark(&site, "tk-2", json!("tk-1"), 1).await.0, 200);
    let before = site.items().await;
    site.settle();
    for (id, of, version, status, code, says) in [
        ("tk-3", json!("tk-3"), 1, 422, "invalid_duplicate", "no duplicate of itself"),
        ("tk-3", json!("#3"), 1, 422, "invalid_duplicate", "no duplicate of itself"),
        ("tk-3", json!("tk-nothing"), 1, 422, "unknown_ticket", "no such ticket"),
        ("tk-3", json!("#4711"), 1, 422, "unknown_ticket", "no ticket #4711"),
        ("tk-3", json!("../x"), 1, 422, "unknown_ticket", "no such ticket"),
        ("tk-3", json!(""), 1, 422, "unknown_ticket", "no such ticket"),
        ("tk-nothing", json!("tk-1"), 1, 404, "ticket_not_found", "no such ticket"),
        ("tk-3", json!("tk-2"), 1, 409, "invalid_duplicate", "itself a duplicate of #1"),
        ("tk-1", json!("tk-2"), 2, 409, "invalid_duplicate", "a duplicate of this one already"),
        ("tk-1", json!("tk-3"), 2, 409, "invalid_duplicate", "Another ticket is a duplicate of this one"),
        ("tk-2", json!("tk-3"), 2, 409, "invalid_duplicate", "a duplicate of #1 already"),
        ("tk-3", json!("tk-1"), 7, 409, "stale_version", "has changed"),
        ("tk-3", json!(1), 1, 400, "invalid_body", ""),
    ] {
        let (answered, problem) = mark(&site, id, of.clone(), version).await;
        assert_eq!((answered, &problem["code"]), (status, &json!(code)), "{id} of {of}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(says), "{id} of {of}: {problem}");
    }
    let (_, chain) = mark(&site, "tk-3", json!("tk-2"), 1).await;
    assert_eq!(chain["ticket"], "tk-1", "the one to choose");
    assert_eq!(site.items().await, before);
}

#[tokio::test]
async fn two_who_mark_at_once_make_no_chain() {
    for _ in 0..3 {
        let site = Site::start().await;
        let marks = [("tk-2", "tk-1"), ("tk-1", "tk-3"), ("tk-3", "tk-2"), ("tk-2", "tk-3")];
        let all = join_all(marks.map(|(id, of)| mark(&site, id, json!(of), 1))).await;
        assert!(all.iter().any(|(status, _)| *status == 200), "{all:?}");
        let mut related = Vec::new();
        for id in ["tk-1", "tk-2", "tk-3"] {
            let (_, ticket) = site.desk_get(&format!("/tickets/{id}")).await;
            let repeated = !ticket["duplicates"].as_array().unwrap().is_empty();
            assert!(!(repeated && ticket["duplicate_of"].is_object()), "{ticket}");
            related.push(ticket["duplicate_of"].is_object());
        }
        assert!(related.iter().filter(|it| **it).count() >= 1);
        site.fed().await;
        site.assert_clean().await;
    }
}

#[tokio::test]
async fn a_page_marks_it_and_takes_it_back() {
    let site = Site::start().await;
    site.settle();
    let send = async |path: &str, form: &str| {
        let request = site.request(Method::POST, path).bearer_auth(site.teammate_token(scene::GRACE));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form.to_owned());
        let answer = request.send().await.unwrap();
        let location = answer.headers().get("location").map(|it| it.to_str().unwrap().to_owned());
        (answer.status().as_u16(), location.unwrap_or_default(), answer.text().await.unwrap())
    };
    let page = async |path: &str| {
        let request = site.get(path).bearer_auth(site.teammate_token(scene::GRACE));
        request.send().await.unwrap().text().await.unwrap()
    };
    let to = "/helpdesk/tickets/tk-2/duplicate";
    for (form, status, says) in [
        ("of=&version=1", 400, "Say which ticket it repeats."),
        ("of=%232&version=1", 422, "A ticket is no duplicate of itself."),
        ("of=4711&version=1", 422, "There is no ticket #4711."),
        ("of=1&version=9", 409, "Somebody has changed this ticket"),
        ("of=1", 400, "The version is missing."),
    ] {
        let (answered, _, page) = send(to, form).await;
        assert_eq!(answered, status, "{form}");
        assert!(page.contains(says), "{form}: {page}");
    }
    let (status, location, _) = send(to, "of=%231&version=1").await;
    assert_eq!((status, location.as_str()), (303, "/helpdesk/tickets/tk-2?done=duplicate"));
    let marked = page("/helpdesk/tickets/tk-2?done=duplicate").await;
    assert!(
        marked.contains("Duplicate of <a href=\"/helpdesk/tickets/tk-1\">#1 ") && marked.contains("Not a duplicate")
    );
    assert!(page("/helpdesk/tickets/tk-1").await.contains("<a href=\"/helpdesk/tickets/tk-2\">#2 "));
    let (status, location, _) = send(to, "do=take_back&version=2").await;
    assert_eq!((status, location.as_str()), (303, "/helpdesk/tickets/tk-2?done=no_duplicate"));
    assert!(page("/helpdesk/tickets/tk-2").await.contains("Mark as duplicate"));
    let (_, location, _) = send("/helpdesk/tickets/tk-4/duplicate", "of=1&version=1").await;
    assert_eq!(location, "/helpdesk/tickets/tk-4?done=duplicate_apart");
}
