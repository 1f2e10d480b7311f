//! What a contact is about to report may be known already (docs/product.md, Look-alikes).

use super::{Error, Visit};
use crate::Portal;
use domain::{
    id::CompanyId,
    likeness::{Gist, LONGEST},
    projection::CustomerRow,
};
use store::Hint;

/// Tickets that are like a text.
#[derive(Debug)]
pub struct Similar {
    /// Open ones first, the most alike first; each with the line that matches.
    pub rows: Vec<CustomerRow>,
    /// The companies in which to look for the contact's tickets next time.
    pub hint: Hint,
}

/// Finds tickets of the contact's companies that are like a text: those that they see, five at most.
///
/// # Errors
/// [`Error::Refused`], though not because their companies have no tickets yet; [`Error::ReportingDisabled`];
/// [`Error::NoCompany`] for one that the contact is not in.
pub async fn similar(
    portal: &Portal,
    visit: &Visit,
    text: &str,
    company: Option<&CompanyId>,
) -> Result<Similar, Error> {
    let gist = Gist::of(&text.chars().take(LONGEST).collect::<String>());
    let (entry, names) = futures::try_join!(
        portal.store.enter_with_similar(visit.visitor(), visit.hint(), &gist, company),
        portal.store.recent_teammate_names()
    )?;
    let (workspace, scope, found) = visit.admitted(entry)?;
    if !workspace.settings.reporting {
        return Err(Error::ReportingDisabled);
    }
    if company.is_some_and(|id| !scope.companies().iter().any(|company| company.id == *id)) {
        return Err(Error::NoCompany);
    }
    let lens = scope.lens(&workspace);
    let shown = found.into_iter().filter_map(|(mut row, matched)| {
        row.call_teammate(|id| names.get(id).cloned());
        Some(lens.row(&row)?.found_by(Some(matched)))
    });
    Ok(Similar { rows: shown.collect(), hint: scope.hint() })
}
