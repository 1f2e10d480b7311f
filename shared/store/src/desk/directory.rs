//! Contacts and teammates, by their ids.

use crate::table::{Store, StoreError, key, keys, record};
use domain::{
    contact::Contact,
    id::{CompanyId, ContactId, TeammateId},
};
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};

#[derive(Deserialize)]
struct TeammateRecord {
    id: TeammateId,
    /// The name that an import brought.
    #[serde(default)]
    name: Option<String>,
    /// The name in their token, which only other teammates are shown.
    #[serde(default)]
    token_name: Option<String>,
}

impl TeammateRecord {
    fn called(self) -> (TeammateId, Option<String>) {
        (self.id, self.name.or(self.token_name))
    }
}

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

    /// Reads the names that teammates are recorded with. Those who are not recorded are left out.
    pub async fn teammate_names(
        &self,
        ids: &BTreeSet<TeammateId>,
    ) -> Result<HashMap<TeammateId, Option<String>>, StoreError> {
        Ok(self.recorded_teammates(ids).await?.into_iter().map(|it| (it.id, it.name)).collect())
    }

    /// Reads what teammates are called among each other: by the name that they are recorded with, else by that of their
    /// token. Those who are not recorded are left out.
    pub async fn teammates_called(
        &self,
        ids: &BTreeSet<TeammateId>,
    ) -> Result<HashMap<TeammateId, Option<String>>, StoreError> {
        Ok(self.recorded_teammates(ids).await?.into_iter().map(TeammateRecord::called).collect())
    }

    async fn recorded_teammates(&self, ids: &BTreeSet<TeammateId>) -> Result<Vec<TeammateRecord>, StoreError> {
        let found = self.get_all(ids.iter().map(|id| key(keys::SETTINGS, keys::teammate(id))).collect()).await?;
        found.into_iter().map(record).collect()
    }

    /// Reads all recorded teammates with what they are called among each other, as many as one query finds: some ten
    /// thousand.
    pub async fn teammates(&self) -> Result<HashMap<TeammateId, Option<String>>, StoreError> {
        let query = self.partition(keys::SETTINGS, keys::TEAMMATES);
        let found = query.send().await.map_err(StoreError::from_sdk)?.items.unwrap_or_default();
        let called = found.into_iter().map(|item| record(item).map(TeammateRecord::called));
        called.collect()
    }
}
