//! Which company a ticket belongs to, for teammates (docs/product.md, The company of a ticket): the options, the
//! choice, and who gains and who loses sight of the ticket as a result.

mod page;

use domain::id::{CompanyId, ContactId, TicketId};
use portal::{
    given,
    teammate::{Error, Teammate, Thing, company},
};
use serde::{Deserialize, Serialize};
use store::People;
use web::{App, Function, Problem, Request, Response, params, response, routes};

pub const FUNCTION: Function = Function {
    name: "company-association",
    routes: routes![
        teammate "GET /api/helpdesk/tickets/{ticket_id}/company" => read,
        teammate "PUT /api/helpdesk/tickets/{ticket_id}/company" => choose,
        teammate "GET /api/helpdesk/tickets/{ticket_id}/company/preview" => preview,
        teammate "GET /helpdesk/tickets/{ticket_id}/company" => page::review,
        teammate "POST /helpdesk/tickets/{ticket_id}/company" => page::confirm,
    ],
};

async fn read(app: &App, request: &Request, _: &Teammate) -> Result<Response, Problem> {
    let id = ticket_id(request)?;
    params::none(request)?;
    response::json(&company::read(&app.portal, &id).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    /// Required, even if it is `null`: leaving the field out should not take the company from a ticket.
    #[serde(deserialize_with = "given")]
    company: Option<Option<CompanyId>>,
    version: u64,
}

async fn choose(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let id = ticket_id(request)?;
    params::none(request)?;
    let Choice { company, version } = request.json()?;
    response::json(&company::choose(&app.portal, teammate, &id, version, company.flatten()).await?)
}

#[derive(Serialize)]
struct Preview {
    /// Who does not see the ticket now and would.
    gains: Vec<Person>,
    /// Who sees the ticket now and no longer would.
    loses: Vec<Person>,
    /// Who would read its conversation without seeing the ticket, and does not now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gains_conversation: Vec<Person>,
    /// Who reads its conversation without seeing the ticket, and no longer would.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    loses_conversation: Vec<Person>,
    /// How many members of the two companies and participants were not looked at, at least; absent if all were.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_looked_at: Option<usize>,
}

#[derive(Serialize)]
struct Person {
    id: ContactId,
    name: Option<String>,
}

async fn preview(app: &App, request: &Request, _: &Teammate) -> Result<Response, Problem> {
    let id = ticket_id(request)?;
    let [company, none] = request.params.take(["company", "no_company"])?;
    let to = match (company, none) {
        (Some(id), None) => Some(company_id(id)?),
        (None, Some("true")) => None,
        _ => return Err(which()),
    };
    let case = company::case(&app.portal, &id).await?;
    let change = company::preview(&app.portal, &case, to.as_ref()).await?;
    let people = |people: People| people.into_iter().map(|(id, name)| Person { id, name }).collect();
    response::json(&Preview {
        gains: people(change.gains),
        loses: people(change.loses),
        gains_conversation: people(change.gains_conversation),
        loses_conversation: people(change.loses_conversation),
        not_looked_at: Some(change.others).filter(|others| *others > 0),
    })
}

/// Reads the id in the path. Text that cannot be an id is treated like an id that does not exist.
fn ticket_id(request: &Request) -> Result<TicketId, Error> {
    TicketId::new(request.path_parameter("ticket_id")).map_err(|_| Error::NotThere(Thing::Ticket))
}

fn company_id(id: &str) -> Result<CompanyId, Problem> {
    CompanyId::new(id).map_err(|error| Problem::invalid("invalid_parameter", format!("{error}.")))
}

fn which() -> Problem {
    Problem::invalid("invalid_parameter", "Say which: company=<id>, or no_company=true.")
}
