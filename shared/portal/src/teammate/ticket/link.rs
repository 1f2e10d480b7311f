use super::{Changes, change, read};
use crate::{
    Portal,
    again::{Attempt, again},
    teammate::{Error, Teammate, Thing},
};
use domain::{
    desk::DeskTicket,
    id::{CompanyId, ConversationId, TicketId},
};
use store::WriteError;

/// Links a ticket to a conversation. When they are already linked, those get the ticket whom an earlier request that was
/// cut short has not reached.
///
/// # Errors
/// [`Error::NotThere`], [`Error::NotOffered`], [`Error::Linked`].
pub async fn link(
    portal: &Portal,
    teammate: &Teammate,
    conversation: &ConversationId,
    ticket: &TicketId,
    company: Option<Option<CompanyId>>,
) -> Result<DeskTicket, Error> {
    portal.store.conversation(conversation).await?.ok_or(Error::NotThere(Thing::Conversation(None)))?;
    again(|| async {
        let found = portal.store.ticket(ticket).await?.ok_or(Error::NotThere(Thing::Ticket))?;
        if found.conversation.as_ref() == Some(conversation) {
            portal.store.complete_participation(&found, portal.clock.now()).await?;
            if company.is_none() {
                return Ok(Attempt::Done(read(portal, ticket).await?));
            }
        }
        let changes = Changes {
            version: found.version,
            conversation: Some(conversation.clone()),
            company: company.clone(),
            ..Changes::default()
        };
        match change(portal, teammate, ticket, &changes).await {
            Ok(ticket) => Ok(Attempt::Done(ticket)),
            Err(Error::Stale { .. }) => Ok(Attempt::Overtaken(WriteError::Stale)),
            Err(error) => Err(error),
        }
    })
    .await
}
