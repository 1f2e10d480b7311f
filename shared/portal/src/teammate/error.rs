use crate::message::Unsayable;
use domain::{
    id::{CompanyId, ContactId, ConversationId, StateId, TeammateId, TicketId, TypeId},
    projection::CustomerCompany,
    settings::{RequiredSetting, Unfit},
};
use store::{StoreError, WriteError};

/// Why a teammate did not get what they asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What the request is about is not there. Teammates see all there is.
    #[error("there is no such {0:?}")]
    NotThere(Thing),
    /// The request names something that is not there.
    #[error("there is no such {0:?}")]
    Unknown(Thing),
    /// Nobody takes part in the conversation who could be the requester.
    #[error("nobody participates in the conversation")]
    NoRequester,
    /// A text or number is not what it should be, in the words of `domain::limit`.
    #[error("{0}")]
    Invalid(String),
    /// An attribute's value does not fit its type.
    #[error("{0}")]
    InvalidAttribute(String),
    /// The company is none of those who take part in the ticket.
    #[error("{company} is no option")]
    NotOffered {
        /// The one that was chosen.
        company: CompanyId,
        /// Those that can be.
        options: Vec<CustomerCompany>,
    },
    /// Somebody has changed the ticket since it was read.
    #[error("the ticket has changed")]
    Stale {
        /// Its version now.
        version: u64,
        /// Its company now.
        company: Option<CompanyId>,
    },
    /// The conversation is linked to a ticket, or the ticket to another conversation.
    #[error("linked already")]
    Linked {
        /// The ticket, by id and number, where it is known.
        ticket: Option<(TicketId, u64)>,
        /// The conversation, where it is known.
        conversation: Option<ConversationId>,
    },
    /// The key came with another request before.
    #[error("the key came with another request")]
    KeyReused,
    /// A setting cannot be so.
    #[error("{0}")]
    UnfitSetting(#[from] Unfit),
    /// Somebody has changed the settings since they were read; their version now.
    #[error("the settings have changed")]
    StaleSettings(u64),
    /// The portal cannot be turned on before these have passed their checks.
    #[error("not ready: {0:?}")]
    NotReady(Vec<RequiredSetting>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Something that a request is about, or that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    /// A ticket.
    Ticket,
    /// A ticket, by its number.
    TicketNumber(u64),
    /// A conversation; by its id where a request names it.
    Conversation(Option<ConversationId>),
    /// A company.
    Company,
    /// One of several companies.
    OneOfTheCompanies,
    /// A contact; by its id where a request names it.
    Contact(Option<ContactId>),
    /// A contact's membership of a company.
    Membership,
    /// A ticket type.
    Type(TypeId),
    /// A ticket state.
    State(StateId),
    /// Any state of the category `submitted`, which new tickets begin in.
    SubmittedState,
    /// A teammate.
    Teammate(TeammateId),
}

impl From<Unsayable> for Error {
    fn from(Unsayable(why): Unsayable) -> Self {
        Self::Invalid(why)
    }
}

impl From<WriteError> for Error {
    /// What a failed condition means where the use case has no better answer.
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::UnknownCompany => Self::Unknown(Thing::Company),
            WriteError::Linked => Self::Linked { ticket: None, conversation: None },
            error => Self::Store(error.into()),
        }
    }
}
