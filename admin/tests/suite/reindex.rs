//! An index of search that is wrong is found, and written anew.

use crate::world::{Item, Items, World, line, lines, string, text};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{catalog::Catalog, filter::Filter, id::CompanyId, order::Order, search::Query};
use serde_json::json;
use std::collections::BTreeMap;
use store::{CompanyFilter, Hit, Reindexed, SearchQuery, Store};
use witness::Dynamo;

const LISTED: (&str, &str) = ("COMPANY#acme#FIND#tic#", "2026-10-01T09:00:00.000Z#TICKET#tk-1#");
/// More than a partition takes in a second, when each is taken from one place and put in another.
const NOTES: usize = 700;
const TICKET: &str = "ticket tk-1: search does not have it right";

async fn found(world: &World, text: &str) -> Vec<String> {
    let query = SearchQuery {
        query: Query::parse(text),
        company: CompanyFilter::Any,
        filter: Filter::default(),
        order: Order::default(),
        kind: None,
        after: None,
        limit: 20,
    };
    world.dynamo.settle();
    let page = world.store.search(&query, &Catalog::default()).await.unwrap();
    page.hits
        .iter()
        .map(|(hit, _)| match hit {
            Hit::Ticket(row) => row.id.to_string(),
            Hit::Conversation(head) => head.id.to_string(),
        })
        .collect()
}

/// The companies and people of the world.
const NAMES: u64 = 5;

/// Demands that reindexing mends a table whose index has been made wrong.
async fn mended(world: &World, strays: u64) {
    assert_ne!(world.findings().await, [""; 0]);
    let before = world.items.dump().await;
    for dry_run in [true, false] {
        let done = world.store.reindex(dry_run, |_| {}).await.unwrap();
        assert_eq!(done, Reindexed { tickets: 5, conversations: 1, names: NAMES, strays, ..Reindexed::default() });
        assert_eq!(world.items.dump().await == before, dry_run, "only a dry run writes nothing");
    }
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn an_import_can_be_searched() {
    let world = World::filled().await;
    assert_eq!(found(&world, "ticket").await.len(), 5);
    assert_eq!(found(&world, "ada fails").await, ["tk-5", "tk-1"], "its description, a message of its conversation");
    assert_eq!(found(&world, "again").await, ["tk-1"], "a note");
    assert_eq!(found(&world, "ada acme 7").await, ["tk-1"]);
}

#[tokio::test]
async fn a_missing_a_changed_and_a_stray_item_are_found_and_mended() {
    let world = World::filled().await;
    world.items.delete(LISTED.0, LISTED.1).await;
    assert_eq!(world.findings().await, [TICKET]);
    mended(&world, 0).await;

    for name in ["spots", "view", "by_updated", "company"] {
        world.items.change(LISTED.0, LISTED.1, |item| drop(item.insert(name.into(), string("other")))).await;
        let findings = world.findings().await;
        assert!(findings.len() == 2 || findings == [TICKET], "{name}: {findings:?}");
        mended(&world, 0).await;
    }

    let mut stray = world.items.get(LISTED.0, LISTED.1).await.unwrap();
    stray.insert("pk".into(), string("COMPANY#beta#FIND#tic#"));
    world.items.put(stray.clone()).await;
    assert_eq!(world.findings().await, [TICKET]);
    stray.insert("sk".into(), string("2026-10-01T09:00:00.000Z#TICKET#gone#"));
    world.items.put(stray).await;
    mended(&world, 2).await;
}

#[tokio::test]
async fn what_is_right_is_left_as_it_is() {
    let world = World::filled().await;
    let before = world.items.dump().await;
    let done = world.store.reindex(false, |_| {}).await.unwrap();
    assert_eq!(done, Reindexed { tickets: 5, conversations: 1, names: NAMES, ..Reindexed::default() });
    assert_eq!(world.items.dump().await, before);
}

#[tokio::test]
async fn a_manifest_that_does_not_name_its_places_is_found_and_mended() {
    let world = World::filled().await;
    let manifest = async || world.items.get("INDEXED#TICKET#tk-1#", "BODY").await.unwrap();
    let before = manifest().await;
    let nowhere = AttributeValue::M(Default::default());
    world.items.change("INDEXED#TICKET#tk-1#", "BODY", |item| drop(item.insert("places".into(), nowhere))).await;
    mended(&world, 0).await;
    assert_eq!(manifest().await["places"], before["places"]);
}

#[tokio::test]
async fn a_wrong_index_of_a_conversation_is_found_and_mended() {
    let world = World::filled().await;
    let keys = world.items.dump().await.into_keys();
    let note: Vec<_> = keys.filter(|key| key.starts_with("COMPANY#acme#KEPT#aga# ") && key.contains("NOTE#")).collect();
    let [note] = note.as_slice() else { panic!("{note:?}") };
    let note = note.split_once(' ').unwrap();
    let mut stray = world.items.get(note.0, note.1).await.unwrap();
    world.items.delete(note.0, note.1).await;
    assert_eq!(world.findings().await, [TICKET]);
    mended(&world, 0).await;
    stray.insert("pk".into(), string("COMPANY#beta#KEPT#aga#"));
    world.items.put(stray).await;
    assert_eq!(world.findings().await, [TICKET]);
    mended(&world, 1).await;
}

#[tokio::test]
async fn a_table_of_an_earlier_version_becomes_searchable() {
    let world = World::filled().await;
    for (key, item) in world.items.dump().await {
        let (pk, sk) = key.split_once(' ').unwrap();
        if key.contains("FIND#") || key.contains("KEPT#") || key.starts_with("INDEXED#") {
            world.items.delete(pk, sk).await;
        } else if sk == "BODY" || (sk == "CONVERSATION" && item.contains_key("words")) {
            let new = ["company_name", "words", "companies", "started", "started_by", "title"];
            let of_head = sk == "CONVERSATION";
            world
                .items
                .change(pk, sk, |item| {
                    item.retain(|name, _| !new.contains(&name.as_str()) || (!of_head && name == "title"))
                })
                .await;
        }
    }
    assert_eq!(found(&world, "ticket").await, [""; 0]);
    mended(&world, 0).await;
    assert_eq!(found(&world, "ticket acme").await.len(), 2);
    assert_eq!(found(&world, "again").await, ["tk-1"]);
}

#[tokio::test]
async fn entries_by_which_people_and_companies_are_found_are_checked_and_mended() {
    let world = World::filled().await;
    let found = async |typed: &str| -> Vec<String> {
        let found = world.store.people_called(typed, 20).await.unwrap();
        found.into_iter().map(|(contact, _)| contact.id.to_string()).collect()
    };
    let all = found("acm").await;
    assert!(!all.is_empty(), "by company");
    let entries = || async {
        let items = world.items.dump().await.into_iter();
        items.filter(|(key, _)| key.starts_with("PEOPLE#") || key.starts_with("COMPANIES#")).collect::<Vec<_>>()
    };
    // As earlier versions left it.
    for (key, _) in entries().await {
        let (pk, sk) = key.split_once(' ').unwrap();
        world.items.delete(pk, sk).await;
    }
    assert_eq!(found("acm").await, all, "whole names are still found");
    assert!(world.findings().await.iter().any(|it| it.contains("not found by exactly what they are called")));
    mended(&world, 0).await;
    assert!(!entries().await.is_empty());

    let (key, entry) = entries().await.into_iter().next().unwrap();
    let mut stray: Item = entry.into_iter().collect();
    stray.insert("sk".into(), string("other#whoever#"));
    world.items.put(stray).await;
    mended(&world, 1).await;
    let (pk, sk) = key.split_once(' ').unwrap();
    world.items.change(pk, sk, |item| drop(item.insert("words".into(), string("other")))).await;
    mended(&world, 0).await;
}

#[tokio::test]
async fn counters_that_are_wrong_are_mended_and_those_of_an_earlier_version_count() {
    let world = World::filled().await;
    let counted = async |id: &str| {
        let tally = world.store.company_file(&CompanyId::new(id).unwrap()).await.unwrap().unwrap().tally;
        (tally.visible.all, tally.hidden.all)
    };
    let (acme, beta) = (counted("acme").await, counted("beta").await);
    // An earlier version has all of Acme's counters in the company's record, and none in shards.
    let mut sums = BTreeMap::new();
    for (pk, sk) in world.shards("acme").await {
        for (name, value) in world.items.get(&pk, &sk).await.unwrap() {
            if let Ok(number) = value.as_n() {
                *sums.entry(name).or_insert(0) += number.parse::<i64>().unwrap();
            }
        }
        world.items.delete(&pk, &sk).await;
    }
    let long = |name: &str| match name {
        "vs" => "visible_submitted".into(),
        "hs" => "hidden_submitted".into(),
        name => name.to_owned(),
    };
    let numbers = sums.into_iter().map(|(name, sum)| (long(&name), AttributeValue::N(sum.to_string())));
    world.items.change("COMPANY#acme#", "COMPANY", |item| item.extend(numbers)).await;
    assert_eq!((world.findings().await, counted("acme").await), (vec![], acme));

    let number = |number: i64| AttributeValue::N(number.to_string());
    world
        .items
        .change("COMPANY#acme#", "COMPANY", |item| drop(item.insert("visible_resolved".into(), number(7))))
        .await;
    let (pk, sk) = world.shards("beta").await.remove(0);
    world.items.change(&pk, &sk, |item| drop(item.insert("vw".into(), number(-3)))).await;
    assert_eq!(world.findings().await.len(), 2);
    for dry_run in [true, false] {
        assert_eq!(world.store.reindex(dry_run, |_| {}).await.unwrap().recounted, 2);
    }
    assert_eq!(world.findings().await, [""; 0]);
    assert_eq!((counted("acme").await, counted("beta").await), (acme, beta));
}

#[tokio::test]
async fn a_renamed_company_is_found_after_reindexing_and_so_it_is_after_an_import() {
    let world = World::filled().await;
    let acme = CompanyId::new("acme").unwrap();
    world.store.put_company(&acme, "Zeta", &Default::default()).await.unwrap();
    assert_eq!(world.findings().await, [""; 0], "names are those of the last write");
    let version = |item: aws_sdk_dynamodb::types::AttributeValue| item.as_n().unwrap().clone();
    for (expected, _) in [("2", "renamed"), ("2", "done again")] {
        world.store.reindex(false, |_| {}).await.unwrap();
        assert_eq!(found(&world, "zeta ticket").await.len(), 2);
        assert_eq!(found(&world, "acme").await, [""; 0]);
        let body = world.items.get("TICKET#tk-1#", "BODY").await.unwrap();
        assert_eq!(version(body["version"].clone()), expected);
        assert_eq!(world.findings().await, [""; 0]);
    }
    let mut lines = lines();
    line(&mut lines, "company", "acme")["name"] = "Omega".into();
    world.load(&lines).await;
    assert_eq!(found(&world, "omega ticket").await.len(), 2);
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn an_inbox_that_its_index_does_not_have_yet_is_not_counted_by_it() {
    let dynamo = Dynamo::witnessed().await;
    let store = dynamo.store().patient();
    store.create_table().await.unwrap();
    assert_eq!(import::import_text(&store, &text(&lines())).await.unwrap().refusals, []);
    let done = store.reindex(false, |_| {}).await.unwrap();
    dynamo.feed(&store).await;
    assert_eq!(store.check(|_| {}).await.unwrap().findings, []);
    assert!(!done.inbox, "there was nothing to mend");
}

#[tokio::test]
async fn notes_of_an_older_version_are_moved_at_the_pace_that_a_partition_takes() {
    let dynamo = Dynamo::witnessed().await;
    let watched = dynamo.store().patient();
    watched.create_table().await.unwrap();
    let (filler, items) = (Store::at(&dynamo.unwatched(), "tickets"), Items::at(&dynamo.unwatched(), "tickets"));
    let note = |n: usize| {
        json!({"id": format!("n-{n}"), "type": "note", "author": {"teammate": "grace@vendor.example"}, "body": "again",
            "at": format!("2026-10-01T{:02}:{:02}:00Z", n / 60, n % 60)})
    };
    let mut lines = lines();
    let parts = line(&mut lines, "conversation", "c-1")["parts"].as_array_mut().unwrap();
    parts.extend((0..NOTES).map(note));
    assert_eq!(import::import_text(&filler, &text(&lines)).await.unwrap().refusals, []);
    // An older version put notes among the messages.
    let notes = items.dump().await.into_values().filter(|it| it["sk"].as_s().unwrap().starts_with("NOTE#"));
    let notes: Vec<_> = notes.filter(|it| it["pk"] == string("CONVERSATION#c-1#")).collect();
    assert!(notes.len() > NOTES);
    for note in &notes {
        let (pk, sk) = (note["pk"].as_s().unwrap(), note["sk"].as_s().unwrap());
        items.delete(pk, sk).await;
        let mut among = note.clone();
        among.insert("sk".into(), string(&sk.replace("NOTE#", "PART#")));
        items.put(among.into_iter().collect()).await;
    }
    assert_eq!(watched.reindex(false, |_| {}).await.unwrap().conversations, 1);
    let placed = items.dump().await.into_keys().filter(|key| key.starts_with("CONVERSATION#c-1# NOTE#")).count();
    assert_eq!(placed, notes.len());
    dynamo.feed(&filler).await;
    assert_eq!(filler.check(|_| {}).await.unwrap().findings, []);
}
