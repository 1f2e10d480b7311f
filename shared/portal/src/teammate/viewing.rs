//! Looking at the portal as a contact. It is recorded before the teammate sees anything.

use super::{Error, Teammate, Thing};
use crate::Portal;
use domain::id::ContactId;
use store::Viewing;

/// Records that the teammate is about to look at the portal as this contact.
///
/// # Errors
/// [`Error::NotThere`].
pub async fn begin(portal: &Portal, teammate: &Teammate, contact: &ContactId) -> Result<(), Error> {
    portal.store.contact(contact).await?.ok_or(Error::NotThere(Thing::Contact(None)))?;
    let entry = Viewing { at: portal.clock.now(), by: teammate.actor(portal).await? };
    Ok(portal.store.record_viewing(contact, &entry, &portal.ids.next("v")).await?)
}

/// Reads who looked at the portal as this contact, and when.
pub async fn recorded(portal: &Portal, contact: &ContactId) -> Result<Vec<Viewing>, Error> {
    Ok(portal.store.viewings(contact).await?)
}
