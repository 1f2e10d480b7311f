//! The page on which teammates say who is in the team, and what everybody is called.

use super::fields::{Fields, answer, can_be_mended, outcome};
use askama::Template;
use domain::id::TeammateId;
use portal::teammate::{Error, Teammate, team};
use store::Member;
use web::{App, Problem, Request, Response, params, response};

const FIELDS: [&str; 4] = ["teammate", "was", "id", "name"];
/// As many as one page shows.
const MOST_SHOWN: usize = 300;

#[derive(Template)]
#[template(path = "team.html")]
struct TeamPage {
    done: bool,
    alert: Option<String>,
    team: Vec<Shown>,
    /// How many more there are.
    more: usize,
    /// What was typed of one that is being added.
    id: String,
    name: String,
    is_open: bool,
}

/// A teammate, as they are recorded or as was typed.
struct Shown {
    id: String,
    /// What they are called at present.
    called: String,
    /// Tells later whether somebody else has changed it.
    was: String,
    name: String,
    /// The name that counts where none is recorded.
    token_name: Option<String>,
    /// Whether customers are told no name, because it could be an address.
    is_address: bool,
}

pub(crate) async fn show(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let [done] = request.params.take(["done"])?;
    page(app, request, teammate, done == Some("saved"), None).await
}

pub(crate) async fn save(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let fields = Fields::of(&request.form()?, &FIELDS, &[])?;
    let saved = if fields.has("teammate") {
        let id = TeammateId::new(fields.get("teammate"));
        let id = id.map_err(|error| Problem::invalid_body(&error.to_string()))?;
        team::rename(&app.portal, teammate, &id, fields.get("was"), fields.get("name")).await
    } else {
        team::add(&app.portal, teammate, fields.get("id"), fields.get("name")).await.map(drop)
    };
    match saved {
        Ok(()) => Ok(response::see_other("/helpdesk/settings/team?done=saved")),
        Err(error) if can_be_mended(&error) => page(app, request, teammate, false, Some((&fields, error))).await,
        Err(error) => Err(error.into()),
    }
}

async fn page(
    app: &App,
    request: &Request,
    teammate: &Teammate,
    done: bool,
    refused: Option<(&Fields, Error)>,
) -> Result<Response, Problem> {
    let (workspace, team) = futures::try_join!(portal::teammate::workspace(&app.portal), team::read(&app.portal))?;
    let typed = refused.as_ref().map(|(fields, _)| *fields);
    let more = team.len().saturating_sub(MOST_SHOWN);
    let shown = team.iter().take(MOST_SHOWN).map(|it| {
        let typed = typed.filter(|typed| typed.get("teammate") == it.id.as_str());
        shown(it, typed)
    });
    let team = shown.collect();
    let added = typed.filter(|typed| !typed.has("teammate"));
    let text = |field: &str| added.map_or("", |typed| typed.get(field)).to_owned();
    let (id, name, is_open) = (text("id"), text("name"), added.is_some());
    let (status, alert) = outcome(refused.map(|(_, error)| error));
    let page = TeamPage { done, alert, team, more, id, name, is_open };
    answer(app, request, &workspace, teammate, "Team", (status, &page))
}

fn shown(it: &Member, typed: Option<&Fields>) -> Shown {
    let is = it.name.as_deref().unwrap_or_default();
    Shown {
        id: it.id.to_string(),
        called: it.called().to_owned(),
        was: team::mark(it),
        name: typed.map_or(is, |typed| typed.get("name")).to_owned(),
        token_name: it.token_name.clone(),
        is_address: it.name.as_ref().or(it.token_name.as_ref()).is_some_and(|name| name.contains('@')),
    }
}
