//! What can go wrong in the store.

use aws_sdk_dynamodb::error::SdkError;
use std::{error::Error as StdError, iter};

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
    /// Each cause in its own words. Not as `Debug` tells it: that holds the answer, with all that is in its items.
    pub(crate) fn from_sdk<E, R>(error: SdkError<E, R>) -> Self
    where
        E: StdError + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        let causes = iter::successors(Some(&error as &dyn StdError), |&error| error.source());
        Self::Unavailable(causes.map(ToString::to_string).collect::<Vec<_>>().join(": "))
    }

    /// What a log may tell. An item's key holds ids and names, and what is wrong with it can quote it; `admin check`
    /// tells both.
    #[must_use]
    pub fn for_log(&self) -> String {
        match self {
            Self::Unavailable(_) => self.to_string(),
            Self::Corrupt { key, .. } => {
                let kind = key.split(['#', ' ']).next().unwrap_or_default();
                format!("an item in a partition {kind} cannot be read")
            }
        }
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
