//! What a customer's message does to the ticket: one that waited on the customer is in progress again, one that is
//! resolved stays so.

use crate::{
    catalog::Catalog,
    state::{StateCategory, TicketState},
    ticket::TicketRow,
};

/// The state that the ticket gets; `None` when it keeps its own.
#[must_use]
pub fn state_after_reply<'a>(catalog: &'a Catalog, ticket: &TicketRow) -> Option<&'a TicketState> {
    if ticket.state_category != StateCategory::WaitingOnCustomer {
        return None;
    }
    catalog.states.values().find(|state| state.category == StateCategory::InProgress)
}
