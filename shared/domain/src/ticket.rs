//! A ticket as the vendor holds it. Nothing here can be serialised for a response: the way out is
//! [`crate::projection`].

use crate::{
    catalog::{TicketCategory, TicketType},
    id::{CompanyId, ContactId, ConversationId, StateId, TeammateId, TicketId, TypeId},
    limit,
    state::{StateCategory, TicketState},
    timestamp::Timestamp,
    turn::Exchange,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The fields of a ticket that lists need.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TicketRow {
    /// The id used in addresses.
    pub id: TicketId,
    /// The number that people use.
    pub number: u64,
    /// One line, as the requester or a teammate wrote it.
    pub title: String,
    pub ticket_type: TypeId,
    /// The type's category when the ticket was written.
    pub category: TicketCategory,
    /// Whether a back-office ticket is shared with customers.
    pub shared: bool,
    /// Whether its creator keeps it from their colleagues.
    pub private: bool,
    pub state: StateId,
    /// The state's category, which is part of the keys of lists.
    pub state_category: StateCategory,
    /// `None` means No company.
    pub company: Option<CompanyId>,
    /// The contact the ticket was created for.
    pub requester: ContactId,
    /// The requester's name when the ticket was written.
    pub requester_name: Option<String>,
    pub created_at: Timestamp,
    /// When something that customers can see last changed.
    pub updated_at: Timestamp,
    /// Since when the state makes it the turn of whoever it is; `None` if a version without turns wrote it.
    pub turn_since: Option<Timestamp>,
    /// What was said in its conversation.
    pub exchange: Exchange,
}

impl TicketRow {
    /// Whether customers may see this kind of ticket at all (docs/product.md, Ticket types).
    #[must_use]
    pub const fn is_customer_visible(&self) -> bool {
        match self.category {
            TicketCategory::Customer => true,
            TicketCategory::BackOffice => self.shared,
            TicketCategory::Tracker => false,
        }
    }

    /// Whether those in its company may see it: it stands among the company's tickets.
    #[must_use]
    pub const fn is_for_colleagues(&self) -> bool {
        self.is_customer_visible() && !self.private
    }

    /// Whether it belongs into the list of its creator and of nobody else.
    #[must_use]
    pub const fn is_its_creators_alone(&self) -> bool {
        self.is_customer_visible() && self.private && self.company.is_some()
    }
}

/// The whole ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticket {
    /// The fields that lists show.
    pub row: TicketRow,
    /// Plain text.
    pub description: String,
    /// Values of the type's attributes, by name.
    pub attributes: BTreeMap<String, serde_json::Value>,
    /// The linked conversation.
    pub conversation: Option<ConversationId>,
    /// Whether a teammate, or the system it was imported from, chose the company; the automatic rule then leaves it
    /// alone.
    pub company_chosen: bool,
    /// The company's name when the ticket was created or moved. The write sets it, and search uses it.
    pub company_name: Option<String>,
    /// The teammate who is responsible for it.
    pub assignee: Option<TeammateId>,
    /// While it waits on the customer: the state in which it was before.
    pub waited_from: Option<StateId>,
    /// The ticket that it repeats, if a teammate has said so.
    pub duplicate_of: Option<Duplicate>,
    /// The tickets that repeat it.
    pub duplicates: BTreeSet<TicketId>,
    /// Raised by every write. A write states the version it is based on.
    pub version: u64,
}

/// What a ticket repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    pub of: TicketId,
    /// The state in which the ticket was before that was said; `None` if it was resolved already.
    pub from: Option<StateId>,
}

impl Ticket {
    /// A ticket of a type that somebody begins at this time, in a state. Its number, its company and the name of its requester
    /// are given when it is written.
    #[must_use]
    pub fn begun(
        id: TicketId,
        (title, description): (&str, &str),
        of: &TicketType,
        state: &TicketState,
        requester: ContactId,
        at: Timestamp,
    ) -> Self {
        let row = TicketRow {
            id,
            number: 0,
            title: title.trim().to_owned(),
            ticket_type: of.id.clone(),
            category: of.category,
            shared: false,
            private: false,
            state: state.id.clone(),
            state_category: state.category,
            company: None,
            requester,
            requester_name: None,
            created_at: at,
            updated_at: at,
            turn_since: None,
            exchange: Exchange::default(),
        };
        Self {
            row,
            description: limit::optional(Some(description.to_owned())).unwrap_or_default(),
            attributes: BTreeMap::new(),
            conversation: None,
            company_chosen: false,
            company_name: None,
            assignee: None,
            waited_from: None,
            duplicate_of: None,
            duplicates: BTreeSet::new(),
            version: 0,
        }
    }
}

/// The place where a list continues: everything strictly after it, in the order of last update and id, newest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Boundary {
    /// The last update of the last ticket shown.
    pub updated_at: Timestamp,
    /// The id of that ticket, which breaks ties.
    pub id: TicketId,
}

impl TicketRow {
    /// Returns this ticket's place in the order of lists.
    #[must_use]
    pub fn boundary(&self) -> Boundary {
        Boundary { updated_at: self.updated_at, id: self.id.clone() }
    }
}
