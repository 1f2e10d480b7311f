//! Tickets as JSON.

use domain::id::TicketId;
use portal::teammate::{
    Error, Teammate, Thing,
    ticket::{self, Changes, NewTicket},
};
use web::{App, Problem, Request, Response, params, response};

pub(crate) async fn read(app: &App, request: &Request, _: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    response::json(&ticket::read(&app.portal, &ticket_id(request)?).await?)
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
