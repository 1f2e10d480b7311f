//! One sequential round trip to DynamoDB for what a list shows and for whether a ticket is there, when the hint is right,
//! and one more when it is not. What a ticket shows takes another, only for those who may see it, and the messages of its
//! conversation one; and one more is for the names of those whom its page mentions.

use domain::{
    history::{Actor, Change, Event},
    id::CompanyId,
    timestamp::Timestamp,
};
use e2e::{
    Site,
    proxy::{Proxy, sequential, side_by_side},
    read, scene,
};
use reqwest::Method;
use serde_json::json;
use std::{collections::BTreeSet, time::Duration};
use store::TicketWrite;

const DELAY: Duration = Duration::from_millis(50);

#[tokio::test]
async fn a_right_hint_saves_a_round_trip_and_names_take_one() {
    let site = Site::start().await;
    let proxy = Proxy::start(&site.endpoint, DELAY).await;
    let slow = site.waiting_at(&proxy.endpoint).await;
    for (who, company) in [("ada", "acme"), ("cem", "beta")] {
        let cookies = slow.cookies(who).await;
        proxy.take();
        for (path, expected) in [
            ("/tickets", 1),
            ("/api/tickets", 1),
            ("/api/tickets?state=submitted", 1),
            ("/api/tickets/tk-1", 4),
            ("/tickets/tk-1", 4),
            ("/api/tickets/tk-1/timeline", 4),
            ("/api/tickets/tk-1/people", 5),
            (if company == "acme" { "/api/tickets/tk-2" } else { "/api/tickets/tk-4" }, 3),
            ("/api/tickets/missing", 1),
            ("/api/conversations/c-1?ticket=tk-1", 3),
            ("/api/conversations/c-1", 4),
            ("/tickets/tk-1/conversation", 4),
            ("/api/portal/access", 1),
        ] {
            slow.get(path).header("cookie", &cookies).send().await.unwrap();
            let calls = proxy.take();
            assert_eq!(sequential(&calls), expected, "{who} {path} with a cookie: {calls:?}");

            slow.get_as(who, path).send().await.unwrap();
            assert_eq!(sequential(&proxy.take()), expected + 1, "{who} {path} without a hint");
        }
        slow.get_as(who, &format!("/api/tickets?company={company}")).send().await.unwrap();
        assert_eq!(sequential(&proxy.take()), 2, "{who}: what anybody can write into an address is no hint");
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
    // As long as a test takes, whatever the machine is busy with.
    let through = site.waiting_at(&proxy.endpoint).await.remembering(60).await;
    let cookies = through.cookies("ada").await;
    // What a page asks for when the settings are in memory, without a word of them; and what that costs.
    let asked = async |path: &str| {
        through.get(path).header("cookie", &cookies).send().await.unwrap();
        proxy.take();
        assert_eq!(through.get(path).header("cookie", &cookies).send().await.unwrap().status(), 200, "{path}");
        let calls = proxy.take();
        assert!(calls.iter().all(|call| !call.body.contains("CATALOG")), "{path}: {calls:?}");
        let mut operations: Vec<_> = calls.iter().map(|call| call.operation.clone()).collect();
        operations.sort();
        (operations.join(" "), calls.iter().map(|call| call.units).sum::<f64>())
    };
    let pages = [
        ("/api/tickets", "Query Query Query Query"),
        ("/api/tickets/tk-1", "BatchGetItem BatchGetItem Query Query Query Query Query"),
        ("/api/portal/access", "Query Query Query"),
    ];
    let mut before = Vec::new();
    for (path, expected) in pages {
        let (operations, units) = asked(path).await;
        assert_eq!(operations, expected, "{path}");
        before.push(units);
    }
    let attributes: Vec<_> =
        (0..10).map(|n| json!({"name": format!("Attribute {n}"), "data_type": "string"})).collect();
    let kind = |n| {
        json!({"kind": "ticket_type", "id": format!("type-{n}"), "name": "Type", "category": "customer",
        "attributes": attributes})
    };
    e2e::load(&site.store, &(0..100).map(kind).collect::<Vec<_>>()).await;
    for ((path, _), before) in pages.iter().zip(before) {
        assert!(asked(path).await.1 <= before, "{path}: the catalog's size costs nothing");
    }
    // Nobody costs nothing: a program is refused, a page sends them to sign in.
    for (path, status) in [("/api/tickets", 401), ("/tickets", 303), ("/tickets/tk-1", 303), ("/helpdesk", 303)] {
        through.get(path).send().await.unwrap();
        proxy.take();
        let answer = through.get(path).send().await.unwrap();
        assert!([status, 401].contains(&answer.status().as_u16()), "{path}");
        let calls = proxy.take();
        assert!(calls.is_empty(), "{path}: {calls:?}");
    }
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "there each function is a process of its own")]
async fn settings_are_read_once_for_all_and_a_change_in_the_same_process_counts_at_once() {
    let site = Site::start().await;
    let remembering = site.remembering(60).await;
    let enters = async || remembering.get_as("ada", "/api/portal/access").send().await.unwrap();
    let access = async || read(enters().await).await.1["access"].clone();
    assert_eq!(access().await, "granted");
    // Another process turns the portal off: it stays open until the memory is too old.
    let on = site.store.workspace().await.unwrap().settings;
    let off = domain::settings::PortalSettings { enabled: false, ..on.as_ref().clone() };
    site.store.put_settings(&off).await.unwrap();
    assert_eq!(access().await, "granted");
    let no_longer = site.remembering(0).await;
    let (_, told) = no_longer.json_as("ada", "/api/portal/access").await;
    assert_eq!(told["reasons"], json!(["portal_disabled"]), "without a memory it counts from the next request");
    // The page and the API of the settings read them as they are, and what they save counts at once where they saved it.
    let (status, settings) = remembering.desk_get("/settings").await;
    assert_eq!((status, &settings["enabled"]), (200, &json!(false)));
    let change = json!({"enabled": false, "sign_in_url": null, "brand": {"name": "Other"}, "audience": [],
        "visibility": {"restrict": false, "conditions": []}, "version": settings["version"]});
    assert_eq!(remembering.desk_send(Method::PUT, "/settings", &change).await.0, 200);
    assert_eq!(access().await, "denied");
}

#[tokio::test]
async fn every_read_for_a_contact_stays_in_the_partitions_that_are_its_own() {
    let site = Site::start().await;
    let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
    let through = site.waiting_at(&proxy.endpoint).await;
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

/// Ada in so many companies, each of which has eight tickets or more. The newest are of all companies in turn, or else all of
/// one company and then all of the next.
async fn of_many_companies(many: usize, in_turn: bool) -> Site {
    let ids: Vec<_> = (0..many).map(|n| format!("company-{n}")).collect();
    let mut lines = scene::lines();
    lines.extend(ids.iter().map(|id| json!({"kind": "company", "id": id, "name": format!("Firm {id}")})));
    let ada = lines.iter_mut().find(|line| line["kind"] == "contact" && line["id"] == "ada").unwrap();
    ada["companies"] = json!(ids);
    // Tickets that are only filled in count for nothing.
    lines.push(scene::ticket("counted", 1, Some("company-0"), "ada", "new", "2026-10-01T09:00:00Z"));
    let site = Site::unfed(&lines).await;
    let began: Timestamp = "2026-10-01T10:00:00Z".parse().unwrap();
    let each = (30 / many).max(8);
    let tickets = ids.iter().enumerate().flat_map(|(company, id)| (0..each).map(move |nth| (company, id, nth)));
    let writes = tickets.map(|(company, id, nth)| {
        let title = format!("A title of the usual length, the number of which is {nth}");
        let mut ticket = scene::made(&format!("{id}-{nth}"), &title);
        ticket.row.company = Some(CompanyId::new(id).unwrap());
        ticket.row.created_at = began;
        let second = if in_turn { nth * many + company } else { company * each + nth };
        ticket.row.updated_at = Timestamp::from_millis(began.millis() + second as i64 * 1000).unwrap();
        let event = Event { at: began, by: Actor::System, change: Change::Created };
        TicketWrite::create(ticket, event)
    });
    site.fill(writes.collect()).await;
    site
}

#[tokio::test]
async fn a_company_more_costs_one_and_a_half_read_units_and_waits_for_its_turn() {
    // Units and requests of the first page with a right hint, without memory of the workspace. A hint of a hundred companies
    // would be too long, so that attention is asked for once more. Where four companies have all that is on the page, four
    // requests more read on in these.
    let expected = [
        (1, true, (7.0, 6)),
        (4, true, (10.5, 12)),
        (10, true, (19.5, 24)),
        (10, false, (21.5, 28)),
        (100, true, (156.5, 205)),
    ];
    let mut counted = Vec::new();
    for (many, in_turn, _) in expected {
        let site = of_many_companies(many, in_turn).await;
        let proxy = Proxy::start(&site.endpoint, DELAY).await;
        let through = site.waiting_at(&proxy.endpoint).await;
        let cookies = through.cookies("ada").await;
        proxy.take();
        let answer = through.get("/api/tickets").header("cookie", &cookies).send().await.unwrap();
        let (status, list) = read(answer).await;
        let calls = proxy.take();
        assert_eq!(status, 200);
        let rows = list["tickets"].as_array().unwrap();
        let companies: BTreeSet<_> = rows.iter().map(|row| row["company"]["id"].as_str().unwrap()).collect();
        assert_eq!((rows.len(), companies.len()), (25, if in_turn { many.min(25) } else { 4 }), "{companies:?}");
        counted.push((calls.iter().map(|call| call.units).sum::<f64>(), calls.len()));
        assert!(side_by_side(&calls) <= 12, "{many}: {}", side_by_side(&calls));
        assert!(many > 4 || sequential(&calls) == 1, "{many}: {calls:?}");
    }
    assert_eq!(counted, expected.map(|(.., expected)| expected));
}
