//! Companies and people: their profiles, and what the vendor's backend tells of them.

use desk::{answer::Names, problem};
use domain::{
    company::Company,
    contact::Contact,
    desk::DeskRow,
    id::{CompanyId, ContactId},
    limit,
    projection::CustomerCompany,
    state::{Counts, StateCategory},
    ticket::Boundary,
};
use lambda_http::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use store::{ListQuery, Upserted, WriteError};
use web::{
    App, Problem, Request, Response, cursor,
    params::{self, invalid},
    response,
    teammate::Teammate,
};

/// Tickets a page.
const TICKETS_A_PAGE: usize = 25;
/// Members a page.
const MEMBERS_A_PAGE: usize = 100;
/// Tickets on a contact's profile: an integration can create more than an answer holds.
const TICKETS_OF_CONTACT: usize = 100;
/// Companies that one contact may be in: each is read with every request of theirs.
const MOST_COMPANIES: usize = 100;

/// A company's profile.
#[derive(Debug, Serialize)]
pub(crate) struct Profile {
    pub(crate) id: CompanyId,
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
    /// All its tickets.
    pub(crate) counts: Counts,
    /// Those that customers may see.
    pub(crate) visible_counts: Counts,
    pub(crate) members: Vec<Person>,
    /// Leads to further members.
    pub(crate) next_cursor: Option<String>,
}

/// A contact.
#[derive(Debug, Serialize)]
pub(crate) struct Person {
    pub(crate) id: ContactId,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    /// Nobody can sign in as them any more.
    pub(crate) archived: bool,
}

impl From<Contact> for Person {
    fn from(contact: Contact) -> Self {
        Self { id: contact.id, name: contact.name, email: contact.email, archived: contact.archived }
    }
}

/// A contact's profile.
#[derive(Debug, Serialize)]
pub(crate) struct ContactProfile {
    #[serde(flatten)]
    pub(crate) person: Person,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) companies: Vec<CustomerCompany>,
    /// Those that the contact created, newest update first; the first hundred.
    pub(crate) tickets: Vec<DeskRow>,
}

pub(crate) fn company_id(id: Option<&str>) -> Result<CompanyId, Problem> {
    let id = id.ok_or_else(|| invalid("invalid_parameter", "Say which company: id=<company id>."))?;
    CompanyId::new(id).map_err(|error| invalid("invalid_parameter", format!("{error}.")))
}

pub(crate) fn contact_id(id: Option<&str>) -> Result<ContactId, Problem> {
    let id = id.ok_or_else(|| invalid("invalid_parameter", "Say which contact: id=<contact id>."))?;
    ContactId::new(id).map_err(|error| invalid("invalid_parameter", format!("{error}.")))
}

pub(crate) async fn company(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let [id, cursor] = request.params.take(["id", "cursor"])?;
    Ok(response::json(&profile(app, teammate, &company_id(id)?, cursor).await?))
}

/// The profile of a company, with a page of its members.
pub(crate) async fn profile(
    app: &App,
    teammate: &Teammate,
    id: &CompanyId,
    cursor: Option<&str>,
) -> Result<Profile, Problem> {
    let list = format!("members {id}");
    let after: Option<ContactId> =
        cursor.map(|cursor| cursor::open_for_desk(app, &teammate.id, &list, cursor)).transpose()?;
    let company = recorded(app, id).await?;
    let (members, next) = app.store.members(id, after.as_ref(), MEMBERS_A_PAGE).await?;
    let mut counts = company.visible;
    counts += company.hidden;
    Ok(Profile {
        id: company.id,
        name: company.name,
        attributes: company.attributes,
        counts,
        visible_counts: company.visible,
        members: members.into_iter().map(Into::into).collect(),
        next_cursor: next.and_then(|at| cursor::make_for_desk(app, &teammate.id, &list, &at)),
    })
}

async fn recorded(app: &App, id: &CompanyId) -> Result<Company, Problem> {
    app.store.companies(&BTreeSet::from([id.clone()])).await?.remove(id).ok_or_else(problem::no_company)
}

/// The Tickets tab of a company.
#[derive(Debug, Serialize)]
pub(crate) struct CompanyTickets {
    pub(crate) tickets: Vec<DeskRow>,
    pub(crate) counts: Counts,
    pub(crate) next_cursor: Option<String>,
}

pub(crate) async fn company_tickets(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let [id, state, cursor] = request.params.take(["id", "state", "cursor"])?;
    Ok(response::json(&tickets_of(app, teammate, &company_id(id)?, state, cursor).await?))
}

/// A page of a company's tickets, those that customers may not see among them.
pub(crate) async fn tickets_of(
    app: &App,
    teammate: &Teammate,
    id: &CompanyId,
    state: Option<&str>,
    cursor: Option<&str>,
) -> Result<CompanyTickets, Problem> {
    let state = state.map(str::parse::<StateCategory>).transpose();
    let state = state.map_err(|error| invalid("invalid_state", format!("{error}.")))?;
    let list = format!("tickets {} {id}", state.map_or("all", StateCategory::as_str));
    let after: Option<(domain::timestamp::Timestamp, domain::id::TicketId)> =
        cursor.map(|cursor| cursor::open_for_desk(app, &teammate.id, &list, cursor)).transpose()?;
    let after = after.map(|(updated_at, id)| Boundary { updated_at, id });
    let query = ListQuery { state, company: None, limit: TICKETS_A_PAGE, after };
    let (company, workspace, page) =
        futures::try_join!(recorded(app, id), async { Ok(app.store.workspace().await?) }, async {
            Ok(app.store.company_tickets(id, &query).await?)
        })?;
    let mut counts = company.visible;
    counts += company.hidden;
    let names = Names { companies: BTreeMap::from([(id.clone(), company)]), ..Names::default() };
    let desk = names.desk(&workspace);
    let next = page.next.map(|at| (at.updated_at, at.id));
    Ok(CompanyTickets {
        tickets: page.rows.iter().map(|row| desk.row(row)).collect(),
        counts,
        next_cursor: next.and_then(|at| cursor::make_for_desk(app, &teammate.id, &list, &at)),
    })
}

pub(crate) async fn contact(app: &App, request: &Request) -> Result<Response, Problem> {
    let [id] = request.params.take(["id"])?;
    Ok(response::json(&contact_profile(app, &contact_id(id)?).await?))
}

/// The profile of a contact.
pub(crate) async fn contact_profile(app: &App, id: &ContactId) -> Result<ContactProfile, Problem> {
    let (found, tickets) = futures::try_join!(app.store.contact(id), app.store.tickets_created_by(id))?;
    let (contact, memberships) = found.ok_or_else(problem::no_contact)?;
    let tickets: Vec<_> = tickets.into_iter().take(TICKETS_OF_CONTACT).collect();
    let wanted = memberships.iter().cloned().chain(tickets.iter().filter_map(|row| row.company.clone())).collect();
    let (companies, workspace) = futures::try_join!(app.store.companies(&wanted), app.store.workspace())?;
    let mut of_contact: Vec<CustomerCompany> =
        memberships.iter().filter_map(|id| companies.get(id)).map(Into::into).collect();
    of_contact.sort_by_cached_key(|company| company.name.to_lowercase());
    let names = Names { companies, ..Names::default() };
    let desk = names.desk(&workspace);
    Ok(ContactProfile {
        attributes: contact.attributes.clone(),
        person: contact.into(),
        companies: of_contact,
        tickets: tickets.iter().map(|row| desk.row(row)).collect(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CompanyBody {
    id: CompanyId,
    name: String,
    /// Those recorded stay when they are not given.
    attributes: Option<BTreeMap<String, String>>,
}

#[derive(Serialize)]
struct CompanyAnswer {
    id: CompanyId,
    name: String,
    attributes: BTreeMap<String, String>,
}

pub(crate) async fn put_company(app: &App, request: &Request) -> Result<Response, Problem> {
    params::none(request)?;
    let CompanyBody { id, name, attributes } = request.json()?;
    let invalid = |why: String| problem::invalid_body(&why);
    limit::name("name", &name).map_err(invalid)?;
    let attributes = match attributes {
        Some(attributes) => attributes,
        None => app
            .store
            .companies(&BTreeSet::from([id.clone()]))
            .await?
            .remove(&id)
            .map(|it| it.attributes)
            .unwrap_or_default(),
    };
    limit::data(&attributes).map_err(invalid)?;
    let upserted = app.store.put_company(&id, &name, &attributes).await.map_err(problem::write)?;
    Ok(answer(upserted, &CompanyAnswer { id, name, attributes }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContactBody {
    id: ContactId,
    email: Option<String>,
    name: Option<String>,
    #[serde(default)]
    archived: bool,
    companies: BTreeSet<CompanyId>,
    /// Those recorded stay when they are not given.
    attributes: Option<BTreeMap<String, String>>,
}

#[derive(Serialize)]
struct ContactAnswer {
    #[serde(flatten)]
    person: Person,
    companies: BTreeSet<CompanyId>,
    attributes: BTreeMap<String, String>,
}

pub(crate) async fn put_contact(app: &App, request: &Request) -> Result<Response, Problem> {
    params::none(request)?;
    let ContactBody { id, email, name, archived, companies, attributes } = request.json()?;
    let invalid = |why: String| problem::invalid_body(&why);
    name.as_deref().map_or(Ok(()), |name| limit::name("name", name)).map_err(invalid)?;
    email.as_deref().map_or(Ok(()), limit::email).map_err(invalid)?;
    let few = companies.len() <= MOST_COMPANIES;
    limit::demand(few, || format!("a contact is in {MOST_COMPANIES} companies at most")).map_err(invalid)?;
    let attributes = match attributes {
        Some(attributes) => attributes,
        None => app.store.contact(&id).await?.map(|(contact, _)| contact.attributes).unwrap_or_default(),
    };
    limit::data(&attributes).map_err(invalid)?;
    let contact = Contact { name, email, archived, attributes, ..Contact::unrecorded(id) };
    let upserted = app.store.put_contact(&contact, &companies).await.map_err(|error| match error {
        WriteError::UnknownCompany => {
            problem::unfit("unknown_company", "One of the companies is not there. Put it first.")
        }
        error => problem::write(error),
    })?;
    let attributes = contact.attributes.clone();
    Ok(answer(upserted, &ContactAnswer { person: contact.into(), companies, attributes }))
}

fn answer(upserted: Upserted, body: &impl Serialize) -> Response {
    if upserted == Upserted::Created { response::created(body) } else { response::json(body) }
}

pub(crate) async fn end_membership(app: &App, request: &Request) -> Result<Response, Problem> {
    let [contact, company] = request.params.take(["contact", "company"])?;
    let (Some(contact), Some(company)) = (contact, company) else {
        return Err(invalid("invalid_parameter", "Say whose membership in which company: contact=<id>&company=<id>."));
    };
    let (contact, company) = (contact_id(Some(contact))?, company_id(Some(company))?);
    if app.store.remove_membership(&contact, &company).await.map_err(problem::write)? {
        return Ok(Response::empty(StatusCode::NO_CONTENT));
    }
    Err(Problem::new(StatusCode::NOT_FOUND, "membership_not_found", "This contact is not in this company."))
}

/// Ends every session of a contact. Identity tokens go on until they expire: the vendor's backend signs them.
pub(crate) async fn end_sessions(app: &App, request: &Request) -> Result<Response, Problem> {
    let [contact] = request.params.take(["contact"])?;
    let contact = contact.ok_or_else(|| invalid("invalid_parameter", "Say whose sessions: contact=<contact id>."))?;
    let contact = contact_id(Some(contact))?;
    app.store.contact(&contact).await?.ok_or_else(problem::no_contact)?;
    app.store.raise_session_epoch(&contact).await?;
    Ok(Response::empty(StatusCode::NO_CONTENT))
}
