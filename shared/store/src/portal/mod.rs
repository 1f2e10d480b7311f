//! What contacts read. Every read goes through `entry`, which verifies who is asking and returns the [`CompanyScope`].

mod detail;
mod entry;
mod list;
mod marks;
mod report;
mod search;
mod similar;
mod space;
mod talk;

pub use detail::{Past, TicketPage};
pub use entry::{Admission, CompanyScope, Entry, Hint, Meeting, Visitor};
pub use marks::{Marks, Watch};
pub use space::{SpaceEntry, SpacePage};
pub use talk::{Behind, ConversationPage, Door, Messages};
