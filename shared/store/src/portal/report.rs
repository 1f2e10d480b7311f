//! Entering to report something, which those may do, too, whose companies have no tickets yet.

use super::{
    detail::{Past, TicketPage},
    entry::{Entry, Gate, Hint, Visitor},
};
use crate::table::{Store, StoreError};
use domain::id::TicketId;

impl Store {
    /// Requests entry to report something.
    pub async fn enter_to_report(&self, visitor: &Visitor, hint: Option<&Hint>) -> Result<Entry<()>, StoreError> {
        self.enter_through(Gate::Report, visitor, hint, async |_| Ok(())).await
    }

    /// Requests entry and a ticket that was reported. The ticket is `None` if the contact does not see it any more.
    pub async fn enter_with_report(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        id: &TicketId,
    ) -> Result<Entry<Option<TicketPage>>, StoreError> {
        let ask = |reach| async move { self.sighting(&reach, id).await };
        let entry = self.enter_through(Gate::Report, visitor, hint, ask).await?;
        entry.then(async |scope, sighting| self.ticket_page(scope, &sighting, id, Past::Newest).await).await
    }
}
