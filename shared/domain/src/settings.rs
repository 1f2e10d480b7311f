//! What the operator sets for the whole portal.

use crate::condition::Condition;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The portal's settings: one item, read with every request, so that a change counts from the next one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PortalSettings {
    /// Whether the operator has turned the portal on.
    pub enabled: bool,
    /// Required settings that have been proven to work.
    pub confirmed: BTreeSet<RequiredSetting>,
    /// Where people without a session are sent to sign in: an `https` address, or `http` on a laptop.
    pub sign_in_url: Option<String>,
    /// How the portal looks.
    pub brand: Brand,
    /// Who may enter; empty means everybody.
    pub audience: Vec<Condition>,
    /// Who sees only their own tickets.
    pub visibility: Visibility,
}

impl PortalSettings {
    /// Required settings that nobody has confirmed yet.
    #[must_use]
    pub fn missing(&self) -> Vec<RequiredSetting> {
        RequiredSetting::ALL.into_iter().filter(|setting| !self.confirmed.contains(setting)).collect()
    }

    /// Turned on, with nothing required missing.
    #[must_use]
    pub fn portal_is_on(&self) -> bool {
        self.enabled && self.missing().is_empty()
    }
}

/// What must work before the portal can be turned on (product.md 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequiredSetting {
    /// The portal answers on the Help Center's own domain.
    CustomDomain,
    /// The session cookie reaches it there.
    CookieForwarding,
    /// A token signed by the vendor's backend verifies.
    IdentityVerification,
}

impl RequiredSetting {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::CustomDomain, Self::CookieForwarding, Self::IdentityVerification];
}

/// Name, logo and colour.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// Shown in the header and the page title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Address of an image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<String>,
    /// `#rrggbb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
}

impl Brand {
    /// The name to show.
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.name.as_deref().unwrap_or("Help Center")
    }
}

/// Who sees only their own tickets (product.md 3.2).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Visibility {
    /// Off: every member sees all tickets of the company.
    pub restrict: bool,
    /// On without conditions: everybody sees only their own. With: contacts that match do.
    #[serde(default)]
    pub conditions: Vec<Condition>,
}
