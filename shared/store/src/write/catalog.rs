//! Ticket types and states.

use crate::{
    record::catalog_attributes,
    table::{Store, StoreError, key, keys},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::catalog::Catalog;

impl Store {
    /// Adds or replaces ticket types and states. The others stay.
    pub async fn put_catalog(&self, catalog: &Catalog) -> Result<(), StoreError> {
        let entries = catalog_attributes(catalog)?;
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
        let result = update.update_expression(format!("SET {}", sets.join(", "))).send().await;
        self.memory.forget();
        result.map(drop).map_err(StoreError::from_sdk)
    }
}
