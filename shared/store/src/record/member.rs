//! A teammate, as the table stores them: who they are, and what they are called.

use domain::id::TeammateId;
use serde::Deserialize;

/// A recorded teammate.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Member {
    /// Their id at the staff's sign-in.
    pub id: TeammateId,
    /// The name that an import or a teammate has recorded. Customers read it, too.
    #[serde(default)]
    pub name: Option<String>,
    /// The name in their token, which only other teammates are shown.
    #[serde(default)]
    pub token_name: Option<String>,
}

impl Member {
    /// Returns what teammates call them: their recorded name, else that of their token, else their id.
    #[must_use]
    pub fn called(&self) -> &str {
        let name = self.name.as_deref().or(self.token_name.as_deref());
        name.unwrap_or(self.id.as_str())
    }
}
