//! A customer organisation.

use crate::{id::CompanyId, mark::Mark, state::Counts};
use std::collections::BTreeMap;

/// A company as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// Its id, as the vendor names it.
    pub id: CompanyId,
    /// What people read.
    pub name: String,
    /// The vendor's own data, for audience and visibility conditions.
    pub attributes: BTreeMap<String, String>,
    /// Its customer-visible tickets, by state category.
    pub visible: Counts,
    /// Its other tickets, by state category: for teammates alone.
    pub hidden: Counts,
    /// Raised by every change of one of its tickets.
    pub mark: Mark,
}

impl Company {
    /// A company without tickets.
    #[must_use]
    pub fn new(id: CompanyId, name: String) -> Self {
        Self {
            id,
            name,
            attributes: BTreeMap::new(),
            visible: Counts::default(),
            hidden: Counts::default(),
            mark: Mark::default(),
        }
    }
}
