//! Which company a ticket belongs to, for teammates (product.md 3.6): the options, the choice, and who gains and who
//! loses sight of the ticket by it.

mod page;

use desk::{actor::actor, answer, association, problem};
use domain::{
    association::Choice,
    id::{CompanyId, TicketId},
};
use futures::FutureExt;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use store::{Participants, SightChange, TicketFile, TicketWrite, WriteError};
use web::{
    App, Function, Problem, Request, Response, Route,
    params::{self, invalid},
    response,
    teammate::{self, Teammate},
};

const READ: Route = Route("GET /api/helpdesk/tickets/{ticket_id}/company");
const CHOOSE: Route = Route("PUT /api/helpdesk/tickets/{ticket_id}/company");
const PREVIEW: Route = Route("GET /api/helpdesk/tickets/{ticket_id}/company/preview");
const REVIEW: Route = Route("GET /helpdesk/tickets/{ticket_id}/company");
const CONFIRM: Route = Route("POST /helpdesk/tickets/{ticket_id}/company");
/// Times that a choice is put to the participants again when one of them has just left.
const ROUNDS: u32 = 4;

/// `company-association`.
pub const FUNCTION: Function = Function {
    name: "company-association",
    routes: &[READ, CHOOSE, PREVIEW, REVIEW, CONFIRM],
    handle: |app, request| handle(app, request).boxed(),
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(deserialize_with = "association::given")]
    company: Option<Option<CompanyId>>,
    version: u64,
}

async fn handle(app: &App, request: &Request) -> Result<Response, Problem> {
    let teammate = teammate::signed_in(app, request).await?;
    let id = TicketId::new(request.path_parameter("ticket_id")).map_err(|_| problem::no_ticket())?;
    match request.route.as_str() {
        route if route == READ.0 => read(app, request, &id).await,
        route if route == CHOOSE.0 => choose(app, request, &teammate, &id).await,
        route if route == PREVIEW.0 => preview(app, request, &id).await,
        route if route == REVIEW.0 => page::review(app, request, &teammate, &id).await,
        route if route == CONFIRM.0 => page::confirm(app, request, &teammate, &id).await,
        _ => Err(Problem::not_found()),
    }
}

async fn read(app: &App, request: &Request, id: &TicketId) -> Result<Response, Problem> {
    params::none(request)?;
    let (file, people) = file(app, id).await?;
    answer(app, &file, &people).await
}

async fn choose(app: &App, request: &Request, teammate: &Teammate, id: &TicketId) -> Result<Response, Problem> {
    params::none(request)?;
    let Wanted { company, version } = request.json()?;
    let (file, people) = chosen(app, teammate, id, version, &association::choice(company)).await?;
    answer(app, &file, &people).await
}

/// Sets the company, if the ticket is still the one that the teammate saw.
async fn chosen(
    app: &App,
    teammate: &Teammate,
    id: &TicketId,
    version: u64,
    choice: &Choice,
) -> Result<(TicketFile, Participants), Problem> {
    for _ in 0..ROUNDS {
        let (mut file, people) = file(app, id).await?;
        if file.ticket.version != version {
            return Err(problem::stale(&file.ticket));
        }
        match set(app, teammate, &file, &people, choice.clone()).await? {
            Ok(Some(ticket)) => file.ticket = ticket,
            Ok(None) => {}
            Err(WriteError::Stale | WriteError::Left) => continue,
            Err(error) => return Err(problem::write(error)),
        }
        return Ok((file, people));
    }
    Err(problem::write(WriteError::Left))
}

/// Writes the choice. `None` when it is what the ticket has already.
async fn set(
    app: &App,
    teammate: &Teammate,
    file: &TicketFile,
    people: &Participants,
    choice: Choice,
) -> Result<Result<Option<domain::ticket::Ticket>, WriteError>, Problem> {
    let before = &file.ticket;
    let (association, through) = association::decide(people, choice, Some(before))?;
    if association.company == before.row.company && association.chosen == before.company_chosen {
        return Ok(Ok(None));
    }
    let (now, by) = (app.clock.now(), actor(app, teammate).await?);
    let mut after = before.clone();
    after.company_chosen = association.chosen;
    after.row.company = association.company;
    let event = association::company_changed(before, &after, &by, now);
    if event.is_some() {
        after.row.updated_at = now.max(before.row.updated_at);
    }
    let write = TicketWrite::replace(before.clone(), after, event);
    let written = app.store.write_ticket(write.among(file.participants.clone()).through(through)).await;
    Ok(written.map(Some))
}

#[derive(Serialize)]
struct Preview {
    /// Who will see the ticket and does not now.
    gains: Vec<Person>,
    /// Who sees the ticket now and will not.
    loses: Vec<Person>,
}

#[derive(Serialize)]
struct Person {
    id: domain::id::ContactId,
    name: Option<String>,
}

async fn preview(app: &App, request: &Request, id: &TicketId) -> Result<Response, Problem> {
    let [company, none] = request.params.take(["company", "no_company"])?;
    let to = match (company, none) {
        (Some(id), None) => {
            Some(CompanyId::new(id).map_err(|error| invalid("invalid_parameter", format!("{error}.")))?)
        }
        (None, Some("true")) => None,
        _ => return Err(invalid("invalid_parameter", "Say which: company=<id>, or no_company=true.")),
    };
    let (file, people) = file(app, id).await?;
    let change = previewed(app, &file, &people, to.as_ref()).await?;
    let people = |people: store::People| people.into_iter().map(|(id, name)| Person { id, name }).collect();
    Ok(response::json(&Preview { gains: people(change.gains), loses: people(change.loses) }))
}

/// Who gains and who loses sight of the ticket when it moves to `to`, which must be an option.
async fn previewed(
    app: &App,
    file: &TicketFile,
    people: &Participants,
    to: Option<&CompanyId>,
) -> Result<SightChange, Problem> {
    let choice = to.cloned().map_or(Choice::NoCompany, Choice::Company);
    association::decide(people, choice, Some(&file.ticket))?;
    let workspace = app.store.workspace().await?;
    Ok(app.store.sight_change(&file.ticket.row, to, &workspace.settings.visibility).await?)
}

/// The ticket, and who takes part in it with the companies they are in now.
async fn file(app: &App, id: &TicketId) -> Result<(TicketFile, Participants), Problem> {
    let file = app.store.ticket_file(id).await?.ok_or_else(problem::no_ticket)?;
    let people = app.store.participants_now(&file.people()).await?;
    Ok((file, people))
}

async fn answer(app: &App, file: &TicketFile, people: &Participants) -> Result<Response, Problem> {
    let company: BTreeSet<_> = file.ticket.row.company.clone().into_iter().collect();
    let current = match company.first() {
        Some(id) if !people.companies.contains_key(id) => app.store.companies(&company).await?.remove(id),
        _ => None,
    };
    Ok(response::json(&answer::company_choice(&file.ticket, people, current.as_ref())))
}
