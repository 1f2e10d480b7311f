use super::{Room, enter};
use crate::{
    Portal,
    again::{Attempt, again},
    customer::{Error, Visit},
};
use store::{ConversationPage, Door, WriteError};

/// Makes the contact a participant. `false` when they already were one.
///
/// # Errors
/// [`Error::SessionEnded`], [`Error::NoConversation`], [`Error::NoTicket`].
pub async fn join(portal: &Portal, visit: &Visit, door: Door<'_>) -> Result<bool, Error> {
    again(|| async {
        let Room { scope, page, .. } = enter(portal, visit, door, None).await?;
        let complete = page.participating && page.shows_participation();
        let ConversationPage { id, ticket: Some(ticket), .. } = page else {
            return Ok(Attempt::Done(false));
        };
        if complete {
            return Ok(Attempt::Done(false));
        }
        match portal.store.join(&scope, &ticket, &id, portal.clock.now()).await {
            Ok(joined_now) => Ok(Attempt::Done(joined_now)),
            // The next attempt finds out what the contact may see now.
            Err(overtaken @ (WriteError::Left | WriteError::Stale)) => Ok(Attempt::Overtaken(overtaken)),
            Err(error) => Err(error.into()),
        }
    })
    .await
}
