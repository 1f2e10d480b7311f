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

/// A company with its counters, which are separate attributes so that transactions can add to them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CompanyRecord {
    id: CompanyId,
    name: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    #[serde(flatten)]
    counters: BTreeMap<String, serde_json::Value>,
}

/// Returns the name of the counter for tickets in a state category: customer-visible ones, or the others.
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
    /// Adds a ticket to its company's counters (`+1`) or removes it from them (`-1`).
    pub(crate) fn count(&mut self, row: &TicketRow, by: i64) {
        if let Some(company) = &row.company {
            self.add_to(company, counter(row.is_customer_visible(), row.state_category), by, row.updated_at);
        }
    }
}

/// Returns the keys of companies' records.
pub(crate) fn company_keys(ids: &BTreeSet<CompanyId>) -> impl Iterator<Item = HashMap<String, AttributeValue>> {
    ids.iter().map(|id| key(keys::company(id), keys::COMPANY))
}

/// Reads the companies in items and returns them by id.
pub(crate) fn by_id(items: Vec<Item>) -> Result<BTreeMap<CompanyId, Company>, StoreError> {
    let companies = items.into_iter().map(|item| record::<CompanyRecord>(item).map(Company::from));
    companies.map(|company| company.map(|company| (company.id.clone(), company))).collect()
}

impl Store {
    /// Reads those of the companies that are recorded, for teammates and the operator.
    pub async fn companies(&self, ids: &BTreeSet<CompanyId>) -> Result<BTreeMap<CompanyId, Company>, StoreError> {
        by_id(self.get_all(company_keys(ids).collect()).await?)
    }
}
