//! Reporting something (docs/product.md, Reporting).

use super::{
    Error, Visit,
    ticket::{self, Seen},
};
use crate::{
    Portal,
    again::{Attempt, again},
    given,
    once::{self, Before, before},
};
use domain::{
    access::Reason,
    association::{self, Choice},
    catalog::{AttributeDefinition, Catalog, DataType},
    conversation::{Part, PartKind},
    form,
    history::Actor,
    id::{CompanyId, ContactId, ConversationId, PartId, TicketId, TypeId},
    limit,
    projection::{CustomerCompany, CustomerType},
    state::{StateCategory, TicketState},
    ticket::Ticket,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use store::{CompanyScope, Hint, Once, Workspace, WriteError};

/// How many tickets one person can report within a minute.
pub const MOST_A_MINUTE: u32 = 30;

/// What a contact can report, and for whom.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// Whether they can report anything.
    pub allowed: bool,
    /// Their companies, sorted by name.
    pub companies: Vec<CustomerCompany>,
    /// Sorted by name.
    pub types: Vec<FormType>,
    /// The companies in which to look for the contact's tickets next time.
    pub hint: Option<Hint>,
}

/// A type of which something can be reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormType {
    #[serde(flatten)]
    pub shown: CustomerType,
    /// What is asked for, in the order of the type.
    pub attributes: Vec<Asked>,
}

/// An attribute that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asked {
    pub name: String,
    pub data_type: DataType,
    pub required: bool,
    /// Of a list: what can be chosen. Empty where anything can be written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

impl From<&AttributeDefinition> for Asked {
    fn from(it: &AttributeDefinition) -> Self {
        let AttributeDefinition { name, data_type, required, options, .. } = it.clone();
        Self { name, data_type, required, options }
    }
}

/// Says what the contact can report.
///
/// # Errors
/// [`Error::Refused`], though not because their companies have no tickets yet.
pub async fn form(portal: &Portal, visit: &Visit) -> Result<Form, Error> {
    let (workspace, scope) = enter(portal, visit).await?;
    let hint = Some(scope.hint());
    if begins(&workspace).is_none() {
        return Ok(Form { hint, ..Form::default() });
    }
    let types = form::types(&workspace.catalog)
        .into_iter()
        .map(|it| FormType { shown: it.into(), attributes: it.asked().map(Asked::from).collect() });
    let companies = scope.companies().iter().map(Into::into).collect();
    Ok(Form { allowed: true, companies, types: types.collect(), hint })
}

pub(super) async fn enter(portal: &Portal, visit: &Visit) -> Result<(Workspace, CompanyScope), Error> {
    let entry = portal.store.enter_to_report(visit.visitor(), visit.hint()).await?;
    let (workspace, scope, ()) = visit.admitted(entry)?;
    Ok((workspace, scope))
}

/// Whether somebody may report who may not enter for these reasons, if for any.
pub(super) fn may_report(workspace: &Workspace, reasons: &[Reason]) -> bool {
    begins(workspace).is_some() && reasons.iter().all(|it| *it == Reason::NoTickets)
}

/// The state in which what is reported begins. `None` where nothing can be reported.
fn begins(workspace: &Workspace) -> Option<&TicketState> {
    let catalog = &workspace.catalog;
    let state = catalog.first_in(StateCategory::Submitted);
    state.filter(|_| workspace.settings.reporting && !form::types(catalog).is_empty())
}

/// What somebody reports.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewReport {
    #[serde(rename = "type")]
    pub ticket_type: TypeId,
    pub title: String,
    /// Plain text.
    #[serde(default)]
    pub description: String,
    /// Absent leaves it to the automatic rule; `null` is No company.
    #[serde(default, deserialize_with = "given")]
    pub company: Option<Option<CompanyId>>,
    /// Values of what the type asks for by name; `null` counts as absent.
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
    /// Whether colleagues do not see it.
    #[serde(default)]
    pub private: bool,
}

/// Makes a ticket of what is reported, with a conversation that begins with it: only once, however often it is sent with
/// the same key. `false` beside the ticket when an earlier request had made it.
///
/// # Errors
/// [`Error::Refused`], though not because their companies have no tickets yet; [`Error::ReportingDisabled`],
/// [`Error::Invalid`], [`Error::UnknownType`], [`Error::InvalidAttribute`], [`Error::NotOffered`], [`Error::TooMany`],
/// [`Error::KeyReused`]; [`Error::NoTicket`] when it was made before and is out of sight by now.
pub async fn report(
    portal: &Portal,
    visit: &Visit,
    new: &NewReport,
    key: Option<&once::Key>,
) -> Result<(Seen, bool), Error> {
    let (workspace, scope) = enter(portal, visit).await?;
    let contact = &scope.contact().id;
    let state = begins(&workspace).ok_or(Error::ReportingDisabled)?;
    let once = key.map(|once::Key { key, fingerprint }| Once {
        of: format!("report of {contact}"),
        key: key.clone(),
        fingerprint: fingerprint.clone(),
        at: portal.clock.now(),
    });
    if let Some(id) = earlier(portal, once.as_ref()).await? {
        return Ok((made(portal, visit, &id).await?, false));
    }
    let mut ticket = draft(portal, contact, &workspace.catalog, state, new)?;
    associate(&scope, new, &mut ticket)?;
    if let Some(seconds) = portal.store.count_report(contact, portal.clock.now(), MOST_A_MINUTE).await? {
        return Err(Error::TooMany { seconds });
    }
    ticket.row.number = portal.store.next_number().await?;
    let part_id = PartId::new(portal.ids.next("p")).map_err(|_| Error::NoConversation)?;
    let (id, just_now) = again(|| async {
        let mut ticket = ticket.clone();
        let (_, scope) = enter(portal, visit).await?;
        associate(&scope, new, &mut ticket)?;
        let said = first_message(&scope, &ticket, part_id.clone());
        ticket.say(&said);
        match portal.store.report(&scope, ticket, &said, once.as_ref()).await {
            Ok(ticket) => Ok::<_, Error>(Attempt::Done((ticket.row.id, true))),
            // The next attempt goes by the companies that they are in by then.
            Err(overtaken @ WriteError::Left) => Ok(Attempt::Overtaken(overtaken)),
            Err(WriteError::Repeated) => {
                let id = earlier(portal, once.as_ref()).await?.ok_or(WriteError::Repeated)?;
                Ok(Attempt::Done((id, false)))
            }
            Err(error) => Err(error.into()),
        }
    })
    .await?;
    Ok((made(portal, visit, &id).await?, just_now))
}

/// The ticket that this request made before.
async fn earlier(portal: &Portal, once: Option<&Once>) -> Result<Option<TicketId>, Error> {
    let Some(once) = once else { return Ok(None) };
    match before(&portal.store, once).await? {
        Before::Nothing => Ok(None),
        Before::Made(id) => Ok(TicketId::new(id).ok()),
        Before::Another => Err(Error::KeyReused),
    }
}

/// Reads the ticket as its creator sees it.
async fn made(portal: &Portal, visit: &Visit, id: &TicketId) -> Result<Seen, Error> {
    let entry = Box::pin(portal.store.enter_with_report(visit.visitor(), visit.hint(), id)).await?;
    ticket::seen(portal, visit.admitted(entry)?, id).await
}

/// Gives the ticket its creator's name, and the company that the rule or their choice among their own gives it.
fn associate(scope: &CompanyScope, new: &NewReport, ticket: &mut Ticket) -> Result<(), Error> {
    let choice = match new.company.clone() {
        None => Choice::Automatic,
        Some(None) => Choice::NoCompany,
        Some(Some(company)) => Choice::Company(company),
    };
    let options: BTreeSet<_> = scope.companies().iter().map(|company| company.id.clone()).collect();
    let decided = association::decide(&options, choice, None)
        .map_err(|_| Error::NotOffered(scope.companies().iter().map(Into::into).collect()))?;
    (ticket.row.company, ticket.company_chosen) = (decided.company, decided.chosen);
    ticket.row.requester_name.clone_from(&scope.contact().name);
    Ok(())
}

/// What was written, as the first message of its conversation.
fn first_message(scope: &CompanyScope, ticket: &Ticket, id: PartId) -> Part {
    let contact = scope.contact();
    let written = if ticket.description.is_empty() { &ticket.row.title } else { &ticket.description };
    Part {
        id,
        kind: PartKind::Message,
        author: Actor::Contact { id: contact.id.clone(), name: contact.name.clone() },
        body: written.clone(),
        at: ticket.row.created_at,
    }
}

/// Checks the fields and makes the ticket, without what can still change before it is written: its number, its creator's
/// name and its company.
fn draft(
    portal: &Portal,
    by: &ContactId,
    catalog: &Catalog,
    state: &TicketState,
    new: &NewReport,
) -> Result<Ticket, Error> {
    let ticket_type = form::types(catalog).into_iter().find(|it| it.id == new.ticket_type);
    let ticket_type = ticket_type.ok_or(Error::UnknownType)?;
    limit::title(&new.title).map_err(|why| Error::Invalid { field: "title", why })?;
    limit::text("description", &new.description).map_err(|why| Error::Invalid { field: "description", why })?;
    let attributes = form::check(ticket_type, new.attributes.clone()).map_err(Error::InvalidAttribute)?;
    let conversation = ConversationId::new(portal.ids.next("c")).map_err(|_| Error::NoConversation)?;
    let id = TicketId::new(portal.ids.next("tk")).map_err(|_| Error::NoTicket)?;
    let written = (new.title.as_str(), new.description.as_str());
    let mut ticket = Ticket::begun(id, written, ticket_type, state, by.clone(), portal.clock.now());
    ticket.row.private = new.private;
    Ok(Ticket { attributes, conversation: Some(conversation), ..ticket })
}
