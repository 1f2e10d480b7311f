//! What can go wrong in the store: it is busy, it is broken, or an item in it is.

use aws_sdk_dynamodb::{
    config::http::HttpResponse,
    error::{BuildError, ProvideErrorMetadata, SdkError},
    operation::{
        batch_get_item::BatchGetItemError, batch_write_item::BatchWriteItemError, create_table::CreateTableError,
        get_item::GetItemError, query::QueryError, scan::ScanError, transact_write_items::TransactWriteItemsError,
        update_item::UpdateItemError, update_time_to_live::UpdateTimeToLiveError,
    },
};
use std::{error::Error as StdError, fmt, iter};

/// A read or write could not be done.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// DynamoDB throttles, fails, takes too long or cannot be reached, or other writers stay in the way: worth trying
    /// again. In words that quote neither a request nor an answer.
    #[error("DynamoDB is not available: {0}")]
    Busy(String),
    /// However often it is tried, it cannot be done.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// An item is not what this version writes.
    #[error("item {key} cannot be read: {why}")]
    Corrupt {
        /// Its partition and sort key.
        key: String,
        /// What is wrong.
        why: String,
    },
}

/// What DynamoDB refuses, or could not even be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation}: {kind} ({code})")]
pub struct Broken {
    /// In which way.
    pub kind: BrokenKind,
    /// Such as `Query`, or what could not be made.
    pub operation: &'static str,
    /// DynamoDB's code, or what is missing. Never its message, which can quote the whole request.
    pub code: String,
}

/// In which way something is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrokenKind {
    /// No permission, or credentials that do not count.
    AccessDenied,
    /// A request that DynamoDB does not take.
    InvalidRequest,
    /// The table or index is not there.
    NoTable,
    /// A request or item that cannot be made: a mistake of ours.
    Unbuilt,
    /// Anything else.
    Refused,
}

impl BrokenKind {
    /// For programs, as in logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::InvalidRequest => "invalid_request",
            Self::NoTable => "no_table",
            Self::Unbuilt => "unbuilt",
            Self::Refused => "refused",
        }
    }

    /// What a code of DynamoDB's means; nothing when it is worth trying again. Codes are those of the errors common to
    /// all operations, of the operations that are used here, and of the reasons why a transaction is cancelled.
    fn of(code: &str) -> Option<Self> {
        Some(match code {
            "InternalServerError"
            | "LimitExceededException"
            | "ProvisionedThroughputExceeded"
            | "ProvisionedThroughputExceededException"
            | "ReplicatedWriteConflictException"
            | "RequestLimitExceeded"
            | "RequestTimeout"
            | "RequestTimeoutException"
            | "ServiceUnavailable"
            | "ServiceUnavailableException"
            | "Throttling"
            | "ThrottlingError"
            | "ThrottlingException"
            | "TransactionConflict"
            | "TransactionConflictException"
            | "TransactionInProgressException" => return None,
            "AccessDenied"
            | "AccessDeniedException"
            | "ExpiredToken"
            | "ExpiredTokenException"
            | "IncompleteSignature"
            | "IncompleteSignatureException"
            | "InvalidClientTokenId"
            | "InvalidSignatureException"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException"
            | "NotAuthorized"
            | "OptInRequired"
            | "SignatureDoesNotMatch"
            | "UnrecognizedClientException" => Self::AccessDenied,
            "SerializationException" | "ValidationError" | "ValidationException" => Self::InvalidRequest,
            "ResourceNotFound" | "ResourceNotFoundException" | "TableNotFoundException" => Self::NoTable,
            _ => Self::Refused,
        })
    }
}

impl fmt::Display for BrokenKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessDenied => "access denied",
            Self::InvalidRequest => "not a request that DynamoDB takes",
            Self::NoTable => "no such table or index",
            Self::Unbuilt => "cannot be made",
            Self::Refused => "refused",
        })
    }
}

/// An operation's error, which does not know the name of its operation.
pub(crate) trait OperationError: ProvideErrorMetadata {
    const OPERATION: &'static str;

    /// What says more than the error's own code.
    fn reason(&self) -> Option<&str> {
        None
    }
}

macro_rules! operations {
    ($($name:literal $error:ty),*) => {
        $(impl OperationError for $error {
            const OPERATION: &'static str = $name;
        })*
    };
}

operations!(
    "BatchGetItem" BatchGetItemError,
    "BatchWriteItem" BatchWriteItemError,
    "CreateTable" CreateTableError,
    "GetItem" GetItemError,
    "Query" QueryError,
    "Scan" ScanError,
    "UpdateItem" UpdateItemError,
    "UpdateTimeToLive" UpdateTimeToLiveError
);

impl OperationError for TransactWriteItemsError {
    const OPERATION: &'static str = "TransactWriteItems";

    /// Why it was cancelled: what is broken before what is busy.
    fn reason(&self) -> Option<&str> {
        cancellation(self).filter(|it| !matches!(*it, "" | "None")).min_by_key(|it| BrokenKind::of(it).is_none())
    }
}

/// The code for each action of a transaction that was cancelled.
pub(super) fn cancellation(error: &TransactWriteItemsError) -> impl Iterator<Item = &str> {
    let reasons = match error {
        TransactWriteItemsError::TransactionCanceledException(it) => it.cancellation_reasons(),
        _ => &[],
    };
    reasons.iter().map(|reason| reason.code().unwrap_or_default())
}

impl StoreError {
    pub(crate) fn from_sdk<E: OperationError + StdError + 'static>(error: SdkError<E, HttpResponse>) -> Self {
        let busy = |why: &str| Self::Busy(format!("{}: {why}", E::OPERATION));
        let broken = |kind, code: &str| Self::Broken(Broken { kind, operation: E::OPERATION, code: code.into() });
        match &error {
            SdkError::ConstructionFailure(_) => broken(BrokenKind::Unbuilt, "the request"),
            SdkError::ServiceError(answer) => {
                let is_theirs = !(400..500).contains(&answer.raw().status().as_u16());
                match answer.err().reason().or_else(|| answer.err().code()) {
                    Some(code) => match BrokenKind::of(code).filter(|_| !is_theirs) {
                        Some(kind) => broken(kind, code),
                        None => busy(code),
                    },
                    // It came from something before DynamoDB, or half of it did not come.
                    None if is_theirs => busy("an answer that cannot be read"),
                    None => broken(BrokenKind::Refused, "no code"),
                }
            }
            SdkError::ResponseError(_) => busy("an answer that cannot be read"),
            // Out of time, or not sent: each cause in its own words. They are of the connection, not of what goes over it.
            other => {
                let causes = iter::successors(Some(other as &dyn StdError), |&error| error.source());
                busy(&causes.map(ToString::to_string).collect::<Vec<_>>().join(": "))
            }
        }
    }

    /// A request that lacks something.
    pub(super) fn unbuilt(error: BuildError) -> Self {
        Broken { kind: BrokenKind::Unbuilt, operation: "a request", code: error.to_string() }.into()
    }

    /// An item, or a part of one, that cannot be made. `of` is its kind.
    pub(crate) fn unmade(of: &str) -> Self {
        Broken { kind: BrokenKind::Unbuilt, operation: "an item", code: of.into() }.into()
    }

    /// Whether it is worth trying again.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        matches!(self, Self::Busy(_))
    }

    /// What it was, for programs, as in logs.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Busy(_) => "busy",
            Self::Broken(broken) => broken.kind.as_str(),
            Self::Corrupt { .. } => "unreadable_item",
        }
    }

    /// What a log may tell. An item's key holds ids and names, and what is wrong with it can quote it; `admin check`
    /// tells both.
    #[must_use]
    pub fn for_log(&self) -> String {
        match self {
            Self::Busy(_) | Self::Broken(_) => self.to_string(),
            Self::Corrupt { key, .. } => format!("an item in a partition {} cannot be read", partition_kind(key)),
        }
    }
}

/// Of a key whatever is the same in all partitions of its kind: ids come behind the first separator.
pub(super) fn partition_kind(key: &str) -> &str {
    key.split(['#', ' ']).next().unwrap_or_default()
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
    /// For writes without a condition of ours, which fail only when the store does, and for those where others were in the
    /// way to the end.
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Store(error) => error,
            other => Self::Busy(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::types::{CancellationReason, error::TransactionCanceledException};

    fn cancelled(codes: &[&str]) -> TransactWriteItemsError {
        let quoting = |code: &&str| CancellationReason::builder().code(*code).message("secret").build();
        let reasons = codes.iter().map(quoting).collect();
        let cancelled =
            TransactionCanceledException::builder().set_cancellation_reasons(Some(reasons)).message("secret");
        TransactWriteItemsError::TransactionCanceledException(cancelled.build())
    }

    #[test]
    fn what_passes_is_busy_and_what_stays_is_broken() {
        for code in ["ThrottlingException", "ProvisionedThroughputExceededException", "TransactionConflict"] {
            assert_eq!(BrokenKind::of(code), None, "{code}");
        }
        for (code, kind) in [
            ("AccessDeniedException", BrokenKind::AccessDenied),
            ("UnrecognizedClientException", BrokenKind::AccessDenied),
            ("ValidationException", BrokenKind::InvalidRequest),
            ("ResourceNotFoundException", BrokenKind::NoTable),
            ("ItemCollectionSizeLimitExceededException", BrokenKind::Refused),
            ("SomethingNewException", BrokenKind::Refused),
        ] {
            assert_eq!(BrokenKind::of(code), Some(kind), "{code}");
        }
    }

    #[test]
    fn a_transaction_is_cancelled_for_what_stays_before_what_passes() {
        let reason = |codes: &[&str]| cancelled(codes).reason().map(str::to_owned);
        assert_eq!(reason(&["None", "TransactionConflict", "ValidationError"]).unwrap(), "ValidationError");
        assert_eq!(reason(&["None", "ThrottlingError", "TransactionConflict"]).unwrap(), "ThrottlingError");
        assert_eq!(reason(&["None", ""]), None);
    }

    #[test]
    fn a_log_is_told_the_kind_of_an_item_and_nothing_in_it() {
        let corrupt = StoreError::Corrupt { key: "CONTACT#ada# CONTACT".into(), why: "secret".into() };
        assert_eq!((corrupt.kind(), corrupt.is_busy()), ("unreadable_item", false));
        assert_eq!(corrupt.for_log(), "an item in a partition CONTACT cannot be read");
        let unmade = StoreError::unmade("TICKET");
        assert_eq!((unmade.kind(), unmade.for_log().as_str()), ("unbuilt", "an item: cannot be made (TICKET)"));
    }
}
