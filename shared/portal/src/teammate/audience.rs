//! Whom audience rules match, from the records: the same decision as at the door, contact by contact, a bounded number of
//! them a request.

use super::Error;
use crate::Portal;
use domain::{
    company::Company,
    condition::{Condition, all_hold},
    contact::Contact,
    settings::verify_conditions,
};
use serde::{Deserialize, Serialize};

/// Contacts that a request looks at, unless it says otherwise.
pub const USUAL: usize = 50;
/// And at most: each is a query.
pub const MOST: usize = 200;

/// Whom the rules match among the contacts that were looked at.
#[derive(Debug)]
pub struct Preview {
    /// Those of this page who match, with the companies that they are in.
    pub matching: Vec<(Contact, Vec<Company>)>,
    /// What it has come to, with the pages before; where it goes on is in it, unless everybody was looked at.
    pub so_far: Place,
}

/// Where a preview goes on, and what it has come to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The last contact that was looked at, as the store orders them.
    pub after: Option<String>,
    /// How many matched.
    pub matching: u64,
    /// How many were looked at.
    pub looked_at: u64,
}

/// Looks at the next `limit` contacts.
///
/// # Errors
/// [`Error::UnfitSetting`] for conditions that cannot be.
pub async fn preview(portal: &Portal, audience: &[Condition], before: Place, limit: usize) -> Result<Preview, Error> {
    verify_conditions("audience", audience)?;
    let page = portal.store.people(before.after.as_deref(), limit).await?;
    let looked_at = before.looked_at + page.people.len() as u64;
    let matching: Vec<_> = page.people.into_iter().filter(|(who, of)| all_hold(audience, who, of)).collect();
    let so_far = Place { after: page.next, matching: before.matching + matching.len() as u64, looked_at };
    Ok(Preview { matching, so_far })
}
