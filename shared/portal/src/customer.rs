//! What contacts can do.
//!
//! Every use case begins with a [`Visit`], asks the store for a `CompanyScope`, and shows tickets through its lens: what
//! a contact may not see is not there.

pub mod access;
pub mod conversation;
mod error;
pub mod list;
pub mod session;
pub mod space;
pub mod ticket;
mod visit;

pub use error::Error;
pub use visit::{Reader, Visit};

use crate::Portal;
use store::{Marks, Watch};

/// The marks of what somebody looks at: while they stay the same, so does the answer. Costs half a read unit for the
/// contact and half a unit for each mark. `None` when the session has been revoked.
///
/// # Errors
/// [`Error::Store`].
pub async fn marks(portal: &Portal, visit: &Visit, watch: Watch<'_>) -> Result<Option<Marks>, Error> {
    Ok(portal.store.marks(visit.visitor(), visit.hint(), watch).await?)
}
