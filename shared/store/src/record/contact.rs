//! Contacts and their memberships.

use crate::table::{Item, Store, StoreError, item, key, keys, record};
use domain::{
    contact::Contact,
    id::{CompanyId, ContactId},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A contact.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ContactRecord {
    id: ContactId,
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
    /// Raised by every write of the record with its memberships.
    #[serde(default)]
    pub(crate) revision: u64,
}

impl From<ContactRecord> for Contact {
    fn from(it: ContactRecord) -> Self {
        let ContactRecord { id, name, email, archived, session_epoch, attributes, revision: _ } = it;
        Self { id, name, email, archived, session_epoch, attributes }
    }
}

/// A membership, in the contact's and in the company's partition.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MembershipRecord {
    pub(crate) company: CompanyId,
    pub(crate) contact: ContactId,
}

/// A membership's two items.
pub(crate) fn membership(contact: &ContactId, company: &CompanyId) -> Result<[Item; 2], StoreError> {
    let record = MembershipRecord { company: company.clone(), contact: contact.clone() };
    Ok([
        item(keys::contact(contact), keys::company(company), &record)?,
        item(keys::company(company), keys::contact(contact), &record)?,
    ])
}

impl Store {
    /// The contacts of these that are recorded, in no order.
    pub(crate) async fn contacts(&self, ids: &BTreeSet<ContactId>) -> Result<Vec<Contact>, StoreError> {
        let items = self.get_all(ids.iter().map(|id| key(keys::contact(id), keys::CONTACT)).collect()).await?;
        items.into_iter().map(|item| record::<ContactRecord>(item).map(Contact::from)).collect()
    }
}
