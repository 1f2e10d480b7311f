//! Tickets that are like what a teammate is about to make a ticket of (`domain::likeness`): of all companies, and with what
//! customers do not see.
//!
//! The first round trip reads the companies of whoever it is for. The second reads the beginnings of the lists of the words
//! that tell most, of everything, and of these companies, whose tickets newer ones of others would hide there; and asks what
//! is near in these. The third reads the rows of what is most alike.

use super::search::place_of;
use crate::{
    record::{
        RowRecord,
        alike::alike,
        by_id,
        hits::{Lookup, Window, Within},
    },
    table::{Store, StoreError, key, keys, record, text},
};
use domain::{
    company::Company,
    filter::Span,
    id::{CompanyId, ContactId},
    likeness::Gist,
    search::{Field, Match, Query, Spot, words},
    state::StateCategory,
    ticket::TicketRow,
};
use futures::future::{try_join, try_join_all};
use std::collections::{BTreeMap, BTreeSet};

/// Entries that are read of everything, for some twelve read units, and of each company.
const EXAMINED: usize = 240;
/// Words that are looked for.
const LISTS: usize = 6;
/// The companies of one person that are looked in.
const COMPANIES: usize = 2;
/// Rows that are read, at half a read unit each.
const CONFIRMED: usize = 12;
/// The most tickets that are shown.
const MOST: usize = 5;

/// Tickets that are alike.
#[derive(Debug, Clone, Default)]
pub struct Similar {
    /// Those of the requester's companies first, of these and of the others open ones first, and of those the most alike
    /// first.
    pub tickets: Vec<SimilarTicket>,
    /// Their companies.
    pub companies: BTreeMap<CompanyId, Company>,
}

/// A ticket that is alike.
#[derive(Debug, Clone)]
pub struct SimilarTicket {
    pub row: TicketRow,
    /// The line that matches.
    pub matched: Match,
    /// Whether it is of a company of the requester's.
    pub is_theirs: bool,
    /// Whether it has a conversation.
    pub has_conversation: bool,
    /// Whether it is about as much alike as the one that is most alike.
    pub is_same: bool,
}

impl Store {
    /// Finds the tickets that are most like a text, five at most. Those of the companies that `requester` is in now come
    /// first.
    pub async fn similar(&self, gist: &Gist, requester: Option<&ContactId>) -> Result<Similar, StoreError> {
        let theirs = match requester {
            Some(id) => self.viewer_cheaply(id).await?.companies,
            None => BTreeSet::new(),
        };
        let near = theirs.iter().take(COMPANIES).flat_map(|id| {
            // Of customers, and of teammates alone.
            [true, false].map(|is_open| keys::found_in(Some(id), is_open, keys::NEAR))
        });
        let (read, near) = try_join(self.beginnings(gist, &theirs), self.near(gist, near)).await?;
        let (own, others): (Vec<_>, Vec<_>) = alike(gist, read, near, |_| true)
            .into_iter()
            .partition(|it| it.company.as_ref().is_some_and(|of| theirs.contains(of)));
        let chosen: Vec<_> = own.into_iter().take(CONFIRMED / 2).chain(others).take(CONFIRMED).collect();
        let mut wanted: BTreeSet<_> =
            chosen.iter().filter_map(|it| place_of(&it.entry, it.company.as_ref(), it.requester.as_ref())).collect();
        let companies = chosen.iter().filter_map(|it| it.company.as_ref());
        wanted.extend(companies.map(|id| (keys::company(id), keys::COMPANY.to_owned())));
        let linked = chosen.iter().filter_map(|it| keys::ticket_at(&it.place));
        wanted.extend(linked.map(|ticket| (ticket, keys::CONVERSATION.to_owned())));
        let wanted = wanted.into_iter().map(|(pk, sk)| key(pk, sk)).collect();
        let (mut companies, mut linked, mut by_place) = (Vec::new(), BTreeSet::new(), BTreeMap::new());
        for item in self.get_all_cheaply(wanted).await? {
            match text(&item, "sk") {
                keys::COMPANY => companies.push(item),
                keys::CONVERSATION => drop(linked.insert(text(&item, "pk").to_owned())),
                _ => {
                    let row: TicketRow = record::<RowRecord>(item)?.into();
                    by_place.insert(keys::found_ticket(row.created_at, &row.id), row);
                }
            }
        }
        let shown = chosen.into_iter().filter_map(|it| {
            let row = by_place.remove(&it.place)?;
            // A title may have changed since.
            let of_title: Vec<_> = words(&row.title).collect();
            let is_there = |spot: &&Spot| spot.field != Field::Title || of_title.contains(&spot.word);
            let spots: Vec<_> = it.spots.iter().filter(is_there).collect();
            if !it.is_near && !gist.is_in(&spots) {
                return None;
            }
            let matched = gist.matched(&spots, &row.title);
            let is_theirs = row.company.as_ref().is_some_and(|of| theirs.contains(of));
            let has_conversation = linked.contains(&keys::ticket(&row.id));
            Some(SimilarTicket { row, matched, is_theirs, has_conversation, is_same: it.is_same })
        });
        let mut tickets: Vec<_> = shown.take(MOST).collect();
        tickets.sort_by_key(|it| (!it.is_theirs, it.row.state_category == StateCategory::Resolved));
        Ok(Similar { tickets, companies: by_id(companies)? })
    }

    /// Reads the beginnings of the lists that have the words.
    async fn beginnings(
        &self,
        gist: &Gist,
        companies: &BTreeSet<CompanyId>,
    ) -> Result<Vec<(String, Window)>, StoreError> {
        let lists = gist.lists(LISTS);
        let most = EXAMINED / lists.len().max(1);
        let nothing = Query::default();
        let of_companies = companies.iter().take(COMPANIES).map(|id| Within::Scope(Some(id.clone())));
        let within: Vec<_> = std::iter::once(Within::Everything).chain(of_companies).collect();
        let reads = within.iter().flat_map(|within| lists.iter().map(move |list| (within, list)));
        let reads = reads.map(async |(within, list)| {
            let lookup = Lookup { query: &nothing, within: within.clone(), created: Span::default(), after: None };
            Ok::<_, StoreError>((list.clone(), self.window(&lookup, list, most).await?))
        });
        try_join_all(reads).await
    }
}
