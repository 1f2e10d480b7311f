//! What teammates can do. They see all there is; what they change is in history under their name.

mod association;
pub mod audience;
pub mod company;
pub mod conversation;
pub mod directory;
mod error;
pub mod search;
pub mod settings;
pub mod ticket;
pub mod viewing;

pub use error::{Error, Thing};

use crate::{Portal, once};
use domain::{
    company::Company,
    desk::{Desk, companies_named},
    history::Actor,
    id::{CompanyId, TeammateId},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{Once, StoreError, TicketFile, Workspace};

/// A support rep of the vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Teammate {
    /// As the staff identity provider names them.
    pub id: TeammateId,
    /// What their token calls them.
    pub name: Option<String>,
}

impl Teammate {
    /// What to call them on a page.
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.name.as_deref().unwrap_or(self.id.as_str())
    }

    /// As history names them: by the name that their token says, or else the one that is recorded.
    async fn actor(&self, portal: &Portal) -> Result<Actor, StoreError> {
        let name = match &self.name {
            Some(name) => Some(name.clone()),
            None => {
                let recorded = portal.store.teammate_names(&BTreeSet::from([self.id.clone()])).await?;
                recorded.into_values().next().flatten()
            }
        };
        Ok(Actor::Teammate { id: self.id.clone(), name })
    }

    /// Their request, as it happens once.
    fn once(&self, portal: &Portal, key: Option<&once::Key>) -> Option<Once> {
        key.map(|once::Key { key, fingerprint }| Once {
            of: format!("teammate {}", self.id),
            key: key.clone(),
            fingerprint: fingerprint.clone(),
            at: portal.clock.now(),
        })
    }
}

/// Settings and catalog, which every page of the Help Desk needs.
///
/// # Errors
/// [`Error::Store`].
pub async fn workspace(portal: &Portal) -> Result<Workspace, Error> {
    Ok(portal.store.workspace().await?)
}

/// What tickets refer to by id, by name.
#[derive(Debug, Default)]
struct Names {
    companies: BTreeMap<CompanyId, Company>,
    teammates: HashMap<TeammateId, Option<String>>,
}

impl Names {
    /// The names that a ticket and its history need.
    async fn of(portal: &Portal, file: &TicketFile) -> Result<Self, StoreError> {
        let companies: BTreeSet<_> = companies_named(&file.ticket.row, &file.history).collect();
        let teammates: BTreeSet<_> = file.ticket.assignee.clone().into_iter().collect();
        let companies = portal.store.companies(&companies).await?;
        let teammates = portal.store.teammate_names(&teammates).await?;
        Ok(Self { companies, teammates })
    }

    fn of_companies(companies: BTreeMap<CompanyId, Company>) -> Self {
        Self { companies, teammates: HashMap::new() }
    }

    /// The teammate's eyes.
    fn desk<'a>(&'a self, workspace: &'a Workspace) -> Desk<'a> {
        Desk { catalog: &workspace.catalog, companies: &self.companies, teammates: &self.teammates }
    }
}
