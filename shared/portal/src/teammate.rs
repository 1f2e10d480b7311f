//! What teammates can do. They see everything, and history records their changes under their name.

mod association;
pub mod audience;
pub mod catalog;
pub mod company;
pub mod conversation;
pub mod directory;
mod error;
pub mod inbox;
pub mod search;
pub mod settings;
pub mod similar;
pub mod team;
pub mod ticket;
pub mod viewing;

pub use error::{Error, Thing};

use crate::{Portal, once};
use domain::{
    company::Company,
    desk::{Desk, companies_named},
    history::{Actor, Event},
    id::{CompanyId, TeammateId},
    ticket::Ticket,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{Once, StoreError, Workspace};

/// A member of the vendor's support team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Teammate {
    /// Their id at the staff identity provider.
    pub id: TeammateId,
    /// The name in their token.
    pub name: Option<String>,
}

impl Teammate {
    /// Their name, else their id.
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.name.as_deref().unwrap_or(self.id.as_str())
    }

    /// How history names them: by their recorded name, else by the one in their token.
    async fn actor(&self, portal: &Portal) -> Result<Actor, StoreError> {
        let mut actor = Actor::Teammate { id: self.id.clone(), name: self.name.clone() };
        portal.store.call_by_record(None, [&mut actor]).await?;
        Ok(actor)
    }

    /// Makes the record by which their request is carried out only once.
    fn once(&self, portal: &Portal, key: Option<&once::Key>) -> Option<Once> {
        key.map(|once::Key { key, fingerprint }| Once {
            of: format!("teammate {}", self.id),
            key: key.clone(),
            fingerprint: fingerprint.clone(),
            at: portal.clock.now(),
        })
    }
}

/// Reads the settings and the catalog, which every page of the Help Desk needs.
pub async fn workspace(portal: &Portal) -> Result<Workspace, Error> {
    Ok(portal.store.workspace().await?)
}

/// The names of companies and teammates to which tickets refer by id.
#[derive(Debug, Default)]
struct Names {
    companies: BTreeMap<CompanyId, Company>,
    teammates: HashMap<TeammateId, Option<String>>,
}

impl Names {
    /// Reads the names that a ticket, others that it names, and its history need.
    async fn of<'a>(
        portal: &Portal,
        ticket: &Ticket,
        others: &[Ticket],
        history: impl IntoIterator<Item = &'a Event>,
    ) -> Result<Self, StoreError> {
        let of_others = others.iter().filter_map(|other| other.row.company.clone());
        let companies: BTreeSet<_> = companies_named(&ticket.row, history).chain(of_others).collect();
        let teammates: BTreeSet<_> = ticket.assignee.clone().into_iter().collect();
        let companies = portal.store.companies(&companies).await?;
        let teammates = portal.store.teammates_called(&teammates).await?;
        Ok(Self { companies, teammates })
    }

    fn of_companies(companies: BTreeMap<CompanyId, Company>) -> Self {
        Self { companies, teammates: HashMap::new() }
    }

    /// The projection that shows tickets to teammates, with these names.
    fn desk<'a>(&'a self, workspace: &'a Workspace) -> Desk<'a> {
        Desk { catalog: &workspace.catalog, companies: &self.companies, teammates: &self.teammates }
    }
}
