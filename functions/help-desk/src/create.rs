//! New tickets: from nothing, or by converting a conversation.

use crate::tickets;
use desk::{actor::actor, association, once, problem};
use domain::{
    catalog::Catalog,
    conversation::PartKind,
    desk::DeskTicket,
    history::{Actor, Change, Event},
    id::{CompanyId, ContactId, ConversationId, StateId, TeammateId, TicketId, TypeId},
    limit,
    state::{StateCategory, TicketState},
    ticket::{Ticket, TicketRow},
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use store::{Conversation, Once, TicketWrite, WriteError};
use web::{App, Problem, Request, Response, params, response, teammate::Teammate};

/// Times that a ticket is put together again when somebody has just left the company that it was to get.
const ROUNDS: u32 = 4;
/// Parts that are looked through at a time for the first message.
const PARTS_AT_ONCE: usize = 100;

/// What a new ticket is made of (api.md).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTicket {
    #[serde(rename = "type")]
    pub(crate) ticket_type: TypeId,
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) description: String,
    pub(crate) requester: ContactId,
    pub(crate) state: Option<StateId>,
    #[serde(default)]
    pub(crate) attributes: BTreeMap<String, Value>,
    #[serde(default)]
    pub(crate) shared: bool,
    pub(crate) conversation: Option<ConversationId>,
    #[serde(default, deserialize_with = "association::given")]
    pub(crate) company: Option<Option<CompanyId>>,
    pub(crate) assignee: Option<TeammateId>,
}

/// What a conversation lacks to be a ticket (api.md).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Conversion {
    #[serde(rename = "type")]
    pub(crate) ticket_type: TypeId,
    pub(crate) title: String,
    /// The first message of a customer, unless it is given.
    pub(crate) description: Option<String>,
    /// Who wrote that message, unless it is given.
    pub(crate) requester: Option<ContactId>,
    pub(crate) state: Option<StateId>,
    #[serde(default)]
    pub(crate) attributes: BTreeMap<String, Value>,
    #[serde(default)]
    pub(crate) shared: bool,
    #[serde(default, deserialize_with = "association::given")]
    pub(crate) company: Option<Option<CompanyId>>,
    pub(crate) assignee: Option<TeammateId>,
}

pub(crate) async fn create(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let once = once::key(app, request, teammate)?;
    let new: NewTicket = request.json()?;
    answer(new_ticket(app, teammate, new, once.as_ref()).await?)
}

pub(crate) async fn convert(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let once = once::key(app, request, teammate)?;
    let conversion: Conversion = request.json()?;
    let id = ConversationId::new(request.path_parameter("conversation_id")).map_err(|_| problem::no_conversation())?;
    answer(converted(app, teammate, id, conversion, once.as_ref()).await?)
}

/// 201 with the new ticket; 200 when an earlier request made it.
fn answer((ticket, created): (DeskTicket, bool)) -> Result<Response, Problem> {
    Ok(if created { response::created(&ticket) } else { response::json(&ticket) })
}

/// Makes a ticket of a conversation.
pub(crate) async fn converted(
    app: &App,
    teammate: &Teammate,
    id: ConversationId,
    conversion: Conversion,
    once: Option<&Once>,
) -> Result<(DeskTicket, bool), Problem> {
    let conversation = app.store.conversation(&id).await?.ok_or_else(problem::no_conversation)?;
    let first = first_message(app, &id).await?;
    let (author, words) = first.map_or((None, String::new()), |(author, words)| (Some(author), words));
    let author = author.filter(|author| conversation.participants.contains(author));
    let requester = conversion.requester.or(author).or_else(|| conversation.participants.first().cloned());
    let requester = requester.ok_or_else(|| {
        problem::unfit("unknown_contact", "Nobody participates in this conversation. Say who the requester is.")
    })?;
    let new = NewTicket {
        ticket_type: conversion.ticket_type,
        title: conversion.title,
        description: conversion.description.unwrap_or(words),
        requester,
        state: conversion.state,
        attributes: conversion.attributes,
        shared: conversion.shared,
        conversation: Some(id),
        company: conversion.company,
        assignee: conversion.assignee,
    };
    new_ticket(app, teammate, new, once).await
}

/// The first message of a customer and who wrote it, however long ago that was.
async fn first_message(app: &App, id: &ConversationId) -> Result<Option<(ContactId, String)>, Problem> {
    let (mut first, mut before) = (None, None);
    loop {
        let thread = app.store.thread(id, before.as_ref(), PARTS_AT_ONCE).await?;
        let found = thread.parts.into_iter().find_map(|part| match part.author {
            Actor::Contact { id, .. } if part.kind == PartKind::Message => Some((id, part.body)),
            _ => None,
        });
        first = found.or(first);
        before = thread.earlier;
        if before.is_none() {
            return Ok(first);
        }
    }
}

/// Makes a ticket, once. `false` beside it says that an earlier request had made it.
pub(crate) async fn new_ticket(
    app: &App,
    teammate: &Teammate,
    new: NewTicket,
    once: Option<&Once>,
) -> Result<(DeskTicket, bool), Problem> {
    if let Some(id) = earlier(app, once).await? {
        return Ok((tickets::shown_by_id(app, &id).await?, false));
    }
    let workspace = app.store.workspace().await?;
    let mut ticket = draft(app, &workspace.catalog, &new)?;
    let conversation = match &new.conversation {
        Some(id) => match unlinked(app, id).await {
            Ok(conversation) => Some(conversation),
            // The same request, sent at the same time, may have linked it.
            Err(problem) => {
                let id = earlier(app, once).await?.ok_or(problem)?;
                return Ok((tickets::shown_by_id(app, &id).await?, false));
            }
        },
        None => None,
    };
    let participants = conversation.map(|it| it.participants).unwrap_or_default();
    let everybody: BTreeSet<_> = participants.iter().cloned().chain([new.requester.clone()]).collect();
    let by = actor(app, teammate).await?;
    assignable(app, ticket.assignee.as_ref()).await?;
    ticket.row.number = app.store.next_number().await?;
    for _ in 0..ROUNDS {
        let people = app.store.participants_now(&everybody).await?;
        let requester = people.recorded(&new.requester).ok_or_else(|| unknown_contact(&new.requester))?;
        ticket.row.requester_name = requester.name.clone();
        let (decided, through) = association::decide(&people, association::choice(new.company.clone()), None)?;
        (ticket.row.company, ticket.company_chosen) = (decided.company, decided.chosen);
        let created = Event { at: ticket.row.created_at, by: by.clone(), change: Change::Created };
        let write = TicketWrite::create(ticket.clone(), created).among(participants.clone()).through(through);
        match app.store.write_ticket_once(write, once).await {
            Ok(ticket) => return Ok((tickets::shown_by_id(app, &ticket.row.id).await?, true)),
            Err(WriteError::Left) => {}
            Err(WriteError::Repeated) => {
                let id = earlier(app, once).await?.ok_or_else(|| problem::write(WriteError::Repeated))?;
                return Ok((tickets::shown_by_id(app, &id).await?, false));
            }
            Err(WriteError::Linked) => {
                let id = new.conversation.as_ref().ok_or_else(|| problem::write(WriteError::Linked))?;
                unlinked(app, id).await?;
                return Err(problem::write(WriteError::Linked));
            }
            Err(error) => return Err(problem::write(error)),
        }
    }
    Err(problem::write(WriteError::Left))
}

async fn earlier(app: &App, once: Option<&Once>) -> Result<Option<TicketId>, Problem> {
    Ok(once::before(app, once).await?.and_then(|id| TicketId::new(id).ok()))
}

/// A conversation that a body names and that has no ticket yet.
pub(crate) async fn unlinked(app: &App, id: &ConversationId) -> Result<Conversation, Problem> {
    let unknown = || problem::unfit("unknown_conversation", format!("There is no conversation {id}."));
    let conversation = app.store.conversation(id).await?.ok_or_else(unknown)?;
    if let Some(ticket) = &conversation.ticket {
        return Err(problem::linked(app.store.ticket(ticket).await?.as_ref(), Some(id)));
    }
    Ok(conversation)
}

/// Demands that an assignee is a teammate.
pub(crate) async fn assignable(app: &App, assignee: Option<&TeammateId>) -> Result<(), Problem> {
    let Some(assignee) = assignee else { return Ok(()) };
    if app.store.teammate_names(&BTreeSet::from([assignee.clone()])).await?.is_empty() {
        return Err(problem::unfit("unknown_teammate", format!("There is no teammate {assignee}.")));
    }
    Ok(())
}

pub(crate) fn unknown_contact(id: &ContactId) -> Problem {
    problem::unfit("unknown_contact", format!("There is no contact {id}."))
}

/// The state of this id; a new ticket's is the first that is submitted.
pub(crate) fn state<'a>(catalog: &'a Catalog, id: Option<&StateId>) -> Result<&'a TicketState, Problem> {
    let found = match id {
        Some(id) => catalog.states.get(id),
        None => catalog.states.values().find(|state| state.category == StateCategory::Submitted),
    };
    let what = id.map_or("in which tickets are submitted".to_owned(), ToString::to_string);
    found.ok_or_else(|| problem::unfit("unknown_state", format!("There is no ticket state {what}.")))
}

fn draft(app: &App, catalog: &Catalog, new: &NewTicket) -> Result<Ticket, Problem> {
    let ticket_type = catalog.types.get(&new.ticket_type).ok_or_else(|| unknown_type(&new.ticket_type))?;
    let state = state(catalog, new.state.as_ref())?;
    limit::title(&new.title).map_err(|why| problem::invalid_body(&why))?;
    limit::text("description", &new.description).map_err(|why| problem::invalid_body(&why))?;
    let mut attributes = new.attributes.clone();
    attributes.retain(|_, value| !value.is_null());
    limit::values(ticket_type, &attributes).map_err(|why| problem::unfit("invalid_attribute", format!("{why}.")))?;
    let now = app.clock.now();
    let id = TicketId::new(app.new_id("tk")).map_err(|error| problem::invalid_body(&error.to_string()))?;
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

pub(crate) fn unknown_type(id: &TypeId) -> Problem {
    problem::unfit("unknown_type", format!("There is no ticket type {id}."))
}
