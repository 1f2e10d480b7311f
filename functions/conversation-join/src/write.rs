//! A customer's message. The ticket has been updated by it, and is in progress again when it waited on the customer.

use crate::{
    ROUNDS,
    room::{Room, enter},
};
use domain::{
    conversation::{Part, PartKind},
    history::{Actor, Change, Event},
    id::{ConversationId, PartId},
    projection::CustomerPart,
    reply::state_after_reply,
    ticket::Ticket,
    timestamp::Timestamp,
};
use lambda_http::http::StatusCode;
use store::{TicketWrite, Visitor, Workspace, WriteError};
use web::{
    App, Problem, Request,
    words::{self, Words},
};

/// Adds a message, once. `false` beside it says that it was there.
pub(crate) async fn write(
    app: &App,
    request: &Request,
    visitor: &Visitor,
    id: &ConversationId,
    words: &Words,
) -> Result<(CustomerPart, bool), Problem> {
    let part_id = PartId::new(app.new_id("p")).map_err(|_| Problem::not_found())?;
    for _ in 0..ROUNDS {
        let Room { workspace, scope, page, .. } = enter(app, request, visitor, id, None).await?;
        if !page.participating {
            let detail = "Join the conversation, then write.";
            return Err(Problem::new(StatusCode::FORBIDDEN, "not_a_participant", detail));
        }
        let (contact, lens) = (scope.contact(), scope.lens(&workspace));
        let once = words.once(app, id, &format!("contact {}", contact.id), PartKind::Message)?;
        if let Some(place) = words::before(app, &once).await? {
            let said = app.store.said(id, &place).await?.and_then(|part| lens.part(&part));
            return said.map(|part| (part, false)).ok_or_else(Problem::conversation_not_found);
        }
        let author = Actor::Contact { id: contact.id.clone(), name: contact.name.clone() };
        let part = Part {
            id: part_id.clone(),
            kind: PartKind::Message,
            author: author.clone(),
            body: words.body.clone(),
            at: app.clock.now(),
        };
        let by_company = |ticket: &Ticket| (ticket.row.requester != contact.id).then(|| contact.id.clone());
        let ticket = page.ticket.map(|page| {
            let through = by_company(&page.ticket);
            replied(&workspace, page.ticket, author, part.at).through(through)
        });
        match app.store.say(id, &part, &once, ticket).await {
            Ok(()) => {
                let shown = lens.part(&part).ok_or_else(Problem::conversation_not_found)?;
                return Ok((shown, true));
            }
            // The next look finds out what has changed.
            Err(WriteError::Stale | WriteError::Left | WriteError::Repeated) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(WriteError::Stale.into())
}

/// The ticket after a customer's message.
fn replied(workspace: &Workspace, before: Ticket, by: Actor, at: Timestamp) -> TicketWrite {
    let mut after = before.clone();
    after.row.updated_at = at.max(before.row.updated_at);
    let moved = state_after_reply(&workspace.catalog, &before.row).map(|state| {
        (after.row.state, after.row.state_category) = (state.id.clone(), state.category);
        Event { at, by, change: Change::StateChanged { to: Some((state.id.clone(), state.category)) } }
    });
    TicketWrite::replace(before, after, moved)
}
