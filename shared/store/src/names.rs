//! Companies and people in the order of their names, for teammates to look through. Each list is a partition of its
//! own, and an entry moves in the transaction that changes the name.

use crate::{
    Store, StoreError,
    connect::key,
    item::{item, record, text},
    keys,
    transaction::Transaction,
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{contact::Contact, id::CompanyId};
use serde::{Deserialize, Serialize};

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The id of the company or contact.
    pub id: String,
    /// What people call it.
    #[serde(default)]
    pub name: Option<String>,
    /// The contact's e-mail address.
    #[serde(default)]
    pub email: Option<String>,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamesPage {
    /// In order.
    pub entries: Vec<Listed>,
    /// Where the next page goes on, if there is one.
    pub next: Option<String>,
}

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// All companies.
    Companies,
    /// All contacts, those without a name by e-mail address or id.
    People,
}

impl Names {
    const fn partition(self) -> &'static str {
        match self {
            Self::Companies => keys::COMPANIES,
            Self::People => keys::PEOPLE,
        }
    }
}

/// Where an entry stands, and the entry.
pub(crate) type Place = (Names, String, Listed);

pub(crate) fn listed_company(id: &CompanyId, name: &str) -> Place {
    let entry = Listed { id: id.to_string(), name: Some(name.into()), email: None };
    (Names::Companies, keys::listed(name, id.as_str()), entry)
}

pub(crate) fn listed_contact(contact: &Contact) -> Place {
    let id = contact.id.as_str();
    let shown = contact.name.as_deref().or(contact.email.as_deref()).unwrap_or(id);
    let entry = Listed { id: id.into(), name: contact.name.clone(), email: contact.email.clone() };
    (Names::People, keys::listed(shown, id), entry)
}

/// Puts an entry, in place of the one before.
pub(crate) fn list_anew(
    transaction: &mut Transaction<'_>,
    before: Option<Place>,
    after: Place,
) -> Result<(), StoreError> {
    let (list, place, entry) = after;
    if let Some((_, left, _)) = before.filter(|(_, before, _)| *before != place) {
        transaction.delete(list.partition().into(), left)?;
    }
    transaction.put(item(list.partition().into(), place, &entry)?)
}

impl Store {
    /// A page of the entries whose names begin with `prefix`, whatever the case.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn names(
        &self,
        list: Names,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<NamesPage, StoreError> {
        let prefix = prefix.to_lowercase();
        let partition = AttributeValue::S(list.partition().into());
        let query = self.client.query().table_name(&self.table);
        let query = query.expression_attribute_values(":pk", partition);
        let query = if prefix.is_empty() {
            query.key_condition_expression("pk = :pk")
        } else {
            let query = query.key_condition_expression("pk = :pk AND begins_with(sk, :prefix)");
            query.expression_attribute_values(":prefix", AttributeValue::S(prefix))
        };
        let start = after.map(|place| key(list.partition(), place));
        let limit = i32::try_from(limit).unwrap_or(i32::MAX);
        let answer = query.set_exclusive_start_key(start).limit(limit).send().await.map_err(StoreError::from_sdk)?;
        let next = answer.last_evaluated_key.map(|key| text(&key, "sk").to_owned());
        let entries = answer.items.unwrap_or_default().into_iter().map(record);
        Ok(NamesPage { entries: entries.collect::<Result<_, _>>()?, next })
    }
}
