//! One ticket (docs/product.md, The ticket page).

use super::{Error, Visit};
use crate::Portal;
use domain::{id::TicketId, projection::CustomerTicket};
use store::{Hint, Marks, Watch};

/// A ticket as a contact sees it.
#[derive(Debug)]
pub struct Seen {
    pub ticket: CustomerTicket,
    /// The marks that the answer is based on.
    pub marks: Marks,
    /// The companies in which to look for the contact's tickets next time.
    pub hint: Hint,
}

/// Reads a ticket. Text that cannot be an id is passed as `None` and answered like the id of a ticket that does not
/// exist.
///
/// # Errors
/// [`Error::Refused`]; [`Error::NoTicket`] when the ticket is missing or out of sight.
pub async fn read(portal: &Portal, visit: &Visit, id: Option<&TicketId>) -> Result<Seen, Error> {
    let Some(id) = id else {
        visit.admitted(portal.store.enter(visit.visitor(), visit.hint()).await?)?;
        return Err(Error::NoTicket);
    };
    let entry = portal.store.enter_with_ticket(visit.visitor(), visit.hint(), id).await?;
    let (workspace, scope, found) = visit.admitted(entry)?;
    let lens = scope.lens(&workspace);
    let mut found = found.filter(|found| lens.row(&found.ticket.row).is_some()).ok_or(Error::NoTicket)?;
    let actors = found.history.iter_mut().map(|event| &mut event.by);
    portal.store.call_by_record(Some(&mut found.ticket.row), actors).await?;
    let ticket = lens.ticket(&found.ticket, found.conversation, &found.history).ok_or(Error::NoTicket)?;
    Ok(Seen { ticket, marks: scope.marks(Watch::Ticket(id), found.mark), hint: scope.hint() })
}
