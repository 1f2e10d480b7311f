use super::{assignable, read, state, unlinked};
use crate::{
    Portal,
    again::{Attempt, again},
    given,
    once::{self, Before, before},
    teammate::{
        Error, Teammate, Thing,
        association::{choice, decide},
    },
};
use domain::{
    catalog::Catalog,
    desk::DeskTicket,
    history::{Change, Event},
    id::{CompanyId, ContactId, ConversationId, StateId, TeammateId, TicketId, TypeId},
    limit,
    ticket::{Ticket, TicketRow},
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use store::{Once, TicketWrite, WriteError};

/// What a new ticket is made of.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTicket {
    /// Its type.
    #[serde(rename = "type")]
    pub ticket_type: TypeId,
    /// Its title.
    pub title: String,
    /// Plain text.
    #[serde(default)]
    pub description: String,
    /// Who reports it.
    pub requester: ContactId,
    /// The first state that is submitted, unless it is given.
    pub state: Option<StateId>,
    /// Values of the type's attributes; `null` is none.
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
    /// For types that customers see only when the ticket is shared.
    #[serde(default)]
    pub shared: bool,
    /// The conversation that it is made of.
    pub conversation: Option<ConversationId>,
    /// Absent is the automatic rule, `null` is No company.
    #[serde(default, deserialize_with = "given")]
    pub company: Option<Option<CompanyId>>,
    /// Who looks after it.
    pub assignee: Option<TeammateId>,
}

/// Makes a ticket, once. `false` beside it says that an earlier request had made it.
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
        return Ok((read(portal, &id).await?, false));
    }
    let workspace = portal.store.workspace().await?;
    let draft = draft(portal, &workspace.catalog, new)?;
    let conversation = match &new.conversation {
        Some(id) => match unlinked(portal, id).await {
            Ok(conversation) => Some(conversation),
            // The same request, sent at the same time, may have linked it.
            Err(error) => {
                let id = earlier(portal, once.as_ref()).await?.ok_or(error)?;
                return Ok((read(portal, &id).await?, false));
            }
        },
        None => None,
    };
    let participants = conversation.map(|it| it.participants).unwrap_or_default();
    let everybody: BTreeSet<_> = participants.iter().cloned().chain([new.requester.clone()]).collect();
    let by = teammate.actor(portal).await?;
    assignable(portal, draft.assignee.as_ref()).await?;
    let number = portal.store.next_number().await?;
    again(|| async {
        let mut ticket = draft.clone();
        ticket.row.number = number;
        let people = portal.store.participants_now(&everybody).await?;
        let requester = people.recorded(&new.requester);
        let requester = requester.ok_or_else(|| Error::Unknown(Thing::Contact(Some(new.requester.clone()))))?;
        ticket.row.requester_name = requester.name.clone();
        let (decided, through) = decide(&people, choice(new.company.clone()), None)?;
        (ticket.row.company, ticket.company_chosen) = (decided.company, decided.chosen);
        let created = Event { at: ticket.row.created_at, by: by.clone(), change: Change::Created };
        let write = TicketWrite::create(ticket, created).among(participants.clone()).through(through);
        match portal.store.write_ticket_once(write, once.as_ref()).await {
            Ok(ticket) => Ok(Attempt::Done((read(portal, &ticket.row.id).await?, true))),
            Err(overtaken @ WriteError::Left) => Ok(Attempt::Overtaken(overtaken)),
            Err(WriteError::Repeated) => {
                let id = earlier(portal, once.as_ref()).await?.ok_or(WriteError::Repeated)?;
                Ok(Attempt::Done((read(portal, &id).await?, false)))
            }
            Err(error @ WriteError::Linked) => {
                // Says which ticket was first, where there is one.
                if let Some(id) = &new.conversation {
                    unlinked(portal, id).await?;
                }
                Err(error.into())
            }
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

/// The ticket without what may change until it is written: number, requester's name, company.
fn draft(portal: &Portal, catalog: &Catalog, new: &NewTicket) -> Result<Ticket, Error> {
    let ticket_type = catalog.types.get(&new.ticket_type);
    let ticket_type = ticket_type.ok_or_else(|| Error::Unknown(Thing::Type(new.ticket_type.clone())))?;
    let state = state(catalog, new.state.as_ref())?;
    limit::title(&new.title).map_err(Error::Invalid)?;
    limit::text("description", &new.description).map_err(Error::Invalid)?;
    let mut attributes = new.attributes.clone();
    attributes.retain(|_, value| !value.is_null());
    limit::values(ticket_type, &attributes).map_err(Error::InvalidAttribute)?;
    let now = portal.clock.now();
    let id = TicketId::new(portal.ids.next("tk")).map_err(|error| Error::Invalid(error.to_string()))?;
    let row = TicketRow {
        id,
        number: 0,
        title: new.title.trim().to_owned(),
        ticket_type: ticket_type.id.clone(),
        category: ticket_type.category,
        shared: new.shared,
        state: state.id.clone(),
        state_category: state.category,
        company: None,
        requester: new.requester.clone(),
        requester_name: None,
        created_at: now,
        updated_at: now,
    };
    Ok(Ticket {
        row,
        description: new.description.clone(),
        attributes,
        conversation: new.conversation.clone(),
        company_chosen: false,
        company_name: None,
        assignee: new.assignee.clone(),
        version: 0,
    })
}
