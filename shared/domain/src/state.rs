//! Ticket states: a category that rules work with, and one label for each audience.

use crate::id::StateId;
use serde::{Deserialize, Serialize};
use std::{fmt, ops::AddAssign, str::FromStr};

/// What a state means (docs/product.md, Ticket states).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateCategory {
    /// Waiting to be picked up.
    Submitted,
    /// The vendor is at work.
    InProgress,
    /// The customer's turn.
    WaitingOnCustomer,
    /// Done.
    Resolved,
}

impl StateCategory {
    /// All of them, in the order in which people meet them.
    pub const ALL: [Self; 4] = [Self::Submitted, Self::InProgress, Self::WaitingOnCustomer, Self::Resolved];

    /// The name in the API, in keys and in the import file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::InProgress => "in_progress",
            Self::WaitingOnCustomer => "waiting_on_customer",
            Self::Resolved => "resolved",
        }
    }

    /// What customers read where the workspace gives no label of its own.
    #[must_use]
    pub const fn default_label(self) -> &'static str {
        match self {
            Self::Submitted => "Submitted",
            Self::InProgress => "In progress",
            Self::WaitingOnCustomer => "Waiting on you",
            Self::Resolved => "Resolved",
        }
    }
}

impl fmt::Display for StateCategory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no state category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a state category is one of submitted, in_progress, waiting_on_customer, resolved")]
pub struct UnknownCategory;

impl FromStr for StateCategory {
    type Err = UnknownCategory;
    fn from_str(text: &str) -> Result<Self, UnknownCategory> {
        Self::ALL.into_iter().find(|category| category.as_str() == text).ok_or(UnknownCategory)
    }
}

/// A state that the workspace defines. The internal label is for teammates and never leaves on a customer route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketState {
    /// Its id.
    pub id: StateId,
    /// What it means.
    pub category: StateCategory,
    /// What teammates read.
    pub internal_label: String,
    /// What contacts read.
    pub external_label: String,
}

/// How many tickets are in each category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Their sum.
    pub all: u64,
    /// In [`StateCategory::Submitted`].
    pub submitted: u64,
    /// In [`StateCategory::InProgress`].
    pub in_progress: u64,
    /// In [`StateCategory::WaitingOnCustomer`].
    pub waiting_on_customer: u64,
    /// In [`StateCategory::Resolved`].
    pub resolved: u64,
}

impl Counts {
    /// How many are in `category`.
    #[must_use]
    pub const fn of(&self, category: StateCategory) -> u64 {
        match category {
            StateCategory::Submitted => self.submitted,
            StateCategory::InProgress => self.in_progress,
            StateCategory::WaitingOnCustomer => self.waiting_on_customer,
            StateCategory::Resolved => self.resolved,
        }
    }

    /// Counts `how_many` more in `category`.
    pub fn add(&mut self, category: StateCategory, how_many: u64) {
        let counter = match category {
            StateCategory::Submitted => &mut self.submitted,
            StateCategory::InProgress => &mut self.in_progress,
            StateCategory::WaitingOnCustomer => &mut self.waiting_on_customer,
            StateCategory::Resolved => &mut self.resolved,
        };
        *counter += how_many;
        self.all += how_many;
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        for category in StateCategory::ALL {
            self.add(category, other.of(category));
        }
    }
}
