//! The vendor's ticket types and ticket states.

use super::file::{Unreadable, read};
use import::{
    Line,
    line::{TicketStateLine, TicketTypeLine},
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalog {
    ticket_types: Vec<TicketTypeLine>,
    ticket_states: Vec<TicketStateLine>,
}

/// The import lines of all types and states, as `local/demo/catalog.yaml` has them.
pub fn lines() -> Result<impl Iterator<Item = Line>, Unreadable> {
    let Catalog { ticket_types, ticket_states } = read!("catalog.yaml")?;
    let types = ticket_types.into_iter().map(Line::TicketType);
    Ok(types.chain(ticket_states.into_iter().map(Line::TicketState)))
}
