//! The customers' list.

use crate::{id::CompanyId, state::StateCategory};
use serde::{Deserialize, Serialize};

/// Which tickets a list holds. The order is always the same: newest update first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// One state category, or all.
    pub state: Option<StateCategory>,
    /// One company, or all.
    pub company: Option<CompanyId>,
}
