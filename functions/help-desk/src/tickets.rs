//! Tickets as JSON.

use domain::{
    desk::{DeskEntry, DeskTicket},
    id::TicketId,
};
use portal::teammate::{
    Error, Teammate, Thing,
    ticket::{self, Changes, NewTicket},
};
use serde::Serialize;
use web::{App, Problem, Request, Response, cursor, params, response};

#[derive(Serialize)]
struct Detail {
    #[serde(flatten)]
    ticket: DeskTicket,
    /// Leads to earlier history; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    history_cursor: Option<String>,
    /// Oldest first, with notes.
    timeline: Vec<DeskEntry>,
    /// Leads to earlier entries of the timeline, if there are any.
    timeline_cursor: Option<String>,
    /// Leads to newer ones, if there may be any.
    newer_cursor: Option<String>,
}

pub(crate) async fn read(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let [history, cursor] = request.params.take(["history_cursor", "timeline_cursor"])?;
    let id = ticket_id(request)?;
    let (lines, entries) = (history_pages(app, teammate, &id), timeline_pages(app, teammate, &id));
    let (history, place) = (lines.place(history)?, entries.place(cursor)?);
    let opened = ticket::open(&app.portal, &id, history.as_ref(), place.as_ref()).await?;
    response::json(&Detail {
        ticket: opened.ticket,
        history_cursor: lines.cursor(opened.earlier_history)?,
        timeline: opened.timeline.entries,
        timeline_cursor: entries.cursor(opened.timeline.earlier)?,
        newer_cursor: entries.cursor(opened.timeline.newer)?,
    })
}

/// The pages of a ticket's history.
pub(crate) fn history_pages<'a>(app: &'a App, teammate: &'a Teammate, id: &TicketId) -> cursor::List<'a> {
    cursor::List::of_teammate(app, &teammate.id, format!("history of {id}"))
}

/// The pages of a ticket's timeline.
pub(crate) fn timeline_pages<'a>(app: &'a App, teammate: &'a Teammate, id: &TicketId) -> cursor::List<'a> {
    cursor::List::of_teammate(app, &teammate.id, format!("timeline of {id}"))
}

pub(crate) async fn create(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let key = request.idempotency_key()?;
    let new: NewTicket = request.json()?;
    let (ticket, just_now) = ticket::create(&app.portal, teammate, &new, key.as_ref()).await?;
    response::made(&ticket, just_now)
}

pub(crate) async fn change(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let changes: Changes = request.json()?;
    response::json(&ticket::change(&app.portal, teammate, &ticket_id(request)?, &changes).await?)
}

/// Reads the id in the path. Text that cannot be an id is treated like an id that does not exist.
pub(crate) fn ticket_id(request: &Request) -> Result<TicketId, Error> {
    TicketId::new(request.path_parameter("ticket_id")).map_err(|_| Error::NotThere(Thing::Ticket))
}
