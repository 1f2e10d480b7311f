//! The index of search is what an index built from nothing would be, however the table's stream is delivered.

use crate::world::{World, at, company, contact, event, ticket, ticket_id};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    catalog::TicketCategory,
    conversation::{Part, PartKind},
    history::{Actor, Change},
    id::{ConversationId, PartId, TeammateId},
    ticket::Ticket,
};
use futures::future::join_all;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{ConversationRecord, Document, Once, TicketWrite};

const TITLES: [&str; 4] = ["Label printer fails", "Badge scanner", "Printer prints twice", ""];
const HOMES: [Option<&str>; 3] = [Some("a"), Some("b"), None];

#[derive(Debug, Clone)]
enum Step {
    /// A ticket gets this title, and is in this company.
    Write { ticket: usize, title: usize, home: usize },
    /// A conversation is imported anew, with this participant and this beginning.
    Import { conversation: usize, who: usize, began: i64 },
    /// Somebody writes a note or a message.
    Say { conversation: usize, note: bool },
    /// A ticket gets a conversation, if both are there and neither has another.
    Link { ticket: usize, conversation: usize },
    /// Customers may see a ticket no more, or again.
    Hide { ticket: usize },
    /// What the stream says reaches readers: so many of its records at the same time, some of them twice, in this order.
    Deliver { order: Vec<prop::sample::Index>, at_once: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..3usize, 0..TITLES.len(), 0..3usize).prop_map(|(ticket, title, home)| Step::Write { ticket, title, home }),
        2 => (0..2usize, 0..3usize, 0..9i64).prop_map(|(conversation, who, began)| Step::Import { conversation, who, began }),
        2 => (0..2usize, any::<bool>()).prop_map(|(conversation, note)| Step::Say { conversation, note }),
        2 => (0..3usize, 0..2usize).prop_map(|(ticket, conversation)| Step::Link { ticket, conversation }),
        1 => (0..3usize).prop_map(|ticket| Step::Hide { ticket }),
        3 => (prop::collection::vec(any::<prop::sample::Index>(), 1..8), 1usize..4)
            .prop_map(|(order, at_once)| Step::Deliver { order, at_once }),
    ]
}

type Items = BTreeMap<(String, String), HashMap<String, AttributeValue>>;

fn is_entry(pk: &str) -> bool {
    pk.contains("FIND#") || pk.contains("KEPT#") || pk.starts_with("INBOX#")
}

/// The entries of search and of the inbox's lists, and where manifests say that they are.
async fn index(world: &World) -> (Items, BTreeSet<String>) {
    let (mut entries, mut told) = (Items::new(), BTreeSet::new());
    let mut items = world.client().scan().table_name("tickets").into_paginator().items().send();
    while let Some(item) = items.next().await {
        let item = item.unwrap();
        let [pk, sk] = ["pk", "sk"].map(|name| item[name].as_s().unwrap().clone());
        if is_entry(&pk) {
            entries.insert((pk, sk), item);
        } else if pk.starts_with("INDEXED#") {
            assert!(item.contains_key("digest"), "{pk} {sk} is not finished");
            for (sk, scopes) in item["places"].as_m().unwrap() {
                for (scope, lists) in scopes.as_m().unwrap() {
                    let place = |list: &AttributeValue| format!("{scope}{} {sk}", list.as_s().unwrap());
                    told.extend(lists.as_l().unwrap().iter().map(place));
                }
            }
        }
    }
    (entries, told)
}

/// Removes the index. Returns the keys of all other items.
async fn forget(world: &World) -> Vec<(String, String)> {
    let mut left = Vec::new();
    let mut items = world.client().scan().table_name("tickets").into_paginator().items().send();
    while let Some(item) = items.next().await {
        let item = item.unwrap();
        let [pk, sk] = ["pk", "sk"].map(|name| item[name].as_s().unwrap().clone());
        if is_entry(&pk) || pk.starts_with("INDEXED#") {
            let delete = world.client().delete_item().table_name("tickets").key("pk", item["pk"].clone());
            delete.key("sk", item["sk"].clone()).send().await.unwrap();
        } else {
            left.push((pk, sk));
        }
    }
    left
}

fn part(n: i64, kind: PartKind, millis: i64) -> Part {
    let author = Actor::Contact { id: contact("pa"), name: Some("Pa".into()) };
    Part { id: PartId::new(format!("p{n}")).unwrap(), kind, author, body: format!("printer {n} again"), at: at(millis) }
}

impl Step {
    async fn take(&self, world: &World, n: i64, pending: &mut Vec<(String, String)>) {
        match self {
            Self::Write { ticket: of, title, home } => {
                let id = format!("t{of}");
                let change = |it: &mut Ticket| {
                    it.row.title = TITLES[*title].into();
                    it.row.company = HOMES[*home].map(company);
                };
                match world.store.ticket(&ticket_id(&id)).await.unwrap() {
                    None => {
                        let mut it = ticket(&id, "pa", None, 1);
                        change(&mut it);
                        world.create(it).await;
                    }
                    Some(before) => {
                        let mut after = before.clone();
                        change(&mut after);
                        world.store.write_ticket(TicketWrite::replace(before, after, None)).await.unwrap();
                    }
                }
            }
            Self::Import { conversation, who, began } => {
                let record = ConversationRecord {
                    id: ConversationId::new(format!("c{conversation}")).unwrap(),
                    participants: [contact(["pa", "pb", "nobody"][*who])].into(),
                    parts: vec![part(0, PartKind::Message, 10 + began), part(1, PartKind::Note, 20)],
                    fingerprint: n.to_string(),
                };
                world.store.put_conversations(&[record]).await.unwrap();
            }
            Self::Say { conversation, note } => {
                let id = ConversationId::new(format!("c{conversation}")).unwrap();
                let there = world.store.imported_conversations(std::slice::from_ref(&id)).await.unwrap().remove(&id);
                // A message of a ticket's conversation changes the ticket, too, which is not what this is about.
                let is_linked = there.is_some_and(|it| it.ticket.is_some());
                let kind = if *note || is_linked { PartKind::Note } else { PartKind::Message };
                let once = Once { of: "x".into(), key: n.to_string(), fingerprint: "f".into(), at: at(n) };
                world.store.say(&id, &part(100 + n, kind, 100 + n), &once, None).await.unwrap();
            }
            Self::Link { ticket: of, conversation } => {
                let id = ConversationId::new(format!("c{conversation}")).unwrap();
                let before = world.store.ticket(&ticket_id(&format!("t{of}"))).await.unwrap();
                let there = world.store.imported_conversations(std::slice::from_ref(&id)).await.unwrap().remove(&id);
                if let (Some(before), Some(there)) = (before, there)
                    && before.conversation.is_none()
                    && there.ticket.is_none()
                {
                    let mut after = before.clone();
                    after.conversation = Some(id);
                    after.row.exchange = there.exchange.clone();
                    let write = TicketWrite::replace(before, after, None).heard(there.exchange);
                    world.store.write_ticket(write).await.unwrap();
                }
            }
            Self::Hide { ticket: of } => {
                if let Some(before) = world.store.ticket(&ticket_id(&format!("t{of}"))).await.unwrap() {
                    let mut after = before.clone();
                    after.row.category = match before.row.category {
                        TicketCategory::Customer => TicketCategory::Tracker,
                        _ => TicketCategory::Customer,
                    };
                    world.store.write_ticket(TicketWrite::replace(before, after, None)).await.unwrap();
                }
            }
            Self::Deliver { order, at_once } => {
                pending.extend(world.written());
                if pending.is_empty() {
                    return;
                }
                let mut taken = BTreeSet::new();
                let records: Vec<_> = order.iter().map(|it| it.index(pending.len())).collect();
                for some in records.chunks(*at_once) {
                    join_all(some.iter().map(|nth| deliver(world, &pending[*nth]))).await;
                    taken.extend(some.iter().copied());
                }
                // Every other one comes again later.
                let left = pending.drain(..).enumerate().filter(|(nth, _)| !taken.contains(nth) || nth % 2 == 0);
                *pending = left.map(|(_, key)| key).collect();
            }
        }
    }
}

async fn deliver(world: &World, (pk, sk): &(String, String)) {
    if let Some(document) = Document::at(pk, sk).unwrap() {
        world.store.index(&document).await.unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_index_is_one_built_from_nothing_however_late_often_and_out_of_order_the_stream_is(
        steps in prop::collection::vec(step(), 1..14),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new().await;
            for (id, of) in [("pa", "a"), ("pb", "b")] {
                world.person(id, &[of]).await;
            }
            let mut pending = Vec::new();
            for (n, step) in steps.iter().enumerate() {
                let n = i64::try_from(n).unwrap();
                if let Step::Say { conversation, .. } = step {
                    let first = Step::Import { conversation: *conversation, who: 0, began: 5 };
                    let id = ConversationId::new(format!("c{conversation}")).unwrap();
                    if world.store.imported_conversations(&[id]).await.unwrap().is_empty() {
                        first.take(&world, n, &mut pending).await;
                    }
                }
                step.take(&world, n, &mut pending).await;
            }
            pending.extend(world.written());
            pending.reverse();
            for key in &pending {
                deliver(&world, key).await;
            }
            // Whoever links takes no participants along here, which is another finding.
            world.assert_search_is_right().await;
            let (entries, told) = index(&world).await;
            let places: BTreeSet<_> = entries.keys().map(|(pk, sk)| format!("{pk} {sk}")).collect();
            assert!(told == places, "{steps:?}");
            for key in forget(&world).await {
                deliver(&world, &key).await;
            }
            assert!(index(&world).await.0 == entries, "{steps:?}");
        });
    }
}

#[tokio::test]
async fn an_entry_of_a_ticket_that_is_gone_goes_with_it() {
    let world = World::new().await;
    world.create(ticket("t1", "pa", Some("a"), 1)).await;
    world.fed().await;
    assert!(!index(&world).await.0.is_empty());
    for sk in ["BODY", "MARK"] {
        let of_ticket = AttributeValue::S("TICKET#t1#".into());
        let delete = world.client().delete_item().table_name("tickets").key("pk", of_ticket);
        delete.key("sk", AttributeValue::S(sk.into())).send().await.unwrap();
        deliver(&world, &("TICKET#t1#".into(), sk.into())).await;
    }
    assert!(index(&world).await.0.is_empty());
}

#[tokio::test]
async fn an_item_that_cannot_be_read_is_refused_and_keeps_no_other_back() {
    let world = World::new().await;
    for id in ["t1", "t2"] {
        world.create(ticket(id, "pa", Some("a"), 1)).await;
    }
    let update = world.client().update_item().table_name("tickets").key("pk", AttributeValue::S("TICKET#t1#".into()));
    let update = update.key("sk", AttributeValue::S("BODY".into())).update_expression("SET title = :n");
    update.expression_attribute_values(":n", AttributeValue::N("1".into())).send().await.unwrap();
    assert!(world.store.index(&Document::Ticket(ticket_id("t1"))).await.is_err());
    world.store.index(&Document::Ticket(ticket_id("t2"))).await.unwrap();
    assert!(!index(&world).await.0.is_empty());
    assert!(Document::at("TICKET##", "BODY").is_err());
    for (pk, sk) in [
        ("TICKET#t1#", "CONVERSATION"),
        ("COMPANY#a#", "MARK"),
        ("INDEXED#TICKET#t1#", "BODY"),
        ("COMPANY#a#", "TICKET#t1#"),
        ("", ""),
    ] {
        assert_eq!(Document::at(pk, sk).unwrap(), None, "{pk} {sk}");
    }
}

#[tokio::test]
async fn what_stays_as_it_was_is_not_written_again() {
    let world = World::new().await;
    let it = world.create(ticket("t1", "pa", Some("a"), 1)).await;
    world.fed().await;
    let mut after = it.clone();
    after.assignee = Some(TeammateId::new("t-1").unwrap());
    world.store.write_ticket(TicketWrite::replace(it, after, [event(Change::Created)])).await.unwrap();
    let document = Document::Ticket(ticket_id("t1"));
    let (_, usage) = store::metered("test", world.store.index(&document)).await;
    assert_eq!(usage.write_units, 0.0, "{usage:?}");
}
