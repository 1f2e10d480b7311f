//! Tickets as teammates get them.

use domain::{
    association,
    company::Company,
    desk::{Desk, DeskTicket, companies_named},
    id::{CompanyId, TeammateId},
    projection::CustomerCompany,
    ticket::Ticket,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{Participants, StoreError, TicketFile, Workspace};
use web::App;

/// The company of a ticket, and what it could be (api.md).
#[derive(Debug, Serialize)]
pub struct CompanyChoice {
    /// The company now.
    pub company: Option<CustomerCompany>,
    /// What it may be, besides No company.
    pub options: Vec<CustomerCompany>,
    /// The one that the automatic rule selects.
    pub auto_selected: Option<CompanyId>,
    /// Whether a teammate chose the company.
    pub chosen: bool,
    /// What a change has to name.
    pub version: u64,
}

/// The companies that a ticket may belong to, by name.
#[must_use]
pub fn options(people: &Participants) -> Vec<CustomerCompany> {
    let mut options: Vec<CustomerCompany> =
        people.options().iter().filter_map(|id| people.companies.get(id)).map(Into::into).collect();
    options.sort_by_cached_key(|option| option.name.to_lowercase());
    options
}

/// What teammates choose from.
#[must_use]
pub fn company_choice(ticket: &Ticket, people: &Participants, current: Option<&Company>) -> CompanyChoice {
    let company = ticket.row.company.as_ref().map(|id| {
        let known = current.or_else(|| people.companies.get(id));
        known.map_or_else(|| CustomerCompany::unnamed(id.clone()), CustomerCompany::from)
    });
    CompanyChoice {
        company,
        options: options(people),
        auto_selected: association::automatic(&people.options()).cloned(),
        chosen: ticket.company_chosen,
        version: ticket.version,
    }
}

/// What a ticket refers to by id, by name.
#[derive(Debug, Default)]
pub struct Names {
    /// Companies.
    pub companies: BTreeMap<CompanyId, Company>,
    /// Teammates.
    pub teammates: HashMap<TeammateId, Option<String>>,
}

impl Names {
    /// The names that a ticket and its history need.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn of(app: &App, file: &TicketFile) -> Result<Self, StoreError> {
        let companies: BTreeSet<_> = companies_named(&file.ticket.row, &file.history).collect();
        let teammates: BTreeSet<_> = file.ticket.assignee.clone().into_iter().collect();
        let companies = app.store.companies(&companies).await?;
        let teammates = app.store.teammate_names(&teammates).await?;
        Ok(Self { companies, teammates })
    }

    /// The teammate's eyes.
    #[must_use]
    pub fn desk<'a>(&'a self, workspace: &'a Workspace) -> Desk<'a> {
        Desk { catalog: &workspace.catalog, companies: &self.companies, teammates: &self.teammates }
    }
}

/// The ticket as teammates see it.
///
/// # Errors
/// [`StoreError`] when DynamoDB cannot be read.
pub async fn ticket(app: &App, workspace: &Workspace, file: &TicketFile) -> Result<DeskTicket, StoreError> {
    let names = Names::of(app, file).await?;
    Ok(names.desk(workspace).ticket(&file.ticket, file.conversation.clone(), &file.history))
}
