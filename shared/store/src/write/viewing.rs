//! Viewing the portal as somebody else leaves an audit line.

use crate::{
    record::{Viewing, viewing_item},
    table::{Store, StoreError},
};
use domain::id::ContactId;

impl Store {
    /// Records that a teammate views the portal as this contact. `mark` distinguishes viewings of the same millisecond.
    pub async fn record_viewing(&self, contact: &ContactId, viewing: &Viewing, mark: &str) -> Result<(), StoreError> {
        self.put_all(vec![viewing_item(contact, viewing, mark)?]).await
    }
}
