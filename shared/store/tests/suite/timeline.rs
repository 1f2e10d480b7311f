//! A ticket's timeline: everything once, in the order of time, whichever way it is read, and at a bounded price.

use crate::world::{World, at, company, contact, event, granted, ticket, ticket_id, visitor};
use domain::{
    conversation::{Part, PartKind},
    history::{Actor, Change, Event},
    id::{CompanyId, ConversationId, PartId, StateId},
    state::StateCategory,
    ticket::Ticket,
    timeline::Entry,
};
use std::collections::BTreeSet;
use store::{ConversationRecord, Past, TicketWrite, Timeline, TimelinePlace, Usage, metered};

fn part(n: i64, kind: PartKind, time: i64) -> Entry {
    let id = PartId::new(format!("{}{n:05}", if kind == PartKind::Note { "n" } else { "m" })).unwrap();
    let contact = Actor::Contact { id: contact("ada"), name: None };
    let author = if n % 2 == 0 { contact } else { Actor::System };
    Entry::Part(Part { id, kind, author, body: format!("part {n}"), at: at(time) })
}

fn change(time: i64, change: Change) -> Entry {
    Entry::Event(Event { at: at(time), by: Actor::System, change })
}

fn state(n: i64) -> Change {
    let id = StateId::new(if n % 2 == 0 { "new" } else { "doing" }).unwrap();
    Change::StateChanged { to: Some((id, StateCategory::Submitted)) }
}

/// A ticket of Ada's in company `a` with this timeline, whose order is that of time; what is of the same millisecond
/// stands as events, messages and notes.
async fn with(world: &World, entries: &[Entry]) -> Ticket {
    let id = ConversationId::new("c").unwrap();
    let parts = entries.iter().filter_map(|entry| match entry {
        Entry::Part(part) => Some(part.clone()),
        Entry::Event(_) => None,
    });
    let record = ConversationRecord {
        id: id.clone(),
        participants: BTreeSet::from([contact("ada")]),
        parts: parts.collect(),
        fingerprint: String::new(),
    };
    world.store.put_conversations(&[record]).await.unwrap();
    let mut it = ticket("t1", "ada", Some("a"), 1);
    let heard = world.store.conversation(&id).await.unwrap().unwrap().exchange;
    it.row.take_over(heard.clone());
    it.conversation = Some(id);
    let write = TicketWrite::create(it, event(Change::Created)).among(BTreeSet::new()).heard(heard);
    let it = world.store.write_ticket(write).await.unwrap();
    let events = entries.iter().filter_map(Entry::event).cloned().collect();
    world.store.put_history(&[(ticket_id("t1"), events)]).await.unwrap();
    it
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Who {
    Customer,
    Teammate,
}

async fn page(world: &World, who: Who, it: &Ticket, place: Option<&TimelinePlace>) -> (Timeline, Usage) {
    if who == Who::Teammate {
        let (page, usage) = metered("test", world.store.timeline_with_notes(it, place)).await;
        return (page.unwrap(), usage);
    }
    let (ada, past) = (visitor("ada"), place.map_or(Past::Newest, Past::Timeline));
    let (entry, usage) = metered("test", world.store.enter_with_ticket(&ada, None, &it.row.id, past)).await;
    (granted(entry.unwrap()).1.unwrap().timeline, usage)
}

/// Walks from the newest page to the oldest and back; returns the pages on each way, oldest first.
async fn both_ways(world: &World, who: Who, it: &Ticket) -> [Vec<Timeline>; 2] {
    let (newest, _) = page(world, who, it, None).await;
    assert_eq!(newest.newer, None, "nothing is newer than the newest page");
    let (mut back, mut forth) = (vec![newest], Vec::new());
    while let Some(place) = back[0].earlier.clone() {
        let (earlier, _) = page(world, who, it, Some(&place)).await;
        back.insert(0, earlier);
    }
    forth.push(back[0].clone());
    while let Some(place) = forth.last().and_then(|page| page.newer.clone()) {
        let (newer, _) = page(world, who, it, Some(&place)).await;
        forth.push(newer);
    }
    [back, forth]
}

/// The company that the ticket belonged to after the last of these entries. It began in `a`.
fn company_after(entries: &[Entry]) -> Option<CompanyId> {
    let moved = entries.iter().rev().filter_map(Entry::event).find_map(|event| match &event.change {
        Change::CompanyChanged { to, .. } => Some(to.clone()),
        _ => None,
    });
    moved.unwrap_or_else(|| Some(company("a")))
}

fn last_state(entries: &[Entry]) -> Option<&Event> {
    let mut events = entries.iter().rev().filter_map(Entry::event);
    events.find(|event| matches!(event.change, Change::StateChanged { .. }))
}

#[tokio::test]
async fn everything_is_there_once_and_in_the_order_of_time_whichever_way_it_is_read() {
    // Each millisecond has a few of each kind; the company changes now and then, and ends where it began.
    let mut entries = vec![change(0, Change::Created)];
    for n in 0..60_i64 {
        entries.push(change(n, state(n)));
        if n % 7 == 3 {
            let (from, to) = if n % 2 == 1 { ("a", "b") } else { ("b", "a") };
            entries.push(change(n, Change::CompanyChanged { from: Some(company(from)), to: Some(company(to)) }));
        }
        entries.extend((0..n % 4).map(|nth| part(n * 10 + nth, PartKind::Message, n)));
        entries.extend((0..n % 3).map(|nth| part(n * 10 + nth, PartKind::Note, n)));
    }
    entries.push(change(99, Change::CompanyChanged { from: Some(company("b")), to: Some(company("a")) }));
    let world = World::new().await;
    world.person("ada", &["a"]).await;
    let mut imported = entries.clone();
    imported.remove(0);
    let it = with(&world, &imported).await;
    let is_note = |entry: &Entry| matches!(entry, Entry::Part(part) if part.kind == PartKind::Note);
    for who in [Who::Customer, Who::Teammate] {
        let mut expected = entries.clone();
        // What the ticket's own creation wrote is of the first millisecond, and sorts behind the imported lines of it.
        let created = expected.remove(0);
        expected.insert(1, created);
        expected.retain(|entry| who == Who::Teammate || !is_note(entry));
        for pages in both_ways(&world, who, &it).await {
            let mut seen: Vec<Entry> = Vec::new();
            let last = pages.len() - 1;
            for (nth, page) in pages.iter().enumerate() {
                assert!(!page.entries.is_empty() && page.entries.len() <= 40, "{}", page.entries.len());
                assert_eq!(page.state_before.as_ref(), last_state(&seen), "{who:?} page {nth}");
                seen.extend(page.entries.iter().cloned());
                assert_eq!(page.company, company_after(&seen), "{who:?} page {nth}");
                assert_eq!((page.earlier.is_none(), page.newer.is_none()), (nth == 0, nth == last), "{who:?} {nth}");
            }
            assert_eq!(seen, expected, "{who:?}");
        }
    }
}

#[tokio::test]
async fn a_page_of_ten_thousand_messages_and_as_many_notes_costs_no_more_than_one_of_a_hundred() {
    let world = World::new().await;
    world.person("ada", &["a"]).await;
    let parts = (0..9_999).flat_map(|n| [part(n, PartKind::Message, n), part(n, PartKind::Note, n)]);
    let entries: Vec<_> = parts.chain([part(9_999, PartKind::Message, 9_999)]).collect();
    let it = with(&world, &entries).await;
    let bounded = |who, usage: &Usage| {
        let calls = if who == Who::Customer { 9 } else { 3 };
        assert!(usage.calls <= calls && usage.read_units <= 15.0, "{who:?}: {usage:?}");
    };
    // Some pages at the end, and from there back.
    let (mut place, mut seen) = (None, 0);
    for _ in 0..5 {
        for who in [Who::Customer, Who::Teammate] {
            let (page, usage) = page(&world, who, &it, place.as_ref()).await;
            bounded(who, &usage);
            assert_eq!(page.entries.len(), 40);
            if who == Who::Customer {
                seen += page.entries.len();
                if let Some(newer) = &page.newer {
                    let (newer, usage) = self::page(&world, who, &it, Some(newer)).await;
                    bounded(who, &usage);
                    assert_eq!(newer.entries.len(), 40);
                }
                place = page.earlier;
            }
        }
    }
    assert_eq!(seen, 200);
}

#[tokio::test]
async fn the_last_message_of_a_teammate_is_known_although_dozens_of_events_followed() {
    let world = World::new().await;
    world.person("ada", &["a"]).await;
    let mut entries: Vec<_> = (0..9).map(|n| part(n, PartKind::Message, n)).collect();
    entries.extend((10..60).map(|n| change(n, state(n))));
    let it = with(&world, &entries).await;
    let (newest, _) = page(&world, Who::Customer, &it, None).await;
    assert!(newest.entries.iter().all(|entry| entry.event().is_some()));
    assert_eq!(newest.last_reply.map(|part| part.body).as_deref(), Some("part 7"));
    let (earlier, _) = page(&world, Who::Customer, &it, newest.earlier.as_ref()).await;
    assert_eq!(earlier.last_reply, None);
}

#[tokio::test]
async fn a_ticket_without_a_conversation_has_a_timeline_of_events() {
    let world = World::new().await;
    world.person("ada", &["a"]).await;
    let it = world.create(ticket("t1", "ada", Some("a"), 1)).await;
    for who in [Who::Customer, Who::Teammate] {
        let (newest, _) = page(&world, who, &it, None).await;
        assert_eq!(newest.entries, [Entry::Event(event(Change::Created))]);
        assert_eq!((newest.earlier, newest.newer, newest.last_reply), (None, None, None));
    }
}
