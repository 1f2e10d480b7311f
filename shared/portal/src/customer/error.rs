use crate::message::Unsayable;
use domain::{access::Reason, filter::Unfit};
use store::{StoreError, WriteError};

/// Why a contact did not get what they asked for. Every use case fails with [`Error::Store`] when the table cannot be
/// read or written; each names its other errors.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Their session has been revoked, or they have been archived.
    #[error("the session has ended")]
    SessionEnded,
    /// They may not enter the portal, for these reasons. Every reason is there, in order.
    #[error("may not enter: {0:?}")]
    Refused(Vec<Reason>),
    /// The ticket does not exist, or they may not see it: the answer is the same.
    #[error("no such ticket")]
    NoTicket,
    /// The company does not exist, or they are not in it.
    #[error("no such company")]
    NoCompany,
    /// The conversation does not exist, or they may not read it: the answer is the same.
    #[error("no such conversation")]
    NoConversation,
    /// They have to join the conversation before they can write in it.
    #[error("not a participant")]
    NotAParticipant,
    /// What they want the list to hold makes no sense.
    #[error("{0}")]
    Unfit(#[from] Unfit),
    /// They are more than one file holds, or than one request looks through.
    #[error("too many tickets for a file")]
    TooManyTickets,
    #[error("{0}")]
    Unsayable(#[from] Unsayable),
    /// The client has used this message's id for another message.
    #[error("the key came with another request")]
    KeyReused,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<WriteError> for Error {
    /// For failed conditions that say only that somebody else was first.
    fn from(error: WriteError) -> Self {
        Self::Store(error.into())
    }
}
