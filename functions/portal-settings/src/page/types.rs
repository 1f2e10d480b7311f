//! The page on which teammates say which ticket types there are, what these have, and what contacts are asked for when they
//! report something.

use super::fields::{Fields, answer, can_be_mended, outcome};
use askama::Template;
use domain::{
    catalog::{AttributeDefinition, DataType, Entry, TicketCategory, TicketType},
    id::TypeId,
};
use portal::teammate::{
    Error, Teammate,
    catalog::{self, WantedType},
};
use web::{App, Problem, Request, Response, params, response};

const FIELDS: [&str; 6] = ["type", "was", "name", "external_label", "icon", "category"];
const OF_EACH: [&str; 7] = ["attribute", "kind", "position", "visible", "asked", "required", "options"];

/// What values an attribute may have, and what people call that.
const KINDS: [(&str, &str, DataType); 6] = [
    ("string", "Text", DataType::String),
    ("list", "One of a list", DataType::List),
    ("integer", "Whole number", DataType::Integer),
    ("decimal", "Number", DataType::Decimal),
    ("boolean", "Yes or no", DataType::Boolean),
    ("datetime", "Date and time", DataType::Datetime),
];

/// Who sees tickets of a type, and what that is called in a form.
const CATEGORIES: [(&str, &str, TicketCategory); 3] = [
    ("customer", "Customers see these tickets.", TicketCategory::Customer),
    ("back_office", "Customers see those that are shared with them.", TicketCategory::BackOffice),
    ("tracker", "Customers never see these tickets.", TicketCategory::Tracker),
];

#[derive(Template)]
#[template(path = "types.html")]
struct TypesPage {
    done: bool,
    alert: Option<String>,
    reporting: bool,
    types: Vec<Shown>,
    added: Added,
}

/// A type, as it is or as it was typed.
struct Shown {
    id: String,
    /// What it is called at present.
    called: String,
    /// Tells later whether somebody else has changed it.
    was: String,
    name: String,
    external_label: String,
    icon: String,
    seen: &'static str,
    /// Whether what was typed is shown.
    is_open: bool,
    /// Whether contacts can report something of it.
    is_reported: bool,
    attributes: Vec<Attribute>,
    /// The place of an attribute that is being added, and what was typed of it.
    more: Attribute,
    /// The kinds of values that it can have, what each is called, and whether it is chosen.
    kinds: Vec<(&'static str, &'static str, bool)>,
}

struct Attribute {
    place: usize,
    name: String,
    kind: &'static str,
    position: String,
    is_list: bool,
    visible: bool,
    asked: bool,
    required: bool,
    /// One a line.
    options: String,
}

/// A type that is being added.
struct Added {
    is_open: bool,
    name: String,
    external_label: String,
    icon: String,
    /// The categories that it can have, what each means, and whether it is chosen.
    categories: Vec<(&'static str, &'static str, bool)>,
}

pub(crate) async fn show(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let [done] = request.params.take(["done"])?;
    page(app, request, teammate, done == Some("saved"), None).await
}

pub(crate) async fn save(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let fields = Fields::of(&request.form()?, &FIELDS, &OF_EACH)?;
    let saved =
        if fields.has("type") { change(app, teammate, &fields).await } else { add(app, teammate, &fields).await };
    match saved {
        Ok(id) => Ok(response::see_other(&format!("/helpdesk/settings/types?done=saved#type-{id}"))),
        Err(Refused::Problem(problem)) => Err(problem),
        Err(Refused::Error(error)) if can_be_mended(&error) => {
            page(app, request, teammate, false, Some((&fields, error))).await
        }
        Err(Refused::Error(error)) => Err(error.into()),
    }
}

/// Why nothing was saved: what no page could have sent, or what can be mended on the page.
enum Refused {
    Problem(Problem),
    Error(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

async fn change(app: &App, teammate: &Teammate, fields: &Fields) -> Result<TypeId, Refused> {
    let invalid = |why: &str| Refused::Problem(Problem::invalid_body(why));
    let id = TypeId::new(fields.get("type")).map_err(|error| invalid(&error.to_string()))?;
    let workspace = catalog::read(&app.portal).await?;
    let had = workspace.catalog.types.get(&id).map(|it| it.attributes.as_slice()).unwrap_or_default();
    let mut placed = Vec::new();
    for (place, it) in had.iter().enumerate() {
        placed.push((fields.number(&format!("position.{place}"), 0)?, wanted(fields, place, it.clone())));
    }
    let place = had.len();
    if fields.get(&format!("attribute.{place}")).trim() != "" {
        let name = fields.get(&format!("attribute.{place}")).trim();
        let kind = KINDS.iter().find(|(kind, ..)| *kind == fields.get(&format!("kind.{place}")));
        let (.., data_type) = kind.ok_or_else(|| invalid("it has an unknown kind of values"))?;
        let position = fields.number(&format!("position.{place}"), u32::MAX)?;
        placed.push((position, wanted(fields, place, AttributeDefinition::new(name, *data_type, false))));
    }
    // A stable sort: what has the same position, or none, stays in its order.
    placed.sort_by_key(|(position, _)| *position);
    let attributes = placed.into_iter().map(|(_, it)| it).collect();
    catalog::change_type(&app.portal, teammate, &id, fields.get("was"), of(fields, attributes)).await?;
    Ok(id)
}

async fn add(app: &App, teammate: &Teammate, fields: &Fields) -> Result<TypeId, Refused> {
    let category = CATEGORIES.iter().find(|(category, ..)| *category == fields.get("category"));
    let unknown = || Refused::Problem(Problem::invalid_body("category is one of customer, back_office, tracker"));
    let (.., category) = category.ok_or_else(unknown)?;
    Ok(catalog::add_type(&app.portal, teammate, *category, of(fields, Vec::new())).await?)
}

fn of(fields: &Fields, attributes: Vec<AttributeDefinition>) -> WantedType {
    let [name, external_label, icon] = ["name", "external_label", "icon"].map(|it| fields.get(it).to_owned());
    WantedType { name, external_label, icon, attributes }
}

/// What is wanted of the attribute at a place.
fn wanted(fields: &Fields, place: usize, of: AttributeDefinition) -> AttributeDefinition {
    let has = |what: &str| fields.has(&format!("{what}.{place}"));
    let options = fields.get(&format!("options.{place}")).lines().map(str::trim).filter(|line| !line.is_empty());
    AttributeDefinition {
        visible_to_contacts: has("visible"),
        asked: has("asked"),
        required: has("required"),
        options: options.map(str::to_owned).collect(),
        ..of
    }
}

async fn page(
    app: &App,
    request: &Request,
    teammate: &Teammate,
    done: bool,
    refused: Option<(&Fields, Error)>,
) -> Result<Response, Problem> {
    let workspace = catalog::read(&app.portal).await?;
    let mut types: Vec<_> = workspace.catalog.types.values().collect();
    types.sort_by_key(|it| (it.name.to_lowercase(), &it.id));
    let typed = refused.as_ref().map(|(fields, _)| *fields);
    let types = types.into_iter().map(|it| shown(it, typed.filter(|typed| typed.get("type") == it.id.as_str())));
    let types = types.collect();
    let added = added(typed.filter(|typed| !typed.has("type")));
    let (status, alert) = outcome(refused.map(|(_, error)| error));
    let page = TypesPage { done, alert, reporting: workspace.settings.reporting, types, added };
    answer(app, request, &workspace, teammate, "Ticket types", (status, &page))
}

fn added(typed: Option<&Fields>) -> Added {
    let text = |field: &str| typed.map_or("", |typed| typed.get(field)).to_owned();
    let chosen = text("category");
    Added {
        is_open: typed.is_some(),
        name: text("name"),
        external_label: text("external_label"),
        icon: text("icon"),
        categories: CATEGORIES.map(|(category, seen, _)| (category, seen, category == chosen)).to_vec(),
    }
}

fn shown(it: &TicketType, typed: Option<&Fields>) -> Shown {
    let text = |field: &str, is: &str| typed.map_or(is, |typed| typed.get(field)).to_owned();
    let each = it.attributes.iter().enumerate();
    let place = it.attributes.len();
    let added = typed.filter(|typed| typed.has(&format!("attribute.{place}"))).map(|typed| {
        let kind = typed.get(&format!("kind.{place}"));
        let data_type = KINDS.iter().find(|(name, ..)| *name == kind).map_or(DataType::String, |(.., it)| *it);
        AttributeDefinition::new(typed.get(&format!("attribute.{place}")), data_type, false)
    });
    let added = added.unwrap_or_else(|| AttributeDefinition::new("", DataType::String, false));
    Shown {
        id: it.id.to_string(),
        called: it.name.clone(),
        was: catalog::mark(&Entry::Type(it.clone())),
        name: text("name", &it.name),
        external_label: text("external_label", &it.external_label),
        icon: text("icon", &it.icon),
        seen: CATEGORIES.iter().find(|(.., category)| *category == it.category).map_or("", |(_, seen, _)| seen),
        is_open: typed.is_some(),
        is_reported: it.category == TicketCategory::Customer,
        attributes: each.map(|(place, it)| attribute(place, it, typed)).collect(),
        kinds: KINDS.map(|(kind, called, data_type)| (kind, called, data_type == added.data_type)).to_vec(),
        more: attribute(place, &added, typed),
    }
}

/// An attribute as it is, or as it was typed.
fn attribute(place: usize, it: &AttributeDefinition, typed: Option<&Fields>) -> Attribute {
    let position = typed.map(|typed| typed.get(&format!("position.{place}")).to_owned());
    let shown = typed.map_or_else(|| it.clone(), |typed| wanted(typed, place, it.clone()));
    Attribute {
        place,
        kind: KINDS.iter().find(|(.., data_type)| *data_type == shown.data_type).map_or("", |(_, called, _)| called),
        position: position.unwrap_or_else(|| (place + 1).to_string()),
        is_list: shown.data_type == DataType::List,
        visible: shown.visible_to_contacts,
        asked: shown.asked,
        required: shown.required,
        options: shown.options.join("\n"),
        name: shown.name,
    }
}
