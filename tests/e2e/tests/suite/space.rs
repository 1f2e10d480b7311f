//! The tickets space: what one created or takes part in (docs/product.md, The tickets space).

use e2e::{
    Site, load,
    proxy::{Proxy, sequential},
    scene,
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Duration};

async fn space(site: &Site, who: &str) -> Vec<(String, String)> {
    let (mut all, mut address) = (Vec::new(), "/api/tickets-space?limit=100".to_owned());
    loop {
        let (status, page) = site.json_as(who, &address).await;
        assert_eq!(status, 200, "{page}");
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        all.extend(page["tickets"].as_array().unwrap().iter().map(|it| (text(&it["id"]), text(&it["role"]))));
        let Some(cursor) = page["next_cursor"].as_str() else { return all };
        address = format!("/api/tickets-space?limit=100&cursor={cursor}");
    }
}

#[tokio::test]
async fn the_space_holds_what_one_created_or_takes_part_in_and_the_way_into_the_portal() {
    let site = Site::start().await;
    let ids =
        |those: &[(&str, &str)]| those.iter().map(|(id, role)| ((*id).into(), (*role).into())).collect::<Vec<_>>();
    let ada = ids(&[("tk-3", "creator"), ("tk-1", "creator"), ("tk-6", "creator"), ("tk-8", "creator")]);
    assert_eq!(space(&site, "ada").await, ada);
    assert_eq!(space(&site, "abe").await, ids(&[("tk-2", "creator"), ("tk-1", "participant")]));
    let (_, page) = site.json_as("ada", "/api/tickets-space").await;
    assert_eq!(page["portal"]["access"], "granted");
    assert_eq!(page["portal"]["url"], format!("{}/tickets", site.origin));
    let (status, page) = site.json_as("nia", "/api/tickets-space").await;
    assert_eq!(status, 200);
    assert_eq!(page["portal"], json!({"access": "denied", "reasons": ["no_company"], "url": null}));
    assert_eq!(site.get("/api/tickets-space").send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_thousand_entries_are_exact_in_two_round_trips() {
    let site = Site::start().await;
    let mut lines = Vec::new();
    let mut expected = BTreeSet::new();
    for n in 0..1000 {
        let (company, requester) = match n % 4 {
            0 => (Some("acme"), "cem"),
            1 => (None, "cem"),
            2 => (Some("acme"), "ada"),
            _ => (Some("beta"), "bob"),
        };
        let id = format!("many-{n}");
        let updated = format!("2026-10-{:02}T{:02}:{:02}:00Z", 2 + n % 28, n % 24, n % 60);
        let mut ticket = scene::ticket(&id, 1000 + n, company, requester, "new", &updated);
        if requester != "cem" {
            ticket["conversation"] = json!(format!("c-many-{n}"));
            lines.push(
                json!({"kind": "conversation", "id": format!("c-many-{n}"), "participants": ["cem"], "parts": []}),
            );
        }
        lines.push(ticket);
        expected.insert(id);
    }
    load(&site.store, &lines).await;
    let found: Vec<_> =
        space(&site, "cem").await.into_iter().map(|(id, _)| id).filter(|id| id.starts_with("many")).collect();
    assert_eq!((found.len(), found.into_iter().collect::<BTreeSet<_>>()), (1000, expected));

    let proxy = Proxy::start(&site.endpoint, Duration::from_millis(50)).await;
    let slow = site.beside(&proxy.endpoint).await;
    slow.get_as("cem", "/api/tickets-space").send().await.unwrap();
    assert_eq!(sequential(&proxy.take()), 2);
}
