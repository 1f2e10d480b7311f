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
    id::{ConversationId, PartId},
    ticket::Ticket,
    timestamp::Timestamp,
};
use store::{Conversation, Once, StoreError, TicketWrite, WriteError};

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
    again(|| async {
        let ticket = match kind {
            PartKind::Message => touched(portal, &conversation, part.at).await?,
            PartKind::Note => None,
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

/// The write that marks the linked ticket as updated. `None` when there is no linked ticket.
async fn touched(
    portal: &Portal,
    conversation: &Conversation,
    at: Timestamp,
) -> Result<Option<TicketWrite>, StoreError> {
    let Some(id) = &conversation.ticket else { return Ok(None) };
    let linked = |ticket: &Ticket| ticket.conversation.as_ref() == Some(&conversation.id);
    let Some(before) = portal.store.ticket(id).await?.filter(linked) else { return Ok(None) };
    let mut after = before.clone();
    after.row.updated_at = at.max(before.row.updated_at);
    Ok(Some(TicketWrite::replace(before, after, None)))
}
