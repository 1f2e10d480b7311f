//! Tickets as JSON.

use domain::{desk::DeskTicket, id::TicketId};
use portal::teammate::{
    Error, Teammate, Thing,
    ticket::{self, Changes, NewTicket},
};
use serde::Serialize;
use store::EventPlace;
use web::{App, Problem, Request, Response, cursor, params, response};

#[derive(Serialize)]
struct Detail {
    #[serde(flatten)]
    ticket: DeskTicket,
    /// Leads to earlier history; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    history_cursor: Option<String>,
}

pub(crate) async fn read(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let [cursor] = request.params.take(["history_cursor"])?;
    let id = ticket_id(request)?;
    let pages = history_pages(app, teammate, &id);
    let before: Option<EventPlace> = pages.place(cursor)?;
    let (ticket, earlier) = ticket::read_before(&app.portal, &id, before.as_ref()).await?;
    response::json(&Detail { ticket, history_cursor: pages.cursor(earlier)? })
}

/// The pages of a ticket's history.
pub(crate) fn history_pages<'a>(app: &'a App, teammate: &'a Teammate, id: &TicketId) -> cursor::List<'a> {
    cursor::List::of_teammate(app, &teammate.id, format!("history of {id}"))
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
