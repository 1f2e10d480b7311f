//! What contacts do with tickets beside their conversations (docs/product.md, Reporting): reporting something, finding out
//! that a colleague already has, keeping a ticket from colleagues, and following one.

mod form;
mod page;

use domain::{
    id::{CompanyId, ContactId, TicketId},
    projection::{CustomerCompany, CustomerRow},
};
use portal::customer::{
    Visit, follow,
    private::{self, Privacy},
    report::{self, FormType},
    similar,
};
use serde::{Deserialize, Serialize};
use web::{App, Function, Problem, Request, Response, hint, params, response, routes, ticket::Detail};

pub const FUNCTION: Function = Function {
    name: "ticket-report",
    routes: routes![
        contact "GET /tickets/new" => page::show,
        contact "POST /tickets/new" => page::act,
        contact "POST /tickets/{ticket_id}/private" => page::keep_private,
        contact "POST /tickets/{ticket_id}/follow" => page::follow,
        contact "GET /api/report" => what,
        contact "POST /api/tickets" => report,
        contact "GET /api/tickets/similar" => similar,
        contact "PUT /api/tickets/{ticket_id}/private" => keep_private,
        contact "PUT /api/tickets/{ticket_id}/follow" => follow,
    ],
};

#[derive(Serialize)]
struct Form<'a> {
    allowed: bool,
    /// The contact, so that what they have begun to write is given to nobody else.
    reader: &'a ContactId,
    companies: Vec<CustomerCompany>,
    types: Vec<FormType>,
}

/// Says what the contact can report, and for whom.
async fn what(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    params::none(request)?;
    let report::Form { allowed, companies, types, hint } = report::form(&app.portal, visit).await?;
    let hint = hint.and_then(|hint| hint::refresh(app, visit, &hint));
    let reader = &visit.visitor().contact;
    Ok(response::json(&Form { allowed, reader, companies, types })?.cookie(hint))
}

async fn report(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    params::none(request)?;
    let (new, key) = (request.long_json()?, request.idempotency_key()?);
    let (seen, just_now) = report::report(&app.portal, visit, &new, key.as_ref()).await?;
    let hint = hint::refresh(app, visit, &seen.hint);
    Ok(response::made(&Detail::of(app, visit, seen)?, just_now)?.cookie(hint))
}

#[derive(Serialize)]
struct Similar {
    tickets: Vec<CustomerRow>,
}

async fn similar(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    let [text, company] = request.params.take(["text", "company"])?;
    let text = text.ok_or_else(|| Problem::invalid("invalid_parameter", "text is missing."))?;
    let company = company.map(CompanyId::new).transpose();
    let company = company.map_err(|error| Problem::invalid("invalid_parameter", format!("{error}.")))?;
    let found = similar::similar(&app.portal, visit, text, company.as_ref()).await?;
    Ok(response::json(&Similar { tickets: found.rows })?.cookie(hint::refresh(app, visit, &found.hint)))
}

#[derive(Serialize)]
struct Kept {
    private: bool,
    version: u64,
}

async fn keep_private(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    params::none(request)?;
    let wanted: Privacy = request.json()?;
    let version = private::keep(&app.portal, visit, ticket_id(request).as_ref(), wanted).await?;
    response::json(&Kept { private: wanted.private, version })
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Following {
    following: bool,
}

async fn follow(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    params::none(request)?;
    let wanted: Following = request.json()?;
    follow::follow(&app.portal, visit, ticket_id(request).as_ref(), wanted.following).await?;
    response::json(&wanted)
}

/// Reads the id in the path. Text that cannot be an id is treated like an id that does not exist.
fn ticket_id(request: &Request) -> Option<TicketId> {
    TicketId::new(request.path_parameter("ticket_id")).ok()
}
