//! The list of tickets that customers see.

use crate::{id::CompanyId, state::StateCategory};
use serde::{Deserialize, Serialize};

/// Which tickets a list holds. The order is always the same: latest update first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Limits the list to one state category.
    pub state: Option<StateCategory>,
    /// Limits the list to one company.
    pub company: Option<CompanyId>,
}
