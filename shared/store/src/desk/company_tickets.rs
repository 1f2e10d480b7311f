//! The tickets of a company.

use crate::{
    record::{Attention, CompanyFile, IndexRow, ListPage, ListQuery, Stretch, Workspace},
    table::{Store, StoreError, keys},
};
use domain::{filter::CreatedBy, id::CompanyId};

impl Store {
    /// Reads a company with a page of all its tickets, including those that customers may not see. `None` if the company
    /// is not recorded.
    pub async fn company_tickets(
        &self,
        company: &CompanyId,
        query: &ListQuery,
    ) -> Result<(Workspace, Option<(CompanyFile, ListPage)>), StoreError> {
        let (file, workspace, mut found) =
            futures::try_join!(self.company_file(company), self.workspace(), self.tickets_in(company, query))?;
        let Some(file) = file else { return Ok((workspace, None)) };
        found.rows.retain(|IndexRow { row, .. }| query.filter.keeps(row, &row.requester));
        let (rows, page) = found.page(query, &workspace.catalog, Attention::default());
        let rows = self.confirmed(rows, None, |_| Some(&file.moves)).await?;
        Ok((workspace, Some((file, page.with(rows)))))
    }

    /// Reads the rows that a page is made of.
    async fn tickets_in(&self, company: &CompanyId, query: &ListQuery) -> Result<Stretch, StoreError> {
        let Some(CreatedBy::Contact(creator)) = &query.filter.creator else {
            return self.views([keys::company_view(company), keys::hidden_view(company)].into(), query).await;
        };
        // No index has those of a creator which customers may not see. They are read in full: people create few.
        let theirs = self.tickets_created_by(creator).await?.into_iter();
        let here = theirs.filter(|row| row.company.as_ref() == Some(company) && query.is_ahead(row));
        Ok(Stretch::whole(here.map(|row| IndexRow { row, version: 0 }).collect()))
    }
}
