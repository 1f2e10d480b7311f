use crate::{
    Portal,
    again::{Attempt, again},
    teammate::{Error, Thing},
};
use domain::id::{ConversationId, TicketId};
use store::WriteError;

/// Finds the conversation of a ticket, for a teammate who is about to say something in it. Where there is none, one begins
/// with the ticket's requester in it.
///
/// # Errors
/// [`Error::NotThere`].
pub async fn conversation(portal: &Portal, ticket: &TicketId) -> Result<ConversationId, Error> {
    again(|| async {
        let found = portal.store.ticket(ticket).await?.ok_or(Error::NotThere(Thing::Ticket))?;
        if let Some(id) = found.conversation {
            return Ok(Attempt::Done(id));
        }
        let id = ConversationId::new(portal.ids.next("c")).map_err(|error| Error::Invalid(error.to_string()))?;
        match portal.store.open_with_requester(&found, &id).await {
            Ok(()) => Ok(Attempt::Done(id)),
            // The next attempt finds out whether it has one now.
            Err(overtaken @ WriteError::Stale) => Ok(Attempt::Overtaken(overtaken)),
            Err(error) => Err(error.into()),
        }
    })
    .await
}
