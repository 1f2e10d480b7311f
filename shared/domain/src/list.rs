//! The piles of a list of tickets that customers see.

use crate::{state::Counts, turn::Who};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The piles into which a contact's tickets fall, by whose turn they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pile {
    /// They wait on the customer, and the contact created them or takes part.
    You,
    /// They wait on the customer, and others take part.
    Colleagues,
    /// They are the vendor's turn.
    Us,
    /// They are resolved, and nothing has been said since.
    None,
}

impl Pile {
    pub const ALL: [Self; 4] = [Self::You, Self::Colleagues, Self::Us, Self::None];

    /// Returns the name used in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::You => "you",
            Self::Colleagues => "colleagues",
            Self::Us => "us",
            Self::None => "none",
        }
    }

    /// Returns whose turn the tickets of the pile are.
    #[must_use]
    pub const fn turn(self) -> Who {
        match self {
            Self::You | Self::Colleagues => Who::Customer,
            Self::Us => Who::Us,
            Self::None => Who::Nobody,
        }
    }
}

/// The text is not the name of a pile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a turn is one of you, colleagues, us, none")]
pub struct UnknownPile;

impl FromStr for Pile {
    type Err = UnknownPile;
    fn from_str(text: &str) -> Result<Self, UnknownPile> {
        Self::ALL.into_iter().find(|pile| pile.as_str() == text).ok_or(UnknownPile)
    }
}

/// The number of tickets in each pile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Piles {
    pub you: u64,
    pub colleagues: u64,
    pub us: u64,
    pub none: u64,
}

impl Piles {
    /// Counts the piles of tickets of which so many are in each category, so many of these are the vendor's turn although
    /// their state is not, and so many wait on the reader.
    #[must_use]
    pub const fn of(tickets: Counts, unanswered: Counts, you: u64) -> Self {
        let waiting = tickets.waiting_on_customer.saturating_sub(unanswered.waiting_on_customer);
        let you = if you < waiting { you } else { waiting };
        Self {
            you,
            colleagues: waiting - you,
            us: tickets.submitted + tickets.in_progress + unanswered.waiting_on_customer + unanswered.resolved,
            none: tickets.resolved.saturating_sub(unanswered.resolved),
        }
    }

    /// Returns the number of tickets in a pile.
    #[must_use]
    pub const fn in_pile(&self, pile: Pile) -> u64 {
        match pile {
            Pile::You => self.you,
            Pile::Colleagues => self.colleagues,
            Pile::Us => self.us,
            Pile::None => self.none,
        }
    }
}
