//! Looking at the portal as somebody else leaves a line.

use crate::{
    record::{Viewing, viewing_item},
    table::{Store, StoreError},
};
use domain::id::ContactId;

impl Store {
    /// Records that a teammate looks at the portal as this contact. `mark` tells those of the same millisecond apart.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be written.
    pub async fn record_viewing(&self, contact: &ContactId, viewing: &Viewing, mark: &str) -> Result<(), StoreError> {
        self.put_all(vec![viewing_item(contact, viewing, mark)?]).await
    }
}
