//! A customer organisation.

use crate::{id::CompanyId, mark::Mark, state::Counts};
use std::collections::BTreeMap;

/// A company as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// The id that the vendor gives it.
    pub id: CompanyId,
    pub name: String,
    /// The vendor's own data, used by audience and visibility conditions.
    pub attributes: BTreeMap<String, String>,
    /// Counts of its customer-visible tickets, by state category.
    pub visible: Counts,
    /// Counts of its other tickets, by state category, which only teammates may see.
    pub hidden: Counts,
    /// Raised by every change to one of its tickets.
    pub mark: Mark,
}

impl Company {
    /// Creates a company without tickets.
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
