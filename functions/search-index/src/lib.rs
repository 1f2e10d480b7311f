//! The index of search, kept by what the table's stream says was written.

use store::{Document, Store, StoreError};
use web::stream::{Key, Reader};

pub const READER: Reader = Reader { name: "search-index", take: |store, key| Box::pin(take(store, key)) };

/// Indexes what was written, if search has it.
async fn take(store: &Store, key: &Key) -> Result<(), StoreError> {
    match Document::at(&key.pk, &key.sk)? {
        Some(document) => store.index(&document).await,
        None => Ok(()),
    }
}
