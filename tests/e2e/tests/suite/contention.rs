//! Many people who write at once, where transactions conflict as they do in DynamoDB.

use crate::budget::{answer, event_called};
use domain::id::{ContactId, ConversationId, TeammateId, TicketId};
use e2e::{Site, hindrance::Conflicts, scene};
use futures::future::join_all;
use portal::{
    Portal,
    customer::{self, Visit},
    message::Message,
    teammate::{self, Teammate, ticket},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Duration};
use store::{Door, Store, Visitor};

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

/// How many tickets Acme has, by its counters.
async fn tickets(site: &Site) -> u64 {
    site.desk_get("/companies?id=acme").await.1["counts"]["all"].as_u64().unwrap()
}

/// The use cases, without HTTP and its budget of time: that these come to an end must not depend on the machine.
fn use_cases(site: &Site, conflicts: &Conflicts) -> Portal {
    let Portal { clock, ids, .. } = site.app(&site.origin).portal;
    Portal { store: Store::at(&conflicts.endpoint, "tickets").patient(), clock, ids }
}

fn grace() -> Teammate {
    Teammate { id: TeammateId::new(scene::GRACE).unwrap(), name: Some("Grace".into()) }
}

async fn change(portal: &Portal, id: &str, mut changes: Value) -> Result<(), String> {
    let id = TicketId::new(id).unwrap();
    changes["version"] = portal.store.ticket(&id).await.unwrap().unwrap().version.into();
    let changes = serde_json::from_value(changes).unwrap();
    let changed = ticket::change(portal, &grace(), &id, &changes).await;
    changed.map(drop).map_err(|error| format!("{error:?}"))
}

fn message(body: &str, client_id: usize) -> Message {
    Message { body: body.into(), client_id: client_id.to_string() }
}

async fn say(portal: &Portal, who: &str, conversation: &str, message: Message) -> Result<(), String> {
    let visit = Visit::new(Visitor { contact: ContactId::new(who).unwrap(), session: None }, None);
    let id = ConversationId::new(conversation).unwrap();
    let said = customer::conversation::say(portal, &visit, Door::Conversation(&id, None), &message).await;
    said.map(drop).map_err(|error| format!("{error:?}"))
}

fn failed<T: std::fmt::Debug>(results: impl IntoIterator<Item = Result<T, String>>) -> Vec<String> {
    results.into_iter().filter_map(Result::err).collect()
}

#[tokio::test]
async fn fifty_people_change_tickets_of_one_company_and_one_requester_at_once() {
    let site = crowd().await;
    let before = tickets(&site).await;
    let conflicts = Conflicts::start(&site.endpoint, HOLD).await;
    let portal = use_cases(&site, &conflicts);
    let changes =
        [json!({"state": "doing"}), json!({"title": "Other words"}), json!({"type": "task"}), json!({"state": "done"})];
    let work = (0..PEOPLE).map(async |n| {
        let mut results = Vec::new();
        for it in &changes {
            results.push(change(&portal, &format!("crowd-{n}"), it.clone()).await);
        }
        results
    });
    assert_eq!(failed(join_all(work).await.into_iter().flatten()), [""; 0]);
    assert!(conflicts.met() > 0, "nobody was in anybody's way");
    assert_eq!(tickets(&site).await, before);
    site.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(feature = "built-functions", ignore = "asks the handlers")]
async fn fifty_people_who_make_two_hundred_changes_in_one_company_get_no_503() {
    let site = crowd().await;
    let before = tickets(&site).await;
    let conflicts = Conflicts::start(&site.endpoint, HOLD).await;
    // Patient, because how long a call takes must not depend on the machine.
    let mut busy = site.beside(&conflicts.endpoint).await;
    busy.store = busy.store.patient();
    let patch = event_called("patch-api-helpdesk-ticket", &site).await;
    let changes = [
        json!({"state": "doing"}),
        json!({"title": "Other words"}),
        json!({"company": null}),
        json!({"company": "acme", "state": "done"}),
    ];
    let send = async |n: usize, version: &mut u64, change: &Value| {
        let mut event = patch.clone();
        let id = format!("crowd-{n}");
        let mut body = change.clone();
        body["version"] = json!(*version);
        event["rawPath"] = json!(format!("/api/helpdesk/tickets/{id}"));
        event["requestContext"]["http"]["path"] = event["rawPath"].clone();
        event["pathParameters"]["ticket_id"] = json!(id);
        event["body"] = json!(body.to_string());
        let answer = answer(&busy, &event, Duration::from_secs(60)).await;
        if answer["statusCode"] == 200 {
            *version += 1;
        }
        answer["statusCode"].as_u64().unwrap()
    };
    let work = (0..PEOPLE).map(async |n| {
        let (mut version, mut statuses) = (1, Vec::new());
        for change in &changes {
            statuses.push(send(n, &mut version, change).await);
        }
        statuses
    });
    let statuses: Vec<_> = join_all(work).await.into_iter().flatten().collect();
    assert_eq!(statuses, vec![200; 4 * PEOPLE]);
    assert!(conflicts.met() > 0, "nobody was in anybody's way");
    assert_eq!(tickets(&site).await, before);
    site.assert_clean().await;
}

#[tokio::test]
async fn fifty_people_write_and_create_in_one_company_at_once() {
    let site = crowd().await;
    let before = tickets(&site).await;
    let conflicts = Conflicts::start(&site.endpoint, HOLD).await;
    let portal = use_cases(&site, &conflicts);
    let create = async |n: usize| {
        let new = json!({"type": "bug", "title": "It fails", "requester": format!("person-{}", n % 10)});
        let created = ticket::create(&portal, &grace(), &serde_json::from_value(new).unwrap(), None).await;
        created.map(|(ticket, _)| ticket.row.number).map_err(|error| format!("{error:?}"))
    };
    let work = (0..PEOPLE).map(async |n| {
        let (person, talk) = (format!("person-{n}"), format!("talk-{n}"));
        let said = say(&portal, &person, &talk, message("And another thing", 0)).await;
        let created = create(n).await;
        let said_again = say(&portal, &person, &talk, message("And one more", 1)).await;
        ([said, said_again], [created, create(n).await])
    });
    let (said, created): (Vec<_>, Vec<_>) = join_all(work).await.into_iter().unzip();
    let numbers: BTreeSet<_> = created.iter().flatten().flatten().copied().collect();
    assert_eq!((failed(said.into_iter().flatten()), failed(created.into_iter().flatten())), (vec![], vec![]));
    assert!(conflicts.met() > 0, "nobody was in anybody's way");
    assert_eq!(numbers.len(), 2 * PEOPLE, "each has a number of its own");
    assert_eq!(tickets(&site).await, before + 2 * PEOPLE as u64);
    site.assert_clean().await;
}

#[tokio::test]
async fn twenty_messages_at_once_on_one_ticket_are_all_said() {
    let site = Site::start().await;
    let conflicts = Conflicts::start(&site.endpoint, HOLD).await;
    let portal = use_cases(&site, &conflicts);
    let id = ConversationId::new("c-1").unwrap();
    let work = (0..20).map(async |n| match n % 2 {
        // The first one of a customer also changes the state, because the ticket waits for one.
        0 => say(&portal, ["ada", "abe"][n / 2 % 2], "c-1", message("Any news?", n)).await,
        _ => {
            let said = teammate::conversation::reply(&portal, &grace(), &id, message("Yes", n).into()).await;
            said.map(drop).map_err(|error| format!("{error:?}"))
        }
    });
    assert_eq!(failed(join_all(work).await), [""; 0]);
    assert!(conflicts.met() > 0, "nobody was in anybody's way");
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
