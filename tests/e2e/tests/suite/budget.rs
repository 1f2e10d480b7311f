//! All calls of a request share a budget of time, which ends before Lambda would end the function: whoever waits is told
//! to try again, and trying again does once what was asked for.

use crate::events::{filled, scene};
use e2e::{Site, events, proxy::Proxy};
use futures::future::join_all;
use lambda_http::Context;
use local::gateway::FUNCTIONS;
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use web::event;

const ORIGIN: &str = "https://help.example.com";
/// What each call of DynamoDB takes. An attempt is given up after a second and a half.
const SLOW: Duration = Duration::from_millis(600);

/// What Lambda says to a function that it will end in `left`.
pub(crate) fn ends_in(left: Duration) -> Context {
    let deadline = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + left;
    let mut context = Context::default();
    context.deadline = u64::try_from(deadline.as_millis()).unwrap();
    context
}

pub(crate) async fn answer(site: &Site, event: &Value, left: Duration) -> Value {
    let route = events::route_of(event);
    let function = *FUNCTIONS.iter().find(|it| it.routes.iter().any(|it| it.key == route)).unwrap();
    event::answer(function, &site.app(ORIGIN), event.clone(), ends_in(left)).await
}

/// The event of this name, as Ada or Grace sends it.
pub(crate) async fn event_called(name: &str, site: &Site) -> Value {
    let made = events::made().into_iter().find(|made| made.name == name).unwrap();
    filled(&made.name, &made.text, site).await
}

#[tokio::test]
async fn a_request_that_needs_more_time_than_there_is_is_busy_and_done_once_when_it_is_sent_again() {
    for (name, status) in [
        ("post-api-helpdesk-tickets", 201),
        ("post-api-helpdesk-conversation-messages", 201),
        ("post-api-conversation-messages", 201),
        ("post-api-helpdesk-settings-checks", 200),
    ] {
        let site = scene().await;
        let mut event = event_called(name, &site).await;
        if name == "post-api-helpdesk-tickets" {
            event["headers"]["idempotency-key"] = json!("once");
        }
        let proxy = Proxy::start(&site.endpoint, SLOW).await;
        let slow = site.beside(&proxy.endpoint).await;
        let busy = answer(&slow, &event, Duration::from_millis(1900)).await;
        assert_eq!(
            (&busy["statusCode"], &busy["headers"]["retry-after"]),
            (&json!(503), &json!("1")),
            "{name}: {busy}"
        );

        // What was on its way when the time ran out may still happen.
        let again = answer(&site, &event, Duration::from_secs(60)).await;
        let answered = event::status(&again).as_u16();
        assert!(answered == status || answered == 200, "{name}: {again}");
        assert_eq!(answer(&site, &event, Duration::from_secs(60)).await["statusCode"].as_u64().unwrap() / 100, 2);
        site.assert_clean().await;
    }
}

#[tokio::test]
async fn a_function_that_has_hardly_any_time_left_says_so_instead_of_asking_anybody() {
    let site = scene().await;
    let event = event_called("get-api-tickets", &site).await;
    let answer = answer(&site, &event, Duration::from_millis(100)).await;
    assert_eq!((&answer["statusCode"], &answer["headers"]["retry-after"]), (&json!(503), &json!("1")), "{answer}");
}

/// The function's timeout in infra/template.yaml.
const TIMEOUT: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_answers_within_the_functions_time_however_slow_dynamodb_is() {
    let site = scene().await;
    // Almost as long as an attempt may take.
    let proxy = Proxy::start(&site.endpoint, Duration::from_millis(1400)).await;
    let slow = site.beside(&proxy.endpoint).await;
    let asked = join_all(events::made().into_iter().map(async |made| {
        let event = filled(&made.name, &made.text, &site).await;
        let answer = tokio::time::timeout(TIMEOUT, answer(&slow, &event, TIMEOUT)).await;
        (made.route, made.name, answer.ok())
    }))
    .await;
    let routes: BTreeSet<_> = asked.iter().map(|(route, ..)| route.as_str()).collect();
    for route in FUNCTIONS.iter().flat_map(|function| function.routes) {
        assert!(routes.contains(route.key), "no event for {}", route.key);
    }
    let mut read = 0;
    for (route, name, answer) in &asked {
        let Some(answer) = answer else { panic!("{name}: Lambda would have ended it") };
        let status = answer["statusCode"].as_u64().unwrap();
        assert!(status < 500 || (status == 503 && answer["headers"]["retry-after"] == "1"), "{name}: {answer}");
        read += usize::from(route.starts_with("GET") && status < 300);
    }
    assert!(read > 0, "nothing can be read at all");
    site.assert_clean().await;
}
