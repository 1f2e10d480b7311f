//! Lists of the tickets of a contact's companies, merged over the companies, page by page.
//!
//! The rows come from an index, which follows the table. What has left the contact's sight is in no list from the next
//! request on, whatever the index says: the companies, which every entry reads anyway, say what has lately moved.

use super::entry::{CompanyScope, Entry, Hint, Reach, Visitor};
use crate::{
    record::{Attention, IndexRow, ListPage, ListQuery, OwnCounts, Stretch},
    table::{BY_UPDATED, Store, StoreError, key, keys, side_by_side},
};
use domain::{catalog::Catalog, list::Pile, ticket::TicketRow, visibility::Sight};
use std::collections::BTreeSet;

impl Store {
    /// Requests entry and a page of the list.
    pub async fn enter_with_list(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        query: &ListQuery,
    ) -> Result<Entry<ListPage>, StoreError> {
        if !query.words.terms().is_empty() {
            return self.enter_with_search(visitor, hint, query).await;
        }
        let ask = |reach: Reach| async move {
            futures::try_join!(self.list_rows(&reach, query), self.attention(&reach.contact))
        };
        let entry = self.enter_asking(visitor, hint, ask).await?;
        let catalog = entry.workspace.catalog.clone();
        entry
            .then(async |scope, (rows, attention)| {
                let attention = scope.attention(attention);
                match scope.sight() {
                    Sight::All => self.list_page(scope, rows, attention, query, &catalog).await,
                    Sight::Own => self.own_page(scope, rows, attention, query, &catalog).await,
                }
            })
            .await
    }

    /// Requests entry and all tickets of the list, in its order, with what asks for the contact's attention. `None` if more
    /// than `most` would have to be looked through.
    pub async fn enter_with_all(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        query: &ListQuery,
        most: usize,
    ) -> Result<Entry<Option<(Vec<TicketRow>, Attention)>>, StoreError> {
        // Nothing is read on a hint that would be read for nothing if it is wrong.
        let entry =
            self.enter_asking(visitor, hint, |reach: Reach| async move { self.attention(&reach.contact).await });
        let entry = entry.await?;
        let catalog = entry.workspace.catalog.clone();
        entry
            .then(async |scope, attention| {
                let attention = scope.attention(attention);
                let reach = scope.reach();
                if !query.words.terms().is_empty() {
                    let found = self.all_found(scope, &attention, query, &catalog, most).await?;
                    return Ok(found.map(|rows| (rows, attention)));
                }
                let found = match (scope.sight(), query.filter.turn) {
                    (Sight::Own, _) => Some(self.own_rows(&reach).await?),
                    (Sight::All, Some(Pile::You)) => Some(self.waiting_rows(scope, &attention, query).await?),
                    (Sight::All, _) => self.whole_views(views(&reach, query), query, most).await?,
                };
                let Some(mut rows) = found else { return Ok(None) };
                rows.extend(private_rows(scope, query, &rows));
                rows.retain(|found| holds(scope, &attention, query, &found.row));
                let rows = self.in_sight(scope, query, rows).await?;
                let (rows, _) = Stretch::whole(rows).page(
                    &ListQuery { limit: most, ..query.clone() },
                    &catalog,
                    Attention::default(),
                );
                Ok(Some((rows.into_iter().map(|found| found.row).collect(), attention)))
            })
            .await
    }

    /// Reads the rows that a page is made of.
    async fn list_rows(&self, reach: &Reach, query: &ListQuery) -> Result<Stretch, StoreError> {
        match reach.sight {
            // These are few, and are read once it is known which.
            Sight::All if query.filter.turn == Some(Pile::You) => Ok(Stretch::default()),
            Sight::All => self.views(views(reach, query), query).await,
            Sight::Own => Ok(Stretch::whole(self.own_rows(reach).await?)),
        }
    }

    async fn list_page(
        &self,
        scope: &CompanyScope,
        mut found: Stretch,
        attention: Attention,
        query: &ListQuery,
        catalog: &Catalog,
    ) -> Result<ListPage, StoreError> {
        if query.filter.turn == Some(Pile::You) {
            found = Stretch::whole(self.waiting_rows(scope, &attention, query).await?);
        } else {
            found.add(private_rows(scope, query, &found.rows), query.order);
        }
        found.rows.retain(|found| holds(scope, &attention, query, &found.row));
        let (rows, page) = found.page(query, catalog, attention);
        let rows = self.in_sight(scope, query, rows).await?;
        let Some(place) = page.next.clone().filter(|_| rows.is_empty() && !query.looks_through()) else {
            return Ok(page.with(rows));
        };
        // Nothing of the page belongs to the list. An empty page would look like the end.
        let query = ListQuery { after: place, ..query.clone() };
        let found = self.list_rows(&scope.reach(), &query).await?;
        Box::pin(self.list_page(scope, found, page.attention, &query, catalog)).await
    }

    async fn own_page(
        &self,
        scope: &CompanyScope,
        found: Stretch,
        attention: Attention,
        query: &ListQuery,
        catalog: &Catalog,
    ) -> Result<ListPage, StoreError> {
        let mut rows = self.confirmed_own(scope, found.rows).await?;
        let own = counts(&rows);
        let own_unanswered = counts(rows.iter().filter(|found| found.row.exchange.unanswered_since.is_some()));
        rows.extend(private_rows(scope, query, &rows));
        rows.retain(|found| query.is_ahead(&found.row) && holds(scope, &attention, query, &found.row));
        let (rows, page) = Stretch::whole(rows).page(query, catalog, attention);
        Ok(ListPage { own, own_unanswered, ..page.with(rows) })
    }

    /// Leaves out the rows of tickets that have left the contact's sight.
    async fn in_sight(
        &self,
        scope: &CompanyScope,
        query: &ListQuery,
        rows: Vec<IndexRow>,
    ) -> Result<Vec<IndexRow>, StoreError> {
        let creator = query.filter.creator.as_ref().map(|creator| creator.who(&scope.contact().id));
        match (scope.sight(), query.filter.turn) {
            (Sight::Own, _) => self.confirmed_own(scope, rows).await,
            // These come from the table.
            (Sight::All, Some(Pile::You)) => Ok(rows),
            (Sight::All, _) => self.confirmed(rows, creator, |company| scope.moves(company)).await,
        }
    }

    /// Reads the tickets that wait on the contact, where their attention says that they are.
    async fn waiting_rows(
        &self,
        scope: &CompanyScope,
        attention: &Attention,
        query: &ListQuery,
    ) -> Result<Vec<IndexRow>, StoreError> {
        let only = query.filter.company.as_ref();
        let waiting = attention.waiting_in(|company| scope.is_in(company) && only.is_none_or(|only| only == company));
        let places = waiting.map(|(company, ticket)| key(keys::company(company), keys::ticket(ticket)));
        let found = self.get_all(places.collect()).await?.into_iter().map(IndexRow::read);
        let mut rows = found.collect::<Result<Vec<_>, _>>()?;
        let is_here = |row: &TicketRow| row.company.as_ref().is_some_and(|company| scope.is_in(company));
        rows.retain(|IndexRow { row, .. }| scope.sees(row) && is_here(row) && query.is_ahead(row));
        Ok(rows)
    }

    /// Reads every ticket that the contact created in the companies within reach, if they see only those. People have
    /// few, and they are read in full because their counts are not stored.
    pub(super) async fn own_rows(&self, reach: &Reach) -> Result<Vec<IndexRow>, StoreError> {
        if reach.sight == Sight::All {
            return Ok(Vec::new());
        }
        let views = reach.companies.iter().map(|id| keys::own_view(&reach.contact, id));
        let pages = side_by_side(views.map(|view| self.query_all(self.view(BY_UPDATED, view)))).await?;
        pages.into_iter().flatten().map(IndexRow::read).collect()
    }

    pub(super) async fn confirmed_own(
        &self,
        scope: &CompanyScope,
        rows: Vec<IndexRow>,
    ) -> Result<Vec<IndexRow>, StoreError> {
        self.confirmed(rows, Some(&scope.contact().id), |company| scope.moves(company)).await
    }

    /// Counts the contact's own tickets.
    pub(super) async fn own_counts(&self, scope: &CompanyScope, rows: Vec<IndexRow>) -> Result<OwnCounts, StoreError> {
        Ok(counts(&self.confirmed_own(scope, rows).await?))
    }
}

/// Whether a ticket is among those that the list holds. To those who see only their own, what waits on the customer waits on
/// them.
pub(super) fn holds(scope: &CompanyScope, attention: &Attention, query: &ListQuery, row: &TicketRow) -> bool {
    let is_on_colleagues = || scope.sight() == Sight::All && !attention.waits(&row.id);
    query.filter.keeps(row, &scope.contact().id) && (query.filter.turn != Some(Pile::Colleagues) || is_on_colleagues())
}

/// Returns the tickets that are in the contact's list alone, behind the place where the page begins. They were read with
/// the contact. Those that an index still has elsewhere are there already.
fn private_rows(scope: &CompanyScope, query: &ListQuery, known: &[IndexRow]) -> Vec<IndexRow> {
    let known: BTreeSet<_> = known.iter().map(|found| &found.row.id).collect();
    let private = scope.private().iter().filter(|found| !known.contains(&found.row.id) && query.is_ahead(&found.row));
    private.cloned().collect()
}

/// Returns the views that hold the tickets.
fn views(reach: &Reach, query: &ListQuery) -> Vec<String> {
    let only = query.filter.company.as_ref();
    let chosen = reach.companies.iter().filter(|id| only.is_none_or(|only| only == *id));
    let view = |company| match &query.filter.creator {
        Some(creator) => keys::own_view(creator.who(&reach.contact), company),
        None => keys::company_view(company),
    };
    chosen.map(view).collect()
}

pub(super) fn counts<'a>(rows: impl IntoIterator<Item = &'a IndexRow>) -> OwnCounts {
    let mut counts = OwnCounts::new();
    for IndexRow { row, .. } in rows {
        if let Some(company) = &row.company {
            counts.entry(company.clone()).or_default().add(row.state_category, 1);
        }
    }
    counts
}
