use super::conversation::DeskPart;
use crate::message::Unsayable;
use domain::{
    duplicate::Unfit,
    id::{CompanyId, ContactId, ConversationId, StateId, TeammateId, TicketId, TypeId},
    projection::CustomerCompany,
    settings::{self, RequiredSetting},
    state::StateCategory,
};
use store::{StoreError, WriteError};

/// Why a teammate did not get what they asked for. Every use case fails with [`Error::Store`] when the table cannot be
/// read or written; each names its other errors.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The subject of the request does not exist: there is nothing that teammates may not see.
    #[error("there is no such {0:?}")]
    NotThere(Thing),
    /// The request refers to something that does not exist.
    #[error("there is no such {0:?}")]
    Unknown(Thing),
    /// The conversation has no participant who could be the requester.
    #[error("nobody participates in the conversation")]
    NoRequester,
    /// A text or number is not valid, such as "title is blank".
    #[error("{0}")]
    Invalid(String),
    /// An attribute's value does not fit its type.
    #[error("{0}")]
    InvalidAttribute(String),
    /// No participant of the ticket is in the company.
    #[error("{company} is no option")]
    NotOffered {
        /// The company that was chosen.
        company: CompanyId,
        /// The companies that can be chosen.
        options: Vec<CustomerCompany>,
    },
    /// Somebody has changed the ticket since it was read.
    #[error("the ticket has changed")]
    Stale {
        /// The present version.
        version: u64,
        /// The present company.
        company: Option<CompanyId>,
    },
    /// The conversation is already linked to a ticket, or the ticket to another conversation.
    #[error("linked already")]
    Linked {
        /// The ticket's id and number, if known.
        ticket: Option<(TicketId, u64)>,
        /// The conversation's id, if known.
        conversation: Option<ConversationId>,
    },
    /// The ticket cannot be said to repeat the other one.
    #[error("no duplicate: {unfit:?}")]
    Duplicate {
        unfit: Unfit,
        /// The number of the ticket that stands in the way, if one does.
        number: Option<u64>,
    },
    /// A customer has written something that whoever answers has not seen. Holds the latest message.
    #[error("a message is unseen")]
    Unseen(Box<DeskPart>),
    /// The key was used for another request before.
    #[error("the key came with another request")]
    KeyReused,
    /// A setting is not valid.
    #[error("{0}")]
    UnfitSetting(#[from] settings::Unfit),
    /// Somebody has changed the settings since they were read. Holds the present version.
    #[error("the settings have changed")]
    StaleSettings(u64),
    /// The portal cannot be turned on before these settings have passed their checks.
    #[error("not ready: {0:?}")]
    NotReady(Vec<RequiredSetting>),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Something that a request is about, or to which it refers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    Ticket,
    TicketNumber(u64),
    /// A conversation, with its id when the request refers to it.
    Conversation(Option<ConversationId>),
    Company,
    /// One of the companies in the request.
    OneOfTheCompanies,
    /// A contact, with their id when the request refers to them.
    Contact(Option<ContactId>),
    /// A contact's membership of a company.
    Membership,
    Type(TypeId),
    State(StateId),
    /// Any state of this category.
    StateOf(StateCategory),
    Teammate(TeammateId),
}

impl From<Unsayable> for Error {
    fn from(Unsayable(why): Unsayable) -> Self {
        Self::Invalid(why)
    }
}

impl From<WriteError> for Error {
    /// For failed conditions about which the use case knows nothing more precise.
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::UnknownCompany => Self::Unknown(Thing::Company),
            WriteError::Linked => Self::Linked { ticket: None, conversation: None },
            error => Self::Store(error.into()),
        }
    }
}
