//! Keeping a ticket from one's colleagues, and showing it to them (docs/product.md, Private tickets).

use super::{Error, Visit, ticket::in_sight};
use crate::{
    Portal,
    again::{Attempt, again},
};
use domain::{history::Actor, id::TicketId, ticket::Ticket};
use serde::Deserialize;
use std::collections::BTreeSet;
use store::{TicketWrite, WriteError};

/// What is wanted of a ticket.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Privacy {
    pub private: bool,
    /// The version on which the wish is based. Absent goes by whatever it is.
    pub version: Option<u64>,
}

/// Makes a ticket private, or shows it to the creator's colleagues again. Returns its version afterwards.
///
/// # Errors
/// [`Error::SessionEnded`]; [`Error::NoTicket`] when the ticket is missing or out of sight; [`Error::NotTheCreator`];
/// [`Error::Stale`] when it has changed since the version that was seen.
pub async fn keep(portal: &Portal, visit: &Visit, id: Option<&TicketId>, wanted: Privacy) -> Result<u64, Error> {
    again(|| async {
        let (before, scope) = in_sight(portal, visit, id).await?;
        let contact = scope.contact();
        if before.row.requester != contact.id {
            return Err(Error::NotTheCreator);
        }
        if before.row.private == wanted.private {
            return Ok(Attempt::Done(before.version));
        }
        if wanted.version.is_some_and(|version| version != before.version) {
            return Err(Error::Stale(before.version));
        }
        // What asks for their attention is theirs only as long as they see the ticket.
        let participants = match &before.conversation {
            Some(conversation) => portal.store.participants(conversation).await?,
            None => BTreeSet::new(),
        };
        let by = Actor::Contact { id: contact.id.clone(), name: contact.name.clone() };
        let mut after: Ticket = before.clone();
        after.row.private = wanted.private;
        let write = TicketWrite::replace(before, after, None).among(participants).by(by);
        match portal.store.write_ticket(write).await {
            Ok(ticket) => Ok(Attempt::Done(ticket.version)),
            // The next attempt finds out what it is now.
            Err(overtaken @ WriteError::Stale) => Ok(Attempt::Overtaken(overtaken)),
            Err(error) => Err(error.into()),
        }
    })
    .await
}
