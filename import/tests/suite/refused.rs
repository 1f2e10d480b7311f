//! Invalid lines are refused with their number, and the others continue.

use crate::world::{World, line, lines, ticket};
use domain::{
    id::{ContactId, ConversationId, TicketId},
    ticket::Ticket,
};
use import::{Kind, import_text};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::TicketWrite;

/// Returns a valid line with one field set.
fn with(kind: &str, field: &str, value: Value) -> Value {
    let mut line = match kind {
        "ticket" => ticket("x", "bug", Some("acme"), "ada"),
        "conversation" => json!({"kind": "conversation", "id": "x", "participants": ["ada"]}),
        "settings" => json!({"kind": "settings"}),
        "company" => json!({"kind": "company", "id": "x", "name": "X"}),
        "contact" => json!({"kind": "contact", "id": "x"}),
        "ticket_type" => json!({"kind": "ticket_type", "id": "x", "name": "X", "category": "customer"}),
        _ => json!({"kind": "ticket_state", "id": "x", "category": "submitted"}),
    };
    line[field] = value;
    line
}

fn part(id: &str, part_type: &str, author: Value) -> Value {
    json!({"id": id, "type": part_type, "author": author, "body": "x", "at": "2026-10-01T09:00:00Z"})
}

fn history(entry: Value) -> Value {
    with("ticket", "history", json!([entry]))
}

#[tokio::test]
async fn each_bad_line_is_refused_for_its_own_reason() {
    let at = "2026-10-01T09:00:00Z";
    let bad = [
        (with("ticket", "kind", json!("person")), "unknown variant `person`"),
        (with("ticket", "bogus", json!(1)), "unknown field `bogus`"),
        (with("ticket", "id", json!("a/b")), "ticket id must match"),
        (with("ticket", "number", json!(-1)), "invalid value"),
        (with("ticket", "number", json!("7")), "invalid type"),
        (with("ticket", "number", json!((1_u64 << 53))), "number is larger than 9007199254740991"),
        (with("ticket", "number", json!(u64::MAX)), "number is larger than 9007199254740991"),
        (with("ticket", "title", json!(" \t")), "title is blank"),
        (with("ticket", "title", json!("\u{200b}\u{2060}\u{ad}")), "title is blank"),
        (with("ticket", "title", json!("é".repeat(1001))), "title is longer than 1000 characters"),
        (with("ticket", "description", json!("x".repeat(100 * 1024 + 1))), "description is longer than 100 KB"),
        (with("ticket", "type", json!("nope")), "ticket type nope is not known"),
        (with("ticket", "state", json!("nope")), "ticket state nope is not known"),
        (with("ticket", "company", json!("nope")), "company \"nope\" is not known"),
        (with("ticket", "requester", json!("nope")), "contact \"nope\" is not known"),
        (with("ticket", "conversation", json!("nope")), "conversation nope is not known"),
        (with("ticket", "created_at", json!("2026-10-01")), "is not an RFC 3339 time"),
        (with("ticket", "updated_at", json!("2026-09-30T00:00:00Z")), "updated_at is before created_at"),
        (with("ticket", "attributes", json!({"Nope": 1})), "type bug has no attribute \"Nope\""),
        (
            with("ticket", "attributes", json!({"Users": "12"})),
            "attribute \"Users\" takes values of type integer, not \"12\"",
        ),
        (with("ticket", "attributes", json!({"Severity": ["High"]})), "takes values of type list"),
        (
            with("ticket", "attributes", json!({"Severity": "x".repeat(100 * 1024)})),
            "attributes come to more than 100 KB",
        ),
        (
            with("ticket", "attributes", json!({"Severity": format!("x{}", "\u{1}".repeat(90 * 1024))})),
            "attributes come to more than 100 KB as JSON",
        ),
        (history(json!({"at": at, "event": "nope"})), "unknown variant `nope`"),
        (history(json!({"at": at, "event": "created", "by": {"contact": "nope"}})), "contact \"nope\" is not known"),
        (history(json!({"at": at, "event": "created", "by": {"teammate": "nope"}})), "teammate \"nope\" is not known"),
        (history(json!({"at": at, "event": "created", "by": {"robot": "x"}})), "unknown variant `robot`"),
        (history(json!({"at": at, "event": "state_changed", "state": "nope"})), "ticket state nope is not known"),
        (history(json!({"at": at, "event": "company_changed", "company": "nope"})), "company \"nope\" is not known"),
        (history(json!({"at": at, "event": "company_changed", "previous_company": "nope"})), "company \"nope\""),
        (history(json!({"at": at, "event": "created", "state": "new"})), "a field that its event does not take"),
        (history(json!({"at": at, "event": "joined", "previous_company": "acme"})), "a field that its event does not"),
        (with("conversation", "participants", json!(["nope"])), "contact \"nope\" is not known"),
        (with("contact", "companies", json!(["acme", "nope"])), "company \"nope\" is not known"),
        (with("contact", "email", json!("nobody")), "is no e-mail address"),
        (with("contact", "email", json!("a b@c.example")), "is no e-mail address"),
        (with("contact", "id", json!("x".repeat(257))), "contact id must be 1 to 256 bytes, not 257"),
        (with("contact", "attributes", json!({"n": 1})), "invalid type"),
        (with("company", "name", json!("")), "name is blank"),
        (with("company", "name", json!("\u{feff}")), "name is blank"),
        (with("contact", "companies", json!((0..=100).map(|n| format!("c-{n}")).collect::<Vec<_>>())), "100 companies"),
        (with("company", "id", json!("")), "company id must be 1 to 256 bytes, not 0"),
        (with("company", "attributes", json!({"x": "x".repeat(20_000)})), "attributes come to more than 16 KB"),
        (with("ticket_type", "category", json!("nope")), "unknown variant `nope`"),
        (with("ticket_type", "attributes", json!([{"name": "A", "data_type": "nope"}])), "unknown variant `nope`"),
        (
            with(
                "ticket_type",
                "attributes",
                json!([{"name": "A", "data_type": "list"}, {"name": "A", "data_type": "list"}]),
            ),
            "attribute \"A\" is defined twice",
        ),
        (with("ticket_state", "external_label", json!("x".repeat(257))), "external_label is longer than 256"),
        (
            with("settings", "sign_in_url", json!("javascript:alert(1)")),
            "sign_in_url: it must be an https address, or http on this machine",
        ),
        (with("settings", "brand", json!({"logo_url": "logo.png"})), "brand.logo_url: it must be an https address"),
        (with("settings", "brand", json!({"color": "red"})), "brand.color: it must be #rrggbb"),
        (
            with("settings", "support_contact", json!("javascript:alert(1)")),
            "support_contact: it must be an e-mail address such as",
        ),
        (with("settings", "confirmed", json!(["nope"])), "unknown variant `nope`"),
        (
            with(
                "settings",
                "audience",
                json!([{"subject": "contact", "attribute": "id", "op": "like", "value": "x"}]),
            ),
            "unknown variant `like`",
        ),
        (
            with(
                "settings",
                "audience",
                json!([{"subject": "contact", "attribute": "id", "op": "is", "value": "x", "bogus": 1}]),
            ),
            "bogus",
        ),
        (with("settings", "visibility", json!({"restrict": true, "bogus": 1})), "bogus"),
        (json!(["company", "x", "X"]), "not a JSON object"),
    ];
    let mut all = lines();
    let first = all.len() as u64 + 1;
    all.extend(bad.iter().map(|(line, _)| line.clone()));
    let world = World::new().await;
    let mut log = Vec::new();
    struct Log<'a>(&'a mut Vec<(u64, String)>);
    impl import::Progress for Log<'_> {
        fn refused(&mut self, refusal: &import::Refusal) {
            self.0.push((refusal.line, refusal.reason.clone()));
        }
    }
    let text = crate::world::text(&all);
    let source = import::Source::Text(&text);
    let summary = import::import(&world.store, source, Default::default(), &mut Log(&mut log)).await.unwrap();
    log.sort();
    for ((number, (line, expected)), (refused, reason)) in (first..).zip(&bad).zip(&log) {
        assert_eq!(number, *refused, "{line} was accepted");
        assert!(reason.contains(expected), "{line}: {reason}");
    }
    assert_eq!(log.len(), bad.len());
    assert_eq!(summary.refused, bad.len() as u64);
    assert_eq!(summary.of(Kind::Ticket).created, 5);
    assert_eq!(world.findings().await, [""; 0]);
}

/// A conversation of a thousand messages is not lost for one of them, nor is its ticket.
#[tokio::test]
async fn a_bad_part_is_refused_by_its_place_and_the_others_are_imported() {
    let world = World::filled().await;
    let ada = || json!({"contact": "ada"});
    let with_body = |body: &str| {
        let mut part = part("p-b", "message", ada());
        part["body"] = json!(body);
        part
    };
    let without = |field: &str| {
        let mut part = part("p-m", "message", ada());
        part.as_object_mut().unwrap().remove(field);
        part
    };
    let mut later = part("p-t", "message", ada());
    later["at"] = json!("yesterday");
    let bad = [
        (with_body("\u{200b}"), "parts[1]: the body of part p-b is blank"),
        (with_body(&"x".repeat(100 * 1024 + 1)), "parts[2]: the body of part p-b is longer than 100 KB"),
        (part("p-n", "note", ada()), "parts[3]: part p-n is a note by a contact"),
        (part("p-0", "message", ada()), "parts[4]: part p-0 is there twice"),
        (part("p-u", "message", json!({"contact": "nope"})), "parts[5]: contact \"nope\" is not known"),
        (part("p-c", "call", ada()), "parts[6].type: unknown variant `call`"),
        (later, "parts[7].at: "),
        (without("body"), "parts[8]: missing field `body`"),
        (json!("a text"), "parts[9]: invalid type: string"),
        (part("a/b", "message", ada()), "parts[10].id: conversation part id must match"),
    ];
    let parts: Vec<_> = [part("p-0", "message", ada())]
        .into_iter()
        .chain(bad.iter().map(|(part, _)| part.clone()))
        .chain([part("p-1", "note", json!({"teammate": "grace@vendor.example"}))])
        .collect();
    let file = [
        json!({"kind": "conversation", "id": "c-9", "participants": ["bob"], "parts": parts}),
        linked("tk-9", "bug", "c-9"),
    ];
    for dry_run in [true, false] {
        let (text, options) = (crate::world::text(&file), import::Options { dry_run });
        let summary = import::import(&world.store, import::Source::Text(&text), options, &mut ()).await.unwrap();
        let mut refusals: Vec<_> = summary.refusals.iter().map(|it| (it.line, it.reason.clone())).collect();
        refusals.sort_by_key(|(_, reason)| reason[6..].split(']').next().unwrap().parse::<u8>().unwrap());
        for ((line, reason), (_, expected)) in refusals.iter().zip(&bad) {
            assert!(*line == 1 && reason.starts_with(expected), "{reason}, not {expected}");
        }
        assert_eq!((summary.refused, summary.refused_parts, refusals.len()), (10, 10, 10));
        assert_eq!(summary.of(Kind::Conversation).created, 1);
        assert!(dry_run || summary.of(Kind::Ticket).created == 1, "{summary:?}");
        assert!(summary.to_string().contains("\npart ") && !summary.to_string().contains("unknown kind"), "{summary}");
    }
    let found: Vec<_> =
        world.items.dump().await.into_keys().filter(|it| it.contains("c-9") && it.contains("p-")).collect();
    assert!(found.iter().any(|it| it.contains("p-0")) && found.iter().any(|it| it.contains("p-1")), "{found:?}");
    assert_eq!(world.findings().await, [""; 0]);
    // A conversation that is refused itself is one refusal.
    let summary =
        world.import(&[json!({"kind": "conversation", "id": "c-8", "participants": ["nope"], "parts": parts})]).await;
    assert_eq!((summary.refused, summary.refused_parts), (1, 0));
}

/// As a blank text in an optional field says nothing, there is none.
#[tokio::test]
async fn a_blank_text_stands_for_an_absent_one() {
    let (blank, absent) = (World::new().await, World::new().await);
    for (world, nothing) in [(&blank, json!(" \u{200b}\u{feff}")), (&absent, Value::Null)] {
        let mut ticket = ticket("x", "bug", Some("acme"), "n");
        ticket["description"] = nothing.clone();
        ticket["attributes"] = json!({"Severity": nothing});
        let mut lines = lines();
        lines.retain(|line| line["kind"] != "settings");
        lines.extend([
            json!({"kind": "settings", "sign_in_url": nothing, "support_contact": nothing,
                "brand": {"name": nothing, "logo_url": nothing, "color": nothing}}),
            json!({"kind": "ticket_type", "id": "plain", "name": "Plain", "icon": nothing, "category": "customer"}),
            json!({"kind": "ticket_state", "id": "s", "category": "resolved", "external_label": nothing,
                "internal_label": nothing}),
            json!({"kind": "teammate", "id": "t", "name": nothing}),
            json!({"kind": "contact", "id": "n", "email": nothing, "name": nothing, "companies": ["acme"]}),
            ticket,
        ]);
        world.load(&lines).await;
    }
    let (mut blank, mut absent) = (blank.items.dump().await, absent.items.dump().await);
    // Which shards of counters and marks were added to is left to chance.
    [&mut blank, &mut absent].into_iter().for_each(|dump| dump.retain(|key, _| !key.contains('!')));
    assert_eq!(blank, absent);
}

/// They are kept in one item.
#[tokio::test]
async fn types_and_states_that_do_not_fit_the_table_are_refused_and_the_others_are_written() {
    let world = World::new().await;
    let form = |id: &str, attributes: usize| {
        let attribute = |n| json!({"name": format!("{n} {}", "\u{1}".repeat(200)), "data_type": "string"});
        let attributes: Vec<_> = (0..attributes).map(attribute).collect();
        json!({"kind": "ticket_type", "id": id, "name": id, "category": "customer", "attributes": attributes})
    };
    let state = |n: usize| json!({"kind": "ticket_state", "id": format!("s-{n}"), "category": "submitted"});
    let mut file: Vec<_> = (0..4).map(|n| form(&format!("t-{n}"), 65)).collect();
    file.extend((0..20).map(state));
    let reason = "ticket types and states come to more than 300 KB";
    for (again, dry_run) in [(false, true), (false, false), (true, false)] {
        let options = import::Options { dry_run };
        let text = crate::world::text(&file);
        let summary = import::import(&world.store, import::Source::Text(&text), options, &mut ()).await.unwrap();
        let refusals: Vec<_> = summary.refusals.iter().map(ToString::to_string).collect();
        assert_eq!(refusals, [format!("line 4: {reason}")]);
        let states = summary.of(Kind::TicketState);
        assert_eq!(if again { states.unchanged } else { states.created }, 20);
    }
    // There is room again where a type becomes smaller.
    let summary = world.import(&[form("t-0", 1), form("t-3", 65), form("t-4", 65)]).await;
    assert_eq!(summary.refusals.iter().map(ToString::to_string).collect::<Vec<_>>(), [format!("line 3: {reason}")]);
    assert_eq!((summary.of(Kind::TicketType).updated, summary.of(Kind::TicketType).created), (1, 1));
}

#[tokio::test]
async fn tickets_that_are_as_large_as_can_be_are_imported_and_checked() {
    let world = World::filled().await;
    let large = |n: usize| {
        let mut line = ticket(&format!("large-{n}"), "bug", None, "ada");
        line["description"] = json!("é".repeat(50 * 1024));
        line["attributes"] = json!({"Severity": format!("x{}", "\u{1}".repeat(17_000))});
        line
    };
    // More than a transaction takes.
    let summary = world.load(&(0..16).map(large).collect::<Vec<_>>()).await;
    assert_eq!(summary.of(Kind::Ticket).created, 16);
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn what_is_no_json_is_refused_by_its_place() {
    let world = World::new().await;
    let text = "{\"kind\":\"company\",\n\n{\"kind\":\"company\",\"id\":\"a\",\"name\":\"A\"}\nnull\n";
    let summary = import_text(&world.store, text).await.unwrap();
    let refusals: Vec<_> = summary.refusals.iter().map(ToString::to_string).collect();
    assert_eq!(refusals[0], "line 1: EOF while parsing a value (column 18)");
    assert_eq!(refusals[1], "line 4: not a JSON object");
    assert_eq!((summary.of(Kind::Company).created, summary.refused), (1, 2));
    assert!(summary.to_string().contains("unknown kind"), "{summary}");
}

#[tokio::test]
async fn an_id_that_comes_twice_with_different_content_is_refused_by_naming_the_first() {
    let world = World::new().await;
    let company = |name: &str| json!({"kind": "company", "id": "a", "name": name});
    let summary = world.import(&[company("A"), company("B"), company("A")]).await;
    assert_eq!(summary.refusals[0].to_string(), "line 2: line 1 has another company \"a\"");
    assert_eq!((summary.of(Kind::Company).created, summary.of(Kind::Company).unchanged), (1, 1));
}

#[tokio::test]
async fn what_refers_to_a_refused_line_is_refused_too() {
    let world = World::new().await;
    let mut lines = lines();
    crate::world::line(&mut lines, "company", "beta")["name"] = json!("");
    let summary = world.import(&lines).await;
    // Beta, its contact, their two tickets, and the ticket whose history names Beta.
    assert_eq!(summary.refused, 5, "{summary:?}");
    assert_eq!(summary.of(Kind::Ticket).created, 2);
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn null_stands_for_absent() {
    let world = World::filled().await;
    let mut line = with("ticket", "attributes", json!({"Severity": null}));
    for field in ["company", "conversation", "updated_at"] {
        line[field] = Value::Null;
    }
    let contact = json!({"kind": "contact", "id": "n", "email": null, "name": null});
    let summary = world.load(&[line, contact]).await;
    assert_eq!(summary.of(Kind::Ticket).created, 1);
}

#[tokio::test]
async fn a_refused_line_does_not_stand_in_the_way_of_a_good_one() {
    let world = World::filled().await;
    let bad = with("ticket", "state", json!("nope"));
    let good = with("ticket", "state", json!("done"));
    let summary = world.import(&[bad.clone(), good, bad]).await;
    assert_eq!((summary.refused, summary.of(Kind::Ticket).created), (2, 1));
}

/// A ticket of Beta's that names a conversation.
fn linked(id: &str, ticket_type: &str, conversation: &str) -> Value {
    let mut line = ticket(id, ticket_type, Some("beta"), "bob");
    line["conversation"] = json!(conversation);
    line
}

#[tokio::test]
async fn a_conversation_has_one_ticket_whichever_way_it_comes_in() {
    let world = World::filled().await;
    let before = world.items.dump().await;
    // In the table, for a customer's ticket and for an internal one; a dry run says the same.
    for ticket_type in ["bug", "task", "incident"] {
        let summary = world.import(&[linked("tk-9", ticket_type, "c-1")]).await;
        assert_eq!(summary.refusals.len(), 1, "{ticket_type}");
        let reason = &summary.refusals[0].reason;
        assert_eq!(reason, "conversation c-1 is linked to ticket tk-1, and can have one ticket only");
    }
    assert_eq!(world.items.dump().await, before, "nothing of a refused line is written");
    // In one file the first line has it, also where the conversation is in the same file.
    let conversation = json!({"kind": "conversation", "id": "c-9", "participants": ["bob"]});
    let file =
        [conversation, linked("tk-8", "bug", "c-9"), linked("tk-9", "bug", "c-9"), linked("tk-10", "bug", "c-1")];
    let summary = world.import(&file).await;
    assert_eq!(summary.refusals.iter().map(|it| it.line).collect::<Vec<_>>(), [3, 4]);
    let again = world.import(&file).await;
    assert_eq!(again.refusals.iter().map(|it| it.line).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn a_conversation_that_a_teammate_has_linked_keeps_its_ticket() {
    let world = World::filled().await;
    world.load(&[json!({"kind": "conversation", "id": "c-9", "participants": ["bob"]})]).await;
    let id = TicketId::new("tk-3").unwrap();
    let before = world.store.ticket(&id).await.unwrap().unwrap();
    let after = Ticket { conversation: Some(ConversationId::new("c-9").unwrap()), ..before.clone() };
    let participants = BTreeSet::from([ContactId::new("bob").unwrap()]);
    world.store.write_ticket(TicketWrite::replace(before, after, []).among(participants)).await.unwrap();
    let summary = world.import(&[linked("tk-9", "bug", "c-9")]).await;
    assert_eq!(summary.refusals[0].reason, "conversation c-9 is linked to ticket tk-3, and can have one ticket only");
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn a_category_stays_as_it_is_while_there_are_tickets_of_it() {
    let world = World::filled().await;
    let before = world.items.dump().await;
    let changed = |kind: &str, id: &str, category: &str| {
        let mut lines = lines();
        line(&mut lines, kind, id)["category"] = json!(category);
        lines
    };
    for (kind, id, category, what) in [
        ("ticket_type", "bug", "tracker", "ticket type bug"),
        ("ticket_type", "bug", "back_office", "ticket type bug"),
        ("ticket_type", "task", "customer", "ticket type task"),
        ("ticket_state", "new", "resolved", "ticket state new"),
    ] {
        let summary = world.import(&changed(kind, id, category)).await;
        assert_eq!(summary.refusals.len(), 1, "{what}: {:?}", summary.refusals);
        let reason = &summary.refusals[0].reason;
        assert!(reason.starts_with(&format!("{what} has tickets, so that its category stays as it is")), "{reason}");
        assert_eq!(world.items.dump().await, before, "{what}");
    }
    // Of a state without tickets anything can be changed.
    assert_eq!(world.import(&changed("ticket_state", "done", "in_progress")).await.refusals, []);
    assert_eq!(world.findings().await, [""; 0]);
}
