//! The tickets of a company.

use crate::{
    record::{Attention, CompanyFile, ListPage, ListQuery, Workspace},
    table::{Store, StoreError, keys},
};
use domain::id::CompanyId;

impl Store {
    /// Reads a company with a page of all its tickets, including those that customers may not see. `None` if the company
    /// is not recorded.
    pub async fn company_tickets(
        &self,
        company: &CompanyId,
        query: &ListQuery,
    ) -> Result<(Workspace, Option<(CompanyFile, ListPage)>), StoreError> {
        let views = [keys::company_view(company), keys::hidden_view(company)];
        let (file, workspace, found) =
            futures::try_join!(self.company_file(company), self.workspace(), self.views(views.into(), query))?;
        let Some(file) = file else { return Ok((workspace, None)) };
        let (rows, page) = found.page(query, &workspace.catalog, Attention::default());
        let rows = self.confirmed(rows, None, |_| Some(&file.moves)).await?;
        Ok((workspace, Some((file, page.with(rows)))))
    }
}
