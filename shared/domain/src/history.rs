//! What happened to a ticket. Lines are added to the history and never removed.

use crate::{
    id::{CompanyId, ContactId, StateId, TeammateId, TicketId},
    state::StateCategory,
    timestamp::Timestamp,
};

/// One line of a ticket's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub at: Timestamp,
    pub by: Actor,
    pub change: Change,
}

impl Event {
    /// Whether the state changed because a customer wrote. Nothing else that customers do changes it to one of these.
    #[must_use]
    pub fn is_reply(&self) -> bool {
        let Change::StateChanged { to: Some((_, category)) } = &self.change else { return false };
        let going_on = matches!(category, StateCategory::Submitted | StateCategory::InProgress);
        going_on && matches!(self.by, Actor::Contact { .. })
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The ticket was created.
    Created,
    /// The ticket got another state.
    StateChanged {
        /// The new state, if the source of the ticket knew it.
        to: Option<(StateId, StateCategory)>,
    },
    /// The ticket moved to another company, or to none.
    CompanyChanged {
        /// The company before; `None` means No company.
        from: Option<CompanyId>,
        /// The company after; `None` means No company.
        to: Option<CompanyId>,
    },
    /// Somebody joined the conversation.
    Joined {
        /// The company that gave them access; `None` if they created the ticket.
        through: Option<CompanyId>,
    },
    /// Which ticket it repeats was said, or taken back.
    DuplicateOf { other: TicketId, number: u64, ends: bool },
    /// That another ticket repeats it was said, or taken back.
    DuplicatedBy { other: TicketId, number: u64, ends: bool },
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A customer.
    Contact {
        id: ContactId,
        /// Their name: a copy of that at the time, until it is read anew from the record.
        name: Option<String>,
    },
    /// A support representative.
    Teammate {
        id: TeammateId,
        /// Likewise.
        name: Option<String>,
    },
    /// A rule, or a source that does not say who it was.
    System,
}
