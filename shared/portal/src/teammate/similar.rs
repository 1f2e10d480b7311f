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
    /// Of how many companies they are.
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
    let tickets = found.tickets.into_iter().map(|it| SimilarTicket {
        linkable: !it.has_conversation && (it.is_theirs || it.row.company.is_none()),
        row: desk.row(&it.row),
        matched: it.matched,
    });
    let tickets: Vec<_> = tickets.collect();
    let companies: BTreeSet<&CompanyId> = tickets.iter().filter_map(|it| Some(&it.row.company.as_ref()?.id)).collect();
    Ok(Similar { companies: companies.len(), tickets })
}
