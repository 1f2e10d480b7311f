use super::{Room, enter};
use crate::{
    Portal,
    again::{Attempt, again},
    customer::{Error, Visit},
};
use domain::id::ConversationId;
use store::{ConversationPage, TicketPage, WriteError};

/// Makes the contact a participant. `false` when they already were one.
///
/// # Errors
/// [`Error::SessionEnded`], [`Error::NoConversation`].
pub async fn join(portal: &Portal, visit: &Visit, id: &ConversationId) -> Result<bool, Error> {
    again(|| async {
        let Room { scope, page, .. } = enter(portal, visit, id, None).await?;
        let complete = page.participating && page.shows_participation();
        let ConversationPage { ticket: Some(TicketPage { ticket, .. }), .. } = page else {
            return Ok(Attempt::Done(false));
        };
        if complete {
            return Ok(Attempt::Done(false));
        }
        match portal.store.join(&scope, &ticket, id, portal.clock.now()).await {
            Ok(joined_now) => Ok(Attempt::Done(joined_now)),
            // The next attempt finds out what the contact may see now.
            Err(overtaken @ (WriteError::Left | WriteError::Stale)) => Ok(Attempt::Overtaken(overtaken)),
            Err(error) => Err(error.into()),
        }
    })
    .await
}
