//! What teammates read.

mod audit;
mod company_tickets;
mod conversation;
mod directory;
mod find;
mod inbox;
mod members;
mod names;
mod people;
mod search;
mod sight;
mod similar;
mod ticket;

pub use conversation::Conversation;
pub use inbox::{InboxPage, InboxQuery};
pub use names::NamesPage;
pub use people::PeoplePage;
pub use search::{CompanyFilter, Hit, Kind, MOST_HITS, SearchPage, SearchQuery};
pub use sight::{People, SightChange};
pub use similar::{Similar, SimilarTicket};
pub use ticket::TicketFile;
