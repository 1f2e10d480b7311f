//! Lists of the tickets of a contact's companies: latest update first, merged over the companies, page by page.
//!
//! The rows come from an index, which follows the table. What has left the contact's sight is in no list from the next
//! request on, whatever the index says: the companies, which every entry reads anyway, say what has lately moved.

use super::entry::{CompanyScope, Entry, Hint, Reach, Visitor};
use crate::{
    record::{IndexRow, ListPage, ListQuery, OwnCounts, cut},
    table::{BY_UPDATED, Store, StoreError, keys},
};
use domain::visibility::Sight;
use futures::future::try_join_all;

impl Store {
    /// Requests entry and a page of the list.
    pub async fn enter_with_list(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        query: &ListQuery,
    ) -> Result<Entry<ListPage>, StoreError> {
        let entry =
            self.enter_asking(visitor, hint, |reach| async move { self.list_rows(&reach, query).await }).await?;
        entry.then(async |scope, rows| self.list_page(scope, rows, query).await).await
    }

    /// Reads the rows that a page is made of.
    async fn list_rows(&self, reach: &Reach, query: &ListQuery) -> Result<Vec<IndexRow>, StoreError> {
        match reach.sight {
            Sight::All => {
                let chosen = reach.companies.iter().filter(|id| query.company.as_ref().is_none_or(|only| only == *id));
                let views = chosen.map(|id| self.view_page(keys::company_view(id), query));
                Ok(try_join_all(views).await?.into_iter().flatten().collect())
            }
            Sight::Own => self.own_rows(reach).await,
        }
    }

    async fn list_page(
        &self,
        scope: &CompanyScope,
        rows: Vec<IndexRow>,
        query: &ListQuery,
    ) -> Result<ListPage, StoreError> {
        if scope.sight() == Sight::All {
            let (rows, next) = cut(rows, query.limit);
            let rows = self.confirmed(rows, None, |company| scope.moves(company)).await?;
            let Some(place) = next.clone().filter(|_| rows.is_empty()) else {
                return Ok(ListPage::of(rows, next, OwnCounts::new()));
            };
            // All of the page has just left. An empty page would look like the end.
            let query = ListQuery { after: Some(place), ..query.clone() };
            let rows = self.list_rows(&scope.reach(), &query).await?;
            return Box::pin(self.list_page(scope, rows, &query)).await;
        }
        let mut rows = self.confirmed_own(scope, rows).await?;
        let own = counts(&rows);
        rows.retain(|IndexRow { row, .. }| query.company.is_none() || row.company == query.company);
        rows.retain(|IndexRow { row, .. }| query.state.is_none_or(|state| row.state_category == state));
        rows.retain(|IndexRow { row, .. }| query.after.as_ref().is_none_or(|after| row.boundary() < *after));
        let (rows, next) = cut(rows, query.limit);
        Ok(ListPage::of(rows, next, own))
    }

    /// Reads every ticket that the contact created in the companies within reach, if they see only those. People have
    /// few, and they are read in full because their counts are not stored.
    pub(super) async fn own_rows(&self, reach: &Reach) -> Result<Vec<IndexRow>, StoreError> {
        if reach.sight == Sight::All {
            return Ok(Vec::new());
        }
        let views = reach.companies.iter().map(|id| keys::own_view(&reach.contact, id));
        let pages = try_join_all(views.map(|view| self.query_all(self.view(BY_UPDATED, view)))).await?;
        pages.into_iter().flatten().map(IndexRow::read).collect()
    }

    async fn confirmed_own(&self, scope: &CompanyScope, rows: Vec<IndexRow>) -> Result<Vec<IndexRow>, StoreError> {
        self.confirmed(rows, Some(&scope.contact().id), |company| scope.moves(company)).await
    }

    /// Counts the contact's own tickets.
    pub(super) async fn own_counts(&self, scope: &CompanyScope, rows: Vec<IndexRow>) -> Result<OwnCounts, StoreError> {
        Ok(counts(&self.confirmed_own(scope, rows).await?))
    }
}

fn counts(rows: &[IndexRow]) -> OwnCounts {
    let mut counts = OwnCounts::new();
    for IndexRow { row, .. } in rows {
        if let Some(company) = &row.company {
            counts.entry(company.clone()).or_default().add(row.state_category, 1);
        }
    }
    counts
}
