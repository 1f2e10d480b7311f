//! Ticket types and states.

use crate::{
    record::{Signature, catalog, catalog_attributes, change_item},
    table::{Item, Store, StoreError, Transaction, WriteError, key, keys},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    catalog::{Catalog, Entry},
    settings::Change,
};
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

    /// Adds a ticket type or state, or puts it in the place of the one that was `seen`, and notes who did.
    ///
    /// # Errors
    /// [`WriteError::Stale`] when somebody else has changed or added it since.
    pub async fn change_catalog(
        &self,
        seen: Option<&Entry>,
        after: &Entry,
        signature: &Signature,
    ) -> Result<(), WriteError> {
        let found = self.get_all(vec![key(keys::SETTINGS, keys::CATALOG)]).await?.pop().unwrap_or_default();
        let Some((name, json)) = catalog_attributes(&Catalog::of(after.clone()))?.pop() else { return Ok(()) };
        // As it is kept, which a version before may have spelt in another way.
        let kept = found.get(&name).cloned();
        if catalog(found)?.entry_like(after).as_ref() != seen {
            return Err(WriteError::Stale);
        }
        let mut transaction = Transaction::new(self);
        let set = [(name.clone(), AttributeValue::S(json))].into();
        transaction.set_over((keys::SETTINGS.into(), keys::CATALOG), set, &[], (&name, kept))?;
        let setting = match after {
            Entry::Type(_) => "ticket_type",
            Entry::State(_) => "ticket_state",
        };
        let before = seen.map_or(Value::Null, |it| it.name().into());
        transaction
            .put(change_item(signature, &Change { setting: setting.into(), before, after: after.name().into() })?)?;
        let result = transaction.commit().await;
        self.memory.forget();
        result
    }
}
