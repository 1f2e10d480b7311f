//! One ticket (docs/product.md, The ticket page).

use super::{Error, Visit};
use crate::Portal;
use domain::{id::TicketId, projection::CustomerTicket};
use store::{EventPlace, Hint, History, Marks, Watch};

/// A ticket as a contact sees it.
#[derive(Debug)]
pub struct Seen {
    /// With the page of history that was asked for.
    pub ticket: CustomerTicket,
    /// Where earlier history starts, if there is any.
    pub earlier: Option<EventPlace>,
    /// The marks that the answer is based on.
    pub marks: Marks,
    /// The companies in which to look for the contact's tickets next time.
    pub hint: Hint,
}

/// Reads a ticket, with the page of its history before a place, or the newest one. Text that cannot be an id is passed as `None` and answered like the id of a ticket that does not
/// exist.
///
/// # Errors
/// [`Error::Refused`]; [`Error::NoTicket`] when the ticket is missing or out of sight.
pub async fn read(
    portal: &Portal,
    visit: &Visit,
    id: Option<&TicketId>,
    before: Option<&EventPlace>,
) -> Result<Seen, Error> {
    let Some(id) = id else {
        visit.admitted(portal.store.enter(visit.visitor(), visit.hint()).await?)?;
        return Err(Error::NoTicket);
    };
    let entry = portal.store.enter_with_ticket(visit.visitor(), visit.hint(), id, before).await?;
    let (workspace, scope, found) = visit.admitted(entry)?;
    let lens = scope.lens(&workspace);
    let mut found = found.filter(|found| lens.row(&found.ticket.row).is_some()).ok_or(Error::NoTicket)?;
    let History { events, company, state_before, earlier } = found.history;
    // The change of state before the page decides whether the first one on it shows, and is not on it.
    let unshown = usize::from(state_before.is_some());
    let mut events: Vec<_> = state_before.into_iter().chain(events).collect();
    let actors = events.iter_mut().map(|event| &mut event.by);
    portal.store.call_by_record(Some(&mut found.ticket.row), actors).await?;
    let mut ticket =
        lens.ticket(&found.ticket, found.conversation, &events, company.as_ref()).ok_or(Error::NoTicket)?;
    ticket.history.drain(..unshown.min(ticket.history.len()));
    Ok(Seen { ticket, earlier, marks: scope.marks(Watch::Ticket(id), found.mark), hint: scope.hint() })
}
