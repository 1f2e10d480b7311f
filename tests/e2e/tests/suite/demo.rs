//! The demo's data, as search has it.

use domain::{
    conversation::Part,
    search::{Query, words_in},
    ticket::Ticket,
};
use e2e::{
    Site,
    scene::{made, said},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use store::Store;

/// A ticket with these texts; whatever else it is plays no part here.
fn ticket(line: &Value) -> Ticket {
    let text = |name: &str| line[name].as_str().unwrap_or_default();
    Ticket { description: text("description").into(), ..made(text("id"), text("title")) }
}

fn message(line: &Value) -> Part {
    let text = |name: &str| line[name].as_str().unwrap();
    said(text("id"), text("body"), text("at").parse().unwrap())
}

/// Each word, as it is written, is looked for among those that customers' lists have of its ticket.
#[test]
fn every_word_of_every_demo_ticket_finds_it() {
    let now = "2026-11-26T12:00:00Z".parse().unwrap();
    let cast = local::Cast::read().unwrap();
    let data = local::demo::ndjson(&cast, now, "https://app.vendor.example/login").unwrap();
    let lines: Vec<Value> = data.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of_kind = |kind: &'static str| lines.iter().filter(move |line| line["kind"] == kind);
    let messages = |conversation: &Value| {
        let parts = conversation["parts"].as_array().unwrap();
        parts.iter().filter(|part| part["type"] != "note").map(message).collect::<Vec<_>>()
    };
    let talks: BTreeMap<&str, _> =
        of_kind("conversation").map(|it| (it["id"].as_str().unwrap(), messages(it))).collect();
    // Nothing is sent.
    let store = Store::at("http://127.0.0.1:9", "tickets");
    let (mut looked_for, mut in_scripts, mut lost) = (0, 0, Vec::new());
    for line in of_kind("ticket") {
        let ticket = ticket(line);
        let said = line["conversation"].as_str().and_then(|id| talks.get(id)).map_or(&[][..], Vec::as_slice);
        let entries = store.entries_of(&ticket, said).unwrap();
        let open = entries.iter().filter(|entry| entry["pk"].as_s().unwrap().starts_with("COMPANY#acme#FIND#"));
        let spots = open.flat_map(|entry| entry["spots"].as_l().unwrap());
        let found: BTreeSet<_> = spots.map(|spot| spot.as_m().unwrap()["w"].as_s().unwrap().as_str()).collect();
        let texts = [&ticket.row.title, &ticket.description].into_iter().chain(said.iter().map(|part| &part.body));
        for text in texts {
            for word in words_in(text) {
                let spelled = &text[word.range];
                let query = Query::parse(spelled);
                looked_for += 1;
                in_scripts += usize::from(!spelled.is_ascii());
                let is_found = query.fits(found.iter().copied());
                if !is_found {
                    lost.push(format!("{}: {spelled}", ticket.row.id));
                }
            }
        }
    }
    assert!(looked_for > 20_000 && in_scripts > 500, "{looked_for}, not ASCII: {in_scripts}");
    assert_eq!(lost, [""; 0]);
}

/// What the README of the demo says to type finds what it says.
#[tokio::test]
async fn what_is_alike_in_the_demo_is_found_in_other_words() {
    let now = "2026-11-26T12:00:00Z".parse().unwrap();
    let cast = local::Cast::read().unwrap();
    let data = local::demo::ndjson(&cast, now, "https://app.vendor.example/login").unwrap();
    let mut lines: Vec<Value> = data.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // What is over is left out, which is most, because it takes its time.
    let is_over = |line: &Value| {
        line["kind"] == "ticket" && ["st-solved", "st-declined"].contains(&line["state"].as_str().unwrap())
    };
    let over: BTreeSet<_> = lines.iter().filter(|it| is_over(it)).map(|it| it["conversation"].to_string()).collect();
    let is_of_one = |line: &Value| line["kind"] == "conversation" && over.contains(&line["id"].to_string());
    lines.retain(|it| !(is_over(it) || is_of_one(it)));
    let site = Site::with(&lines).await;
    site.fed().await;
    for alike in local::demo::Alike::read().unwrap() {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("text", &alike.types).finish();
        let found = async |list: Value| {
            let titles = list["tickets"].as_array().unwrap().iter().take(3);
            titles.map(|it| it["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let of_company = found(site.json_as(&alike.by, &format!("/api/tickets/similar?{query}")).await.1).await;
        let (_, desk) = site.desk_get(&format!("/tickets/similar?{query}")).await;
        assert!(
            alike.titles().any(|(_, it)| of_company.iter().any(|title| title == it)),
            "{}: {of_company:?}",
            alike.types
        );
        for (_, title) in alike.titles() {
            assert!(desk["tickets"].as_array().unwrap().iter().any(|it| it["title"] == title), "{title}: {desk}");
        }
    }
}
