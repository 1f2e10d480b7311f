//! An item that is corrupted by hand is found.

use crate::world::{Item, World, string};
use aws_sdk_dynamodb::types::AttributeValue;

const HOME: (&str, &str) = ("COMPANY#acme#", "TICKET#tk-1#");
const SPACE: (&str, &str) = ("CONTACT#ada#", "SPACE#tk-1#");
const BODY: (&str, &str) = ("TICKET#tk-1#", "BODY");
const COMPANY: (&str, &str) = ("COMPANY#acme#", "COMPANY");

fn number(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// Corrupts an item of a clean table, and returns what the check then finds.
async fn after(key: (&str, &str), name: &str, value: Option<AttributeValue>) -> Vec<String> {
    let world = World::filled().await;
    assert_eq!(world.findings().await, [""; 0]);
    world
        .items
        .change(key.0, key.1, |item| {
            match value {
                Some(value) => item.insert(name.into(), value),
                None => item.remove(name),
            };
        })
        .await;
    world.findings().await
}

async fn without(key: (&str, &str)) -> Vec<String> {
    let world = World::filled().await;
    world.items.delete(key.0, key.1).await;
    world.findings().await
}

#[tokio::test]
async fn a_ticket_item_that_differs_from_its_ticket_is_found() {
    for (name, value) in [
        ("title", Some(string("Other"))),
        ("requester_name", None),
        ("updated", Some(number(7))),
        ("state_category", Some(string("resolved"))),
        // Lists read these alone.
        ("view", Some(string("COMPANY#beta#"))),
        ("view", None),
        ("by_updated", Some(string("2020-01-01T00:00:00.000Z#tk-1#"))),
        ("by_state", None),
    ] {
        assert_eq!(after(HOME, name, value).await, ["ticket tk-1: its item differs from the ticket"], "{name}");
    }
}

#[tokio::test]
async fn a_hidden_ticket_in_the_members_view_is_found() {
    let findings = after(("COMPANY#beta#", "TICKET#tk-4#"), "view", Some(string("COMPANY#beta#"))).await;
    assert_eq!(findings, ["ticket tk-4: its item differs from the ticket"]);
}

#[tokio::test]
async fn a_creators_entry_that_differs_is_found() {
    for (name, value) in [("title", Some(string("Other"))), ("role", Some(string("participant"))), ("view", None)] {
        let findings = after(SPACE, name, value).await;
        assert_eq!(findings, ["ticket tk-1: its creator's tickets space does not have it right"], "{name}");
    }
    assert_eq!(without(SPACE).await, ["ticket tk-1: its creator's tickets space does not have it right"]);
}

#[tokio::test]
async fn a_ticket_without_its_item_is_found() {
    assert_eq!(without(HOME).await, ["ticket tk-1: no item in its home partition"]);
}

#[tokio::test]
async fn a_ticket_item_elsewhere_is_found() {
    let world = World::filled().await;
    for (key, to) in
        [(HOME, ("COMPANY#beta#", HOME.1)), (("CONTACT#ada#", "TICKET#tk-5#"), ("CONTACT#bob#", "TICKET#tk-5#"))]
    {
        let mut item = world.items.get(key.0, key.1).await.unwrap();
        item.insert("pk".into(), string(to.0));
        world.items.put(item).await;
    }
    let expected = ["ticket tk-1: a stray item in COMPANY#beta#", "ticket tk-5: a stray item in CONTACT#bob#"];
    assert_eq!(world.findings().await, expected);
}

#[tokio::test]
async fn somebody_who_did_not_create_a_ticket_but_has_it_as_creator_is_found() {
    let world = World::filled().await;
    let mut item = world.items.get(SPACE.0, SPACE.1).await.unwrap();
    item.insert("pk".into(), string("CONTACT#bob#"));
    world.items.put(item).await;
    assert_eq!(world.findings().await, ["ticket tk-1: CONTACT#bob# has it as its creator's"]);
}

#[tokio::test]
async fn what_is_left_of_a_ticket_without_its_body_is_found() {
    let findings = without(BODY).await;
    assert_eq!(findings.len(), 5, "item, creator's entry, link, search, counters: {findings:?}");
    for part in ["a stray item in COMPANY#acme#", "CONTACT#ada# has it", "another conversation", "company acme"] {
        assert!(findings.iter().any(|finding| finding.contains(part)), "{part}: {findings:?}");
    }
}

#[tokio::test]
async fn counters_that_are_no_recount_are_found() {
    let wrong = |findings: &[String]| findings.len() == 1 && findings[0].starts_with("company acme: its counters say");
    let changes = [("vs", 5), ("vr", 1), ("hs", 7), ("vr", -1)];
    for (name, value) in changes.map(|(name, value)| (name, Some(number(value)))).into_iter().chain([("vs", None)]) {
        let world = World::filled().await;
        for (pk, sk) in world.shards("acme").await {
            let change = |item: &mut Item| match value.clone() {
                Some(value) => drop(item.insert(name.into(), value)),
                None => drop(item.remove(name)),
            };
            world.items.change(&pk, &sk, change).await;
        }
        let findings = world.findings().await;
        assert!(wrong(&findings), "{name}: {findings:?}");
    }
    // Earlier versions added to the record.
    for (name, value) in [("visible_submitted", 1), ("hidden_submitted", -1)] {
        let findings = after(COMPANY, name, Some(number(value))).await;
        assert!(wrong(&findings), "{name}: {findings:?}");
    }
}

#[tokio::test]
async fn tickets_of_a_company_that_is_not_there_are_found() {
    let findings = without(COMPANY).await;
    assert_eq!(findings.len(), 1);
    assert!(findings[0].starts_with("company acme: its counters say that it is not there"), "{findings:?}");
}

#[tokio::test]
async fn half_a_membership_is_found_on_either_side() {
    for (key, other) in
        [(("CONTACT#ada#", "COMPANY#acme#"), "COMPANY#acme#"), (("COMPANY#acme#", "CONTACT#ada#"), "CONTACT#ada#")]
    {
        assert_eq!(without(key).await, [format!("membership in {other} is missing in {}", key.0)]);
    }
}

#[tokio::test]
async fn a_link_to_another_conversation_is_found() {
    let link = ("TICKET#tk-1#", "CONVERSATION");
    let expected = ["ticket tk-1: it shows another conversation than it is linked to"];
    assert_eq!(after(link, "conversation", Some(string("c-2"))).await, expected);
    assert_eq!(without(link).await, expected);
}

#[tokio::test]
async fn an_item_that_cannot_be_read_is_a_finding_and_not_the_end() {
    let findings = after(BODY, "number", Some(string("seven"))).await;
    assert!(findings.iter().any(|finding| finding.contains("item TICKET#tk-1# BODY cannot be read")), "{findings:?}");
    let findings = after(COMPANY, "name", None).await;
    assert!(
        findings.iter().any(|finding| finding.contains("item COMPANY#acme# COMPANY cannot be read")),
        "{findings:?}"
    );
}

#[tokio::test]
async fn a_conversation_of_two_tickets_is_found() {
    let world = World::filled().await;
    for (key, name) in [("BODY", "conversation"), ("CONVERSATION", "conversation")] {
        let mut item = world.items.get("TICKET#tk-1#", key).await.unwrap();
        if key == "BODY" {
            item = world.items.get("TICKET#tk-4#", key).await.unwrap();
            item.insert(name.into(), string("c-1"));
        }
        item.insert("pk".into(), string("TICKET#tk-4#"));
        world.items.put(item).await;
    }
    assert_eq!(world.findings().await, ["conversation c-1: linked to tickets tk-1 and tk-4"]);
}

#[tokio::test]
async fn a_category_that_is_not_the_types_or_the_states_is_found() {
    for (name, value) in [
        ("type#bug", r#"{"name":"Bug","icon":"","category":"tracker","attributes":[]}"#),
        ("state#new", r#"{"category":"resolved","internal_label":"New","external_label":"New"}"#),
    ] {
        let findings = after(("SETTINGS", "CATALOG"), name, Some(string(value))).await;
        assert!(findings.contains(&"ticket tk-1: its category, or its state's, is not that of the catalog".into()));
    }
}
