//! Signing in: a session for somebody whom the vendor's backend vouches for.

use super::Error;
use crate::Portal;
use domain::{id::ContactId, visibility::Sight};
use store::Hint;

/// What the session cookie and the hint cookie are made from.
#[derive(Debug)]
pub struct Session {
    /// The contact's session epoch. Raising it ends the session.
    pub epoch: u64,
    /// The contact's companies, so that their first page needs no second round trip. `None` for a contact who is not
    /// recorded.
    pub hint: Option<Hint>,
}

/// Looks up what a new session of the contact needs.
///
/// # Errors
/// [`Error::SessionEnded`] for a contact who has been archived.
pub async fn start(portal: &Portal, contact: &ContactId) -> Result<Session, Error> {
    match portal.store.contact(contact).await? {
        None => Ok(Session { epoch: 0, hint: None }),
        Some((contact, _)) if contact.archived => Err(Error::SessionEnded),
        Some((contact, companies)) => {
            Ok(Session { epoch: contact.session_epoch, hint: Some(Hint { companies, sight: Sight::All }) })
        }
    }
}
