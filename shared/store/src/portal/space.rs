//! The tickets space: every ticket that a contact created or takes part in (docs/product.md, The tickets space).

use super::entry::{CompanyScope, Hint, Known, Meeting, Visitor, revoked};
use crate::{
    record::{RowRecord, SpaceRecord, SpaceRole, Workspace},
    table::{Store, StoreError, key, keys, record, text},
};
use domain::{
    id::{CompanyId, ContactId, TicketId},
    ticket::TicketRow,
    visibility,
};
use std::collections::{BTreeMap, BTreeSet};

/// A ticket in a tickets space.
#[derive(Debug, Clone, PartialEq)]
pub struct SpaceEntry {
    /// The ticket. It must still pass through the projection.
    pub row: TicketRow,
    /// Why the ticket is in the tickets space.
    pub role: SpaceRole,
}

impl Store {
    /// Reads a contact's whole tickets space, latest update first, in two sequential round trips: the contact and the
    /// entries, then the tickets that the entries refer to. `None` if the session has been revoked.
    pub async fn meet_with_space(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
    ) -> Result<(Workspace, Option<Meeting<Vec<SpaceEntry>>>), StoreError> {
        let guess: BTreeSet<CompanyId> = hint.map(|hint| hint.companies.clone()).unwrap_or_default();
        let (viewer, workspace, files, (mut entries, joined)) = futures::try_join!(
            self.viewer(&visitor.contact),
            self.recent_workspace(),
            self.company_files(&guess),
            self.space_entries(&visitor.contact)
        )?;
        let mut known = Known(files);
        if revoked(visitor, &viewer) {
            return Ok((workspace, None));
        }
        let missing = viewer.companies.difference(&guess).cloned().collect();
        let (found, through) =
            futures::try_join!(self.company_files(&missing), self.rows_through(&viewer.companies, &joined))?;
        known.0.extend(found);
        entries.extend(through.into_iter().map(|row| SpaceEntry { row, role: SpaceRole::Participant }));
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.row.boundary()));
        let reasons = known.refusals(&viewer, &workspace);
        let sight = visibility::sight(&workspace.settings.visibility, &viewer.contact, &known.of(&viewer));
        let scope = CompanyScope::of(viewer, known, sight);
        Ok((workspace, Some(Meeting::new(scope, reasons, entries))))
    }

    /// Reads the tickets that the contact created, and the ids of the others that the contact takes part in.
    async fn space_entries(&self, contact: &ContactId) -> Result<(Vec<SpaceEntry>, BTreeSet<TicketId>), StoreError> {
        let query = self.partition(keys::contact(contact), keys::SPACES).consistent_read(true);
        let (mut created, mut joined) = (Vec::new(), BTreeSet::new());
        for item in self.query_all(query).await? {
            let entry: SpaceRecord = record(item.clone())?;
            match entry.role {
                SpaceRole::Creator => {
                    created.push(SpaceEntry { row: record::<RowRecord>(item)?.into(), role: SpaceRole::Creator });
                }
                SpaceRole::Participant => {
                    joined.insert(entry.id);
                }
            }
        }
        Ok((created, joined))
    }

    /// Reads those of the tickets that belong to one of the companies.
    async fn rows_through(
        &self,
        companies: &BTreeSet<CompanyId>,
        tickets: &BTreeSet<TicketId>,
    ) -> Result<Vec<TicketRow>, StoreError> {
        let address = |ticket| companies.iter().map(move |company| key(keys::company(company), keys::ticket(ticket)));
        let found = self.get_all(tickets.iter().flat_map(address).collect()).await?;
        // The read is split into chunks, and a ticket that moves between them may be in both.
        let mut rows: BTreeMap<String, TicketRow> = BTreeMap::new();
        for item in found {
            rows.insert(text(&item, "sk").to_owned(), record::<RowRecord>(item)?.into());
        }
        Ok(rows.into_values().collect())
    }
}
