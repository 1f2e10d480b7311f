//! The list of the tickets of a contact's companies (docs/product.md, The list).

use super::{Error, Visit};
use crate::Portal;
use domain::{
    list::{Filter, Piles},
    mark::Mark,
    projection::{CustomerCompany, CustomerRow},
    state::Counts,
    ticket::{Boundary, TicketRow},
    visibility::Sight,
};
use store::{Hint, ListQuery, Marks, Watch};

/// A page of the list.
#[derive(Debug)]
pub struct List {
    /// Newest update first.
    pub rows: Vec<CustomerRow>,
    /// Where the next page begins, if there is one.
    pub next: Option<Boundary>,
    /// Tickets of the chosen company, or of all companies, in any state.
    pub counts: Counts,
    /// The same by whose turn they are.
    pub piles: Piles,
    /// How many tickets have something that the contact has not seen; 200 at most.
    pub unread: u64,
    /// All companies that the contact is in, sorted by name.
    pub companies: Vec<CustomerCompany>,
    /// The marks that the page is based on.
    pub marks: Marks,
    /// The companies in which to look for the contact's tickets next time.
    pub hint: Hint,
}

/// Reads a page of the list: at most `limit` tickets after a place, or from the start.
///
/// # Errors
/// [`Error::Refused`]; [`Error::NoCompany`] for a filter on a company that the contact is not in.
pub async fn list(
    portal: &Portal,
    visit: &Visit,
    filter: &Filter,
    limit: usize,
    after: Option<Boundary>,
) -> Result<List, Error> {
    let query = ListQuery { state: filter.state, turn: filter.turn, company: filter.company.clone(), limit, after };
    let (entry, names) = futures::try_join!(
        portal.store.enter_with_list(visit.visitor(), visit.hint(), &query),
        portal.store.recent_teammate_names()
    )?;
    let (workspace, scope, mut found) = visit.admitted(entry)?;
    found.rows.iter_mut().for_each(|row| row.call_teammate(|id| names.get(id).cloned()));
    let chosen = filter.company.as_ref();
    if chosen.is_some_and(|id| !scope.companies().iter().any(|company| company.id == *id)) {
        return Err(Error::NoCompany);
    }
    let lens = scope.lens(&workspace);
    let mut counts = Counts::default();
    for (company, of_company) in scope.counts(&found.own) {
        if chosen.is_none_or(|id| *id == company) {
            counts += of_company;
        }
    }
    let attention = &found.attention;
    let only_own = scope.sight() == Sight::Own;
    let shown = |row: &TicketRow| {
        let takes_part = only_own || attention.waits(&row.id);
        Some(lens.row(row)?.for_reader(takes_part, attention.is_unread(&row.id)))
    };
    Ok(List {
        rows: found.rows.iter().filter_map(shown).collect(),
        piles: scope.piles(&found, chosen),
        unread: attention.unread(),
        next: found.next,
        counts,
        companies: scope.companies().iter().map(Into::into).collect(),
        marks: scope.marks(Watch::List(chosen), Mark::default()),
        hint: scope.hint(),
    })
}
