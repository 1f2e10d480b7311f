//! Opening the conversation of a ticket: the one it has, or a new one.

use crate::ROUNDS;
use domain::{
    id::{ConversationId, TicketId},
    ticket::Ticket,
};
use serde::Serialize;
use store::{CompanyScope, Meeting, Visitor, WriteError};
use web::{App, Problem, Request, hint, page::Look, problem::met};

#[derive(Debug, Serialize)]
pub(crate) struct Opened {
    pub(crate) id: ConversationId,
}

/// The conversation of a ticket. `true` beside it says that it was made just now.
pub(crate) async fn open(
    app: &App,
    request: &Request,
    visitor: &Visitor,
    ticket: &str,
) -> Result<(Opened, bool), Problem> {
    for _ in 0..ROUNDS {
        let (ticket, scope, _) = find(app, request, visitor, ticket).await?;
        if let Some(id) = ticket.conversation {
            return Ok((Opened { id }, false));
        }
        let id = ConversationId::new(app.new_id("c")).map_err(|_| Problem::not_found())?;
        match app.store.open_conversation(&scope, &ticket, &id, app.clock.now()).await {
            Ok(()) => return Ok((Opened { id }, true)),
            // The next look finds out whether it has one now.
            Err(WriteError::Stale | WriteError::Left) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(WriteError::Stale.into())
}

/// The ticket of this id, if the contact may see it.
pub(crate) async fn find(
    app: &App,
    request: &Request,
    visitor: &Visitor,
    id: &str,
) -> Result<(Ticket, CompanyScope, Look), Problem> {
    let id = TicketId::new(id).map_err(|_| Problem::ticket_not_found())?;
    let hint = hint::read(app, request, &visitor.contact, None);
    let (workspace, meeting) = app.store.meet_with_ticket(visitor, hint.as_ref(), &id).await?;
    let Meeting { scope, page, .. } = met(app, request, meeting).await?;
    let look = Look::of(app, &workspace, scope.contact(), request);
    let ticket = page.map(|page| page.ticket).filter(|ticket| scope.lens(&workspace).row(&ticket.row).is_some());
    let ticket = ticket.ok_or_else(|| Problem::ticket_not_found().in_look(look.clone()))?;
    Ok((ticket, scope, look))
}
