//! Saying that a ticket repeats another one (docs/product.md, Duplicates), and taking it back.

use super::{file, read};
use crate::{
    Portal,
    again::{Attempt, again},
    teammate::{Error, Teammate, Thing},
};
use domain::{
    desk::DeskTicket,
    duplicate::{self, Unfit},
    history::{Actor, Change, Event},
    id::{ContactId, StateId, TicketId},
    state::{StateCategory, TicketState},
    ticket::{Duplicate, Ticket},
};
use serde::Serialize;
use std::collections::BTreeSet;
use store::{Meeting, TicketFile, TicketWrite, Visitor, WriteError};

/// The people of a duplicate who are brought to the ticket that it repeats, at most: the first in the order of their ids.
const MOST_BROUGHT: usize = 100;

/// What became of a duplicate's people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Brought {
    /// How many take part in the other ticket, or created it.
    pub joined: usize,
    /// How many follow it.
    pub following: usize,
    /// How many do not see it, and are told nothing of it.
    pub unseeing: usize,
    /// How many more there are.
    pub others: usize,
}

/// A ticket that was said to repeat another one.
#[derive(Debug)]
pub struct Marked {
    pub ticket: DeskTicket,
    pub people: Brought,
}

/// Says that a ticket repeats `original`, which resolves it, and brings its people there, as far as they see that ticket.
/// Sent again, it brings those whom a request that was cut short has not reached.
///
/// # Errors
/// [`Error::NotThere`], [`Error::Unknown`], [`Error::Stale`], [`Error::Duplicate`].
pub async fn mark(
    portal: &Portal,
    teammate: &Teammate,
    id: &TicketId,
    original: &TicketId,
    version: u64,
) -> Result<Marked, Error> {
    let workspace = portal.store.workspace().await?;
    let by = teammate.actor(portal).await?;
    let resolved = workspace.catalog.first_in(StateCategory::Resolved);
    let resolved = resolved.ok_or(Error::Unknown(Thing::StateOf(StateCategory::Resolved)))?;
    again(|| async {
        let (file, other) = (file(portal, id).await?, portal.store.ticket(original).await?);
        let (ticket, other) = (&file.ticket, other.ok_or(Error::Unknown(Thing::Ticket))?);
        if ticket.duplicate_of.as_ref().is_some_and(|it| it.of == *original) {
            return Ok(Attempt::Done(()));
        }
        if let Err(unfit) = duplicate::check(ticket, &other) {
            return Err(refused(portal, unfit).await?);
        }
        current(ticket, version)?;
        let from = (ticket.row.state_category != StateCategory::Resolved).then(|| ticket.row.state.clone());
        let mut after = ticket.clone();
        let enters = from.is_some().then_some(resolved);
        after.duplicate_of = Some(Duplicate { of: original.clone(), from });
        let mut repeated = other.clone();
        repeated.duplicates.insert(id.clone());
        write(portal, &file, after, enters, (other, repeated), &by, false).await
    })
    .await?;
    let (ticket, people) = futures::try_join!(read(portal, id), bring(portal, id, original))?;
    Ok(Marked { ticket, people })
}

/// Takes back that a ticket repeats another one. If it is still resolved, it is in the state again in which it was before.
/// Its people stay where they are: they see that ticket by themselves.
///
/// # Errors
/// [`Error::NotThere`], [`Error::Stale`].
pub async fn unmark(portal: &Portal, teammate: &Teammate, id: &TicketId, version: u64) -> Result<DeskTicket, Error> {
    let workspace = portal.store.workspace().await?;
    let by = teammate.actor(portal).await?;
    again(|| async {
        let file = file(portal, id).await?;
        let ticket = &file.ticket;
        let Some(Duplicate { of, from }) = &ticket.duplicate_of else { return Ok(Attempt::Done(())) };
        current(ticket, version)?;
        let other = portal.store.ticket(of).await?.ok_or(Error::Unknown(Thing::Ticket))?;
        let is_resolved = ticket.row.state_category == StateCategory::Resolved;
        let back = |id: &StateId| workspace.catalog.states.get(id).filter(|_| is_resolved);
        let mut repeated = other.clone();
        repeated.duplicates.remove(id);
        let after = Ticket { duplicate_of: None, ..ticket.clone() };
        write(portal, &file, after, from.as_ref().and_then(back), (other, repeated), &by, true).await
    })
    .await?;
    read(portal, id).await
}

fn current(ticket: &Ticket, version: u64) -> Result<(), Error> {
    let (now, company) = (ticket.version, ticket.row.company.clone());
    if now == version { Ok(()) } else { Err(Error::Stale { version: now, company }) }
}

/// Names the ticket that stands in the way.
async fn refused(portal: &Portal, unfit: Unfit) -> Result<Error, Error> {
    let number = match &unfit {
        Unfit::Already(of) | Unfit::OfDuplicate(of) => portal.store.ticket(of).await?.map(|it| it.row.number),
        Unfit::Itself | Unfit::Circle | Unfit::HasDuplicates(_) | Unfit::TooMany => None,
    };
    Ok(Error::Duplicate { unfit, number })
}

/// Writes both tickets, with a line in the history of each.
async fn write(
    portal: &Portal,
    file: &TicketFile,
    mut after: Ticket,
    enters: Option<&TicketState>,
    (other, repeated): (Ticket, Ticket),
    by: &Actor,
    ends: bool,
) -> Result<Attempt<()>, Error> {
    let (now, ticket) = (portal.clock.now(), &file.ticket);
    let line = |change| Event { at: now, by: by.clone(), change };
    let mut events = Vec::new();
    if let Some(state) = enters {
        after.enter(state, now);
        after.row.updated_at = now.max(ticket.row.updated_at);
        events.push(line(Change::StateChanged { to: Some((state.id.clone(), state.category)) }));
    }
    let (original, number) = (other.row.id.clone(), other.row.number);
    events.push(line(Change::DuplicateOf { other: original, number, ends }));
    let said = line(Change::DuplicatedBy { other: ticket.row.id.clone(), number: ticket.row.number, ends });
    let participants = match &ticket.conversation {
        Some(conversation) => portal.store.participants(conversation).await?,
        None => BTreeSet::new(),
    };
    let joined = file.conversation.as_ref().map(|it| it.participants);
    let write = TicketWrite::replace(ticket.clone(), after, events).among(participants).joined(joined);
    // What one ticket says of another is no news to those who may not see that one.
    let writes = [write.telling(enters.is_some()), TicketWrite::replace(other, repeated, Some(said)).telling(false)];
    match portal.store.write_two_tickets(writes).await {
        Ok(()) => Ok(Attempt::Done(())),
        // The next attempt finds out what has changed.
        Err(overtaken @ WriteError::Stale) => Ok(Attempt::Overtaken(overtaken)),
        Err(error) => Err(error.into()),
    }
}

/// Makes the people of a ticket take part in `original`, or follow it: those who see it by the rules that hold for each of
/// them, and nobody else.
async fn bring(portal: &Portal, id: &TicketId, original: &TicketId) -> Result<Brought, Error> {
    let Some(ticket) = portal.store.ticket(id).await? else { return Ok(Brought::default()) };
    let participants = async {
        match &ticket.conversation {
            Some(conversation) => portal.store.first_participants(conversation, MOST_BROUGHT + 1).await,
            None => Ok(BTreeSet::new()),
        }
    };
    let (mut taking_part, followers) = futures::try_join!(participants, portal.store.followers(id, MOST_BROUGHT + 1))?;
    taking_part.insert(ticket.row.requester.clone());
    let everybody: BTreeSet<_> = taking_part.union(&followers).cloned().collect();
    let mut brought = Brought { others: everybody.len().saturating_sub(MOST_BROUGHT), ..Brought::default() };
    // One after the other: all that join write to the same conversation.
    for contact in everybody.into_iter().take(MOST_BROUGHT) {
        let joins = taking_part.contains(&contact);
        match bring_one(portal, contact, original, joins).await? {
            Some(true) => brought.joined += 1,
            Some(false) => brought.following += 1,
            None => brought.unseeing += 1,
        }
    }
    Ok(brought)
}

/// Whether a contact takes part now; `false` if they follow it, and `None` if they do not see it.
async fn bring_one(
    portal: &Portal,
    contact: ContactId,
    original: &TicketId,
    joins: bool,
) -> Result<Option<bool>, Error> {
    let visitor = Visitor { contact, session: None };
    again(|| async {
        let (_, meeting) = portal.store.meet_with_ticket(&visitor, None, original).await?;
        let Some(Meeting { scope, page: Some((ticket, _)), .. }) = meeting else { return Ok(Attempt::Done(None)) };
        if ticket.row.requester == visitor.contact {
            return Ok(Attempt::Done(Some(true)));
        }
        let Some(conversation) = ticket.conversation.as_ref().filter(|_| joins) else {
            portal.store.follow(&scope, &ticket, true, portal.clock.now()).await?;
            return Ok(Attempt::Done(Some(false)));
        };
        if portal.store.takes_part(&visitor.contact, conversation).await? {
            return Ok(Attempt::Done(Some(true)));
        }
        match portal.store.join(&scope, &ticket, conversation, portal.clock.now()).await {
            Ok(_) => Ok(Attempt::Done(Some(true))),
            // The next attempt finds out what they may see now.
            Err(overtaken @ (WriteError::Left | WriteError::Stale)) => Ok(Attempt::Overtaken(overtaken)),
            Err(error) => Err(error.into()),
        }
    })
    .await
}
