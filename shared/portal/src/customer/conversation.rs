//! The conversation of a ticket (docs/product.md, Conversations): reading it, joining it, writing in it, and opening
//! one for a ticket that has none. Everybody who is signed in may use it, even those who may not enter the portal.

mod begin;
mod join;
mod open;
mod read;
mod say;

pub use begin::begin;
pub use join::join;
pub use open::open;
pub use read::{Thread, read};
pub use say::say;

use super::{Error, Visit};
use crate::Portal;
use store::{Behind, CompanyScope, ConversationPage, Door, Meeting, Messages, Workspace};

/// A conversation that a contact may read, with what is needed to show it or write in it.
struct Room {
    workspace: Workspace,
    scope: CompanyScope,
    page: ConversationPage,
}

/// Finds a conversation, with these of its messages. What the contact may not see counts as missing.
///
/// # Errors
/// [`Error::NoTicket`] for the door of a ticket that is missing, else [`Error::NoConversation`].
async fn enter(portal: &Portal, visit: &Visit, door: Door<'_>, messages: Option<Messages<'_>>) -> Result<Room, Error> {
    let found = portal.store.meet_with_conversation(visit.visitor(), visit.hint(), door, messages);
    let (workspace, meeting) = found.await?;
    let Meeting { scope, page, .. } = visit.met(&workspace, meeting)?;
    let page = match (page, door) {
        (Behind::Conversation(page), _) => *page,
        (Behind::Nothing, Door::Ticket(_)) => return Err(Error::NoTicket),
        (Behind::Nothing, Door::Conversation(..)) | (Behind::Silence, _) => return Err(Error::NoConversation),
    };
    if !page.kept && page.ticket.as_ref().is_some_and(|ticket| scope.lens(&workspace).row(&ticket.row).is_none()) {
        return Err(Error::NoConversation);
    }
    Ok(Room { workspace, scope, page })
}
