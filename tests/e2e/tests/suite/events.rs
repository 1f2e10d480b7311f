//! Every event in `events/` is what `docs/openapi.yaml` asks for, and is answered as the document says.

use base64::{Engine, engine::general_purpose::STANDARD};
use e2e::{
    Site, content_of,
    deployed::Deployed,
    events::{self, Made},
};
use lambda_http::Context;
use local::gateway::FUNCTIONS;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, io::Read};
use web::event;

#[test]
fn the_files_are_those_that_the_document_asks_for() {
    let kept = fs::read_dir(events::folder()).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap())
    });
    let kept: BTreeMap<_, _> = kept.filter(|(name, _)| name != "env.json").collect();
    let asked = events::files();
    let differing: Vec<_> =
        kept.keys().chain(asked.keys()).filter(|name| kept.get(*name) != asked.get(*name)).collect();
    assert!(differing.is_empty(), "run `cargo run -p e2e --bin events` for {differing:?}");
}

#[tokio::test]
async fn every_event_is_answered_as_the_document_says_and_as_its_handler_answers() {
    let shared = scene().await;
    let mut wrong = Vec::new();
    for Made { name, route, status, text } in events::made() {
        // What one event changes must not get in the way of another.
        let own = if route.starts_with("GET") { None } else { Some(scene().await) };
        let site = own.as_ref().unwrap_or(&shared);
        let mut event = filled(&name, &text, site).await;
        if text.contains("\"isBase64Encoded\": true") {
            // A form, in the way in which API Gateway hands it over.
            event["body"] = STANDARD.encode(event["body"].as_str().unwrap()).into();
            event["isBase64Encoded"] = true.into();
        }
        let function = *FUNCTIONS.iter().find(|it| it.routes.iter().any(|it| it.key == route)).unwrap();
        let answer = site.invoke(function, event.clone(), ORIGIN).await;
        if Deployed::is_wanted() {
            // The built function, and the handler in this process over data that nobody has changed.
            let untouched = scene().await;
            let handler = event::answer(function, &untouched.app(ORIGIN), event, Context::default()).await;
            assert_eq!(difference(&essence(&answer), &essence(&handler)), None, "{name}");
        }
        let answered = event::status(&answer).as_u16();
        wrong.extend((answered != status).then(|| format!("{name}: {answered}, not {status}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

const ORIGIN: &str = "https://help.example.com";

/// An event with tokens in place of its placeholders, and with the people and states of the scene.
pub(crate) async fn filled(name: &str, text: &str, site: &Site) -> Value {
    let cookies = site.cookies(if name.ends_with("-not-a-participant") { "cem" } else { "ada" }).await;
    let text = events::opened(text)
        .replace("SESSION-TOKEN-GOES-HERE", cookies.split(['=', ';']).nth(1).unwrap())
        .replace("IDENTITY-TOKEN-GOES-HERE", &site.token("ada"))
        .replace("TEAMMATE-TOKEN-GOES-HERE", &site.teammate_token("t-1"))
        .replace("u-1", "ada")
        .replace("st-2", "triage");
    serde_json::from_str(&text).unwrap()
}

/// What of a word is not made up and does not depend on the moment.
fn lasting(word: &str) -> &str {
    let time = word.len() >= 20 && word.as_bytes()[4] == b'-' && word.as_bytes()[10] == b'T' && word.ends_with('Z');
    let id = word.split_once('-').is_some_and(|(kind, random)| {
        kind.len() <= 8 && kind.bytes().all(|it| it.is_ascii_lowercase()) && (16..=17).contains(&random.len())
    });
    // A hash of the content, and a signature over the marks that count at the moment.
    let tag = word.split_once('.').is_some_and(|(one, other)| (one.len(), other.len()) == (43, 43));
    match word {
        _ if time || id || word.starts_with("eyJ") => "…",
        _ if tag => content_of(word),
        _ => word,
    }
}

/// An answer without what is made up or depends on the moment: ids, times, tokens and their hashes.
fn essence(answer: &Value) -> Value {
    let mut answer = answer.clone();
    // The answer to `HEAD` has no body.
    if answer["isBase64Encoded"] == true && answer["body"] != "" {
        let mut body = STANDARD.decode(answer["body"].as_str().unwrap()).unwrap();
        if answer["headers"]["content-encoding"] == "gzip" {
            let packed = std::mem::take(&mut body);
            flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut body).unwrap();
        }
        answer["body"] = String::from_utf8(body).unwrap().into();
    }
    let plain = |text: &str| {
        let is_word = |it: char| it.is_ascii_alphanumeric() || "-_.:".contains(it);
        let mut words: Vec<String> = Vec::new();
        for part in text.split_inclusive(|it| !is_word(it)) {
            let word = part.trim_end_matches(|it| !is_word(it));
            words.push(part.replacen(word, lasting(word), 1));
        }
        words.concat()
    };
    let unsure = plain(answer["body"].as_str().unwrap_or_default()) != answer["body"];
    if let Some(headers) = answer["headers"].as_object_mut() {
        for (name, value) in headers {
            // A file has the day in its name.
            let varies = name == "etag" && unsure || name == "content-disposition";
            *value = if varies { "…".into() } else { plain(value.as_str().unwrap()).into() };
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

#[test]
fn what_a_tag_says_of_the_moment_is_not_what_an_answer_is() {
    let tag = |content: &str, marks: &str| format!("W/&#34;{}.{}&#34;", content.repeat(43), marks.repeat(43));
    let page = |tag: &str| essence(&json!({"body": format!("<p data-tag=\"{tag}\">help.example.com</p>")}));
    assert_eq!(page(&tag("a", "b")), page(&tag("a", "c")));
    assert_ne!(page(&tag("a", "b")), page(&tag("d", "b")));
    assert!(page(&tag("a", "b")).to_string().contains("help.example.com"));
}

/// The scene, with a conversation that has no ticket yet, where contacts may report.
pub(crate) async fn scene() -> Site {
    let mut lines = e2e::scene::lines();
    lines[0] = e2e::scene::reporting();
    lines.push(e2e::scene::conversation("c-2", &["ada"]));
    // The teammate of the events. Whoever opens the Help Desk is in the team from then on, and one event would change the next.
    lines.push(json!({"kind": "teammate", "id": "t-1", "name": "Ines"}));
    Site::with(&lines).await
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
