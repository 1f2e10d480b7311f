//! A ticket as teammates read it.

use desk::{answer, problem};
use domain::{desk::DeskTicket, id::TicketId};
use store::TicketFile;
use web::{App, Problem, Request, Response, params, response};

pub(crate) async fn read(app: &App, request: &Request) -> Result<Response, Problem> {
    params::none(request)?;
    let file = file(app, request.path_parameter("ticket_id")).await?;
    Ok(response::json(&shown(app, &file).await?))
}

/// The ticket of this id, with everything around it.
pub(crate) async fn file(app: &App, id: &str) -> Result<TicketFile, Problem> {
    let id = TicketId::new(id).map_err(|_| problem::no_ticket())?;
    app.store.ticket_file(&id).await?.ok_or_else(problem::no_ticket)
}

/// The ticket as teammates see it.
pub(crate) async fn shown(app: &App, file: &TicketFile) -> Result<DeskTicket, Problem> {
    let workspace = app.store.workspace().await?;
    Ok(answer::ticket(app, &workspace, file).await?)
}

/// The ticket of this id, as it is now.
pub(crate) async fn shown_by_id(app: &App, id: &TicketId) -> Result<DeskTicket, Problem> {
    let file = app.store.ticket_file(id).await?.ok_or_else(problem::no_ticket)?;
    shown(app, &file).await
}
