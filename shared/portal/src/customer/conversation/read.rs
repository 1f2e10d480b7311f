use super::{Room, enter};
use crate::{
    Portal,
    customer::{Error, Visit},
};
use domain::{
    id::ConversationId,
    projection::{CustomerPart, CustomerRow},
};
use store::{Marks, PartPlace, Watch};

/// A page of a conversation.
#[derive(Debug)]
pub struct Thread {
    pub id: ConversationId,
    /// The ticket's title if there is a ticket, else the conversation's own, which it has from its first message on.
    pub title: Option<String>,
    /// The linked ticket.
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
/// [`Error::SessionEnded`], [`Error::NoConversation`].
pub async fn read(
    portal: &Portal,
    visit: &Visit,
    id: &ConversationId,
    before: Option<&PartPlace>,
) -> Result<Thread, Error> {
    let Room { workspace, scope, mut page } = enter(portal, visit, id, before).await?;
    let lens = scope.lens(&workspace);
    let authors = page.thread.parts.iter_mut().map(|part| &mut part.author);
    portal.store.call_by_record(page.ticket.as_mut().map(|page| &mut page.ticket.row), authors).await?;
    let row = page.ticket.as_ref().and_then(|page| lens.row(&page.ticket.row));
    let watch = page.ticket.as_ref().map_or(Watch::Conversation(id), |page| Watch::Ticket(&page.ticket.row.id));
    let participating = page.shows_participation();
    Ok(Thread {
        id: id.clone(),
        title: row.as_ref().map(|row| row.title.clone()).or(page.title),
        marks: scope.marks(watch, page.mark),
        participating,
        parts: page.thread.parts.iter().filter_map(|part| lens.part(part)).collect(),
        earlier: page.thread.earlier,
        ticket: row,
    })
}
