//! Who appears in the demo data: an invented vendor, its customers, and the people who work there.

use super::file::{Unreadable, read};
use serde::Deserialize;

/// Everybody, as `local/demo/cast.yaml` has them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cast {
    /// The vendor, whose support team runs the portal.
    pub(super) vendor: Vendor,
    /// The support reps.
    pub teammates: Vec<Teammate>,
    /// The vendor's customers.
    pub customers: Vec<Customer>,
    /// How many tickets belong to no company.
    pub(super) tickets_without_company: usize,
    /// Everybody at the customers, the instructive ones first.
    pub contacts: Vec<Contact>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vendor {
    pub name: String,
    /// `#rrggbb`.
    pub color: String,
    /// Where its customers ask for help.
    pub support_contact: String,
}

/// A support rep.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Teammate {
    /// What the staff identity provider calls them.
    pub id: String,
    /// The name that people read.
    pub name: String,
}

/// A customer of the vendor.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    pub(super) id: String,
    /// The name that people read.
    pub name: String,
    /// The teammate who usually answers, and always in the customer's language.
    pub rep: String,
    /// What its people write in beside English.
    pub(super) language: Option<Language>,
    /// Its warehouses, as its people call them.
    pub(super) sites: Vec<String>,
    /// How many tickets it has, hidden ones among them.
    pub(super) tickets: usize,
    /// Whether all of them are hidden from customers.
    #[serde(default)]
    pub(super) hidden: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Language {
    Arabic,
    Danish,
    German,
    Japanese,
    Polish,
    Portuguese,
}

/// Somebody who works at a customer, or who belongs to none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// What the vendor's backend calls them.
    pub id: String,
    /// Their full name.
    pub name: String,
    /// How the vendor's support addresses them.
    pub(super) called: String,
    pub(super) email: Option<String>,
    #[serde(default)]
    pub(super) companies: Vec<String>,
    /// One sentence: what they will see.
    pub what: String,
}

impl Cast {
    /// What the vendor is called.
    #[must_use]
    pub fn vendor_name(&self) -> &str {
        &self.vendor.name
    }

    /// Reads `local/demo/cast.yaml`.
    ///
    /// # Errors
    /// [`Unreadable`] when it has a mistake.
    pub fn read() -> Result<Self, Unreadable> {
        read!("cast.yaml")
    }

    #[must_use]
    pub fn teammate(&self, id: &str) -> Option<&str> {
        self.teammates.iter().find(|it| it.id == id).map(|it| it.name.as_str())
    }

    /// The names of the customers whose tickets this teammate usually answers.
    pub fn customers_of(&self, teammate: &Teammate) -> impl Iterator<Item = &str> {
        self.customers.iter().filter(|it| it.rep == teammate.id).map(|it| it.name.as_str())
    }
}
