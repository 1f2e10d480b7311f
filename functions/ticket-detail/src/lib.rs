//! One ticket, as page and as JSON (docs/product.md, The ticket page).

mod people;

use domain::{
    id::{CompanyId, TicketId},
    projection::CustomerEntry,
};
use lambda_http::http::StatusCode;
use portal::customer::{Visit, ticket};
use serde::Serialize;
use store::{Past, Watch};
use web::{App, Function, Problem, Request, Response, fresh, params, response, routes, ticket::Detail};

pub const FUNCTION: Function = Function {
    name: "ticket-detail",
    routes: routes![
        contact "GET /tickets/{ticket_id}" => page,
        contact "GET /api/tickets/{ticket_id}" => detail,
        contact "GET /api/tickets/{ticket_id}/timeline" => timeline,
        contact "PUT /api/tickets/{ticket_id}/read" => read,
        contact "GET /tickets/{ticket_id}/people" => people::page,
        contact "GET /api/tickets/{ticket_id}/people" => people::list,
    ],
};

#[derive(Serialize)]
struct Timeline {
    /// Oldest first.
    timeline: Vec<CustomerEntry>,
    /// Leads to earlier entries, if there are any.
    timeline_cursor: Option<String>,
    /// Leads to newer ones, if there may be any.
    newer_cursor: Option<String>,
}

async fn detail(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    let cursor = read_query(request)?;
    let id = ticket_id(request);
    let before = web::ticket::history(app, visit, id.as_ref()).place(cursor)?;
    if let Some(same) = unchanged(app, request, visit, id.as_ref()).await? {
        return Ok(same);
    }

    let past = before.as_ref().map_or(Past::Newest, Past::History);
    let seen = ticket::read(&app.portal, visit, id.as_ref(), past).await?;
    let (marks, hint) = (seen.marks.clone(), seen.hint.clone());
    let response = fresh::json(app, request, visit, &Detail::of(app, visit, seen)?, marks.as_ref())?;
    Ok(response.cookie(web::hint::refresh(app, visit, &hint)))
}

async fn page(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    let [company, cursor, earlier] = request.params.take(["company", "cursor", "history_cursor"])?;
    check_company(company)?;
    let id = ticket_id(request);
    if earlier.is_some() {
        // The pages of an earlier version had a history apart from the conversation.
        return Ok(response::see_other(&format!("/tickets/{}", id.as_ref().map(TicketId::as_str).unwrap_or_default())));
    }
    web::ticket::show(app, request, visit, id.as_ref(), cursor, None).await
}

async fn timeline(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    let [cursor] = request.params.take(["cursor"])?;
    let id = ticket_id(request);
    let entries = web::ticket::pages(app, visit, id.as_ref());
    let place = entries.place(cursor)?;
    if let Some(same) = unchanged(app, request, visit, id.as_ref()).await? {
        return Ok(same);
    }
    let past = place.as_ref().map_or(Past::Newest, Past::Timeline);
    let seen = ticket::read(&app.portal, visit, id.as_ref(), past).await?;
    let timeline = Timeline {
        timeline: seen.timeline,
        timeline_cursor: entries.cursor(seen.earlier)?,
        newer_cursor: entries.cursor(seen.newer)?,
    };
    let response = fresh::json(app, request, visit, &timeline, seen.marks.as_ref())?;
    Ok(response.cookie(web::hint::refresh(app, visit, &seen.hint)))
}

/// Notes that the contact has seen all of the ticket up to now.
async fn read(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    params::none(request)?;
    ticket::mark_read(&app.portal, visit, ticket_id(request).as_ref()).await?;
    Ok(Response::empty(StatusCode::NO_CONTENT))
}

/// Reads the id in the path. Text that cannot be an id is treated like an id that does not exist.
fn ticket_id(request: &Request) -> Option<TicketId> {
    TicketId::new(request.path_parameter("ticket_id")).ok()
}

async fn unchanged(
    app: &App,
    request: &Request,
    visit: &Visit,
    id: Option<&TicketId>,
) -> Result<Option<Response>, Problem> {
    let Some(id) = id else { return Ok(None) };
    fresh::unchanged(app, request, visit, Watch::Ticket(id)).await
}

/// Reads the parameters: the cursor of an earlier page of history. `company`, which links may carry, is checked; the
/// answer is the same whatever it is.
fn read_query(request: &Request) -> Result<Option<&str>, Problem> {
    let [company, cursor] = request.params.take(["company", "history_cursor"])?;
    check_company(company)?;
    Ok(cursor)
}

fn check_company(company: Option<&str>) -> Result<(), Problem> {
    let company = company.map(CompanyId::new).transpose();
    company.map(drop).map_err(|error| Problem::invalid("invalid_parameter", format!("{error}.")))
}
