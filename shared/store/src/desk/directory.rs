//! Contacts and teammates, by their ids.

use crate::table::{Item, Store, StoreError, key, keys, text};
use domain::{
    contact::Contact,
    id::{CompanyId, ContactId, TeammateId},
};
use std::collections::{BTreeSet, HashMap};

impl Store {
    /// Reads a contact with the ids of its companies; `None` if it is not recorded.
    pub async fn contact(&self, id: &ContactId) -> Result<Option<(Contact, BTreeSet<CompanyId>)>, StoreError> {
        let viewer = self.viewer(id).await?;
        Ok(viewer.recorded.then_some((viewer.contact, viewer.companies)))
    }

    /// Reads the names of contacts. Those that are not recorded are left out.
    pub async fn contact_names(
        &self,
        ids: &BTreeSet<ContactId>,
    ) -> Result<HashMap<ContactId, Option<String>>, StoreError> {
        Ok(self.contacts(ids).await?.into_iter().map(|contact| (contact.id, contact.name)).collect())
    }

    /// Reads the names of teammates. Those that are not recorded are left out.
    pub async fn teammate_names(
        &self,
        ids: &BTreeSet<TeammateId>,
    ) -> Result<HashMap<TeammateId, Option<String>>, StoreError> {
        let items = self.get_all(ids.iter().map(|id| key(keys::SETTINGS, keys::teammate(id))).collect()).await?;
        let name = |item: &Item| Some(text(item, "name").to_owned()).filter(|name| !name.is_empty());
        Ok(items.iter().filter_map(|item| Some((TeammateId::new(text(item, "id")).ok()?, name(item)))).collect())
    }
}
