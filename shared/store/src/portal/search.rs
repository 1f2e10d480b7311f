//! Search for contacts: what the list would show them, and has the words (`record/hits.rs`). What is read for it is theirs
//! alone: lists of their companies that hold nothing but what customers may find.

use super::{
    entry::{CompanyScope, Entry, Hint, Reach, Visitor},
    list::{counts, holds},
};
use crate::{
    record::{
        Attention, IndexRow, ListPage, ListQuery,
        hits::{Candidate, Candidates, Lookup, Within},
        index::Entry as Found,
    },
    table::{Item, Store, StoreError, key, keys},
};
use domain::{
    catalog::Catalog,
    id::CompanyId,
    order::{Order, Place, Searched},
    search::Match,
    ticket::TicketRow,
    visibility::Sight,
};
use futures::future::try_join;
use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

/// Companies that a request looks in.
const COMPANIES: usize = 8;
/// The most tickets on a page.
const MOST: usize = 20;
/// Pages that are looked through for all that there is.
const MOST_PAGES: usize = 60;

/// A page of hits with where they stand, the first in the order of the page.
struct Hits {
    rows: Vec<(TicketRow, Match)>,
    next: Option<Searched>,
    looked_through: usize,
}

/// The companies that a request looks in, and whether there are more.
fn companies(of: &BTreeSet<CompanyId>, query: &ListQuery) -> (Vec<CompanyId>, bool) {
    let beyond = query.after.searched.as_ref().and_then(|it| it.beyond.as_ref());
    let only = query.filter.company.as_ref();
    let is_left = |id: &&CompanyId| beyond.is_none_or(|beyond| *id > beyond) && only.is_none_or(|only| only == *id);
    let mut left = of.iter().filter(is_left);
    (left.by_ref().take(COMPANIES).cloned().collect(), left.next().is_some())
}

impl Store {
    /// Requests entry and a page of the tickets of the list that have the words.
    pub(super) async fn enter_with_search(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        query: &ListQuery,
    ) -> Result<Entry<ListPage>, StoreError> {
        let ask = |reach: Reach| async move {
            futures::try_join!(self.looked_up(&reach, query), self.own_rows(&reach), self.attention(&reach.contact))
        };
        let entry = self.enter_asking(visitor, hint, ask).await?;
        let catalog = entry.workspace.catalog.clone();
        entry
            .then(async |scope, (found, own, attention)| {
                let attention = scope.attention(attention);
                let hits = self.hits(scope, &attention, query, &catalog, found);
                let (hits, own) = try_join(hits, self.confirmed_own_rows(scope, own)).await?;
                let unanswered = own.iter().filter(|found| found.row.exchange.unanswered_since.is_some());
                Ok(ListPage {
                    looked_through: hits.next.is_some().then_some(hits.looked_through),
                    next: hits.next.map(|searched| Place { searched: Some(searched), ..Place::default() }),
                    own_unanswered: counts(unanswered),
                    own: counts(&own),
                    attention,
                    matches: hits.rows.iter().map(|(row, matched)| (row.id.clone(), matched.clone())).collect(),
                    rows: hits.rows.into_iter().map(|(row, _)| row).collect(),
                })
            })
            .await
    }

    /// Reads all tickets of the list that have the words; `None` if that are more than `most`, or too much has to be looked
    /// through.
    pub(super) async fn all_found(
        &self,
        scope: &CompanyScope,
        attention: &Attention,
        query: &ListQuery,
        catalog: &Catalog,
        most: usize,
    ) -> Result<Option<Vec<TicketRow>>, StoreError> {
        let mut query = ListQuery { limit: MOST, after: Place::default(), ..query.clone() };
        let mut rows: Vec<TicketRow> = Vec::new();
        for _ in 0..MOST_PAGES {
            let found = self.looked_up(&scope.reach(), &query).await?;
            let page = self.hits(scope, attention, &query, catalog, found).await?;
            rows.extend(page.rows.into_iter().map(|(row, _)| row));
            if rows.len() > most {
                return Ok(None);
            }
            let Some(next) = page.next else {
                rows.sort_by(|a, b| compare(query.order, catalog, a, b));
                return Ok(Some(rows));
            };
            query.after.searched = Some(next);
        }
        Ok(None)
    }

    async fn looked_up(&self, reach: &Reach, query: &ListQuery) -> Result<Candidates, StoreError> {
        let (companies, _) = companies(&reach.companies, query);
        if companies.is_empty() {
            return Ok(Candidates::default());
        }
        self.candidates(&lookup(companies, reach, query), query.limit.min(MOST)).await
    }

    /// Returns those of the rows that were found which the contact sees now, by where they stand in lists of search. A hit that is
    /// not among them counts for nothing.
    pub(super) async fn in_view(
        &self,
        scope: &CompanyScope,
        found: Vec<Item>,
    ) -> Result<BTreeMap<String, TicketRow>, StoreError> {
        let rows = found.into_iter().map(IndexRow::read).collect::<Result<Vec<_>, _>>()?;
        let creator = (scope.sight() == Sight::Own).then(|| &scope.contact().id);
        let rows = self.confirmed(rows, creator, |company| scope.moves(company)).await?;
        let seen = rows.into_iter().map(|found| found.row).filter(|row| scope.sees(row));
        Ok(seen.map(|row| (keys::found_ticket(row.created_at, &row.id), row)).collect())
    }

    async fn hits(
        &self,
        scope: &CompanyScope,
        attention: &Attention,
        query: &ListQuery,
        catalog: &Catalog,
        mut found: Candidates,
    ) -> Result<Hits, StoreError> {
        let reach = scope.reach();
        let (companies, more) = companies(&reach.companies, query);
        // What is in the contact's list alone is found beside each few companies that are looked in.
        found.found.retain(|it| it.requester.is_none() || it.company.as_ref().is_some_and(|of| companies.contains(of)));
        let beyond = companies.last().cloned();
        let places = found.found.iter().filter_map(|it| match (&it.entry, &it.company) {
            (Found::Ticket(id), Some(company)) => Some(key(keys::company(company), keys::ticket(id))),
            _ => None,
        });
        let places = places.collect();
        let lookup = lookup(companies, &reach, query);
        let (rows, ()) = try_join(self.get_all_cheaply(places), self.made_sure(&lookup, &mut found.found)).await?;
        let mut rows = self.in_view(scope, rows).await?;
        rows.retain(|_, row| holds(scope, attention, query, row));
        let matched = found.found.iter().filter_map(|candidate| {
            let row = rows.remove(&candidate.place)?;
            let shows = |name: &str| catalog.shows(&row.ticket_type, name);
            let matched = candidate.matched(&query.words, &row.title, Some(row.number), shows)?;
            Some((row, matched, candidate.place.as_str()))
        });
        let mut matched: Vec<_> = matched.collect();
        matched.sort_by(|(a, in_a, at), (b, in_b, bt)| {
            if query.order == Order::default() {
                Candidate::order((in_a, at), (in_b, bt))
            } else {
                compare(query.order, catalog, a, b)
            }
        });
        let here = query.after.searched.as_ref().and_then(|it| it.beyond.clone());
        let next = match found.next {
            Some(after) => Some(Searched { beyond: here, after: Some(after) }),
            None => more.then_some(Searched { beyond, after: None }),
        };
        let looked_through = found.looked_through;
        let rows = matched.into_iter().map(|(row, matched, _)| (row, matched)).collect();
        Ok(Hits { rows, next, looked_through })
    }

    /// The contact's own tickets, if they see only those. Their counts are not stored.
    async fn confirmed_own_rows(&self, scope: &CompanyScope, rows: Vec<IndexRow>) -> Result<Vec<IndexRow>, StoreError> {
        if rows.is_empty() { Ok(rows) } else { self.confirmed_own(scope, rows).await }
    }
}

fn lookup<'a>(companies: Vec<CompanyId>, reach: &Reach, query: &'a ListQuery) -> Lookup<'a> {
    Lookup {
        query: &query.words,
        within: Within::Customers(companies, reach.private.then(|| reach.contact.clone())),
        created: query.filter.created,
        after: query.after.searched.as_ref().and_then(|it| it.after.as_deref()),
    }
}

fn compare(order: Order, catalog: &Catalog, a: &TicketRow, b: &TicketRow) -> Ordering {
    order.compare(&order.rank(a, catalog), &order.rank(b, catalog))
}
