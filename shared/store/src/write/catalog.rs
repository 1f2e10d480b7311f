//! Ticket types and states.

use crate::{
    record::{Signature, catalog_attributes, change_item},
    table::{Item, Store, StoreError, Transaction, WriteError, key, keys},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{catalog::Catalog, settings::Change};
use serde_json::Value;

/// What a change of types and states is called among the changes of settings.
const CATALOG: &str = "catalog";

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

    /// Records the first ticket types and states of a workspace, and who did that, if it was a teammate.
    ///
    /// # Errors
    /// [`WriteError::Exists`] when there are some already; nothing is written then.
    pub async fn begin_catalog(&self, catalog: &Catalog, signature: Option<&Signature>) -> Result<(), WriteError> {
        let attributes = catalog_attributes(catalog)?.into_iter().map(|(name, json)| (name, AttributeValue::S(json)));
        let mut item: Item = attributes.collect();
        item.extend(key(keys::SETTINGS, keys::CATALOG));
        let mut transaction = Transaction::new(self);
        transaction.create(item, WriteError::Exists)?;
        if let Some(signature) = signature {
            let change = Change { setting: CATALOG.into(), before: Value::Null, after: "usual".into() };
            transaction.put(change_item(signature, &change)?)?;
        }
        let result = transaction.commit().await;
        self.memory.forget();
        result
    }
}
