//! What can go wrong in the store.

use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};
use std::error::Error as StdError;

/// A read or write could not be done.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// DynamoDB throttles, times out or cannot be reached: worth trying again.
    #[error("DynamoDB is not available: {0}")]
    Unavailable(String),
    /// An item is not what this version writes.
    #[error("item {key} cannot be read: {why}")]
    Corrupt {
        /// Its partition and sort key.
        key: String,
        /// What is wrong.
        why: String,
    },
}

impl StoreError {
    pub(crate) fn from_sdk<E, R>(error: SdkError<E, R>) -> Self
    where
        E: StdError + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        Self::Unavailable(DisplayErrorContext(&error).to_string())
    }
}

/// A ticket could not be written. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Somebody else changed the ticket meanwhile.
    #[error("the ticket has changed since it was read")]
    Stale,
    /// A ticket with this id exists already.
    #[error("a ticket with this id exists already")]
    Exists,
    /// The company is not recorded.
    #[error("the company is not recorded")]
    UnknownCompany,
    /// The conversation is gone, or linked to another ticket.
    #[error("the conversation is linked to another ticket")]
    Linked,
    /// The contact through whom the company is an option has just left it.
    #[error("nobody who takes part in the ticket is in the company any more")]
    Left,
    /// This request was carried out before.
    #[error("the request was carried out before")]
    Repeated,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<WriteError> for StoreError {
    /// For writes without a condition of ours, which fail only when the store does.
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Store(error) => error,
            other => Self::Unavailable(other.to_string()),
        }
    }
}
