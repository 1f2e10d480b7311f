//! Ticket states. Each has a category, which rules use, and a label for each audience.

use crate::id::StateId;
use serde::{Deserialize, Serialize};
use std::{fmt, ops::AddAssign, str::FromStr};

/// What a state means (docs/product.md, Ticket states).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateCategory {
    /// Waiting to be picked up.
    Submitted,
    /// The vendor is working on it.
    InProgress,
    /// The customer has to act next.
    WaitingOnCustomer,
    Resolved,
}

impl StateCategory {
    /// All categories, in the order of a ticket's life.
    pub const ALL: [Self; 4] = [Self::Submitted, Self::InProgress, Self::WaitingOnCustomer, Self::Resolved];

    /// Returns the name used in the API, in keys and in the import file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::InProgress => "in_progress",
            Self::WaitingOnCustomer => "waiting_on_customer",
            Self::Resolved => "resolved",
        }
    }

    /// Returns the label that customers read where the workspace defines none.
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

/// The text is not the name of a state category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a state category is one of submitted, in_progress, waiting_on_customer, resolved")]
pub struct UnknownCategory;

impl FromStr for StateCategory {
    type Err = UnknownCategory;
    fn from_str(text: &str) -> Result<Self, UnknownCategory> {
        Self::ALL.into_iter().find(|category| category.as_str() == text).ok_or(UnknownCategory)
    }
}

/// A state that the workspace defines. The internal label is for teammates and is never sent on a customer route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketState {
    pub id: StateId,
    pub category: StateCategory,
    /// The label that teammates read.
    pub internal_label: String,
    /// The label that contacts read.
    pub external_label: String,
    /// Its place among the states, as the operator orders them. States of the same place are in the order of their ids.
    pub position: u32,
}

/// The number of tickets in each category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// The sum over all categories.
    pub all: u64,
    pub submitted: u64,
    pub in_progress: u64,
    pub waiting_on_customer: u64,
    pub resolved: u64,
}

impl Counts {
    /// Returns the number of tickets in `category`.
    #[must_use]
    pub const fn of(&self, category: StateCategory) -> u64 {
        match category {
            StateCategory::Submitted => self.submitted,
            StateCategory::InProgress => self.in_progress,
            StateCategory::WaitingOnCustomer => self.waiting_on_customer,
            StateCategory::Resolved => self.resolved,
        }
    }

    /// Adds `how_many` tickets to `category`.
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
