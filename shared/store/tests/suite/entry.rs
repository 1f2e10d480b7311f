//! Entering: the answer is the same whatever the hint, and what is recorded applies from the next request on.

use crate::world::{World, at, company, contact, event, everything, granted, session, ticket, ticket_id, visitor};
use domain::{access::Reason, history::Change, settings::Visibility, visibility::Sight};
use std::collections::BTreeSet;
use store::{Admission, Hint, Past, Session, TicketWrite, Visitor, Watch};

fn hint(companies: &[&str], sight: Sight) -> Hint {
    Hint { companies: companies.iter().map(|id| company(id)).collect(), sight, private: false }
}

#[tokio::test]
async fn a_wrong_hint_changes_no_answer() {
    let world = World::new().await;
    world.person("ada", &["a", "b"]).await;
    for (id, of) in [("t1", "a"), ("t2", "b"), ("t3", "c")] {
        world.create(ticket(id, "eve", Some(of), 1)).await;
    }
    world.settle();
    for companies in [&["a", "b"][..], &["a"], &["c"], &["a", "b", "c"], &["nowhere"], &[]] {
        for sight in [Sight::All, Sight::Own] {
            let hint = hint(companies, sight);
            let entry = world.store.enter_with_list(&visitor("ada"), Some(&hint), &everything()).await.unwrap();
            let (scope, page) = granted(entry);
            let ids: Vec<_> = page.rows.iter().map(|row| row.id.as_str()).collect();
            assert_eq!(ids, ["t2", "t1"], "{hint:?}");
            assert_eq!(scope.hint(), hint_of_ada());
            for (id, seen) in [("t1", true), ("t2", true), ("t3", false)] {
                let entry = world
                    .store
                    .enter_with_ticket(&visitor("ada"), Some(&hint), &ticket_id(id), Past::Newest)
                    .await
                    .unwrap();
                assert_eq!(granted(entry).1.is_some(), seen, "{id} {hint:?}");
            }
        }
    }
}

fn hint_of_ada() -> Hint {
    hint(&["a", "b"], Sight::All)
}

#[tokio::test]
async fn leaving_a_company_counts_from_the_next_request() {
    let world = World::new().await;
    world.person("ada", &["a", "b"]).await;
    world.create(ticket("t1", "eve", Some("a"), 1)).await;
    world.create(ticket("t2", "eve", Some("b"), 1)).await;
    assert_eq!(world.ids("ada").await, ["t2", "t1"]);
    world.person("ada", &["a"]).await;
    let entry = world.store.enter_with_list(&visitor("ada"), Some(&hint_of_ada()), &everything()).await.unwrap();
    assert_eq!(granted(entry).1.rows.len(), 1);
    world.person("ada", &[]).await;
    let entry = world.store.enter_with_list(&visitor("ada"), Some(&hint_of_ada()), &everything()).await.unwrap();
    assert!(matches!(entry.admission, Admission::Refused(reasons) if reasons == [Reason::NoCompany]));
}

#[tokio::test]
async fn a_ticket_that_somebody_created_stays_theirs_when_they_leave() {
    let world = World::new().await;
    world.person("ada", &["a", "b"]).await;
    world.create(ticket("mine", "ada", Some("b"), 1)).await;
    world.create(ticket("theirs", "eve", Some("b"), 1)).await;
    world.create(ticket("other", "eve", Some("a"), 1)).await;
    world.create(ticket("no-company", "ada", None, 1)).await;
    world.person("ada", &["a"]).await;
    for (id, seen) in [("mine", true), ("theirs", false), ("other", true), ("no-company", true), ("missing", false)] {
        let entry = world.store.enter_with_ticket(&visitor("ada"), None, &ticket_id(id), Past::Newest).await.unwrap();
        assert_eq!(granted(entry).1.is_some(), seen, "{id}");
    }
    assert_eq!(world.ids("ada").await, ["other"]);
}

#[tokio::test]
async fn a_restricted_contact_is_hinted_and_answered_as_such() {
    let world = World::new().await;
    world.person("ada", &["a"]).await;
    world.create(ticket("mine", "ada", Some("a"), 1)).await;
    world.create(ticket("theirs", "eve", Some("a"), 1)).await;
    world.settings(Visibility { restrict: true, conditions: vec![] }).await;
    world.settle();
    for sight in [Sight::All, Sight::Own] {
        let hint = hint(&["a"], sight);
        let entry = world.store.enter_with_list(&visitor("ada"), Some(&hint), &everything()).await.unwrap();
        let (scope, page) = granted(entry);
        assert_eq!((scope.sight(), page.rows.len()), (Sight::Own, 1));
        assert_eq!(scope.counts(&page.own)[&company("a")].all, 1);
    }
}

#[tokio::test]
async fn raising_the_epoch_revokes_sessions_and_not_identities() {
    let world = World::new().await;
    world.person("ada", &["a"]).await;
    world.create(ticket("t1", "ada", Some("a"), 1)).await;
    let session = Visitor { contact: contact("ada"), session: Some(session("s-1", 0)) };
    assert!(matches!(world.store.enter(&session, None).await.unwrap().admission, Admission::Granted(..)));
    world.store.raise_session_epoch(&contact("ada")).await.unwrap();
    let refused = world.store.enter(&session, None).await.unwrap().admission;
    assert!(matches!(refused, Admission::Refused(reasons) if reasons == [Reason::NotSignedIn]));
    assert!(matches!(world.store.enter(&visitor("ada"), None).await.unwrap().admission, Admission::Granted(..)));
}

#[tokio::test]
async fn signing_out_ends_one_session_and_leaves_the_others() {
    let world = World::new().await;
    world.person("ada", &["a"]).await;
    world.create(ticket("t1", "ada", Some("a"), 1)).await;
    let ada = contact("ada");
    let goes_on = async |it: &Session| world.store.sign_in(&ada, Some(it)).await.unwrap().goes_on;
    let enters = async |it: &Session| {
        let visitor = Visitor { contact: ada.clone(), session: Some(it.clone()) };
        matches!(world.store.enter(&visitor, None).await.unwrap().admission, Admission::Granted(..))
    };
    let (laptop, phone) = (session("s-laptop", 0), session("s-phone", 0));
    assert!(goes_on(&laptop).await && enters(&laptop).await);
    for _ in 0..2 {
        world.store.end_session(&ada, &laptop, at(0), at(7_000)).await.unwrap();
        assert!(!goes_on(&laptop).await && !enters(&laptop).await);
        assert!(goes_on(&phone).await && enters(&phone).await);
    }
    let watch = Watch::Space;
    let seen = async |it: &Session| {
        let visitor = Visitor { contact: ada.clone(), session: Some(it.clone()) };
        world.store.marks(&visitor, None, watch).await.unwrap().is_some()
    };
    assert!(!seen(&laptop).await && seen(&phone).await);
}

#[tokio::test]
async fn ended_sessions_are_remembered_as_long_as_their_cookies_last_and_never_too_many() {
    let world = World::new().await;
    world.person("ada", &["a"]).await;
    let ada = contact("ada");
    let named = |n: i64| session(&format!("s-{n}"), 0);
    let end = async |it: &Session, now: i64| world.store.end_session(&ada, it, at(now), at(now + 7_000)).await.unwrap();
    let goes_on = async |it: &Session| world.store.sign_in(&ada, Some(it)).await.unwrap().goes_on;
    // One after the other has run out by the time the next is ended.
    for n in 0..40 {
        end(&named(n), n * 7_000).await;
        assert!(!goes_on(&named(n)).await);
    }
    assert!(goes_on(&named(38)).await, "forgotten: its cookie has run out");
    // All at once: in the end they take the others with them.
    let now = 40 * 7_000;
    for n in 100..131 {
        end(&named(n), now).await;
        assert!(goes_on(&session("s-phone", 0)).await, "{n}");
    }
    for n in 131..135 {
        end(&named(n), now).await;
    }
    for n in 100..135 {
        assert!(!goes_on(&named(n)).await, "{n}");
    }
    assert!(!goes_on(&session("s-phone", 0)).await && goes_on(&session("s-phone", 1)).await);
}

#[tokio::test]
async fn a_contact_with_many_companies_is_written_and_listed_whole() {
    let world = World::new().await;
    let ids: Vec<_> = (0..120).map(|n| format!("company-{n}")).collect();
    for id in &ids {
        world.store.put_company(&company(id), id, &Default::default()).await.unwrap();
        let write = TicketWrite::create(ticket(&format!("t-{id}"), "eve", Some(id), 1), event(Change::Created));
        world.store.write_ticket(write).await.unwrap();
    }
    let names: Vec<_> = ids.iter().map(String::as_str).collect();
    world.person("ada", &names).await;
    let (_, companies) = world.store.contact(&contact("ada")).await.unwrap().unwrap();
    assert_eq!(companies, ids.iter().map(|id| company(id)).collect::<BTreeSet<_>>());
    assert_eq!(world.ids("ada").await.len(), 100, "a page of the limit");
    world.assert_clean().await;
}
