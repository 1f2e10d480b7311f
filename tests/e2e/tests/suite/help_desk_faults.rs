//! When DynamoDB fails while a teammate writes: 503, when to try again, nothing half-written; and the same request
//! sent again is carried out once.

use e2e::{
    Site,
    proxy::{Fault, Proxy},
    read,
    scene::{self, GRACE},
};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::time::Duration;

const WRITE: &str = "TransactWriteItems";

/// Everything that a teammate can write, and the statuses of the first time and of sending it again.
fn writes() -> Vec<(Method, &'static str, Value, u16, u16)> {
    let words = json!({"body": "Hello", "client_id": "m-1"});
    vec![
        (Method::POST, "/tickets", json!({"type": "bug", "title": "New", "requester": "ada"}), 201, 200),
        (Method::POST, "/conversations/c-2/convert", json!({"type": "bug", "title": "New"}), 201, 200),
        (Method::POST, "/conversations/c-2/tickets/tk-2", json!({}), 200, 200),
        (Method::POST, "/conversations/c-1/messages", words.clone(), 201, 200),
        (Method::POST, "/conversations/c-1/notes", words, 201, 200),
        (
            Method::PATCH,
            "/tickets/tk-1",
            json!({"version": 1, "state": "done", "requester": "cem", "company": "beta"}),
            200,
            409,
        ),
        (Method::PUT, "/tickets/tk-1/company", json!({"version": 1, "company": null}), 200, 409),
        (Method::PUT, "/companies", json!({"id": "acme", "name": "Acme Ltd"}), 200, 200),
        (Method::PUT, "/contacts", json!({"id": "ada", "name": "Ada", "companies": ["beta", "gamma"]}), 200, 200),
        (Method::DELETE, "/memberships?contact=cem&company=acme", Value::Null, 204, 404),
    ]
}

async fn scene() -> Site {
    let site = Site::start().await;
    e2e::load(&site.store, &[scene::conversation("c-2", &["ada"])]).await;
    site
}

fn request(site: &Site, method: &Method, path: &str, body: &Value) -> RequestBuilder {
    let request = site.desk(method.clone(), path).header("idempotency-key", "k-1");
    if body.is_null() { request } else { request.json(body) }
}

async fn assert_busy(request: RequestBuilder, what: &str) {
    let answer = request.send().await.unwrap();
    assert!(answer.headers().contains_key("retry-after"), "{what}: {}", answer.status());
    let (status, problem) = read(answer).await;
    assert_eq!((status.as_u16(), &problem["code"]), (503, &json!("busy")), "{what}");
}

#[tokio::test]
async fn a_write_that_dynamodb_turns_away_changes_nothing_and_succeeds_once_later() {
    for (method, path, body, first, again) in writes() {
        let site = scene().await;
        let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
        let faulty = site.beside(&proxy.endpoint).await;
        let before = site.items().await;
        for fault in [Fault::Refused, Fault::Throttled] {
            proxy.fail(Some((WRITE, fault)));
            assert_busy(request(&faulty, &method, path, &body), &format!("{method} {path} {fault:?}")).await;
            assert_eq!(site.items().await, before, "{method} {path} {fault:?}");
        }
        proxy.fail(None);
        for expected in [first, again] {
            let answer = request(&faulty, &method, path, &body).send().await.unwrap();
            assert_eq!(answer.status(), expected, "{method} {path}");
        }
        site.assert_clean().await;
    }
}

/// The table after the write, without times and newly made ids. Which shards of counters and marks were added to is left
/// to chance.
async fn result(site: &Site) -> Vec<String> {
    let items = site.items().await;
    items.keys().filter(|key| !key.contains('!')).map(|key| key.split('#').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_write_that_nobody_hears_of_is_there_once_when_it_is_sent_again() {
    for (method, path, body, first, again) in writes() {
        let undisturbed = scene().await;
        assert_eq!(
            request(&undisturbed, &method, path, &body).send().await.unwrap().status(),
            first,
            "{method} {path}"
        );

        let site = scene().await;
        let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
        let faulty = site.beside(&proxy.endpoint).await;
        proxy.fail(Some((WRITE, Fault::Lost)));
        let answer = request(&faulty, &method, path, &body).send().await.unwrap();
        assert_eq!(answer.status(), 503, "{method} {path}");
        proxy.fail(None);
        assert_eq!(request(&faulty, &method, path, &body).send().await.unwrap().status(), again, "{method} {path}");
        assert_eq!(result(&site).await, result(&undisturbed).await, "{method} {path}");
        site.assert_clean().await;
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_busy_on_every_route_of_teammates() {
    let site = Site::start().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let broken = site.beside(&format!("http://{closed}")).await;
    for path in [
        "/tickets/tk-1",
        "/tickets/tk-1/company",
        "/tickets/tk-1/company/preview?no_company=true",
        "/conversations/c-1",
        "/companies?id=acme",
        "/companies/tickets?id=acme",
        "/contacts?id=ada",
    ] {
        assert_busy(broken.desk(Method::GET, path), path).await;
    }
    for (method, path, body, ..) in writes() {
        assert_busy(request(&broken, &method, path, &body), path).await;
    }
    // Whoever is not signed in is told so without asking DynamoDB.
    assert_eq!(broken.get("/api/helpdesk/tickets/tk-1").send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_ticket_number_that_cannot_be_had_makes_no_ticket() {
    let site = scene().await;
    let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
    let faulty = site.beside(&proxy.endpoint).await;
    let before = site.items().await;
    proxy.fail(Some(("UpdateItem", Fault::Refused)));
    let body = json!({"type": "bug", "title": "New", "requester": "ada", "assignee": GRACE});
    assert_busy(request(&faulty, &Method::POST, "/tickets", &body), "POST /tickets").await;
    assert_eq!(site.items().await, before);
}
