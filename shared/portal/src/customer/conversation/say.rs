use super::{Room, enter};
use crate::{
    Portal,
    again::{Attempt, again},
    customer::{Error, Visit},
    message::Message,
    once::{Before, before},
};
use domain::{
    conversation::{Part, PartKind},
    history::{Actor, Change, Event},
    id::PartId,
    projection::CustomerPart,
    reply::state_after_reply,
    ticket::Ticket,
};
use store::{Door, TicketWrite, Workspace, WriteError};

/// Adds a customer's message, only once however often it is sent. It updates the ticket, and one that was waiting on
/// the customer is in progress again. `false` beside the message when an earlier request had added it.
///
/// # Errors
/// [`Error::SessionEnded`], [`Error::NoConversation`], [`Error::NoTicket`], [`Error::NotAParticipant`],
/// [`Error::Unsayable`], [`Error::KeyReused`].
pub async fn say(
    portal: &Portal,
    visit: &Visit,
    door: Door<'_>,
    message: &Message,
) -> Result<(CustomerPart, bool), Error> {
    let part_id = PartId::new(portal.ids.next("p")).map_err(|_| Error::NoConversation)?;
    again(|| async {
        let Room { workspace, scope, page, .. } = enter(portal, visit, door, None).await?;
        if !page.participating {
            return Err(Error::NotAParticipant);
        }
        let (contact, id, lens) = (scope.contact(), &page.id, scope.lens(&workspace));
        let once = message.once(portal, id, &format!("contact {}", contact.id), PartKind::Message)?;
        match before(&portal.store, &once).await? {
            Before::Nothing => {}
            Before::Another => return Err(Error::KeyReused),
            Before::Made(place) => {
                let mut said = portal.store.said(id, &place).await?;
                portal.store.call_by_record(None, said.iter_mut().map(|part| &mut part.author)).await?;
                let said = said.and_then(|part| lens.part(&part));
                return said.map(|part| Attempt::Done((part, false))).ok_or(Error::NoConversation);
            }
        }
        let author = Actor::Contact { id: contact.id.clone(), name: contact.name.clone() };
        let exchange = page.ticket.as_ref().map_or(&page.exchange, |ticket| &ticket.row.exchange);
        let part = Part {
            id: part_id.clone(),
            kind: PartKind::Message,
            author: author.clone(),
            body: message.body.clone(),
            at: exchange.time_of_next(portal.clock.now()),
        };
        // Those who have kept the conversation without seeing its ticket need no company for it.
        let by_company = |ticket: &Ticket| {
            let through_company = ticket.row.requester != contact.id && lens.row(&ticket.row).is_some();
            through_company.then(|| contact.id.clone())
        };
        // A link that was cut short has not reached them; they take part all the same.
        let unfinished = page.ticket.clone().filter(|_| !page.shows_participation());
        let ticket = page.ticket.map(|ticket| {
            let through = by_company(&ticket);
            replied(&workspace, ticket, &part).through(through)
        });
        match portal.store.say(id, &part, &once, ticket).await {
            Ok(()) => {
                if let Some(ticket) = unfinished {
                    portal.store.join(&scope, &ticket, id, part.at).await?;
                }
                let shown = lens.part(&part).ok_or(Error::NoConversation)?;
                Ok(Attempt::Done((shown, true)))
            }
            // The next attempt finds out what has changed.
            Err(overtaken @ (WriteError::Stale | WriteError::Left | WriteError::Repeated)) => {
                Ok(Attempt::Overtaken(overtaken))
            }
            Err(error) => Err(error.into()),
        }
    })
    .await
}

/// The ticket after a customer's message.
fn replied(workspace: &Workspace, before: Ticket, part: &Part) -> TicketWrite {
    let mut after = before.clone();
    after.say(part);
    let moved = state_after_reply(&workspace.catalog, &before).map(|state| {
        after.enter(state, part.at);
        let to = Some((state.id.clone(), state.category));
        Event { at: part.at, by: part.author.clone(), change: Change::StateChanged { to } }
    });
    TicketWrite::replace(before, after, moved).by(part.author.clone())
}
