//! When DynamoDB fails: 503, when to try again, nothing else.

use domain::{
    conversation::{Part, PartKind},
    history::Actor,
    id::{ContactId, ConversationId, PartId},
};
use e2e::{
    NOW, Site,
    proxy::{Fault, Proxy},
    read,
};
use reqwest::Method;
use serde_json::json;
use std::{collections::BTreeSet, time::Duration};
use store::{ConversationRecord, Store};

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_busy_and_says_when_to_try_again() {
    let site = Site::start().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let broken = site.beside(&format!("http://{closed}")).await;
    for path in ["/api/tickets", "/api/tickets/tk-1", "/api/portal/access"] {
        let answer = broken.get_as("ada", path).send().await.unwrap();
        assert!(answer.headers().contains_key("retry-after"), "{path}");
        let (status, problem) = read(answer).await;
        assert_eq!((status.as_u16(), &problem["code"]), (503, &json!("busy")), "{path}");
    }
    let page = broken.get_as("ada", "/tickets").send().await.unwrap();
    assert_eq!(page.status(), 503);
    assert!(page.text().await.unwrap().contains("<h1>"));
    let exchange = broken.request(Method::POST, "/api/session").json(&json!({"identity_token": broken.token("ada")}));
    let answer = exchange.send().await.unwrap();
    assert_eq!(answer.status(), 503);
    assert!(!answer.headers().contains_key("set-cookie"));
    // Whoever is not signed in is told so without asking DynamoDB.
    assert_eq!(broken.get("/api/tickets").send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_conversation_whose_import_is_cut_short_is_not_there_and_the_next_import_completes_it() {
    let site = Site::start().await;
    let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
    let part = |n: u32| Part {
        id: PartId::new(format!("cut-{n}")).unwrap(),
        kind: if n == 0 { PartKind::Message } else { PartKind::Note },
        author: Actor::System,
        body: format!("Unmistakable {n}"),
        at: NOW.parse().unwrap(),
    };
    let conversation = ConversationRecord {
        id: ConversationId::new("c-cut").unwrap(),
        participants: BTreeSet::from([ContactId::new("ada").unwrap()]),
        parts: (0..3).map(part).collect(),
        fingerprint: "line".into(),
    };
    let import = |endpoint: &str| {
        let (store, conversation) = (Store::at(endpoint, "tickets"), conversation.clone());
        async move { store.put_conversations(&[conversation]).await }
    };
    let found = async || site.desk_get("/search?q=unmistakable").await.1["results"].as_array().unwrap().len();
    // Its head is written last, in a transaction.
    proxy.fail(Some(("TransactWriteItems", Fault::Refused)));
    assert!(import(&proxy.endpoint).await.is_err());
    site.assert_clean().await;
    assert_eq!((found().await, site.desk_get("/conversations/c-cut").await.0), (0, 404));
    assert!(import(&site.endpoint).await.is_ok());
    site.assert_clean().await;
    assert_eq!((found().await, site.desk_get("/conversations/c-cut").await.0), (1, 200));
}

#[tokio::test]
async fn the_operators_commands_get_through_a_line_on_which_a_request_would_give_up() {
    let site = Site::with(&[e2e::scene::conversation("c-far", &[])]).await;
    // An attempt of a request is given up after a second and a half.
    let far = Proxy::start(&site.endpoint, Duration::from_millis(1700)).await;
    let hasty = Store::at(&far.endpoint, "tickets");
    let patient = hasty.clone().patient();
    let (gives_up, checked, indexed) =
        futures::join!(hasty.check(|_| {}), patient.check(|_| {}), patient.reindex(true, |_| {}));
    assert!(gives_up.is_err_and(|error| error.is_busy()));
    assert_eq!(checked.unwrap().findings, []);
    assert_eq!(indexed.unwrap().conversations, 1);
}
