//! The tickets space: what one created or takes part in (docs/product.md, The tickets space).

use domain::{
    history::{Actor, Change, Event},
    id::{ContactId, TicketId},
    ticket::Ticket,
};
use e2e::{
    Site,
    proxy::{Proxy, sequential},
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Duration};
use store::{Participation, TicketWrite};

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
    let (mut writes, mut participations, mut expected) = (Vec::new(), Vec::new(), BTreeSet::new());
    let like = async |id: &str| site.store.ticket(&TicketId::new(id).unwrap()).await.unwrap().unwrap();
    let (acme, nobodys, beta) = (like("tk-1").await, like("tk-6").await, like("tk-4").await);
    let cem = ContactId::new("cem").unwrap();
    for n in 0..1000 {
        let (like, created) = [(&acme, true), (&nobodys, true), (&acme, false), (&beta, false)][n % 4];
        let mut ticket = Ticket { conversation: None, version: 0, ..like.clone() };
        ticket.row.id = TicketId::new(format!("many-{n}")).unwrap();
        ticket.row.number = 1000 + n as u64;
        let updated = format!("2026-10-{:02}T{:02}:{:02}:00Z", 2 + n % 28, n % 24, n % 60);
        ticket.row.updated_at = updated.parse().unwrap();
        if created {
            ticket.row.requester = cem.clone();
        } else {
            let (company, participants) = (ticket.row.company.clone(), BTreeSet::from([cem.clone()]));
            participations.push(Participation { ticket: ticket.row.id.clone(), company, participants });
        }
        expected.insert(ticket.row.id.to_string());
        let event = Event { at: ticket.row.created_at, by: Actor::System, change: Change::Created };
        writes.push(TicketWrite::create(ticket, event));
    }
    site.fill(writes).await;
    site.store.put_participants(&participations).await.unwrap();
    let found: Vec<_> =
        space(&site, "cem").await.into_iter().map(|(id, _)| id).filter(|id| id.starts_with("many")).collect();
    assert_eq!((found.len(), found.into_iter().collect::<BTreeSet<_>>()), (1000, expected));

    let proxy = Proxy::start(&site.endpoint, Duration::from_millis(50)).await;
    let slow = site.waiting_at(&proxy.endpoint).await;
    slow.get_as("cem", "/api/tickets-space").send().await.unwrap();
    assert_eq!(sequential(&proxy.take()), 2);
}
