use crate::message::Unsayable;
use domain::access::Reason;
use store::{StoreError, WriteError};

/// Why a contact did not get what they asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Their session has been revoked, or they have been archived.
    #[error("the session has ended")]
    SessionEnded,
    /// They may not enter the portal; every reason, in order.
    #[error("may not enter: {0:?}")]
    Refused(Vec<Reason>),
    /// There is no such ticket, or none that they may see: the two are the same.
    #[error("no such ticket")]
    NoTicket,
    /// There is no such company, or they are not in it.
    #[error("no such company")]
    NoCompany,
    /// There is no such conversation, or none that they may read: the two are the same.
    #[error("no such conversation")]
    NoConversation,
    /// They have to join the conversation before they write in it.
    #[error("not a participant")]
    NotAParticipant,
    /// The message cannot be said.
    #[error("{0}")]
    Unsayable(#[from] Unsayable),
    /// The client's name for this message came with another one before.
    #[error("the key came with another request")]
    KeyReused,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<WriteError> for Error {
    /// For failed conditions that say no more than that others are in the way.
    fn from(error: WriteError) -> Self {
        Self::Store(error.into())
    }
}
