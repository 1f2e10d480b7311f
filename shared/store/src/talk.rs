//! A conversation, as a contact may ask for it: through the linked ticket that it may see, or because it takes part in
//! one that has no ticket yet.

use crate::{
    Hint, Meeting, Store, StoreError, Thread, TicketPage, Visitor, Workspace, connect::key, conversation::PartPlace,
    entry::Reach, item::text, keys,
};
use domain::id::{ConversationId, TicketId};

/// A conversation with what its page shows. It still has to pass through the projection.
#[derive(Debug, Clone, PartialEq)]
pub struct ConversationPage {
    /// The linked ticket, if the contact could name it.
    pub ticket: Option<TicketPage>,
    /// Whether the contact takes part.
    pub participating: bool,
    /// Messages; no notes.
    pub thread: Thread,
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

    async fn conversation_page(
        &self,
        reach: &Reach,
        id: &ConversationId,
        before: Option<&PartPlace>,
        limit: usize,
    ) -> Result<Option<ConversationPage>, StoreError> {
        let partition = keys::conversation(id);
        let own = keys::participant(&reach.contact);
        let named = vec![key(partition.clone(), keys::CONVERSATION), key(partition, own.clone())];
        let (found, thread) = futures::try_join!(self.get_all(named), self.messages(id, before, limit))?;
        let Some(head) = found.iter().find(|item| text(item, "sk") == keys::CONVERSATION) else { return Ok(None) };
        let participating = found.iter().any(|item| text(item, "sk") == own);
        let Ok(ticket) = TicketId::new(text(head, "ticket")) else {
            let page = ConversationPage { ticket: None, participating, thread };
            return Ok(participating.then_some(page));
        };
        let ticket = self.ticket_page(reach, &ticket).await?;
        Ok(ticket.map(|ticket| ConversationPage { ticket: Some(ticket), participating, thread }))
    }
}
