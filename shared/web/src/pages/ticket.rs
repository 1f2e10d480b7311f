//! A customer's ticket page: the ticket with its thread and the way to write in it. Whoever may not enter the portal
//! reads the conversation alone on the same page.

use super::{
    look::Look,
    shell::{Page, render},
    text::{Stretch, stretches},
    thread::{Entry, Happened, Kind, Said, Thread},
};
use crate::{
    base::app::App,
    http::{cursor, fresh, fresh::Tag, origin::previous_page, problem::Problem, request::Request, response::Response},
    identity::hint,
};
use askama::Template;
use domain::{
    id::TicketId,
    projection::{Asked, CustomerEntry, CustomerPart, CustomerState, CustomerTicket},
    sentence::isolated,
};
use lambda_http::http::StatusCode;
use portal::customer::{
    Visit,
    ticket::{self, Seen},
};
use serde::Serialize;
use store::{Past, TimelinePlace, Watch};

/// What a ticket page shows.
#[derive(Debug)]
pub struct Content<'a> {
    pub id: &'a TicketId,
    pub title: &'a str,
    /// `None` where the reader sees the conversation and not the ticket.
    pub number: Option<u64>,
    pub state: Option<&'a CustomerState>,
    /// Description, details and attributes, for whoever may enter the portal.
    pub ticket: Option<&'a CustomerTicket>,
    pub asked: Option<&'a Asked>,
    /// Whether the reader follows the ticket.
    pub following: bool,
    pub thread: Thread<'a>,
    pub way_to_write: WayToWrite<'a>,
    /// A message that was refused.
    pub refused: Option<&'a Refused>,
    /// The tag with which the page asks for changes. `None` if it does not: for another page than the newest, after a
    /// form, and without the ticket.
    pub tag: Option<&'a Tag>,
}

/// How the reader comes to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayToWrite<'a> {
    /// They do not: on a page of the past, and as a teammate who looks.
    None,
    /// They take part in this conversation.
    Composer(&'a str),
    /// The first message opens the conversation, or joins it.
    Begin,
    /// They join first.
    Join,
}

/// A message that was refused, with what is kept of it.
#[derive(Debug)]
pub struct Refused {
    pub status: StatusCode,
    /// A sentence.
    pub why: String,
    pub draft: String,
}

#[derive(Template)]
#[template(path = "ticket.html")]
struct TicketTemplate<'a> {
    content: &'a Content<'a>,
    /// The list from which the reader came, with its filters, or the whole list.
    back: &'a str,
    description: Vec<Stretch<'a>>,
    asked: Option<(&'a Asked, Vec<Stretch<'a>>)>,
    thread: String,
    /// By this and by what they write in, the script finds what the reader has typed and not sent.
    reader: &'a str,
    client_id: String,
    is_first_page: bool,
    /// Whether the thread begins with what the description says, as it does where somebody reported it.
    is_said: bool,
}

impl TicketTemplate<'_> {
    /// Names the way to write, for the script.
    const fn way(&self) -> &'static str {
        match self.content.way_to_write {
            WayToWrite::None => "none",
            WayToWrite::Composer(_) => "composer",
            WayToWrite::Begin => "begin",
            WayToWrite::Join => "join",
        }
    }

    fn draft(&self) -> &str {
        self.content.refused.map(|refused| refused.draft.as_str()).unwrap_or_default()
    }
}

impl Content<'_> {
    fn takes_part(&self) -> bool {
        self.ticket.and_then(|it| it.conversation.as_ref()).is_some_and(|it| it.participating)
    }

    /// Makes the answer with the page.
    ///
    /// # Errors
    /// 500 when it cannot be rendered.
    pub fn into_response(self, app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
        let came_from = previous_page(&app.config, request).filter(|page| page.starts_with("/tickets?"));
        let content = render(&TicketTemplate {
            back: came_from.unwrap_or("/tickets"),
            description: self.ticket.map(|ticket| stretches(&ticket.description)).unwrap_or_default(),
            asked: self.asked.map(|asked| (asked, stretches(&asked.text))),
            thread: self.thread.render()?,
            reader: visit.visitor().contact.as_str(),
            client_id: app.portal.ids.next("m"),
            is_first_page: self.thread.newer.is_none(),
            is_said: self.ticket.is_some_and(|ticket| self.thread.says(&ticket.description)),
            content: &self,
        })?;
        let title = isolated(self.title);
        let title = self.number.map_or_else(|| title.clone(), |number| format!("#{number} {title}"));
        let status = self.refused.map_or(StatusCode::OK, |refused| refused.status);
        Page { title: &title, look: &Look::of(app, request), content }.into_response(status)
    }
}

/// A ticket as JSON.
#[derive(Debug, Serialize)]
pub struct Detail {
    #[serde(flatten)]
    ticket: CustomerTicket,
    /// Whether the reader follows it.
    following: bool,
    /// Leads to earlier history, if there is any.
    history_cursor: Option<String>,
    /// The newest page, oldest first.
    timeline: Vec<CustomerEntry>,
    /// Leads to earlier entries of the timeline, if there are any.
    timeline_cursor: Option<String>,
    /// What the ticket waits for, if it waits on the customer.
    asked: Option<Asked>,
}

impl Detail {
    /// # Errors
    /// 500 when a cursor cannot be made.
    pub fn of(app: &App, visit: &Visit, seen: Seen) -> Result<Self, Problem> {
        let id = Some(seen.ticket.row.id.clone());
        Ok(Self {
            ticket: seen.ticket,
            following: seen.following,
            history_cursor: history(app, visit, id.as_ref()).cursor(seen.earlier_history)?,
            timeline: seen.timeline,
            timeline_cursor: pages(app, visit, id.as_ref()).cursor(seen.earlier)?,
            asked: seen.asked,
        })
    }
}

/// The pages of a ticket's history.
#[must_use]
pub fn history<'a>(app: &'a App, visit: &'a Visit, id: Option<&TicketId>) -> cursor::List<'a> {
    let name = id.map(|id| format!("history of {id}")).unwrap_or_default();
    cursor::List::of_contact(app, &visit.visitor().contact, name)
}

/// The pages of a ticket's timeline.
#[must_use]
pub fn pages<'a>(app: &'a App, visit: &'a Visit, id: Option<&TicketId>) -> cursor::List<'a> {
    let name = id.map(|id| format!("timeline of {id}")).unwrap_or_default();
    cursor::List::of_contact(app, &visit.visitor().contact, name)
}

/// Answers with the ticket page: the newest entries of the thread, or those at a cursor. Text that cannot be an id is
/// passed as `None`.
///
/// # Errors
/// Those of reading the ticket; 400 `invalid_cursor`.
pub async fn show(
    app: &App,
    request: &Request,
    visit: &Visit,
    id: Option<&TicketId>,
    cursor: Option<&str>,
    refused: Option<&Refused>,
) -> Result<Response, Problem> {
    let pages = pages(app, visit, id);
    let place: Option<TimelinePlace> = pages.place(cursor)?;
    if let Some(id) = id.filter(|_| request.reads())
        && let Some(same) = fresh::unchanged(app, request, visit, Watch::Ticket(id)).await?
    {
        return Ok(same);
    }
    let past = place.as_ref().map_or(Past::Newest, Past::Timeline);
    let seen = ticket::read(&app.portal, visit, id, past).await?;
    let ticket = &seen.ticket;
    let (earlier, newer) = (pages.cursor(seen.earlier)?, pages.cursor(seen.newer)?);
    let tag = Tag::of(
        app,
        request,
        visit,
        &(ticket, &seen.timeline, &seen.asked, seen.following, &earlier, &newer),
        seen.marks.as_ref(),
    )?;
    let address = |cursor: String| format!("{}?cursor={cursor}", ticket.row.url);
    let content = Content {
        id: &ticket.row.id,
        title: &ticket.row.title,
        number: Some(ticket.row.number),
        state: Some(&ticket.row.state),
        ticket: Some(ticket),
        asked: seen.asked.as_ref(),
        following: seen.following,
        thread: Thread {
            entries: seen.timeline.iter().filter_map(entry).collect(),
            earlier: earlier.map(address),
            newer: newer.map(address),
            unread: seen.unread.map(|unread| unread.since),
            ..thread()
        },
        way_to_write: match &ticket.conversation {
            _ if request.is_viewing() || cursor.is_some() => WayToWrite::None,
            Some(conversation) if conversation.participating => WayToWrite::Composer(conversation.id.as_str()),
            // What was written is not lost by joining first.
            Some(_) if refused.is_none() => WayToWrite::Join,
            _ => WayToWrite::Begin,
        },
        refused,
        tag: Some(&tag).filter(|_| cursor.is_none() && request.reads()),
    };
    let response = content.into_response(app, request, visit)?;
    if !request.reads() {
        return Ok(response);
    }
    if request.opens_page() && seen.unread.is_some() {
        ticket::mark_read(&app.portal, visit, id).await?;
    }
    Ok(response.tagged(request, &tag).cookie(hint::refresh(app, visit, &seen.hint)))
}

/// An empty thread as customers read it.
fn thread<'a>() -> Thread<'a> {
    Thread { role: "Support", ..Thread::default() }
}

/// A thread of messages alone.
#[must_use]
pub fn messages(parts: &[CustomerPart]) -> Thread<'_> {
    Thread { entries: parts.iter().map(said).collect(), ..thread() }
}

fn entry(entry: &CustomerEntry) -> Option<Entry<'_>> {
    match entry {
        CustomerEntry::Message(part) => Some(said(part)),
        CustomerEntry::Event(event) => {
            let state = event.state.as_ref().map(|state| state.category);
            Some(Entry::Happened(Happened { text: &event.text, state, at: event.at }))
        }
        _ => None,
    }
}

fn said(part: &CustomerPart) -> Entry<'_> {
    let kind = if part.author.kind == "teammate" { Kind::Teammate } else { Kind::Contact };
    let CustomerPart { id, author, body, at, .. } = part;
    Entry::Said(Said { id: id.as_str(), kind, who: &author.name, you: author.you, body, at: *at })
}
