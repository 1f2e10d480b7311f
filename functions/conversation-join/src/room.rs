//! A conversation that a contact may read, with what it needs to be shown or written in.

use domain::{id::ConversationId, projection::CustomerRow};
use store::{CompanyScope, ConversationPage, Meeting, PartPlace, Visitor, Workspace};
use web::{App, Problem, Request, hint, problem::met};

/// Messages a page.
const MESSAGES_A_PAGE: usize = 30;

/// The conversation.
pub(crate) struct Room {
    pub(crate) workspace: Workspace,
    pub(crate) scope: CompanyScope,
    pub(crate) page: ConversationPage,
    /// The linked ticket, as the contact sees it.
    pub(crate) row: Option<CustomerRow>,
}

/// The conversation of this id, with the messages before a place. A missing one and a forbidden one are the same.
pub(crate) async fn enter(
    app: &App,
    request: &Request,
    visitor: &Visitor,
    id: &ConversationId,
    before: Option<&PartPlace>,
) -> Result<Room, Problem> {
    let hint = hint::read(app, request, &visitor.contact, None);
    let found = app.store.meet_with_conversation(visitor, hint.as_ref(), id, before, MESSAGES_A_PAGE);
    let (workspace, meeting) = found.await?;
    let Meeting { scope, page, .. } = met(app, request, meeting).await?;
    let page = page.ok_or_else(Problem::conversation_not_found)?;
    let row = page.ticket.as_ref().map(|page| scope.lens(&workspace).row(&page.ticket.row));
    if row == Some(None) {
        return Err(Problem::conversation_not_found());
    }
    Ok(Room { workspace, scope, page, row: row.flatten() })
}
