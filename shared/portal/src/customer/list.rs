//! The list of the tickets of a contact's companies (docs/product.md, The list).

use super::{Error, Visit};
use crate::Portal;
use domain::{
    catalog::TicketCategory,
    filter::{Filter, Unfit, Why},
    form,
    id::CompanyId,
    list::Piles,
    mark::Mark,
    order::Place,
    projection::{CustomerCompany, CustomerRow, CustomerType, Lens},
    state::Counts,
    ticket::TicketRow,
    visibility::Sight,
};
use store::{Attention, CompanyScope, Hint, ListQuery, Marks, Watch, Workspace};

/// A page of the list.
#[derive(Debug)]
pub struct List {
    /// In the order that was asked for.
    pub rows: Vec<CustomerRow>,
    /// Where the next page begins, if there is one.
    pub next: Option<Place>,
    /// How many tickets were looked through, where these were not all that remain.
    pub looked_through: Option<usize>,
    /// Tickets of the chosen company, or of all companies, in any state.
    pub counts: Counts,
    /// The same by whose turn they are.
    pub piles: Piles,
    /// How many tickets have something that the contact has not seen; 200 at most.
    pub unread: u64,
    /// All companies that the contact is in, sorted by name.
    pub companies: Vec<CustomerCompany>,
    /// The ticket types that all customers see, sorted by name.
    pub types: Vec<CustomerType>,
    /// Whether they may report something.
    pub may_report: bool,
    /// The marks that the page is based on.
    pub marks: Marks,
    /// The companies in which to look for the contact's tickets next time.
    pub hint: Hint,
}

/// Reads a page of the list.
///
/// # Errors
/// [`Error::Refused`]; [`Error::NoCompany`] for a filter on a company that the contact is not in; [`Error::Unfit`] for one on
/// a type that there is not, or that is never shown to customers.
pub async fn list(portal: &Portal, visit: &Visit, query: &ListQuery) -> Result<List, Error> {
    let (entry, names) = futures::try_join!(
        portal.store.enter_with_list(visit.visitor(), visit.hint(), query),
        portal.store.recent_teammate_names()
    )?;
    let (workspace, scope, mut found) = visit.admitted(entry)?;
    let chosen = query.filter.company.as_ref();
    admit(&query.filter, &workspace, &scope)?;
    found.rows.iter_mut().for_each(|row| row.call_teammate(|id| names.get(id).cloned()));
    let lens = scope.lens(&workspace);
    let mut counts = Counts::default();
    for (company, of_company) in scope.counts(&found.own) {
        if chosen.is_none_or(|id| *id == company) {
            counts += of_company;
        }
    }
    let attention = &found.attention;
    let shown = |row: &TicketRow| {
        let matched = found.matches.get(&row.id).cloned();
        shown(&lens, &scope, attention, row).map(|row| row.found_by(matched))
    };
    Ok(List {
        rows: found.rows.iter().filter_map(shown).collect(),
        piles: scope.piles(&found, chosen),
        unread: attention.unread(),
        next: found.next,
        looked_through: found.looked_through,
        counts,
        companies: scope.companies().iter().map(Into::into).collect(),
        types: customers_types(&workspace),
        may_report: workspace.settings.reporting,
        marks: scope.marks(Watch::List(chosen), Mark::default()),
        hint: scope.hint(),
    })
}

/// Refuses a filter on what is not the contact's to know.
fn admit(filter: &Filter, workspace: &Workspace, scope: &CompanyScope) -> Result<(), Error> {
    let is_theirs = |id: &CompanyId| scope.companies().iter().any(|company| company.id == *id);
    if filter.company.as_ref().is_some_and(|id| !is_theirs(id)) {
        return Err(Error::NoCompany);
    }
    let types = &workspace.catalog.types;
    let is_shown = |id| types.get(id).is_some_and(|it| it.category != TicketCategory::Tracker);
    if filter.ticket_type.as_ref().is_some_and(|id| !is_shown(id)) {
        return Err(Unfit { parameter: "type", why: Why::Type }.into());
    }
    Ok(())
}

/// Every ticket that a list holds.
#[derive(Debug)]
pub struct All {
    /// In the order that was asked for.
    pub rows: Vec<CustomerRow>,
    /// The companies in which to look for the contact's tickets next time.
    pub hint: Hint,
}

/// Reads all tickets of a list, whatever the page that is asked for.
///
/// # Errors
/// As [`list`]; [`Error::TooManyTickets`] where more than `most` would have to be looked through.
pub async fn all(portal: &Portal, visit: &Visit, query: &ListQuery, most: usize) -> Result<All, Error> {
    let entry = portal.store.enter_with_all(visit.visitor(), visit.hint(), query, most).await?;
    let (workspace, scope, found) = visit.admitted(entry)?;
    admit(&query.filter, &workspace, &scope)?;
    let (rows, attention) = found.ok_or(Error::TooManyTickets)?;
    let lens = scope.lens(&workspace);
    let shown = |row| shown(&lens, &scope, &attention, row);
    Ok(All { rows: rows.iter().filter_map(shown).collect(), hint: scope.hint() })
}

fn shown(lens: &Lens<'_>, scope: &CompanyScope, attention: &Attention, row: &TicketRow) -> Option<CustomerRow> {
    let takes_part = scope.sight() == Sight::Own || attention.waits(&row.id);
    Some(lens.row(row)?.for_reader(takes_part, attention.is_unread(&row.id)))
}

/// Types of the back office are not among them, although some of their tickets are shared: what the vendor calls its own work
/// is told with those alone.
fn customers_types(workspace: &Workspace) -> Vec<CustomerType> {
    form::types(&workspace.catalog).into_iter().map(CustomerType::from).collect()
}
