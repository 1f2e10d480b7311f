//! One ticket, as page and as JSON (docs/product.md, The ticket page).

mod page;

use domain::id::{CompanyId, TicketId};
use portal::customer::{Visit, ticket};
use store::Watch;
use web::{App, Function, Problem, Request, Response, fresh, hint, response, routes};

pub const FUNCTION: Function = Function {
    name: "ticket-detail",
    routes: routes![
        contact "GET /tickets/{ticket_id}" => detail,
        contact "GET /api/tickets/{ticket_id}" => detail,
    ],
};

async fn detail(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    read_query(request)?;
    let id = TicketId::new(request.path_parameter("ticket_id")).ok();
    if let Some(id) = &id
        && let Some(same) = fresh::unchanged(app, request, visit, Watch::Ticket(id)).await?
    {
        return Ok(same);
    }

    let seen = ticket::read(&app.portal, visit, id.as_ref()).await?;
    let tag = fresh::Tag::of(app, request, visit, &seen.ticket, &seen.marks)?;
    let response = if request.wants_page() {
        page::page(app, request, &seen.ticket, &tag)?
    } else {
        response::kept_json(&seen.ticket)?
    };
    Ok(response.tagged(request, &tag).cookie(hint::refresh(app, visit, &seen.hint)))
}

/// Checks the parameter `company`. It serves as the hint for contacts without a hint cookie, and saves a round trip
/// when it is right. The answer is the same when it is wrong.
fn read_query(request: &Request) -> Result<(), Problem> {
    let [company] = request.params.take(["company"])?;
    let company = company.map(CompanyId::new).transpose();
    company.map(drop).map_err(|error| Problem::invalid("invalid_parameter", format!("{error}.")))
}
