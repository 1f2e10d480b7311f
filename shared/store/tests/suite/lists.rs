//! Lists: exactly what is visible, in order, page by page.

use crate::world::{World, at, company as company_id, contact, event, everything, granted, ticket, visitor};
use domain::{
    catalog::{Catalog, TicketCategory},
    filter::{CreatedBy, Filter, Span},
    history::Change,
    id::{StateId, TypeId},
    list::Pile,
    order::{Direction, Order, Sort},
    settings::Visibility,
    state::{Counts, StateCategory},
    ticket::{Ticket, TicketRow},
    turn::Who,
    visibility::Sight,
};
use proptest::prelude::*;
use store::{ListQuery, TicketWrite};

#[derive(Debug, Clone)]
struct Given {
    company: usize,
    requester: usize,
    state: StateCategory,
    updated: i64,
    category: TicketCategory,
    shared: bool,
    ticket_type: &'static str,
    created: i64,
    /// Whether it is private when it is made.
    private: bool,
    /// What its creator has changed that to.
    then: Option<bool>,
    /// Where a teammate has moved it.
    moved: Option<usize>,
}

const COMPANIES: [Option<&str>; 4] = [Some("a"), Some("b"), Some("c"), None];

fn given() -> impl Strategy<Value = Given> {
    let category = prop_oneof![
        4 => Just(TicketCategory::Customer),
        1 => Just(TicketCategory::BackOffice),
        1 => Just(TicketCategory::Tracker)
    ];
    let state = prop::sample::select(StateCategory::ALL.to_vec());
    let private = (prop::bool::weighted(0.2), prop::option::weighted(0.2, any::<bool>()));
    let times = (prop::sample::select(TYPES.to_vec()), 0i64..6, 0i64..6);
    let companies = (0usize..4, prop::option::weighted(0.2, 0usize..4));
    (companies, 0usize..3, state, category, (any::<bool>(), private), times).prop_map(
        |((company, moved), requester, state, category, (shared, (private, then)), (ticket_type, created, updated))| {
            Given { private, then, company, requester, state, updated, category, shared, ticket_type, created, moved }
        },
    )
}

const TYPES: [&str; 2] = ["bug", "question"];

fn span() -> impl Strategy<Value = Span> {
    (prop::option::of(0i64..6), prop::option::of(0i64..6))
        .prop_map(|(from, to)| Span { from: from.map(at), to: to.map(at) })
}

prop_compose! {
    fn filter()(
        state in prop::option::of(prop::sample::select(StateCategory::ALL.to_vec())),
        turn in prop::option::of(prop::sample::select(Pile::ALL.to_vec())),
        company in prop::option::of(0usize..3),
        ticket_type in prop::option::of(prop::sample::select(TYPES.to_vec())),
        creator in prop::option::of(0usize..4),
        created in prop_oneof![Just(Span::default()), span()],
        updated in prop_oneof![Just(Span::default()), span()],
    ) -> Filter {
        let creator = creator.map(|n| PEOPLE.get(n).map_or(CreatedBy::Me, |(id, _)| CreatedBy::Contact(contact(id))));
        let company = company.and_then(|n| COMPANIES[n]).map(company_id);
        let ticket_type = ticket_type.map(|id| TypeId::new(id).unwrap());
        Filter { state, turn, company, ticket_type, creator, created, updated }
    }
}

fn order() -> impl Strategy<Value = Order> {
    let direction = prop::sample::select(vec![Direction::Descending, Direction::Ascending]);
    (prop::sample::select(Sort::ALL.to_vec()), direction).prop_map(|(sort, direction)| Order { sort, direction })
}

/// Ada is in `a`, Bob in `a` and `b`, Cem in all three.
const PEOPLE: [(&str, &[&str]); 3] = [("ada", &["a"]), ("bob", &["a", "b"]), ("cem", &["a", "b", "c"])];

fn build(n: usize, given: &Given) -> Ticket {
    let mut it = ticket(&format!("t{n}"), PEOPLE[given.requester].0, COMPANIES[given.company], given.updated);
    it.row.state_category = given.state;
    it.row.state = StateId::new(given.state.as_str()).unwrap();
    it.row.category = given.category;
    it.row.shared = given.shared;
    it.row.private = given.private;
    it.row.ticket_type = TypeId::new(given.ticket_type).unwrap();
    it.row.created_at = at(given.created);
    it.row.number = n as u64 % 5;
    it.row.title = ["B", "a", "Ä", "b"][n % 4].into();
    it
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn lists_files_and_counts_are_what_somebody_may_see_and_asks_for_each_once_in_order(
        tickets in prop::collection::vec(given(), 1..40),
        who in 0usize..3,
        limit in 1usize..8,
        own in any::<bool>(),
        filter in prop_oneof![Just(Filter::default()), filter()],
        order in prop_oneof![Just(Order::default()), order()],
    ) {
        runtime().block_on(async {
            let world = World::new().await;
            // Some were in more companies before, where they have created tickets.
            for (id, companies) in PEOPLE {
                world.person(id, &["a", "b", "c"]).await;
                world.person(id, companies).await;
            }
            // A ticket from the start, so that nobody is refused because there are none.
            world.create(ticket("first", "ada", Some("a"), 0)).await;
            world.settings(Visibility { restrict: own, conditions: vec![] }).await;
            let mut all = vec![ticket("first", "ada", Some("a"), 0)];
            for (n, given) in tickets.iter().enumerate() {
                let made = world.create(build(n, given)).await;
                let mut it = build(n, given);
                if given.moved.is_some() || given.then.is_some() {
                    it.row.company = given.moved.map_or(it.row.company, |to| COMPANIES[to].map(company_id));
                    it.row.private = given.then.unwrap_or(it.row.private);
                    let moved = Ticket { row: it.row.clone(), ..made.clone() };
                    let write = TicketWrite::replace(made, moved, [event(Change::Created)]);
                    world.store.write_ticket(write).await.unwrap();
                }
                all.push(it);
            }
            let (name, companies) = PEOPLE[who];
            let visible = |it: &&Ticket| {
                let row = &it.row;
                row.is_customer_visible()
                    && row.company.as_ref().is_some_and(|of| companies.contains(&of.as_str()))
                    && (!own && !row.private || row.requester.as_str() == name)
            };
            // Nobody has joined anything.
            let mine = move |it: &Ticket| it.row.requester.as_str() == name;
            let on_whom = |it: &&Ticket| match filter.turn {
                Some(Pile::You) => mine(it),
                Some(Pile::Colleagues) => !mine(it),
                _ => true,
            };
            let mut expected: Vec<_> = all.iter().filter(visible).filter(on_whom)
                .map(|it| it.row.clone()).filter(|row| filter.keeps(row, &contact(name))).collect();
            let rank = |row: &TicketRow| order.rank(row, &Catalog::default());
            expected.sort_by(|a, b| order.compare(&rank(a), &rank(b)));

            // What has left somebody's sight is in no list, whatever the indexes still have.
            let sees = |row: &TicketRow| all.iter().filter(visible).any(|it| it.row.id == row.id);
            let early = world.list_at_once(name, &everything()).await;
            assert!(early.rows.iter().all(sees), "{:?}", early.rows);

            let mut query = ListQuery { filter, order, limit, ..ListQuery::default() };
            let mut walked = Vec::new();
            loop {
                let page = world.list(name, &query).await;
                assert!(page.rows.len() <= limit);
                assert_eq!(page.looked_through, None, "all were looked through");
                // The write adds since when it is whose turn.
                walked.extend(page.rows.into_iter().map(|row| TicketRow { turn_since: None, ..row }));
                match page.next {
                    Some(next) => query.after = next,
                    None => break,
                }
                assert!(walked.len() <= all.len(), "goes round in circles");
            }
            assert_eq!(walked, expected);

            query.after = Default::default();
            world.settle();
            let file = world.store.enter_with_all(&visitor(name), None, &query, 100).await.unwrap();
            let (file, _) = granted(file).1.unwrap();
            let file: Vec<_> = file.into_iter().map(|row| TicketRow { turn_since: None, ..row }).collect();
            assert_eq!(file, expected, "the file has all of them at once");

            let (scope, found) = granted(world.store.enter_with_list(&visitor(name), None, &everything()).await.unwrap());
            assert_eq!(scope.sight(), if own { Sight::Own } else { Sight::All });
            let mut counted = Counts::default();
            for counts in scope.counts(&found.own).into_values() {
                counted += counts;
            }
            let mut recount = Counts::default();
            for it in all.iter().filter(visible) {
                recount.add(it.row.state_category, 1);
            }
            assert_eq!(counted, recount);
            let pile = |pile| all.iter().filter(visible).filter(move |it| match it.row.turn().who {
                Who::Us => pile == Pile::Us,
                Who::Customer => pile == if mine(it) { Pile::You } else { Pile::Colleagues },
                Who::Nobody => pile == Pile::None,
            });
            let piles = scope.piles(&found, None);
            assert_eq!(Pile::ALL.map(|it| piles.in_pile(it)), Pile::ALL.map(|it| pile(it).count() as u64));
            world.assert_clean().await;
        });
    }
}

#[tokio::test]
async fn ids_that_look_like_keys_stay_in_their_company() {
    let world = World::new().await;
    let nasty = ["a#", "a#CONTACT#ada", "A", "á", "a\u{301}", "%61", "a/b", "..", "\0"];
    for (n, id) in nasty.into_iter().enumerate() {
        world.store.put_company(&company_id(id), id, &Default::default()).await.unwrap();
        world.create(ticket(&format!("t{n}"), "eve", Some(id), 1)).await;
        world.person(id, &[id]).await;
    }
    for id in nasty {
        assert_eq!(world.ids(id).await.len(), 1, "{id:?}");
    }
    world.assert_clean().await;
}

/// Walks a list from page to page, and returns the numbers on each with how many tickets were looked through for it.
async fn walk(world: &World, query: &ListQuery) -> Vec<(Vec<u64>, Option<usize>)> {
    let (mut query, mut pages) = (query.clone(), Vec::new());
    loop {
        let page = world.list("ada", &query).await;
        pages.push((page.rows.iter().map(|row| row.number).collect(), page.looked_through));
        match page.next {
            Some(next) => query.after = next,
            None => return pages,
        }
    }
}

#[tokio::test]
async fn what_one_page_does_not_look_through_the_next_ones_do() {
    let world = World::new().await;
    world.person("ada", &["a", "b"]).await;
    for n in 0..1100i64 {
        let of = if n % 10 == 0 { "b" } else { "a" };
        let mut it = ticket(&format!("t{n}"), "ada", Some(of), n);
        it.row.number = u64::try_from(n * 7 % 1100).unwrap();
        if n % 200 == 0 {
            it.row.ticket_type = TypeId::new("question").unwrap();
        }
        world.create(it).await;
    }
    let question = Some(TypeId::new("question").unwrap());
    let filter = Filter { ticket_type: question, ..Filter::default() };
    for (direction, expected) in
        [(Direction::Descending, [1000, 800, 600, 400, 200, 0]), (Direction::Ascending, [0, 200, 400, 600, 800, 1000])]
    {
        let order = Order { direction, ..Order::default() };
        let pages = walk(&world, &ListQuery { filter: filter.clone(), order, limit: 25, ..ListQuery::default() }).await;
        let numbers: Vec<_> = pages.iter().flat_map(|(numbers, _)| numbers).copied().collect();
        assert_eq!(numbers, expected.map(|n: u64| n * 7 % 1100), "{direction:?}");
        let bounded = |it: &Option<usize>| it.is_none_or(|many| (100..=300).contains(&many));
        assert!(pages.iter().all(|(_, looked_through)| bounded(looked_through)), "{pages:?}");
        assert!((4..=11).contains(&pages.len()), "{pages:?}");
    }

    // Sorted are the last updated, as many as a request looks at, and then those before them.
    let order = Order { sort: Sort::Number, direction: Direction::Ascending };
    let pages = walk(&world, &ListQuery { order, limit: 100, ..ListQuery::default() }).await;
    let numbers: Vec<_> = pages.iter().flat_map(|(numbers, _)| numbers).copied().collect();
    assert_eq!(numbers.iter().collect::<std::collections::BTreeSet<_>>().len(), 1100, "each once");
    assert_eq!(numbers.len(), 1100);
    let many = pages[0].1.unwrap();
    assert!((500..1000).contains(&many), "{many}");
    assert!(numbers[..many].is_sorted() && !numbers[..=many].is_sorted());
    assert!(pages.last().unwrap().1.is_none());
}

/// A table in which Ada is in so many companies, `k0` and on.
async fn of_many_companies(many: usize) -> World {
    let world = World::new().await;
    let names: Vec<_> = (0..many).map(|n| format!("k{n}")).collect();
    for name in &names {
        world.store.put_company(&company_id(name), name, &Default::default()).await.unwrap();
    }
    world.person("ada", &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    world
}

/// A ticket of one of these companies.
fn of_company(n: usize, company: usize, state: StateCategory, updated: i64) -> Ticket {
    let mut it = ticket(&format!("t{n}"), "bob", Some(&format!("k{company}")), updated);
    it.row.state_category = state;
    it.row.state = StateId::new(state.as_str()).unwrap();
    it.row.number = n as u64;
    it
}

/// Walks over all pages: they show what the query asks for, in order, and only the last is not full.
async fn assert_all_on_full_pages(world: &World, all: &[Ticket], query: &ListQuery) {
    let rows = all.iter().map(|it| &it.row).filter(|row| query.filter.keeps(row, &contact("ada")));
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by(|a, b| query.order.of_updates(&a.boundary(), &b.boundary()));
    let expected: Vec<_> = rows.into_iter().map(|row| row.number).collect();
    let pages = walk(world, query).await;
    let numbers: Vec<_> = pages.iter().flat_map(|(numbers, _)| numbers).copied().collect();
    assert_eq!(numbers, expected, "{query:?}");
    assert!(pages.iter().rev().skip(1).all(|(numbers, _)| numbers.len() == query.limit), "{query:?}: {pages:?}");
}

#[tokio::test]
async fn a_company_that_has_all_that_is_new_hides_nothing_of_many_others() {
    let world = of_many_companies(12).await;
    let mut all = Vec::new();
    for n in 0..110 {
        // Of one company there are newer ones and older ones than five of each other.
        let (company, updated) = if n < 55 { (1 + n % 11, 40 + n) } else { (0, if n % 2 == 0 { n } else { n + 100 }) };
        let state = if n % 3 == 0 { StateCategory::Resolved } else { StateCategory::Submitted };
        all.push(world.create(of_company(n, company, state, updated as i64)).await);
    }
    for state in [None, Some(StateCategory::Submitted)] {
        for direction in [Direction::Descending, Direction::Ascending] {
            for limit in [5, 6, 25, 110] {
                let order = Order { direction, ..Order::default() };
                let filter = Filter { state, ..Filter::default() };
                let query = ListQuery { filter, order, limit, ..ListQuery::default() };
                assert_all_on_full_pages(&world, &all, &query).await;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn a_list_of_many_companies_has_each_ticket_once_in_order_on_full_pages(
        companies in 4usize..9,
        // Most are of one company, whose others are further back.
        tickets in prop::collection::vec(
            (prop_oneof![2 => Just(0), 3 => 0usize..9], prop::sample::select(StateCategory::ALL.to_vec()), 0i64..90),
            30..90,
        ),
        limits in prop::collection::vec(1usize..60, 3),
        turn in prop::option::of(prop::sample::select(vec![Pile::Us, Pile::None])),
        direction in prop::sample::select(vec![Direction::Descending, Direction::Ascending]),
    ) {
        runtime().block_on(async {
            let world = of_many_companies(companies).await;
            let mut all = Vec::new();
            for (n, (company, state, updated)) in tickets.into_iter().enumerate() {
                all.push(world.create(of_company(n, company % companies, state, updated)).await);
            }
            for limit in limits {
                let order = Order { direction, ..Order::default() };
                let filter = Filter { turn, ..Filter::default() };
                let query = ListQuery { filter, order, limit, ..ListQuery::default() };
                assert_all_on_full_pages(&world, &all, &query).await;
            }
        });
    }
}
