//! Looking through the lists of search (`record/index.rs`).
//!
//! A search takes two sequential round trips. The first reads, for the words that tell most, what their lists have newest;
//! what is in all of them is a candidate. The second reads the candidates as they are now, and whether they have the words
//! of which the first did not tell. Both are bounded: what one search did not look through, the next goes on with.

use super::index::{Entry, Found, subject};
use crate::table::{BY_UPDATED, Store, StoreError, keys, side_by_side, text};
use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};
use domain::{
    filter::Span,
    id::{CompanyId, ContactId},
    likeness::Gist,
    search::{Field, Match, Query, Spot, Term, words},
};
use futures::future::{try_join, try_join_all};
use std::collections::{BTreeMap, BTreeSet};

/// Entries that the first round trip reads, for some six read units.
const EXAMINED: usize = 140;
/// Words whose lists it reads.
const MOST_LISTS: usize = 3;
/// Items that the second round trip reads, at half a read unit each.
const CONFIRMED: usize = 18;
/// Companies of which all lists are read at the same time. Otherwise there are not more reads than these bounds say.
const FEW_COMPANIES: usize = 3;
/// Tickets that are near, in each list.
const NEAREST: i32 = 10;
/// Entries of one ticket that it looks through for a word. In a conversation of hundreds of messages there can be more.
const OF_ONE: i32 = 25;

/// Whose lists are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Within {
    /// All, for teammates.
    Everything,
    /// Those of a company, or of No company, for teammates.
    Scope(Option<CompanyId>),
    /// What customers may find in these companies, and what one of them alone may.
    Customers(Vec<CompanyId>, Option<ContactId>),
}

/// What to look for, and where.
#[derive(Debug, Clone)]
pub(crate) struct Lookup<'a> {
    pub(crate) query: &'a Query,
    pub(crate) within: Within,
    /// When it was created.
    pub(crate) created: Span,
    /// Where the search before ended.
    pub(crate) after: Option<&'a str>,
}

/// Something in which all words may occur.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) entry: Entry,
    /// Where in the lists it stands.
    pub(crate) place: String,
    pub(crate) company: Option<CompanyId>,
    /// The creator of a ticket without a company, or in whose list it was found.
    pub(crate) requester: Option<ContactId>,
    /// What was read of it.
    spots: Vec<Spot>,
    /// Words that may be in the rest.
    unsure: Vec<usize>,
}

/// What a search has found before it was confirmed.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    /// Those with a number that was looked for, then the newest.
    pub(crate) found: Vec<Candidate>,
    /// How many tickets and conversations were looked at.
    pub(crate) looked_through: usize,
    /// Where the search goes on, unless it is complete.
    pub(crate) next: Option<String>,
}

/// What stands in a list from where the search begins, newest first.
#[derive(Debug, Default)]
pub(crate) struct Window {
    pub(crate) found: Vec<Found>,
    /// The key to which all has been read, if there is more.
    pub(crate) end: Option<String>,
}

impl Window {
    /// Puts side by side what was read in several partitions. It goes as far as the shortest of them.
    fn merged(windows: Vec<Self>) -> Self {
        let end = windows.iter().filter_map(|it| it.end.clone()).max();
        let mut found: Vec<_> = windows.into_iter().flat_map(|it| it.found).collect();
        found.retain(|it| end.as_ref().is_none_or(|end| it.key >= *end));
        found.sort_by(|a, b| b.key.cmp(&a.key));
        Self { found, end }
    }

    /// Whether it has all that the list has of what stands at this place.
    fn covers(&self, place: &str) -> bool {
        self.end.as_ref().is_none_or(|end| end.as_str() <= place)
    }
}

impl Lookup<'_> {
    /// Returns the indexes and partitions that have a list.
    fn partitions(&self, list: &str) -> Vec<(bool, String)> {
        let of = |id: Option<&CompanyId>, is_open| (false, keys::found_in(id, is_open, list));
        match &self.within {
            Within::Everything => vec![(true, keys::found_anywhere(list))],
            Within::Scope(None) => vec![of(None, false)],
            Within::Scope(Some(id)) => vec![of(Some(id), true), of(Some(id), false)],
            Within::Customers(ids, creator) => {
                let own = creator.iter().map(|creator| (false, keys::found_by_creator(creator, list)));
                ids.iter().map(|id| of(Some(id), true)).chain(own).collect()
            }
        }
    }

    /// Whether the search before ended amid the entries of what stands at this place.
    fn is_resumed(&self, place: &str) -> bool {
        self.after.is_some_and(|after| after.len() > place.len() && after.starts_with(place))
    }

    /// Returns the first and the last key that can belong to what is looked for.
    fn bounds(&self) -> (String, String) {
        let first = self.created.from.map_or_else(|| keys::BEFORE_ALL_TIMES.into(), |from| from.sortable());
        let last = self.created.to.map_or_else(|| keys::AFTER_ALL_TIMES.into(), |to| to.sortable());
        let after = self.after.map_or(last.clone(), |after| keys::just_below(after).to_owned());
        (first, last.min(after))
    }
}

impl Candidate {
    /// Returns where all words occur, given the title and number that it has now; `None` where they do not. `shows` says whether
    /// an attribute may be seen.
    pub(crate) fn matched(
        &self,
        query: &Query,
        title: &str,
        number: Option<u64>,
        shows: impl Fn(&str) -> bool,
    ) -> Option<Match> {
        let of_title: Vec<_> = words(title).collect();
        let is_there = |spot: &&Spot| match spot.field {
            Field::Title => of_title.contains(&spot.word),
            Field::Number => number.is_some_and(|number| Term::Number(number).fits(&spot.word)),
            Field::Attribute => spot.attribute.as_deref().is_some_and(&shows),
            Field::Description | Field::Message | Field::Note | Field::Name => true,
        };
        let spots: Vec<_> = self.spots.iter().filter(is_there).collect();
        if query.quoted().is_some_and(|quoted| spots.iter().any(|it| Term::Number(quoted).fits(&it.word))) {
            return Some(Match { field: Field::Number, snippet: query.marked(title) });
        }
        let best = |term: &Term| spots.iter().filter(|it| term.fits(&it.word)).min_by_key(|it| it.field);
        let best: Vec<_> = query.terms().iter().map(best).collect::<Option<_>>()?;
        let last = best.into_iter().max_by_key(|it| it.field);
        let field = last.map_or(Field::Title, |it| it.field);
        let line = last.map(|it| it.context.as_str()).filter(|it| !it.is_empty()).unwrap_or(title);
        Some(Match { field, snippet: query.marked(line) })
    }

    /// Sorts hits as they are shown: by where they were found, then the newest first.
    pub(crate) fn order(a: (&Match, &str), b: (&Match, &str)) -> std::cmp::Ordering {
        a.0.field.cmp(&b.0.field).then_with(|| b.1.cmp(a.1))
    }
}

/// A ticket that is near a text.
#[derive(Debug)]
pub(crate) struct Near {
    pub(crate) entry: Entry,
    /// Where in the lists it stands.
    pub(crate) place: String,
    pub(crate) company: CompanyId,
    /// 1 where they say the same.
    pub(crate) nearness: f64,
}

impl Store {
    /// Finds the tickets with companies that are nearest to a text in each of these lists, the nearest first.
    pub(crate) async fn near(&self, gist: &Gist, lists: impl Iterator<Item = String>) -> Result<Vec<Near>, StoreError> {
        let Some(vector) = gist.vector() else { return Ok(Vec::new()) };
        let found = try_join_all(lists.map(|list| self.nearest(list, vector, NEAREST))).await?;
        let mut near = Vec::new();
        for (item, nearness) in found.into_iter().flatten() {
            let (entry, place) = subject(text(&item, "sk"))?;
            let company = CompanyId::new(text(&item, "company")).ok();
            near.extend(company.map(|company| Near { entry, place, company, nearness }));
        }
        near.sort_by(|a, b| b.nearness.total_cmp(&a.nearness));
        Ok(near)
    }

    /// Looks for what has all words. `limit` is how many candidates are wanted.
    pub(crate) async fn candidates(&self, lookup: &Lookup<'_>, limit: usize) -> Result<Candidates, StoreError> {
        let terms = lookup.query.terms();
        let lists: Vec<_> = if terms.is_empty() {
            vec![String::new()]
        } else {
            terms.iter().take(MOST_LISTS).filter_map(Term::list).collect()
        };
        let numbers: BTreeSet<_> = terms.iter().filter_map(Term::list_of_number).collect();
        let each = EXAMINED / lists.len().max(1);
        let (windows, numbered) = try_join(
            try_join_all(lists.iter().map(|list| self.window(lookup, list, each))),
            try_join_all(numbers.iter().map(|list| self.numbered(lookup, list))),
        )
        .await?;
        Ok(lookup.walk(&windows, &numbered.into_iter().flatten().collect::<Vec<_>>(), limit))
    }

    /// Reads the beginning of a list: `most` entries, or ten of each partition that has it.
    pub(crate) async fn window(&self, lookup: &Lookup<'_>, list: &str, most: usize) -> Result<Window, StoreError> {
        let (first, last) = lookup.bounds();
        if first > last {
            return Ok(Window::default());
        }
        let partitions = lookup.partitions(list);
        let limit = i32::try_from((most / partitions.len().max(1)).max(10)).unwrap_or(i32::MAX);
        let reads = partitions.into_iter().map(|(is_view, partition)| {
            let request = self.list(is_view, partition, first.clone(), last.clone()).limit(limit);
            stretch(request)
        });
        let windows = match &lookup.within {
            Within::Customers(ids, _) if ids.len() > FEW_COMPANIES => side_by_side(reads).await,
            _ => try_join_all(reads).await,
        };
        Ok(Window::merged(windows?))
    }

    /// Reads what has a number. Where the search goes on, it has been found before.
    async fn numbered(&self, lookup: &Lookup<'_>, list: &str) -> Result<Vec<Found>, StoreError> {
        let whole = Lookup { after: None, created: Span::default(), ..lookup.clone() };
        Ok(self.window(&whole, list, OF_ONE as usize).await?.found)
    }

    fn list(&self, is_view: bool, partition: String, first: String, last: String) -> QueryFluentBuilder {
        let request = if is_view {
            self.view(BY_UPDATED, partition)
                .key_condition_expression("#view = :view AND by_updated BETWEEN :first AND :last")
                .expression_attribute_values(":first", AttributeValue::S(first))
                .expression_attribute_values(":last", AttributeValue::S(last))
        } else {
            self.partition_between(partition, first, last)
        };
        request.scan_index_forward(false)
    }

    /// Reads whether candidates have the words of which it is not known.
    pub(crate) async fn made_sure(&self, lookup: &Lookup<'_>, found: &mut [Candidate]) -> Result<(), StoreError> {
        let terms = lookup.query.terms();
        let reads = found.iter().flat_map(|candidate| {
            let within = match (&lookup.within, &candidate.company, &candidate.requester) {
                (Within::Customers(..), _, Some(creator)) => Within::Customers(Vec::new(), Some(creator.clone())),
                (Within::Customers(..), Some(company), None) => Within::Customers(vec![company.clone()], None),
                (within, _, _) => within.clone(),
            };
            let here = Lookup { within, ..lookup.clone() };
            let unsure = candidate.unsure.iter().filter_map(|nth| terms.get(*nth));
            let partitions: Vec<_> = unsure.filter_map(Term::list).flat_map(|list| here.partitions(&list)).collect();
            partitions.into_iter().map(|(is_view, partition)| {
                let (first, last) = (candidate.place.clone(), keys::just_above(&candidate.place));
                stretch(self.list(is_view, partition, first, last).limit(OF_ONE))
            })
        });
        let mut more: BTreeMap<String, Vec<Spot>> = BTreeMap::new();
        for read in try_join_all(reads.collect::<Vec<_>>()).await?.into_iter().flat_map(|it| it.found) {
            more.entry(read.place).or_default().extend(read.record.spots);
        }
        for candidate in found {
            candidate.spots.extend(more.remove(&candidate.place).unwrap_or_default());
        }
        Ok(())
    }
}

/// Reads one stretch of a list.
async fn stretch(request: QueryFluentBuilder) -> Result<Window, StoreError> {
    let answer = request.send().await.map_err(StoreError::from_sdk)?;
    let more = answer.last_evaluated_key.is_some();
    let found = answer.items.unwrap_or_default().into_iter().map(Found::read).collect::<Result<Vec<_>, _>>()?;
    let end = found.last().filter(|_| more).map(|it| it.key.clone());
    Ok(Window { found, end })
}

impl Lookup<'_> {
    /// Finds out what is in all lists.
    fn walk(&self, windows: &[Window], numbered: &[Found], limit: usize) -> Candidates {
        let terms = self.query.terms();
        let fits = |found: &Found, term: &Term| found.record.spots.iter().any(|spot| term.fits(&spot.word));
        // The window that goes furthest leads: what is in all lists is in this one.
        let lead = windows.iter().enumerate().min_by(|(_, a), (_, b)| {
            (a.end.is_some(), &a.end, a.found.len()).cmp(&(b.end.is_some(), &b.end, b.found.len()))
        });
        let mut places: Vec<&str> = Vec::new();
        if self.after.is_none() {
            places.extend(numbered.iter().map(|it| it.place.as_str()));
        }
        let known: BTreeSet<_> = numbered.iter().map(|it| it.place.as_str()).collect();
        let first = places.len();
        for found in lead.iter().flat_map(|(_, window)| &window.found) {
            if places.last() != Some(&found.place.as_str()) && !known.contains(found.place.as_str()) {
                places.push(&found.place);
            }
        }
        let mut result = Candidates::default();
        let mut cost = 0;
        for (nth, place) in places.iter().copied().enumerate() {
            let read = || {
                let of_lists = windows.iter().flat_map(|window| &window.found);
                of_lists.chain(numbered).filter(|it| it.place == place)
            };
            result.looked_through += 1;
            let mut unsure = Vec::new();
            let is_quoted = self.query.quoted().is_some() && known.contains(place);
            let is_possible = is_quoted
                || terms.iter().enumerate().all(|(nth, term)| {
                    if read().any(|found| fits(found, term)) {
                        return true;
                    }
                    let is_lead = lead.is_some_and(|(lead, _)| lead == nth) && !known.contains(place);
                    let covers = windows.get(nth).is_some_and(|it| it.covers(place)) && !self.is_resumed(place);
                    if term.list().is_none() || covers || is_lead {
                        return false;
                    }
                    unsure.push(nth);
                    true
                });
            if is_possible && let Some(one) = read().next() {
                cost += 1 + unsure.len();
                if cost > CONFIRMED && !result.found.is_empty() || result.found.len() == limit {
                    // What was not taken comes next: it stands below the one before it.
                    let before = nth.checked_sub(1).filter(|it| *it >= first).and_then(|it| places.get(it));
                    result.next = Some(before.copied().or(self.after).unwrap_or(keys::AFTER_ALL_TIMES).to_owned());
                    result.looked_through -= 1;
                    return result;
                }
                result.found.push(Candidate {
                    entry: one.entry.clone(),
                    place: place.to_owned(),
                    company: one.record.company.clone(),
                    requester: one.record.requester.clone(),
                    spots: read().flat_map(|it| it.record.spots.iter().cloned()).collect(),
                    unsure,
                });
            }
        }
        // Of what stands where the window ends, some may not have been read. Once it is taken, that is of no interest.
        result.next = lead.and_then(|(_, window)| window.end.clone()).map(|end| {
            let last = result.found.last().map(|it| it.place.as_str()).filter(|place| end.starts_with(place));
            last.map_or(end.clone(), str::to_owned)
        });
        result
    }
}
