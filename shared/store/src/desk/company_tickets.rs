//! The tickets of a company.

use crate::{
    record::{ListPage, ListQuery, OwnCounts},
    table::{Store, StoreError, keys},
};
use domain::id::CompanyId;
use futures::future::try_join_all;

impl Store {
    /// Reads a page of all tickets of a company, including those that customers may not see.
    pub async fn company_tickets(&self, company: &CompanyId, query: &ListQuery) -> Result<ListPage, StoreError> {
        let views = [keys::company_view(company), keys::hidden_view(company)];
        let rows = try_join_all(views.map(|view| self.view_page(view, query))).await?;
        Ok(ListPage::of(rows.into_iter().flatten().collect(), query.limit, OwnCounts::new()))
    }
}
