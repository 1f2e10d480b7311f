//! A company's tickets.

use crate::{
    record::{ListPage, ListQuery, OwnCounts},
    table::{Store, StoreError, keys},
};
use domain::id::CompanyId;
use futures::future::try_join_all;

impl Store {
    /// All tickets of a company, those that customers may not see among them.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn company_tickets(&self, company: &CompanyId, query: &ListQuery) -> Result<ListPage, StoreError> {
        let views = [keys::company_view(company), keys::hidden_view(company)];
        let rows = try_join_all(views.map(|view| self.view_page(view, query))).await?;
        Ok(ListPage::of(rows.into_iter().flatten().collect(), query.limit, OwnCounts::new()))
    }
}
