use crate::message::Unsayable;
use domain::{access::Reason, filter::Unfit, form, projection::CustomerCompany};
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
    /// Contacts may not report anything, or there is nothing that they could report.
    #[error("reporting is not turned on")]
    ReportingDisabled,
    /// There is no such type, or none of which they report something.
    #[error("no such type")]
    UnknownType,
    /// A field is not what it should be. `why` names it, such as "title is blank".
    #[error("{why}")]
    Invalid { field: &'static str, why: String },
    /// The form does not take a value, or lacks one.
    #[error("unfit: {0:?}")]
    InvalidAttribute(form::Unfit),
    /// They are not in the company that they chose. These are those that they are in.
    #[error("company not offered")]
    NotOffered(Vec<CustomerCompany>),
    /// They have reported too much. They may go on in so many seconds.
    #[error("too many reports")]
    TooMany { seconds: u32 },
    /// Only who created the ticket may do this.
    #[error("not the creator")]
    NotTheCreator,
    /// The ticket has this version by now.
    #[error("stale: version {0}")]
    Stale(u64),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<WriteError> for Error {
    /// For failed conditions that say only that somebody else was first.
    fn from(error: WriteError) -> Self {
        Self::Store(error.into())
    }
}
