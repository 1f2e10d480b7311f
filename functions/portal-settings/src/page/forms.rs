//! The page on which teammates set what a type asks for when contacts report something.

use askama::Template;
use domain::{
    catalog::{AttributeDefinition, DataType},
    form,
    id::TypeId,
};
use lambda_http::http::StatusCode;
use portal::teammate::{
    Error, Teammate,
    forms::{self, Wanted},
};
use std::collections::BTreeMap;
use web::{
    App, Problem, Request, Response,
    look::{Look, Section},
    page::{Page, render},
    params::{self, Params},
    response,
};

#[derive(Template)]
#[template(path = "forms.html")]
struct FormsPage {
    done: bool,
    alert: Option<String>,
    reporting: bool,
    types: Vec<Shown>,
}

/// A type with the attributes that can be asked for.
struct Shown {
    id: String,
    name: String,
    icon: String,
    /// Tells later whether somebody else has changed it.
    was: String,
    attributes: Vec<Attribute>,
}

struct Attribute {
    place: usize,
    name: String,
    is_list: bool,
    asked: bool,
    required: bool,
    /// One a line.
    options: String,
}

/// What was typed for a type, by the names of the fields.
struct Typed(BTreeMap<String, String>);

impl Typed {
    fn of(fields: &Params) -> Result<Self, Problem> {
        let known = |name: &str| {
            matches!(name, "type" | "was")
                || name.split_once('.').is_some_and(|(what, place)| {
                    matches!(what, "asked" | "required" | "options") && place.parse::<usize>().is_ok()
                })
        };
        if fields.iter().any(|(name, _)| !known(name)) {
            return Err(Problem::invalid_body("it has an unknown field"));
        }
        Ok(Self(fields.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()))
    }

    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// What is wanted of the attribute at a place.
    fn wanted(&self, place: usize, name: &str) -> Wanted {
        let has = |what: &str| !self.get(&format!("{what}.{place}")).is_empty();
        let options = self.get(&format!("options.{place}")).lines().map(str::trim).filter(|line| !line.is_empty());
        Wanted {
            name: name.to_owned(),
            asked: has("asked"),
            required: has("required"),
            options: options.map(str::to_owned).collect(),
        }
    }
}

pub(crate) async fn show(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let [done] = request.params.take(["done"])?;
    page(app, request, teammate, done == Some("saved"), None).await
}

pub(crate) async fn save(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let typed = Typed::of(&request.form()?)?;
    let id = TypeId::new(typed.get("type")).map_err(|error| Problem::invalid_body(&error.to_string()))?;
    let workspace = forms::read(&app.portal).await?;
    let attributes = workspace.catalog.types.get(&id).map(|it| it.attributes.as_slice()).unwrap_or_default();
    let visible = attributes.iter().enumerate().filter(|(_, it)| it.visible_to_contacts);
    let wanted = visible.map(|(place, it)| typed.wanted(place, &it.name)).collect();
    match forms::ask(&app.portal, teammate, &id, typed.get("was"), wanted).await {
        Ok(()) => Ok(response::see_other(&format!("/helpdesk/settings/forms?done=saved#type-{id}"))),
        Err(error @ (Error::StaleSettings(_) | Error::UnfitSetting(_) | Error::Unknown(_))) => {
            page(app, request, teammate, false, Some((&typed, error))).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(
    app: &App,
    request: &Request,
    teammate: &Teammate,
    done: bool,
    refused: Option<(&Typed, Error)>,
) -> Result<Response, Problem> {
    let workspace = forms::read(&app.portal).await?;
    let types = form::types(&workspace.catalog).into_iter().map(|of| {
        let typed = refused.as_ref().map(|(typed, _)| *typed).filter(|typed| typed.get("type") == of.id.as_str());
        let visible = of.attributes.iter().enumerate().filter(|(_, it)| it.visible_to_contacts);
        Shown {
            id: of.id.to_string(),
            name: of.external_label.clone(),
            icon: of.icon.clone(),
            was: forms::mark(of),
            attributes: visible.map(|(place, it)| attribute(place, it, typed)).collect(),
        }
    });
    let types = types.collect();
    let (status, alert) = match refused {
        None => (StatusCode::OK, None),
        Some((_, error)) => {
            let why = words::refusal::on_the_page(&error);
            (Problem::from(error).status, Some(format!("Nothing is saved. {why}")))
        }
    };
    let content = render(&FormsPage { done, alert, reporting: workspace.settings.reporting, types })?;
    let look = Look::help_desk(&workspace, teammate).in_section(Section::Settings);
    request.looks(&workspace.settings.brand);
    Page { title: "What customers are asked", look: &look, content }.into_response(status)
}

/// An attribute as it is, or as it was typed.
fn attribute(place: usize, it: &AttributeDefinition, typed: Option<&Typed>) -> Attribute {
    let as_it_is = || {
        let AttributeDefinition { name, asked, required, options, .. } = it.clone();
        Wanted { name, asked, required, options }
    };
    let Wanted { name, asked, required, options } = typed.map_or_else(as_it_is, |typed| typed.wanted(place, &it.name));
    Attribute { place, name, is_list: it.data_type == DataType::List, asked, required, options: options.join("\n") }
}
