//! What happened to a ticket. History only grows.

use crate::{
    id::{CompanyId, ContactId, StateId, TeammateId},
    state::StateCategory,
    timestamp::Timestamp,
};

/// One line of a ticket's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub by: Actor,
    /// What.
    pub change: Change,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The ticket came to be.
    Created,
    /// It got another state.
    StateChanged {
        /// The new state, where the source of the ticket knew it.
        to: Option<(StateId, StateCategory)>,
    },
    /// It moved to another company, or to none.
    CompanyChanged {
        /// The company before.
        from: Option<CompanyId>,
        /// The company after.
        to: Option<CompanyId>,
    },
    /// Somebody joined the conversation.
    Joined {
        /// The company through which they could; none when they created the ticket.
        through: Option<CompanyId>,
    },
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A customer.
    Contact {
        /// Who.
        id: ContactId,
        /// Their name at the time.
        name: Option<String>,
    },
    /// A support rep.
    Teammate {
        /// Who.
        id: TeammateId,
        /// Their name at the time.
        name: Option<String>,
    },
    /// A rule, or a source that does not say.
    System,
}
