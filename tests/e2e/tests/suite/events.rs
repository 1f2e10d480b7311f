//! Every event in `events/`, as API Gateway would hand it over, gives the outcome that its name promises.

use base64::{Engine, engine::general_purpose::STANDARD};
use e2e::{Site, deployed::Deployed};
use lambda_http::Context;
use local::gateway::FUNCTIONS;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, io::Read, path::Path};
use web::event;

/// What each event is answered with when its placeholders are Ada's and a teammate's.
const OUTCOMES: &[(&str, u16)] = &[
    ("default-method-not-routed", 404),
    ("default-not-found", 404),
    ("default-not-found-api", 404),
    ("delete-api-helpdesk-membership", 204),
    ("delete-api-helpdesk-sessions", 204),
    ("delete-api-session", 204),
    ("get-api-conversation", 200),
    ("get-api-conversation-not-found", 404),
    ("get-api-helpdesk-company", 200),
    ("get-api-helpdesk-company-not-found", 404),
    ("get-api-helpdesk-company-tickets", 200),
    ("get-api-helpdesk-contact", 200),
    ("get-api-helpdesk-conversation", 200),
    ("get-api-helpdesk-conversation-not-found", 404),
    ("get-api-helpdesk-search", 200),
    ("get-api-helpdesk-settings", 200),
    ("get-api-helpdesk-ticket", 200),
    ("get-api-helpdesk-ticket-as-contact", 401),
    ("get-api-helpdesk-ticket-company", 200),
    ("get-api-helpdesk-ticket-company-preview", 200),
    ("get-api-helpdesk-ticket-company-signed-out", 401),
    ("get-api-helpdesk-ticket-not-found", 404),
    ("get-api-portal-access", 200),
    ("get-api-portal-access-signed-out", 200),
    ("get-api-ticket", 200),
    ("get-api-ticket-not-found", 404),
    ("get-api-tickets", 200),
    ("get-api-tickets-filtered", 200),
    ("get-api-tickets-invalid-state", 400),
    ("get-api-tickets-signed-out", 401),
    ("get-api-tickets-space", 200),
    ("get-api-tickets-space-signed-out", 401),
    ("get-api-tickets-unchanged", 200),
    ("get-embed-messenger", 200),
    ("get-embed-portal-card", 200),
    ("get-helpdesk", 200),
    ("get-helpdesk-companies", 200),
    ("get-helpdesk-company-tickets", 200),
    ("get-helpdesk-conversation", 200),
    ("get-helpdesk-new", 200),
    ("get-helpdesk-people", 200),
    ("get-helpdesk-settings", 200),
    ("get-helpdesk-settings-checks-cookie", 303),
    ("get-helpdesk-signed-out", 401),
    ("get-helpdesk-ticket", 200),
    ("get-helpdesk-ticket-company", 200),
    ("get-ticket", 200),
    ("get-ticket-conversation", 200),
    ("get-ticket-signed-out", 303),
    ("get-tickets", 200),
    ("get-tickets-signed-out", 303),
    ("patch-api-helpdesk-ticket", 200),
    ("patch-api-helpdesk-ticket-stale", 409),
    ("post-api-conversation-join", 200),
    ("post-api-conversation-messages", 201),
    ("post-api-conversation-messages-not-a-participant", 403),
    ("post-api-helpdesk-conversation-convert", 201),
    ("post-api-helpdesk-conversation-convert-already-linked", 409),
    ("post-api-helpdesk-conversation-messages", 201),
    ("post-api-helpdesk-conversation-notes", 201),
    ("post-api-helpdesk-conversation-ticket", 200),
    ("post-api-helpdesk-settings-audience-preview", 200),
    ("post-api-helpdesk-settings-checks", 200),
    ("post-api-helpdesk-settings-checks-begun", 202),
    ("post-api-helpdesk-tickets", 201),
    ("post-api-helpdesk-tickets-invalid-body", 400),
    ("post-api-helpdesk-tickets-not-offered", 422),
    ("post-api-session", 204),
    ("post-api-session-invalid-body", 400),
    ("post-api-session-other-origin", 403),
    ("post-api-ticket-conversation", 201),
    ("post-helpdesk-columns", 303),
    ("post-helpdesk-conversation-convert", 303),
    ("post-helpdesk-conversation-messages", 303),
    ("post-helpdesk-conversation-notes", 303),
    ("post-helpdesk-conversation-ticket", 303),
    ("post-helpdesk-settings", 303),
    ("post-helpdesk-settings-checks", 303),
    ("post-helpdesk-sign-out", 200),
    ("post-helpdesk-stop-viewing", 303),
    ("post-helpdesk-ticket", 303),
    ("post-helpdesk-ticket-company", 303),
    ("post-helpdesk-ticket-conversation", 303),
    ("post-helpdesk-tickets", 303),
    ("post-helpdesk-view-as", 303),
    ("post-ticket-conversation", 303),
    ("post-ticket-conversation-join", 303),
    ("post-ticket-conversation-messages", 303),
    ("put-api-helpdesk-company", 200),
    ("put-api-helpdesk-contact", 201),
    ("put-api-helpdesk-settings", 200),
    ("put-api-helpdesk-settings-invalid", 422),
    ("put-api-helpdesk-settings-stale", 409),
    ("put-api-helpdesk-ticket-company", 200),
    ("put-api-helpdesk-ticket-company-not-offered", 422),
    ("put-api-helpdesk-ticket-company-stale", 409),
];

#[tokio::test]
async fn every_event_gives_the_outcome_of_its_name_and_the_answer_of_its_handler() {
    let shared = scene().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let mut seen = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.extension().is_none_or(|it| it != "json") || name == "env" {
            continue;
        }
        // What somebody changes must not be in the way of another event.
        let changes = !name.starts_with("get") && (name.contains("helpdesk") || name.contains("conversation"));
        let own = if changes { Some(scene().await) } else { None };
        let site = own.as_ref().unwrap_or(&shared);
        let text = fs::read_to_string(&path).unwrap();
        let event = filled(&name, &text, site).await;
        let route = event["routeKey"].as_str().unwrap();
        let function = *FUNCTIONS.iter().find(|it| it.routes.iter().any(|it| it.key == route)).unwrap();
        let answer = site.invoke(function, event.clone(), ORIGIN).await;
        if Deployed::is_wanted() {
            // The built function, and the handler in this process over data that nobody has changed.
            let untouched = scene().await;
            let handler = event::answer(function, &untouched.app(ORIGIN), event, Context::default()).await;
            assert_eq!(difference(&essence(&answer), &essence(&handler)), None, "{name}");
        }
        seen.insert(name, event::status(&answer).as_u16());
    }
    let expected = OUTCOMES.iter().map(|(name, status)| ((*name).to_owned(), *status)).collect();
    assert_eq!(seen, expected);
}

/// The address in the events.
const ORIGIN: &str = "https://help.example.com";

/// An event with tokens in place of its placeholders, and with the people, states and tickets of the scene.
async fn filled(name: &str, text: &str, site: &Site) -> Value {
    let cookies = site.cookies(if name.contains("-not-a-participant") { "cem" } else { "ada" }).await;
    let text = text
        .replace("SESSION-TOKEN-GOES-HERE", cookies.split(['=', ';']).nth(1).unwrap())
        .replace("IDENTITY-TOKEN-GOES-HERE", &site.token("ada"))
        .replace("TEAMMATE-TOKEN-GOES-HERE", &site.teammate_token("t-1"))
        .replace("u-1", "ada")
        .replace("st-2", "triage");
    let mut event: Value = serde_json::from_str(&text).unwrap();
    if event["pathParameters"]["ticket_id"].is_string()
        && !name.contains("-not-found")
        && !name.contains("helpdesk")
        && !name.contains("conversation")
    {
        event["pathParameters"]["ticket_id"] = json!("tk-1");
    }
    event
}

/// An answer without what is made up or depends on the moment: ids, times, tokens and their hashes.
fn essence(answer: &Value) -> Value {
    let mut answer = answer.clone();
    if answer["isBase64Encoded"] == true {
        let packed = STANDARD.decode(answer["body"].as_str().unwrap()).unwrap();
        let mut text = String::new();
        flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut text).unwrap();
        answer["body"] = text.into();
    }
    let made_up = |word: &str| {
        let time = word.len() >= 20 && word.as_bytes()[4] == b'-' && word.as_bytes()[10] == b'T' && word.ends_with('Z');
        let id = word.split_once('-').is_some_and(|(kind, random)| {
            kind.len() <= 8 && kind.bytes().all(|it| it.is_ascii_lowercase()) && (16..=17).contains(&random.len())
        });
        time || id || word.starts_with("eyJ")
    };
    let plain = |text: &str| {
        let is_word = |it: char| it.is_ascii_alphanumeric() || "-_.:".contains(it);
        let mut words: Vec<String> = Vec::new();
        for part in text.split_inclusive(|it| !is_word(it)) {
            let word = part.trim_end_matches(|it| !is_word(it));
            words.push(if made_up(word) { part.replacen(word, "…", 1) } else { part.into() });
        }
        words.concat()
    };
    let unsure = plain(answer["body"].as_str().unwrap_or_default()) != answer["body"];
    if let Some(headers) = answer["headers"].as_object_mut() {
        for (name, value) in headers {
            let hash = name == "etag" && unsure;
            *value = if hash { "a hash".into() } else { plain(value.as_str().unwrap()).into() };
        }
    }
    for cookie in answer["cookies"].as_array_mut().into_iter().flatten() {
        *cookie = plain(cookie.as_str().unwrap()).into();
    }
    answer["body"] = plain(answer["body"].as_str().unwrap_or_default()).into();
    answer
}

/// Where two answers begin to differ, for people to read.
fn difference(one: &Value, other: &Value) -> Option<(String, String)> {
    let (one, other) = (one.to_string(), other.to_string());
    let same = one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    let around = |text: &str| text.chars().skip(same.saturating_sub(60)).take(160).collect();
    (one != other).then(|| (around(&one), around(&other)))
}

/// The scene, with a conversation that has no ticket yet.
async fn scene() -> Site {
    let site = Site::start().await;
    e2e::load(&site.store, &[e2e::scene::conversation("c-2", &["ada"])]).await;
    site
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
        let answer = event::answer(FUNCTIONS[0], &app, event.clone(), Context::default()).await;
        let status = event::status(&answer).as_u16();
        assert!((400..500).contains(&status), "{event}: {answer}");
    }
}
