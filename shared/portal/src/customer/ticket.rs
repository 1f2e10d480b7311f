//! One ticket (docs/product.md, The ticket page).

use super::{Error, Visit};
use crate::Portal;
use domain::{
    id::TicketId,
    projection::{Asked, CustomerEntry, CustomerTicket},
    ticket::Ticket,
};
use store::{
    CompanyScope, EventPlace, Hint, History, Marks, Meeting, Past, TicketPage, TimelinePlace, Unread, Watch, Workspace,
};

/// A ticket as a contact sees it.
#[derive(Debug)]
pub struct Seen {
    /// With the page of history that was asked for; without any where only the timeline was.
    pub ticket: CustomerTicket,
    /// Where earlier history starts, if there is any.
    pub earlier_history: Option<EventPlace>,
    /// The page of the timeline that was asked for, else the newest one. Oldest first.
    pub timeline: Vec<CustomerEntry>,
    /// Where earlier entries of the timeline are, if there are any.
    pub earlier: Option<TimelinePlace>,
    /// Where newer ones are, if there may be any.
    pub newer: Option<TimelinePlace>,
    /// What the ticket waits for. Told with the newest page of the timeline alone.
    pub asked: Option<Asked>,
    /// Whether the contact follows it.
    pub following: bool,
    /// What of it the contact has not seen.
    pub unread: Option<Unread>,
    /// The marks that the answer is based on. `None` where they do not tell all of it: of a duplicate, which changes with the
    /// reader's sight of another ticket.
    pub marks: Option<Marks>,
    /// The companies in which to look for the contact's tickets next time.
    pub hint: Hint,
}

/// Reads a ticket with what happened to it. Text that cannot be an id is passed as `None` and answered like the id of a
/// ticket that does not exist.
///
/// # Errors
/// [`Error::Refused`]; [`Error::NoTicket`] when the ticket is missing or out of sight.
pub async fn read(portal: &Portal, visit: &Visit, id: Option<&TicketId>, past: Past<'_>) -> Result<Seen, Error> {
    let Some(id) = id else {
        visit.admitted(portal.store.enter(visit.visitor(), visit.hint()).await?)?;
        return Err(Error::NoTicket);
    };
    // In a box, because the compiler gives up on futures that are nested any deeper.
    let entry = Box::pin(portal.store.enter_with_ticket(visit.visitor(), visit.hint(), id, past)).await?;
    seen(portal, visit.admitted(entry)?, id).await
}

/// Shows what was found of a ticket to who asked for it.
pub(super) async fn seen(
    portal: &Portal,
    (workspace, scope, found): (Workspace, CompanyScope, Option<TicketPage>),
    id: &TicketId,
) -> Result<Seen, Error> {
    let lens = scope.lens(&workspace);
    let mut found = found.filter(|found| lens.row(&found.ticket.row).is_some()).ok_or(Error::NoTicket)?;
    let History { events, company, state_before, earlier: earlier_history } = found.history;
    let mut timeline = found.timeline;
    // The change of state before the page decides whether the first one on it shows, and is not on it.
    let unshown = usize::from(state_before.is_some());
    let mut events: Vec<_> = state_before.into_iter().chain(events).collect();
    let of_history = events.iter_mut().map(|event| &mut event.by);
    let of_timeline = timeline.entries.iter_mut().map(|entry| entry.actor_mut());
    let of_reply = timeline.last_reply.iter_mut().map(|part| &mut part.author);
    let mut last = found.ticket.row.exchange.last.take();
    let of_last = last.iter_mut().map(|last| &mut last.author);
    let actors = of_history.chain(of_timeline).chain(of_reply).chain(of_last);
    portal.store.call_by_record(Some(&mut found.ticket.row), actors).await?;
    found.ticket.row.exchange.last = last;
    let mut ticket = lens
        .ticket(&found.ticket, found.original.as_ref(), found.conversation, &events, company.as_ref())
        .ok_or(Error::NoTicket)?;
    ticket.history.drain(..unshown.min(ticket.history.len()));
    let takes_part = ticket.row.created_by.you || ticket.conversation.as_ref().is_some_and(|it| it.participating);
    ticket.row = ticket.row.for_reader(takes_part, found.unread.is_some());
    let (after, before) = (timeline.company.as_ref(), timeline.state_before.as_ref());
    Ok(Seen {
        timeline: lens.timeline(&timeline.entries, after, before, &found.ticket),
        asked: lens.asked(&found.ticket.row, timeline.last_reply.as_ref()),
        ticket,
        following: found.following,
        earlier_history,
        earlier: timeline.earlier,
        newer: timeline.newer,
        unread: found.unread,
        marks: found.ticket.duplicate_of.is_none().then(|| scope.marks(Watch::Ticket(id), found.mark)),
        hint: scope.hint(),
    })
}

/// Finds a ticket that the contact sees, wherever they come from.
///
/// # Errors
/// [`Error::SessionEnded`]; [`Error::NoTicket`] when the ticket is missing or out of sight.
pub(super) async fn in_sight(
    portal: &Portal,
    visit: &Visit,
    id: Option<&TicketId>,
) -> Result<(Ticket, CompanyScope), Error> {
    let id = id.ok_or(Error::NoTicket)?;
    let (workspace, meeting) = portal.store.meet_with_ticket(visit.visitor(), visit.hint(), id).await?;
    let Meeting { scope, page, .. } = visit.met(&workspace, meeting)?;
    let ticket = page.map(|(ticket, _)| ticket).filter(|ticket| scope.lens(&workspace).row(&ticket.row).is_some());
    Ok((ticket.ok_or(Error::NoTicket)?, scope))
}

/// Notes that the contact has seen all of a ticket up to now. If something more happens meanwhile, it stays unread.
///
/// # Errors
/// [`Error::SessionEnded`]; [`Error::NoTicket`] when the ticket is missing or out of sight.
pub async fn mark_read(portal: &Portal, visit: &Visit, id: Option<&TicketId>) -> Result<(), Error> {
    let id = id.ok_or(Error::NoTicket)?;
    let (workspace, meeting) = portal.store.meet_with_ticket(visit.visitor(), visit.hint(), id).await?;
    let Meeting { scope, page, .. } = visit.met(&workspace, meeting)?;
    let found = page.filter(|(ticket, _)| scope.lens(&workspace).row(&ticket.row).is_some());
    match found.ok_or(Error::NoTicket)? {
        (_, Some(unread)) => Ok(portal.store.mark_read(&scope, id, unread, portal.clock.now()).await?),
        (_, None) => Ok(()),
    }
}
