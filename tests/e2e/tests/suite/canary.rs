//! Nothing that is not a customer's to see leaves on a customer route. The scene plants canary
//! words in notes, internal labels, hidden attributes, teammates' ids and hidden tickets; here are other companies' too.

use e2e::{Site, scene};
use reqwest::Method;
use serde_json::json;

/// Every route with everything that the scene can be asked for, and what other companies own.
#[tokio::test]
async fn no_answer_contains_a_canary_or_another_companys_words() {
    let site = Site::start().await;
    for (of, requester) in [("acme", "ada"), ("beta", "bob"), ("gamma", "gus")] {
        let mut planted =
            scene::ticket(&format!("secret-{of}"), 100, Some(of), requester, "doing", "2026-11-15T10:00:00Z");
        planted["title"] = json!(format!("title-of-{of}"));
        planted["description"] = json!(format!("description-of-{of}"));
        planted["attributes"] = json!({"Severity": format!("severity-of-{of}"), "canary-attribute": "canary"});
        e2e::load(&site.store, &[planted]).await;
    }
    said_by_teammates(&site).await;
    let ids: Vec<String> = (1..=10)
        .map(|n| format!("tk-{n}"))
        .chain(["acme", "beta", "gamma"].map(|of| format!("secret-{of}")))
        .chain(["c-1".into(), "missing".into()])
        .collect();
    let mut paths = ["/api/portal/access", "/api/tickets-space", "/api/conversations/c-1", "/api/nothing", "/nothing"]
        .map(String::from)
        .to_vec();
    for root in ["/tickets", "/api/tickets"] {
        for query in [
            "",
            "?state=submitted",
            "?state=in_progress",
            "?state=waiting_on_customer",
            "?state=resolved",
            "?state=canary",
            "?company=acme",
            "?company=beta",
            "?company=gamma",
            "?limit=1",
            "?cursor=canary-not",
        ] {
            paths.push(format!("{root}{}", query.replace("canary", "x")));
        }
        paths.extend(ids.iter().map(|id| format!("{root}/{id}")));
        paths.extend(ids.iter().filter(|_| root == "/tickets").map(|id| format!("{root}/{id}/conversation")));
        paths.extend(ids.iter().filter(|_| root == "/api/tickets").map(|id| format!("{root}/{id}/timeline")));
        paths.extend(ids.iter().map(|id| format!("{root}/{id}/people")));
    }
    let mut answers = 0;
    for (who, foreign) in [
        (Some("ada"), &["beta", "gamma"][..]),
        (Some("abe"), &["beta", "gamma"]),
        (Some("bob"), &["acme", "gamma"]),
        (Some("cem"), &["gamma"]),
        (Some("gus"), &["acme", "beta"]),
        (Some("nia"), &["acme", "beta", "gamma"]),
        (Some("eve"), &["acme", "beta", "gamma"]),
        (None, &["acme", "beta", "gamma"]),
    ] {
        for path in &paths {
            let request = match who {
                Some(who) => site.get_as(who, path),
                None => site.get(path),
            };
            let answer = request.send().await.unwrap();
            let headers = format!("{:?}", answer.headers());
            let text = format!("{headers}\n{}", answer.text().await.unwrap());
            answers += 1;
            assert!(!text.contains(scene::CANARY), "{who:?} {path}: {text}");
            assert!(!text.contains("@vendor.example"), "{who:?} {path} shows a teammate's address");
            for of in foreign {
                for word in ["title-of-", "description-of-", "severity-of-"] {
                    assert!(!text.contains(&format!("{word}{of}")), "{who:?} {path} shows {of}");
                }
            }
        }
    }
    assert!(answers > 300);
    // The words are there to be found: the creator's own company shows them.
    let (_, own) = site.json_as("ada", "/api/tickets/secret-acme").await;
    assert!(own.to_string().contains("severity-of-acme"));
}

/// Teammates plant canaries too, with everything that they can write and customers must not read.
async fn said_by_teammates(site: &Site) {
    let send = async |method: Method, path: &str, body| {
        let (status, answer) = site.desk_send(method, path, &body).await;
        assert!(status < 300, "{path}: {answer}");
        answer
    };
    let note = json!({"body": "canary-note of a teammate", "client_id": "canary-client"});
    send(Method::POST, "/conversations/c-1/notes", note).await;
    let hidden =
        json!({"version": 1, "state": "doing", "attributes": {"canary-attribute": "canary"}, "assignee": scene::GRACE});
    for id in ["tk-1", "tk-2"] {
        let changed = send(Method::PATCH, &format!("/tickets/{id}"), hidden.clone()).await;
        assert_eq!(changed["internal_label"], "canary-doing");
    }
    for (kind, company) in [("bug", "acme"), ("task", "acme"), ("incident", "beta")] {
        let mut new =
            json!({"type": kind, "title": "New", "requester": "cem", "company": company, "assignee": scene::GRACE});
        if kind == "bug" {
            new["attributes"] = json!({"canary-attribute": "canary"});
        } else {
            new["title"] = json!("canary-title");
            new["description"] = json!("canary-description");
        }
        let ticket = send(Method::POST, "/tickets", new).await;
        let to = if company == "acme" { "beta" } else { "acme" };
        let path = format!("/tickets/{}/company", ticket["id"].as_str().unwrap());
        send(Method::PUT, &path, json!({"company": to, "version": 1})).await;
    }
    // A conversation that nobody but a note's author has ever said anything in becomes a ticket of Acme's.
    let author = json!({"teammate": scene::GRACE});
    let part =
        json!({"id": "p-c", "type": "note", "author": author, "body": "canary-note", "at": "2026-11-01T09:00:00Z"});
    let silent = json!({"kind": "conversation", "id": "c-silent", "participants": ["ada"], "parts": [part]});
    e2e::load(&site.store, &[silent]).await;
    let converted =
        send(Method::POST, "/conversations/c-silent/convert", json!({"type": "bug", "title": "Silent"})).await;
    assert_eq!(converted["description"], "", "a note is no description");
}
