//! The tickets space: every ticket that a contact created or takes part in (docs/product.md, The tickets space).
//!
//! Each ticket costs one read, however many companies the contact is in: an entry remembers in which company the ticket
//! was, and it is read there. Where an entry is wrong or silent, the ticket itself is read.

use super::entry::{CompanyScope, Hint, Known, Meeting, Visitor, revoked};
use crate::{
    record::{Attention, RowRecord, SpaceRecord, SpaceRole, Workspace},
    table::{Store, StoreError, key, keys, record, text},
};
use domain::{
    access::Reason,
    condition::Subject,
    id::{CompanyId, ContactId, TicketId},
    settings::PortalSettings,
    ticket::{Boundary, TicketRow},
    visibility::{self, Part, Sight, may_see, stays_with},
};
use std::collections::{BTreeMap, BTreeSet};

/// Companies whose records are all read for a tickets space. Of contacts in more, those of the tickets on the page are.
pub(super) const FEW_COMPANIES: usize = 50;

/// A ticket in a tickets space.
#[derive(Debug, Clone, PartialEq)]
pub struct SpaceEntry {
    /// The ticket. It must still pass through the projection.
    pub row: TicketRow,
    /// Why the ticket is in the tickets space.
    pub role: SpaceRole,
}

/// A page of a tickets space.
#[derive(Debug, Clone, PartialEq)]
pub struct SpacePage {
    /// Latest update first.
    pub entries: Vec<SpaceEntry>,
    /// Where the next page starts, if there is one.
    pub next: Option<Boundary>,
    /// Whether marks can tell that the page is still the same. They cannot for contacts of very many companies, nor for
    /// those who take part in a ticket that is in none of them: without a company, it has no mark that they would ask for.
    pub marked: bool,
    /// What asks for the contact's attention.
    pub attention: Attention,
}

/// A ticket that a contact takes part in, or follows, and where it was last.
struct Joined {
    ticket: TicketId,
    seen_in: Option<CompanyId>,
    part: Option<Part>,
    role: SpaceRole,
}

impl SpacePage {
    fn of<'a>(
        entries: impl Iterator<Item = &'a SpaceEntry>,
        limit: usize,
        after: Option<&Boundary>,
        marked: bool,
    ) -> Self {
        let mut below = entries.filter(|entry| after.is_none_or(|after| entry.row.boundary() < *after));
        let entries: Vec<_> = below.by_ref().take(limit).cloned().collect();
        let next = entries.last().filter(|_| below.next().is_some()).map(|last| last.row.boundary());
        Self { entries, next, marked, attention: Attention::default() }
    }
}

impl Store {
    /// Reads a page of a contact's tickets space, usually in two sequential round trips: the contact and the entries,
    /// then the tickets that the entries refer to. `None` if the session has been revoked.
    pub async fn meet_with_space(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        limit: usize,
        after: Option<&Boundary>,
    ) -> Result<(Workspace, Option<Meeting<SpacePage>>), StoreError> {
        let guess: BTreeSet<CompanyId> = hint.map(|hint| hint.companies.clone()).unwrap_or_default();
        let guess = if guess.len() > FEW_COMPANIES { BTreeSet::new() } else { guess };
        let (viewer, workspace, files, (mut entries, joined), attention) = futures::try_join!(
            self.viewer(&visitor.contact),
            self.recent_workspace(),
            self.company_files(&guess),
            self.space_entries(&visitor.contact),
            self.attention(&visitor.contact)
        )?;
        let mut known = Known(files);
        if revoked(visitor, &viewer) {
            return Ok((workspace, None));
        }
        let few = viewer.companies.len() <= FEW_COMPANIES;
        let missing = if few { viewer.companies.difference(&guess).cloned().collect() } else { BTreeSet::new() };
        let roles: BTreeMap<_, _> = joined.iter().map(|it| (it.ticket.clone(), it.role)).collect();
        let parts: BTreeMap<_, _> =
            joined.iter().filter_map(|it| Some((it.ticket.clone(), it.part.clone()?))).collect();
        let (found, through) =
            futures::try_join!(self.company_files(&missing), self.rows_through(&viewer.companies, joined))?;
        known.0.extend(found);
        let here = |ticket: &TicketId| {
            through
                .iter()
                .any(|row| row.id == *ticket && row.company.as_ref().is_some_and(|of| viewer.companies.contains(of)))
        };
        let elsewhere =
            parts.iter().any(|(ticket, part)| stays_with(&viewer.companies, Sight::All, part) && !here(ticket));
        let marked = few && !elsewhere;
        entries.extend(through.into_iter().map(|row| {
            let role = roles.get(&row.id).copied().unwrap_or_default();
            SpaceEntry { row, role }
        }));
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.row.boundary()));

        let page = |reasons: &[Reason], sight: Sight| {
            let nowhere = BTreeSet::new();
            let companies = if reasons.is_empty() { &viewer.companies } else { &nowhere };
            let part = |row: &TicketRow| parts.get(&row.id);
            let sees = |row| may_see(&viewer.contact.id, companies, sight, part(row), row);
            SpacePage::of(entries.iter().filter(|entry| sees(&entry.row)), limit, after, marked)
        };
        if !few {
            let shown = page(&[], Sight::All).entries.into_iter().filter_map(|entry| entry.row.company);
            let of_the_page = shown.filter(|company| viewer.companies.contains(company)).collect();
            known.0.extend(self.company_files(&of_the_page).await?);
            // What depends on all companies needs all of them.
            if depends_on_companies(&workspace.settings) || !known.refusals(&viewer, &workspace).is_empty() {
                let others = viewer.companies.iter().filter(|id| !known.0.contains_key(*id)).cloned().collect();
                known.0.extend(self.company_files(&others).await?);
            }
        }
        let reasons = known.refusals(&viewer, &workspace);
        let sight = visibility::sight(&workspace.settings.visibility, &viewer.contact, &known.of(&viewer));
        let page = page(&reasons, sight);
        let mut scope = CompanyScope::of(viewer, known, sight);
        scope.takes_part(parts);
        let attention = if reasons.is_empty() { scope.attention(attention) } else { scope.own_attention(attention) };
        let page = SpacePage { attention, ..page };
        Ok((workspace, Some(Meeting::new(scope, reasons, page))))
    }

    /// Reads the tickets that the contact created, and which others the contact takes part in.
    async fn space_entries(&self, contact: &ContactId) -> Result<(Vec<SpaceEntry>, Vec<Joined>), StoreError> {
        let query = self.partition(keys::contact(contact), keys::SPACES).consistent_read(true);
        let (mut created, mut joined) = (Vec::new(), Vec::new());
        for item in self.query_all(query).await? {
            let entry = record::<SpaceRecord>(item.clone())?;
            let (role, part) = (entry.role, entry.part());
            match role {
                SpaceRole::Creator => created.push(SpaceEntry { row: record::<RowRecord>(item)?.into(), role }),
                SpaceRole::Participant | SpaceRole::Follower => {
                    let role = if entry.participating { SpaceRole::Participant } else { SpaceRole::Follower };
                    joined.push(Joined { ticket: entry.id, seen_in: entry.seen_in, part, role });
                }
            }
        }
        Ok((created, joined))
    }

    /// Reads those of the tickets that belong to one of the companies, or to none.
    async fn rows_through(
        &self,
        companies: &BTreeSet<CompanyId>,
        joined: Vec<Joined>,
    ) -> Result<Vec<TicketRow>, StoreError> {
        // In a single company there is nowhere better to look first.
        let only = companies.first().filter(|_| companies.len() == 1);
        let (mut homes, mut others) = (BTreeMap::new(), BTreeSet::new());
        for Joined { ticket, seen_in, .. } in joined {
            match only.or(seen_in.as_ref().filter(|company| companies.contains(*company))) {
                Some(company) => drop(homes.insert(ticket, company.clone())),
                None => drop(others.insert(ticket)),
            }
        }
        let addresses = homes.iter().map(|(ticket, company)| (keys::company(company), ticket));
        let mut rows = self.rows_at(addresses).await?;
        others.extend(homes.into_keys().filter(|ticket| !rows.contains_key(ticket)));
        let homes = self.homes_of(&others, companies).await?;
        rows.extend(self.rows_at(homes.iter().map(|(ticket, home)| (home.clone(), ticket))).await?);
        Ok(rows.into_values().collect())
    }

    /// Reads tickets in the partitions in which they are thought to be; those that are elsewhere are left out.
    async fn rows_at(
        &self,
        homes: impl Iterator<Item = (String, &TicketId)>,
    ) -> Result<BTreeMap<TicketId, TicketRow>, StoreError> {
        let addresses = homes.map(|(home, ticket)| key(home, keys::ticket(ticket)));
        let rows = self.get_all(addresses.collect()).await?.into_iter().map(|item| {
            let row: TicketRow = record::<RowRecord>(item)?.into();
            Ok((row.id.clone(), row))
        });
        rows.collect()
    }

    /// Finds out in which partitions tickets are that belong to one of the companies, or to none; those of other
    /// companies are left out.
    async fn homes_of(
        &self,
        tickets: &BTreeSet<TicketId>,
        companies: &BTreeSet<CompanyId>,
    ) -> Result<BTreeMap<TicketId, String>, StoreError> {
        let bodies = tickets.iter().map(|ticket| key(keys::ticket(ticket), keys::BODY)).collect();
        let found = self.get_all_of(bodies, &["id", "company", "requester"]).await?.into_iter().filter_map(|item| {
            let (ticket, company) =
                (TicketId::new(text(&item, "id")).ok()?, CompanyId::new(text(&item, "company")).ok());
            let requester = ContactId::new(text(&item, "requester")).ok()?;
            let theirs = company.as_ref().is_none_or(|of| companies.contains(of));
            theirs.then(|| (ticket, keys::home(company.as_ref(), &requester)))
        });
        Ok(found.collect())
    }
}

/// Whether who may enter, or how far they see, depends on their companies.
fn depends_on_companies(settings: &PortalSettings) -> bool {
    let mut conditions = settings.audience.iter().chain(&settings.visibility.conditions);
    conditions.any(|condition| condition.subject == Subject::Company)
}
