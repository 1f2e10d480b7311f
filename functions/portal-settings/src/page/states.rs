//! The page on which teammates say which ticket states there are, what these are called, and in which order they are.

use super::fields::{Fields, answer, can_be_mended, outcome};
use askama::Template;
use domain::{
    catalog::Entry,
    id::StateId,
    state::{StateCategory, TicketState},
};
use portal::teammate::{
    Error, Teammate,
    catalog::{self, WantedState},
};
use web::{App, Problem, Request, Response, params, response};

const FIELDS: [&str; 6] = ["state", "was", "internal_label", "external_label", "position", "category"];

#[derive(Template)]
#[template(path = "states.html")]
struct StatesPage {
    done: bool,
    alert: Option<String>,
    states: Vec<Shown>,
    added: Shown,
    /// Whether what was typed of a new one is shown.
    is_open: bool,
    /// The categories that a new one can have, with what each means, and whether it was chosen.
    categories: Vec<(StateCategory, &'static str, bool)>,
    missing: Vec<&'static str>,
}

/// A state, as it is or as it was typed.
#[derive(Default)]
struct Shown {
    id: String,
    /// What it is called at present.
    called: String,
    /// Tells later whether somebody else has changed it.
    was: String,
    internal_label: String,
    external_label: String,
    position: String,
    /// Empty where it is not there yet.
    category: &'static str,
    meaning: &'static str,
}

/// What tickets in a state of this category wait for.
const fn meaning(category: StateCategory) -> &'static str {
    match category {
        StateCategory::Submitted => "Not picked up yet: it is your turn.",
        StateCategory::InProgress => "Being worked on: it is your turn.",
        StateCategory::WaitingOnCustomer => "The customer has to say or do something: it is their turn.",
        StateCategory::Resolved => "Done: it is nobody’s turn.",
    }
}

pub(crate) async fn show(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let [done] = request.params.take(["done"])?;
    page(app, request, teammate, done == Some("saved"), None).await
}

pub(crate) async fn save(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let fields = Fields::of(&request.form()?, &FIELDS, &[])?;
    let invalid = |why: String| Problem::invalid_body(&why);
    let saved = if fields.has("state") {
        let id = StateId::new(fields.get("state")).map_err(|error| invalid(error.to_string()))?;
        change(app, teammate, id, &fields).await
    } else {
        let category = fields
            .get("category")
            .parse()
            .map_err(|error: domain::state::UnknownCategory| invalid(error.to_string()))?;
        add(app, teammate, category, &fields).await
    };
    match saved {
        Ok(id) => Ok(response::see_other(&format!("/helpdesk/settings/states?done=saved#state-{id}"))),
        Err(error) if can_be_mended(&error) => page(app, request, teammate, false, Some((&fields, error))).await,
        Err(error) => Err(error.into()),
    }
}

async fn change(app: &App, teammate: &Teammate, id: StateId, fields: &Fields) -> Result<StateId, Error> {
    let wanted = wanted(fields, 0)?;
    catalog::change_state(&app.portal, teammate, &id, fields.get("was"), wanted).await?;
    Ok(id)
}

async fn add(app: &App, teammate: &Teammate, category: StateCategory, fields: &Fields) -> Result<StateId, Error> {
    let last = catalog::read(&app.portal).await?.catalog.states.values().map(|it| it.position).max();
    let wanted = wanted(fields, last.map_or(1, |last| last.saturating_add(1)))?;
    catalog::add_state(&app.portal, teammate, category, wanted).await
}

fn wanted(fields: &Fields, position: u32) -> Result<WantedState, Error> {
    let [internal_label, external_label] = ["internal_label", "external_label"].map(|it| fields.get(it).to_owned());
    Ok(WantedState { internal_label, external_label, position: fields.number("position", position)? })
}

async fn page(
    app: &App,
    request: &Request,
    teammate: &Teammate,
    done: bool,
    refused: Option<(&Fields, Error)>,
) -> Result<Response, Problem> {
    let workspace = catalog::read(&app.portal).await?;
    let typed = refused.as_ref().map(|(fields, _)| *fields);
    let states = workspace.catalog.states_in_order().into_iter().map(|it| {
        let typed = typed.filter(|typed| typed.get("state") == it.id.as_str());
        shown(it, typed)
    });
    let states = states.collect();
    let added = typed.filter(|typed| !typed.has("state"));
    let categories = StateCategory::ALL.into_iter().map(|category| {
        let is_chosen = added.is_some_and(|typed| typed.get("category") == category.as_str());
        (category, meaning(category), is_chosen)
    });
    let (is_open, categories) = (added.is_some(), categories.collect());
    let added = added.map(of_fields).unwrap_or_default();
    let missing = StateCategory::ALL.into_iter().filter(|it| workspace.catalog.first_in(*it).is_none());
    let missing = missing.map(StateCategory::default_label).collect();
    let (status, alert) = outcome(refused.map(|(_, error)| error));
    let page = StatesPage { done, alert, states, added, is_open, categories, missing };
    answer(app, request, &workspace, teammate, "Ticket states", (status, &page))
}

fn of_fields(typed: &Fields) -> Shown {
    let [internal_label, external_label, position] =
        ["internal_label", "external_label", "position"].map(|field| typed.get(field).to_owned());
    Shown { internal_label, external_label, position, ..Shown::default() }
}

fn shown(it: &TicketState, typed: Option<&Fields>) -> Shown {
    let as_it_is = || Shown {
        internal_label: it.internal_label.clone(),
        external_label: it.external_label.clone(),
        position: it.position.to_string(),
        ..Shown::default()
    };
    Shown {
        id: it.id.to_string(),
        called: it.internal_label.clone(),
        was: catalog::mark(&Entry::State(it.clone())),
        category: it.category.as_str(),
        meaning: meaning(it.category),
        ..typed.map_or_else(as_it_is, of_fields)
    }
}
