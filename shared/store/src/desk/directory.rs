//! Contacts and teammates, by their ids.

use crate::{
    record::Member,
    table::{Store, StoreError, key, keys, record},
};
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
        Ok(self.recorded_teammates(ids).await?.into_iter().map(names).collect())
    }

    /// Reads those of these teammates who are recorded.
    pub async fn recorded_teammates(&self, ids: &BTreeSet<TeammateId>) -> Result<Vec<Member>, StoreError> {
        let found = self.get_all(ids.iter().map(|id| key(keys::SETTINGS, keys::teammate(id))).collect()).await?;
        found.into_iter().map(record).collect()
    }

    /// Reads all recorded teammates.
    pub async fn team(&self) -> Result<Vec<Member>, StoreError> {
        let found = self.query_all(self.partition(keys::SETTINGS, keys::TEAMMATES)).await?;
        found.into_iter().map(record).collect()
    }

    /// Reads all recorded teammates with what they are called among each other, as many as one query finds: some ten
    /// thousand.
    pub async fn teammates(&self) -> Result<HashMap<TeammateId, Option<String>>, StoreError> {
        let query = self.partition(keys::SETTINGS, keys::TEAMMATES);
        let found = query.send().await.map_err(StoreError::from_sdk)?.items.unwrap_or_default();
        found.into_iter().map(|item| record(item).map(names)).collect()
    }
}

/// The name by which other teammates know one, if there is any.
fn names(of: Member) -> (TeammateId, Option<String>) {
    (of.id, of.name.or(of.token_name))
}
