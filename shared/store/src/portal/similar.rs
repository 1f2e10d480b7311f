//! Tickets that are like what somebody is about to report (`domain::likeness`): of those that the list would show them, and
//! of no others.
//!
//! The first round trip reads, beside the contact, the beginnings of the lists of the words that tell most, and asks what is
//! near. The second reads the rows of what is most alike, which decide whether the contact sees it.

use super::entry::{Entry, Gate, Hint, Reach, Visitor};
use crate::{
    record::{
        alike::alike,
        hits::{Lookup, Near, Window, Within},
    },
    table::{Store, StoreError, key, keys},
};
use domain::{
    filter::Span,
    id::{CompanyId, ContactId},
    likeness::Gist,
    search::{Field, Match, Query, Spot, words},
    state::StateCategory,
    ticket::TicketRow,
};
use futures::future::{try_join, try_join_all};

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
            .then(async |scope, (read, near)| {
                let reach = scope.reach();
                let is_in_reach =
                    |of: &CompanyId| reach.companies.contains(of) && company.is_none_or(|only| only == of);
                let mut ranked = alike(gist, read, near, |of| of.is_some_and(is_in_reach));
                ranked.truncate(CONFIRMED);
                let places = ranked.iter().filter_map(|it| {
                    let ticket = keys::ticket_at(&it.place)?;
                    Some(key(keys::company(it.company.as_ref()?), ticket))
                });
                let rows = self.get_all_cheaply(places.collect()).await?;
                let mut rows = self.in_view(scope, rows).await?;
                let shown = ranked.into_iter().filter_map(|it| {
                    let row = rows.remove(&it.place)?;
                    // What was found has to be there still.
                    let of_title: Vec<_> = words(&row.title).collect();
                    let is_there = |spot: &&Spot| match (spot.field, &spot.attribute) {
                        (Field::Title, _) => of_title.contains(&spot.word),
                        (Field::Attribute, Some(name)) => catalog.shows(&row.ticket_type, name),
                        (Field::Attribute, None) => false,
                        _ => true,
                    };
                    let spots: Vec<_> = it.spots.iter().filter(is_there).collect();
                    (it.is_near || gist.is_in(&spots)).then(|| {
                        let matched = gist.matched(&spots, &row.title);
                        (row, matched)
                    })
                });
                // The most alike first; and of those that are shown, open ones before the others.
                let mut shown: Vec<_> = shown.take(MOST).collect();
                shown.sort_by_key(|(row, _)| row.state_category == StateCategory::Resolved);
                Ok(shown)
            })
            .await
    }

    /// Reads the beginnings of the lists that have the words, and asks what is near.
    async fn alike(
        &self,
        reach: &Reach,
        gist: &Gist,
        company: Option<&CompanyId>,
    ) -> Result<(Vec<Read>, Vec<Near>), StoreError> {
        let companies = reach.companies.iter().filter(|id| company.is_none_or(|only| only == *id));
        let companies: Vec<_> = companies.take(COMPANIES).cloned().collect();
        if companies.is_empty() {
            return Ok(Default::default());
        }
        let creator = reach.private.then_some(&reach.contact);
        let near = companies.iter().map(|id| keys::found_in(Some(id), true, keys::NEAR));
        let near = near.chain(creator.map(|creator| keys::found_by_creator(creator, keys::NEAR)));
        try_join(self.alike_by_words(gist, companies.clone(), creator), self.near(gist, near)).await
    }

    async fn alike_by_words(
        &self,
        gist: &Gist,
        companies: Vec<CompanyId>,
        creator: Option<&ContactId>,
    ) -> Result<Vec<Read>, StoreError> {
        let partitions = companies.len() + usize::from(creator.is_some());
        let lists = gist.lists((READS / partitions).max(1));
        let nothing = Query::default();
        let within = Within::Customers(companies, creator.cloned());
        let lookup = Lookup { query: &nothing, within, created: Span::default(), after: None };
        let most = EXAMINED / lists.len().max(1);
        let reads = lists.into_iter().map(|list| async {
            let window = self.window(&lookup, &list, most).await?;
            Ok::<_, StoreError>((list, window))
        });
        try_join_all(reads).await
    }
}
