//! Ticket types and states as the table stores them: each is an attribute of one item.

use super::settings::{corrupt, json};
use crate::table::{Item, Store, StoreError, key, keys};
use domain::{
    catalog::{AttributeDefinition, Catalog, TicketCategory, TicketType},
    id::{StateId, TypeId},
    state::{StateCategory, TicketState},
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
struct TypeRecord {
    name: String,
    /// Types of earlier versions have none.
    #[serde(default)]
    external_label: Option<String>,
    icon: String,
    category: TicketCategory,
    attributes: Vec<AttributeDefinition>,
}

#[derive(Debug, Serialize, Deserialize)]
struct StateRecord {
    category: StateCategory,
    internal_label: String,
    external_label: String,
    #[serde(default)]
    position: u32,
}

impl Store {
    /// Reads the catalog as it is at this moment, whatever the settings are.
    pub(crate) async fn catalog(&self) -> Result<Catalog, StoreError> {
        let found = self.get_all(vec![key(keys::SETTINGS, keys::CATALOG)]).await?.pop();
        found.map_or_else(|| Ok(Catalog::default()), catalog)
    }
}

/// The catalog in an item.
pub(crate) fn catalog(item: Item) -> Result<Catalog, StoreError> {
    let mut catalog = Catalog::default();
    for (name, value) in item {
        let (Some((kind, id)), Ok(json)) = (name.split_once('#'), value.as_s()) else { continue };
        if kind == "type" {
            let Ok(id) = TypeId::new(id) else { continue };
            let it: TypeRecord = serde_json::from_str(json).map_err(corrupt(&name))?;
            let of_type = TicketType {
                id: id.clone(),
                external_label: it.external_label.unwrap_or_else(|| it.name.clone()),
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
                position: it.position,
            };
            catalog.states.insert(id, state);
        }
    }
    Ok(catalog)
}

/// Returns the attributes of ticket types and states, each with its name and its value as JSON.
pub(crate) fn catalog_attributes(catalog: &Catalog) -> Result<Vec<(String, String)>, StoreError> {
    let mut entries = Vec::new();
    for (id, it) in &catalog.types {
        let record = TypeRecord {
            name: it.name.clone(),
            external_label: Some(it.external_label.clone()),
            icon: it.icon.clone(),
            category: it.category,
            attributes: it.attributes.clone(),
        };
        entries.push((format!("type#{id}"), json("type", &record)?));
    }
    for (id, it) in &catalog.states {
        let record = StateRecord {
            category: it.category,
            internal_label: it.internal_label.clone(),
            external_label: it.external_label.clone(),
            position: it.position,
        };
        entries.push((format!("state#{id}"), json("state", &record)?));
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::types::AttributeValue;

    #[test]
    fn a_type_of_an_earlier_version_is_called_by_its_name() {
        let json = r#"{"name":"Bug","icon":"","category":"customer","attributes":[]}"#;
        let item = [("type#bug".to_owned(), AttributeValue::S(json.into()))].into();
        let mut known = catalog(item).unwrap();
        let bug = known.types.first_entry().unwrap();
        assert_eq!((&*bug.get().name, &*bug.get().external_label), ("Bug", "Bug"));
        bug.into_mut().external_label = "Something is broken".into();
        let kept = catalog_attributes(&known).unwrap();
        let item = kept.into_iter().map(|(name, json)| (name, AttributeValue::S(json))).collect();
        assert_eq!(catalog(item).unwrap(), known);
    }
}
