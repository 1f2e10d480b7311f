//! An end user of the vendor's product.

use crate::id::ContactId;
use std::collections::BTreeMap;

/// A contact as recorded. Memberships are separate records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The identity token's `user_id`.
    pub id: ContactId,
    /// Shown to colleagues.
    pub name: Option<String>,
    /// Never shown to other contacts.
    pub email: Option<String>,
    /// Whether the contact is archived. Nobody can then sign in as this contact, whatever identity they present.
    pub archived: bool,
    /// Sessions from an earlier epoch are revoked.
    pub session_epoch: u64,
    /// The vendor's own data, used by audience and visibility conditions.
    pub attributes: BTreeMap<String, String>,
}

impl Contact {
    /// Creates a contact for someone with a valid identity but no record: no e-mail address and no company.
    #[must_use]
    pub fn unrecorded(id: ContactId) -> Self {
        Self { id, name: None, email: None, archived: false, session_epoch: 0, attributes: BTreeMap::new() }
    }

    /// Returns the part of the e-mail address after the last `@`.
    #[must_use]
    pub fn email_domain(&self) -> Option<&str> {
        self.email.as_deref()?.rsplit_once('@').map(|(_, domain)| domain)
    }
}
