use crate::{Portal, teammate::Error};
use domain::{company::Company, id::CompanyId};
use std::collections::{BTreeMap, BTreeSet};
use store::{Names, NamesPage};

/// At most `limit` companies or people whose names begin with `beginning`, by name, those after a place.
///
/// # Errors
/// [`Error::Store`].
pub async fn names(
    portal: &Portal,
    which: Names,
    beginning: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<NamesPage, Error> {
    Ok(portal.store.names(which, beginning, after, limit).await?)
}

/// The companies of these that are recorded.
///
/// # Errors
/// [`Error::Store`].
pub async fn companies(portal: &Portal, ids: &BTreeSet<CompanyId>) -> Result<BTreeMap<CompanyId, Company>, Error> {
    Ok(portal.store.companies(ids).await?)
}
