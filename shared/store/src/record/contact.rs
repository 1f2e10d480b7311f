//! Contacts and their memberships.

use crate::table::{Item, Store, StoreError, item, key, keys, record};
use domain::{
    contact::Contact,
    id::{CompanyId, ContactId},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ContactRecord {
    pub(crate) id: ContactId,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    session_epoch: u64,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    /// Raised each time the contact and its memberships are recorded.
    #[serde(default)]
    pub(crate) revision: u64,
    /// The companies that they are in when a write that takes several transactions is complete; absent otherwise. Until
    /// then a membership of any other company does not count, because the last word has taken it away.
    #[serde(default)]
    pub(crate) becoming: Option<BTreeSet<CompanyId>>,
}

impl ContactRecord {
    pub(crate) fn into_name(self) -> (ContactId, Option<String>) {
        (self.id, self.name)
    }
}

impl From<ContactRecord> for Contact {
    fn from(it: ContactRecord) -> Self {
        let ContactRecord { id, name, email, archived, session_epoch, attributes, revision: _, becoming: _ } = it;
        Self { id, name, email, archived, session_epoch, attributes }
    }
}

/// A membership. It is stored in the contact's partition and in the company's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MembershipRecord {
    pub(crate) company: CompanyId,
    pub(crate) contact: ContactId,
}

/// Returns the two items of a membership.
pub(crate) fn membership(contact: &ContactId, company: &CompanyId) -> Result<[Item; 2], StoreError> {
    let record = MembershipRecord { company: company.clone(), contact: contact.clone() };
    Ok([
        item(keys::contact(contact), keys::company(company), &record)?,
        item(keys::company(company), keys::contact(contact), &record)?,
    ])
}

impl Store {
    /// Reads those of the contacts that are recorded, in no particular order.
    pub(crate) async fn contacts(&self, ids: &BTreeSet<ContactId>) -> Result<Vec<Contact>, StoreError> {
        let items = self.get_all(ids.iter().map(|id| key(keys::contact(id), keys::CONTACT)).collect()).await?;
        items.into_iter().map(|item| record::<ContactRecord>(item).map(Contact::from)).collect()
    }
}
