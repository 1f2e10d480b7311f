//! The conversation of a ticket (docs/product.md, Conversations): reading it, joining it, writing in it, and opening
//! one for a ticket that has none. Everybody who is signed in may use it, even those who may not enter the portal.

mod join;
mod open;
mod read;
mod say;

pub use join::join;
pub use open::{of_ticket, open};
pub use read::{Thread, read};
pub use say::say;

use super::{Error, Visit};
use crate::Portal;
use domain::id::ConversationId;
use store::{CompanyScope, ConversationPage, Meeting, PartPlace, Workspace};

const MESSAGES_A_PAGE: usize = 30;

/// A conversation that a contact may read, with what is needed to show it or write in it.
struct Room {
    workspace: Workspace,
    scope: CompanyScope,
    page: ConversationPage,
}

/// Finds a conversation, with the messages before a place. One that the contact may not read counts as missing.
async fn enter(portal: &Portal, visit: &Visit, id: &ConversationId, before: Option<&PartPlace>) -> Result<Room, Error> {
    let found = portal.store.meet_with_conversation(visit.visitor(), visit.hint(), id, before, MESSAGES_A_PAGE);
    let (workspace, meeting) = found.await?;
    let Meeting { scope, page, .. } = visit.met(&workspace, meeting)?;
    let page = page.ok_or(Error::NoConversation)?;
    if page.ticket.as_ref().is_some_and(|page| scope.lens(&workspace).row(&page.ticket.row).is_none()) {
        return Err(Error::NoConversation);
    }
    Ok(Room { workspace, scope, page })
}
