//! Following a ticket without writing in it (docs/product.md, The tickets space).

use super::{Error, Visit, ticket::in_sight};
use crate::Portal;
use domain::id::TicketId;

/// Makes a ticket stand in the contact's tickets space, or no longer if that was why it did.
///
/// # Errors
/// [`Error::SessionEnded`]; [`Error::NoTicket`] when the ticket is missing or out of sight.
pub async fn follow(portal: &Portal, visit: &Visit, id: Option<&TicketId>, following: bool) -> Result<(), Error> {
    let (ticket, scope) = in_sight(portal, visit, id).await?;
    Ok(portal.store.follow(&scope, &ticket, following, portal.clock.now()).await?)
}
