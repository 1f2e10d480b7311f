//! What contacts can do.
//!
//! Every use case begins with a [`Visit`], asks the store for a `CompanyScope`, and shows tickets through its lens: to
//! a contact, what they may not see does not exist.

pub mod access;
pub mod conversation;
mod error;
pub mod follow;
pub mod list;
pub mod people;
pub mod private;
pub mod report;
pub mod session;
pub mod similar;
pub mod space;
pub mod ticket;
mod visit;

pub use error::Error;
pub use visit::{Reader, Visit};

use crate::Portal;
use store::{Marks, Watch};

/// Reads the marks of what somebody is looking at: while they stay the same, so does the answer. Costs half a read unit
/// for the contact and half a unit for each mark. `None` when the session has been revoked.
pub async fn marks(portal: &Portal, visit: &Visit, watch: Watch<'_>) -> Result<Option<Marks>, Error> {
    Ok(portal.store.marks(visit.visitor(), visit.hint(), watch).await?)
}
