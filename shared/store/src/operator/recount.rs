//! Counts the tickets of a company anew, for the operator.
//!
//! Others may write meanwhile: what was counted holds if the company's mark is the same before and after, and what is
//! lacking then is added to a shard, which is right whatever has been added to others since.

use crate::{
    record::{Counters, RowRecord},
    table::{Attempts, Store, StoreError, Transaction, keys, record},
};
use domain::{id::CompanyId, ticket::TicketRow};

impl Store {
    /// Mends the counters of a company. Returns `false` if they were right.
    pub(super) async fn recount(&self, company: &CompanyId, dry_run: bool) -> Result<bool, StoreError> {
        let mut attempts = Attempts::new("others keep writing the tickets of a company");
        loop {
            let kept = self.counters(company).await?;
            let mut counted = Counters::default();
            let rows = self.partition(keys::company(company), "TICKET#").consistent_read(true);
            for item in self.query_all(rows).await? {
                counted.count(&TicketRow::from(record::<RowRecord>(item)?));
            }
            if self.counters(company).await? != kept {
                attempts.another().await?;
                continue;
            }
            let lacking = kept.lacks(&counted);
            if lacking.is_empty() || dry_run {
                return Ok(!lacking.is_empty());
            }
            let mut transaction = Transaction::new(self);
            let at = kept.mark().at;
            lacking.into_iter().for_each(|(name, by)| transaction.add_to(company, name, by, at));
            transaction.commit().await?;
            return Ok(true);
        }
    }

    async fn counters(&self, company: &CompanyId) -> Result<Counters, StoreError> {
        let items = self.partition_between(keys::company(company), keys::COMPANY, keys::COMPANY_SHARDS_END);
        let mut counters = Counters::default();
        for item in self.query_all(items.consistent_read(true)).await? {
            counters.add(&item);
        }
        Ok(counters)
    }
}
