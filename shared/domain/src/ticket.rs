//! A ticket as the vendor holds it. Nothing in here can be serialised: the way out is [`crate::projection`].

use crate::{
    catalog::TicketCategory,
    id::{CompanyId, ContactId, ConversationId, StateId, TeammateId, TicketId, TypeId},
    state::StateCategory,
    timestamp::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a row of a list needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketRow {
    /// Its id, in addresses.
    pub id: TicketId,
    /// Its number, for people.
    pub number: u64,
    /// One line, as the requester or a teammate wrote it.
    pub title: String,
    /// Its type.
    pub ticket_type: TypeId,
    /// The type's category when the ticket was written.
    pub category: TicketCategory,
    /// Whether a back-office ticket is shared with customers.
    pub shared: bool,
    /// Its state.
    pub state: StateId,
    /// The state's category, by which lists are keyed.
    pub state_category: StateCategory,
    /// Its company; `None` is No company.
    pub company: Option<CompanyId>,
    /// Who it was created for.
    pub requester: ContactId,
    /// The requester's name when the ticket was written.
    pub requester_name: Option<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When something that customers can see last changed.
    pub updated_at: Timestamp,
}

impl TicketRow {
    /// Whether customers may see tickets like this at all (docs/product.md, Ticket types).
    #[must_use]
    pub const fn is_customer_visible(&self) -> bool {
        match self.category {
            TicketCategory::Customer => true,
            TicketCategory::BackOffice => self.shared,
            TicketCategory::Tracker => false,
        }
    }
}

/// The whole ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticket {
    /// What lists show.
    pub row: TicketRow,
    /// Plain text.
    pub description: String,
    /// Values of the type's attributes, by name.
    pub attributes: BTreeMap<String, serde_json::Value>,
    /// The linked conversation.
    pub conversation: Option<ConversationId>,
    /// Whether a teammate, or the system it was imported from, chose the company: the automatic rule leaves it alone.
    pub company_chosen: bool,
    /// The company's name when the ticket was created or moved. Set by the write; search has it.
    pub company_name: Option<String>,
    /// The teammate who looks after it.
    pub assignee: Option<TeammateId>,
    /// Raised by every write; a write names the version it saw.
    pub version: u64,
}

/// Where a list goes on: everything strictly after this in (last update, id), newest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Boundary {
    /// Last update of the last ticket shown.
    pub updated_at: Timestamp,
    /// Its id, which breaks ties.
    pub id: TicketId,
}

impl TicketRow {
    /// This ticket's place in the order of lists.
    #[must_use]
    pub fn boundary(&self) -> Boundary {
        Boundary { updated_at: self.updated_at, id: self.id.clone() }
    }
}
