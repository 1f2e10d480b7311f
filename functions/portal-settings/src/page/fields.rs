//! What the pages of ticket types, of ticket states and of the team have in common: the fields of a form, which they
//! show again when it is refused, and how they answer.

use askama::Template;
use domain::settings::Unfit;
use lambda_http::http::StatusCode;
use portal::teammate::{Error, Teammate};
use std::collections::BTreeMap;
use store::Workspace;
use web::{
    App, Problem, Request, Response,
    look::{Look, Section},
    page::{Page, render},
    params::Params,
};

/// What was typed, by the names of the fields. Those of an attribute end with its place, behind a dot.
pub(super) struct Fields(BTreeMap<String, String>);

impl Fields {
    /// Takes these fields, and these of each attribute.
    pub(super) fn of(params: &Params, known: &[&str], of_each: &[&str]) -> Result<Self, Problem> {
        let is_known = |name: &str| match name.split_once('.') {
            None => known.contains(&name),
            Some((what, place)) => of_each.contains(&what) && place.parse::<usize>().is_ok(),
        };
        if params.iter().any(|(name, _)| !is_known(name)) {
            return Err(Problem::invalid_body("it has an unknown field"));
        }
        Ok(Self(params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()))
    }

    /// Returns the text of a field, empty where it is not there.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    /// Returns a whole number, or `otherwise` where nothing was typed.
    pub(super) fn number(&self, name: &str, otherwise: u32) -> Result<u32, Error> {
        let text = self.get(name).trim();
        let unfit = |_| Unfit { field: "position".into(), why: "it takes a whole number".into() };
        if text.is_empty() { Ok(otherwise) } else { Ok(text.parse().map_err(unfit)?) }
    }
}

/// Whether the page can show how to mend it.
pub(super) const fn can_be_mended(error: &Error) -> bool {
    matches!(error, Error::StaleSettings(_) | Error::UnfitSetting(_) | Error::Unknown(_))
}

/// The status of a page, and what it says where nothing was saved.
pub(super) fn outcome(refused: Option<Error>) -> (StatusCode, Option<String>) {
    let Some(error) = refused else { return (StatusCode::OK, None) };
    let why = words::refusal::on_the_page(&error);
    (Problem::from(error).status, Some(format!("Nothing is saved. {why}")))
}

/// Answers with a page of the settings.
pub(super) fn answer(
    app: &App,
    request: &Request,
    workspace: &Workspace,
    teammate: &Teammate,
    title: &str,
    (status, content): (StatusCode, &impl Template),
) -> Result<Response, Problem> {
    let look = Look::help_desk(app, workspace, teammate).in_section(Section::Settings);
    request.is_of(&workspace.settings);
    Page { title, look: &look, content: render(content)? }.into_response(status)
}
