//! Every event in `events/`, as API Gateway would hand it over, gives the outcome that its name promises.

use e2e::Site;
use local::gateway::FUNCTIONS;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::Path};
use web::event;

/// What each event is answered with when its placeholders are Ada's.
const OUTCOMES: &[(&str, u16)] = &[
    ("default-method-not-routed", 404),
    ("default-not-found", 404),
    ("default-not-found-api", 404),
    ("delete-api-session", 204),
    ("get-api-portal-access", 200),
    ("get-api-portal-access-signed-out", 200),
    ("get-api-ticket", 200),
    ("get-api-ticket-not-found", 404),
    ("get-api-tickets", 200),
    ("get-api-tickets-filtered", 200),
    ("get-api-tickets-invalid-state", 400),
    ("get-api-tickets-signed-out", 401),
    ("get-api-tickets-unchanged", 200),
    ("get-ticket", 200),
    ("get-ticket-signed-out", 303),
    ("get-tickets", 200),
    ("get-tickets-signed-out", 303),
    ("post-api-session", 204),
    ("post-api-session-invalid-body", 400),
    ("post-api-session-other-origin", 403),
];

#[tokio::test]
async fn every_event_gives_the_outcome_of_its_name() {
    let site = Site::start().await;
    let app = site.app("https://help.example.com");
    let cookies = site.cookies("ada").await;
    let session = cookies.split(['=', ';']).nth(1).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let mut seen = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.extension().is_none_or(|it| it != "json") || name == "env" {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let text =
            text.replace("SESSION-TOKEN-GOES-HERE", session).replace("IDENTITY-TOKEN-GOES-HERE", &site.token("ada"));
        let mut event: Value = serde_json::from_str(&text).unwrap();
        // The tickets of the scene.
        if event["pathParameters"]["ticket_id"].is_string() && !name.contains("not-found") {
            event["pathParameters"]["ticket_id"] = json!("tk-1");
        }
        let route = event["routeKey"].as_str().unwrap();
        let function = FUNCTIONS.iter().find(|it| it.routes.iter().any(|it| it.0 == route)).unwrap();
        let answer = event::answer(*function, &app, event, lambda_http::Context::default()).await;
        seen.insert(name, event::status(&answer).as_u16());
    }
    let expected = OUTCOMES.iter().map(|(name, status)| ((*name).to_owned(), *status)).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn an_event_that_is_none_is_a_bad_request() {
    let site = Site::start().await;
    let app = site.app(&site.origin);
    for event in [
        json!(null),
        json!({}),
        json!([]),
        json!("x"),
        json!({"version": "2.0", "requestContext": {"http": {"method": "G T"}}}),
    ] {
        let answer = event::answer(FUNCTIONS[0], &app, event.clone(), lambda_http::Context::default()).await;
        let status = event::status(&answer).as_u16();
        assert!((400..500).contains(&status), "{event}: {answer}");
    }
}
