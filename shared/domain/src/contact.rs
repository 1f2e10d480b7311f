//! An end user of the vendor's product.

use crate::id::ContactId;
use std::collections::BTreeMap;

/// A contact as recorded. Memberships are records of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Its id: the identity token's `user_id`.
    pub id: ContactId,
    /// Shown to colleagues.
    pub name: Option<String>,
    /// Never shown to anyone but the contact.
    pub email: Option<String>,
    /// Nobody can be them any more, whatever identity they bring.
    pub archived: bool,
    /// Sessions of an earlier epoch are revoked.
    pub session_epoch: u64,
    /// The vendor's own data, for audience and visibility conditions.
    pub attributes: BTreeMap<String, String>,
}

impl Contact {
    /// Someone with a valid identity of whom nothing is recorded: no e-mail address, no company.
    #[must_use]
    pub fn unrecorded(id: ContactId) -> Self {
        Self { id, name: None, email: None, archived: false, session_epoch: 0, attributes: BTreeMap::new() }
    }

    /// The part after the last `@`.
    #[must_use]
    pub fn email_domain(&self) -> Option<&str> {
        self.email.as_deref()?.rsplit_once('@').map(|(_, domain)| domain)
    }
}
