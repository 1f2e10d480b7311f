//! What reads cost, in calls and read units: bounds that hold however much there is.

use crate::world::{World, at, company, contact, event, granted, ticket, ticket_id, visitor};
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use domain::{
    conversation::{Part, PartKind},
    history::{Actor, Change, Event},
    id::{ContactId, ConversationId, PartId, StateId, TeammateId, TypeId},
    settings::Visibility,
    state::StateCategory,
    ticket::{Boundary, Ticket, TicketRow},
    turn::Who,
};
use futures::future::join_all;
use std::collections::{BTreeSet, HashMap};
use store::{
    Behind, CompanyFilter, ConversationPage, ConversationRecord, Document, Door, History, InboxQuery, Messages, Once,
    Participation, Past, SpacePage, TicketWrite, Usage, metered,
};

/// Puts items into the table, 25 a request.
async fn fill(world: &World, items: Vec<HashMap<String, AttributeValue>>) {
    let client = world.client();
    for some in items.chunks(25) {
        let put = |item: &HashMap<String, AttributeValue>| {
            let put = PutRequest::builder().set_item(Some(item.clone())).build().unwrap();
            WriteRequest::builder().put_request(put).build()
        };
        client.batch_write_item().request_items("tickets", some.iter().map(put).collect()).send().await.unwrap();
    }
}

#[tokio::test]
async fn a_page_of_the_inbox_costs_the_same_with_thousands_in_it() {
    let world = World::new().await;
    let mut items = Vec::new();
    for n in 0..3000 {
        let of = ["a", "b", "c", "a", "c", "a", "c", "a", "c", "a"][n % 10];
        let mut it = ticket(&format!("t{n}"), "eve", Some(of), i64::try_from(n).unwrap());
        it.row.title = "Label printer in hall 3 prints every second label twice".into();
        it.company_name = Some(of.to_uppercase());
        it.assignee = (n % 5 > 0).then(|| TeammateId::new(format!("t-{}", n % 50)).unwrap());
        let part = Part {
            id: PartId::new("p").unwrap(),
            kind: PartKind::Message,
            author: Actor::Contact { id: contact("eve"), name: Some("Eve".into()) },
            body: "Since the update of last week it happens with every label, and not only in hall 3. ".repeat(3),
            at: at(i64::try_from(n).unwrap()),
        };
        it.say(&part);
        // Of the world's items only those of the inbox count here.
        let of_ticket = world.store.items_of(TicketWrite::create(it, event(Change::Created))).unwrap();
        items.extend(of_ticket.into_iter().filter(|item| item["sk"] == AttributeValue::S("MARK".into())));
    }
    let of_b = AttributeValue::S("b".into());
    let of_b: Vec<_> = items.iter().filter(|item| item.get("company") == Some(&of_b)).collect();
    let of_b: Vec<_> = of_b.iter().map(|item| Document::Case(item["pk"].as_s().unwrap().clone())).collect();
    fill(&world, items).await;
    for case in &of_b {
        world.store.index(case).await.unwrap();
    }
    let mine = Some(Some(TeammateId::new("t-7").unwrap()));
    let everything = InboxQuery {
        turn: Who::Us,
        assignee: None,
        company: CompanyFilter::Any,
        ticket_type: None,
        after: None,
        limit: 25,
    };
    for query in [
        everything.clone(),
        InboxQuery { assignee: mine, ..everything.clone() },
        InboxQuery { assignee: Some(None), ..everything.clone() },
        InboxQuery { company: CompanyFilter::Of(company("b")), ..everything.clone() },
        InboxQuery { ticket_type: Some(TypeId::new("bug").unwrap()), ..everything.clone() },
    ] {
        let (page, usage) = metered("test", async {
            let page = world.store.inbox(&query).await.unwrap();
            world.store.desk_counts().await.unwrap();
            page
        })
        .await;
        assert_eq!(page.cases.len(), 25, "{query:?}");
        assert!(usage.calls == 2 && usage.read_units <= 12.0, "{query:?}: {usage:?}");
    }
    // Every case is on one page, whatever is filtered, and pages of a company are full.
    let (mut seen, mut after) = (BTreeSet::new(), None);
    loop {
        let query = InboxQuery { company: CompanyFilter::Of(company("b")), after, ..everything.clone() };
        let page = world.store.inbox(&query).await.unwrap();
        assert!(page.cases.is_sorted_by_key(|case| case.turn.since));
        for case in &page.cases {
            assert!(seen.insert(case.place.clone()), "{}", case.place);
        }
        after = page.next;
        if after.is_none() {
            break;
        }
        assert_eq!(page.cases.len(), 25);
    }
    assert_eq!(seen.len(), 300);
}

async fn space(world: &World, who: &str, limit: usize, after: Option<&Boundary>) -> (SpacePage, Usage) {
    let visitor = visitor(who);
    let (answer, usage) = metered("test", world.store.meet_with_space(&visitor, None, limit, after)).await;
    (answer.unwrap().1.unwrap().page, usage)
}

/// Every ticket of a tickets space, page by page.
async fn whole_space(world: &World, who: &str) -> Vec<String> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let (page, _) = space(world, who, 25, after.as_ref()).await;
        ids.extend(page.entries.iter().map(|entry| entry.row.id.to_string()));
        after = page.next;
        if after.is_none() {
            return ids;
        }
    }
}

/// Somebody in so many companies, who takes part in so many of their tickets. `told` is whether their entries say where
/// the tickets are.
async fn of_many_companies(companies: usize, tickets: usize, told: bool) -> World {
    let world = World::new().await;
    let names: Vec<_> = (0..companies).map(|n| format!("k{n}")).collect();
    for some in names.chunks(20) {
        let put = |id: &String| {
            let id = id.clone();
            let store = world.store.clone();
            async move { store.put_company(&company(&id), &id, &Default::default()).await.unwrap() }
        };
        join_all(some.iter().map(put)).await;
    }
    world.person("many", &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let (mut writes, mut participations) = (Vec::new(), Vec::new());
    for n in 0..tickets {
        let of = &names[n % companies];
        let it = ticket(&format!("t{n}"), "eve", Some(of), i64::try_from(n).unwrap());
        participations.push(Participation {
            ticket: it.row.id.clone(),
            company: told.then(|| company(of)),
            participants: BTreeSet::from([contact("many")]),
        });
        writes.push(TicketWrite::create(it, event(Change::Created)));
    }
    world.store.write_tickets(writes).await.unwrap().into_iter().for_each(Result::unwrap);
    world.store.put_participants(&participations).await.unwrap();
    world
}

#[tokio::test]
async fn a_tickets_space_costs_one_read_a_ticket_whatever_the_number_of_companies() {
    for (companies, tickets) in [(50, 100), (300, 200)] {
        let world = of_many_companies(companies, tickets, true).await;
        let (page, usage) = space(&world, "many", 25, None).await;
        assert_eq!((page.entries.len(), page.next.is_some()), (25, true));
        assert!(usage.read_units <= (tickets + 100) as f64, "{companies} x {tickets}: {usage:?}");
        let expected: Vec<_> = (0..tickets).rev().map(|n| format!("t{n}")).collect();
        assert_eq!(whole_space(&world, "many").await, expected);
    }
}

#[tokio::test]
async fn entries_that_do_not_say_where_their_tickets_are_cost_two_reads_more() {
    let world = of_many_companies(10, 50, false).await;
    let (page, usage) = space(&world, "many", 100, None).await;
    assert_eq!(page.entries.len(), 50);
    assert!(usage.read_units <= 2.0 * 50.0 + 30.0, "{usage:?}");
}

#[tokio::test]
async fn a_ticket_that_moved_is_shown_through_its_company_of_now_and_no_other() {
    let world = World::new().await;
    world.person("ada", &["a", "b"]).await;
    world.create(ticket("t0", "eve", Some("b"), 0)).await;
    let mut it = world.create(ticket("t1", "eve", Some("a"), 1)).await;
    let participants = BTreeSet::from([contact("ada")]);
    let participation = Participation { ticket: ticket_id("t1"), company: Some(company("a")), participants };
    world.store.put_participants(std::slice::from_ref(&participation)).await.unwrap();
    // With and without telling those who take part.
    for told in [true, false] {
        for (to, seen) in [(Some("b"), true), (Some("c"), false), (None, true), (Some("b"), true), (Some("a"), true)] {
            let mut after = it.clone();
            after.row.company = to.map(company);
            let among = if told { participation.participants.clone() } else { BTreeSet::new() };
            it = world.store.write_ticket(TicketWrite::replace(it, after, None).among(among)).await.unwrap();
            let (page, _) = space(&world, "ada", 9, None).await;
            let shown: Vec<_> = page.entries.into_iter().map(|entry| entry.row).collect();
            let expected = seen.then(|| it.row.clone());
            assert_eq!(shown, expected.into_iter().collect::<Vec<_>>(), "{to:?} {told}");
        }
    }
    world.person("ada", &["b"]).await;
    assert_eq!(space(&world, "ada", 9, None).await.0.entries, []);
    let after = Ticket { row: TicketRow { company: None, ..it.row.clone() }, ..it.clone() };
    world.store.write_ticket(TicketWrite::replace(it, after, None)).await.unwrap();
    assert_eq!(space(&world, "ada", 9, None).await.0.entries, [], "what they joined through a company that they left");
}

fn part(n: i64, kind: PartKind) -> Part {
    let id = PartId::new(format!("{}{n}", if kind == PartKind::Note { "n" } else { "m" })).unwrap();
    Part { id, kind, author: Actor::System, body: format!("part {n}"), at: at(n) }
}

/// A conversation of Ada's with three messages below and above thousands of notes.
async fn noted(world: &World, notes: i64) -> ConversationId {
    let id = ConversationId::new("c").unwrap();
    let messages = [0, 1, notes + 2].map(|n| part(n, PartKind::Message));
    let parts = messages.into_iter().chain((2..notes + 2).map(|n| part(n, PartKind::Note))).collect();
    let record = ConversationRecord {
        id: id.clone(),
        participants: BTreeSet::from([contact("ada")]),
        parts,
        fingerprint: String::new(),
    };
    world.store.put_conversations(&[record]).await.unwrap();
    id
}

async fn read(world: &World, id: &ConversationId) -> (ConversationPage, Usage) {
    let (ada, messages) = (visitor("ada"), Messages { before: None, limit: 30 });
    let found = world.store.meet_with_conversation(&ada, None, Door::Conversation(id, None), Some(messages));
    let (answer, usage) = metered("test", found).await;
    match answer.unwrap().1.unwrap().page {
        Behind::Conversation(page) => (*page, usage),
        other => panic!("{other:?}"),
    }
}

/// The ids of everything that teammates read, in pages of that many.
async fn desk(world: &World, id: &ConversationId, limit: usize) -> Vec<String> {
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = world.store.thread(id, before.as_ref(), limit).await.unwrap();
        seen.splice(0..0, page.parts.into_iter().map(|it| it.id.to_string()));
        before = page.earlier;
        if before.is_none() {
            return seen;
        }
    }
}

/// Puts the notes where versions put them that kept them among the messages.
async fn as_of_old(world: &World, id: &ConversationId) {
    let client = world.client();
    let query = client.query().table_name("tickets").key_condition_expression("pk = :pk AND begins_with(sk, :notes)");
    let query = query.expression_attribute_values(":pk", AttributeValue::S(format!("CONVERSATION#{id}#")));
    let query = query.expression_attribute_values(":notes", AttributeValue::S("NOTE#".into()));
    let notes: Vec<_> = query.into_paginator().items().send().try_collect().await.unwrap();
    for some in notes.chunks(50) {
        join_all(some.iter().map(async |note| {
            let sk = note["sk"].as_s().unwrap();
            let delete = client.delete_item().table_name("tickets").key("pk", note["pk"].clone());
            delete.key("sk", note["sk"].clone()).send().await.unwrap();
            let mut old = note.clone();
            old.insert("sk".into(), AttributeValue::S(sk.replace("NOTE#", "PART#")));
            client.put_item().table_name("tickets").set_item(Some(old)).send().await.unwrap();
        }))
        .await;
    }
}

#[tokio::test]
async fn notes_do_not_stand_between_customers_and_their_messages() {
    let world = World::new().await;
    world.person("ada", &["a"]).await;
    let id = noted(&world, 600).await;
    let (page, usage) = read(&world, &id).await;
    let ids = |page: &ConversationPage| {
        let parts = &page.thread.as_ref().unwrap().parts;
        parts.iter().map(|it| it.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(
        (ids(&page), page.thread.as_ref().unwrap().earlier.is_some()),
        (["m0", "m1", "m602"].map(String::from).to_vec(), false)
    );
    assert!(usage.calls <= 6, "{usage:?}");

    // A table of an older version takes more calls, but not one for each page of notes, until it has been reindexed.
    let whole = desk(&world, &id, 100).await;
    as_of_old(&world, &id).await;
    let (old, usage) = read(&world, &id).await;
    assert_eq!(ids(&old), ids(&page));
    assert!(usage.calls <= 10, "{usage:?}");
    assert_eq!(desk(&world, &id, 100).await, whole);
    world.assert_clean().await;
    world.store.reindex(true, |_| {}).await.unwrap();
    assert!(read(&world, &id).await.1.calls > 6, "a dry run moves nothing");
    world.store.reindex(false, |_| {}).await.unwrap();
    assert!(read(&world, &id).await.1.calls <= 6);
    assert_eq!(desk(&world, &id, 100).await, whole);
    world.assert_clean().await;
}

#[tokio::test]
async fn teammates_read_messages_and_notes_in_the_order_of_time_and_lose_none() {
    let world = World::new().await;
    let id = noted(&world, 20).await;
    let expected: Vec<_> = ["m0".into(), "m1".into()]
        .into_iter()
        .chain((2..22).map(|n| format!("n{n}")))
        .chain(["m22".to_owned()])
        .collect();
    for limit in [1, 2, 7, 22, 23, 50] {
        assert_eq!(desk(&world, &id, limit).await, expected, "{limit} a page");
    }
    assert_eq!(world.store.opening(&id).await.unwrap(), None, "nobody of the customers has written");
}

#[tokio::test]
async fn a_note_that_was_sent_before_it_moved_is_still_known_when_it_is_sent_again() {
    let world = World::new().await;
    let id = noted(&world, 1).await;
    let once = Once { of: "teammate t".into(), key: "k".into(), fingerprint: "f".into(), at: at(9) };
    let note = part(9, PartKind::Note);
    world.store.say(&id, &note, &once, None).await.unwrap();
    let outcome = world.store.done(&once).await.unwrap().unwrap().outcome;
    assert_eq!(world.store.said(&id, &outcome).await.unwrap(), Some(note.clone()));
    let of_old = outcome.replace("NOTE#", "PART#");
    assert_eq!(world.store.said(&id, &of_old).await.unwrap(), Some(note.clone()));
    as_of_old(&world, &id).await;
    assert_eq!(world.store.said(&id, &of_old).await.unwrap(), Some(note));
}

/// A conversation of so many people, all of them in company `a`, and the last also in `b`.
async fn crowded(world: &World, people: usize) -> (ConversationId, BTreeSet<ContactId>) {
    let id = ConversationId::new("crowd").unwrap();
    let participants: BTreeSet<_> = (0..people).map(|n| contact(&format!("p{n:05}"))).collect();
    let record = ConversationRecord {
        id: id.clone(),
        participants: participants.clone(),
        parts: vec![part(1, PartKind::Message)],
        fingerprint: String::new(),
    };
    let (_, usage) = metered("test", world.store.put_conversations(&[record])).await;
    assert!(usage.calls <= u32::try_from(people / 25 + 130).unwrap(), "an import looks at few of them: {usage:?}");
    (id, participants)
}

#[tokio::test]
async fn a_conversation_of_ten_thousand_is_read_and_joined_like_one_of_two() {
    let world = World::new().await;
    world.person("ada", &["a"]).await;
    let (id, participants) = crowded(&world, 10_000).await;
    let mut it = ticket("t1", "ada", Some("a"), 1);
    it.conversation = Some(id.clone());
    let heard = world.store.conversation(&id).await.unwrap().unwrap().exchange;
    it.row.take_over(heard.clone());
    let write = TicketWrite::create(it, event(Change::Created)).among(BTreeSet::new()).heard(heard);
    let linked = world.store.write_ticket(write).await.unwrap();

    let (_, usage) = read(&world, &id).await;
    assert!(usage.calls <= 9 && usage.read_units <= 20.0, "a customer: {usage:?}");
    let (conversation, usage) = metered("test", world.store.conversation(&id)).await;
    assert_eq!((conversation.unwrap().unwrap().participants, usage.calls), (10_000, 1));
    let (people, usage) = metered("test", world.store.people_in(&id, 100)).await;
    assert_eq!((people.unwrap().len(), usage.calls), (100, 2), "a teammate");
    assert!(usage.read_units <= 110.0, "{usage:?}");

    let visitor = visitor("ada");
    let found = world.store.meet_with_conversation(&visitor, None, Door::Conversation(&id, None), None);
    let scope = found.await.unwrap().1.unwrap().scope;
    let (joined, usage) = metered("test", world.store.join(&scope, &linked, &id, at(5))).await;
    assert_eq!((joined.unwrap(), usage.calls), (true, 1));
    let everybody = world.store.participants(&id).await.unwrap();
    assert_eq!(everybody.len(), participants.len() + 1);
}

#[tokio::test]
async fn who_takes_part_is_read_a_few_at_a_time_and_only_until_it_is_enough() {
    let world = World::new().await;
    for n in 0..150 {
        world.person(&format!("p{n:03}"), if n == 0 { &["a", "b"] } else { &["a"] }).await;
    }
    let people: Vec<_> = (0..150).map(|n| contact(&format!("p{n:03}"))).collect();
    let two = world.store.participants_until(&people, |read| read.options().len() > 1);
    let (read, usage) = metered("test", two).await;
    assert_eq!(read.unwrap().options().len(), 2);
    assert!(usage.calls <= 65, "{usage:?}");
    let (read, usage) = metered("test", world.store.participants_until(&people, |_| false)).await;
    assert_eq!(read.unwrap().contacts().count(), 150);
    assert!(usage.calls <= 155, "{usage:?}");
}

#[tokio::test]
async fn a_history_of_thousands_is_read_page_by_page_and_a_page_costs_little() {
    let world = World::new().await;
    world.person("ada", &["a"]).await;
    world.create(ticket("t1", "ada", Some("a"), 1)).await;
    let lines = 2_000;
    let change = |n: i64| {
        let state = (StateId::new(if n % 2 == 0 { "new" } else { "doing" }).unwrap(), StateCategory::Submitted);
        Event { at: at(n + 1), by: Actor::System, change: Change::StateChanged { to: Some(state) } }
    };
    world.store.put_history(&[(ticket_id("t1"), (0..lines).map(change).collect())]).await.unwrap();
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let id = ticket_id("t1");
        let (ada, hint) = (visitor("ada"), None);
        let (entry, usage) = metered(
            "test",
            world.store.enter_with_ticket(&ada, hint, &id, before.as_ref().map_or(Past::Newest, Past::History)),
        )
        .await;
        assert!(usage.calls <= 9 && usage.read_units <= 20.0, "{usage:?}");
        let History { events, state_before, earlier, company: _ } = granted(entry.unwrap()).1.unwrap().history;
        assert!(events.len() <= 50);
        let first = events[0].at.millis();
        let expected = (first > 1).then(|| change(first - 2));
        assert_eq!(state_before, expected, "what the change at {first} follows");
        seen.splice(0..0, events.into_iter().map(|event| event.at.millis()));
        before = earlier;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seen, (0..=lines).collect::<Vec<_>>());
    let (file, usage) = metered("test", world.store.ticket_file(&ticket_id("t1"))).await;
    assert_eq!((file.unwrap().unwrap().history.events.len(), usage.calls), (50, 2), "a teammate");
}

#[tokio::test]
async fn a_preview_of_a_move_looks_at_a_bounded_number_of_people_and_says_so() {
    let world = World::new().await;
    let member = |n: usize| {
        let (pk, sk) = (AttributeValue::S("COMPANY#a#".into()), AttributeValue::S(format!("CONTACT#m{n:04}#")));
        let (company, contact) = (AttributeValue::S("a".into()), AttributeValue::S(format!("m{n:04}")));
        [("pk", pk), ("sk", sk), ("company", company), ("contact", contact)].map(|(name, it)| (name.to_owned(), it))
    };
    let client = world.client();
    for some in (0..600).collect::<Vec<_>>().chunks(50) {
        join_all(some.iter().map(async |n| {
            let item = HashMap::from(member(*n));
            client.put_item().table_name("tickets").set_item(Some(item)).send().await.unwrap();
        }))
        .await;
    }
    for id in ["m0000", "m0001"] {
        world.person(id, &["a"]).await;
    }
    world.person("bob", &["b"]).await;
    let it = world.create(ticket("t1", "eve", Some("b"), 1)).await;
    let (to, all) = (company("a"), Visibility::default());
    let (change, usage) = metered("test", world.store.sight_change(&it.row, &BTreeSet::new(), Some(&to), &all)).await;
    let change = change.unwrap();
    let ids = |people: &store::People| people.keys().map(|id| id.to_string()).collect::<Vec<_>>();
    assert_eq!((ids(&change.gains), ids(&change.loses)), (vec!["m0000".into(), "m0001".into()], vec!["bob".into()]));
    assert_eq!((change.looked_at, change.others), (202, 400), "two hundred, Bob and Eve");
    assert!(usage.calls <= 210 && usage.read_units <= 250.0, "{usage:?}");
}
