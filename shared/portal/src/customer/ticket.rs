//! One ticket (docs/product.md, The ticket page).

use super::{Error, Visit};
use crate::Portal;
use domain::{
    id::TicketId,
    projection::{CustomerTicket, Lens},
};
use store::{Hint, Marks, Watch};

/// A ticket as a contact sees it.
#[derive(Debug)]
pub struct Seen {
    /// What may be seen of it.
    pub ticket: CustomerTicket,
    /// What it went by.
    pub marks: Marks,
    /// Where to expect the contact next time.
    pub hint: Hint,
}

/// The ticket of this id. `None` is text that cannot be an id, and is treated as that of a ticket that is not there.
///
/// # Errors
/// [`Error::Refused`]; [`Error::NoTicket`] when it is missing or out of sight.
pub async fn read(portal: &Portal, visit: &Visit, id: Option<&TicketId>) -> Result<Seen, Error> {
    let Some(id) = id else {
        visit.admitted(portal.store.enter(visit.visitor(), visit.hint()).await?)?;
        return Err(Error::NoTicket);
    };
    let entry = portal.store.enter_with_ticket(visit.visitor(), visit.hint(), id).await?;
    let (workspace, scope, found) = visit.admitted(entry)?;
    let found = found.ok_or(Error::NoTicket)?;
    let lens = Lens { left: found.left.as_ref(), ..scope.lens(&workspace) };
    let ticket = lens.ticket(&found.ticket, found.conversation, &found.history).ok_or(Error::NoTicket)?;
    Ok(Seen { ticket, marks: scope.marks(Watch::Ticket(id), found.mark), hint: scope.hint() })
}
