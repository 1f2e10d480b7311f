//! Who takes part in a conversation or ticket, and which companies they are in now. The association rule uses this
//! (docs/product.md, The company of a ticket).

use super::viewer::Viewer;
use crate::table::{Item, Store, StoreError, item, keys, text};
use domain::{
    association,
    company::Company,
    contact::Contact,
    id::{CompanyId, ContactId, ConversationId},
};
use futures::future::try_join_all;
use std::collections::{BTreeMap, BTreeSet};

/// The contacts who take part in a ticket or conversation.
#[derive(Debug, Clone, Default)]
pub struct Participants {
    people: Vec<Viewer>,
    /// The recorded companies that they are in.
    pub companies: BTreeMap<CompanyId, Company>,
}

impl Participants {
    pub fn contacts(&self) -> impl Iterator<Item = &Contact> {
        self.people.iter().map(|person| &person.contact)
    }

    /// Returns one of the contacts, if recorded.
    #[must_use]
    pub fn recorded(&self, id: &ContactId) -> Option<&Contact> {
        self.people.iter().find(|person| person.recorded && person.contact.id == *id).map(|person| &person.contact)
    }

    /// Returns the companies that the ticket may belong to, besides No company.
    #[must_use]
    pub fn options(&self) -> BTreeSet<CompanyId> {
        let mut options = association::options(self.people.iter().map(|person| &person.companies));
        options.retain(|id| self.companies.contains_key(id));
        options
    }

    /// Returns one of the contacts who are in the company.
    #[must_use]
    pub fn through(&self, company: &CompanyId) -> Option<&ContactId> {
        self.people.iter().find(|person| person.companies.contains(company)).map(|person| &person.contact.id)
    }
}

impl Store {
    /// Reads these contacts with the companies that they are in now.
    pub async fn participants_now(&self, people: &BTreeSet<ContactId>) -> Result<Participants, StoreError> {
        let people = try_join_all(people.iter().map(|id| self.viewer(id))).await?;
        let companies = people.iter().flat_map(|person| person.companies.iter().cloned()).collect();
        let companies = self.companies(&companies).await?;
        Ok(Participants { people, companies })
    }

    /// Reads who participates in a conversation.
    pub async fn participants(&self, conversation: &ConversationId) -> Result<BTreeSet<ContactId>, StoreError> {
        let query = self.partition(keys::conversation(conversation), keys::PARTICIPANT).consistent_read(true);
        let items = self.query_all(query).await?;
        Ok(items.iter().filter_map(|item| ContactId::new(text(item, "contact")).ok()).collect())
    }
}

/// Returns the item that makes a contact a participant of a conversation.
pub(crate) fn participant_item(conversation: &ConversationId, contact: &ContactId) -> Result<Item, StoreError> {
    let member = BTreeMap::from([("contact", contact.as_str())]);
    item(keys::conversation(conversation), keys::participant(contact), &member)
}
