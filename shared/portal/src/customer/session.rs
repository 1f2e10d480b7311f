//! Signing in and out: a session for somebody whom the vendor's backend vouches for, and its end.

use super::Error;
use crate::Portal;
use domain::{id::ContactId, visibility::Sight};
use std::time::Duration;
use store::{Hint, Session};

/// How long a session lasts after its cookie was last made.
pub const LIFE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How much longer an ended session is remembered: clocks differ, and its cookie may be renewed at this moment.
const MARGIN: Duration = Duration::from_secs(60 * 60);

/// What the session cookie and the hint cookie are made from.
#[derive(Debug)]
pub struct Start {
    pub session: Session,
    /// The contact's companies, so that their first page needs no second round trip. `None` for a contact who is not
    /// recorded.
    pub hint: Option<Hint>,
}

/// Begins a session of the contact, or goes on with the one that the browser `had`: then signing out ends all that
/// these cookies have opened.
///
/// # Errors
/// [`Error::SessionEnded`] for a contact who has been archived.
pub async fn start(portal: &Portal, contact: &ContactId, had: Option<Session>) -> Result<Start, Error> {
    let known = portal.store.sign_in(contact, had.as_ref()).await?;
    let (epoch, hint) = match known.contact {
        None => (0, None),
        Some((contact, _)) if contact.archived => return Err(Error::SessionEnded),
        Some((contact, companies)) => {
            (contact.session_epoch, Some(Hint { companies, sight: Sight::All, private: false }))
        }
    };
    let new = || Session { id: portal.ids.next("s"), epoch };
    Ok(Start { session: had.filter(|_| known.goes_on).unwrap_or_else(new), hint })
}

/// Ends this session, in whichever browser its cookie is; the contact's other sessions go on.
pub async fn end(portal: &Portal, contact: &ContactId, session: &Session) -> Result<(), Error> {
    let now = portal.clock.now();
    Ok(portal.store.end_session(contact, session, now, now.plus(LIFE + MARGIN)).await?)
}
