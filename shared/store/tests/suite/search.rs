//! Search finds exactly the matches, each once, whatever happens to tickets.

use crate::world::{World, at, company, contact, event, ticket, ticket_id};
use domain::{
    catalog::Catalog,
    contact::Contact,
    conversation::{Part, PartKind},
    filter::Filter,
    history::{Actor, Change},
    id::{ConversationId, PartId, StateId, TypeId},
    order::Order,
    search::{Field, Query},
    state::StateCategory,
    ticket::Ticket,
};
use futures::future::join_all;
use proptest::prelude::*;
use store::{CompanyFilter, ConversationRecord, Hit, Kind, Once, SearchPage, SearchQuery, TicketWrite};

fn looking_for(text: &str) -> SearchQuery {
    SearchQuery {
        query: Query::parse(text),
        company: CompanyFilter::Any,
        filter: Filter::default(),
        order: Order::default(),
        kind: None,
        after: None,
        limit: 20,
    }
}

fn id(hit: &Hit) -> String {
    match hit {
        Hit::Ticket(row) => row.id.to_string(),
        Hit::Conversation(head) => head.id.to_string(),
    }
}

async fn search(world: &World, query: &SearchQuery) -> SearchPage {
    world.store.search(query, &Catalog::default()).await.unwrap()
}

fn in_state(category: StateCategory) -> Filter {
    Filter { state: Some(category), ..Filter::default() }
}

/// Reads every page of a search.
async fn walk(world: &World, mut query: SearchQuery) -> Vec<String> {
    world.fed().await;
    let mut ids = Vec::new();
    for _ in 0..1000 {
        let page = search(world, &query).await;
        assert!(page.hits.len() <= query.limit);
        for (hit, _) in &page.hits {
            if let Hit::Ticket(row) = hit {
                assert!(row.company.as_ref().is_none_or(|id| page.companies.contains_key(id)));
            }
        }
        ids.extend(page.hits.iter().map(|(hit, _)| id(hit)));
        query.after = page.next;
        if query.after.is_none() {
            return ids;
        }
    }
    panic!("goes round in circles");
}

async fn found(world: &World, text: &str) -> Vec<String> {
    walk(world, looking_for(text)).await
}

fn titled(id: &str, title: &str, of: Option<&str>, created: i64) -> Ticket {
    let mut it = ticket(id, "ada", of, created);
    it.row.title = title.into();
    it.row.created_at = at(created);
    it.row.number = created.unsigned_abs();
    it
}

fn part(id: &str, kind: PartKind, body: &str, millis: i64) -> Part {
    let author = Actor::Contact { id: contact("ada"), name: Some("Ada".into()) };
    Part { id: PartId::new(id).unwrap(), kind, author, body: body.into(), at: at(millis) }
}

fn conversation(id: &str, who: &[&str], parts: Vec<Part>) -> ConversationRecord {
    ConversationRecord {
        id: ConversationId::new(id).unwrap(),
        participants: who.iter().map(|id| contact(id)).collect(),
        parts,
        fingerprint: "x".into(),
    }
}

/// Changes an existing ticket.
async fn change(world: &World, id: &str, change: impl FnOnce(&mut Ticket)) {
    let before = world.store.ticket(&ticket_id(id)).await.unwrap().unwrap();
    let mut after = before.clone();
    change(&mut after);
    world.store.write_ticket(TicketWrite::replace(before, after, None)).await.unwrap();
}

#[tokio::test]
async fn a_ticket_is_found_by_title_number_requester_and_company() {
    let world = World::new().await;
    world.store.put_company(&company("a"), "Akme Müller", &Default::default()).await.unwrap();
    world.create(titled("t1", "Label printer fails", Some("a"), 1042)).await;
    world.create(titled("t2", "Label scanner", None, 1041)).await;
    for (query, expected) in [
        ("label", &["t1", "t2"][..]),
        ("label prin", &["t1"]),
        ("1042", &["t1"]),
        ("#1042", &["t1"]),
        ("104", &[]),
        ("ada", &["t1", "t2"]),
        ("MULLER print", &["t1"]),
        ("akme scanner", &[]),
        ("", &["t1", "t2"]),
        ("l", &[]),
        ("lab pri", &["t1"]),
        ("...", &[]),
    ] {
        assert_eq!(found(&world, query).await, expected, "{query}");
    }
    world.assert_clean().await;
}

#[tokio::test]
async fn what_happens_to_a_ticket_happens_to_its_index() {
    let world = World::new().await;
    world.create(titled("t1", "Label printer", Some("a"), 7)).await;
    change(&world, "t1", |it| it.row.title = "Badge scanner".into()).await;
    assert_eq!(found(&world, "printer").await, [""; 0]);
    assert_eq!(found(&world, "scanner").await, ["t1"]);
    world.assert_clean().await;

    change(&world, "t1", |it| it.row.requester_name = Some("Grace".into())).await;
    assert_eq!((found(&world, "ada").await.len(), found(&world, "grace").await.len()), (0, 1));
    world.assert_clean().await;

    for to in [Some("b"), None, Some("c")] {
        change(&world, "t1", |it| it.row.company = to.map(company)).await;
        for (name, filter) in [
            (Some("a"), CompanyFilter::Of(company("a"))),
            (Some("b"), CompanyFilter::Of(company("b"))),
            (Some("c"), CompanyFilter::Of(company("c"))),
            (None, CompanyFilter::NoCompany),
        ] {
            let ids = walk(&world, SearchQuery { company: filter, ..looking_for("badge") }).await;
            assert_eq!(ids.len(), usize::from(name == to), "{name:?} in {to:?}");
        }
        assert_eq!(found(&world, "badge").await, ["t1"]);
        world.assert_clean().await;
    }

    change(&world, "t1", |it| it.row.state_category = StateCategory::Resolved).await;
    let resolved = SearchQuery { filter: in_state(StateCategory::Resolved), ..looking_for("badge") };
    assert_eq!(walk(&world, resolved).await, ["t1"]);
    let submitted = SearchQuery { filter: in_state(StateCategory::Submitted), ..looking_for("badge") };
    assert_eq!(walk(&world, submitted).await, [""; 0]);
    world.assert_clean().await;
}

#[tokio::test]
async fn a_renamed_company_is_found_by_its_new_name_once_the_ticket_moves() {
    let world = World::new().await;
    world.create(titled("t1", "Label", Some("a"), 1)).await;
    world.store.put_company(&company("a"), "Zeta", &Default::default()).await.unwrap();
    change(&world, "t1", |it| it.row.title = "Badge".into()).await;
    assert_eq!(found(&world, "zeta").await, [""; 0]);
    world.assert_clean().await;
    for to in [None, Some("a")] {
        change(&world, "t1", |it| it.row.company = to.map(company)).await;
    }
    assert_eq!(found(&world, "zeta").await, ["t1"]);
    world.assert_clean().await;
}

#[tokio::test]
async fn a_number_comes_first_and_pages_go_on_behind_it() {
    let world = World::new().await;
    for n in 1..=30 {
        world.create(titled(&format!("t{n}"), &format!("Error 7 and {n}"), Some("a"), n)).await;
    }
    let mut expected = vec!["t7".to_owned()];
    expected.extend((1..=30).rev().filter(|n| *n != 7).map(|n| format!("t{n}")));
    for limit in [20, 1] {
        assert_eq!(walk(&world, SearchQuery { limit, ..looking_for("7") }).await, expected, "{limit}");
    }
    expected.sort();
    for (limit, text) in [(2, "error 7"), (3, "7 error and")] {
        let mut ids = walk(&world, SearchQuery { limit, ..looking_for(text) }).await;
        ids.sort();
        assert_eq!(ids, expected, "{limit} {text}");
    }
}

#[tokio::test]
async fn a_conversation_is_one_hit_by_its_title_people_companies_or_notes() {
    let world = World::new().await;
    let mut ada = Contact::unrecorded(contact("ada"));
    ada.name = Some("Ada Lovelace".into());
    world.store.put_contact(&ada, &["a", "b"].map(company).into()).await.unwrap();
    let parts = vec![
        part("p1", PartKind::Message, "\n Printer is slow \nvery", 5),
        part("p2", PartKind::Note, "printer known since monday", 9),
        part("p3", PartKind::Note, "another printer note", 12),
    ];
    world.store.put_conversations(&[conversation("c1", &["ada"], parts)]).await.unwrap();
    world.create(titled("t1", "Printer", None, 7)).await;
    for (query, expected) in [
        ("printer", &["t1", "c1"][..]),
        ("monday", &["c1"]),
        ("another note", &["c1"]),
        ("lovelace slow", &["c1"]),
        ("very", &["c1"]),
        ("monday slow", &["c1"]),
        ("monday slow fast", &[]),
    ] {
        for limit in [1, 20] {
            assert_eq!(walk(&world, SearchQuery { limit, ..looking_for(query) }).await, expected, "{query}");
        }
    }
    for (filter, expected) in [
        (CompanyFilter::Of(company("a")), &["c1"][..]),
        (CompanyFilter::Of(company("b")), &["c1"]),
        (CompanyFilter::Of(company("c")), &[]),
        (CompanyFilter::NoCompany, &["t1"]),
    ] {
        assert_eq!(walk(&world, SearchQuery { company: filter.clone(), ..looking_for("printer") }).await, expected);
    }
    let hits = search(&world, &looking_for("monday")).await.hits;
    let (Hit::Conversation(head), matched) = &hits[0] else { panic!("{hits:?}") };
    assert_eq!((matched.field, matched.snippet.len()), (Field::Note, 2), "{matched:?}");
    assert_eq!((head.title.as_deref(), head.participants), (Some("Printer is slow"), 1));
    assert_eq!((head.started_by.as_deref(), head.started_at), (Some("Ada"), at(5)));
    world.assert_clean().await;

    // The conversation turns out to have started earlier, with more participants: it moves to another place, and its
    // notes with it.
    let earlier = vec![part("p0", PartKind::Message, "Badges", 1), part("p2", PartKind::Note, "nothing", 9)];
    world.store.put_conversations(&[conversation("c1", &["eve"], earlier)]).await.unwrap();
    for (query, expected) in [("monday", 0), ("another printer", 1), ("badges", 1), ("lovelace", 0), ("slow", 1)] {
        assert_eq!(found(&world, query).await.len(), expected, "{query}");
    }
    world.assert_clean().await;
}

#[tokio::test]
async fn the_first_message_is_said_in_however_many_lists_its_conversation_stood() {
    let world = World::new().await;
    let of = ["a", "b", "c", "d"];
    for (id, name) in of.into_iter().zip([
        "Acme Logistics International GmbH",
        "Northwind Traders Limited Scotland",
        "Globex Industrial Supplies Hamburg",
        "Umbrella Pharmaceutical Research Zurich",
    ]) {
        world.store.put_company(&company(id), name, &Default::default()).await.unwrap();
    }
    let mut ada = Contact::unrecorded(contact("ada"));
    ada.name = Some("Ada Augusta Lovelace-Byron".into());
    world.store.put_contact(&ada, &of.map(company).into()).await.unwrap();
    let note = part("p0", PartKind::Note, "called before", 1);
    world.store.put_conversations(&[conversation("c1", &["ada"], vec![note])]).await.unwrap();
    world.store.put_conversations(&[conversation("c2", &["ada"], vec![])]).await.unwrap();
    for id in ["c1", "c2"] {
        let message = part("p1", PartKind::Message, "Printer is slow", 5);
        let once = Once { of: id.into(), key: "k".into(), fingerprint: "f".into(), at: at(5) };
        world.store.say(&ConversationId::new(id).unwrap(), &message, &once, None).await.unwrap();
    }
    assert_eq!(found(&world, "printer").await.len(), 2);
    world.assert_clean().await;
}

#[tokio::test]
async fn writers_at_once_leave_one_index() {
    let world = World::new().await;
    let first = world.create(titled("t1", "Label printer", Some("a"), 1)).await;
    let writers = (0..12).map(|n| {
        let mut after = first.clone();
        after.row.title = format!("Badge scanner number{n}");
        after.row.company = Some(company(["a", "b", "c"][n % 3]));
        world.store.write_ticket(TicketWrite::replace(first.clone(), after, None))
    });
    assert_eq!(join_all(writers).await.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(found(&world, "scanner").await, ["t1"]);
    assert_eq!(found(&world, "label").await, [""; 0]);
    world.assert_clean().await;
}

const WORDS: [&str; 9] = ["printer", "printed", "pri", "label", "lab", "é", "b2", "7", "scanner"];
const COMPANIES: [Option<&str>; 3] = [Some("a"), Some("b"), None];

#[derive(Debug, Clone)]
struct Given {
    words: Vec<usize>,
    company: usize,
    created: i64,
    resolved: bool,
    bug: bool,
    moved: Option<(usize, usize)>,
}

fn given() -> impl Strategy<Value = Given> {
    let words = prop::collection::vec(0..WORDS.len(), 1..5);
    let moved = prop::option::weighted(0.3, (0usize..3, 0..WORDS.len()));
    (words, 0usize..3, 0i64..9, any::<bool>(), any::<bool>(), moved).prop_map(
        |(words, company, created, resolved, bug, moved)| Given { words, company, created, resolved, bug, moved },
    )
}

/// What the model knows about an entry.
struct Expected {
    id: String,
    number: Option<u64>,
    /// The texts in which each word of a query has to occur, in any of them.
    texts: Vec<String>,
    company: Option<&'static str>,
    state: Option<StateCategory>,
    bug: Option<bool>,
}

impl Expected {
    fn is_found_by(&self, query: &str) -> bool {
        let word = |text: &str, wanted: &str| {
            let begins = |word: &str| word == wanted || wanted.len() > 2 && word.starts_with(wanted);
            text.to_lowercase().replace('é', "e").split(' ').any(begins)
                || wanted.parse().ok() == self.number && self.number.is_some()
        };
        let is_quoted = self.number.is_some() && Query::parse(query).quoted() == self.number;
        let wanted = query.replace('é', "e");
        is_quoted || wanted.split_whitespace().all(|wanted| self.texts.iter().any(|text| word(text, wanted)))
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn all_pages_together_are_what_a_filter_over_everything_finds(
        tickets in prop::collection::vec(given(), 1..25),
        talks in prop::collection::vec(given(), 0..6),
        queries in prop::collection::vec(
            (prop::collection::vec((0..WORDS.len(), 1usize..8), 0..3), 0usize..4, 0usize..3, 0usize..3, any::<bool>(), 1usize..6), 6),
    ) {
        runtime().block_on(async {
            let world = World::new().await;
            for (id, of) in [("pa", "a"), ("pb", "b")] {
                world.person(id, &[of]).await;
            }
            let text = |words: &[usize]| words.iter().map(|n| WORDS[*n]).collect::<Vec<_>>().join(" ");
            let mut all = Vec::new();
            for (n, given) in tickets.iter().enumerate() {
                let mut it = titled(&format!("t{n}"), &text(&given.words), COMPANIES[given.company], given.created);
                it.row.number = n as u64;
                it.row.ticket_type = TypeId::new(if given.bug { "bug" } else { "task" }).unwrap();
                it = world.create(it).await;
                if let Some((to, word)) = given.moved {
                    let before = it.clone();
                    it.row.company = COMPANIES[to].map(company);
                    it.row.title = WORDS[word].into();
                    it = world.store.write_ticket(TicketWrite::replace(before, it, None)).await.unwrap();
                }
                if given.resolved {
                    let before = it.clone();
                    it.row.state_category = StateCategory::Resolved;
                    it.row.state = StateId::new("done").unwrap();
                    it = world.store.write_ticket(TicketWrite::replace(before, it, None)).await.unwrap();
                }
                let to = given.moved.map_or(given.company, |(to, _)| to);
                let name = COMPANIES[to].unwrap_or_default();
                all.push(Expected {
                    id: it.row.id.to_string(), number: Some(n as u64), company: COMPANIES[to],
                    texts: vec![format!("{} ada {name}", it.row.title)],
                    state: Some(it.row.state_category), bug: Some(given.bug),
                });
            }
            for (n, given) in talks.iter().enumerate() {
                let (title, note) = (text(&given.words), WORDS[given.words[0]].to_owned() + " noted");
                let parts = vec![
                    part("m", PartKind::Message, &title, given.created),
                    part("n1", PartKind::Note, &note, given.created + 50),
                    part("n2", PartKind::Note, "noted", given.created + 60),
                ];
                let who = [&["pa"][..], &["pb"], &[]][given.company];
                world.store.put_conversations(&[conversation(&format!("c{n}"), who, parts)]).await.unwrap();
                all.push(Expected {
                    id: format!("c{n}"), number: None, company: COMPANIES[given.company],
                    texts: vec![format!("{title} {}", COMPANIES[given.company].unwrap_or_default()), note, "noted".into()],
                    state: None, bug: None,
                });
            }
            world.assert_clean().await;

            for (words, company_filter, state, kind, bug, limit) in &queries {
                let asked: Vec<String> = words.iter().map(|(n, chars)| WORDS[*n].chars().take(*chars).collect()).collect();
                let asked = asked.join(" ");
                let filter = match company_filter {
                    0 => CompanyFilter::Any,
                    1 => CompanyFilter::NoCompany,
                    n => CompanyFilter::Of(company(["a", "b"][n - 2])),
                };
                let query = SearchQuery {
                    company: filter.clone(),
                    filter: Filter {
                        state: [None, Some(StateCategory::Resolved), Some(StateCategory::Submitted)][*state],
                        ticket_type: bug.then(|| TypeId::new("bug").unwrap()),
                        ..Filter::default()
                    },
                    kind: [None, Some(Kind::Ticket), Some(Kind::Conversation)][*kind],
                    limit: *limit,
                    ..looking_for(&asked)
                };
                let mut expected: Vec<_> = all.iter()
                    .filter(|it| it.is_found_by(&asked))
                    .filter(|it| match &filter {
                        CompanyFilter::Any => true,
                        CompanyFilter::NoCompany => it.company.is_none(),
                        CompanyFilter::Of(id) => it.company == Some(id.as_str()),
                    })
                    .filter(|it| query.filter.state.is_none() || it.state == query.filter.state)
                    .filter(|it| !bug || it.bug == Some(true))
                    .filter(|it| query.kind.is_none_or(|kind| (kind == Kind::Ticket) == it.number.is_some()))
                    .map(|it| it.id.clone())
                    .collect();
                expected.sort();
                let mut found = walk(&world, query.clone()).await;
                found.sort();
                assert_eq!(found, expected, "{asked:?} {query:?}");
            }
        });
    }
}

#[tokio::test]
async fn a_request_looks_through_a_bounded_number_of_items_and_the_cursor_through_all() {
    let world = World::new().await;
    let writes = (0..300).map(|n| {
        let title = if n == 0 { "Printer alpha" } else { "Printer bravo" };
        TicketWrite::create(titled(&format!("t{n}"), title, Some("a"), n), event(Change::Created))
    });
    assert!(world.store.write_tickets(writes.collect()).await.unwrap().iter().all(Result::is_ok));
    // The one list has its only match at the end.
    let mut query = SearchQuery { filter: in_state(StateCategory::Resolved), ..looking_for("printer") };
    change(&world, "t0", |it| it.row.state_category = StateCategory::Resolved).await;
    world.fed().await;
    let page = search(&world, &query).await;
    assert!(page.hits.is_empty() && page.next.is_some() && page.looked_through > 10);
    query.after = page.next;
    assert_eq!(walk(&world, query).await, ["t0"]);
    // The rarer of two words leads to the match at once.
    let page = search(&world, &looking_for("printer alpha")).await;
    assert_eq!(
        (page.hits.iter().map(|(hit, _)| id(hit)).collect::<Vec<_>>(), page.next),
        (vec!["t0".to_owned()], None)
    );
    world.assert_clean().await;
}
