use super::DeskPart;
use crate::{
    Portal,
    again::{Attempt, again},
    message::Message,
    once::{Before, before},
    teammate::{Error, Teammate, Thing},
};
use domain::{
    conversation::{Part, PartKind},
    id::{ConversationId, PartId, TicketId},
    ticket::Ticket,
    timestamp::Timestamp,
};
use std::sync::atomic::{AtomicBool, Ordering};
use store::{Once, StoreError, TicketWrite, WriteError};

/// Adds a message or a note, only once however often it is sent. A message updates the linked ticket, because customers
/// can see it; a note does not. `false` beside the part when an earlier request had added it.
///
/// # Errors
/// [`Error::NotThere`], [`Error::Invalid`], [`Error::KeyReused`].
pub async fn say(
    portal: &Portal,
    teammate: &Teammate,
    id: &ConversationId,
    kind: PartKind,
    message: Message,
) -> Result<(DeskPart, bool), Error> {
    let conversation = portal.store.conversation(id).await?.ok_or(Error::NotThere(Thing::Conversation(None)))?;
    let once = message.once(portal, id, &format!("teammate {}", teammate.id), kind)?;
    if let Some(part) = earlier(portal, id, &once).await? {
        return Ok((part, false));
    }
    let part = Part {
        id: PartId::new(portal.ids.next("p")).map_err(|error| Error::Invalid(error.to_string()))?,
        kind,
        author: teammate.actor(portal).await?,
        body: message.body,
        at: portal.clock.now(),
    };
    let first = AtomicBool::new(true);
    again(|| async {
        // Whoever was first may have linked the conversation to a ticket.
        let linked = match first.swap(false, Ordering::Relaxed) {
            true => conversation.ticket.clone(),
            false => portal.store.ticket_of(id).await?,
        };
        let ticket = match linked.filter(|_| kind == PartKind::Message) {
            Some(ticket) => touched(portal, id, &ticket, part.at).await?,
            None => None,
        };
        match portal.store.say(id, &part, &once, ticket).await {
            Ok(()) => Ok(Attempt::Done((part.clone().into(), true))),
            Err(overtaken @ WriteError::Stale) => Ok(Attempt::Overtaken(overtaken)),
            Err(repeated @ WriteError::Repeated) => match earlier(portal, id, &once).await? {
                Some(part) => Ok(Attempt::Done((part, false))),
                None => Err(repeated.into()),
            },
            Err(error) => Err(error.into()),
        }
    })
    .await
}

/// The part that this request added before.
async fn earlier(portal: &Portal, to: &ConversationId, once: &Once) -> Result<Option<DeskPart>, Error> {
    match before(&portal.store, once).await? {
        Before::Nothing => Ok(None),
        Before::Another => Err(Error::KeyReused),
        Before::Made(place) => Ok(portal.store.said(to, &place).await?.map(Into::into)),
    }
}

/// The write that marks the linked ticket as updated. `None` when that ticket does not lead to the conversation.
async fn touched(
    portal: &Portal,
    conversation: &ConversationId,
    ticket: &TicketId,
    at: Timestamp,
) -> Result<Option<TicketWrite>, StoreError> {
    let linked = |ticket: &Ticket| ticket.conversation.as_ref() == Some(conversation);
    let Some(before) = portal.store.ticket(ticket).await?.filter(linked) else { return Ok(None) };
    let mut after = before.clone();
    after.row.updated_at = at.max(before.row.updated_at);
    Ok(Some(TicketWrite::replace(before, after, None)))
}
