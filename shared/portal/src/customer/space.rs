//! The tickets space (docs/product.md, The tickets space): what the contact created or takes part in. It is open to
//! everybody who is signed in, even to those who may not enter the portal.

use super::{Error, Visit};
use crate::Portal;
use domain::{access::Reason, mark::Mark, projection::CustomerRow, ticket::Boundary};
use store::{Marks, Meeting, SpaceRole, Watch};

/// A page of the tickets space.
#[derive(Debug)]
pub struct Space {
    /// Newest activity first.
    pub tickets: Vec<(CustomerRow, SpaceRole)>,
    /// Where the next page begins, if there is one.
    pub next: Option<Boundary>,
    /// Why the contact may not enter the portal. Empty when they may.
    pub reasons: Vec<Reason>,
    /// The marks that the page is based on.
    pub marks: Marks,
}

/// Reads a page of the tickets space: at most `limit` tickets after a place, or from the start.
///
/// # Errors
/// [`Error::SessionEnded`].
pub async fn space(portal: &Portal, visit: &Visit, limit: usize, after: Option<&Boundary>) -> Result<Space, Error> {
    let (workspace, meeting) = portal.store.meet_with_space(visit.visitor(), visit.hint()).await?;
    let Meeting { scope, reasons, page } = visit.met(&workspace, meeting)?;
    let lens = scope.lens(&workspace);
    let below = page.iter().filter(|entry| after.is_none_or(|after| entry.row.boundary() < *after));
    let mut seen = below.filter_map(|entry| Some((entry.row.boundary(), entry.role, lens.row(&entry.row)?)));
    let shown: Vec<_> = seen.by_ref().take(limit).collect();
    let last = shown.last().filter(|_| seen.next().is_some());
    Ok(Space {
        next: last.map(|(place, _, _)| place.clone()),
        tickets: shown.into_iter().map(|(_, role, row)| (row, role)).collect(),
        reasons,
        marks: scope.marks(Watch::Space, Mark::default()),
    })
}
