//! Writing tickets: what changes together, and what happens when two writers meet.

use crate::world::{World, at, company, event, granted, ticket, ticket_id, visitor};
use domain::{
    catalog::TicketCategory,
    history::Change,
    id::StateId,
    state::{Counts, StateCategory},
    ticket::Ticket,
};
use futures::future::join_all;
use store::{Past, TicketWrite, WriteError};

fn moved(before: &Ticket, to: Option<&str>) -> TicketWrite {
    let mut after = before.clone();
    after.row.company = to.map(company);
    let change = Change::CompanyChanged { from: before.row.company.clone(), to: after.row.company.clone() };
    TicketWrite::replace(before.clone(), after, Some(event(change)))
}

async fn visible(world: &World, who: &str, of: &str) -> Counts {
    let (scope, own) = granted(world.store.enter(&visitor(who), None).await.unwrap());
    scope.counts(&own.0)[&company(of)]
}

#[tokio::test]
async fn a_state_change_moves_row_counters_and_history_together() {
    let world = World::new().await;
    world.person("ada", &["a"]).await;
    let before = world.create(ticket("t1", "ada", Some("a"), 1)).await;
    let mut after = before.clone();
    after.row.state = StateId::new("done").unwrap();
    after.row.state_category = StateCategory::Resolved;
    after.row.updated_at = at(2);
    let change = Change::StateChanged { to: Some((after.row.state.clone(), StateCategory::Resolved)) };
    let written = world.store.write_ticket(TicketWrite::replace(before, after, Some(event(change)))).await.unwrap();
    assert_eq!(written.version, 2);
    assert_eq!(visible(&world, "ada", "a").await, Counts { all: 1, resolved: 1, ..Counts::default() });
    let entry = world.store.enter_with_ticket(&visitor("ada"), None, &ticket_id("t1"), Past::Newest).await.unwrap();
    let page = granted(entry).1.unwrap();
    assert_eq!(page.ticket, written);
    assert_eq!(page.history.events.len(), 2);
    world.assert_clean().await;
}

#[tokio::test]
async fn moving_a_ticket_takes_it_from_one_company_and_gives_it_to_another() {
    let world = World::new().await;
    world.person("ada", &["a"]).await;
    world.person("bob", &["b"]).await;
    world.create(ticket("other-a", "ada", Some("a"), 1)).await;
    world.create(ticket("other-b", "bob", Some("b"), 1)).await;
    let first = world.create(ticket("t1", "eve", Some("a"), 2)).await;
    assert_eq!(world.ids("ada").await, ["t1", "other-a"]);

    let second = world.store.write_ticket(moved(&first, Some("b"))).await.unwrap();
    assert_eq!(world.ids("ada").await, ["other-a"]);
    assert_eq!(world.ids("bob").await, ["t1", "other-b"]);
    world.assert_clean().await;

    let third = world.store.write_ticket(moved(&second, None)).await.unwrap();
    assert_eq!(world.ids("bob").await, ["other-b"]);
    world.assert_clean().await;
    world.store.write_ticket(moved(&third, Some("a"))).await.unwrap();
    assert_eq!(world.ids("ada").await, ["t1", "other-a"]);
    world.assert_clean().await;
}

#[tokio::test]
async fn hidden_tickets_are_counted_apart_and_listed_nowhere() {
    let world = World::new().await;
    world.person("ada", &["a"]).await;
    world.create(ticket("shown", "ada", Some("a"), 1)).await;
    let mut hidden = ticket("hidden", "ada", Some("a"), 2);
    hidden.row.category = TicketCategory::BackOffice;
    let hidden = world.create(hidden).await;
    assert_eq!(world.ids("ada").await, ["shown"]);
    assert_eq!(visible(&world, "ada", "a").await.all, 1);

    let mut shared = hidden.clone();
    shared.row.shared = true;
    world.store.write_ticket(TicketWrite::replace(hidden, shared, None)).await.unwrap();
    assert_eq!(world.ids("ada").await, ["hidden", "shown"]);
    assert_eq!(visible(&world, "ada", "a").await.all, 2);
    world.assert_clean().await;
}

#[tokio::test]
async fn a_write_over_an_old_version_is_refused_and_changes_nothing() {
    let world = World::new().await;
    let first = world.create(ticket("t1", "ada", Some("a"), 1)).await;
    let second = world.store.write_ticket(moved(&first, Some("b"))).await.unwrap();
    let refused = world.store.write_ticket(moved(&first, Some("c"))).await;
    assert!(matches!(refused, Err(WriteError::Stale)));
    assert_eq!(world.store.ticket(&ticket_id("t1")).await.unwrap(), Some(second));
    world.assert_clean().await;
}

#[tokio::test]
async fn a_ticket_is_created_once_and_only_in_a_recorded_company() {
    let world = World::new().await;
    world.create(ticket("t1", "ada", Some("a"), 1)).await;
    let again = TicketWrite::create(ticket("t1", "bob", Some("b"), 1), event(Change::Created));
    assert!(matches!(world.store.write_ticket(again).await, Err(WriteError::Exists)));
    let nowhere = TicketWrite::create(ticket("t2", "bob", Some("nowhere"), 1), event(Change::Created));
    assert!(matches!(world.store.write_ticket(nowhere).await, Err(WriteError::UnknownCompany)));
    assert_eq!(world.store.ticket(&ticket_id("t2")).await.unwrap(), None);
    world.assert_clean().await;
}

#[tokio::test]
async fn of_many_writers_at_once_exactly_one_wins() {
    let world = World::new().await;
    let first = world.create(ticket("t1", "ada", Some("a"), 1)).await;
    let writers = (0..16).map(|n| world.store.write_ticket(moved(&first, Some(["b", "c"][n % 2]))));
    let results = join_all(writers).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert!(results.iter().all(|result| matches!(result, Ok(_) | Err(WriteError::Stale))), "{results:?}");
    world.assert_clean().await;
}

#[tokio::test]
async fn a_batch_writes_what_it_can_and_names_what_it_cannot() {
    let world = World::new().await;
    world.create(ticket("t7", "ada", Some("a"), 1)).await;
    let of = |n: usize| if n == 30 { "nowhere" } else { ["a", "b", "c"][n % 3] };
    let writes =
        (0..60).map(|n| TicketWrite::create(ticket(&format!("t{n}"), "ada", Some(of(n)), 1), event(Change::Created)));
    let results = world.store.write_tickets(writes.collect()).await.unwrap();
    let failed: Vec<_> = (0..60).filter(|n| results[*n].is_err()).collect();
    assert_eq!(failed, [7, 30]);
    world.fed().await;
    let report = world.store.check(|_| {}).await.unwrap();
    assert_eq!((report.tickets, report.findings.len()), (59, 0));
}
