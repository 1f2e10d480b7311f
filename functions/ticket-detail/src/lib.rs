//! One ticket, as page and as JSON (docs/product.md, The ticket page).

mod page;

use domain::{
    id::{CompanyId, TicketId},
    projection::CustomerTicket,
};
use portal::customer::{Visit, ticket};
use serde::Serialize;
use store::Watch;
use web::{App, Function, Problem, Request, Response, cursor, fresh, hint, response, routes};

pub const FUNCTION: Function = Function {
    name: "ticket-detail",
    routes: routes![
        contact "GET /tickets/{ticket_id}" => detail,
        contact "GET /api/tickets/{ticket_id}" => detail,
    ],
};

#[derive(Serialize)]
struct Detail {
    #[serde(flatten)]
    ticket: CustomerTicket,
    /// Leads to earlier history, if there is any.
    history_cursor: Option<String>,
}

async fn detail(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    let cursor = read_query(request)?;
    let id = TicketId::new(request.path_parameter("ticket_id")).ok();
    let name = id.as_ref().map(|id| format!("history of {id}")).unwrap_or_default();
    let pages = cursor::List::of_contact(app, &visit.visitor().contact, name);
    let before = pages.place(cursor)?;
    if let Some(id) = &id
        && let Some(same) = fresh::unchanged(app, request, visit, Watch::Ticket(id)).await?
    {
        return Ok(same);
    }

    let seen = ticket::read(&app.portal, visit, id.as_ref(), before.as_ref()).await?;
    let detail = Detail { ticket: seen.ticket, history_cursor: pages.cursor(seen.earlier)? };
    let tag = fresh::Tag::of(app, request, visit, &detail, &seen.marks)?;
    let response = if request.wants_page() {
        page::page(app, request, &detail, cursor.is_some(), &tag)?
    } else {
        response::kept_json(&detail)?
    };
    Ok(response.tagged(request, &tag).cookie(hint::refresh(app, visit, &seen.hint)))
}

/// Reads the parameters: the cursor of an earlier page of history. `company`, which links may carry, is checked; the
/// answer is the same whatever it is.
fn read_query(request: &Request) -> Result<Option<&str>, Problem> {
    let [company, cursor] = request.params.take(["company", "history_cursor"])?;
    let company = company.map(CompanyId::new).transpose();
    company.map_err(|error| Problem::invalid("invalid_parameter", format!("{error}.")))?;
    Ok(cursor)
}
