//! What a teammate is about to make a ticket of may be known already (docs/product.md, Look-alikes).

use super::{Error, Names};
use crate::Portal;
use domain::{
    desk::DeskRow,
    id::{CompanyId, ContactId},
    likeness::{Gist, LONGEST},
    search::Match,
};
use serde::Serialize;
use std::collections::BTreeSet;

/// Tickets that are like a text.
#[derive(Debug, Default, Serialize)]
pub struct Similar {
    /// Those of the requester's companies first, and open ones before others.
    pub tickets: Vec<SimilarTicket>,
    /// Of how many companies those are that are most alike.
    pub companies: usize,
}

/// A ticket that is like a text.
#[derive(Debug, Serialize)]
pub struct SimilarTicket {
    #[serde(flatten)]
    pub row: DeskRow,
    /// The line that matches.
    #[serde(rename = "match")]
    pub matched: Match,
    /// Whether a conversation of the requester's can be linked to it, and nobody of another company sees it for that: it has
    /// none, and is of no other company than theirs.
    pub linkable: bool,
}

/// Finds tickets that are like a text, five at most, of all companies.
pub async fn similar(portal: &Portal, text: &str, requester: Option<&ContactId>) -> Result<Similar, Error> {
    let gist = Gist::of(&text.chars().take(LONGEST).collect::<String>()).with_notes();
    let (found, workspace) =
        futures::try_join!(portal.store.similar(&gist, requester), portal.store.recent_workspace())?;
    let names = Names::of_companies(found.companies);
    let desk = names.desk(&workspace);
    let same: BTreeSet<CompanyId> =
        found.tickets.iter().filter(|it| it.is_same).filter_map(|it| it.row.company.clone()).collect();
    let tickets = found.tickets.into_iter().map(|it| SimilarTicket {
        linkable: !it.has_conversation && (it.is_theirs || it.row.company.is_none()),
        row: desk.row(&it.row),
        matched: it.matched,
    });
    Ok(Similar { tickets: tickets.collect(), companies: same.len() })
}
