//! Lists of a contact's companies' tickets: newest update first, merged over the companies, page by page.

use crate::{
    BY_STATE, BY_UPDATED, Entry, Hint, Store, StoreError, Visitor,
    entry::{OwnCounts, Reach},
    item::{RowRecord, record},
    keys,
};
use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};
use domain::{
    id::CompanyId,
    state::StateCategory,
    ticket::{Boundary, TicketRow},
    visibility::Sight,
};
use futures::future::try_join_all;

/// What a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// One state category, or all.
    pub state: Option<StateCategory>,
    /// One of the contact's companies, or all. Another company has no tickets here.
    pub company: Option<CompanyId>,
    /// Rows a page.
    pub limit: usize,
    /// Goes on after this.
    pub after: Option<Boundary>,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListPage {
    /// Newest update first; ties by id, descending.
    pub rows: Vec<TicketRow>,
    /// Where the next page goes on, if there is one.
    pub next: Option<Boundary>,
    /// Counts of the contact's own tickets, for those who see only these.
    pub own: OwnCounts,
}

impl Store {
    /// Asks for entry and a page of the list.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn enter_with_list(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        query: &ListQuery,
    ) -> Result<Entry<ListPage>, StoreError> {
        self.enter_asking(visitor, hint, |reach| async move { self.list_page(&reach, query).await }).await
    }

    pub(crate) async fn list_page(&self, reach: &Reach, query: &ListQuery) -> Result<ListPage, StoreError> {
        match reach.sight {
            Sight::All => {
                let chosen = reach.companies.iter().filter(|id| query.company.as_ref().is_none_or(|only| only == *id));
                let views = chosen.map(|id| self.view_page(keys::company_view(id), query));
                let rows = try_join_all(views).await?.into_iter().flatten().collect();
                Ok(page(rows, query.limit, OwnCounts::new()))
            }
            Sight::Own => {
                let all = self.own_rows(reach).await?;
                let own = counts(&all);
                let shown = all.into_iter().filter(|row| query.company.is_none() || row.company == query.company);
                let shown = shown.filter(|row| query.state.is_none_or(|state| row.state_category == state));
                let shown = shown.filter(|row| query.after.as_ref().is_none_or(|after| row.boundary() < *after));
                Ok(page(shown.collect(), query.limit, own))
            }
        }
    }

    /// All tickets of a company, those that customers may not see among them: for teammates.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn company_tickets(&self, company: &CompanyId, query: &ListQuery) -> Result<ListPage, StoreError> {
        let views = [keys::company_view(company), keys::hidden_view(company)];
        let rows = try_join_all(views.map(|view| self.view_page(view, query))).await?;
        Ok(page(rows.into_iter().flatten().collect(), query.limit, OwnCounts::new()))
    }

    /// One row more than a page of one view, which tells whether there is a next page.
    async fn view_page(&self, view: String, query: &ListQuery) -> Result<Vec<TicketRow>, StoreError> {
        let after = query.after.as_ref().map(keys::updated);
        let request = match (query.state, after) {
            (None, None) => self.view(BY_UPDATED, view),
            (None, Some(after)) => {
                let request =
                    self.view(BY_UPDATED, view).key_condition_expression("#view = :view AND by_updated < :after");
                request.expression_attribute_values(":after", AttributeValue::S(after))
            }
            (Some(state), after) => {
                // `~` sorts after every time, and a bound below `after` leaves the last row shown out.
                let last =
                    after.map_or_else(|| format!("{state}#~"), |after| format!("{state}#{}", keys::just_below(&after)));
                let request = self.view(BY_STATE, view);
                let request = request.key_condition_expression("#view = :view AND by_state BETWEEN :first AND :last");
                let request = request.expression_attribute_values(":first", AttributeValue::S(format!("{state}#")));
                request.expression_attribute_values(":last", AttributeValue::S(last))
            }
        };
        let limit = i32::try_from(query.limit + 1).unwrap_or(i32::MAX);
        let answer = request.limit(limit).send().await.map_err(StoreError::from_sdk)?;
        answer.items.unwrap_or_default().into_iter().map(|item| record::<RowRecord>(item).map(Into::into)).collect()
    }

    /// A query of one view, newest first.
    fn view(&self, index: &str, view: String) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .index_name(index)
            .key_condition_expression("#view = :view")
            .expression_attribute_names("#view", "view")
            .expression_attribute_values(":view", AttributeValue::S(view))
            .scan_index_forward(false)
    }

    /// Every ticket that the contact created in the companies in reach. People have few; they are read whole, because
    /// their counts are nowhere kept.
    async fn own_rows(&self, reach: &Reach) -> Result<Vec<TicketRow>, StoreError> {
        let views = reach.companies.iter().map(|id| keys::own_view(&reach.contact, id));
        let pages = try_join_all(views.map(|view| self.query_all(self.view(BY_UPDATED, view)))).await?;
        pages.into_iter().flatten().map(|item| record::<RowRecord>(item).map(Into::into)).collect()
    }

    pub(crate) async fn own_counts(&self, reach: &Reach) -> Result<OwnCounts, StoreError> {
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

/// The first `limit` rows in the order of lists.
fn page(mut rows: Vec<TicketRow>, limit: usize, own: OwnCounts) -> ListPage {
    rows.sort_by_key(|row| std::cmp::Reverse(row.boundary()));
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(TicketRow::boundary);
    ListPage { rows, next, own }
}
