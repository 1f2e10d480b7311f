//! What is the same for everyone: the portal's settings, ticket types and states.

use super::{catalog::catalog, settings::settings};
use crate::table::{Item, Store, StoreError, key, keys, text};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{catalog::Catalog, settings::PortalSettings};
use std::{collections::HashMap, sync::Arc};

/// Settings and catalog.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    pub settings: Arc<PortalSettings>,
    /// Raised by every change of the settings. Zero before the first, and for settings that an older version wrote.
    pub settings_version: u64,
    pub catalog: Arc<Catalog>,
}

pub(crate) fn workspace_keys() -> [HashMap<String, AttributeValue>; 2] {
    [key(keys::SETTINGS, keys::SETTINGS), key(keys::SETTINGS, keys::CATALOG)]
}

impl Workspace {
    /// Returns what a change of the settings sets, and the version over which it is written.
    pub(crate) fn next_version(&self) -> (Item, Option<AttributeValue>) {
        let number = |version: u64| AttributeValue::N(version.to_string());
        let set = HashMap::from([("version".to_owned(), number(self.settings_version + 1))]);
        (set, (self.settings_version > 0).then(|| number(self.settings_version)))
    }

    /// Takes the workspace's items out of `items`.
    pub(crate) fn take(items: &mut Vec<Item>) -> Result<Self, StoreError> {
        let mut workspace = Self::default();
        let (ours, rest): (Vec<_>, Vec<_>) =
            std::mem::take(items).into_iter().partition(|item| text(item, "pk") == keys::SETTINGS);
        *items = rest;
        for item in ours {
            match text(&item, "sk") {
                keys::SETTINGS => {
                    let (settings, version) = settings(item)?;
                    (workspace.settings, workspace.settings_version) = (Arc::new(settings), version);
                }
                keys::CATALOG => workspace.catalog = Arc::new(catalog(item)?),
                _ => items.push(item),
            }
        }
        Ok(workspace)
    }
}

impl Store {
    /// Returns the settings and the catalog for a contact's request: what this process has in memory, if it is recent
    /// ([`Store::remembering`]).
    pub async fn recent_workspace(&self) -> Result<Workspace, StoreError> {
        self.memory.recall(|| self.workspace()).await
    }

    /// Returns the settings and the catalog as this process last read them for a contact, however long ago, without asking
    /// DynamoDB: for how an error looks, and never for what somebody may see.
    #[must_use]
    pub fn last_workspace(&self) -> Option<Workspace> {
        self.memory.last()
    }

    /// Reads the settings and the catalog as they are at this moment.
    pub async fn workspace(&self) -> Result<Workspace, StoreError> {
        let mut items = self.get_all(workspace_keys().to_vec()).await?;
        Workspace::take(&mut items)
    }
}
