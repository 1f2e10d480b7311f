//! What can go wrong in the store: DynamoDB is busy, a request is broken, or an item is corrupt.

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_dynamodb::{
    config::http::HttpResponse,
    error::{BuildError, ProvideErrorMetadata, SdkError},
    operation::{
        batch_get_item::BatchGetItemError, batch_write_item::BatchWriteItemError, create_table::CreateTableError,
        get_item::GetItemError, query::QueryError, scan::ScanError, search_vectors::SearchVectorsError,
        transact_write_items::TransactWriteItemsError, update_item::UpdateItemError, update_table::UpdateTableError,
        update_time_to_live::UpdateTimeToLiveError,
    },
};
use std::{error::Error as StdError, fmt, iter};

/// A read or write failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// DynamoDB throttles, fails, takes too long or cannot be reached, or other writers keep interfering. Trying again
    /// may help. The text quotes neither a request nor an answer.
    #[error("DynamoDB is not available: {0}")]
    Busy(String),
    /// Trying again will not help.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// An item does not have the form that this version writes.
    #[error("item {key} cannot be read: {why}")]
    Corrupt {
        /// The item's partition key and sort key.
        key: String,
        why: String,
    },
}

/// A request that DynamoDB refuses, or that could not even be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation}: {kind} ({code})")]
pub struct Broken {
    pub kind: BrokenKind,
    /// The operation, such as `Query`, or what could not be made.
    pub operation: &'static str,
    /// DynamoDB's error code, or what is missing. Never DynamoDB's message, which can quote the whole request.
    pub code: String,
}

/// The way in which something is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrokenKind {
    /// Permission is missing, or the credentials are not valid.
    AccessDenied,
    /// DynamoDB does not accept the request.
    InvalidRequest,
    /// Whoever asks has no credentials, or they cannot be had: somebody at a laptop who has not signed in.
    NoCredentials,
    /// The table or index does not exist.
    NoTable,
    /// A request or item could not be made, which is a bug in this program.
    Unbuilt,
    /// Any other refusal.
    Refused,
}

impl BrokenKind {
    /// Returns a stable name for programs and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::InvalidRequest => "invalid_request",
            Self::NoCredentials => "no_credentials",
            Self::NoTable => "no_table",
            Self::Unbuilt => "unbuilt",
            Self::Refused => "refused",
        }
    }

    /// Returns what an error code of DynamoDB means; `None` if trying again may help. The codes are those common to all
    /// operations, those of the operations used here, and the reasons for which a transaction is cancelled.
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
            Self::NoCredentials => "no credentials: sign in to AWS, or check AWS_PROFILE",
            Self::NoTable => "no such table or index",
            Self::Unbuilt => "cannot be made",
            Self::Refused => "refused",
        })
    }
}

/// An error of an SDK operation, with the operation's name, which the SDK's type does not carry.
pub(crate) trait OperationError: ProvideErrorMetadata {
    const OPERATION: &'static str;

    /// Returns a code that says more than the error's own code, if there is one.
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
    "SearchVectors" SearchVectorsError,
    "UpdateItem" UpdateItemError,
    "UpdateTable" UpdateTableError,
    "UpdateTimeToLive" UpdateTimeToLiveError
);

impl OperationError for TransactWriteItemsError {
    const OPERATION: &'static str = "TransactWriteItems";

    /// Returns why the transaction was cancelled. Reasons that are broken come before those that are busy.
    fn reason(&self) -> Option<&str> {
        cancellation(self).filter(|it| !matches!(*it, "" | "None")).min_by_key(|it| BrokenKind::of(it).is_none())
    }
}

/// Returns the code for each action of a cancelled transaction.
pub(super) fn cancellation(error: &TransactWriteItemsError) -> impl Iterator<Item = &str> {
    let reasons = match error {
        TransactWriteItemsError::TransactionCanceledException(it) => it.cancellation_reasons(),
        _ => &[],
    };
    reasons.iter().map(|reason| reason.code().unwrap_or_default())
}

/// Whether asking for credentials once more would fail again.
const fn is_lasting(error: &CredentialsError) -> bool {
    !matches!(error, CredentialsError::ProviderTimedOut(_))
}

/// What errors say, one after the other. Some wrap another of their own kind and say the same.
fn told<'a>(errors: impl Iterator<Item = &'a (dyn StdError + 'static)>) -> String {
    let mut told: Vec<_> = errors.map(ToString::to_string).collect();
    told.dedup();
    told.join(": ")
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
                    // The answer came from something in front of DynamoDB, or was cut off.
                    None if is_theirs => busy("an answer that cannot be read"),
                    None => broken(BrokenKind::Refused, "no code"),
                }
            }
            SdkError::ResponseError(_) => busy("an answer that cannot be read"),
            // A timeout, or a request that was not sent. The causes are described in their own words, which concern the
            // connection and not the data.
            other => {
                let causes = || iter::successors(Some(other as &dyn StdError), |&error| error.source());
                let mut lacking = causes().skip_while(|it| !it.downcast_ref().is_some_and(is_lasting)).peekable();
                match lacking.peek() {
                    Some(_) => broken(BrokenKind::NoCredentials, &told(lacking)),
                    None => busy(&told(causes())),
                }
            }
        }
    }

    /// Returns the error for a request that lacks something.
    pub(super) fn unbuilt(error: BuildError) -> Self {
        Broken { kind: BrokenKind::Unbuilt, operation: "a request", code: error.to_string() }.into()
    }

    /// Returns the error for an item, or a part of one, that cannot be made. `of` is its kind.
    pub(crate) fn unmade(of: &str) -> Self {
        Broken { kind: BrokenKind::Unbuilt, operation: "an item", code: of.into() }.into()
    }

    /// Whether trying again may help.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        matches!(self, Self::Busy(_))
    }

    /// Returns a stable name of the error for programs and logs.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Busy(_) => "busy",
            Self::Broken(broken) => broken.kind.as_str(),
            Self::Corrupt { .. } => "unreadable_item",
        }
    }

    /// Returns the text for logs. An item's key holds ids and names, and the fault can quote its contents, so both are
    /// left out; `admin check` shows them.
    #[must_use]
    pub fn for_log(&self) -> String {
        match self {
            Self::Busy(_) | Self::Broken(_) => self.to_string(),
            Self::Corrupt { key, .. } => format!("an item in a partition {} cannot be read", partition_kind(key)),
        }
    }
}

/// Returns the part of a key that is the same in all partitions of its kind. Ids come after the first separator.
pub(crate) fn partition_kind(key: &str) -> &str {
    key.split(['#', ' ']).next().unwrap_or_default()
}

/// A write was not carried out. Nothing was written, except perhaps with [`WriteError::Store`]: the answer to a write
/// can be lost, and a later step can fail.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The ticket or record has changed since it was read.
    #[error("the ticket has changed since it was read")]
    Stale,
    /// A ticket or conversation with this id exists already.
    #[error("a ticket with this id exists already")]
    Exists,
    #[error("the company is not recorded")]
    UnknownCompany,
    /// The conversation does not exist, or is linked to another ticket.
    #[error("the conversation is linked to another ticket")]
    Linked,
    /// The contact who gives access to the company has just left it.
    #[error("nobody who takes part in the ticket is in the company any more")]
    Left,
    /// The request was carried out before.
    #[error("the request was carried out before")]
    Repeated,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<WriteError> for StoreError {
    /// For writes that have no condition of their own, which fail only when the store does, and for those in which
    /// other writers interfered until the end.
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
