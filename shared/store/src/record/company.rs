//! Companies, and what is counted of their tickets.
//!
//! The counters and the mark are in shards beside the company's record, because all writes of the company's tickets add
//! to them (`table/transaction.rs`). What counts is the sum of all shards, each of which may be negative, and of the
//! record itself, to which earlier versions added.

use super::{
    mark::{add_mark, mark_in},
    moves::{self, MOST_MOVES, MoveRecord, Moves},
};
use crate::table::{Item, Store, StoreError, Transaction, key, keys, number, record, side_by_side, text};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    company::Company,
    id::CompanyId,
    mark::Mark,
    state::{Counts, StateCategory},
    ticket::TicketRow,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CompanyRecord {
    id: CompanyId,
    name: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

impl From<CompanyRecord> for Company {
    fn from(it: CompanyRecord) -> Self {
        Self { id: it.id, name: it.name, attributes: it.attributes }
    }
}

/// A company with what is counted of its tickets.
#[derive(Debug, Clone)]
pub struct CompanyFile {
    pub company: Company,
    pub tally: Tally,
    /// The tickets that have lately come or gone.
    pub(crate) moves: Moves,
}

/// What is counted of a company's tickets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// The tickets that its members may see, by state category.
    pub visible: Counts,
    /// Those of them that are the vendor's turn although their state is not: a customer has written since.
    pub unanswered: Counts,
    /// Its other tickets, by state category, which only teammates may see, and their creators if they are private.
    pub hidden: Counts,
    /// Raised by every change to one of its tickets.
    pub mark: Mark,
}

/// The numbers in a company's record and shards, added up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counters {
    of: BTreeMap<(bool, StateCategory), i64>,
    unanswered: BTreeMap<StateCategory, i64>,
    mark: Mark,
}

/// Returns the name that a counter has in a shard: for tickets in a state category that its members may see, or for the
/// others.
/// It is short because every list reads all of them.
pub(crate) const fn counter(visible: bool, category: StateCategory) -> &'static str {
    match (visible, category) {
        (true, StateCategory::Submitted) => "vs",
        (true, StateCategory::InProgress) => "vp",
        (true, StateCategory::WaitingOnCustomer) => "vw",
        (true, StateCategory::Resolved) => "vr",
        (false, StateCategory::Submitted) => "hs",
        (false, StateCategory::InProgress) => "hp",
        (false, StateCategory::WaitingOnCustomer) => "hw",
        (false, StateCategory::Resolved) => "hr",
    }
}

/// Returns the name of the counter of customer-visible tickets in a state category that are the vendor's turn although
/// their state is not.
const fn unanswered_counter(category: StateCategory) -> Option<&'static str> {
    match category {
        StateCategory::Submitted | StateCategory::InProgress => None,
        StateCategory::WaitingOnCustomer => Some("uw"),
        StateCategory::Resolved => Some("ur"),
    }
}

/// Returns the same counter for a ticket, if it is counted there.
fn unanswered_in(row: &TicketRow) -> Option<&'static str> {
    let counts = row.is_for_colleagues() && row.exchange.unanswered_since.is_some();
    unanswered_counter(row.state_category).filter(|_| counts)
}

/// Returns the name that a counter has for people, and in the records of earlier versions.
pub(crate) fn long_name(visible: bool, category: StateCategory) -> String {
    format!("{}_{category}", if visible { "visible" } else { "hidden" })
}

fn all_counters() -> impl Iterator<Item = (bool, StateCategory)> {
    [true, false].into_iter().flat_map(|visible| StateCategory::ALL.map(|category| (visible, category)))
}

impl Counters {
    /// Adds the numbers in a record or shard.
    pub(crate) fn add(&mut self, item: &Item) {
        for (visible, category) in all_counters() {
            let found = number(item, counter(visible, category)).unwrap_or(0);
            let found = found + number(item, &long_name(visible, category)).unwrap_or(0);
            *self.of.entry((visible, category)).or_default() += found;
        }
        for category in StateCategory::ALL {
            let found = unanswered_counter(category).and_then(|name| number(item, name));
            *self.unanswered.entry(category).or_default() += found.unwrap_or(0);
        }
        add_mark(&mut self.mark, mark_in(item));
    }

    /// Counts a ticket.
    pub(crate) fn count(&mut self, row: &TicketRow) {
        *self.of.entry((row.is_for_colleagues(), row.state_category)).or_default() += 1;
        *self.unanswered.entry(row.state_category).or_default() += i64::from(unanswered_in(row).is_some());
    }

    /// Returns the numbers other than zero, under their long names.
    pub(crate) fn named(&self) -> BTreeMap<String, i64> {
        let of = self.of.iter().map(|((visible, category), count)| (long_name(*visible, *category), *count));
        let unanswered = self.unanswered.iter().map(|(category, count)| (format!("unanswered_{category}"), *count));
        of.chain(unanswered).filter(|(_, count)| *count != 0).collect()
    }

    /// Returns by how much each number would have to change to be as `other`'s, where that is not nothing.
    pub(crate) fn lacks(&self, other: &Self) -> BTreeMap<&'static str, i64> {
        let of = |counters: &Self, it| counters.of.get(&it).copied().unwrap_or(0);
        let lack = all_counters().map(|it| (counter(it.0, it.1), of(other, it) - of(self, it)));
        let unanswered = |counters: &Self, it| counters.unanswered.get(&it).copied().unwrap_or(0);
        let also = StateCategory::ALL
            .into_iter()
            .filter_map(|it| unanswered_counter(it).map(|name| (name, unanswered(other, it) - unanswered(self, it))));
        lack.chain(also).filter(|(_, by)| *by != 0).collect()
    }

    pub(crate) const fn mark(&self) -> Mark {
        self.mark
    }
}

impl From<&Counters> for Tally {
    fn from(counters: &Counters) -> Self {
        let mut tally = Self { mark: counters.mark, ..Self::default() };
        for ((visible, category), count) in &counters.of {
            let counts = if *visible { &mut tally.visible } else { &mut tally.hidden };
            counts.add(*category, u64::try_from(*count).unwrap_or(0));
        }
        for (category, count) in &counters.unanswered {
            tally.unanswered.add(*category, u64::try_from(*count).unwrap_or(0));
        }
        tally
    }
}

impl Transaction<'_> {
    /// Adds a ticket to its company's counters (`+1`) or removes it from them (`-1`).
    pub(crate) fn count(&mut self, row: &TicketRow, by: i64) {
        if let Some(company) = &row.company {
            self.add_to(company, counter(row.is_for_colleagues(), row.state_category), by, row.updated_at);
            if let Some(unanswered) = unanswered_in(row) {
                self.add_to(company, unanswered, by, row.updated_at);
            }
        }
    }
}

/// Returns the keys of companies' records.
fn company_keys(ids: &BTreeSet<CompanyId>) -> impl Iterator<Item = HashMap<String, AttributeValue>> {
    ids.iter().map(|id| key(keys::company(id), keys::COMPANY))
}

/// Reads the companies in items and returns them by id.
pub(crate) fn by_id(items: Vec<Item>) -> Result<BTreeMap<CompanyId, Company>, StoreError> {
    let companies = items.into_iter().map(|item| record::<CompanyRecord>(item).map(Company::from));
    companies.map(|company| company.map(|company| (company.id.clone(), company))).collect()
}

/// Whether this is the sort key of one of a company's shards.
pub(crate) fn is_shard(sk: &str) -> bool {
    sk.strip_prefix(keys::COMPANY).is_some_and(|rest| rest.starts_with('!'))
}

/// Returns the record in a company's items, if it is among them, with the sum of all counters and the latest moves.
fn file(items: Vec<Item>) -> Result<Option<CompanyFile>, StoreError> {
    let (mut company, mut counters, mut moved) = (None, Counters::default(), Vec::new());
    for item in items {
        match text(&item, "sk") {
            keys::COMPANY => {
                counters.add(&item);
                company = Some(record::<CompanyRecord>(item)?.into());
            }
            sk if is_shard(sk) => counters.add(&item),
            _ => moved.push(record::<MoveRecord>(item)?),
        }
    }
    Ok(company.map(|company| CompanyFile { company, tally: Tally::from(&counters), moves: Moves::of(moved) }))
}

impl Store {
    /// Reads those of the companies that are recorded, for teammates and the operator: what they are called, not what is
    /// counted of them.
    pub async fn companies(&self, ids: &BTreeSet<CompanyId>) -> Result<BTreeMap<CompanyId, Company>, StoreError> {
        by_id(self.get_all(company_keys(ids).collect()).await?)
    }

    /// Reads a company with what is counted of its tickets, in one query; `None` if it is not recorded.
    pub async fn company_file(&self, id: &CompanyId) -> Result<Option<CompanyFile>, StoreError> {
        let query = self.partition_between(keys::company(id), keys::COMPANY, moves::lately());
        let most = 1 + usize::from(keys::SHARDS) + MOST_MOVES + 1;
        let query = query.consistent_read(true).limit(i32::try_from(most).unwrap_or(i32::MAX));
        file(query.send().await.map_err(StoreError::from_sdk)?.items.unwrap_or_default())
    }

    /// The same for those of several companies that are recorded.
    pub(crate) async fn company_files(
        &self,
        ids: &BTreeSet<CompanyId>,
    ) -> Result<BTreeMap<CompanyId, CompanyFile>, StoreError> {
        let files = side_by_side(ids.iter().map(|id| self.company_file(id))).await?;
        Ok(files.into_iter().flatten().map(|file| (file.company.id.clone(), file)).collect())
    }

    /// Reads what those of the companies that are recorded are called, and their marks, at half the price, but possibly
    /// a moment out of date.
    pub(crate) async fn company_marks(
        &self,
        ids: &BTreeSet<CompanyId>,
    ) -> Result<BTreeMap<CompanyId, (String, Mark)>, StoreError> {
        let found = side_by_side(ids.iter().map(|id| async move {
            let query = self.partition_between(keys::company(id), keys::COMPANY, keys::COMPANY_SHARDS_END);
            file(query.send().await.map_err(StoreError::from_sdk)?.items.unwrap_or_default())
        }));
        let marked = |file: CompanyFile| (file.company.id, (file.company.name, file.tally.mark));
        Ok(found.await?.into_iter().flatten().map(marked).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{CHANGED_AT, CHANGES};
    use domain::timestamp::Timestamp;
    use proptest::prelude::*;

    fn shard(numbers: &[(String, i64)]) -> Item {
        numbers.iter().map(|(name, number)| (name.clone(), AttributeValue::N(number.to_string()))).collect()
    }

    proptest! {
        #[test]
        fn it_does_not_matter_in_which_shards_a_ticket_is_added_and_removed(
            writes in prop::collection::vec((any::<bool>(), 0usize..4, 0usize..16, 0usize..16, any::<bool>()), 0..40),
        ) {
            let mut shards: Vec<BTreeMap<String, i64>> = vec![BTreeMap::new(); 17];
            let mut expected = Tally::default();
            for (visible, category, added, removed, stays) in writes {
                let category = StateCategory::ALL[category];
                // The last shard is the record, with the names of an earlier version.
                let name = |nth| if nth == 16 { long_name(visible, category) } else { counter(visible, category).into() };
                *shards[added].entry(name(added)).or_default() += 1;
                *shards[added].entry(CHANGES.into()).or_default() += 1;
                expected.mark.changes += 1;
                if stays {
                    let counts = if visible { &mut expected.visible } else { &mut expected.hidden };
                    counts.add(category, 1);
                } else {
                    *shards[removed].entry(name(removed)).or_default() -= 1;
                }
            }
            let mut counters = Counters::default();
            shards.into_iter().for_each(|it| counters.add(&shard(&it.into_iter().collect::<Vec<_>>())));
            prop_assert_eq!(Tally::from(&counters), expected);
        }
    }

    #[test]
    fn a_company_with_all_its_shards_and_seven_moves_costs_one_read_unit() {
        let id = CompanyId::new("c0ffee00-1234-5678-9abc-def012345678").unwrap();
        let key = |sk: &str| "pk".len() + keys::company(&id).len() + "sk".len() + sk.len();
        // DynamoDB counts names in UTF-8, and about half a byte for each digit of a number.
        let number = |name: &str, digits: usize| name.len() + digits / 2 + 2;
        let names = all_counters().map(|(visible, category)| counter(visible, category));
        let counters: usize = names.chain(["uw", "ur"]).map(|name| number(name, 5)).sum();
        let shard = key(&keys::shard(keys::COMPANY, 10)) + counters + number(CHANGES, 6) + number(CHANGED_AT, 13);
        let ticket = domain::id::TicketId::new("tk-mEmyPnqtS4yF7gBq").unwrap();
        let place = "placevisiblerequestercontact@acme.exampleticket".len() + ticket.as_str().len();
        let note = key(&keys::moved(Timestamp::EPOCH, &ticket)) + place + number("version", 3) + number("expires", 10);
        let all = 300 + usize::from(keys::SHARDS) * shard + 7 * note;
        assert!(all <= 4096, "{shard} bytes a shard, {note} a note");
    }

    #[test]
    fn what_is_lacking_makes_both_the_same() {
        let of = |numbers: &[(String, i64)]| {
            let mut counters = Counters::default();
            counters.add(&shard(numbers));
            counters
        };
        let kept = of(&[("vs".into(), 2), ("visible_resolved".into(), -1)]);
        let counted = of(&[("vs".into(), 1), ("hw".into(), 4)]);
        let lack = kept.lacks(&counted);
        assert_eq!(lack, BTreeMap::from([("vs", -1), ("vr", 1), ("hw", 4)]));
        let mended: Vec<_> = lack.into_iter().map(|(name, by)| (name.to_owned(), by)).collect();
        let mut both = kept.clone();
        both.add(&shard(&mended));
        assert_eq!(both.named(), counted.named());
    }
}
