//! Previews whom audience rules match: the same decision as when somebody enters, made for each recorded contact, a
//! limited number of them per request.

use super::Error;
use crate::Portal;
use domain::{
    company::Company,
    condition::{Condition, all_hold},
    contact::Contact,
    settings::verify_conditions,
};
use serde::{Deserialize, Serialize};

/// Contacts checked per request, unless the request says otherwise.
pub const USUAL: usize = 50;
/// The most contacts that one request may check: each takes a query.
pub const MOST: usize = 200;

/// The result of checking a page of contacts.
#[derive(Debug)]
pub struct Preview {
    /// The contacts of this page who match, with the companies that they are in.
    pub matching: Vec<(Contact, Vec<Company>)>,
    /// The totals with all earlier pages, and where the next page begins.
    pub so_far: Place,
}

/// Where a preview continues, and its totals so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The last contact that was checked, in the store's order. `None` before the first page and after the last.
    pub after: Option<String>,
    /// How many contacts matched.
    pub matching: u64,
    /// How many contacts were checked.
    pub looked_at: u64,
}

/// Checks the next `limit` contacts.
///
/// # Errors
/// [`Error::UnfitSetting`] for conditions that are not valid.
pub async fn preview(portal: &Portal, audience: &[Condition], before: Place, limit: usize) -> Result<Preview, Error> {
    verify_conditions("audience", audience)?;
    let page = portal.store.people(before.after.as_deref(), limit).await?;
    let looked_at = before.looked_at + page.people.len() as u64;
    let matching: Vec<_> = page.people.into_iter().filter(|(who, of)| all_hold(audience, who, of)).collect();
    let so_far = Place { after: page.next, matching: before.matching + matching.len() as u64, looked_at };
    Ok(Preview { matching, so_far })
}
