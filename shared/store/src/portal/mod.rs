//! What contacts read, each read through the door: `entry` verifies who asks, and hands out the [`CompanyScope`].

mod detail;
mod entry;
mod list;
mod marks;
mod space;
mod talk;

pub use detail::TicketPage;
pub use entry::{Admission, CompanyScope, Entry, Hint, Meeting, Visitor};
pub use marks::{Marks, Watch};
pub use space::SpaceEntry;
pub use talk::ConversationPage;
