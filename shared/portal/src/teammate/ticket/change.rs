use super::{assignable, file, read, shown, state, unlinked};
use crate::{
    Portal,
    again::{Attempt, again},
    given,
    teammate::{
        Error, Teammate, Thing,
        association::{among, choice, company_changed, decide},
    },
};
use domain::{
    desk::DeskTicket,
    history::{Change, Event},
    id::{CompanyId, ContactId, ConversationId, StateId, TeammateId, TicketId, TypeId},
    limit,
    ticket::{Ticket, TicketRow},
    turn::Exchange,
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use store::{TicketWrite, Workspace, WriteError};

/// The fields that can be changed. Those that are absent stay as they are.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// The version on which the change is based.
    pub version: u64,
    /// The new type. Values that its attributes do not allow are dropped.
    #[serde(rename = "type")]
    pub ticket_type: Option<TypeId>,
    pub title: Option<String>,
    /// Plain text.
    pub description: Option<String>,
    pub requester: Option<ContactId>,
    pub state: Option<StateId>,
    /// Those that are named are replaced; `null` removes one.
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
    /// Counts only for types whose tickets customers see only when they are shared.
    pub shared: Option<bool>,
    /// The conversation to which to link it.
    pub conversation: Option<ConversationId>,
    /// Absent leaves it to the automatic rule; `null` is No company.
    #[serde(default, deserialize_with = "given")]
    pub company: Option<Option<CompanyId>>,
    /// `null` is nobody.
    #[serde(default, deserialize_with = "given")]
    pub assignee: Option<Option<TeammateId>>,
}

/// Changes a ticket and returns it as it is afterwards. Writes nothing when somebody else has changed the ticket since
/// the version on which the change is based.
///
/// # Errors
/// [`Error::NotThere`], [`Error::Stale`], [`Error::Invalid`], [`Error::InvalidAttribute`], [`Error::Unknown`],
/// [`Error::NotOffered`], [`Error::Linked`].
pub async fn change(
    portal: &Portal,
    teammate: &Teammate,
    id: &TicketId,
    changes: &Changes,
) -> Result<DeskTicket, Error> {
    let workspace = portal.store.workspace().await?;
    let by = teammate.actor(portal).await?;
    again(|| async {
        let mut file = file(portal, id).await?;
        if changes.conversation.is_some() && changes.conversation == file.ticket.conversation {
            // Whoever asks may be sending again what was cut short.
            portal.store.complete_participation(&file.ticket, portal.clock.now()).await?;
        }
        if file.ticket.version != changes.version {
            return Err(Error::Stale { version: file.ticket.version, company: file.ticket.row.company });
        }
        let before = file.ticket.clone();
        let joined = file.conversation.as_ref().map(|conversation| conversation.participants);
        let (participants, heard) = apply(portal, teammate, &workspace, &mut file.ticket, changes).await?;
        let choice = choice(changes.company.clone());
        let people = among(portal, &file.ticket.row.requester, &participants, &choice, Some(&before)).await?;
        if let Some(id) = &changes.requester {
            let requester = people.recorded(id).ok_or_else(|| Error::Unknown(Thing::Contact(Some(id.clone()))))?;
            file.ticket.row.requester_name = requester.name.clone();
        }
        let (decided, through) = decide(&people, choice, Some(&before))?;
        (file.ticket.row.company, file.ticket.company_chosen) = (decided.company, decided.chosen);
        if file.ticket == before {
            return Ok(Attempt::Done(shown(portal, &workspace, &file).await?));
        }
        let now = portal.clock.now();
        let mut events = Vec::new();
        let row = &file.ticket.row;
        if row.state != before.row.state {
            let to = Some((row.state.clone(), row.state_category));
            events.push(Event { at: now, by: by.clone(), change: Change::StateChanged { to } });
        }
        events.extend(company_changed(&before, &file.ticket, &by, now));
        let tells = customers_can_tell(&before, &file.ticket, &workspace);
        if tells {
            file.ticket.row.updated_at = now.max(before.row.updated_at);
        }
        let write = TicketWrite::replace(before, file.ticket.clone(), events).by(by.clone()).telling(tells);
        let write = write.heard(heard);
        match portal.store.write_ticket(write.among(participants).joined(joined).through(through)).await {
            Ok(ticket) => Ok(Attempt::Done(read(portal, &ticket.row.id).await?)),
            // The next attempt finds out what has changed and answers accordingly.
            Err(overtaken @ (WriteError::Stale | WriteError::Left | WriteError::Linked)) => {
                Ok(Attempt::Overtaken(overtaken))
            }
            Err(error) => Err(error.into()),
        }
    })
    .await
}

/// Applies all changes to the ticket except that of its company. Returns who participates in its conversation, and what
/// had been said in one that it is linked to by the change.
async fn apply(
    portal: &Portal,
    teammate: &Teammate,
    workspace: &Workspace,
    ticket: &mut Ticket,
    changes: &Changes,
) -> Result<(BTreeSet<ContactId>, Exchange), Error> {
    let mut heard = Exchange::default();
    let catalog = &workspace.catalog;
    let unknown_type = |id: &TypeId| Error::Unknown(Thing::Type(id.clone()));
    if let Some(id) = &changes.ticket_type {
        let ticket_type = catalog.types.get(id).ok_or_else(|| unknown_type(id))?;
        (ticket.row.ticket_type, ticket.row.category) = (id.clone(), ticket_type.category);
        let definition = |name: &String| ticket_type.attributes.iter().find(|it| it.name == *name);
        ticket.attributes.retain(|name, value| definition(name).is_none_or(|it| it.data_type.admits(value)));
    }
    if let Some(title) = &changes.title {
        limit::title(title).map_err(Error::Invalid)?;
        ticket.row.title = title.trim().to_owned();
    }
    if let Some(description) = &changes.description {
        limit::text("description", description).map_err(Error::Invalid)?;
        ticket.description = limit::optional(Some(description.clone())).unwrap_or_default();
    }
    if let Some(id) = &changes.state {
        let state = state(catalog, Some(id))?;
        if ticket.row.state != *id {
            ticket.enter(state, portal.clock.now());
        }
    }
    if !changes.attributes.is_empty() {
        let mut given = changes.attributes.clone();
        given.retain(|_, value| !limit::is_no_value(value));
        let of = catalog.types.get(&ticket.row.ticket_type).ok_or_else(|| unknown_type(&ticket.row.ticket_type))?;
        limit::values(of, &given).map_err(Error::InvalidAttribute)?;
        ticket.attributes.retain(|name, _| !changes.attributes.contains_key(name));
        ticket.attributes.extend(given);
        limit::room(&ticket.attributes).map_err(Error::InvalidAttribute)?;
    }
    ticket.row.shared = changes.shared.unwrap_or(ticket.row.shared);
    if let Some(requester) = &changes.requester {
        ticket.row.requester = requester.clone();
    }
    if let Some(assignee) = &changes.assignee {
        assignable(portal, teammate, assignee.as_ref()).await?;
        ticket.assignee.clone_from(assignee);
    }
    if let Some(id) = changes.conversation.as_ref().filter(|id| ticket.conversation.as_ref() != Some(*id)) {
        if ticket.conversation.is_some() {
            let conversation = ticket.conversation.clone();
            return Err(Error::Linked { ticket: Some((ticket.row.id.clone(), ticket.row.number)), conversation });
        }
        heard = unlinked(portal, id).await?.exchange;
        ticket.row.take_over(heard.clone());
        ticket.conversation = Some(id.clone());
    }
    let participants = match &ticket.conversation {
        Some(conversation) => portal.store.participants(conversation).await?,
        None => BTreeSet::new(),
    };
    Ok((participants, heard))
}

/// Whether the change affects what customers see of the ticket, or who sees it.
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
