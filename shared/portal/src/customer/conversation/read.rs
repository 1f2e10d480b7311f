use super::{Room, enter};
use crate::{
    Portal,
    customer::{Error, Visit},
};
use domain::{
    id::ConversationId,
    projection::{CustomerPart, CustomerRow},
};
use store::{Door, Marks, Messages, PartPlace, Watch};

const MESSAGES_A_PAGE: usize = 30;

/// A page of a conversation.
#[derive(Debug)]
pub struct Thread {
    pub id: ConversationId,
    /// The ticket's title if there is a ticket, else the conversation's own, which it has from its first message on.
    pub title: Option<String>,
    /// The linked ticket. `None` also where the contact has kept the conversation without seeing its ticket.
    pub ticket: Option<CustomerRow>,
    pub participating: bool,
    /// Oldest first, without notes.
    pub parts: Vec<CustomerPart>,
    /// Where earlier messages continue, if there are any.
    pub earlier: Option<PartPlace>,
    /// The marks that the page is based on.
    pub marks: Marks,
}

/// Reads a page of a conversation: the newest messages before a place, or the newest of all.
///
/// # Errors
/// [`Error::SessionEnded`], [`Error::NoConversation`], [`Error::NoTicket`].
pub async fn read(portal: &Portal, visit: &Visit, door: Door<'_>, before: Option<&PartPlace>) -> Result<Thread, Error> {
    let Room { workspace, scope, mut page } =
        enter(portal, visit, door, Some(Messages { before, limit: MESSAGES_A_PAGE })).await?;
    let lens = scope.lens(&workspace);
    let (mut parts, earlier) = page.thread.take().map(|thread| (thread.parts, thread.earlier)).unwrap_or_default();
    let mut last = page.ticket.as_mut().and_then(|ticket| ticket.row.exchange.last.take());
    let authors = parts.iter_mut().map(|part| &mut part.author).chain(last.iter_mut().map(|last| &mut last.author));
    portal.store.call_by_record(page.ticket.as_mut().map(|ticket| &mut ticket.row), authors).await?;
    if let Some(ticket) = &mut page.ticket {
        ticket.row.exchange.last = last;
    }
    let row = page.ticket.as_ref().and_then(|ticket| lens.row(&ticket.row));
    let watch = page.ticket.as_ref().map_or(Watch::Conversation(&page.id), |ticket| Watch::Ticket(&ticket.row.id));
    let participating = page.shows_participation();
    // Whoever reads the thread has what is new before them.
    let row = row.map(|row| {
        let takes_part = participating || row.created_by.you;
        row.for_reader(takes_part, false)
    });
    Ok(Thread {
        marks: scope.marks(watch, page.mark),
        title: row.as_ref().map(|row| row.title.clone()).or(page.title),
        participating,
        parts: parts.iter().filter_map(|part| lens.part(part)).collect(),
        earlier,
        ticket: row,
        id: page.id,
    })
}
