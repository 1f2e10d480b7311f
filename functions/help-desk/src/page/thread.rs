//! What was said and what happened, as teammates read it: with notes.

use domain::desk::{Author, DeskEntry};
use portal::teammate::conversation::DeskPart;
use web::thread::{Entry, Happened, Kind, Said};

/// What a page of a ticket's timeline shows.
pub(crate) fn of_timeline<'a>(entries: &'a [DeskEntry], reader: &str) -> Vec<Entry<'a>> {
    let entry = |entry: &'a DeskEntry| match entry {
        DeskEntry::Message(it) => Entry::Said(said(it.id.as_str(), false, &it.author, &it.body, it.at, reader)),
        DeskEntry::Note(it) => Entry::Said(said(it.id.as_str(), true, &it.author, &it.body, it.at, reader)),
        DeskEntry::Event(event) => Entry::Happened(Happened { text: &event.text, state: None, at: event.at }),
    };
    entries.iter().map(entry).collect()
}

/// What a page of a conversation shows.
pub(crate) fn of_parts<'a>(parts: &'a [DeskPart], reader: &str) -> Vec<Entry<'a>> {
    let entry =
        |it: &'a DeskPart| Entry::Said(said(it.id.as_str(), it.kind == "note", &it.author, &it.body, it.at, reader));
    parts.iter().map(entry).collect()
}

fn said<'a>(
    id: &'a str,
    is_note: bool,
    author: &'a Author,
    body: &'a str,
    at: domain::timestamp::Timestamp,
    reader: &str,
) -> Said<'a> {
    let kind = match (is_note, author.kind) {
        (true, _) => Kind::Note,
        (false, "contact") => Kind::Contact,
        (false, _) => Kind::Teammate,
    };
    let you = author.kind == "teammate" && author.id.as_deref() == Some(reader);
    let who = author.name.as_deref().or(author.id.as_deref()).unwrap_or("Automatic");
    Said { id, kind, who, you, body, at }
}
