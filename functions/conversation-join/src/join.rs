//! Joining a conversation, once.

use crate::{
    ROUNDS,
    room::{Room, enter},
};
use domain::id::ConversationId;
use serde::Serialize;
use store::{ConversationPage, TicketPage, Visitor, WriteError};
use web::{App, Problem, Request};

#[derive(Debug, Serialize)]
pub(crate) struct Joined {
    participating: bool,
    joined_now: bool,
}

pub(crate) async fn join(
    app: &App,
    request: &Request,
    visitor: &Visitor,
    id: &ConversationId,
) -> Result<Joined, Problem> {
    for _ in 0..ROUNDS {
        let Room { scope, page, .. } = enter(app, request, visitor, id, None).await?;
        let ConversationPage { ticket: Some(TicketPage { ticket, .. }), participating: false, .. } = page else {
            return Ok(Joined { participating: true, joined_now: false });
        };
        match app.store.join(&scope, &ticket, id, app.clock.now()).await {
            Ok(joined_now) => return Ok(Joined { participating: true, joined_now }),
            // The next look finds out what the contact may see now.
            Err(WriteError::Left | WriteError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(WriteError::Stale.into())
}
