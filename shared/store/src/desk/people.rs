//! Contacts with their companies, in the order of their names, for teammates who want to know whom a rule matches.

use crate::{
    record::{Names, Viewer},
    table::{Store, StoreError, side_by_side},
};
use domain::{company::Company, contact::Contact, id::ContactId};

/// A page of contacts.
#[derive(Debug, Clone)]
pub struct PeoplePage {
    /// In the order of their names, each with its companies in the order of their names. Archived contacts are left
    /// out.
    pub people: Vec<(Contact, Vec<Company>)>,
    /// Where the next page starts, if there is one.
    pub next: Option<String>,
}

impl Store {
    /// Reads the next `limit` contacts, with the same data that decides who may enter. Archived ones are left out of
    /// the page.
    pub async fn people(&self, after: Option<&str>, limit: usize) -> Result<PeoplePage, StoreError> {
        let page = self.names(Names::People, "", after, limit).await?;
        let ids = page.entries.into_iter().filter_map(|entry| ContactId::new(entry.id).ok());
        let mut viewers: Vec<Viewer> = side_by_side(ids.map(|id| async move { self.viewer(&id).await })).await?;
        viewers.retain(|viewer| viewer.recorded && !viewer.contact.archived);
        let companies = viewers.iter().flat_map(|viewer| viewer.companies.iter().cloned()).collect();
        let companies = self.companies(&companies).await?;
        let with_companies = |viewer: Viewer| {
            let of = viewer.companies_among(|id| companies.get(id));
            (viewer.contact, of)
        };
        Ok(PeoplePage { people: viewers.into_iter().map(with_companies).collect(), next: page.next })
    }
}
