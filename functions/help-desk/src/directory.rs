//! Companies and people as JSON: their profiles, and the records that the vendor's backend keeps up to date.

use crate::search::{FILTER, filter};
use domain::{
    desk::DeskRow,
    filter::Filter,
    id::{CompanyId, ContactId},
    order::Order,
    state::Counts,
};
use lambda_http::http::StatusCode;
use portal::teammate::{
    Teammate,
    directory::{self, ContactRecord, Person},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use store::Upserted;
use web::{App, Problem, Request, Response, cursor, params, response};

/// A company's profile.
#[derive(Debug, Serialize)]
pub(crate) struct Profile {
    pub(crate) id: CompanyId,
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
    /// All its tickets, including those that customers may not see.
    pub(crate) counts: Counts,
    /// The tickets that customers may see.
    pub(crate) visible_counts: Counts,
    pub(crate) members: Vec<Person>,
    /// Leads to further members, if there are any.
    pub(crate) next_cursor: Option<String>,
}

pub(crate) fn company_id(id: Option<&str>) -> Result<CompanyId, Problem> {
    let id = id.ok_or_else(|| Problem::invalid("invalid_parameter", "Say which company: id=<company id>."))?;
    CompanyId::new(id).map_err(|error| Problem::invalid("invalid_parameter", format!("{error}.")))
}

pub(crate) fn contact_id(id: Option<&str>) -> Result<ContactId, Problem> {
    let id = id.ok_or_else(|| Problem::invalid("invalid_parameter", "Say which contact: id=<contact id>."))?;
    ContactId::new(id).map_err(|error| Problem::invalid("invalid_parameter", format!("{error}.")))
}

pub(crate) async fn company(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let [id, cursor] = request.params.take(["id", "cursor"])?;
    response::json(&profile(app, teammate, &company_id(id)?, cursor).await?)
}

/// Reads the profile of a company, with a page of its members.
pub(crate) async fn profile(
    app: &App,
    teammate: &Teammate,
    id: &CompanyId,
    cursor: Option<&str>,
) -> Result<Profile, Problem> {
    let pages = cursor::List::of_teammate(app, &teammate.id, format!("members {id}"));
    let after = pages.place(cursor)?;
    let directory::Profile { company, counts, visible_counts, members, next } =
        directory::profile(&app.portal, id, after.as_ref()).await?;
    Ok(Profile {
        id: company.id,
        name: company.name,
        attributes: company.attributes,
        counts,
        visible_counts,
        members,
        next_cursor: pages.cursor(next)?,
    })
}

/// The Tickets tab of a company.
#[derive(Debug, Serialize)]
pub(crate) struct CompanyTickets {
    #[serde(skip)]
    pub(crate) company: String,
    pub(crate) tickets: Vec<DeskRow>,
    pub(crate) counts: Counts,
    pub(crate) next_cursor: Option<String>,
    /// How many tickets were looked through, where these were not all that remain.
    pub(crate) looked_through: Option<usize>,
}

pub(crate) async fn company_tickets(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    request.params.only(&[&FILTER[..], &["id", "cursor"]].concat())?;
    let value = |name: &str| request.params.first(name);
    let (filter, order) = (filter(value)?, Order::read(value)?);
    response::json(&tickets_of(app, teammate, &company_id(value("id"))?, (&filter, order), value("cursor")).await?)
}

/// Reads a page of a company's tickets, including those that customers may not see.
pub(crate) async fn tickets_of(
    app: &App,
    teammate: &Teammate,
    id: &CompanyId,
    (filter, order): (&Filter, Order),
    cursor: Option<&str>,
) -> Result<CompanyTickets, Problem> {
    let pages =
        cursor::List::of_teammate(app, &teammate.id, format!("tickets {id} {:?} {:?}", filter.pairs(), order.pairs()));
    let after = pages.place(cursor)?.unwrap_or_default();
    let found = directory::tickets(&app.portal, id, filter.clone(), order, after).await?;
    let directory::CompanyTickets { company, tickets, counts, next, looked_through } = found;
    Ok(CompanyTickets { company, tickets, counts, next_cursor: pages.cursor(next)?, looked_through })
}

pub(crate) async fn contact(app: &App, request: &Request, _: &Teammate) -> Result<Response, Problem> {
    let [id] = request.params.take(["id"])?;
    response::json(&directory::contact_profile(&app.portal, &contact_id(id)?).await?)
}

pub(crate) async fn find(app: &App, request: &Request, _: &Teammate) -> Result<Response, Problem> {
    let [q] = request.params.take(["q"])?;
    let contacts = directory::find(&app.portal, q.unwrap_or_default()).await?;
    response::json(&json!({"contacts": contacts}))
}

pub(crate) async fn teammates(app: &App, request: &Request, _: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    response::json(&json!({"teammates": directory::teammates(&app.portal).await?}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CompanyBody {
    id: CompanyId,
    name: String,
    /// When absent, the recorded ones stay.
    attributes: Option<BTreeMap<String, String>>,
}

pub(crate) async fn put_company(app: &App, request: &Request, _: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let CompanyBody { id, name, attributes } = request.json()?;
    let (company, upserted) = directory::put_company(&app.portal, id, name, attributes).await?;
    response::made(&company, upserted == Upserted::Created)
}

#[derive(Serialize)]
struct ContactAnswer {
    #[serde(flatten)]
    person: Person,
    companies: BTreeSet<CompanyId>,
    attributes: BTreeMap<String, String>,
}

pub(crate) async fn put_contact(app: &App, request: &Request, _: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let record: ContactRecord = request.json()?;
    let (contact, companies, upserted) = directory::put_contact(&app.portal, record).await?;
    let attributes = contact.attributes.clone();
    response::made(&ContactAnswer { person: contact.into(), companies, attributes }, upserted == Upserted::Created)
}

pub(crate) async fn end_membership(app: &App, request: &Request, _: &Teammate) -> Result<Response, Problem> {
    let [contact, company] = request.params.take(["contact", "company"])?;
    let (Some(contact), Some(company)) = (contact, company) else {
        let detail = "Say whose membership in which company: contact=<id>&company=<id>.";
        return Err(Problem::invalid("invalid_parameter", detail));
    };
    let (contact, company) = (contact_id(Some(contact))?, company_id(Some(company))?);
    directory::end_membership(&app.portal, &contact, &company).await?;
    Ok(Response::empty(StatusCode::NO_CONTENT))
}

pub(crate) async fn end_sessions(app: &App, request: &Request, _: &Teammate) -> Result<Response, Problem> {
    let [contact] = request.params.take(["contact"])?;
    let contact =
        contact.ok_or_else(|| Problem::invalid("invalid_parameter", "Say whose sessions: contact=<contact id>."))?;
    directory::end_sessions(&app.portal, &contact_id(Some(contact))?).await?;
    Ok(Response::empty(StatusCode::NO_CONTENT))
}
