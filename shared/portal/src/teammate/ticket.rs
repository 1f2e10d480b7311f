//! Tickets, for teammates: reading, creating and changing them, and linking them to conversations.

mod change;
mod converse;
mod convert;
mod create;
pub mod duplicate;
mod link;

pub use change::{Changes, change};
pub use converse::conversation;
pub use convert::{Conversion, convert};
pub use create::{NewTicket, create};
pub use link::link;

use super::{Error, Names, Teammate, Thing};
use crate::Portal;
use domain::{
    catalog::Catalog,
    desk::{DeskEntry, DeskTicket},
    id::{ConversationId, StateId, TeammateId, TicketId},
    state::{StateCategory, TicketState},
    timeline::Entry,
};
use std::collections::BTreeSet;
use store::{Conversation, EventPlace, History, TicketFile, TimelinePlace, Workspace};

/// Reads a ticket with its history, its conversation and who takes part in it.
///
/// # Errors
/// [`Error::NotThere`].
pub async fn file(portal: &Portal, id: &TicketId) -> Result<TicketFile, Error> {
    portal.store.ticket_file(id).await?.ok_or(Error::NotThere(Thing::Ticket))
}

/// Reads the page of a ticket's history before a place.
pub async fn history_before(portal: &Portal, id: &TicketId, place: &EventPlace) -> Result<History, Error> {
    Ok(portal.store.history_before(id, place).await?)
}

/// A ticket with what happened to it, as teammates see it.
#[derive(Debug)]
pub struct Opened {
    /// With the page of its history that was asked for.
    pub ticket: DeskTicket,
    /// Where earlier history starts, if there is any.
    pub earlier_history: Option<EventPlace>,
    pub timeline: Timeline,
}

/// Reads a ticket as teammates see it, with the page of its history before a place and the page of its timeline at a
/// place, or the newest ones.
///
/// # Errors
/// [`Error::NotThere`].
pub async fn open(
    portal: &Portal,
    id: &TicketId,
    history: Option<&EventPlace>,
    place: Option<&TimelinePlace>,
) -> Result<Opened, Error> {
    let mut file = file(portal, id).await?;
    if let Some(place) = history {
        file.history = history_before(portal, id, place).await?;
    }
    let workspace = portal.store.workspace().await?;
    let (ticket, timeline) =
        futures::try_join!(shown(portal, &workspace, &file), timeline(portal, &workspace, &file, place))?;
    Ok(Opened { ticket, earlier_history: file.history.earlier, timeline })
}

/// Reads a ticket as teammates see it, with the newest page of its history.
///
/// # Errors
/// [`Error::NotThere`].
pub async fn read(portal: &Portal, id: &TicketId) -> Result<DeskTicket, Error> {
    shown(portal, &portal.store.workspace().await?, &file(portal, id).await?).await
}

/// Shows a ticket that has been read as teammates see it.
pub async fn shown(portal: &Portal, workspace: &Workspace, file: &TicketFile) -> Result<DeskTicket, Error> {
    let (mut ticket, mut history) = (file.ticket.clone(), file.history.events.clone());
    let actors = history.iter_mut().map(|event| &mut event.by);
    let called = portal.store.call_by_record(Some(&mut ticket.row), actors);
    let related = &file.ticket;
    let others = related.duplicates.iter().chain(related.duplicate_of.as_ref().map(|it| &it.of));
    let others = portal.store.tickets(others).await?;
    let (names, ()) = futures::try_join!(Names::of(portal, &file.ticket, &others, &file.history.events), called)?;
    Ok(names.desk(workspace).ticket(&ticket, &others, file.conversation.clone(), &history))
}

/// A page of a ticket's timeline, as teammates see it.
#[derive(Debug)]
pub struct Timeline {
    /// Oldest first.
    pub entries: Vec<DeskEntry>,
    /// Where earlier entries are, if there are any.
    pub earlier: Option<TimelinePlace>,
    /// Where newer ones are, if there may be any.
    pub newer: Option<TimelinePlace>,
}

/// Reads the page of a ticket's timeline at a place, or the newest one: its history, messages and notes.
pub async fn timeline(
    portal: &Portal,
    workspace: &Workspace,
    file: &TicketFile,
    place: Option<&TimelinePlace>,
) -> Result<Timeline, Error> {
    let store::Timeline { mut entries, earlier, newer, .. } =
        portal.store.timeline_with_notes(&file.ticket, place).await?;
    portal.store.call_by_record(None, entries.iter_mut().map(|entry| entry.actor_mut())).await?;
    let names = Names::of(portal, &file.ticket, &[], entries.iter().filter_map(Entry::event)).await?;
    Ok(Timeline { entries: names.desk(workspace).timeline(entries), earlier, newer })
}

/// Notes that a teammate has opened a ticket: if it is assigned to them, they have seen all of it up to now.
pub async fn opened(portal: &Portal, teammate: &Teammate, id: &TicketId) -> Result<(), Error> {
    Ok(portal.store.mark_read_by_assignee(id, &teammate.id).await?)
}

/// Reads the conversation to which a request refers, and demands that it has no ticket yet. If it has one, everybody in
/// the conversation gets it.
async fn unlinked(portal: &Portal, id: &ConversationId) -> Result<Conversation, Error> {
    let found = portal.store.conversation(id).await?;
    let conversation = found.ok_or_else(|| Error::Unknown(Thing::Conversation(Some(id.clone()))))?;
    match &conversation.ticket {
        None => Ok(conversation),
        Some(ticket) => {
            let ticket = portal.store.ticket(ticket).await?;
            if let Some(ticket) = ticket.as_ref().filter(|ticket| ticket.conversation.as_ref() == Some(id)) {
                // Whoever asks may be sending again what was cut short.
                portal.store.complete_participation(ticket, portal.clock.now()).await?;
            }
            let ticket = ticket.map(|ticket| (ticket.row.id, ticket.row.number));
            Err(Error::Linked { ticket, conversation: Some(id.clone()) })
        }
    }
}

/// Demands that an assignee is a teammate. Whoever takes a ticket themselves is one, and is recorded.
async fn assignable(portal: &Portal, teammate: &Teammate, assignee: Option<&TeammateId>) -> Result<(), Error> {
    let Some(assignee) = assignee else { return Ok(()) };
    if !portal.store.teammate_names(&BTreeSet::from([assignee.clone()])).await?.is_empty() {
        return Ok(());
    }
    if *assignee != teammate.id {
        return Err(Error::Unknown(Thing::Teammate(assignee.clone())));
    }
    Ok(portal.store.meet_teammate(assignee, teammate.name.as_deref()).await?)
}

/// Finds the state with this id. Without an id it is the first of the category `submitted`, where new tickets begin.
fn state<'a>(catalog: &'a Catalog, id: Option<&StateId>) -> Result<&'a TicketState, Error> {
    match id {
        Some(id) => catalog.states.get(id).ok_or_else(|| Error::Unknown(Thing::State(id.clone()))),
        None => {
            catalog.first_in(StateCategory::Submitted).ok_or(Error::Unknown(Thing::StateOf(StateCategory::Submitted)))
        }
    }
}
