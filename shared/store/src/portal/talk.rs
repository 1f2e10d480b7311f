//! A conversation, as a contact may ask for it: through the linked ticket that it may see, or because it takes part in
//! one that has no ticket yet.

use super::{
    detail::TicketPage,
    entry::{Hint, Meeting, Reach, Visitor},
};
use crate::{
    record::{PartPlace, Thread, Workspace, mark_in},
    table::{Store, StoreError, key, keys, text},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    id::{ConversationId, TicketId},
    mark::Mark,
};

/// A conversation with what its page shows. It still has to pass through the projection.
#[derive(Debug, Clone, PartialEq)]
pub struct ConversationPage {
    /// The first line of its first message.
    pub title: Option<String>,
    /// The linked ticket, if the contact could name it.
    pub ticket: Option<TicketPage>,
    /// Whether the contact takes part.
    pub participating: bool,
    /// Messages; no notes.
    pub thread: Thread,
    /// Raised by every change of what is here.
    pub mark: Mark,
}

impl Store {
    /// Asks for a page of a conversation. The page is `None` when there is none that the contact could name, the
    /// meeting when the session has been revoked.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn meet_with_conversation(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        id: &ConversationId,
        before: Option<&PartPlace>,
        limit: usize,
    ) -> Result<(Workspace, Option<Meeting<Option<ConversationPage>>>), StoreError> {
        let ask = |reach: Reach| async move { self.conversation_page(&reach, id, before, limit).await };
        self.meet_asking(visitor, hint, ask).await
    }

    /// The newest `limit` messages before a place. Notes are left out by DynamoDB: they never come this way.
    async fn messages(
        &self,
        id: &ConversationId,
        before: Option<&PartPlace>,
        limit: usize,
    ) -> Result<Thread, StoreError> {
        let query = self.parts(id, before).filter_expression("kind = :message");
        let query = query.expression_attribute_values(":message", AttributeValue::S("message".into()));
        self.newest_parts(query, limit).await
    }

    async fn conversation_page(
        &self,
        reach: &Reach,
        id: &ConversationId,
        before: Option<&PartPlace>,
        limit: usize,
    ) -> Result<Option<ConversationPage>, StoreError> {
        let partition = keys::conversation(id);
        let own = keys::participant(&reach.contact);
        let named = [keys::CONVERSATION, &own, keys::MARK].map(|sk| key(partition.clone(), sk)).to_vec();
        let (found, thread) = futures::try_join!(self.get_all(named), self.messages(id, before, limit))?;
        let Some(head) = found.iter().find(|item| text(item, "sk") == keys::CONVERSATION) else { return Ok(None) };
        let title = Some(text(head, "title").to_owned()).filter(|title| !title.is_empty());
        let participating = found.iter().any(|item| text(item, "sk") == own);
        let Ok(ticket) = TicketId::new(text(head, "ticket")) else {
            let mark = found.iter().find(|item| text(item, "sk") == keys::MARK).map(mark_in).unwrap_or_default();
            let page = ConversationPage { title, ticket: None, participating, thread, mark };
            return Ok(participating.then_some(page));
        };
        let ticket = self.ticket_page(reach, &ticket).await?;
        Ok(ticket.map(|ticket| {
            let mark = ticket.mark;
            ConversationPage { title, ticket: Some(ticket), participating, thread, mark }
        }))
    }
}
