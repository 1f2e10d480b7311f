//! What is like a text, by its words and by nearness (`domain::likeness`), of what was read in lists of search.

use super::{
    hits::{Near, Window},
    index::{Entry, Found},
};
use domain::{
    id::{CompanyId, ContactId},
    likeness::{Gist, NEAR, fused},
    search::Spot,
};
use std::collections::{BTreeMap, BTreeSet};

/// As much of the likeness of the ticket that is most alike makes another one the same problem, as far as words can tell.
const SAME: f64 = 0.5;

/// A ticket that is alike, as far as lists of search tell.
#[derive(Debug)]
pub(crate) struct Alike {
    pub(crate) entry: Entry,
    /// Where in the lists it stands.
    pub(crate) place: String,
    pub(crate) company: Option<CompanyId>,
    pub(crate) requester: Option<ContactId>,
    /// Of its words.
    pub(crate) spots: Vec<Spot>,
    /// Whether its words are about as much alike as those of the one that is most alike.
    pub(crate) is_same: bool,
    /// Whether it is near, whatever its words.
    pub(crate) is_near: bool,
}

/// Returns the tickets that are like a text, the most alike first: of those in the beginnings of lists, each under the list's
/// name, and of those that are near. `counts` says of which companies.
pub(crate) fn alike(
    gist: &Gist,
    read: Vec<(String, Window)>,
    near: Vec<Near>,
    counts: impl Fn(Option<&CompanyId>) -> bool,
) -> Vec<Alike> {
    let common: BTreeSet<_> = read.iter().filter(|(_, it)| it.end.is_some()).map(|(list, _)| list.clone()).collect();
    let mut things: BTreeMap<String, Alike> = BTreeMap::new();
    let thing = |entry, place: &str, company, requester| {
        let place = place.to_owned();
        Alike { entry, place, company, requester, spots: Vec::new(), is_same: false, is_near: false }
    };
    for Found { entry, place, record, .. } in read.into_iter().flat_map(|(_, it)| it.found) {
        if matches!(entry, Entry::Ticket(_)) && counts(record.company.as_ref()) {
            let new = thing(entry, &place, record.company, record.requester);
            things.entry(place).or_insert(new).spots.extend(record.spots);
        }
    }
    let by_words = {
        let spots: Vec<Vec<&Spot>> = things.values().map(|it| it.spots.iter().collect()).collect();
        gist.likeness(&spots, |list| common.contains(list))
    };
    let places: Vec<_> = things.keys().cloned().collect();
    let by_words = by_words.into_iter().filter_map(|(nth, likeness)| {
        let place = places.get(nth)?;
        things.get_mut(place)?.is_same = likeness >= SAME;
        Some(place.clone())
    });
    let by_words: Vec<_> = by_words.collect();
    let mut by_nearness = Vec::new();
    for Near { entry, place, company, nearness } in near.into_iter().filter(|it| counts(Some(&it.company))) {
        let new = thing(entry, &place, Some(company), None);
        things.entry(place.clone()).or_insert(new).is_near = nearness >= NEAR;
        by_nearness.push(place);
    }
    let ranked = fused([&by_words, &by_nearness]).into_iter().filter_map(|place| things.remove(&place));
    ranked.filter(|it| it.is_near || !it.spots.is_empty()).collect()
}
