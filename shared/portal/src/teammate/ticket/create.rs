use super::{assignable, read, state, unlinked};
use crate::{
    Portal,
    again::{Attempt, again},
    given,
    once::{self, Before, before},
    teammate::{
        Error, Teammate, Thing,
        association::{among, choice, decide},
    },
};
use domain::{
    catalog::Catalog,
    desk::DeskTicket,
    history::{Change, Event},
    id::{CompanyId, ContactId, ConversationId, StateId, TeammateId, TicketId, TypeId},
    limit,
    ticket::Ticket,
    turn::Exchange,
};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicBool, Ordering},
};
use store::{Once, TicketWrite, WriteError};

/// The fields of a new ticket.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTicket {
    #[serde(rename = "type")]
    pub ticket_type: TypeId,
    pub title: String,
    /// Plain text.
    #[serde(default)]
    pub description: String,
    pub requester: ContactId,
    /// When absent, the first state of the category `submitted`.
    pub state: Option<StateId>,
    /// Values of the type's attributes by name; `null` counts as absent.
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
    /// Counts only for types whose tickets customers see only when they are shared.
    #[serde(default)]
    pub shared: bool,
    /// The conversation from which it is made.
    pub conversation: Option<ConversationId>,
    /// Absent leaves it to the automatic rule; `null` is No company.
    #[serde(default, deserialize_with = "given")]
    pub company: Option<Option<CompanyId>>,
    pub assignee: Option<TeammateId>,
}

/// Makes a ticket, only once however often it is sent with the same key. `false` beside the ticket when an earlier
/// request had made it.
///
/// # Errors
/// [`Error::Invalid`], [`Error::InvalidAttribute`], [`Error::Unknown`], [`Error::NotOffered`], [`Error::Linked`],
/// [`Error::KeyReused`].
pub async fn create(
    portal: &Portal,
    teammate: &Teammate,
    new: &NewTicket,
    key: Option<&once::Key>,
) -> Result<(DeskTicket, bool), Error> {
    let once = teammate.once(portal, key);
    if let Some(id) = earlier(portal, once.as_ref()).await? {
        // The request may have been cut short after the ticket.
        if let Some(ticket) = portal.store.ticket(&id).await?.filter(|_| new.conversation.is_some()) {
            portal.store.complete_participation(&ticket, portal.clock.now()).await?;
        }
        return Ok((read(portal, &id).await?, false));
    }
    let workspace = portal.store.workspace().await?;
    let draft = draft(portal, &workspace.catalog, new)?;
    let (participants, heard) = match &new.conversation {
        Some(id) => match unlinked(portal, id).await {
            Ok(conversation) => (portal.store.participants(id).await?, conversation.exchange),
            // The same request, sent at the same time, may have linked it.
            Err(error) => {
                let id = earlier(portal, once.as_ref()).await?.ok_or(error)?;
                return Ok((read(portal, &id).await?, false));
            }
        },
        None => (BTreeSet::new(), Exchange::default()),
    };
    let by = teammate.actor(portal).await?;
    assignable(portal, teammate, draft.assignee.as_ref()).await?;
    let number = portal.store.next_number().await?;
    let first = AtomicBool::new(true);
    again(|| async {
        let mut ticket = draft.clone();
        let heard = match new.conversation.as_ref().filter(|_| !first.swap(false, Ordering::Relaxed)) {
            Some(id) => unlinked(portal, id).await?.exchange,
            None => heard.clone(),
        };
        ticket.row.number = number;
        let choice = choice(new.company.clone());
        let people = among(portal, &new.requester, &participants, &choice, None).await?;
        let requester = people.recorded(&new.requester);
        let requester = requester.ok_or_else(|| Error::Unknown(Thing::Contact(Some(new.requester.clone()))))?;
        ticket.row.requester_name = requester.name.clone();
        let (decided, through) = decide(&people, choice, None)?;
        (ticket.row.company, ticket.company_chosen) = (decided.company, decided.chosen);
        let created = Event { at: ticket.row.created_at, by: by.clone(), change: Change::Created };
        if new.conversation.is_some() {
            ticket.row.take_over(heard.clone());
        }
        let write = TicketWrite::create(ticket, created).among(participants.clone()).through(through);
        let write = write.heard(heard);
        match portal.store.write_ticket_once(write, once.as_ref()).await {
            Ok(ticket) => Ok(Attempt::Done((read(portal, &ticket.row.id).await?, true))),
            Err(overtaken @ WriteError::Left) => Ok(Attempt::Overtaken(overtaken)),
            Err(WriteError::Repeated) => {
                let id = earlier(portal, once.as_ref()).await?.ok_or(WriteError::Repeated)?;
                Ok(Attempt::Done((read(portal, &id).await?, false)))
            }
            // The next attempt names the ticket that was first, or goes by what has been said since.
            Err(overtaken @ WriteError::Linked) => Ok(Attempt::Overtaken(overtaken)),
            Err(error) => Err(error.into()),
        }
    })
    .await
}

/// The ticket that this request made before.
async fn earlier(portal: &Portal, once: Option<&Once>) -> Result<Option<TicketId>, Error> {
    let Some(once) = once else { return Ok(None) };
    match before(&portal.store, once).await? {
        Before::Nothing => Ok(None),
        Before::Made(id) => Ok(TicketId::new(id).ok()),
        Before::Another => Err(Error::KeyReused),
    }
}

/// Checks the fields and makes the ticket, without what can still change before it is written: its number, the
/// requester's name and the company.
fn draft(portal: &Portal, catalog: &Catalog, new: &NewTicket) -> Result<Ticket, Error> {
    let ticket_type = catalog.types.get(&new.ticket_type);
    let ticket_type = ticket_type.ok_or_else(|| Error::Unknown(Thing::Type(new.ticket_type.clone())))?;
    let state = state(catalog, new.state.as_ref())?;
    limit::title(&new.title).map_err(Error::Invalid)?;
    limit::text("description", &new.description).map_err(Error::Invalid)?;
    let mut attributes = new.attributes.clone();
    attributes.retain(|_, value| !limit::is_no_value(value));
    limit::values(ticket_type, &attributes).map_err(Error::InvalidAttribute)?;
    let id = TicketId::new(portal.ids.next("tk")).map_err(|error| Error::Invalid(error.to_string()))?;
    let written = (new.title.as_str(), new.description.as_str());
    let mut ticket = Ticket::begun(id, written, ticket_type, state, new.requester.clone(), portal.clock.now());
    ticket.row.shared = new.shared;
    Ok(Ticket { attributes, conversation: new.conversation.clone(), assignee: new.assignee.clone(), ..ticket })
}
