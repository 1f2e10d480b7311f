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
    history::{Actor, Change, Event},
    id::{ConversationId, PartId, TicketId},
    state::StateCategory,
    ticket::Ticket,
};
use serde::Deserialize;
use std::sync::atomic::{AtomicBool, Ordering};
use store::{Conversation, Once, TicketWrite, WriteError};

/// The latest messages among which those are sought that a teammate has not seen.
const LOOKED_THROUGH: usize = 50;

/// A message to customers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// Plain text.
    pub body: String,
    /// The client's id for it, 1 to 64 characters.
    pub client_id: String,
    /// What becomes of the ticket.
    #[serde(default)]
    pub then: Option<Then>,
    /// The last part that the teammate has seen. Without it nobody asks whether they have seen all.
    #[serde(default)]
    pub seen: Option<PartId>,
    /// Whether to send it over messages that the teammate has not seen.
    #[serde(default)]
    pub anyway: bool,
}

impl From<Message> for Reply {
    /// A message that leaves the ticket in its state, whatever else has been said.
    fn from(Message { body, client_id }: Message) -> Self {
        Self { body, client_id, then: None, seen: None, anyway: false }
    }
}

/// What becomes of a ticket with a teammate's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// It waits for the customer.
    Wait,
    /// It is resolved.
    Resolve,
}

impl Then {
    const fn category(self) -> StateCategory {
        match self {
            Self::Wait => StateCategory::WaitingOnCustomer,
            Self::Resolve => StateCategory::Resolved,
        }
    }
}

/// Adds a note, only once however often it is sent. `false` beside the part when an earlier request had added it. No
/// ticket changes by it, because customers cannot see it.
///
/// # Errors
/// [`Error::NotThere`], [`Error::Invalid`], [`Error::KeyReused`].
pub async fn note(
    portal: &Portal,
    teammate: &Teammate,
    id: &ConversationId,
    note: Message,
) -> Result<(DeskPart, bool), Error> {
    say(portal, teammate, id, PartKind::Note, note.into()).await
}

/// Answers: adds a message and updates the linked ticket, only once however often it is sent. `false` beside the part
/// when an earlier request had added it.
///
/// # Errors
/// [`Error::NotThere`], [`Error::Invalid`], [`Error::KeyReused`]; [`Error::Unseen`]; [`Error::Unknown`] if there is no
/// state to put the ticket in.
pub async fn reply(
    portal: &Portal,
    teammate: &Teammate,
    id: &ConversationId,
    reply: Reply,
) -> Result<(DeskPart, bool), Error> {
    say(portal, teammate, id, PartKind::Message, reply).await
}

async fn say(
    portal: &Portal,
    teammate: &Teammate,
    id: &ConversationId,
    kind: PartKind,
    reply: Reply,
) -> Result<(DeskPart, bool), Error> {
    let conversation = portal.store.conversation(id).await?.ok_or(Error::NotThere(Thing::Conversation(None)))?;
    let Reply { body, client_id, then, seen, anyway } = reply;
    let message = Message { body, client_id };
    let once = message.once(portal, id, &format!("teammate {}", teammate.id), kind)?;
    if let Some(part) = earlier(portal, id, &once).await? {
        return Ok((part, false));
    }
    let part_id = PartId::new(portal.ids.next("p")).map_err(|error| Error::Invalid(error.to_string()))?;
    let author = teammate.actor(portal).await?;
    let first = AtomicBool::new(true);
    again(|| async {
        // Whoever was first may have linked the conversation to a ticket, or said something in it.
        let conversation = match first.swap(false, Ordering::Relaxed) {
            true => Some(conversation.clone()),
            false => portal.store.conversation(id).await?,
        };
        let Conversation { exchange, ticket, .. } = conversation.ok_or(Error::NotThere(Thing::Conversation(None)))?;
        let ticket = match ticket.filter(|_| kind == PartKind::Message) {
            Some(ticket) => linked(portal, id, &ticket).await?,
            None => None,
        };
        let exchange = ticket.as_ref().map_or(&exchange, |ticket| &ticket.row.exchange);
        if let Some(seen) = seen.as_ref().filter(|_| !anyway)
            && let Some(unseen) = unseen(portal, id, seen).await?
        {
            return Err(Error::Unseen(Box::new(unseen)));
        }
        let part = Part {
            id: part_id.clone(),
            kind,
            author: author.clone(),
            body: message.body.clone(),
            at: exchange.time_of_next(portal.clock.now()),
        };
        let write = match (ticket, then) {
            (Some(ticket), then) => Some(answered(portal, ticket, &part, then).await?),
            (None, Some(_)) => return Err(Error::Invalid("then needs a conversation with a ticket".into())),
            (None, None) => None,
        };
        match portal.store.say(id, &part, &once, write).await {
            Ok(()) => Ok(Attempt::Done((part.into(), true))),
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

/// The latest message of a customer that came after a part, if any did.
async fn unseen(portal: &Portal, to: &ConversationId, seen: &PartId) -> Result<Option<DeskPart>, Error> {
    let parts = portal.store.thread(to, None, LOOKED_THROUGH).await?.parts;
    let later = parts.into_iter().rev().take_while(|part| part.id != *seen);
    let by_customer = |part: &Part| part.kind == PartKind::Message && matches!(part.author, Actor::Contact { .. });
    let mut part = later.into_iter().find(by_customer);
    portal.store.call_by_record(None, part.iter_mut().map(|part| &mut part.author)).await?;
    Ok(part.map(Into::into))
}

/// The linked ticket. `None` when it does not lead to the conversation.
async fn linked(portal: &Portal, to: &ConversationId, id: &TicketId) -> Result<Option<Ticket>, Error> {
    let leads_back = |ticket: &Ticket| ticket.conversation.as_ref() == Some(to);
    Ok(portal.store.ticket(id).await?.filter(leads_back))
}

/// The ticket after a teammate's message.
async fn answered(portal: &Portal, before: Ticket, part: &Part, then: Option<Then>) -> Result<TicketWrite, Error> {
    let mut after = before.clone();
    after.say(part);
    let mut event = None;
    if let Some(category) = then.map(Then::category).filter(|category| *category != before.row.state_category) {
        let workspace = portal.store.workspace().await?;
        let state = workspace.catalog.first_in(category).ok_or(Error::Unknown(Thing::StateOf(category)))?;
        after.enter(state, part.at);
        let to = Some((state.id.clone(), state.category));
        event = Some(Event { at: part.at, by: part.author.clone(), change: Change::StateChanged { to } });
    }
    Ok(TicketWrite::replace(before, after, event).by(part.author.clone()))
}
