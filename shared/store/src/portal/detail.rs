//! A single ticket, which contacts may read through one of their companies or because they created it.

use super::entry::{Entry, Hint, Meeting, Reach, Visitor};
use crate::{
    record::{SpaceRecord, SpaceRole, TicketPartition, Workspace},
    table::{Store, StoreError, key, keys, record, text},
};
use domain::{history::Event, id::TicketId, mark::Mark, projection::ConversationSummary, ticket::Ticket};

/// A ticket with what its page shows. It must still pass through the projection.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketPage {
    pub ticket: Ticket,
    /// Oldest first.
    pub history: Vec<Event>,
    pub conversation: Option<ConversationSummary>,
    /// Raised by every change to the ticket or its conversation.
    pub mark: Mark,
}

impl Store {
    /// Requests entry and a ticket. The ticket is `None` if there is none that the contact may ask for.
    pub async fn enter_with_ticket(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        id: &TicketId,
    ) -> Result<Entry<Option<TicketPage>>, StoreError> {
        self.enter_asking(visitor, hint, |reach| async move { self.ticket_page(&reach, id).await }).await
    }

    /// Requests a ticket for the Messenger. The ticket is `None` if there is none that the contact may ask for, and the
    /// meeting is `None` if the session has been revoked.
    pub async fn meet_with_ticket(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        id: &TicketId,
    ) -> Result<(Workspace, Option<Meeting<Option<TicketPage>>>), StoreError> {
        self.meet_asking(visitor, hint, |reach| async move { self.ticket_page(&reach, id).await }).await
    }

    pub(super) async fn ticket_page(&self, reach: &Reach, id: &TicketId) -> Result<Option<TicketPage>, StoreError> {
        let mut addresses: Vec<_> =
            reach.companies.iter().map(|company| key(keys::company(company), keys::ticket(id))).collect();
        addresses.push(key(keys::contact(&reach.contact), keys::space(id)));
        let (named, found) = futures::try_join!(self.get_all(addresses), self.ticket_partition(id))?;

        let space_key = keys::space(id);
        let (space, rows): (Vec<_>, Vec<_>) = named.into_iter().partition(|item| text(item, "sk") == space_key);
        let space = space.into_iter().next().map(record::<SpaceRecord>).transpose()?;
        let created = space.as_ref().is_some_and(|entry| entry.role == SpaceRole::Creator);
        let Some(TicketPartition { ticket, history, link, mark }) = found else { return Ok(None) };
        // The two reads are separate, so a ticket that moved between them is judged by where it is now.
        let home = keys::home(ticket.row.company.as_ref(), &ticket.row.requester);
        if !created && !rows.iter().any(|row| text(row, "pk") == home) {
            return Ok(None);
        }
        let participating = space.is_some_and(|entry| entry.participating);
        let conversation = link.map(|link| ConversationSummary {
            id: link.conversation,
            participants: link.participants,
            participating,
        });
        Ok(Some(TicketPage { ticket, history, conversation, mark }))
    }
}
