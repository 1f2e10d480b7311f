//! Tickets that are like what somebody is about to report (`domain::likeness`): of those that the list would show them, and
//! of no others.
//!
//! The first round trip reads, beside the contact, the beginnings of the lists of the words that tell most. The second reads
//! the rows of what is most alike, which decide whether the contact sees it.

use super::entry::{Entry, Gate, Hint, Reach, Visitor};
use crate::{
    record::{
        hits::{Lookup, Window, Within},
        index::Entry as Found,
    },
    table::{Store, StoreError, key, keys},
};
use domain::{
    filter::Span,
    id::CompanyId,
    likeness::Gist,
    search::{Field, Match, Query, Spot, words},
    state::StateCategory,
    ticket::TicketRow,
};
use futures::future::try_join_all;
use std::collections::{BTreeMap, BTreeSet};

/// Entries that the first round trip reads, for some six read units.
const EXAMINED: usize = 110;
/// The most lists that it reads, each in every company of the contact.
const READS: usize = 12;
/// The most companies in which it looks.
const COMPANIES: usize = 6;
/// Rows that the second round trip reads, at half a read unit each.
const CONFIRMED: usize = 7;
/// The most tickets that are shown.
const MOST: usize = 5;

/// A list of search, and the beginning of it.
type Read = (String, Window);

/// What was read of a ticket.
struct Thing {
    company: CompanyId,
    spots: Vec<Spot>,
}

impl Store {
    /// Requests entry to report something, and the tickets that are most like it, five at most: open ones first, the most
    /// alike first among these and among the others. Another company than one of the contact's has none.
    pub async fn enter_with_similar(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        gist: &Gist,
        company: Option<&CompanyId>,
    ) -> Result<Entry<Vec<(TicketRow, Match)>>, StoreError> {
        let ask = |reach: Reach| async move { self.alike(&reach, gist, company).await };
        let entry = self.enter_through(Gate::Report, visitor, hint, ask).await?;
        let catalog = entry.workspace.catalog.clone();
        entry
            .then(async |scope, read| {
                let common: BTreeSet<_> =
                    read.iter().filter(|(_, it)| it.end.is_some()).map(|(list, _)| list.clone()).collect();
                let reach = scope.reach();
                let mut things: BTreeMap<String, Thing> = BTreeMap::new();
                for found in read.into_iter().flat_map(|(_, it)| it.found) {
                    let chosen = found.record.company.filter(|id| reach.companies.contains(id));
                    let (Some(of), Found::Ticket(_)) = (chosen, &found.entry) else { continue };
                    if company.is_some_and(|only| *only != of) {
                        continue;
                    }
                    let thing = things.entry(found.place).or_insert(Thing { company: of, spots: Vec::new() });
                    thing.spots.extend(found.record.spots);
                }
                let things: Vec<_> = things.into_iter().collect();
                let spots: Vec<Vec<&Spot>> = things.iter().map(|(_, it)| it.spots.iter().collect()).collect();
                let ranked = gist.rank(&spots, |list| common.contains(list));
                let ranked: Vec<_> = ranked.iter().take(CONFIRMED).filter_map(|nth| things.get(*nth)).collect();
                let places = ranked.iter().filter_map(|(place, thing)| {
                    let ticket = keys::ticket_at(place)?;
                    Some(key(keys::company(&thing.company), ticket))
                });
                let rows = self.get_all_cheaply(places.collect()).await?;
                let mut rows = self.in_view(scope, rows).await?;
                let shown = ranked.into_iter().filter_map(|(place, thing)| {
                    let row = rows.remove(place)?;
                    // What was found has to be there still.
                    let of_title: Vec<_> = words(&row.title).collect();
                    let is_there = |spot: &&Spot| match (spot.field, &spot.attribute) {
                        (Field::Title, _) => of_title.contains(&spot.word),
                        (Field::Attribute, Some(name)) => catalog.shows(&row.ticket_type, name),
                        (Field::Attribute, None) => false,
                        _ => true,
                    };
                    let spots: Vec<_> = thing.spots.iter().filter(is_there).collect();
                    let matched = gist.matched(&spots, &row.title)?;
                    Some((row, matched))
                });
                // The most alike first; and of those that are shown, open ones before the others.
                let mut shown: Vec<_> = shown.take(MOST).collect();
                shown.sort_by_key(|(row, _)| row.state_category == StateCategory::Resolved);
                Ok(shown)
            })
            .await
    }

    /// Reads the beginnings of the lists that have the words.
    async fn alike(&self, reach: &Reach, gist: &Gist, company: Option<&CompanyId>) -> Result<Vec<Read>, StoreError> {
        let companies = reach.companies.iter().filter(|id| company.is_none_or(|only| only == *id));
        let companies: Vec<_> = companies.take(COMPANIES).cloned().collect();
        if companies.is_empty() {
            return Ok(Vec::new());
        }
        let partitions = companies.len() + usize::from(reach.private);
        let lists = gist.lists((READS / partitions).max(1));
        let nothing = Query::default();
        let within = Within::Customers(companies, reach.private.then(|| reach.contact.clone()));
        let lookup = Lookup { query: &nothing, within, created: Span::default(), after: None };
        let most = EXAMINED / lists.len().max(1);
        let reads = lists.into_iter().map(|list| async {
            let window = self.window(&lookup, &list, most).await?;
            Ok::<_, StoreError>((list, window))
        });
        try_join_all(reads).await
    }
}
