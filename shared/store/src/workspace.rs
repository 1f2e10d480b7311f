//! What is the same for everybody: the portal's settings, ticket types and states.

use crate::{
    Store, StoreError,
    connect::key,
    item::{Item, record, text},
    keys,
    transaction::Transaction,
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    catalog::{AttributeDefinition, Catalog, TicketCategory, TicketType},
    condition::Condition,
    id::{StateId, TypeId},
    settings::{Brand, PortalSettings, RequiredSetting, Visibility},
    state::{StateCategory, TicketState},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// Settings and catalog, read with every request: half a read unit each buys that a change counts from the next one.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    /// The portal's settings.
    pub settings: Arc<PortalSettings>,
    /// Raised by every change of the settings; zero before the first, and for those that an older version wrote.
    pub settings_version: u64,
    /// Ticket types and states.
    pub catalog: Arc<Catalog>,
}

/// Nothing of it must be there: the first check of a new workspace writes what it has confirmed, and no more.
#[derive(Debug, Deserialize)]
#[serde(default)]
struct SettingsRecord {
    enabled: bool,
    confirmed: BTreeSet<RequiredSetting>,
    sign_in_url: Option<String>,
    brand: Brand,
    /// JSON: conditions compare with one value or with many.
    audience: String,
    visibility: String,
    version: u64,
}

impl Default for SettingsRecord {
    fn default() -> Self {
        let PortalSettings { enabled, confirmed, sign_in_url, brand, .. } = PortalSettings::default();
        let (audience, visibility) = ("[]".to_owned(), r#"{"restrict":false}"#.to_owned());
        Self { enabled, confirmed, sign_in_url, brand, audience, visibility, version: 0 }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct TypeRecord {
    name: String,
    icon: String,
    category: TicketCategory,
    attributes: Vec<AttributeDefinition>,
}

#[derive(Debug, Serialize, Deserialize)]
struct StateRecord {
    category: StateCategory,
    internal_label: String,
    external_label: String,
}

pub(crate) fn workspace_keys() -> [HashMap<String, AttributeValue>; 2] {
    [key(keys::SETTINGS, keys::SETTINGS), key(keys::SETTINGS, keys::CATALOG)]
}

impl Workspace {
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

fn corrupt(what: &str) -> impl Fn(serde_json::Error) -> StoreError {
    move |error| StoreError::Corrupt { key: format!("{} {what}", keys::SETTINGS), why: error.to_string() }
}

fn settings(item: Item) -> Result<(PortalSettings, u64), StoreError> {
    let it: SettingsRecord = record(item)?;
    let audience: Vec<Condition> = serde_json::from_str(&it.audience).map_err(corrupt("audience"))?;
    let visibility: Visibility = serde_json::from_str(&it.visibility).map_err(corrupt("visibility"))?;
    let settings = PortalSettings {
        enabled: it.enabled,
        confirmed: it.confirmed,
        sign_in_url: it.sign_in_url,
        brand: it.brand,
        audience,
        visibility,
    };
    Ok((settings, it.version))
}

/// The attributes of settings, without the confirmations, which are written on their own; and those that are to go.
pub(crate) fn attributes(settings: &PortalSettings) -> Result<(Item, &'static [&'static str]), StoreError> {
    let text = |value: &str| AttributeValue::S(value.into());
    let mut set = HashMap::from([
        ("enabled".to_owned(), AttributeValue::Bool(settings.enabled)),
        ("brand".to_owned(), attribute("brand", &settings.brand)?),
        ("audience".to_owned(), text(&serde_json::to_string(&settings.audience).map_err(corrupt("audience"))?)),
        ("visibility".to_owned(), text(&serde_json::to_string(&settings.visibility).map_err(corrupt("visibility"))?)),
    ]);
    match &settings.sign_in_url {
        Some(url) => drop(set.insert("sign_in_url".to_owned(), text(url))),
        None => return Ok((set, &["sign_in_url"])),
    }
    Ok((set, &[]))
}

/// A value of the settings item as DynamoDB keeps it.
pub(crate) fn attribute(what: &str, value: &impl Serialize) -> Result<AttributeValue, StoreError> {
    let failed = |error: serde_dynamo::Error| StoreError::Corrupt {
        key: format!("{} {what}", keys::SETTINGS),
        why: error.to_string(),
    };
    serde_dynamo::to_attribute_value(value).map_err(failed)
}

fn catalog(item: Item) -> Result<Catalog, StoreError> {
    let mut catalog = Catalog::default();
    for (name, value) in item {
        let (Some((kind, id)), Ok(json)) = (name.split_once('#'), value.as_s()) else { continue };
        if kind == "type" {
            let Ok(id) = TypeId::new(id) else { continue };
            let it: TypeRecord = serde_json::from_str(json).map_err(corrupt(&name))?;
            let of_type = TicketType {
                id: id.clone(),
                name: it.name,
                icon: it.icon,
                category: it.category,
                attributes: it.attributes,
            };
            catalog.types.insert(id, of_type);
        } else if kind == "state" {
            let Ok(id) = StateId::new(id) else { continue };
            let it: StateRecord = serde_json::from_str(json).map_err(corrupt(&name))?;
            let state = TicketState {
                id: id.clone(),
                category: it.category,
                internal_label: it.internal_label,
                external_label: it.external_label,
            };
            catalog.states.insert(id, state);
        }
    }
    Ok(catalog)
}

impl Store {
    /// Settings and catalog alone.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn workspace(&self) -> Result<Workspace, StoreError> {
        let mut items = self.get_all(workspace_keys().to_vec()).await?;
        Workspace::take(&mut items)
    }

    /// Replaces the portal's settings, whatever they are, and what is confirmed: the operator's word.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be written.
    pub async fn put_settings(&self, settings: &PortalSettings) -> Result<(), StoreError> {
        let (mut set, remove) = attributes(settings)?;
        set.insert("confirmed".into(), attribute("confirmed", &settings.confirmed)?);
        let mut transaction = Transaction::new(self);
        transaction.set_next(keys::SETTINGS.into(), keys::SETTINGS.into(), set, remove)?;
        Ok(transaction.commit().await?)
    }

    /// Adds or replaces ticket types and states; the others stay.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be written.
    pub async fn put_catalog(&self, catalog: &Catalog) -> Result<(), StoreError> {
        let mut entries = Vec::new();
        for (id, it) in &catalog.types {
            let record = TypeRecord {
                name: it.name.clone(),
                icon: it.icon.clone(),
                category: it.category,
                attributes: it.attributes.clone(),
            };
            entries.push((format!("type#{id}"), serde_json::to_string(&record).map_err(corrupt("type"))?));
        }
        for (id, it) in &catalog.states {
            let record = StateRecord {
                category: it.category,
                internal_label: it.internal_label.clone(),
                external_label: it.external_label.clone(),
            };
            entries.push((format!("state#{id}"), serde_json::to_string(&record).map_err(corrupt("state"))?));
        }
        if entries.is_empty() {
            return Ok(());
        }
        let mut update =
            self.client.update_item().table_name(&self.table).set_key(Some(key(keys::SETTINGS, keys::CATALOG)));
        let mut sets = Vec::new();
        for (index, (name, json)) in entries.into_iter().enumerate() {
            sets.push(format!("#n{index} = :v{index}"));
            update = update
                .expression_attribute_names(format!("#n{index}"), name)
                .expression_attribute_values(format!(":v{index}"), AttributeValue::S(json));
        }
        update.update_expression(format!("SET {}", sets.join(", "))).send().await.map_err(StoreError::from_sdk)?;
        Ok(())
    }
}
