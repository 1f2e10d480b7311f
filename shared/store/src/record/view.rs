//! Tickets of a view, latest update first. Every list is made of views.

use super::{
    attention::Attention,
    ticket::{RowRecord, VERSION},
};
use crate::table::{BY_STATE, BY_UPDATED, Item, Store, StoreError, keys, number, record};
use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};
use domain::{
    id::CompanyId,
    list::Pile,
    state::{Counts, StateCategory},
    ticket::{Boundary, TicketRow},
    turn::Who,
};
use futures::future::try_join_all;
use std::collections::{BTreeMap, BTreeSet};

/// Which tickets a page of a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// Limits the list to one state category.
    pub state: Option<StateCategory>,
    /// Limits the list to one pile.
    pub turn: Option<Pile>,
    /// Limits the list to one of the contact's companies. Any other company has no tickets here.
    pub company: Option<CompanyId>,
    /// The number of rows on a page.
    pub limit: usize,
    /// The page starts after this place.
    pub after: Option<Boundary>,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListPage {
    /// Latest update first; ties are in descending order of id. A page that is not the last can have fewer rows than
    /// asked for: what has just left the list is left out of it.
    pub rows: Vec<TicketRow>,
    /// Where the next page starts, if there is one.
    pub next: Option<Boundary>,
    /// The counts of the contact's own tickets, if the contact sees only those.
    pub own: OwnCounts,
    /// Of these, those that are the vendor's turn although their state is not.
    pub own_unanswered: OwnCounts,
    /// What asks for the contact's attention.
    pub attention: Attention,
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

/// Returns the first `limit` rows, in the order of lists, and where the next page starts.
pub(crate) fn cut(mut rows: Vec<IndexRow>, limit: usize) -> (Vec<IndexRow>, Option<Boundary>) {
    rows.sort_by_key(|found| std::cmp::Reverse(found.row.boundary()));
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|found| found.row.boundary());
    (rows, next)
}

impl ListPage {
    pub(crate) fn of(rows: Vec<IndexRow>, next: Option<Boundary>, attention: Attention) -> Self {
        let rows = rows.into_iter().map(|found| found.row).collect();
        Self { rows, next, own: OwnCounts::new(), own_unanswered: OwnCounts::new(), attention }
    }
}

impl ListQuery {
    /// Returns the ranges of a view by state that together hold the tickets; `None` if that is all of them.
    fn ranges(&self) -> Option<BTreeSet<String>> {
        if self.state.is_none() && self.turn.is_none() {
            return None;
        }
        let all = StateCategory::ALL.into_iter().flat_map(|category| [(category, false), (category, true)]);
        let wanted = all.filter(|(category, is_unanswered)| {
            let turn = if *is_unanswered { Who::Us } else { category.turn() };
            self.state.is_none_or(|state| state == *category) && self.turn.is_none_or(|pile| pile.turn() == turn)
        });
        Some(wanted.map(|(category, is_unanswered)| keys::state_range(category, is_unanswered)).collect())
    }

    /// Whether a row is among those that are listed, as far as its state and turn tell.
    pub(crate) fn keeps(&self, row: &TicketRow) -> bool {
        self.state.is_none_or(|state| row.state_category == state)
            && self.turn.is_none_or(|pile| pile.turn() == row.turn().who)
    }
}

impl Store {
    /// Reads the rows of one page of a view and one row more, which shows whether there is a next page.
    pub(crate) async fn view_page(&self, view: String, query: &ListQuery) -> Result<Vec<IndexRow>, StoreError> {
        let after = query.after.as_ref().map(keys::updated);
        if let Some(ranges) = query.ranges() {
            let pages = ranges.into_iter().map(|range| self.range_page(&view, range, after.as_deref(), query.limit));
            return Ok(try_join_all(pages).await?.into_iter().flatten().collect());
        }
        let request = self.view(BY_UPDATED, view);
        let request = match after {
            None => request,
            Some(after) => request
                .key_condition_expression("#view = :view AND by_updated < :after")
                .expression_attribute_values(":after", AttributeValue::S(after)),
        };
        self.rows(request, query.limit).await
    }

    /// Reads the rows of one page of a range of a view by state, and one row more.
    async fn range_page(
        &self,
        view: &str,
        range: String,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<IndexRow>, StoreError> {
        // `~` sorts after every time. A bound just below `after` excludes the last row that was shown.
        let last = format!("{range}{}", after.map_or("~", keys::just_below));
        let request = self
            .view(BY_STATE, view.to_owned())
            .key_condition_expression("#view = :view AND by_state BETWEEN :first AND :last")
            .expression_attribute_values(":first", AttributeValue::S(range))
            .expression_attribute_values(":last", AttributeValue::S(last));
        self.rows(request, limit).await
    }

    async fn rows(&self, request: QueryFluentBuilder, limit: usize) -> Result<Vec<IndexRow>, StoreError> {
        let limit = i32::try_from(limit + 1).unwrap_or(i32::MAX);
        let answer = request.limit(limit).send().await.map_err(StoreError::from_sdk)?;
        answer.items.unwrap_or_default().into_iter().map(IndexRow::read).collect()
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
