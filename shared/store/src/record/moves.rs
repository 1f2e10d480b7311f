//! Tickets that have lately come into a view of a company, or left one.
//!
//! Indexes follow the table: usually within a second, later when they are throttled. Until then they show a ticket where
//! it was. Each write that changes in which views of a company a ticket stands therefore notes, in its own transaction
//! and in the company's partition, in which of them it stands from now on. A list reads the notes with the company, and
//! leaves out what they contradict.
//!
//! How far an index is behind has nothing to do with the time that handlers go by (`portal::Clock`): notes go by the
//! time of the machine, when writing and when reading.

use super::{
    ticket::{RowRecord, TicketPlace},
    view::IndexRow,
};
use crate::table::{Item, Store, StoreError, Transaction, item, key, keys, record, text};
use domain::{
    id::{CompanyId, ContactId, TicketId},
    ticket::TicketRow,
    timestamp::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// How long a note counts. Far longer than an index is ever behind: when an index cannot keep up for long, DynamoDB
/// throttles the writes of the table instead (AWS, Working with global secondary indexes).
const WINDOW: Duration = Duration::from_secs(60 * 60);
/// How long a note is kept. DynamoDB removes it some time later.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// The most notes that are read of a company. Seven fit into the read unit that the company costs without any.
/// Where there are more, the rows of a page are looked up instead.
pub(crate) const MOST_MOVES: usize = 50;

fn now() -> Timestamp {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::EPOCH.plus(now)
}

/// Returns the last sort key of the notes that count now.
pub(crate) fn lately() -> String {
    let past = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().saturating_sub(WINDOW);
    keys::moved_since(Timestamp::EPOCH.plus(past))
}

/// In which views of a company a ticket stands since the write that made this version.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MoveRecord {
    ticket: TicketId,
    version: u64,
    place: TicketPlace,
    /// The requester of a ticket that is in a customer's list.
    #[serde(default)]
    requester: Option<ContactId>,
    /// When DynamoDB may delete the note, in seconds since 1970.
    expires: i64,
}

impl MoveRecord {
    /// Makes the note for a write, if the ticket stands somewhere else in this company than before.
    fn of(company: &CompanyId, before: &TicketRow, after: &TicketRow, version: u64, at: Timestamp) -> Option<Self> {
        let (was, is) = (TicketPlace::of(before, company), TicketPlace::of(after, company));
        let is_listed = matches!(is, TicketPlace::Visible | TicketPlace::Private);
        let moved = was != is || is_listed && before.requester != after.requester;
        moved.then(|| Self {
            ticket: after.id.clone(),
            version,
            place: is,
            requester: is_listed.then(|| after.requester.clone()),
            expires: at.plus(KEPT).seconds(),
        })
    }
}

impl Transaction<'_> {
    /// Notes where the ticket stands in a company, if that is somewhere else than before.
    pub(crate) fn note_move(
        &mut self,
        of: &CompanyId,
        before: &TicketRow,
        after: &TicketRow,
        version: u64,
    ) -> Result<(), StoreError> {
        let now = now();
        match MoveRecord::of(of, before, after, version, now) {
            Some(note) => self.put(item(keys::company(of), keys::moved(now, &after.id), &note)?),
            None => Ok(()),
        }
    }
}

/// The latest moves in a company.
#[derive(Debug, Clone, Default)]
pub(crate) struct Moves {
    latest: BTreeMap<TicketId, MoveRecord>,
    /// Whether there are more than could be read.
    more: bool,
}

impl Moves {
    /// Collects notes, latest first.
    pub(crate) fn of(notes: Vec<MoveRecord>) -> Self {
        let more = notes.len() > MOST_MOVES;
        let mut latest: BTreeMap<TicketId, MoveRecord> = BTreeMap::new();
        for note in notes {
            // The version tells, because two writes may have noted their times in another order.
            let known = latest.get(&note.ticket).map_or(0, |known| known.version);
            if note.version > known {
                latest.insert(note.ticket.clone(), note);
            }
        }
        Self { latest, more }
    }

    /// Whether a row of an index still stands where it was found: among what this contact created, or among the
    /// company's tickets.
    fn confirm(&self, found: &IndexRow, created_by: Option<&ContactId>) -> bool {
        match self.latest.get(&found.row.id) {
            Some(note) if note.version > found.version => {
                stands(note.place, note.requester.as_ref(), found, created_by)
            }
            _ => true,
        }
    }
}

/// Whether a ticket that is at this place is still in the view in which a row of it was found.
fn stands(place: TicketPlace, requester: Option<&ContactId>, found: &IndexRow, created_by: Option<&ContactId>) -> bool {
    let of = found.row.company.as_ref();
    let was = of.map_or(TicketPlace::Elsewhere, |of| TicketPlace::of(&found.row, of));
    place == was && created_by.is_none_or(|creator| requester == Some(creator))
}

impl Store {
    /// Leaves out the rows of tickets that are not, or no longer, in the view of a company in which an index has them:
    /// that of what a contact created, or those of all tickets.
    pub(crate) async fn confirmed<'a>(
        &self,
        found: Vec<IndexRow>,
        created_by: Option<&ContactId>,
        moves: impl Fn(&CompanyId) -> Option<&'a Moves>,
    ) -> Result<Vec<IndexRow>, StoreError> {
        let of = |row: &TicketRow| row.company.as_ref().and_then(&moves);
        let address = |row: &TicketRow| row.company.as_ref().map(|id| (keys::company(id), keys::ticket(&row.id)));
        let doubtful: BTreeSet<_> =
            found.iter().filter(|it| of(&it.row).is_some_and(|it| it.more)).filter_map(|it| address(&it.row)).collect();
        let homes = self.get_all(doubtful.iter().map(|(pk, sk)| key(pk.clone(), sk.clone())).collect()).await?;
        let at_home = |item: Item| {
            let place = (text(&item, "pk").to_owned(), text(&item, "sk").to_owned());
            Ok((place, record::<RowRecord>(item)?.into()))
        };
        let homes: BTreeMap<_, TicketRow> = homes.into_iter().map(at_home).collect::<Result<_, StoreError>>()?;
        let confirm = |found: &IndexRow| match address(&found.row).filter(|address| doubtful.contains(address)) {
            Some(address) => homes.get(&address).is_some_and(|row| {
                let place = row.company.as_ref().map_or(TicketPlace::Elsewhere, |id| TicketPlace::of(row, id));
                stands(place, Some(&row.requester), found, created_by)
            }),
            None => of(&found.row).is_none_or(|moves| moves.confirm(found, created_by)),
        };
        Ok(found.into_iter().filter(confirm).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        catalog::TicketCategory,
        id::{StateId, TypeId},
        state::StateCategory,
    };
    use proptest::prelude::*;

    fn row((company, (visible, private), requester): (Option<&str>, (bool, bool), &str)) -> TicketRow {
        TicketRow {
            id: TicketId::new("tk-1").unwrap(),
            number: 1,
            title: "It fails".into(),
            ticket_type: TypeId::new("bug").unwrap(),
            category: TicketCategory::BackOffice,
            shared: visible,
            private,
            state: StateId::new("new").unwrap(),
            state_category: StateCategory::Submitted,
            company: company.map(|id| CompanyId::new(id).unwrap()),
            requester: ContactId::new(requester).unwrap(),
            requester_name: None,
            created_at: Timestamp::EPOCH,
            updated_at: Timestamp::EPOCH,
            turn_since: None,
            exchange: Default::default(),
        }
    }

    fn places() -> impl Strategy<Value = (Option<&'static str>, (bool, bool), &'static str)> {
        let company = prop::sample::select(vec![Some("a"), Some("b"), None]);
        (company, any::<(bool, bool)>(), prop::sample::select(vec!["ada", "ben"]))
    }

    proptest! {
        #[test]
        fn a_row_of_any_earlier_version_is_shown_where_the_ticket_is_now_and_nowhere_else(
            history in prop::collection::vec(places(), 1..8),
            lag in 0usize..8,
        ) {
            let rows: Vec<_> = history.into_iter().map(row).collect();
            let (company, now) = (CompanyId::new("a").unwrap(), rows.last().unwrap());
            let notes = rows.windows(2).enumerate();
            let mut notes: Vec<_> = notes
                .filter_map(|(nth, it)| MoveRecord::of(&company, &it[0], &it[1], nth as u64 + 2, Timestamp::EPOCH))
                .collect();
            notes.reverse();
            let moves = Moves::of(notes);
            // The index has this version.
            let nth = rows.len().saturating_sub(1 + lag);
            let found = IndexRow { row: rows[nth].clone(), version: nth as u64 + 1 };
            prop_assume!(found.row.company.as_ref() == Some(&company));
            let stands = TicketPlace::of(now, &company) == TicketPlace::of(&found.row, &company);
            prop_assert_eq!(moves.confirm(&found, None), stands);
            if found.row.is_customer_visible() {
                let creator = &found.row.requester;
                prop_assert_eq!(moves.confirm(&found, Some(creator)), stands && now.requester == *creator);
            }
        }
    }

    #[test]
    fn a_row_from_before_rows_had_versions_goes_when_a_note_says_so() {
        let (before, after) = (row((Some("a"), (true, false), "ada")), row((None, (true, false), "ada")));
        let company = CompanyId::new("a").unwrap();
        let note = MoveRecord::of(&company, &before, &after, 2, Timestamp::EPOCH).unwrap();
        assert!(!Moves::of(vec![note]).confirm(&IndexRow { row: before, version: 0 }, None));
    }
}
