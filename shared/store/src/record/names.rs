//! Lists of companies and people in the order of their names, for teammates. Each list is a partition of its own, and
//! an entry moves in the same transaction that changes the name.

use crate::table::{StoreError, Transaction, item, keys};
use domain::{contact::Contact, id::CompanyId};
use serde::{Deserialize, Serialize};

/// An entry in a list of names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The id of the company or contact.
    pub id: String,
    #[serde(default)]
    pub name: Option<String>,
    /// The contact's e-mail address. Companies have none.
    #[serde(default)]
    pub email: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    Companies,
    /// All contacts. Those without a name are listed by e-mail address or id.
    People,
}

impl Names {
    pub(crate) const fn partition(self) -> &'static str {
        match self {
            Self::Companies => keys::COMPANIES,
            Self::People => keys::PEOPLE,
        }
    }
}

/// The list, the entry's sort key in it, and the entry.
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

/// Puts an entry in place of the one before.
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
