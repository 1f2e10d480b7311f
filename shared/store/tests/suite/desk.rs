//! What teammates' writes depend on: requests that happen only once, numbers, names, members, links, and who sees what.

use crate::world::{World, at, company, contact, event, ticket, ticket_id};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    condition::{Condition, Subject, Test},
    contact::Contact,
    conversation::{Part, PartKind},
    history::{Actor, Change},
    id::{ConversationId, PartId, TeammateId},
    limit::LARGEST_NUMBER,
    settings::Visibility,
    ticket::Ticket,
};
use futures::future::join_all;
use std::collections::{BTreeMap, BTreeSet};
use store::{ConversationRecord, Listed, Names, Once, TicketWrite, WriteError};

fn once(key: &str, fingerprint: &str) -> Once {
    Once { of: "teammate t-1".into(), key: key.into(), fingerprint: fingerprint.into(), at: at(0) }
}

fn conversation(id: &str) -> ConversationId {
    ConversationId::new(id).unwrap()
}

fn create(it: Ticket) -> TicketWrite {
    TicketWrite::create(it, event(Change::Created))
}

fn part(id: &str, millis: i64, kind: PartKind) -> Part {
    let author = Actor::Teammate { id: TeammateId::new("t-1").unwrap(), name: None };
    Part { id: PartId::new(id).unwrap(), kind, author, body: id.into(), at: at(millis) }
}

impl World {
    async fn talk(&self, id: &str, participants: &[&str]) {
        let record = ConversationRecord {
            id: conversation(id),
            participants: participants.iter().map(|id| contact(id)).collect(),
            parts: Vec::new(),
            fingerprint: String::new(),
        };
        self.store.put_conversations(&[record]).await.unwrap();
    }

    /// Links the ticket to a conversation.
    async fn link(&self, before: &Ticket, to: &str, participants: &[&str]) -> Result<Ticket, WriteError> {
        let mut after = before.clone();
        after.conversation = Some(conversation(to));
        let write = TicketWrite::replace(before.clone(), after, None);
        self.store.write_ticket(write.among(participants.iter().map(|id| contact(id)).collect())).await
    }

    /// Returns whether a contact has the ticket in their tickets space as its creator, and whether as a participant.
    async fn in_space(&self, who: &str, ticket: &str) -> Option<(bool, bool)> {
        let get = self.client().get_item().table_name("tickets");
        let get = get.key("pk", AttributeValue::S(format!("CONTACT#{who}#")));
        let item = get.key("sk", AttributeValue::S(format!("SPACE#{ticket}#"))).send().await.unwrap().item?;
        let participating = item.get("participating").is_some_and(|it| *it.as_bool().unwrap());
        Some((item["role"].as_s().unwrap() == "creator", participating))
    }

    async fn listed(&self, list: Names, prefix: &str) -> Vec<String> {
        let page = self.store.names(list, prefix, None, 100).await.unwrap();
        page.entries.into_iter().map(|it| it.name.or(it.email).unwrap_or(it.id)).collect()
    }
}

#[tokio::test]
async fn a_request_that_is_sent_again_writes_nothing() {
    let world = World::new().await;
    let first = once("k", "the same");
    assert_eq!(world.store.done(&first).await.unwrap(), None);
    world.store.write_ticket_once(create(ticket("t1", "ada", Some("a"), 1)), Some(&first)).await.unwrap();
    let again = world.store.write_ticket_once(create(ticket("t2", "ada", Some("a"), 1)), Some(&first)).await;
    assert!(matches!(again, Err(WriteError::Repeated)), "{again:?}");
    assert_eq!(world.store.ticket(&ticket_id("t2")).await.unwrap(), None);
    let done = world.store.done(&once("k", "another")).await.unwrap().unwrap();
    assert_eq!((done.outcome.as_str(), done.fingerprint.as_str()), ("t1", "the same"), "whoever asks compares");
    let other = Once { of: "teammate t-2".into(), ..first };
    assert_eq!(world.store.done(&other).await.unwrap(), None, "a key belongs to its sender");
    world.assert_clean().await;
}

#[tokio::test]
async fn a_request_that_is_refused_can_be_sent_again() {
    let world = World::new().await;
    let key = once("k", "x");
    let nowhere = world.store.write_ticket_once(create(ticket("t1", "ada", Some("nowhere"), 1)), Some(&key)).await;
    assert!(matches!(nowhere, Err(WriteError::UnknownCompany)), "{nowhere:?}");
    assert_eq!(world.store.done(&key).await.unwrap(), None);
    world.store.write_ticket_once(create(ticket("t1", "ada", Some("a"), 1)), Some(&key)).await.unwrap();
}

#[tokio::test]
async fn numbers_are_handed_out_once_and_never_go_back() {
    let world = World::new().await;
    let mut numbers =
        join_all((0..20).map(|_| world.store.next_number())).await.into_iter().collect::<Result<Vec<_>, _>>().unwrap();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
    for (skipped, next) in [(100, 101), (50, 102), (102, 103), (103, 104)] {
        world.store.skip_numbers([skipped]).await.unwrap();
        assert_eq!(world.store.next_number().await.unwrap(), next, "after {skipped}");
    }
}

#[tokio::test]
async fn no_number_that_an_import_brings_uses_up_the_others() {
    let world = World::new().await;
    world.store.skip_numbers([7, LARGEST_NUMBER, u64::MAX, 1 << 52]).await.unwrap();
    assert_eq!(world.store.next_number().await.unwrap(), 8);
    world.store.skip_numbers([LARGEST_NUMBER]).await.unwrap();
    assert_eq!(world.store.next_number().await.unwrap(), 9);
}

/// Earlier versions let an import put it there.
#[tokio::test]
async fn a_counter_beyond_all_numbers_goes_on_with_numbers_that_clients_can_hold() {
    let world = World::new().await;
    for beyond in [LARGEST_NUMBER.to_string(), u64::MAX.to_string(), "9".repeat(20)] {
        let put = world.client().put_item().table_name("tickets").item("pk", AttributeValue::S("SETTINGS".into()));
        let put = put.item("sk", AttributeValue::S("NUMBER".into()));
        put.item("handed_out", AttributeValue::N(beyond.clone())).send().await.unwrap();
        let numbers = join_all((0..8).map(|_| world.store.next_number())).await;
        let mut numbers = numbers.into_iter().collect::<Result<Vec<_>, _>>().unwrap();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 8, "after {beyond}");
        assert!(numbers.iter().all(|it| *it <= LARGEST_NUMBER), "after {beyond}: {numbers:?}");
    }
}

#[tokio::test]
async fn names_are_listed_in_their_order_whatever_the_case() {
    let world = World::new().await;
    for (id, name) in [("x1", "beta works"), ("x2", "Älv"), ("x3", "Alpha"), ("x4", "alpha"), ("x5", "Alp#ine")] {
        world.store.put_company(&company(id), name, &BTreeMap::new()).await.unwrap();
    }
    let all = world.listed(Names::Companies, "").await;
    assert_eq!(all, ["A", "Alp#ine", "Alpha", "alpha", "B", "beta works", "C", "Älv"]);
    assert_eq!(world.listed(Names::Companies, "ALPH").await, ["Alpha", "alpha"]);
    assert_eq!(world.listed(Names::Companies, "ä").await, ["Älv"]);
    assert_eq!(world.listed(Names::Companies, "zz").await, [""; 0]);

    let (mut walked, mut after) = (Vec::new(), None);
    loop {
        let page = world.store.names(Names::Companies, "", after.as_deref(), 3).await.unwrap();
        walked.extend(page.entries.into_iter().filter_map(|it| it.name));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(walked, all);
}

#[tokio::test]
async fn a_new_name_moves_the_entry() {
    let world = World::new().await;
    world.store.put_company(&company("a"), "Zeta", &BTreeMap::new()).await.unwrap();
    assert_eq!(world.listed(Names::Companies, "").await, ["B", "C", "Zeta"]);
    let mut person =
        Contact { name: Some("Ann".into()), email: Some("z@x.example".into()), ..Contact::unrecorded(contact("p")) };
    let none = BTreeSet::new();
    world.store.put_contact(&person, &none).await.unwrap();
    assert_eq!(world.listed(Names::People, "ann").await, ["Ann"]);
    person.name = None;
    world.store.put_contact(&person, &none).await.unwrap();
    assert_eq!(world.listed(Names::People, "").await, ["z@x.example"]);
    person.email = None;
    world.store.put_contact(&person, &none).await.unwrap();
    let page = world.store.names(Names::People, "", None, 9).await.unwrap();
    assert_eq!(page.entries, [Listed { id: "p".into(), name: None, email: None }]);
}

#[tokio::test]
async fn renames_at_once_leave_one_entry() {
    let world = World::new().await;
    let names: Vec<_> = (0..6).map(|n| format!("Name {n}")).collect();
    let own = BTreeMap::new();
    let id = company("a");
    let renames = join_all(names.iter().map(|name| world.store.put_company(&id, name, &own))).await;
    assert!(renames.iter().all(Result::is_ok), "{renames:?}");
    assert_eq!(world.listed(Names::Companies, "name").await.len(), 1);
}

#[tokio::test]
async fn members_come_page_by_page_in_the_order_of_their_ids() {
    let world = World::new().await;
    let ids: Vec<_> = (0..25).map(|n| format!("m-{n:02}")).collect();
    for id in &ids {
        world.person(id, &["a"]).await;
    }
    world.person("other", &["b"]).await;
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let (page, next) = world.store.members(&company("a"), after.as_ref(), 10).await.unwrap();
        assert!(page.len() <= 10);
        seen.extend(page.into_iter().map(|it| it.id.to_string()));
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ids);
}

#[tokio::test]
async fn a_move_changes_sight_for_those_who_are_in_one_company_alone() {
    let world = World::new().await;
    for (id, companies) in [("ada", &["a"][..]), ("bob", &["b"]), ("cem", &["a", "b"]), ("dan", &["a"])] {
        world.person(id, companies).await;
    }
    let it = world.create(ticket("t1", "dan", Some("a"), 1)).await;
    let change = async |to: Option<&str>, setting: &Visibility| {
        let change =
            world.store.sight_change(&it.row, &BTreeSet::new(), to.map(company).as_ref(), setting).await.unwrap();
        let ids = |people: store::People| people.into_keys().map(|id| id.to_string()).collect::<Vec<_>>().join(" ");
        (ids(change.gains), ids(change.loses))
    };
    let all = Visibility::default();
    assert_eq!(change(Some("b"), &all).await, ("bob".into(), "ada".into()), "its creator and who is in both keep it");
    assert_eq!(change(None, &all).await, (String::new(), "ada cem".into()));
    assert_eq!(change(Some("a"), &all).await, (String::new(), String::new()));
    let own = Visibility { restrict: true, conditions: Vec::new() };
    assert_eq!(change(Some("b"), &own).await, (String::new(), String::new()));
    let cem_only_own = Condition { subject: Subject::Contact, attribute: "id".into(), test: Test::Is("cem".into()) };
    let some = Visibility { restrict: true, conditions: vec![cem_only_own] };
    assert_eq!(change(None, &some).await, (String::new(), "ada".into()));

    let mut hidden = it.clone();
    hidden.row.category = domain::catalog::TicketCategory::Tracker;
    let none = world.store.sight_change(&hidden.row, &BTreeSet::new(), Some(&company("b")), &all).await.unwrap();
    assert!(none.gains.is_empty() && none.loses.is_empty(), "{none:?}");
}

#[tokio::test]
async fn a_message_is_said_once_and_over_the_ticket_that_was_read() {
    let world = World::new().await;
    world.talk("c", &["ada"]).await;
    let created = world.create(ticket("t1", "ada", Some("a"), 1)).await;
    let linked = world.link(&created, "c", &["ada"]).await.unwrap();
    let message = part("p1", 50, PartKind::Message);
    let touched = |before: &Ticket| {
        let mut after = before.clone();
        after.say(&message);
        Some(TicketWrite::replace(before.clone(), after, None))
    };
    let key = once("m", "x");
    let id = conversation("c");
    let stale = world.store.say(&id, &message, &key, touched(&created)).await;
    assert!(matches!(stale, Err(WriteError::Stale)), "{stale:?}");
    assert_eq!(world.store.thread(&id, None, 9).await.unwrap().parts, []);
    assert_eq!(world.store.done(&key).await.unwrap(), None, "it can be tried again");

    world.store.say(&id, &message, &key, touched(&linked)).await.unwrap();
    let now = world.store.ticket(&ticket_id("t1")).await.unwrap().unwrap();
    assert_eq!((now.version, now.row.updated_at), (linked.version + 1, at(50)));
    let again = world.store.say(&id, &part("p2", 60, PartKind::Message), &key, touched(&now)).await;
    assert!(matches!(again, Err(WriteError::Repeated)), "{again:?}");
    assert_eq!(world.store.thread(&id, None, 9).await.unwrap().parts, std::slice::from_ref(&message));
    let outcome = world.store.done(&key).await.unwrap().unwrap().outcome;
    assert_eq!(world.store.said(&id, &outcome).await.unwrap(), Some(message));
    world.assert_clean().await;
}

#[tokio::test]
async fn a_thread_is_read_backwards_page_by_page() {
    let world = World::new().await;
    world.talk("c", &[]).await;
    for n in 0..7 {
        // Three of the parts are written in the same millisecond.
        let it = part(&format!("p{n}"), [1, 2, 2, 2, 3, 4, 5][n], PartKind::Note);
        world.store.say(&conversation("c"), &it, &once(&format!("k{n}"), "x"), None).await.unwrap();
    }
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = world.store.thread(&conversation("c"), before.as_ref(), 2).await.unwrap();
        seen.splice(0..0, page.parts.into_iter().map(|it| it.id.to_string()));
        before = page.earlier;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["p0", "p1", "p2", "p3", "p4", "p5", "p6"]);
}

#[tokio::test]
async fn a_conversation_is_linked_to_one_ticket_however_many_try_at_once() {
    let world = World::new().await;
    world.talk("c", &["ada", "bob"]).await;
    let tickets = join_all((0..6).map(|n| world.create(ticket(&format!("t{n}"), "ada", Some("a"), 1)))).await;
    let results = join_all(tickets.iter().map(|it| world.link(it, "c", &["ada", "bob"]))).await;
    assert_eq!(results.iter().filter(|it| it.is_ok()).count(), 1);
    assert!(results.iter().all(|it| matches!(it, Ok(_) | Err(WriteError::Linked))), "{results:?}");
    let linked = results.into_iter().find_map(Result::ok).unwrap().row.id;
    assert_eq!(world.store.ticket_of(&conversation("c")).await.unwrap(), Some(linked));
    let nowhere = world.link(&tickets[0], "missing", &[]).await;
    assert!(matches!(nowhere, Err(WriteError::Linked | WriteError::Stale)), "{nowhere:?}");
    world.assert_clean().await;
}

#[tokio::test]
async fn a_link_brings_the_ticket_to_every_participant_and_keeps_its_creator() {
    let world = World::new().await;
    let many: Vec<_> = (0..150).map(|n| format!("p{n}")).collect();
    let participants: Vec<_> = many.iter().map(String::as_str).chain(["ada"]).collect();
    world.talk("c", &participants).await;
    let created = world.create(ticket("t1", "ada", Some("a"), 1)).await;
    world.link(&created, "c", &participants).await.unwrap();
    for (id, creator) in [("p0", false), ("p149", false), ("ada", true)] {
        let (created, participating) = world.in_space(id, "t1").await.unwrap();
        assert_eq!((created, participating), (creator, true), "{id}");
    }
    assert_eq!(world.in_space("bob", "t1").await, None);
    world.assert_clean().await;
}

#[tokio::test]
async fn another_requester_takes_the_ticket_over_and_a_participant_keeps_an_entry() {
    let world = World::new().await;
    world.talk("c", &["ada"]).await;
    let created = world.create(ticket("t1", "ada", Some("a"), 1)).await;
    let linked = world.link(&created, "c", &["ada"]).await.unwrap();
    let requested_by = |before: &Ticket, who: &str| {
        let mut after = before.clone();
        after.row.requester = contact(who);
        TicketWrite::replace(before.clone(), after, None).among(BTreeSet::from([contact("ada")]))
    };
    let bobs = world.store.write_ticket(requested_by(&linked, "bob")).await.unwrap();
    assert_eq!(world.in_space("ada", "t1").await, Some((false, true)), "she still takes part");
    assert_eq!(world.in_space("bob", "t1").await, Some((true, false)));
    world.assert_clean().await;
    let cems = world.store.write_ticket(requested_by(&bobs, "cem")).await.unwrap();
    assert_eq!(world.in_space("bob", "t1").await, None, "he never took part");
    world.store.write_ticket(requested_by(&cems, "ada")).await.unwrap();
    assert_eq!(world.in_space("ada", "t1").await, Some((true, true)));
    world.assert_clean().await;
}

#[tokio::test]
async fn a_company_is_given_only_while_somebody_is_in_it() {
    let world = World::new().await;
    world.person("ada", &["a"]).await;
    let through = |id: &str| create(ticket(id, "ada", Some("a"), 1)).through(Some(contact("ada")));
    world.store.write_ticket(through("t1")).await.unwrap();
    assert!(world.store.remove_membership(&contact("ada"), &company("a")).await.unwrap());
    let left = world.store.write_ticket(through("t2")).await;
    assert!(matches!(left, Err(WriteError::Left)), "{left:?}");
    assert_eq!(world.store.ticket(&ticket_id("t2")).await.unwrap(), None);
    assert!(!world.store.remove_membership(&contact("ada"), &company("a")).await.unwrap());
    world.assert_clean().await;
}
