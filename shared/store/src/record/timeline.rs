//! A ticket's timeline, page by page and both ways: the lines of its history, the messages of its conversation and, for
//! teammates, the notes, merged in the order of time. Each of these is a query of its own, of one entry more than a page
//! has, so that a page costs the same however much there is.

use super::{
    history::{LINES_BEFORE, Line, last_state},
    part::beginning,
};
use crate::table::{Store, StoreError, keys};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use domain::{
    conversation::{Part, PartKind},
    history::{Actor, Change, Event},
    id::{CompanyId, ConversationId, TicketId},
    ticket::Ticket,
    timeline::Entry,
    timestamp::Timestamp,
};
use serde::{Deserialize, Serialize};

/// Entries of a page.
const ENTRIES_A_PAGE: usize = 40;

/// A page of a ticket's timeline.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Timeline {
    /// Oldest first. Of what is of the same millisecond, events stand before messages, and messages before notes.
    pub entries: Vec<Entry>,
    /// The company that the ticket belonged to after the last of them.
    pub company: Option<CompanyId>,
    /// The last change of state before them, unless dozens of other lines are in between. It decides whether the first
    /// one among them is a change that customers can tell.
    pub state_before: Option<Event>,
    /// Where earlier entries are, if there are any.
    pub earlier: Option<TimelinePlace>,
    /// Where newer entries are, if there may be any.
    pub newer: Option<TimelinePlace>,
    /// Of the newest page, the last message of a teammate, unless dozens of customers' messages followed it.
    pub last_reply: Option<Part>,
}

/// A place in a timeline, and the way to read from there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelinePlace {
    way: Way,
    at: Timestamp,
    stream: Stream,
    /// The sort key of the entry at this place.
    key: String,
    /// The company that the ticket belonged to there.
    company: Option<CompanyId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Way {
    /// To everything strictly earlier.
    Earlier,
    /// To everything strictly later.
    Newer,
}

/// Where the entries of a kind are, in the order in which those of the same millisecond are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stream {
    Events,
    Messages,
    Notes,
}

impl Stream {
    /// Returns the beginning of the sort keys.
    const fn beginning(self) -> &'static str {
        match self {
            Self::Events => keys::EVENT,
            Self::Messages => beginning(PartKind::Message),
            Self::Notes => beginning(PartKind::Note),
        }
    }

    /// Returns the first and the last sort key that lie on the way from a place.
    fn range(self, from: Option<&TimelinePlace>) -> (String, String) {
        let (first, last) = (self.beginning().to_owned(), format!("{}~", self.beginning()));
        let Some(place) = from else { return (first, last) };
        let then = format!("{first}{}", place.at.sortable());
        // Of the same millisecond, a stream is as a whole before or after another's entry.
        match (place.way, self.cmp(&place.stream)) {
            (Way::Earlier, std::cmp::Ordering::Less) => (first, format!("{then}#~")),
            (Way::Earlier, std::cmp::Ordering::Equal) => (first, keys::just_below(&place.key).to_owned()),
            (Way::Earlier, std::cmp::Ordering::Greater) => (first, then),
            (Way::Newer, std::cmp::Ordering::Less) => (format!("{then}#~"), last),
            (Way::Newer, std::cmp::Ordering::Equal) => (format!("{}~", place.key), last),
            (Way::Newer, std::cmp::Ordering::Greater) => (then, last),
        }
    }
}

/// An entry with its place. The order is that of the timeline: no two entries of a stream have the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Placed {
    at: Timestamp,
    stream: Stream,
    key: String,
    entry: Entry,
}

impl Placed {
    fn line(Line { key, event }: Line) -> Self {
        Self { at: event.at, stream: Stream::Events, key, entry: Entry::Event(event) }
    }

    fn part(stream: Stream, part: Part) -> Self {
        let key = keys::part(stream.beginning(), part.at, &part.id);
        Self { at: part.at, stream, key, entry: Entry::Part(part) }
    }

    fn place(&self, way: Way, company: Option<CompanyId>) -> TimelinePlace {
        TimelinePlace { way, at: self.at, stream: self.stream, key: self.key.clone(), company }
    }
}

/// The lines of history that a page may show, and what came before them.
pub(crate) struct Lines {
    /// Newest first where the way is to earlier ones, else oldest first.
    page: Vec<Line>,
    /// Newest first.
    before: Vec<Line>,
}

impl Lines {
    /// Makes those of the newest page, of the newest lines of the history.
    pub(crate) fn newest(lines: Vec<Line>) -> Self {
        Self { page: lines, before: Vec::new() }
    }
}

/// Who reads a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Without notes: DynamoDB leaves out those that an older version put among messages, so that none is ever read.
    Customers,
    Teammates,
}

impl Timeline {
    /// Makes the page of everything that was read on the way from a place. `company` is the one that the ticket belongs to
    /// now.
    fn of(lines: Lines, parts: Vec<Placed>, from: Option<&TimelinePlace>, company: Option<&CompanyId>) -> Self {
        let Lines { page, before } = lines;
        let is_newer = from.is_some_and(|place| place.way == Way::Newer);
        let last_reply = parts.iter().map(|placed| &placed.entry).filter_map(reply).max_by_key(|part| part.at).cloned();
        let mut placed: Vec<_> = page.iter().cloned().map(Placed::line).chain(parts).collect();
        placed.sort_by(|a, b| (a.at, a.stream, &a.key).cmp(&(b.at, b.stream, &b.key)));
        let more = placed.len().saturating_sub(ENTRIES_A_PAGE);
        if is_newer {
            placed.truncate(ENTRIES_A_PAGE);
        } else {
            placed.drain(..more);
        }

        let events = || placed.iter().filter_map(|placed| placed.entry.event());
        let moves = || {
            events().filter_map(|event| match &event.change {
                Change::CompanyChanged { from, to } => Some((from.clone(), to.clone())),
                _ => None,
            })
        };
        let known = from.map_or_else(|| company.cloned(), |place| place.company.clone());
        let after = if is_newer { moves().next_back().map_or_else(|| known.clone(), |(_, to)| to) } else { known };
        let before_first = moves().next().map_or_else(|| after.clone(), |(from, _)| from);
        let shown = events().count();
        // What was read of the history before the page's first entry.
        let rest = if is_newer { &before } else { page.get(shown..).unwrap_or_default() };
        let (first, last) = (placed.first(), placed.last());
        Self {
            state_before: last_state(rest),
            earlier: first.filter(|_| is_newer || more > 0).map(|first| first.place(Way::Earlier, before_first)),
            newer: last
                .filter(|_| from.is_some() && (!is_newer || more > 0))
                .map(|last| last.place(Way::Newer, after.clone())),
            company: after,
            last_reply: last_reply.filter(|_| from.is_none()),
            entries: placed.into_iter().map(|placed| placed.entry).collect(),
        }
    }
}

/// Returns the message of a teammate that an entry is.
fn reply(entry: &Entry) -> Option<&Part> {
    match entry {
        Entry::Part(part) if part.kind == PartKind::Message && !matches!(part.author, Actor::Contact { .. }) => {
            Some(part)
        }
        _ => None,
    }
}

impl Store {
    /// Reads the lines of history for the page at a place.
    pub(crate) async fn lines_at(&self, ticket: &TicketId, place: &TimelinePlace) -> Result<Lines, StoreError> {
        let (first, last) = Stream::Events.range(Some(place));
        let query = |first, last| self.partition_between(keys::ticket(ticket), first, last);
        if place.way == Way::Earlier {
            let page = self.lines(query(first, last), Way::Earlier, ENTRIES_A_PAGE + 1 + LINES_BEFORE).await?;
            return Ok(Lines { page, before: Vec::new() });
        }
        let before = query(keys::EVENT.to_owned(), first.clone());
        let (page, before) = futures::try_join!(
            self.lines(query(first, last), Way::Newer, ENTRIES_A_PAGE + 1),
            self.lines(before, Way::Earlier, LINES_BEFORE),
        )?;
        Ok(Lines { page, before })
    }

    async fn lines(&self, query: QueryFluentBuilder, way: Way, most: usize) -> Result<Vec<Line>, StoreError> {
        let query = query.limit(i32::try_from(most).unwrap_or(i32::MAX)).scan_index_forward(way == Way::Newer);
        let answer = query.consistent_read(true).send().await.map_err(StoreError::from_sdk)?;
        answer.items.unwrap_or_default().into_iter().map(Line::read).collect()
    }

    /// Reads the page of a ticket's timeline at a place, or the newest one, with these lines of its history.
    pub(crate) async fn timeline(
        &self,
        ticket: &Ticket,
        lines: Lines,
        place: Option<&TimelinePlace>,
        readers: Readers,
    ) -> Result<Timeline, StoreError> {
        let parts = match &ticket.conversation {
            Some(conversation) => self.parts_at(conversation, place, readers).await?,
            None => Vec::new(),
        };
        Ok(Timeline::of(lines, parts, place, ticket.row.company.as_ref()))
    }

    async fn parts_at(
        &self,
        id: &ConversationId,
        place: Option<&TimelinePlace>,
        readers: Readers,
    ) -> Result<Vec<Placed>, StoreError> {
        let forward = place.is_some_and(|place| place.way == Way::Newer);
        let read = async |stream: Stream, only_messages| {
            let (first, last) = stream.range(place);
            let query = self.partition_between(keys::conversation(id), first, last).scan_index_forward(forward);
            let parts = self.parts(query, ENTRIES_A_PAGE + 1, only_messages).await?;
            Ok::<_, StoreError>(parts.into_iter().map(|part| Placed::part(stream, part)).collect::<Vec<_>>())
        };
        if readers == Readers::Customers {
            return read(Stream::Messages, true).await;
        }
        let (mut parts, notes) = futures::try_join!(read(Stream::Messages, false), read(Stream::Notes, false))?;
        // `admin reindex` may have moved a note between the two reads.
        parts.retain(|part| notes.iter().all(|note| note.entry != part.entry));
        parts.extend(notes);
        Ok(parts)
    }
}
