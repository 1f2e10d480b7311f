//! One sequential round trip to DynamoDB for a list when the hint is right, two when it is not, and one more for the names
//! of those whom a ticket's page mentions.

use e2e::{
    Site,
    proxy::{Proxy, sequential},
};
use std::time::Duration;

const DELAY: Duration = Duration::from_millis(50);

#[tokio::test]
async fn a_right_hint_saves_a_round_trip_and_names_take_one() {
    let site = Site::start().await;
    let proxy = Proxy::start(&site.endpoint, DELAY).await;
    let slow = site.beside(&proxy.endpoint).await;
    for (who, company) in [("ada", "acme"), ("cem", "beta")] {
        let cookies = slow.cookies(who).await;
        proxy.take();
        for path in [
            "/tickets",
            "/api/tickets",
            "/api/tickets?state=submitted",
            "/api/tickets/tk-1",
            "/tickets/tk-1",
            "/api/tickets/missing",
            "/api/portal/access",
        ] {
            slow.get(path).header("cookie", &cookies).send().await.unwrap();
            let calls = proxy.take();
            let names = usize::from(path.contains("tk-1"));
            assert_eq!(sequential(&calls), 1 + names, "{who} {path} with a cookie: {calls:?}");

            slow.get_as(who, path).send().await.unwrap();
            assert_eq!(sequential(&proxy.take()), 2 + names, "{who} {path} without a hint");
        }
        let hinted = format!("/api/tickets?company={company}");
        slow.get_as(who, &hinted).send().await.unwrap();
        let expected = if who == "ada" { 1 } else { 2 };
        assert_eq!(sequential(&proxy.take()), expected, "{who} is in {expected} companies; the address names one");
    }
}

#[tokio::test]
async fn the_first_answer_teaches_the_hint() {
    let site = Site::start().await;
    let answer = site.get_as("cem", "/api/tickets").send().await.unwrap();
    let cookies = e2e::cookies_of(&answer);
    assert!(cookies.starts_with("portal_hint="), "{cookies}");
    let again = site.get_as("cem", "/api/tickets").header("cookie", &cookies).send().await.unwrap();
    assert!(!again.headers().contains_key("set-cookie"), "a right hint is left alone");
    // Somebody else's hint does not count.
    let other = site.get_as("bob", "/api/tickets").header("cookie", &cookies).send().await.unwrap();
    assert!(other.headers().contains_key("set-cookie"));
}

#[tokio::test]
async fn a_page_asks_as_little_as_it_needs() {
    let site = Site::start().await;
    let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
    let through = site.beside(&proxy.endpoint).await;
    let cookies = through.cookies("ada").await;
    for (path, expected) in [
        ("/api/tickets", &["BatchGetItem", "Query", "Query"][..]),
        ("/api/tickets/tk-1", &["BatchGetItem", "BatchGetItem", "BatchGetItem", "Query", "Query"]),
        ("/api/portal/access", &["BatchGetItem", "Query"]),
    ] {
        proxy.take();
        through.get(path).header("cookie", &cookies).send().await.unwrap();
        let mut operations: Vec<_> = proxy.take().into_iter().map(|call| call.operation).collect();
        operations.sort();
        assert_eq!(operations, expected, "{path}");
    }
    proxy.take();
    through.get("/api/tickets").send().await.unwrap();
    assert!(proxy.take().is_empty(), "nobody costs nothing");
}

#[tokio::test]
async fn every_read_for_a_contact_stays_in_the_partitions_that_are_its_own() {
    let site = Site::start().await;
    let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
    let through = site.beside(&proxy.endpoint).await;
    for path in ["/api/tickets", "/api/tickets?company=beta", "/api/tickets/tk-4", "/tickets", "/api/portal/access"] {
        through.get_as("ada", path).send().await.unwrap();
        let calls = proxy.take();
        assert!(calls.iter().all(|call| !call.body.contains("FIND")), "{path}: search is for teammates");
        for call in calls.iter().filter(|_| !path.contains("beta")) {
            assert!(
                !call.body.contains("COMPANY#beta") && !call.body.contains("COMPANY#gamma"),
                "{path}: {}",
                call.body
            );
        }
    }
}
