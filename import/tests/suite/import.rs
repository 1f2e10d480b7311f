//! What an import does to the table.

use crate::world::{World, line, lines, string, ticket};
use domain::{
    history::{Actor, Change, Event},
    id::{CompanyId, ContactId, ConversationId, TicketId},
    timestamp::Timestamp,
};
use import::{Kind, Line, Options, Refusal, Source, Tally};
use serde_json::json;
use std::collections::BTreeSet;
use store::{Admission, Participation, Past, TicketPage, TicketWrite, Visitor};

const CREATED: Tally = Tally { created: 1, updated: 0, unchanged: 0, newer: 0, refused: 0 };
const UPDATED: Tally = Tally { created: 0, updated: 1, ..CREATED };
const NEWER: Tally = Tally { created: 0, newer: 1, ..CREATED };

fn id(id: &str) -> TicketId {
    TicketId::new(id).unwrap()
}

async fn page(world: &World, who: &str, ticket: &str) -> Option<TicketPage> {
    let visitor = Visitor { contact: ContactId::new(who).unwrap(), session: None };
    let entry = world.store.enter_with_ticket(&visitor, None, &id(ticket), Past::Newest).await.unwrap();
    match entry.admission {
        Admission::Granted(_, page) => page,
        Admission::Refused(_) => None,
    }
}

#[tokio::test]
async fn everything_of_a_file_is_in_the_table() {
    let world = World::new().await;
    let summary = world.load(&lines()).await;
    for (kind, created) in
        [(Kind::Settings, 1), (Kind::TicketType, 3), (Kind::TicketState, 2), (Kind::Company, 2), (Kind::Ticket, 5)]
    {
        assert_eq!(summary.of(kind), Tally { created, ..Tally::default() }, "{kind}");
    }
    assert_eq!(world.findings().await, [""; 0]);

    let workspace = world.store.workspace().await.unwrap();
    assert!(workspace.settings.portal_is_on());
    let labels: Vec<_> =
        workspace.catalog.states.values().map(|it| (&*it.internal_label, &*it.external_label)).collect();
    assert_eq!(labels, [("Resolved", "Resolved"), ("Inbox", "Submitted")]);
    let labels: Vec<_> = workspace.catalog.types.values().map(|it| (&*it.name, &*it.external_label)).collect();
    assert_eq!(labels, [("Bug", "Bug"), ("Incident", "Incident"), ("Internal task", "Task")]);

    let page = page(&world, "abe", "tk-1").await.unwrap();
    assert_eq!(page.ticket.row.requester_name.as_deref(), Some("Ada"));
    assert_eq!(page.ticket.attributes["Users"], 12);
    let conversation = page.conversation.unwrap();
    assert_eq!((conversation.participants, conversation.participating), (2, true));
    let acme = Some(CompanyId::new("acme").unwrap());
    let changes: Vec<_> = page.history.events.into_iter().map(|event| event.change).collect();
    assert!(
        matches!(&changes[..], [Change::Created, Change::Joined { through }, Change::CompanyChanged { from: Some(_), to }, Change::StateChanged { to: Some(_) }] if *through == acme && *to == acme),
        "{changes:?}"
    );
}

#[tokio::test]
async fn a_ticket_without_history_was_created() {
    let world = World::filled().await;
    let history = page(&world, "abe", "tk-5").await;
    assert_eq!(history, None, "no company, not hers");
    let page = page(&world, "ada", "tk-5").await.unwrap();
    let by = Actor::Contact { id: ContactId::new("ada").unwrap(), name: Some("Ada".into()) };
    assert_eq!(
        page.history.events,
        [Event { at: "2026-10-01T09:00:00Z".parse().unwrap(), by, change: Change::Created }]
    );
}

#[tokio::test]
async fn lines_may_come_in_any_order() {
    let (ordered, reversed) = (World::filled().await, World::new().await);
    let mut lines = lines();
    lines.reverse();
    reversed.load(&lines).await;
    let (mut first, mut second) = (ordered.items.dump().await, reversed.items.dump().await);
    for dump in [&mut first, &mut second] {
        // Which shards of counters and marks were added to is left to chance. What they come to is not.
        dump.retain(|key, _| !key.contains('!'));
        dump.values_mut().for_each(|item| drop(item.remove("changes")));
    }
    for world in [ordered, reversed] {
        assert_eq!(world.findings().await, [""; 0]);
    }
    assert_eq!(first, second);
}

#[tokio::test]
async fn the_same_file_again_changes_nothing() {
    let world = World::filled().await;
    let before = world.items.dump().await;
    let summary = world.load(&lines()).await;
    assert!(summary.kinds.values().all(|tally| tally.created + tally.updated + tally.newer == 0), "{summary}");
    assert_eq!(world.items.dump().await, before);
}

#[tokio::test]
async fn a_line_that_is_there_twice_counts_once() {
    let world = World::new().await;
    let mut twice = lines();
    twice.extend(lines());
    let summary = world.load(&twice).await;
    assert_eq!(summary.of(Kind::Ticket), Tally { created: 5, unchanged: 5, ..Tally::default() });
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn what_lines_refer_to_may_be_in_the_table_alone() {
    let world = World::filled().await;
    world.load(&[json!({"kind": "conversation", "id": "c-9", "participants": ["ada", "abe"]})]).await;
    let mut more = ticket("tk-9", "bug", Some("beta"), "bob");
    more["conversation"] = json!("c-9");
    more["history"] =
        json!([{"at": "2026-10-01T09:00:00Z", "event": "created", "by": {"teammate": "grace@vendor.example"}}]);
    let summary = world.load(&[more]).await;
    assert_eq!(summary.of(Kind::Ticket), CREATED);
    assert_eq!(page(&world, "bob", "tk-9").await.unwrap().conversation.unwrap().participants, 2);
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn a_changed_line_replaces_what_the_table_has() {
    let world = World::filled().await;
    let mut lines = lines();
    let changed = line(&mut lines, "ticket", "tk-1");
    changed["company"] = json!("beta");
    changed["state"] = json!("done");
    changed["type"] = json!("task");
    changed["attributes"] = json!({});
    changed["updated_at"] = json!("2026-10-03T09:00:00Z");
    let summary = world.load(&lines).await;
    assert_eq!(summary.of(Kind::Ticket), Tally { updated: 1, unchanged: 4, ..Tally::default() });
    assert_eq!(page(&world, "abe", "tk-1").await, None);
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn a_ticket_that_is_newer_in_the_table_stays() {
    let world = World::filled().await;
    let mut older = ticket("tk-2", "task", None, "ada");
    older["updated_at"] = json!("2026-10-02T08:59:59Z");
    let before = world.items.dump().await;
    assert_eq!(world.load(&[older]).await.of(Kind::Ticket), NEWER);
    assert_eq!(world.items.dump().await, before);
}

#[tokio::test]
async fn a_ticket_that_was_changed_here_without_an_update_that_customers_see_stays() {
    let world = World::filled().await;
    let before = world.store.ticket(&id("tk-2")).await.unwrap().unwrap();
    let mut after = before.clone();
    after.description = "A teammate's words.".into();
    world.store.write_ticket(TicketWrite::replace(before, after, None)).await.unwrap();
    let summary = world.load(&lines()).await;
    assert_eq!(summary.of(Kind::Ticket), Tally { unchanged: 4, newer: 1, ..Tally::default() });
    assert_eq!(world.store.ticket(&id("tk-2")).await.unwrap().unwrap().description, "A teammate's words.");
}

#[tokio::test]
async fn names_that_change_reach_the_tickets() {
    let world = World::filled().await;
    let mut lines = lines();
    line(&mut lines, "contact", "ada")["name"] = json!("Ada Acker");
    let summary = world.load(&lines).await;
    assert_eq!(summary.of(Kind::Ticket), Tally { updated: 2, unchanged: 3, ..Tally::default() });
    let page = page(&world, "ada", "tk-1").await.unwrap();
    assert_eq!(page.ticket.row.requester_name.as_deref(), Some("Ada Acker"));
    assert!(matches!(&page.history.events[0].by, Actor::Contact { name: Some(name), .. } if name == "Ada Acker"));
    assert_eq!(page.history.events.len(), 4, "history is not doubled");
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn a_history_entry_between_two_others_doubles_neither() {
    let world = World::filled().await;
    let mut lines = lines();
    let changed = line(&mut lines, "ticket", "tk-1");
    let between = json!({"at": "2026-10-01T10:00:00Z", "event": "state_changed", "state": "done"});
    changed["history"].as_array_mut().unwrap().insert(1, between);
    world.load(&lines).await;
    assert_eq!(page(&world, "ada", "tk-1").await.unwrap().history.events.len(), 5);
}

#[tokio::test]
async fn the_creator_who_participates_is_still_the_creator() {
    let world = World::filled().await;
    let entry = || world.items.get("CONTACT#ada#", "SPACE#tk-1#");
    let before = entry().await.unwrap();
    assert_eq!(before["role"], string("creator"));
    assert_eq!(before["participating"].as_bool(), Ok(&true));
    assert_eq!(before["title"], string("Ticket tk-1"));
    let participants = BTreeSet::from([ContactId::new("ada").unwrap(), ContactId::new("abe").unwrap()]);
    let company = CompanyId::new("acme").ok();
    let again = Participation { ticket: id("tk-1"), company, participants };
    world.store.put_participants(&[again]).await.unwrap();
    assert_eq!(entry().await, Some(before));
}

#[tokio::test]
async fn who_is_no_longer_the_requester_keeps_the_ticket_only_by_participating() {
    let world = World::filled().await;
    let mut lines = lines();
    line(&mut lines, "ticket", "tk-1")["requester"] = json!("abe");
    line(&mut lines, "ticket", "tk-5")["requester"] = json!("abe");
    assert_eq!(world.load(&lines).await.of(Kind::Ticket).updated, 2);
    let left = world.items.get("CONTACT#ada#", "SPACE#tk-1#").await.unwrap();
    assert_eq!((left["role"].clone(), left.contains_key("title")), (string("participant"), false));
    assert_eq!(world.items.get("CONTACT#ada#", "SPACE#tk-5#").await, None);
    let creator = world.items.get("CONTACT#abe#", "SPACE#tk-1#").await.unwrap();
    assert_eq!((creator["role"].clone(), creator["participating"].as_bool()), (string("creator"), Ok(&true)));
    assert_eq!(page(&world, "ada", "tk-5").await, None);
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn until_its_ticket_is_there_nobody_is_a_creator() {
    let world = World::filled().await;
    // The state after an import that was killed before the ticket's own transaction.
    let ada = ContactId::new("ada").unwrap();
    let participation =
        Participation { ticket: id("tk-9"), company: None, participants: BTreeSet::from([ada.clone()]) };
    world.store.put_participants(&[participation]).await.unwrap();
    assert_eq!(page(&world, "ada", "tk-9").await, None);
    assert_eq!(world.findings().await, [""; 0]);
    world.load(&[ticket("tk-9", "bug", Some("beta"), "bob")]).await;
    assert_eq!(page(&world, "ada", "tk-9").await, None, "she did not create it after all");
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn a_conversation_only_grows_and_its_ticket_follows() {
    let world = World::filled().await;
    let mut lines = lines();
    // Bob joins here. The source knows a message and no participant but Abe.
    let bob = [("contact", string("bob")), ("pk", string("CONVERSATION#c-1#")), ("sk", string("PARTICIPANT#bob#"))];
    world.items.put(bob.into_iter().map(|(name, value)| (name.into(), value)).collect()).await;
    let changed = line(&mut lines, "conversation", "c-1");
    changed["participants"] = json!(["abe"]);
    let message = json!({"id": "p-3", "type": "message", "author": {"contact": "abe"}, "body": "Still", "at": "2026-10-01T09:06:00Z"});
    changed["parts"].as_array_mut().unwrap().push(message);
    let summary = world.load(&lines).await;
    assert_eq!(summary.of(Kind::Conversation), UPDATED);
    assert_eq!(summary.of(Kind::Ticket), Tally { updated: 1, unchanged: 4, ..Tally::default() });
    let all = world.store.participants(&ConversationId::new("c-1").unwrap()).await.unwrap();
    assert_eq!(all.iter().map(ContactId::as_str).collect::<Vec<_>>(), ["abe", "ada", "bob"]);
    assert_eq!(page(&world, "ada", "tk-1").await.unwrap().conversation.unwrap().participants, 3);
    assert!(world.items.get("CONTACT#bob#", "SPACE#tk-1#").await.is_some());
    let before = world.items.dump().await;
    world.load(&lines).await;
    assert_eq!(world.items.dump().await, before);
}

#[tokio::test]
async fn a_line_without_a_conversation_takes_none_away() {
    let world = World::filled().await;
    let mut lines = lines();
    let changed = line(&mut lines, "ticket", "tk-1");
    changed.as_object_mut().unwrap().remove("conversation");
    changed["title"] = json!("Another");
    world.load(&lines).await;
    let page = page(&world, "abe", "tk-1").await.unwrap();
    assert_eq!((page.ticket.row.title.as_str(), page.conversation.unwrap().participants), ("Another", 2));
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn memberships_are_exactly_those_of_the_line() {
    let world = World::filled().await;
    let mut moved = lines();
    let ada = line(&mut moved, "contact", "ada");
    ada["companies"] = json!(["beta"]);
    let line = [ada.clone()];
    assert_eq!(world.load(&line).await.of(Kind::Contact), UPDATED);
    let (_, companies) = world.store.contact(&ContactId::new("ada").unwrap()).await.unwrap().unwrap();
    assert_eq!(companies.iter().map(CompanyId::as_str).collect::<Vec<_>>(), ["beta"]);
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn settings_confirm_what_the_line_says() {
    let world = World::filled().await;
    world.load(&[json!({"kind": "settings", "enabled": true, "confirmed": ["custom_domain"]})]).await;
    assert_eq!(world.store.workspace().await.unwrap().settings.missing().len(), 2);
}

#[tokio::test]
async fn a_dry_run_foretells_and_writes_nothing() {
    for world in [World::new().await, World::filled().await] {
        let mut lines = lines();
        line(&mut lines, "ticket", "tk-1")["title"] = json!("Another");
        line(&mut lines, "contact", "abe")["name"] = json!("Abel");
        line(&mut lines, "company", "beta")["name"] = json!("Beta Ltd");
        lines.push(json!({"kind": "contact", "id": "eve", "companies": ["nowhere"]}));
        let text = crate::world::text(&lines);
        let before = world.items.dump().await;
        let dry = import::import(&world.store, Source::Text(&text), Options { dry_run: true }, &mut ()).await.unwrap();
        assert_eq!(world.items.dump().await, before);
        assert_eq!(dry, world.import(&lines).await);
    }
}

#[tokio::test]
async fn many_tickets_of_few_people_are_all_there() {
    let world = World::filled().await;
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let lines: Vec<_> = (0..1200)
        .map(|n: u64| {
            let mut line = ticket(&format!("m-{n}"), "bug", ["acme", "beta"].get(n as usize % 3).copied(), "ada");
            line["created_at"] = json!(start.to_string());
            line["updated_at"] = json!(start.plus(std::time::Duration::from_secs(n % 50)).to_string());
            line
        })
        .collect();
    assert_eq!(world.load(&lines).await.of(Kind::Ticket).created, 1200);
    assert_eq!(world.load(&lines).await.of(Kind::Ticket).unchanged, 1200);
    world.fed().await;
    let report = world.store.check(|_| {}).await.unwrap();
    assert_eq!((report.tickets, report.findings), (1205, vec![]));
}

#[derive(Default)]
struct Log {
    lines: u64,
    done: u64,
    refused: Vec<Refusal>,
}

impl import::Progress for Log {
    fn start(&mut self, lines: u64) {
        self.lines = lines;
    }
    fn advance(&mut self, lines: u64) {
        self.done += lines;
    }
    fn refused(&mut self, refusal: &Refusal) {
        self.refused.push(refusal.clone());
    }
}

#[tokio::test]
async fn progress_ends_where_the_file_does() {
    let world = World::new().await;
    let text = format!("\n{}nonsense\n\n", crate::world::text(&lines()));
    let mut log = Log::default();
    import::import(&world.store, Source::Text(&text), Options::default(), &mut log).await.unwrap();
    assert_eq!((log.lines, log.done), (lines().len() as u64 + 3, lines().len() as u64 + 3));
    assert_eq!(log.refused.len(), 1);
    assert_eq!(log.refused[0].line, lines().len() as u64 + 2);
}

#[test]
fn lines_can_be_made_in_code() {
    let made = Line::parse(&lines()[0].to_string()).unwrap();
    let Line::Settings(settings) = &made else { panic!("{made:?}") };
    assert_eq!(settings.confirmed.len(), 3);
}

#[tokio::test]
async fn the_documented_example_can_be_imported() {
    let documentation = include_str!("../../../docs/import.md");
    let example = documentation.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let world = World::new().await;
    let summary = import::import_text(&world.store, example).await.unwrap();
    assert_eq!((summary.refusals.as_slice(), summary.kinds.len()), (&[][..], Kind::ALL.len()));
    assert_eq!(world.findings().await, [""; 0]);
}

#[tokio::test]
async fn null_is_a_choice_of_no_company_and_nothing_said_leaves_it_to_the_automatic_rule() {
    let world = World::filled().await;
    let given = ticket("tk-a", "bug", Some("acme"), "ada");
    let null = ticket("tk-b", "bug", None, "ada");
    let mut absent = ticket("tk-c", "bug", None, "ada");
    absent.as_object_mut().unwrap().remove("company");
    let lines = [given, null, absent];
    world.load(&lines).await;
    for (ticket, company, chosen) in [("tk-a", Some("acme"), true), ("tk-b", None, true), ("tk-c", None, false)] {
        let found = world.store.ticket(&id(ticket)).await.unwrap().unwrap();
        let is = found.row.company.as_ref().map(CompanyId::as_str);
        assert_eq!((is, found.company_chosen), (company, chosen), "{ticket}");
    }
    let again = world.load(&lines).await;
    assert_eq!(again.of(Kind::Ticket), Tally { created: 0, unchanged: 3, ..CREATED });
    assert_eq!(world.findings().await, [""; 0]);
}

/// Bodies of other help desks are HTML; customers read text.
#[tokio::test]
async fn bodies_and_descriptions_can_be_html() {
    let world = World::filled().await;
    let part = |id: &str, format: Option<&str>, body: &str| {
        let mut part = json!({"id": id, "type": "message", "author": {"contact": "ada"}, "body": body,
            "at": "2026-10-01T09:00:00Z"});
        if let Some(format) = format {
            part["body_format"] = json!(format);
        }
        part
    };
    let html = "<p>See <a href=\"https://status.example.com/?a=1&amp;b=2\">our page</a>.</p><ul><li>a &lt; b</li></ul>";
    let mut ticket = ticket("tk-9", "bug", Some("acme"), "ada");
    (ticket["description"], ticket["description_format"]) =
        (json!("<div>See <b>log</b> &amp; all.<br>Two</div>"), json!("html"));
    let conversation = |parts: Vec<serde_json::Value>| json!({"kind": "conversation", "id": "c-9", "participants": ["ada"], "parts": parts});
    let parts = vec![
        part("p-1", Some("html"), html),
        part("p-2", Some("text"), html),
        part("p-3", None, "if a < b && c > d: <p>&amp;"),
        part("p-4", Some("html"), "<p>&nbsp;</p><script>alert(1)</script>"),
        part("p-5", Some("markdown"), "x"),
    ];
    let summary = world.import(&[conversation(parts), ticket.clone()]).await;
    let reasons: Vec<_> = summary.refusals.iter().map(|it| it.reason.as_str()).collect();
    assert!(reasons[0].starts_with("parts[4].body_format: unknown variant `markdown`"), "{reasons:?}");
    assert_eq!(reasons[1..], ["parts[3]: the body of part p-4 is blank"]);
    let bodies: Vec<_> = world
        .items
        .dump()
        .await
        .into_iter()
        .filter(|(key, _)| key.contains("c-9"))
        .filter_map(|(_, item)| item.get("body").and_then(|it| it.as_s().ok().cloned()))
        .collect();
    assert_eq!(
        bodies,
        ["See our page (https://status.example.com/?a=1&b=2).\n\n- a < b", html, "if a < b && c > d: <p>&amp;"]
    );
    let ticket_page = page(&world, "ada", "tk-9").await.unwrap();
    assert_eq!(ticket_page.ticket.description, "See log & all.\nTwo");
    // The text itself is the same content.
    (ticket["description"], ticket["description_format"]) = (json!("See log & all.\nTwo"), json!(null));
    assert_eq!(world.load(&[ticket]).await.of(Kind::Ticket).unchanged, 1);
}
