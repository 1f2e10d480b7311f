//! What a customer's message does to the ticket: one that was waiting on the customer goes back to the state that it was in
//! before it began to wait; a resolved one stays resolved.

use crate::{
    catalog::Catalog,
    state::{StateCategory, TicketState},
    ticket::Ticket,
    turn::Who,
};

/// Returns the state that the ticket changes to; `None` if it keeps its state.
#[must_use]
pub fn state_after_reply<'a>(catalog: &'a Catalog, ticket: &Ticket) -> Option<&'a TicketState> {
    if ticket.row.state_category != StateCategory::WaitingOnCustomer {
        return None;
    }
    let before = ticket.waited_from.as_ref().and_then(|id| catalog.states.get(id));
    before.filter(|state| state.category.turn() == Who::Us).or_else(|| catalog.first_in(StateCategory::InProgress))
}
