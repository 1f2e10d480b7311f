//! Changes of a ticket. A change names the version that it goes by; where another was first, nothing is written.

use crate::{
    create::{assignable, state, unknown_contact, unknown_type, unlinked},
    tickets,
};
use desk::{actor::actor, association, problem};
use domain::{
    desk::DeskTicket,
    history::{Change, Event},
    id::{CompanyId, ContactId, ConversationId, StateId, TeammateId, TypeId},
    limit,
    ticket::{Ticket, TicketRow},
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use store::{TicketFile, TicketWrite, Workspace, WriteError};
use web::{App, Problem, Request, Response, params, response, teammate::Teammate};

/// Times that a change is put to the participants again when one of them has just left.
const ROUNDS: u32 = 4;

/// What may be changed (api.md). What is absent stays as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changes {
    pub(crate) version: u64,
    #[serde(rename = "type")]
    pub(crate) ticket_type: Option<TypeId>,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) requester: Option<ContactId>,
    pub(crate) state: Option<StateId>,
    /// Those named are replaced; `null` removes one.
    #[serde(default)]
    pub(crate) attributes: BTreeMap<String, Value>,
    pub(crate) shared: Option<bool>,
    pub(crate) conversation: Option<ConversationId>,
    #[serde(default, deserialize_with = "association::given")]
    pub(crate) company: Option<Option<CompanyId>>,
    #[serde(default, deserialize_with = "association::given")]
    pub(crate) assignee: Option<Option<TeammateId>>,
}

pub(crate) async fn update(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let changes: Changes = request.json()?;
    Ok(response::json(&changed(app, teammate, request.path_parameter("ticket_id"), &changes).await?))
}

/// Changes a ticket, and returns it as it is then.
pub(crate) async fn changed(
    app: &App,
    teammate: &Teammate,
    id: &str,
    changes: &Changes,
) -> Result<DeskTicket, Problem> {
    let workspace = app.store.workspace().await?;
    let by = actor(app, teammate).await?;
    for _ in 0..ROUNDS {
        let mut file = tickets::file(app, id).await?;
        if file.ticket.version != changes.version {
            return Err(problem::stale(&file.ticket));
        }
        let before = file.ticket.clone();
        apply(app, &workspace, &mut file, changes).await?;
        let people = app.store.participants_now(&file.people()).await?;
        if let Some(id) = &changes.requester {
            let requester = people.recorded(id).ok_or_else(|| unknown_contact(id))?;
            file.ticket.row.requester_name = requester.name.clone();
        }
        let choice = association::choice(changes.company.clone());
        let (decided, through) = association::decide(&people, choice, Some(&before))?;
        (file.ticket.row.company, file.ticket.company_chosen) = (decided.company, decided.chosen);
        if file.ticket == before {
            return tickets::shown(app, &file).await;
        }
        let now = app.clock.now();
        let mut events = Vec::new();
        let row = &file.ticket.row;
        if row.state != before.row.state {
            let to = Some((row.state.clone(), row.state_category));
            events.push(Event { at: now, by: by.clone(), change: Change::StateChanged { to } });
        }
        events.extend(association::company_changed(&before, &file.ticket, &by, now));
        if customers_can_tell(&before, &file.ticket, &workspace) {
            file.ticket.row.updated_at = now.max(before.row.updated_at);
        }
        let write = TicketWrite::replace(before, file.ticket.clone(), events);
        match app.store.write_ticket(write.among(file.participants.clone()).through(through)).await {
            Ok(ticket) => return tickets::shown_by_id(app, &ticket.row.id).await,
            // The next look finds out who it was, and what is to be said about it.
            Err(WriteError::Stale | WriteError::Left | WriteError::Linked) => {}
            Err(error) => return Err(problem::write(error)),
        }
    }
    Err(problem::write(WriteError::Stale))
}

/// Puts the changes into the ticket; all but its company.
async fn apply(app: &App, workspace: &Workspace, file: &mut TicketFile, changes: &Changes) -> Result<(), Problem> {
    let catalog = &workspace.catalog;
    let ticket = &mut file.ticket;
    let invalid = |why: String| problem::invalid_body(&why);
    if let Some(id) = &changes.ticket_type {
        let ticket_type = catalog.types.get(id).ok_or_else(|| unknown_type(id))?;
        (ticket.row.ticket_type, ticket.row.category) = (id.clone(), ticket_type.category);
        let definition = |name: &String| ticket_type.attributes.iter().find(|it| it.name == *name);
        ticket.attributes.retain(|name, value| definition(name).is_none_or(|it| it.data_type.admits(value)));
    }
    if let Some(title) = &changes.title {
        limit::title(title).map_err(invalid)?;
        ticket.row.title = title.trim().to_owned();
    }
    if let Some(description) = &changes.description {
        limit::text("description", description).map_err(invalid)?;
        ticket.description.clone_from(description);
    }
    if let Some(id) = &changes.state {
        let state = state(catalog, Some(id))?;
        (ticket.row.state, ticket.row.state_category) = (id.clone(), state.category);
    }
    if !changes.attributes.is_empty() {
        let mut given = changes.attributes.clone();
        given.retain(|_, value| !value.is_null());
        let of = catalog.types.get(&ticket.row.ticket_type).ok_or_else(|| unknown_type(&ticket.row.ticket_type))?;
        let unfit = |why: String| problem::unfit("invalid_attribute", format!("{why}."));
        limit::values(of, &given).map_err(unfit)?;
        ticket.attributes.retain(|name, _| !changes.attributes.contains_key(name));
        ticket.attributes.extend(given);
        limit::room(&ticket.attributes).map_err(unfit)?;
    }
    ticket.row.shared = changes.shared.unwrap_or(ticket.row.shared);
    if let Some(requester) = &changes.requester {
        ticket.row.requester = requester.clone();
    }
    if let Some(assignee) = &changes.assignee {
        assignable(app, assignee.as_ref()).await?;
        ticket.assignee.clone_from(assignee);
    }
    if let Some(id) = changes.conversation.as_ref().filter(|id| ticket.conversation.as_ref() != Some(*id)) {
        if ticket.conversation.is_some() {
            return Err(problem::linked(Some(ticket), ticket.conversation.as_ref()));
        }
        file.participants = unlinked(app, id).await?.participants;
        ticket.conversation = Some(id.clone());
    }
    Ok(())
}

/// Whether what a customer sees, or whether one sees it, has changed.
fn customers_can_tell(before: &Ticket, after: &Ticket, workspace: &Workspace) -> bool {
    let shown = |ticket: &Ticket| {
        let defined = workspace.catalog.types.get(&ticket.row.ticket_type).map(|it| it.attributes.as_slice());
        let names = defined.unwrap_or_default().iter().filter(|it| it.visible_to_contacts).map(|it| it.name.clone());
        names.map(|name| ticket.attributes.get(&name).cloned()).collect::<Vec<_>>()
    };
    let label = |row: &TicketRow| {
        let state = workspace.catalog.states.get(&row.state);
        (row.state_category, state.map(|state| state.external_label.clone()))
    };
    let mut row = after.row.clone();
    if label(&row) == label(&before.row) {
        row.state.clone_from(&before.row.state);
    }
    if row.is_customer_visible() == before.row.is_customer_visible() {
        row.shared = before.row.shared;
    }
    before.row != row
        || before.description != after.description
        || before.conversation != after.conversation
        || shown(before) != shown(after)
}
