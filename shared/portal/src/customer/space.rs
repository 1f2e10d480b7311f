//! The tickets space (docs/product.md, The tickets space): what the contact created or takes part in. It is open to
//! everybody who is signed in, even to those who may not enter the portal.

use super::{Error, Visit, report::may_report};
use crate::Portal;
use domain::{access::Reason, mark::Mark, projection::CustomerRow, ticket::Boundary};
use store::{Marks, Meeting, SpaceEntry, SpaceRole, Watch};

/// A page of the tickets space.
#[derive(Debug)]
pub struct Space {
    /// Newest activity first.
    pub tickets: Vec<(CustomerRow, SpaceRole)>,
    /// How many tickets have something that the contact has not seen; 200 at most.
    pub unread: u64,
    /// Where the next page begins, if there is one.
    pub next: Option<Boundary>,
    /// Why the contact may not enter the portal. Empty when they may.
    pub reasons: Vec<Reason>,
    /// Whether they may report something.
    pub may_report: bool,
    /// The marks that the page is based on, if there are any that can tell whether it is still the same.
    pub marks: Option<Marks>,
}

/// Reads a page of the tickets space: at most `limit` tickets after a place, or from the start.
///
/// # Errors
/// [`Error::SessionEnded`].
pub async fn space(portal: &Portal, visit: &Visit, limit: usize, after: Option<&Boundary>) -> Result<Space, Error> {
    let found = portal.store.meet_with_space(visit.visitor(), visit.hint(), limit, after);
    let ((workspace, meeting), names) = futures::try_join!(found, portal.store.recent_teammate_names())?;
    let Meeting { scope, reasons, mut page } = visit.met(&workspace, meeting)?;
    for entry in &mut page.entries {
        entry.row.call_teammate(|id| names.get(id).cloned());
    }
    let lens = scope.lens(&workspace);
    let shown = |entry: &SpaceEntry| {
        let unread = page.attention.is_unread(&entry.row.id);
        Some((lens.row(&entry.row)?.for_reader(entry.role != SpaceRole::Follower, unread), entry.role))
    };
    Ok(Space {
        tickets: page.entries.iter().filter_map(shown).collect(),
        unread: page.attention.unread(),
        next: page.next,
        may_report: may_report(&workspace, &reasons),
        reasons,
        marks: page.marked.then(|| scope.marks(Watch::Space, Mark::default())),
    })
}
