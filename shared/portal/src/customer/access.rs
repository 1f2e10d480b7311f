//! May this contact enter the portal? The decision for the Help Center's card, the Messenger's banner and the API.

use super::{Error, Visit};
use crate::Portal;
use domain::{company::Company, contact::Contact, state::Counts};
use store::Hint;

/// What is told to those who may enter.
#[derive(Debug)]
pub struct Access {
    /// Who they are.
    pub contact: Contact,
    /// The companies that they are in, with how many tickets they see in each.
    pub companies: Vec<(Company, Counts)>,
    /// Where to expect them next time.
    pub hint: Hint,
}

/// Lets somebody in.
///
/// # Errors
/// [`Error::Refused`] with every reason why not.
pub async fn access(portal: &Portal, visit: &Visit) -> Result<Access, Error> {
    let (_, scope, own) = visit.admitted(portal.store.enter(visit.visitor(), visit.hint()).await?)?;
    let counts = scope.counts(&own);
    let of = |company: &Company| counts.get(&company.id).copied().unwrap_or_default();
    Ok(Access {
        contact: scope.contact().clone(),
        companies: scope.companies().iter().map(|company| (company.clone(), of(company))).collect(),
        hint: scope.hint(),
    })
}
