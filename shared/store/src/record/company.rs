//! Companies, with their counters.

use super::mark::mark;
use crate::table::{Item, Store, StoreError, Transaction, key, keys, record};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    company::Company,
    id::CompanyId,
    state::{Counts, StateCategory},
    ticket::TicketRow,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A company with its counters, which are attributes of their own so that transactions can add to them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CompanyRecord {
    id: CompanyId,
    name: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    #[serde(flatten)]
    counters: BTreeMap<String, serde_json::Value>,
}

/// The counter of customer-visible, or of other, tickets in a state category.
pub(crate) fn counter(visible: bool, category: StateCategory) -> String {
    format!("{}_{category}", if visible { "visible" } else { "hidden" })
}

impl From<CompanyRecord> for Company {
    fn from(it: CompanyRecord) -> Self {
        let read = |visible| {
            let mut counts = Counts::default();
            for category in StateCategory::ALL {
                let value = it.counters.get(&counter(visible, category)).and_then(serde_json::Value::as_u64);
                counts.add(category, value.unwrap_or(0));
            }
            counts
        };
        let (visible, hidden) = (read(true), read(false));
        let mark = mark(|name| it.counters.get(name).and_then(serde_json::Value::as_u64));
        Self { id: it.id, name: it.name, attributes: it.attributes, visible, hidden, mark }
    }
}

impl Transaction<'_> {
    /// Counts a ticket in (`+1`) or out (`-1`) of its company.
    pub(crate) fn count(&mut self, row: &TicketRow, by: i64) {
        if let Some(company) = &row.company {
            self.add_to(company, counter(row.is_customer_visible(), row.state_category), by, row.updated_at);
        }
    }
}

/// Where the records of companies are.
pub(crate) fn company_keys(ids: &BTreeSet<CompanyId>) -> impl Iterator<Item = HashMap<String, AttributeValue>> {
    ids.iter().map(|id| key(keys::company(id), keys::COMPANY))
}

/// The companies in items, by their ids.
pub(crate) fn by_id(items: Vec<Item>) -> Result<BTreeMap<CompanyId, Company>, StoreError> {
    let companies = items.into_iter().map(|item| record::<CompanyRecord>(item).map(Company::from));
    companies.map(|company| company.map(|company| (company.id.clone(), company))).collect()
}

impl Store {
    /// The companies of these that are recorded: for teammates and the operator.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn companies(&self, ids: &BTreeSet<CompanyId>) -> Result<BTreeMap<CompanyId, Company>, StoreError> {
        by_id(self.get_all(company_keys(ids).collect()).await?)
    }
}
