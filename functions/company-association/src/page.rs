//! The page between choosing a company and setting it, which shows who gains and who loses sight of the ticket.

use crate::{company_id, ticket_id, which};
use askama::Template;
use domain::{
    id::{CompanyId, TicketId},
    sentence::isolated,
};
use lambda_http::http::StatusCode;
use portal::teammate::{
    Error, Teammate,
    company::{self, Case, options},
    directory, workspace,
};
use std::collections::BTreeSet;
use store::{People, SightChange, TicketFile};
use web::{
    App, Problem, Request, Response,
    look::{Look, Section},
    page::{Page, render},
    params, response,
};
use words::refusal::to_teammate;

/// The most names in a list. Any others are only counted.
const SHOWN: usize = 30;

#[derive(Template)]
#[template(path = "review.html")]
struct ReviewPage<'a> {
    file: &'a TicketFile,
    alert: Option<String>,
    from: String,
    /// `None` when the chosen company is not one of the ticket's options.
    step: Option<Step<'a>>,
    /// Value, label, and whether it is selected.
    options: Vec<(String, String, bool)>,
}

/// The change that the teammate is asked to confirm.
struct Step<'a> {
    to: String,
    value: &'a str,
    is_same: bool,
    gains: Crowd,
    loses: Crowd,
    gains_conversation: Crowd,
    loses_conversation: Crowd,
    looked_at: usize,
    /// Members and participants who were not looked at.
    others: usize,
}

/// The people of one of the two lists.
struct Crowd {
    names: Vec<String>,
    others: usize,
}

/// Shows what the choice would change, and asks for confirmation.
pub(crate) async fn review(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let id = ticket_id(request)?;
    let [company, none] = request.params.take(["company", "no_company"])?;
    let to = match (company, none) {
        // A dropdown sends No company as an empty value, which no id is.
        (Some(""), None) | (None, Some("true")) => None,
        (Some(id), None) => Some(company_id(id)?),
        _ => return Err(which()),
    };
    show(app, request, teammate, &id, to.as_ref(), None).await
}

/// Sets the company, or shows the page again when something has changed since the company was chosen.
pub(crate) async fn confirm(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let id = ticket_id(request)?;
    params::none(request)?;
    let form = request.form()?;
    let [company, version] = form.take(["company", "version"])?;
    let to = company.filter(|id| !id.is_empty()).map(company_id).transpose()?;
    let version = version.and_then(|it| it.parse().ok());
    let version = version.ok_or_else(|| Problem::invalid_body("the version is missing"))?;
    match company::choose(&app.portal, teammate, &id, version, to.clone()).await {
        Ok(_) => Ok(response::see_other(&format!("/helpdesk/tickets/{id}?done=company"))),
        Err(refused @ (Error::Stale { .. } | Error::NotOffered { .. } | Error::Unknown(_))) => {
            show(app, request, teammate, &id, to.as_ref(), Some(refused)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn show(
    app: &App,
    request: &Request,
    teammate: &Teammate,
    id: &TicketId,
    to: Option<&CompanyId>,
    refused: Option<Error>,
) -> Result<Response, Problem> {
    let workspace = workspace(&app.portal).await?;
    request.is_of(&workspace.settings);
    let case = company::case(&app.portal, id).await?;
    let now = &case.file.ticket.row;
    let ids: BTreeSet<_> = now.company.iter().chain(to).cloned().collect();
    let names = directory::companies(&app.portal, &ids).await?;
    let named = |id: Option<&CompanyId>| match id {
        Some(id) => names.get(id).map_or_else(|| id.to_string(), |company| company.name.clone()),
        None => "No company".to_owned(),
    };
    let (change, refused) = match company::preview(&app.portal, &case, to).await {
        Ok(change) => (Some(change), refused),
        Err(refused @ Error::NotOffered { .. }) => (None, Some(refused)),
        Err(error) => return Err(error.into()),
    };
    let from = named(now.company.as_ref());
    let is_same = to == now.company.as_ref();
    let page = ReviewPage {
        alert: refused.as_ref().map(|refused| alert(refused, &isolated(&from), &isolated(&named(to)))),
        step: change.map(|change| step(named(to), to, is_same, change)),
        options: choices(&case),
        from,
        file: &case.file,
    };
    let look = Look::help_desk(app, &workspace, teammate).in_section(Section::Inbox);
    let title = format!("Company of #{}", now.number);
    let page = Page { title: &title, look: &look, content: render(&page)? };
    page.into_response(refused.map_or(StatusCode::OK, |refused| Problem::from(refused).status))
}

fn alert(refused: &Error, from: &str, to: &str) -> String {
    match refused {
        Error::Stale { .. } => format!(
            "Somebody has changed this ticket since you chose. Nothing of yours is saved yet. Its company is now: {from}. Look over what your choice does, then confirm it again."
        ),
        Error::NotOffered { .. } => {
            format!("{to} is not a company of those who take part in the ticket, so it cannot be chosen.")
        }
        refused => to_teammate(refused),
    }
}

fn step(to: String, id: Option<&CompanyId>, is_same: bool, change: SightChange) -> Step<'_> {
    Step {
        to,
        value: id.map_or("", CompanyId::as_str),
        is_same,
        gains: change.gains.into(),
        loses: change.loses.into(),
        gains_conversation: change.gains_conversation.into(),
        loses_conversation: change.loses_conversation.into(),
        looked_at: change.looked_at,
        others: change.others,
    }
}

fn choices(case: &Case) -> Vec<(String, String, bool)> {
    let now = case.file.ticket.row.company.as_ref();
    let none = (String::new(), "No company".to_owned(), now.is_none());
    let offered = options(&case.people).into_iter().map(|it| {
        let chosen = now == Some(&it.id);
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
