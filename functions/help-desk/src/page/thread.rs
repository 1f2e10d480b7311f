//! What was said and what happened, as teammates read it: messages, notes, and runs of events folded together.

use domain::desk::{Author, DeskEntry, DeskEvent};
use domain::timestamp::Timestamp;
use portal::teammate::conversation::DeskPart;
use web::text::{Stretch, stretches};

/// As many events in a row stand there as they are; more are folded together.
const MOST_UNFOLDED: usize = 3;

/// Something in a thread.
pub(crate) enum Shown<'a> {
    Said(Said<'a>),
    /// Events with nothing said in between; `folded` when they are many.
    Events {
        events: Vec<&'a DeskEvent>,
        folded: bool,
    },
}

/// A message or note.
pub(crate) struct Said<'a> {
    pub(crate) id: &'a str,
    pub(crate) is_note: bool,
    pub(crate) author: &'a Author,
    pub(crate) who: &'a str,
    pub(crate) at: Timestamp,
    pub(crate) words: Vec<Stretch<'a>>,
}

impl<'a> Said<'a> {
    fn new(id: &'a str, is_note: bool, author: &'a Author, at: Timestamp, body: &'a str) -> Self {
        let who = author.name.as_deref().or(author.id.as_deref()).unwrap_or("Automatic");
        Self { id, is_note, author, who, at, words: stretches(body) }
    }
}

/// What a page of a ticket's timeline shows.
pub(crate) fn of_timeline(entries: &[DeskEntry]) -> Vec<Shown<'_>> {
    let mut shown: Vec<Shown<'_>> = Vec::new();
    for entry in entries {
        match entry {
            DeskEntry::Message(it) => {
                shown.push(Shown::Said(Said::new(it.id.as_str(), false, &it.author, it.at, &it.body)));
            }
            DeskEntry::Note(it) => {
                shown.push(Shown::Said(Said::new(it.id.as_str(), true, &it.author, it.at, &it.body)));
            }
            DeskEntry::Event(event) => match shown.last_mut() {
                Some(Shown::Events { events, folded }) => {
                    events.push(event);
                    *folded = events.len() > MOST_UNFOLDED;
                }
                _ => shown.push(Shown::Events { events: vec![event], folded: false }),
            },
        }
    }
    shown
}

/// What a page of a conversation shows.
pub(crate) fn of_parts(parts: &[DeskPart]) -> Vec<Shown<'_>> {
    let said = |part: &'_ DeskPart| part.kind == "note";
    parts.iter().map(|it| Shown::Said(Said::new(it.id.as_str(), said(it), &it.author, it.at, &it.body))).collect()
}
