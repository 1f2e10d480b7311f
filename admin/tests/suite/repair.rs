//! What contradicts itself is found, and mended from what it was derived from.

use crate::world::{Item, World, string};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::timestamp::Timestamp;
use std::collections::HashMap;

const TICKET: (&str, &str) = ("TICKET#tk-1#", "BODY");
const LINK: (&str, &str) = ("TICKET#tk-1#", "CONVERSATION");
const HEAD: (&str, &str) = ("CONVERSATION#c-1#", "CONVERSATION");
const HOME: (&str, &str) = ("COMPANY#acme#", "TICKET#tk-1#");
const CREATOR: (&str, &str) = ("CONTACT#ada#", "SPACE#tk-1#");
const PARTICIPANT: (&str, &str) = ("CONTACT#abe#", "SPACE#tk-1#");
const CONTACT: (&str, &str) = ("CONTACT#ada#", "CONTACT");

/// A change of one item: its key, what it becomes, and what the check then says.
type Damage = ((&'static str, &'static str), fn(&mut Item), &'static str);

fn number(number: u64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

fn now() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

const UNRETURNED: &str = "ticket tk-1: its conversation does not lead to it";
const PARTICIPATION: &str = "ticket tk-1: not in the tickets spaces of exactly those in its conversation";
const PARTICIPANTS: &str = "conversation c-1: its number of participants is no recount";
const CREATORS: &str = "ticket tk-1: its creator's tickets space does not have it right";
const UNLINKED: &str = "ticket tk-1: it shows another conversation than it is linked to";

#[tokio::test]
async fn what_is_derived_is_found_when_it_is_wrong_and_mended() {
    let damage: [Damage; 9] = [
        (HEAD, |it| drop(it.remove("ticket")), UNRETURNED),
        (HEAD, |it| drop(it.insert("participants".into(), number(7))), PARTICIPANTS),
        (LINK, |it| drop(it.insert("participants".into(), number(1))), PARTICIPANTS),
        (LINK, |it| drop(it.insert("conversation".into(), string("c-2"))), UNLINKED),
        (PARTICIPANT, |it| drop(it.remove("participating")), PARTICIPATION),
        (CREATOR, |it| drop(it.remove("participating")), PARTICIPATION),
        (CREATOR, |it| drop(it.insert("role".into(), string("participant"))), CREATORS),
        (HOME, |it| drop(it.insert("title".into(), string("Other"))), "ticket tk-1: its item differs from the ticket"),
        (
            CONTACT,
            |it| drop(it.insert("becoming".into(), AttributeValue::L(vec![string("beta")]))),
            "contact ada: the last write of its companies is not complete",
        ),
    ];
    for (at, change, finding) in damage {
        let world = World::filled().await;
        world.items.change(at.0, at.1, change).await;
        assert_eq!(world.findings().await, [finding]);
        let damaged = world.items.dump().await;
        let would = world.store.repair(true, now()).await.unwrap();
        assert_eq!((would.mended.len(), would.left.len()), (1, 0), "{finding}");
        assert_eq!(world.items.dump().await, damaged, "a dry run writes nothing");
        let done = world.store.repair(false, now()).await.unwrap();
        let mended: Vec<_> = done.mended.iter().map(ToString::to_string).collect();
        assert_eq!((mended, done.left), (vec![finding.to_owned()], vec![]));
        assert_eq!(world.findings().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_conversation_that_leads_astray_is_freed() {
    let world = World::filled().await;
    let head = HashMap::from([
        ("pk".to_owned(), string("CONVERSATION#c-9#")),
        ("sk".to_owned(), string("CONVERSATION")),
        ("id".to_owned(), string("c-9")),
        ("ticket".to_owned(), string("tk-4")),
    ]);
    world.items.put(head).await;
    let finding = "conversation c-9: leads to ticket tk-4, which does not lead back";
    assert_eq!(world.findings().await, [finding]);
    let done = world.store.repair(false, now()).await.unwrap();
    assert_eq!((done.mended.len(), done.left), (1, vec![]));
    assert_eq!(world.items.get("CONVERSATION#c-9#", "CONVERSATION").await.unwrap().get("ticket"), None);
}

#[tokio::test]
async fn what_nobody_can_know_is_left_and_told() {
    let world = World::filled().await;
    world.items.delete(TICKET.0, TICKET.1).await;
    let found = world.findings().await;
    let before = world.items.dump().await;
    let done = world.store.repair(false, now()).await.unwrap();
    let left: Vec<_> = done.left.iter().map(ToString::to_string).collect();
    assert!(found.len() > left.len() && !left.is_empty(), "search forgets it, and no more: {left:?}");
    let gone = before.len() - world.items.dump().await.len();
    assert!(gone > 0 && world.items.dump().await.keys().all(|key| before.contains_key(key)));
}
