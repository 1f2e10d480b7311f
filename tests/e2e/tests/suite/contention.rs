//! Many people who write at once, where transactions conflict as they do in DynamoDB.

use e2e::{Site, read, scene, witness::Conflicts};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Duration};

/// About how long a transaction takes in DynamoDB.
const HOLD: Duration = Duration::from_millis(20);
const PEOPLE: usize = 50;

/// The scene, with a ticket of Acme for each of these people. Ada has requested all of them, and each person takes part
/// in the conversation of theirs.
async fn crowd() -> Site {
    let mut lines = scene::lines();
    let person = |n: usize| format!("person-{n}");
    lines.extend((0..PEOPLE).map(|n| {
        json!({"kind": "contact", "id": person(n), "email": format!("{n}@people.example"), "name": person(n),
            "companies": ["acme"]})
    }));
    lines.extend((0..PEOPLE).map(|n| scene::conversation(&format!("talk-{n}"), &["ada", &person(n)])));
    lines.extend((0..PEOPLE).map(|n| {
        let id = format!("crowd-{n}");
        let mut ticket = scene::ticket(&id, 100 + n as u64, Some("acme"), "ada", "new", "2026-11-01T10:00:00Z");
        ticket["conversation"] = json!(format!("talk-{n}"));
        ticket
    }));
    Site::with(&lines).await
}

/// Demands that counters, and everything else, are as a recount has them, and that there are this many tickets.
async fn assert_counted(site: &Site, tickets: usize) {
    site.assert_clean().await;
    let (_, profile) = site.desk_get("/companies?id=acme").await;
    assert_eq!(profile["counts"]["all"], tickets, "{profile}");
}

async fn change(site: &Site, id: &str, change: &Value) -> u16 {
    let (_, ticket) = site.desk_get(&format!("/tickets/{id}")).await;
    let mut change = change.clone();
    change["version"] = ticket["version"].clone();
    site.desk_send(Method::PATCH, &format!("/tickets/{id}"), &change).await.0
}

#[tokio::test]
async fn fifty_people_change_tickets_of_one_company_and_one_requester_at_once() {
    let site = crowd().await;
    let before = site.desk_get("/companies?id=acme").await.1["counts"]["all"].as_u64().unwrap();
    let conflicts = Conflicts::start(&site.endpoint, HOLD).await;
    let busy = site.beside(&conflicts.endpoint).await;
    let changes =
        [json!({"state": "doing"}), json!({"title": "Other words"}), json!({"type": "task"}), json!({"state": "done"})];
    let work = (0..PEOPLE).map(async |n| {
        let mut answers = Vec::new();
        for it in &changes {
            answers.push(change(&busy, &format!("crowd-{n}"), it).await);
        }
        answers
    });
    let answers: Vec<_> = join_all(work).await.into_iter().flatten().collect();
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
    assert!(conflicts.met() > 0, "nobody was in anybody's way");
    assert_counted(&site, usize::try_from(before).unwrap()).await;
}

#[tokio::test]
async fn fifty_people_write_and_create_in_one_company_at_once() {
    let site = crowd().await;
    let before = site.desk_get("/companies?id=acme").await.1["counts"]["all"].as_u64().unwrap();
    let conflicts = Conflicts::start(&site.endpoint, HOLD).await;
    let busy = site.beside(&conflicts.endpoint).await;
    let say = async |n: usize, nth: usize| {
        let request = busy.request(Method::POST, &format!("/api/conversations/talk-{n}/messages"));
        let request = request.bearer_auth(busy.token(&format!("person-{n}")));
        request
            .json(&json!({"body": "And another thing", "client_id": format!("{nth}")}))
            .send()
            .await
            .unwrap()
            .status()
    };
    let create = async |n: usize| {
        let new = json!({"type": "bug", "title": "It fails", "requester": format!("person-{}", n % 10)});
        busy.desk_send(Method::POST, "/tickets", &new).await
    };
    let work = (0..PEOPLE).map(async |n| {
        let said = say(n, 0).await;
        let (created, ticket) = create(n).await;
        let said_again = say(n, 1).await;
        let (created_again, other) = create(n).await;
        let numbers = [&ticket, &other].map(|ticket| ticket["number"].as_u64());
        ([said.as_u16(), created, said_again.as_u16(), created_again], numbers)
    });
    let (answers, numbers): (Vec<_>, Vec<_>) = join_all(work).await.into_iter().unzip();
    assert!(answers.iter().flatten().all(|status| *status == 201), "{answers:?}");
    assert!(conflicts.met() > 0, "nobody was in anybody's way");
    assert_eq!(
        numbers.into_iter().flatten().collect::<BTreeSet<_>>().len(),
        2 * PEOPLE,
        "a number of its own for each"
    );
    assert_counted(&site, usize::try_from(before).unwrap() + 2 * PEOPLE).await;
}

#[tokio::test]
async fn twenty_messages_at_once_on_one_ticket_are_all_said() {
    let site = Site::start().await;
    let conflicts = Conflicts::start(&site.endpoint, HOLD).await;
    let busy = site.beside(&conflicts.endpoint).await;
    let say = (0..20).map(async |n| {
        let message = json!({"body": format!("Message {n}"), "client_id": format!("{n}")});
        if n % 2 == 0 {
            return busy.desk_send(Method::POST, "/conversations/c-1/messages", &message).await.0;
        }
        let request = busy.request(Method::POST, "/api/conversations/c-1/messages").bearer_auth(busy.token("ada"));
        read(request.json(&message).send().await.unwrap()).await.0.as_u16()
    });
    let answers = join_all(say).await;
    assert!(answers.iter().all(|status| *status == 201), "{answers:?}");
    let (_, thread) = site.desk_get("/conversations/c-1").await;
    let said = thread["parts"].as_array().unwrap().iter().filter(|part| part["type"] == "message").count();
    assert_eq!(said, 2 + 20);
    site.assert_clean().await;
}

#[tokio::test]
async fn sessions_end_although_the_contact_is_being_recorded() {
    let site = Site::start().await;
    let conflicts = Conflicts::start(&site.endpoint, HOLD).await;
    let busy = site.beside(&conflicts.endpoint).await;
    let cookies = busy.cookies("ada").await;
    let record = async |n: usize| {
        let contact =
            json!({"id": "ada", "name": format!("Ada {n}"), "email": "ada@people.example", "companies": ["acme"]});
        busy.desk_send(Method::PUT, "/contacts", &contact).await.0
    };
    let end = async || busy.desk(Method::DELETE, "/sessions?contact=ada").send().await.unwrap().status();
    let (recorded, ended) = futures::join!(join_all((0..4).map(record)), join_all((0..4).map(async |_| end().await)));
    assert!(recorded.iter().all(|status| matches!(status, 200 | 201)), "{recorded:?}");
    assert!(ended.iter().all(|status| *status == 204), "{ended:?}");
    assert_eq!(busy.get("/api/tickets").header("cookie", cookies).send().await.unwrap().status(), 401);
}
