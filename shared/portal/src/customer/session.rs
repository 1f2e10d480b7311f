//! Signing in: a session for somebody whom the vendor's backend vouches for.

use super::Error;
use crate::Portal;
use domain::{id::ContactId, visibility::Sight};
use store::Hint;

/// What a session is made of.
#[derive(Debug)]
pub struct Session {
    /// The contact's epoch: the session ends when that is raised.
    pub epoch: u64,
    /// Where to expect the contact, so that their first page needs no second round trip. Nobody knows a contact that is
    /// not recorded.
    pub hint: Option<Hint>,
}

/// Begins a session.
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
