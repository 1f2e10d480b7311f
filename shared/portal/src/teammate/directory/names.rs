use crate::{Portal, teammate::Error};
use domain::{company::Company, id::CompanyId};
use std::collections::{BTreeMap, BTreeSet};
use store::{Names, NamesPage};

/// Lists at most `limit` companies or people whose names begin with `beginning`, sorted by name, after a place or from
/// the start.
pub async fn names(
    portal: &Portal,
    which: Names,
    beginning: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<NamesPage, Error> {
    Ok(portal.store.names(which, beginning, after, limit).await?)
}

/// Reads these companies. Those that are not recorded are left out.
pub async fn companies(portal: &Portal, ids: &BTreeSet<CompanyId>) -> Result<BTreeMap<CompanyId, Company>, Error> {
    Ok(portal.store.companies(ids).await?)
}
