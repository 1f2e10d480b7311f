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
    /// How many tickets wait on them.
    pub waiting: u64,
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
    let own_waiting = counts.values().map(|it| it.waiting_on_customer).sum();
    Ok(Access {
        contact: scope.contact().clone(),
        companies: scope.companies().iter().map(|company| (company.clone(), of(company))).collect(),
        waiting: scope.waiting(&attention, own_waiting),
        unread: attention.unread(),
        hint: scope.hint(),
    })
}
