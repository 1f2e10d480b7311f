//! Who takes part in a ticket, and the companies they are in at this moment: what the association rule goes by
//! (product.md 3.6). For teammates.

use crate::{Store, StoreError, viewer::Viewer};
use domain::{
    association,
    company::Company,
    contact::Contact,
    id::{CompanyId, ContactId},
};
use futures::future::try_join_all;
use std::collections::{BTreeMap, BTreeSet};

/// The contacts who take part in a ticket.
#[derive(Debug, Clone, Default)]
pub struct Participants {
    people: Vec<Viewer>,
    /// The recorded companies that they are in.
    pub companies: BTreeMap<CompanyId, Company>,
}

impl Participants {
    /// Who.
    pub fn contacts(&self) -> impl Iterator<Item = &Contact> {
        self.people.iter().map(|person| &person.contact)
    }

    /// One of them, if recorded.
    #[must_use]
    pub fn recorded(&self, id: &ContactId) -> Option<&Contact> {
        self.people.iter().find(|person| person.recorded && person.contact.id == *id).map(|person| &person.contact)
    }

    /// The companies that the ticket may belong to, besides No company.
    #[must_use]
    pub fn options(&self) -> BTreeSet<CompanyId> {
        let mut options = association::options(self.people.iter().map(|person| &person.companies));
        options.retain(|id| self.companies.contains_key(id));
        options
    }

    /// Somebody who is in the company.
    #[must_use]
    pub fn through(&self, company: &CompanyId) -> Option<&ContactId> {
        self.people.iter().find(|person| person.companies.contains(company)).map(|person| &person.contact.id)
    }
}

impl Store {
    /// These contacts, with the companies they are in now.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn participants_now(&self, people: &BTreeSet<ContactId>) -> Result<Participants, StoreError> {
        let people = try_join_all(people.iter().map(|id| self.viewer(id))).await?;
        let companies = people.iter().flat_map(|person| person.companies.iter().cloned()).collect();
        let companies = self.companies(&companies).await?;
        Ok(Participants { people, companies })
    }
}
