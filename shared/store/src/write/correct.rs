//! Correcting what the places of a ticket say of it, where nothing has happened to it.

use crate::{
    record::{as_read, creator_entry, home_row},
    table::{Store, StoreError, Transaction, keys},
};
use domain::ticket::Ticket;

impl Store {
    /// Writes these attributes of a ticket's row wherever they are kept. The ticket's version stays, because nothing has
    /// changed that a teammate would have to look at again.
    pub(crate) fn corrected(
        &self,
        before: &Ticket,
        after: &Ticket,
        names: &[&str],
    ) -> Result<Transaction<'_>, StoreError> {
        let (row, mut transaction) = (&after.row, Transaction::new(self));
        let home = home_row(row, before.version)?;
        let mut set = home.clone();
        set.retain(|name, _| names.contains(&name.as_str()));
        let remove: Vec<_> = names.iter().copied().filter(|name| !set.contains_key(*name)).collect();
        transaction.set_over_all((keys::ticket(&row.id), keys::BODY), set, &remove, as_read(before))?;
        transaction.put(home)?;
        let (entry, absent) = creator_entry(row, before.version)?;
        transaction.set(keys::contact(&row.requester), keys::space(&row.id), entry, &absent)?;
        transaction.keep_private(Some(&before.row), row, before.version)?;
        transaction.count(&before.row, -1);
        transaction.count(row, 1);
        transaction.list_ticket(Some(before), after, None, row.updated_at)?;
        transaction.raise(keys::contact(&row.requester), keys::OWN_MARK, row.updated_at);
        Ok(transaction)
    }
}
