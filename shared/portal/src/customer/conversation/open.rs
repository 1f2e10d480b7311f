use crate::{
    Portal,
    again::{Attempt, again},
    customer::{Error, Visit, ticket::in_sight},
};
use domain::id::{ConversationId, TicketId};
use store::WriteError;

/// Finds the ticket's conversation, or opens one. `true` beside it when it is new.
///
/// # Errors
/// [`Error::SessionEnded`]; [`Error::NoTicket`] when the ticket is missing or out of sight.
pub async fn open(portal: &Portal, visit: &Visit, ticket: &TicketId) -> Result<(ConversationId, bool), Error> {
    again(|| async {
        let (ticket, scope) = in_sight(portal, visit, Some(ticket)).await?;
        if let Some(id) = ticket.conversation {
            return Ok(Attempt::Done((id, false)));
        }
        let id = ConversationId::new(portal.ids.next("c")).map_err(|_| Error::NoConversation)?;
        match portal.store.open_conversation(&scope, &ticket, &id, portal.clock.now()).await {
            Ok(()) => Ok(Attempt::Done((id, true))),
            // The next attempt finds out whether it has one now.
            Err(overtaken @ (WriteError::Stale | WriteError::Left)) => Ok(Attempt::Overtaken(overtaken)),
            Err(error) => Err(error.into()),
        }
    })
    .await
}
