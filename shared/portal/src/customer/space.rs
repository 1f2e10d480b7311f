//! The tickets space: what the contact created or takes part in, newest activity first (docs/product.md, The tickets space).
//! It is open to everybody who is signed in, also to those who may not enter the portal.

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
    /// Why the contact may not enter the portal; empty when they may.
    pub reasons: Vec<Reason>,
    /// What the page went by.
    pub marks: Marks,
}

/// A page of at most `limit` tickets, those after a place.
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
