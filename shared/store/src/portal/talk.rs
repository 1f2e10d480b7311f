//! A single conversation, which contacts may read through a linked ticket that they may see, or because they take part
//! in one that has no ticket yet.

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

/// A conversation with what its page shows. It must still pass through the projection.
#[derive(Debug, Clone, PartialEq)]
pub struct ConversationPage {
    /// The first line of its first message.
    pub title: Option<String>,
    /// The linked ticket; `None` if the conversation has none.
    pub ticket: Option<TicketPage>,
    pub participating: bool,
    /// The messages, without notes.
    pub thread: Thread,
    /// Raised by every change to the conversation or its ticket.
    pub mark: Mark,
}

impl ConversationPage {
    /// Whether the contact takes part as far as their tickets space and the ticket's page show it. A link to a
    /// conversation of many that was cut short has not reached everybody's tickets space.
    #[must_use]
    pub fn shows_participation(&self) -> bool {
        let linked = self.ticket.as_ref().and_then(|page| page.conversation.as_ref());
        linked.map_or(self.participating, |conversation| conversation.participating)
    }
}

impl Store {
    /// Requests a page of a conversation. The page is `None` if there is no conversation that the contact may ask for,
    /// and the meeting is `None` if the session has been revoked.
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

    /// Reads the newest `limit` messages before a place. DynamoDB leaves the notes out, so they never reach this
    /// module.
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
