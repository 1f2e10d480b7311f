//! The demo's data, as search has it.

use domain::{
    conversation::Part,
    search::{Query, words_in},
    ticket::Ticket,
};
use e2e::scene::{made, said};
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
