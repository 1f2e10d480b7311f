//! A thread as pages show it: what was said and what happened, in the order of time. Several events in a row fold
//! together.

use super::{
    shell::render,
    text::{Stretch, stretches},
};
use crate::http::problem::Problem;
use askama::Template;
use domain::{sentence::Sentence, state::StateCategory, timestamp::Timestamp};

/// An entry of a thread.
#[derive(Debug, Clone)]
pub enum Entry<'a> {
    Said(Said<'a>),
    Happened(Happened<'a>),
}

/// Something that somebody wrote.
#[derive(Debug, Clone)]
pub struct Said<'a> {
    /// The id of the message or note.
    pub id: &'a str,
    pub kind: Kind,
    pub who: &'a str,
    /// Whether the reader wrote it.
    pub you: bool,
    /// Plain text.
    pub body: &'a str,
    pub at: Timestamp,
}

/// What somebody wrote, by whom and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A customer's message.
    Contact,
    /// A message of the vendor's.
    Teammate,
    /// For teammates alone.
    Note,
}

impl Kind {
    const fn class(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Teammate => "teammate",
            Self::Note => "note",
        }
    }
}

/// Something that happened to the ticket.
#[derive(Debug, Clone)]
pub struct Happened<'a> {
    pub text: &'a Sentence,
    /// The category of the new state, if it set one.
    pub state: Option<StateCategory>,
    pub at: Timestamp,
}

impl Entry<'_> {
    const fn at(&self) -> Timestamp {
        match self {
            Self::Said(said) => said.at,
            Self::Happened(happened) => happened.at,
        }
    }
}

/// A page of a thread.
#[derive(Debug, Clone, Default)]
pub struct Thread<'a> {
    /// Oldest first.
    pub entries: Vec<Entry<'a>>,
    /// The address of earlier entries, if there are any.
    pub earlier: Option<String>,
    /// The address of newer ones, if there may be any.
    pub newer: Option<String>,
    /// The time of the first entry that the reader has not read, if there is one.
    pub unread: Option<Timestamp>,
    /// What customers read beside the name of a teammate, and teammates too.
    pub role: &'static str,
}

/// What stands in the thread: an entry, or several events in a row.
enum Item<'a> {
    /// What follows is new to the reader.
    New,
    Said(&'a Said<'a>, Vec<Stretch<'a>>),
    Event(&'a Happened<'a>),
    Events(Vec<&'a Happened<'a>>),
}

impl Item<'_> {
    /// What it is recognised by when the page learns of news. One of several events keeps it when others follow.
    fn key(&self) -> String {
        match self {
            Self::New => "new".into(),
            Self::Said(said, _) => format!("{} {}", said.kind.class(), said.id),
            Self::Event(event) => format!("event {}", event.at),
            Self::Events(events) => events.first().map(|event| format!("event {}", event.at)).unwrap_or_default(),
        }
    }
}

#[derive(Template)]
#[template(path = "thread.html")]
struct ThreadTemplate<'a> {
    items: Vec<Item<'a>>,
    thread: &'a Thread<'a>,
}

impl Thread<'_> {
    /// Whether somebody wrote exactly this in it.
    pub(crate) fn says(&self, text: &str) -> bool {
        self.entries.iter().any(|entry| matches!(entry, Entry::Said(said) if said.body == text))
    }

    fn items(&self) -> Vec<Item<'_>> {
        let mut items = Vec::new();
        let mut is_new_to_come = self.unread.is_some();
        for entry in &self.entries {
            if is_new_to_come && self.unread.is_some_and(|unread| unread <= entry.at()) {
                is_new_to_come = false;
                items.push(Item::New);
            }
            match entry {
                Entry::Said(said) => items.push(Item::Said(said, stretches(said.body))),
                Entry::Happened(event) => match items.pop() {
                    Some(Item::Event(before)) => items.push(Item::Events(vec![before, event])),
                    Some(Item::Events(mut before)) => {
                        before.push(event);
                        items.push(Item::Events(before));
                    }
                    other => items.extend(other.into_iter().chain([Item::Event(event)])),
                },
            }
        }
        items
    }

    /// Renders the thread, to be shown within a page.
    ///
    /// # Errors
    /// 500 when it cannot be rendered.
    pub fn render(&self) -> Result<String, Problem> {
        render(&ThreadTemplate { items: self.items(), thread: self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).unwrap()
    }

    fn said(n: i64) -> Entry<'static> {
        let (kind, who) = (Kind::Contact, "Ada");
        Entry::Said(Said { id: "p", kind, who, you: false, body: "See https://a.example <b>", at: at(n) })
    }

    fn happened(n: i64, text: &Sentence) -> Entry<'_> {
        Entry::Happened(Happened { text, state: None, at: at(n) })
    }

    fn shape(thread: &Thread<'_>) -> String {
        let letter = |item: Item<'_>| match item {
            Item::New => "N".to_owned(),
            Item::Said(..) => "s".to_owned(),
            Item::Event(_) => "e".to_owned(),
            Item::Events(events) => events.len().to_string(),
        };
        thread.items().into_iter().map(letter).collect()
    }

    #[test]
    fn events_in_a_row_fold_together_and_what_is_new_begins_a_row() {
        let text = Sentence::of(|name| format!("{} joined", name("Ada")));
        let entries =
            vec![happened(1, &text), said(2), happened(3, &text), happened(4, &text), happened(5, &text), said(6)];
        for (unread, expected) in [
            (None, "es3s"),
            (Some(0), "Nes3s"),
            (Some(2), "eNs3s"),
            (Some(4), "eseN2s"),
            (Some(5), "es2Nes"),
            (Some(6), "es3Ns"),
            (Some(7), "es3s"),
        ] {
            let thread = Thread { entries: entries.clone(), unread: unread.map(at), ..Thread::default() };
            assert_eq!(shape(&thread), expected, "{unread:?}");
        }
    }

    #[test]
    fn what_people_wrote_stays_text_and_addresses_become_links() {
        let text = Sentence::of(|name| format!("{} joined", name("<i>")));
        let html = Thread { entries: vec![said(1), happened(2, &text)], ..Thread::default() }.render().unwrap();
        assert!(html.contains(r#"<a href="https://a.example" rel="noopener noreferrer nofollow ugc">"#), "{html}");
        assert!(!html.contains("<b>") && !html.contains("<i>"), "{html}");
        assert_eq!(html.matches("id=\"newest\"").count(), 1, "{html}");
    }
}
