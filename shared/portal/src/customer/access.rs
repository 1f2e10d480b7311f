//! Decides whether a contact may enter the portal, for the Help Center's card, the Messenger's banner and the API.

use super::{Error, Visit};
use crate::Portal;
use domain::{company::Company, contact::Contact, state::Counts};
use store::Hint;

/// What contacts who may enter are told.
#[derive(Debug)]
pub struct Access {
    pub contact: Contact,
    /// The companies that they are in, with how many tickets they can see in each.
    pub companies: Vec<(Company, Counts)>,
    /// How many tickets have something that they have not seen; 200 at most.
    pub unread: u64,
    /// The companies in which to look for their tickets next time.
    pub hint: Hint,
}

/// Decides whether the contact may enter, and counts their tickets.
///
/// # Errors
/// [`Error::Refused`] with every reason why not.
pub async fn access(portal: &Portal, visit: &Visit) -> Result<Access, Error> {
    let (_, scope, (own, attention)) = visit.admitted(portal.store.enter(visit.visitor(), visit.hint()).await?)?;
    let counts = scope.counts(&own);
    let of = |company: &Company| counts.get(&company.id).copied().unwrap_or_default();
    Ok(Access {
        contact: scope.contact().clone(),
        companies: scope.companies().iter().map(|company| (company.clone(), of(company))).collect(),
        unread: attention.unread(),
        hint: scope.hint(),
    })
}
