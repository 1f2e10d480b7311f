//! A person is erased: what goes, what stays, and that nothing is left.

use crate::world::{World, line, lines, string};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    history::Actor,
    id::{ContactId, TicketId},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::{Erased, Erasure, Viewing};

const ADDRESS: &str = "ada.lovelace@acme.example";

type Dump = BTreeMap<String, BTreeMap<String, AttributeValue>>;

fn ada() -> ContactId {
    ContactId::new("ada").unwrap()
}

/// The usual lines, with a whole person in the place of Ada.
fn with_ada() -> Vec<Value> {
    let mut lines = lines();
    let record = line(&mut lines, "contact", "ada");
    record["name"] = json!("Ada Lovelace");
    record["email"] = json!(ADDRESS);
    record["attributes"] = json!({"phone": "123"});
    lines.push(json!({"kind": "conversation", "id": "c-2", "participants": ["ada"], "parts": [
        {"id": "p-1", "type": "message", "author": {"contact": "ada"}, "body": "I am Ada Lovelace", "at": "2026-10-01T09:00:00Z"}]}));
    let mut joined = crate::world::ticket("tk-6", "bug", Some("acme"), "abe");
    joined["conversation"] = json!("c-3");
    lines.push(json!({"kind": "conversation", "id": "c-3", "participants": ["ada", "abe"], "parts": []}));
    lines.push(joined);
    lines
}

async fn world() -> World {
    let world = World::new().await;
    world.load(&with_ada()).await;
    let by = Actor::System;
    let viewing = Viewing { at: "2026-11-01T09:00:00Z".parse().unwrap(), by };
    world.store.record_viewing(&ada(), &viewing, "m-1").await.unwrap();
    world
}

async fn erase(world: &World, dry_run: bool) -> Erasure {
    world.store.erase(&ada(), dry_run, |_| {}).await.unwrap().unwrap()
}

/// What is in the table, without the texts that people wrote and the words of them that search has.
fn besides_texts(dump: &Dump) -> String {
    let texts = ["title", "description", "body", "words", "spots"];
    let of = |item: &BTreeMap<String, AttributeValue>| {
        let mut item = item.clone();
        if let Some(AttributeValue::M(last)) = item.get_mut("last") {
            last.remove("text");
        }
        item.iter().filter(|(name, _)| !texts.contains(&name.as_str())).map(|it| format!("{it:?}")).collect::<String>()
    };
    dump.iter().map(|(key, item)| format!("{key} {}\n", of(item))).collect()
}

const ALL: Erased = Erased {
    profile: 3,
    memberships: 1,
    listed: 4,
    viewings: 1,
    participations: 3,
    joined: 1,
    tickets: 2,
    history: 2,
    messages: 2,
    conversations: 3,
};

#[tokio::test]
async fn of_an_erased_person_nothing_is_left_but_their_id_and_what_they_wrote() {
    let world = world().await;
    let before = world.items.dump().await;
    assert_eq!(erase(&world, true).await, Erasure { removed: ALL, left: Vec::new() });
    assert!(world.items.dump().await == before, "a dry run writes nothing");

    assert_eq!(erase(&world, false).await, Erasure { removed: ALL, left: Vec::new() });
    let after = world.items.dump().await;
    let text = besides_texts(&after).to_lowercase();
    for personal in ["lovelace", ADDRESS, "phone"] {
        assert!(!text.contains(personal), "{personal}: {text}");
    }
    // Search has the words of what was written, not the name.
    for (key, item) in after.iter().filter(|(_, item)| item.contains_key("words") || item.contains_key("spots")) {
        let words = format!("{:?}{:?}", item.get("words"), item.get("spots")).to_lowercase();
        assert!(!words.contains("lovelace") || key.contains("c-2#"), "{key}: {words}");
    }
    assert_eq!(world.findings().await, [""; 0]);
    let kept = |dump: &Dump| dump.keys().filter(|key| key.starts_with("TICKET#") || key.contains("PART#")).count();
    assert_eq!(kept(&after), kept(&before), "what others worked with stays");

    assert_eq!(erase(&world, false).await, Erasure { removed: Erased::default(), left: Vec::new() });
    assert!(world.items.dump().await == after, "doing it again changes nothing");
    world.store.reindex(false, |_| {}).await.unwrap();
    assert!(!besides_texts(&world.items.dump().await).to_lowercase().contains("lovelace"));
}

#[tokio::test]
async fn nobody_signs_in_as_an_erased_person_and_the_counts_follow() {
    let world = world().await;
    erase(&world, false).await;
    let (contact, companies) = world.store.contact(&ada()).await.unwrap().unwrap();
    assert!(contact.archived && companies.is_empty());
    assert_eq!(contact.session_epoch, 1, "sessions have ended");
    let file = world.store.ticket_file(&TicketId::new("tk-1").unwrap()).await.unwrap().unwrap();
    let conversation = file.conversation.unwrap();
    let participants = world.store.participants(&conversation.id).await.unwrap();
    assert_eq!((file.ticket.row.requester_name, participants.len()), (None, 1));
    assert_eq!(conversation.participants, 1);
    assert!(world.store.viewings(&ada()).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_erasure_that_was_cut_short_is_completed_by_the_next() {
    let world = world().await;
    // As it is after the record has lost everything, and nothing else has been done.
    world
        .items
        .change("CONTACT#ada#", "CONTACT", |item| {
            item.retain(|name, _| !["name", "email", "attributes"].contains(&name.as_str()));
            item.insert("archived".into(), AttributeValue::Bool(true));
            let sought = [("name", "Ada Lovelace"), ("email", ADDRESS)].map(|(name, it)| (name.to_owned(), string(it)));
            item.insert("erasing".into(), AttributeValue::M(sought.into()));
        })
        .await;
    let done = erase(&world, false).await;
    assert_eq!(done, Erasure { removed: Erased { profile: 0, ..ALL }, left: Vec::new() });
    let text = besides_texts(&world.items.dump().await).to_lowercase();
    assert!(!text.contains("lovelace") && !text.contains("erasing"), "{text}");
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn what_an_erasure_cannot_remove_is_told() {
    let world = world().await;
    world.items.change("SETTINGS", "SETTINGS", |item| drop(item.insert("audience".into(), string(ADDRESS)))).await;
    let done = erase(&world, false).await;
    assert_eq!((done.removed, done.left), (ALL, vec!["audience of an item in a partition SETTINGS".to_owned()]));
}
