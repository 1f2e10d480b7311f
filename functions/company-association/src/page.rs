//! The step between choosing a company and setting it: who gains and who loses sight of the ticket.

use crate::{chosen, file, previewed};
use askama::Template;
use desk::{answer, problem};
use domain::{
    association::Choice,
    id::{CompanyId, TicketId},
};
use lambda_http::http::StatusCode;
use std::collections::BTreeSet;
use store::{Participants, People, SightChange, TicketFile};
use web::{
    App, Problem, Request, Response,
    look::{Look, Section},
    page::{Page, render},
    params::{self, invalid},
    response,
    teammate::Teammate,
};

/// Names in a list; the rest is counted.
const SHOWN: usize = 30;

#[derive(Template)]
#[template(path = "review.html")]
struct ReviewPage<'a> {
    file: &'a TicketFile,
    alert: Option<String>,
    from: String,
    /// `None` where the choice is none that the ticket has.
    step: Option<Step<'a>>,
    /// Value, words, and whether it is the one.
    options: Vec<(String, String, bool)>,
}

/// What is about to happen.
struct Step<'a> {
    to: String,
    value: &'a str,
    is_same: bool,
    gains: Crowd,
    loses: Crowd,
}

/// Some people.
struct Crowd {
    names: Vec<String>,
    others: usize,
}

/// Shows what the choice does, and asks.
pub(crate) async fn review(
    app: &App,
    request: &Request,
    teammate: &Teammate,
    id: &TicketId,
) -> Result<Response, Problem> {
    let [company, none] = request.params.take(["company", "no_company"])?;
    let to = match (company, none) {
        // As a form's dropdown sends No company. No id is empty.
        (Some(""), None) | (None, Some("true")) => None,
        (Some(id), None) => Some(company_id(id)?),
        _ => return Err(invalid("invalid_parameter", "Say which: company=<id>, or no_company=true.")),
    };
    show(app, teammate, id, to.as_ref(), None).await
}

/// Sets the company, or comes back with what has changed since it was chosen.
pub(crate) async fn confirm(
    app: &App,
    request: &Request,
    teammate: &Teammate,
    id: &TicketId,
) -> Result<Response, Problem> {
    params::none(request)?;
    let [company, version] = request.form()?.take(["company", "version"])?.map(|it| it.map(str::to_owned));
    let to = company.as_deref().filter(|id| !id.is_empty()).map(company_id).transpose()?;
    let version = version.and_then(|it| it.parse().ok());
    let version = version.ok_or_else(|| problem::invalid_body("the version is missing"))?;
    let choice = to.clone().map_or(Choice::NoCompany, Choice::Company);
    match chosen(app, teammate, id, version, &choice).await {
        Ok(_) => Ok(response::see_other(&format!("/helpdesk/tickets/{id}?done=company"))),
        Err(problem) if matches!(problem.status, StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY) => {
            show(app, teammate, id, to.as_ref(), Some(problem)).await
        }
        Err(problem) => Err(problem),
    }
}

fn company_id(id: &str) -> Result<CompanyId, Problem> {
    CompanyId::new(id).map_err(|error| invalid("invalid_parameter", format!("{error}.")))
}

async fn show(
    app: &App,
    teammate: &Teammate,
    id: &TicketId,
    to: Option<&CompanyId>,
    refused: Option<Problem>,
) -> Result<Response, Problem> {
    let (file, people) = file(app, id).await?;
    let ids: BTreeSet<_> = file.ticket.row.company.iter().chain(to).cloned().collect();
    let names = app.store.companies(&ids).await?;
    let named = |id: Option<&CompanyId>| match id {
        Some(id) => names.get(id).map_or_else(|| id.to_string(), |company| company.name.clone()),
        None => "No company".to_owned(),
    };
    let (change, refused) = match previewed(app, &file, &people, to).await {
        Ok(change) => (Some(change), refused),
        Err(problem) if problem.code == "company_not_offered" => (None, Some(problem)),
        Err(problem) => return Err(problem),
    };
    let from = named(file.ticket.row.company.as_ref());
    let is_same = to == file.ticket.row.company.as_ref();
    let page = ReviewPage {
        alert: refused.as_ref().map(|problem| words(problem, &from, &named(to))),
        step: change.map(|change| step(named(to), to, is_same, change)),
        options: options(&file, &people),
        from,
        file: &file,
    };
    let workspace = app.store.workspace().await?;
    let look = Look::help_desk(&workspace, teammate).in_section(Section::Search);
    let title = format!("Company of #{}", file.ticket.row.number);
    let page = Page { title: &title, look: &look, content: render(&page) };
    Ok(page.into_response(refused.map_or(StatusCode::OK, |problem| problem.status)))
}

fn words(problem: &Problem, from: &str, to: &str) -> String {
    match problem.code {
        "stale_version" => format!(
            "Somebody has changed this ticket since you chose. Nothing of yours is saved yet. Its company is now: {from}. Look over what your choice does, then confirm it again."
        ),
        "company_not_offered" => {
            format!("{to} is not a company of those who take part in the ticket, so it cannot be chosen.")
        }
        _ => problem.detail.clone(),
    }
}

fn step(to: String, id: Option<&CompanyId>, is_same: bool, change: SightChange) -> Step<'_> {
    Step {
        to,
        value: id.map_or("", CompanyId::as_str),
        is_same,
        gains: change.gains.into(),
        loses: change.loses.into(),
    }
}

fn options(file: &TicketFile, people: &Participants) -> Vec<(String, String, bool)> {
    let none = (String::new(), "No company".to_owned(), file.ticket.row.company.is_none());
    let offered = answer::options(people).into_iter();
    let offered = offered.map(|it| {
        let chosen = file.ticket.row.company.as_ref() == Some(&it.id);
        (it.id.to_string(), it.name, chosen)
    });
    std::iter::once(none).chain(offered).collect()
}

impl From<People> for Crowd {
    fn from(people: People) -> Self {
        let others = people.len().saturating_sub(SHOWN);
        let names = people.into_iter().take(SHOWN).map(|(id, name)| name.unwrap_or_else(|| id.to_string()));
        Self { names: names.collect(), others }
    }
}
