//! What customers find is what their list would show them and has the words. What is for teammates alone is found by no
//! customer, and stands in no list that a customer's search reads.

use crate::world::{World, at, company, contact, event, granted, ticket, visitor};
use domain::{
    catalog::{AttributeDefinition, Catalog, DataType, TicketCategory, TicketType},
    conversation::{Part, PartKind},
    filter::{CreatedBy, Filter},
    history::{Actor, Change},
    id::{ConversationId, PartId, TypeId},
    search::{Field, Query, words},
    settings::Visibility,
    state::StateCategory,
    ticket::Ticket,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use store::{CompanyFilter, ConversationRecord, ListQuery, SearchQuery, TicketWrite};

const WORDS: [&str; 8] = ["printer", "printed", "Läbel", "labels", "vw", "印刷機", "2024", "scanner"];
const COMPANIES: [Option<&str>; 4] = [Some("a"), Some("b"), Some("c"), None];
/// Ada is in `a`, Bob in `a` and `b`, Cem in all three.
const PEOPLE: [(&str, &[&str]); 3] = [("ada", &["a"]), ("bob", &["a", "b"]), ("cem", &["a", "b", "c"])];
/// Words that are for teammates alone.
const CANARIES: [&str; 3] = ["canarynote", "canaryhidden", "canaryfield"];

#[derive(Debug, Clone)]
struct Given {
    company: usize,
    requester: usize,
    category: TicketCategory,
    resolved: bool,
    title: Vec<usize>,
    description: Vec<usize>,
    place: usize,
    messages: Vec<usize>,
    /// Where a teammate has moved it after all was indexed.
    moved: Option<usize>,
    private: bool,
    /// What its creator has changed that to, at the same time.
    then: Option<bool>,
}

prop_compose! {
    fn given()(
        company in 0usize..4,
        requester in 0usize..3,
        category in prop_oneof![4 => Just(TicketCategory::Customer), 1 => Just(TicketCategory::Tracker)],
        resolved in any::<bool>(),
        title in prop::collection::vec(0..WORDS.len(), 1..3),
        description in prop::collection::vec(0..WORDS.len(), 0..3),
        place in 0..WORDS.len(),
        messages in prop::collection::vec(0..WORDS.len(), 0..4),
        moved in prop::option::weighted(0.2, 0usize..4),
        private in prop::bool::weighted(0.2),
        then in prop::option::weighted(0.2, any::<bool>()),
    ) -> Given {
        Given { company, requester, category, resolved, title, description, place, messages, moved, private, then }
    }
}

fn text(words: &[usize]) -> String {
    words.iter().map(|n| WORDS[*n]).collect::<Vec<_>>().join(" ")
}

impl Given {
    fn ticket(&self, n: usize) -> Ticket {
        let mut it = ticket(&format!("t{n}"), PEOPLE[self.requester].0, COMPANIES[self.company], 1);
        it.row.category = self.category;
        it.row.private = self.private;
        let hidden = if it.row.is_customer_visible() { "" } else { "canaryhidden" };
        it.row.title = format!("{} {hidden}", text(&self.title)).trim().to_owned();
        it.row.number = 7000 + n as u64;
        it.row.created_at = at(n as i64 / 2);
        it.description = text(&self.description);
        it.attributes = BTreeMap::from([
            ("Where".to_owned(), WORDS[self.place].into()),
            ("Secret".to_owned(), "canaryfield".into()),
        ]);
        if self.resolved {
            it.row.state_category = StateCategory::Resolved;
        }
        it
    }

    /// What customers who see it can find it by.
    fn texts(&self, n: usize) -> Vec<String> {
        let messages = self.messages.iter().map(|word| format!("again {}", WORDS[*word]));
        let fixed =
            [text(&self.title), text(&self.description), WORDS[self.place].to_owned(), format!("#{}", 7000 + n)];
        fixed.into_iter().chain(messages).collect()
    }

    fn has(&self, n: usize, query: &Query) -> bool {
        let number = format!("#{}", 7000 + n);
        let words: Vec<_> =
            self.texts(n).iter().flat_map(|text| words(text).collect::<Vec<_>>()).chain([number]).collect();
        query.fits(words.iter().map(String::as_str))
    }
}

fn part(id: &str, kind: PartKind, body: String, millis: i64) -> Part {
    let author = Actor::Contact { id: contact("ada"), name: None };
    Part { id: PartId::new(id).unwrap(), kind, author, body, at: at(millis) }
}

fn catalog() -> Catalog {
    let attribute = |name: &str, visible| AttributeDefinition::new(name, DataType::String, visible);
    let id = TypeId::new("bug").unwrap();
    let bug = TicketType {
        id: id.clone(),
        name: "Bug".into(),
        external_label: "Bug".into(),
        icon: String::new(),
        category: TicketCategory::Customer,
        attributes: vec![attribute("Where", true), attribute("Secret", false)],
    };
    Catalog { types: [(id, bug)].into(), ..Catalog::default() }
}

async fn fill(world: &World, tickets: &[Given]) -> Vec<Ticket> {
    world.store.put_catalog(&catalog()).await.unwrap();
    for (id, companies) in PEOPLE {
        world.person(id, companies).await;
    }
    // So that nobody is refused because there are none.
    world.create(ticket("first", "ada", Some("a"), 0)).await;
    let mut all = Vec::new();
    for (n, given) in tickets.iter().enumerate() {
        let made = world.create(given.ticket(n)).await;
        let id = ConversationId::new(format!("c{n}")).unwrap();
        let messages = given.messages.iter().enumerate().map(|(nth, word)| {
            part(&format!("m{nth}"), PartKind::Message, format!("again {}", WORDS[*word]), 10 + nth as i64)
        });
        let parts = messages.chain([part("n", PartKind::Note, "canarynote".into(), 50)]).collect();
        let record =
            ConversationRecord { id: id.clone(), participants: BTreeSet::new(), parts, fingerprint: "x".into() };
        world.store.put_conversations(&[record]).await.unwrap();
        let heard = world.store.imported_conversations(std::slice::from_ref(&id)).await.unwrap()[&id].exchange.clone();
        let mut linked = made.clone();
        linked.conversation = Some(id);
        linked.row.exchange = heard.clone();
        all.push(world.store.write_ticket(TicketWrite::replace(made, linked, None).heard(heard)).await.unwrap());
    }
    all
}

/// Walks all pages of what somebody finds.
async fn found(world: &World, who: &str, mut query: ListQuery) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..200 {
        let page = world.list(who, &query).await;
        assert!(page.rows.len() <= query.limit && page.rows.iter().all(|row| page.matches.contains_key(&row.id)));
        ids.extend(page.rows.into_iter().map(|row| row.id.to_string()));
        match page.next {
            Some(next) => query.after = next,
            None => return ids,
        }
    }
    panic!("goes round in circles");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn what_somebody_finds_is_what_they_may_see_that_has_the_words_each_once(
        tickets in prop::collection::vec(given(), 1..14),
        own in any::<bool>(),
        queries in prop::collection::vec((prop::collection::vec((0..WORDS.len(), 1usize..8), 1..3), 0usize..3, 1usize..8, 0usize..5), 6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new().await;
            world.settings(Visibility { restrict: own, conditions: vec![] }).await;
            let all = fill(&world, &tickets).await;
            world.assert_search_is_right().await;
            // Nobody has read the stream since.
            for (it, given) in all.into_iter().zip(&tickets) {
                let mut moved = it.clone();
                moved.row.company = given.moved.map_or(moved.row.company, |to| COMPANIES[to].map(company));
                moved.row.private = given.then.unwrap_or(given.private);
                if moved == it {
                    continue;
                }
                world.store.write_ticket(TicketWrite::replace(it, moved, [event(Change::Created)])).await.unwrap();
            }
            for is_read in [false, true] {
                if is_read {
                    world.assert_search_is_right().await;
                }
                for (asked, who, limit, filter) in &queries {
                    let (name, companies) = PEOPLE[*who];
                    let asked = asked.iter().map(|(n, chars)| WORDS[*n].chars().take(*chars).collect::<String>());
                    let asked = asked.collect::<Vec<_>>().join(" ");
                    let filter = match filter {
                        0 => Filter { state: Some(StateCategory::Resolved), ..Filter::default() },
                        1 => Filter { company: Some(company(companies[0])), ..Filter::default() },
                        2 => Filter { creator: Some(CreatedBy::Me), ..Filter::default() },
                        _ => Filter::default(),
                    };
                    let query = ListQuery { words: Query::parse(&asked), filter, limit: *limit, ..ListQuery::default() };
                    let expected = tickets.iter().enumerate().filter(|(n, given)| {
                        let row = given.ticket(*n).row;
                        let home = COMPANIES[given.moved.unwrap_or(given.company)];
                        let private = given.then.unwrap_or(given.private);
                        let row = domain::ticket::TicketRow { company: home.map(company), private, ..row };
                        // What has come is found once the stream has been read; what has left never.
                        let has_come = given.moved.is_some_and(|to| to != given.company);
                        let has_come = has_come || given.private && !private;
                        let is_their_own = row.requester.as_str() == name;
                        row.is_customer_visible() && home.is_some_and(|of| companies.contains(&of))
                            && (!own && !private || is_their_own) && given.has(*n, &query.words)
                            && query.filter.keeps(&row, &contact(name)) && (is_read || !has_come)
                    });
                    let expected: BTreeSet<_> = expected.map(|(n, _)| format!("t{n}")).collect();
                    let ids = found(&world, name, query.clone()).await;
                    let mut once: BTreeSet<_> = ids.iter().cloned().collect();
                    prop_assert_eq!(ids.len(), once.len(), "each once: {} {}", asked, name);
                    // What was its creator's alone they may find sooner, in the list that they alone read.
                    let sooner = |given: &Given| PEOPLE[given.requester].0 == name && given.private && given.then == Some(false);
                    once.retain(|id| is_read || expected.contains(id) || !sooner(&tickets[id[1..].parse::<usize>().unwrap()]));
                    prop_assert_eq!(once, expected, "{:?} for {}, read: {}", asked, name, is_read);
                }
            }
            for canary in CANARIES {
                for (name, _) in PEOPLE {
                    let query = ListQuery { words: Query::parse(canary), limit: 20, ..ListQuery::default() };
                    prop_assert_eq!(found(&world, name, query).await.len(), 0, "{} {}", canary, name);
                }
            }
            let mut items = world.client().scan().table_name("tickets").into_paginator().items().send();
            while let Some(item) = items.next().await {
                let item = item.unwrap();
                let is_open = item["pk"].as_s().unwrap().contains("#FIND#");
                prop_assert!(!is_open || !format!("{item:?}").contains("canary"), "{:?}", item);
            }
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn a_hit_shows_the_line_and_comes_in_the_order_of_places() {
    let world = World::new().await;
    let given = |title: &[usize], description: &[usize], messages: &[usize]| Given {
        company: 0,
        requester: 0,
        category: TicketCategory::Customer,
        resolved: false,
        title: title.into(),
        description: description.into(),
        place: 6,
        messages: messages.into(),
        moved: None,
        private: false,
        then: None,
    };
    let tickets =
        [given(&[0], &[], &[]), given(&[7], &[0, 3], &[]), given(&[7], &[], &[7, 0]), given(&[0], &[0], &[0])];
    fill(&world, &tickets).await;
    world.assert_search_is_right().await;
    let query = |text: &str| ListQuery { words: Query::parse(text), limit: 20, ..ListQuery::default() };
    let page = world.list("ada", &query("print")).await;
    let ids: Vec<_> = page.rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["t3", "t0", "t1", "t2"], "titles, descriptions, messages, the newest first");
    let fields = page.rows.iter().map(|row| page.matches[&row.id].field).collect::<Vec<_>>();
    assert_eq!(fields, [Field::Title, Field::Title, Field::Description, Field::Message]);
    let said = &page.matches[&page.rows[3].id].snippet;
    let said: Vec<_> = said.iter().map(|piece| (piece.text.as_str(), piece.hit)).collect();
    assert_eq!(said, [("again ", false), ("printer", true)]);
    assert_eq!((page.next, page.looked_through), (None, None));
    // A word in the title and one in a message.
    assert_eq!(found(&world, "ada", query("scanner printer")).await, ["t1", "t2"]);
    assert_eq!(found(&world, "ada", query("Ticket #7002")).await, ["t2"]);
    assert_eq!(found(&world, "ada", query("7002")).await, ["t2"]);
    for nothing in ["...", "🖨", "%", "prin*", "\"printer scanner\" vw", "rinter"] {
        let expected = usize::from(nothing == "prin*") * 4;
        assert_eq!(found(&world, "ada", query(nothing)).await.len(), expected, "{nothing}");
    }
    // A file of it has the same.
    let file = world.store.enter_with_all(&visitor("ada"), None, &query("print"), 100).await.unwrap();
    assert_eq!(granted(file).1.unwrap().0.len(), 4);
    // Teammates find what customers do not, by the same words and others.
    for (text, expected) in [("canarynote", 4), ("canaryfield", 4), ("ADA", 5), ("printer", 4)] {
        let query = SearchQuery {
            query: Query::parse(text),
            company: CompanyFilter::Of(company("a")),
            filter: Filter::default(),
            order: Default::default(),
            kind: None,
            after: None,
            limit: 20,
        };
        let hits = world.store.search(&query, &catalog()).await.unwrap().hits;
        assert_eq!(hits.len(), expected, "{text}");
    }
}
