//! Lists: exactly what is visible, in order, page by page.

use crate::world::{World, company, everything, granted, ticket, visitor};
use domain::{
    catalog::TicketCategory,
    id::StateId,
    settings::Visibility,
    state::{Counts, StateCategory},
    ticket::{Ticket, TicketRow},
    visibility::Sight,
};
use proptest::prelude::*;
use store::ListQuery;

#[derive(Debug, Clone)]
struct Given {
    company: usize,
    requester: usize,
    state: StateCategory,
    updated: i64,
    category: TicketCategory,
    shared: bool,
}

const COMPANIES: [Option<&str>; 4] = [Some("a"), Some("b"), Some("c"), None];

fn given() -> impl Strategy<Value = Given> {
    let category = prop_oneof![
        4 => Just(TicketCategory::Customer),
        1 => Just(TicketCategory::BackOffice),
        1 => Just(TicketCategory::Tracker)
    ];
    let state = prop::sample::select(StateCategory::ALL.to_vec());
    (0usize..4, 0usize..3, state, 0i64..6, category, any::<bool>()).prop_map(
        |(company, requester, state, updated, category, shared)| Given {
            company,
            requester,
            state,
            updated,
            category,
            shared,
        },
    )
}

/// Ada is in `a`, Bob in `a` and `b`, Cem in all three.
const PEOPLE: [(&str, &[&str]); 3] = [("ada", &["a"]), ("bob", &["a", "b"]), ("cem", &["a", "b", "c"])];

fn build(n: usize, given: &Given) -> Ticket {
    let mut it = ticket(&format!("t{n}"), PEOPLE[given.requester].0, COMPANIES[given.company], given.updated);
    it.row.state_category = given.state;
    it.row.state = StateId::new(given.state.as_str()).unwrap();
    it.row.category = given.category;
    it.row.shared = given.shared;
    it
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn all_pages_together_are_the_visible_tickets_each_once_in_order(
        tickets in prop::collection::vec(given(), 1..40),
        who in 0usize..3,
        limit in 1usize..8,
        own in any::<bool>(),
        state in prop::option::of(prop::sample::select(StateCategory::ALL.to_vec())),
        only in prop::option::of(0usize..3),
    ) {
        runtime().block_on(async {
            let world = World::new().await;
            for (id, companies) in PEOPLE {
                world.person(id, companies).await;
            }
            // A ticket from the start, so that nobody is refused because there are none.
            world.create(ticket("first", "ada", Some("a"), 0)).await;
            world.settings(Visibility { restrict: own, conditions: vec![] }).await;
            let mut all = vec![ticket("first", "ada", Some("a"), 0)];
            for (n, given) in tickets.iter().enumerate() {
                world.create(build(n, given)).await;
                all.push(build(n, given));
            }
            let (name, companies) = PEOPLE[who];
            let only = only.and_then(|n| COMPANIES[n]);

            let visible = |it: &&Ticket| {
                let row = &it.row;
                row.is_customer_visible()
                    && row.company.as_ref().is_some_and(|of| companies.contains(&of.as_str()))
                    && (!own || row.requester.as_str() == name)
            };
            let in_company = |it: &&Ticket| only.is_none_or(|only| it.row.company == Some(company(only)));
            let mut expected: Vec<_> = all.iter().filter(visible).filter(in_company)
                .filter(|it| state.is_none_or(|state| it.row.state_category == state))
                .map(|it| it.row.clone()).collect();
            expected.sort_by_key(|row| std::cmp::Reverse((row.updated_at, row.id.clone())));

            let mut query = ListQuery { state, turn: None, company: only.map(company), limit, after: None };
            let mut walked = Vec::new();
            loop {
                let page = world.list(name, &query).await;
                assert!(page.rows.len() <= limit);
                // The write adds since when it is whose turn.
                walked.extend(page.rows.into_iter().map(|row| TicketRow { turn_since: None, ..row }));
                match page.next {
                    Some(next) => query.after = Some(next),
                    None => break,
                }
                assert!(walked.len() <= all.len(), "goes round in circles");
            }
            assert_eq!(walked, expected);

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
            world.assert_clean().await;
        });
    }
}

#[tokio::test]
async fn ids_that_look_like_keys_stay_in_their_company() {
    let world = World::new().await;
    let nasty = ["a#", "a#CONTACT#ada", "A", "á", "a\u{301}", "%61", "a/b", "..", "\0"];
    for (n, id) in nasty.into_iter().enumerate() {
        world.store.put_company(&company(id), id, &Default::default()).await.unwrap();
        world.create(ticket(&format!("t{n}"), "eve", Some(id), 1)).await;
        world.person(id, &[id]).await;
    }
    for id in nasty {
        assert_eq!(world.ids(id).await.len(), 1, "{id:?}");
    }
    world.assert_clean().await;
}
