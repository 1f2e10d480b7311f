//! Lists of the tickets of a contact's companies: latest update first, merged over the companies, page by page.

use super::entry::{Entry, Hint, Reach, Visitor};
use crate::{
    record::{ListPage, ListQuery, OwnCounts, RowRecord},
    table::{BY_UPDATED, Store, StoreError, keys, record},
};
use domain::{ticket::TicketRow, visibility::Sight};
use futures::future::try_join_all;

impl Store {
    /// Requests entry and a page of the list.
    pub async fn enter_with_list(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        query: &ListQuery,
    ) -> Result<Entry<ListPage>, StoreError> {
        self.enter_asking(visitor, hint, |reach| async move { self.list_page(&reach, query).await }).await
    }

    async fn list_page(&self, reach: &Reach, query: &ListQuery) -> Result<ListPage, StoreError> {
        match reach.sight {
            Sight::All => {
                let chosen = reach.companies.iter().filter(|id| query.company.as_ref().is_none_or(|only| only == *id));
                let views = chosen.map(|id| self.view_page(keys::company_view(id), query));
                let rows = try_join_all(views).await?.into_iter().flatten().collect();
                Ok(ListPage::of(rows, query.limit, OwnCounts::new()))
            }
            Sight::Own => {
                let all = self.own_rows(reach).await?;
                let own = counts(&all);
                let shown = all.into_iter().filter(|row| query.company.is_none() || row.company == query.company);
                let shown = shown.filter(|row| query.state.is_none_or(|state| row.state_category == state));
                let shown = shown.filter(|row| query.after.as_ref().is_none_or(|after| row.boundary() < *after));
                Ok(ListPage::of(shown.collect(), query.limit, own))
            }
        }
    }

    /// Reads every ticket that the contact created in the companies within reach. People have few, and they are read in
    /// full because their counts are not stored.
    async fn own_rows(&self, reach: &Reach) -> Result<Vec<TicketRow>, StoreError> {
        let views = reach.companies.iter().map(|id| keys::own_view(&reach.contact, id));
        let pages = try_join_all(views.map(|view| self.query_all(self.view(BY_UPDATED, view)))).await?;
        pages.into_iter().flatten().map(|item| record::<RowRecord>(item).map(Into::into)).collect()
    }

    pub(super) async fn own_counts(&self, reach: &Reach) -> Result<OwnCounts, StoreError> {
        match reach.sight {
            Sight::All => Ok(OwnCounts::new()),
            Sight::Own => Ok(counts(&self.own_rows(reach).await?)),
        }
    }
}

fn counts(rows: &[TicketRow]) -> OwnCounts {
    let mut counts = OwnCounts::new();
    for row in rows {
        if let Some(company) = &row.company {
            counts.entry(company.clone()).or_default().add(row.state_category, 1);
        }
    }
    counts
}
