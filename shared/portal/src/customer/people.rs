//! Who takes part in a ticket's conversation (docs/product.md, The ticket page).

use super::{Error, Visit};
use crate::Portal;
use domain::{
    id::TicketId,
    projection::{CustomerOther, CustomerPeople},
};
use store::Meeting;

/// Participants that are read, at most: the first in the order of their ids.
const MOST_READ: usize = 60;

/// A ticket with those who take part in it.
#[derive(Debug)]
pub struct Gathering {
    pub ticket: CustomerOther,
    pub people: CustomerPeople,
}

/// Reads who takes part. Nobody does where there is no conversation.
///
/// # Errors
/// [`Error::SessionEnded`]; [`Error::Refused`]; [`Error::NoTicket`] when the ticket is missing or out of sight.
pub async fn read(portal: &Portal, visit: &Visit, id: Option<&TicketId>) -> Result<Gathering, Error> {
    let id = id.ok_or(Error::NoTicket)?;
    let (workspace, meeting) = portal.store.meet_with_ticket(visit.visitor(), visit.hint(), id).await?;
    let Meeting { scope, reasons, page } = visit.met(&workspace, meeting)?;
    if !reasons.is_empty() {
        return Err(Error::Refused(reasons));
    }
    let lens = scope.lens(&workspace);
    let (ticket, _) = page.ok_or(Error::NoTicket)?;
    let row = lens.row(&ticket.row).ok_or(Error::NoTicket)?;
    let (participants, all) = match &ticket.conversation {
        Some(conversation) => {
            let (first, conversation) = futures::try_join!(
                portal.store.first_participants(conversation, MOST_READ),
                portal.store.conversation(conversation)
            )?;
            (portal.store.participants_now(&first).await?, conversation.map_or(0, |it| it.participants))
        }
        None => Default::default(),
    };
    Ok(Gathering { people: lens.people(&ticket.row, participants.members(), all), ticket: row.into() })
}
