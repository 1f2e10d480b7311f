//! The tickets of a company.

use crate::{
    record::{Attention, CompanyFile, ListPage, ListQuery, cut},
    table::{Store, StoreError, keys},
};
use domain::id::CompanyId;
use futures::future::try_join_all;

impl Store {
    /// Reads a company with a page of all its tickets, including those that customers may not see. `None` if the company
    /// is not recorded.
    pub async fn company_tickets(
        &self,
        company: &CompanyId,
        query: &ListQuery,
    ) -> Result<Option<(CompanyFile, ListPage)>, StoreError> {
        let views = [keys::company_view(company), keys::hidden_view(company)];
        let views = try_join_all(views.map(|view| self.view_page(view, query)));
        let (file, rows) = futures::try_join!(self.company_file(company), views)?;
        let Some(file) = file else { return Ok(None) };
        let (rows, next) = cut(rows.into_iter().flatten().collect(), query.limit);
        let rows = self.confirmed(rows, None, |_| Some(&file.moves)).await?;
        Ok(Some((file, ListPage::of(rows, next, Attention::default()))))
    }
}
