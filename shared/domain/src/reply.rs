//! What a customer's message does to the ticket: a ticket that was waiting on the customer goes back to in progress; a
//! resolved one stays resolved.

use crate::{
    catalog::Catalog,
    state::{StateCategory, TicketState},
    ticket::TicketRow,
};

/// Returns the state that the ticket changes to; `None` if it keeps its state.
#[must_use]
pub fn state_after_reply<'a>(catalog: &'a Catalog, ticket: &TicketRow) -> Option<&'a TicketState> {
    if ticket.state_category != StateCategory::WaitingOnCustomer {
        return None;
    }
    catalog.states.values().find(|state| state.category == StateCategory::InProgress)
}
