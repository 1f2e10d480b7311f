//! A customer organisation.

use crate::id::CompanyId;
use std::collections::BTreeMap;

/// A company as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// The id that the vendor gives it.
    pub id: CompanyId,
    pub name: String,
    /// The vendor's own data, used by audience and visibility conditions.
    pub attributes: BTreeMap<String, String>,
}

impl Company {
    /// Creates a company without attributes.
    #[must_use]
    pub fn new(id: CompanyId, name: String) -> Self {
        Self { id, name, attributes: BTreeMap::new() }
    }
}
