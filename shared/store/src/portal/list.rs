//! Lists of the tickets of a contact's companies: latest update first, merged over the companies, page by page.
//!
//! The rows come from an index, which follows the table. What has left the contact's sight is in no list from the next
//! request on, whatever the index says: the companies, which every entry reads anyway, say what has lately moved.

use super::entry::{CompanyScope, Entry, Hint, Reach, Visitor};
use crate::{
    record::{Attention, IndexRow, ListPage, ListQuery, OwnCounts, cut},
    table::{BY_UPDATED, Store, StoreError, key, keys},
};
use domain::{list::Pile, visibility::Sight};
use futures::future::try_join_all;

impl Store {
    /// Requests entry and a page of the list.
    pub async fn enter_with_list(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        query: &ListQuery,
    ) -> Result<Entry<ListPage>, StoreError> {
        let ask = |reach: Reach| async move {
            futures::try_join!(self.list_rows(&reach, query), self.attention(&reach.contact))
        };
        let entry = self.enter_asking(visitor, hint, ask).await?;
        entry
            .then(async |scope, (rows, attention)| {
                let attention = scope.attention(attention);
                match query.turn {
                    Some(Pile::You) if scope.sight() == Sight::All => self.waiting_page(scope, attention, query).await,
                    _ => self.list_page(scope, rows, attention, query).await,
                }
            })
            .await
    }

    /// Reads the rows that a page is made of.
    async fn list_rows(&self, reach: &Reach, query: &ListQuery) -> Result<Vec<IndexRow>, StoreError> {
        match reach.sight {
            // These are few, and are read once it is known which.
            Sight::All if query.turn == Some(Pile::You) => Ok(Vec::new()),
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
        attention: Attention,
        query: &ListQuery,
    ) -> Result<ListPage, StoreError> {
        if scope.sight() == Sight::All {
            let (rows, next) = cut(rows, query.limit);
            let mut rows = self.confirmed(rows, None, |company| scope.moves(company)).await?;
            if query.turn == Some(Pile::Colleagues) {
                rows.retain(|found| !attention.waits(&found.row.id));
            }
            let Some(place) = next.clone().filter(|_| rows.is_empty()) else {
                return Ok(ListPage::of(rows, next, attention));
            };
            // Nothing of the page belongs to the list. An empty page would look like the end.
            let query = ListQuery { after: Some(place), ..query.clone() };
            let rows = self.list_rows(&scope.reach(), &query).await?;
            return Box::pin(self.list_page(scope, rows, attention, &query)).await;
        }
        // All that they see is their own: what waits on the customer waits on them.
        let mut rows = self.confirmed_own(scope, rows).await?;
        let own = counts(&rows);
        let own_unanswered = counts(rows.iter().filter(|found| found.row.exchange.unanswered_since.is_some()));
        rows.retain(|IndexRow { row, .. }| query.company.is_none() || row.company == query.company);
        rows.retain(|IndexRow { row, .. }| query.keeps(row) && query.turn != Some(Pile::Colleagues));
        rows.retain(|IndexRow { row, .. }| query.after.as_ref().is_none_or(|after| row.boundary() < *after));
        let (rows, next) = cut(rows, query.limit);
        Ok(ListPage { own, own_unanswered, ..ListPage::of(rows, next, attention) })
    }

    /// Reads the tickets that wait on the contact, where their attention says that they are.
    async fn waiting_page(
        &self,
        scope: &CompanyScope,
        attention: Attention,
        query: &ListQuery,
    ) -> Result<ListPage, StoreError> {
        let waiting = attention.waiting_in(|company| query.company.as_ref().is_none_or(|only| only == company));
        let places = waiting.map(|(company, ticket)| key(keys::company(company), keys::ticket(ticket)));
        let found = self.get_all(places.collect()).await?.into_iter().map(IndexRow::read);
        let mut rows = found.collect::<Result<Vec<_>, _>>()?;
        rows.retain(|IndexRow { row, .. }| scope.sees(row) && query.keeps(row));
        rows.retain(|IndexRow { row, .. }| query.after.as_ref().is_none_or(|after| row.boundary() < *after));
        let (rows, next) = cut(rows, query.limit);
        Ok(ListPage::of(rows, next, attention))
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

fn counts<'a>(rows: impl IntoIterator<Item = &'a IndexRow>) -> OwnCounts {
    let mut counts = OwnCounts::new();
    for IndexRow { row, .. } in rows {
        if let Some(company) = &row.company {
            counts.entry(company.clone()).or_default().add(row.state_category, 1);
        }
    }
    counts
}
