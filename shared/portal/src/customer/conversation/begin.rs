use super::{join, open, say};
use crate::{
    Portal,
    customer::{Error, Visit},
    message::Message,
};
use domain::{id::TicketId, projection::CustomerPart};
use store::Door;

/// Adds a message to a ticket's conversation, which is opened for it where there is none, and joined where somebody else
/// has opened it. Sent again, it completes what was cut short, and is added only once.
///
/// # Errors
/// [`Error::SessionEnded`], [`Error::NoTicket`], [`Error::Unsayable`] with nothing opened or joined, [`Error::KeyReused`].
pub async fn begin(
    portal: &Portal,
    visit: &Visit,
    ticket: &TicketId,
    message: &Message,
) -> Result<(CustomerPart, bool), Error> {
    message.check()?;
    let (_, just_opened) = open(portal, visit, ticket).await?;
    let door = Door::Ticket(ticket);
    if !just_opened {
        join(portal, visit, door).await?;
    }
    say(portal, visit, door, message).await
}
