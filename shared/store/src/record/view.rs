//! Tickets of a view, in the order of their updates. Every list is made of views.

use super::{
    attention::Attention,
    ticket::{RowRecord, VERSION},
};
use crate::table::{BY_STATE, BY_UPDATED, Item, Store, StoreError, keys, number, record, side_by_side};
use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};
use domain::{
    catalog::Catalog,
    filter::Filter,
    id::{CompanyId, TicketId},
    order::{Direction, Order, Place, Sort},
    search::{Match, Query},
    state::{Counts, StateCategory},
    ticket::{Boundary, TicketRow},
    turn::Who,
};
use std::collections::{BTreeMap, BTreeSet};

/// How many rows a request looks through for a filter that no index serves. Of a usual size these are some 20 read units.
const LOOKED_THROUGH: usize = 300;
/// How many rows a request sorts in an order that no index has. Of a usual size these are some 65 read units.
const SORTED: usize = 1000;
/// Views of which each is asked for all rows that the page can need of it, so that there is one round trip.
const FEW_VIEWS: usize = 3;
/// Rows of the usual size that cost no more than one does: half a read unit.
const FOR_ONE: usize = 6;

/// Which tickets a page of a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Another company than one of the contact's has no tickets here.
    pub filter: Filter,
    /// Words that have to occur in what the contact sees of a ticket. By default none have to.
    pub words: Query,
    /// In which order. What was looked for by words is by default sorted by where they were found.
    pub order: Order,
    /// The number of rows on a page.
    pub limit: usize,
    /// The page starts after this place.
    pub after: Place,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListPage {
    /// In the order that was asked for. A page that is not the last can have fewer rows than asked for: what has just left
    /// the list is left out of it, and only so many are looked through.
    pub rows: Vec<TicketRow>,
    /// Where the next page starts, if there is one.
    pub next: Option<Place>,
    /// How many tickets were looked through, where these were not all that remain: the page was filtered by what no index
    /// serves, or sorted as none is.
    pub looked_through: Option<usize>,
    /// The counts of the contact's own tickets, if the contact sees only those.
    pub own: OwnCounts,
    /// Of these, those that are the vendor's turn although their state is not.
    pub own_unanswered: OwnCounts,
    /// What asks for the contact's attention.
    pub attention: Attention,
    /// Where the words were found, if there were any to look for.
    pub matches: BTreeMap<TicketId, Match>,
}

/// The number of a contact's own tickets in each company; empty for contacts who see all tickets.
pub type OwnCounts = BTreeMap<CompanyId, Counts>;

/// A row as an index has it, which may be what the ticket was a moment ago.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct IndexRow {
    pub(crate) row: TicketRow,
    /// The ticket's version; zero in rows of versions that did not note it.
    pub(crate) version: u64,
}

impl IndexRow {
    pub(crate) fn read(item: Item) -> Result<Self, StoreError> {
        let version = number(&item, VERSION).and_then(|version| u64::try_from(version).ok()).unwrap_or(0);
        Ok(Self { row: record::<RowRecord>(item)?.into(), version })
    }
}

/// Rows that were read one after another in the order of updates.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Stretch {
    pub(crate) rows: Vec<IndexRow>,
    /// How many tickets were looked at.
    looked_at: usize,
    /// The last of them, if there may be more behind it.
    end: Option<Boundary>,
    /// Where in its index that is, if it was read of one view.
    last_key: Option<Item>,
}

impl Stretch {
    /// All rows that there are.
    pub(crate) fn whole(rows: Vec<IndexRow>) -> Self {
        Self::of(rows, None)
    }

    fn of(rows: Vec<IndexRow>, end: Option<Boundary>) -> Self {
        Self { looked_at: rows.len(), rows, end, last_key: None }
    }

    /// Puts stretches side by side that begin at the same place. It goes as far as the shortest of them.
    fn merged(stretches: Vec<Self>, order: Order) -> Self {
        let ends = stretches.iter().filter_map(|it| it.end.clone());
        let end = ends.min_by(|a, b| order.of_updates(a, b));
        let mut rows: Vec<_> = stretches.into_iter().flat_map(|it| it.rows).collect();
        rows.retain(|it| end.as_ref().is_none_or(|end| order.of_updates(&it.row.boundary(), end).is_le()));
        Self::of(rows, end)
    }

    /// Appends what was read behind it. A ticket that was updated in between can be in both.
    fn followed_by(mut self, rest: Self) -> Self {
        let known: BTreeSet<_> = self.rows.iter().map(|found| found.row.id.clone()).collect();
        self.rows.extend(rest.rows.into_iter().filter(|found| !known.contains(&found.row.id)));
        Self::of(self.rows, rest.end)
    }

    /// Adds rows that begin at the same place, and are all that there are from there on.
    pub(crate) fn add(&mut self, rows: Vec<IndexRow>, order: Order) {
        if !rows.is_empty() {
            *self = Self::merged(vec![std::mem::take(self), Self::whole(rows)], order);
        }
    }

    /// Sorts a page out of it: the first rows in the order that are after the place that was asked for.
    pub(crate) fn page(self, query: &ListQuery, catalog: &Catalog, attention: Attention) -> (Vec<IndexRow>, ListPage) {
        let (order, looked_at) = (query.order, self.looked_at);
        let mut ranked: Vec<_> = self.rows.into_iter().map(|it| (order.rank(&it.row, catalog), it)).collect();
        ranked.retain(|(rank, _)| query.after.last.as_ref().is_none_or(|last| order.compare(rank, last).is_gt()));
        ranked.sort_by(|(a, _), (b, _)| order.compare(a, b));
        let is_cut = ranked.len() > query.limit;
        ranked.truncate(query.limit);
        let is_part = self.end.is_some() && query.looks_through() && (!is_cut || query.sorts());
        let last = ranked.last().filter(|_| is_cut).map(|(rank, _)| rank.clone());
        let next = match last {
            Some(last) if query.sorts() => Some(Place { last: Some(last), ..query.after.clone() }),
            Some(last) => Some(Place { beyond: Some(last.boundary), ..Place::default() }),
            None => self.end.map(|end| Place { beyond: Some(end), ..Place::default() }),
        };
        let page = ListPage {
            rows: Vec::new(),
            next,
            looked_through: is_part.then_some(looked_at),
            own: OwnCounts::new(),
            own_unanswered: OwnCounts::new(),
            attention,
            matches: BTreeMap::new(),
        };
        (ranked.into_iter().map(|(_, row)| row).collect(), page)
    }
}

impl ListPage {
    pub(crate) fn with(self, rows: Vec<IndexRow>) -> Self {
        Self { rows: rows.into_iter().map(|found| found.row).collect(), ..self }
    }
}

impl ListQuery {
    /// Whether it is in an order that no index has.
    pub(crate) fn sorts(&self) -> bool {
        self.order.sort != Sort::Updated
    }

    /// Whether rows have to be looked at that the page may not show.
    pub(crate) fn looks_through(&self) -> bool {
        self.sorts() || self.filter.ticket_type.is_some() || !self.filter.created.is_everything()
    }

    /// Returns how many rows to read of each of so many ranges.
    fn most(&self, ranges: usize) -> usize {
        let most = match (self.sorts(), self.looks_through()) {
            (true, _) => SORTED / ranges.max(1),
            (false, true) => LOOKED_THROUGH / ranges.max(1),
            (false, false) => 0,
        };
        // One row more than the page has shows whether there is a next one.
        most.max(self.limit + 1)
    }

    /// Returns the ranges of a view by state that together hold the tickets; `None` if that is all of them.
    fn ranges(&self) -> Option<BTreeSet<String>> {
        let Filter { state, turn, .. } = self.filter;
        if state.is_none() && turn.is_none() {
            return None;
        }
        let all = StateCategory::ALL.into_iter().flat_map(|category| [(category, false), (category, true)]);
        let wanted = all.filter(|(category, is_unanswered)| {
            let whose = if *is_unanswered { Who::Us } else { category.turn() };
            state.is_none_or(|state| state == *category) && turn.is_none_or(|pile| pile.turn() == whose)
        });
        Some(wanted.map(|(category, is_unanswered)| keys::state_range(category, is_unanswered)).collect())
    }

    /// Returns the first and the last sort key by update that can belong to the list.
    fn bounds(&self) -> (String, String) {
        let span = self.filter.updated;
        let mut first = span.from.map_or_else(|| keys::BEFORE_ALL_TIMES.into(), |from| from.sortable());
        let mut last = span.to.map_or_else(|| keys::AFTER_ALL_TIMES.into(), |to| to.sortable());
        match (&self.after.beyond, self.ascends()) {
            (Some(after), true) => first = first.max(keys::just_above(&keys::updated(after))),
            (Some(after), false) => last = last.min(keys::just_below(&keys::updated(after)).to_owned()),
            (None, _) => {}
        }
        (first, last)
    }

    /// Whether a row comes after the place in the order of updates where the page begins.
    pub(crate) fn is_ahead(&self, row: &TicketRow) -> bool {
        self.after.beyond.as_ref().is_none_or(|beyond| self.order.of_updates(&row.boundary(), beyond).is_gt())
    }

    /// Whether the oldest update is read first.
    fn ascends(&self) -> bool {
        !self.sorts() && self.order.direction == Direction::Ascending
    }
}

impl Store {
    /// Reads the rows of one page of some views, or the beginning of what it is looked for in.
    pub(crate) async fn views(&self, views: Vec<String>, query: &ListQuery) -> Result<Stretch, StoreError> {
        let reads = self.ranges(&views, query);
        let most = query.most(reads.len());
        if views.len() <= FEW_VIEWS || query.looks_through() {
            let reads = reads.into_iter().map(|request| self.stretch(request, most));
            return Ok(Stretch::merged(side_by_side(reads).await?, query.order));
        }
        // Each has few of the rows of a page, which most of the time are among twice as many of all together.
        let first = (2 * most).div_ceil(reads.len().max(1)).max(FOR_ONE).min(most);
        let begun = side_by_side(reads.iter().map(|request| self.stretch(request.clone(), first))).await?;
        // With as many rows more of a view as a page can need, it goes as far as the page does, or ends.
        let last = last_needed(&begun, query);
        let reads = reads.into_iter().zip(begun).map(async |(request, begun)| match &begun.end {
            Some(end) if last.as_ref().is_none_or(|last| query.order.of_updates(end, last).is_lt()) => {
                let request = request.set_exclusive_start_key(begun.last_key.clone());
                Ok(begun.followed_by(self.stretch(request, most).await?))
            }
            _ => Ok(begun),
        });
        Ok(Stretch::merged(side_by_side(reads).await?, query.order))
    }

    /// Reads all rows of some views that an index finds; `None` if these are more than `most`.
    pub(crate) async fn whole_views(
        &self,
        views: Vec<String>,
        query: &ListQuery,
        most: usize,
    ) -> Result<Option<Vec<IndexRow>>, StoreError> {
        let mut rows = Vec::new();
        for request in self.ranges(&views, query) {
            let mut pages = request.into_paginator().send();
            while let Some(page) = pages.next().await {
                let items = page.map_err(StoreError::from_sdk)?.items.unwrap_or_default();
                if rows.len() + items.len() > most {
                    return Ok(None);
                }
                for item in items {
                    rows.push(IndexRow::read(item)?);
                }
            }
        }
        Ok(Some(rows))
    }

    /// Starts the queries that together read views.
    fn ranges(&self, views: &[String], query: &ListQuery) -> Vec<QueryFluentBuilder> {
        let (first, last) = query.bounds();
        if first > last {
            return Vec::new();
        }
        let ranges = query.ranges().map_or_else(|| vec![None], |ranges| ranges.into_iter().map(Some).collect());
        let reads = views.iter().flat_map(|view| ranges.iter().map(move |range| (view, range.as_deref())));
        let reads = reads.map(|(view, range)| {
            let (index, by) = if range.is_some() { (BY_STATE, "by_state") } else { (BY_UPDATED, "by_updated") };
            let range = range.unwrap_or_default();
            self.view(index, view.clone())
                .key_condition_expression("#view = :view AND #by BETWEEN :first AND :last")
                .expression_attribute_names("#by", by)
                .expression_attribute_values(":first", AttributeValue::S(format!("{range}{first}")))
                .expression_attribute_values(":last", AttributeValue::S(format!("{range}{last}")))
                .scan_index_forward(query.ascends())
        });
        reads.collect()
    }

    async fn stretch(&self, request: QueryFluentBuilder, most: usize) -> Result<Stretch, StoreError> {
        let request = request.limit(i32::try_from(most).unwrap_or(i32::MAX));
        let answer = request.send().await.map_err(StoreError::from_sdk)?;
        let rows: Vec<_> =
            answer.items.unwrap_or_default().into_iter().map(IndexRow::read).collect::<Result<_, _>>()?;
        let end = rows.last().filter(|_| answer.last_evaluated_key.is_some()).map(|found| found.row.boundary());
        Ok(Stretch { last_key: answer.last_evaluated_key, ..Stretch::of(rows, end) })
    }

    /// Starts a query of one view, newest first.
    pub(crate) fn view(&self, index: &str, view: String) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .index_name(index)
            .key_condition_expression("#view = :view")
            .expression_attribute_names("#view", "view")
            .expression_attribute_values(":view", AttributeValue::S(view))
            .scan_index_forward(false)
    }
}

/// Returns the place of the last row that a page can need, as far as can be told from what has been read of each view.
fn last_needed(begun: &[Stretch], query: &ListQuery) -> Option<Boundary> {
    let mut places: Vec<_> = begun.iter().flat_map(|it| &it.rows).map(|found| found.row.boundary()).collect();
    places.sort_by(|a, b| query.order.of_updates(a, b));
    places.into_iter().nth(query.limit)
}
