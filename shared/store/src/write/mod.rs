//! Changes by contacts, teammates and the vendor's systems, each in transactions of its own.

mod attention;
mod catalog;
mod correct;
mod directory;
mod follow;
mod join;
mod logo;
mod number;
mod once;
mod open;
mod participation;
mod rename;
mod report;
mod say;
mod sessions;
mod settings;
mod team;
mod ticket;
mod touch;
mod viewing;

pub(crate) use attention::MOST_ASKED;
pub use directory::Upserted;
pub use once::{Done, Once};
pub use participation::Participation;
pub use sessions::SignIn;
pub use ticket::TicketWrite;
