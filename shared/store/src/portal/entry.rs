//! Entering the portal: who is asking, whether they may enter, and the data they asked for, in one sequential round
//! trip.
//!
//! The viewer, the workspace and the page's data are requested at the same time. The page is requested on a *hint* of
//! the companies that the contact is in, and it is not released until the viewer's record has confirmed the hint. A
//! wrong or missing hint costs a second round trip but never gives a wrong answer.

use crate::{
    record::{Attention, CompanyFile, IndexRow, ListPage, Moves, OwnCounts, Seen, Session, Viewer, Workspace},
    table::{Store, StoreError},
};
use domain::{
    access::{self, Reason},
    company::Company,
    contact::Contact,
    id::{CompanyId, ContactId, TicketId},
    list::Piles,
    projection::Lens,
    state::Counts,
    ticket::TicketRow,
    visibility::{self, Part, Sight, keeps_conversation, may_see, stays_with},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A person whose identity has been verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    pub contact: ContactId,
    /// Their session; `None` if they presented an identity token, which only time ends.
    pub session: Option<Session>,
}

/// The companies and sight that a visitor is expected to have. The hint affects speed only, never what is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hint {
    /// The companies that the contact was in last time.
    pub companies: BTreeSet<CompanyId>,
    /// How far the contact saw last time.
    pub sight: Sight,
    /// Whether they had tickets that are in their list alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
}

/// The result of a request for entry.
#[derive(Debug, Clone)]
pub struct Entry<T> {
    pub workspace: Workspace,
    /// The contact as recorded.
    pub contact: Contact,
    pub admission: Admission<T>,
}

impl<T> Entry<T> {
    /// Goes on with the data that was asked for, if the visitor may enter.
    pub(super) async fn then<U>(
        self,
        work: impl AsyncFnOnce(&mut CompanyScope, T) -> Result<U, StoreError>,
    ) -> Result<Entry<U>, StoreError> {
        let admission = match self.admission {
            Admission::Granted(mut scope, page) => {
                let page = work(&mut scope, page).await?;
                Admission::Granted(scope, page)
            }
            Admission::Refused(reasons) => Admission::Refused(reasons),
        };
        Ok(Entry { workspace: self.workspace, contact: self.contact, admission })
    }
}

/// Whether they may enter.
#[derive(Debug, Clone)]
pub enum Admission<T> {
    /// They may enter. Holds what they may see, and the data they asked for.
    Granted(CompanyScope, T),
    /// They may not enter. Holds every reason, in order.
    Refused(Vec<Reason>),
}

/// Proof of what a contact may see: which companies they are in, and how far they see in them. Only `portal` can create
/// one, and only from the contact's own record.
#[derive(Debug, Clone)]
pub struct CompanyScope {
    contact: Contact,
    companies: Vec<Company>,
    sight: Sight,
    /// How the contact takes part in the tickets that were asked for, by their own tickets-space entries.
    parts: BTreeMap<TicketId, Part>,
    /// The same companies, with what is counted of their tickets.
    known: Known,
    /// The tickets of these companies that are in the contact's list alone.
    private: Vec<IndexRow>,
    pub(super) seen: Box<Seen>,
}

impl CompanyScope {
    /// Creates a scope from the contact's own record, which is the only source of one.
    pub(super) fn of(viewer: Viewer, mut known: Known, sight: Sight) -> Self {
        let companies = known.of(&viewer);
        known.0.retain(|id, _| viewer.companies.contains(id));
        let marks = known.0.iter().map(|(id, file)| (id.clone(), (file.company.name.clone(), file.tally.mark)));
        let seen = Box::new(Seen::new(&viewer, marks.collect()));
        let private = viewer.private_in_their_companies().cloned().collect();
        Self { contact: viewer.contact, companies, sight, parts: BTreeMap::new(), known, private, seen }
    }

    /// Returns the partitions that a read in this scope may touch.
    pub(super) fn reach(&self) -> Reach {
        let companies = self.companies.iter().map(|company| company.id.clone()).collect();
        Reach { contact: self.contact.id.clone(), companies, sight: self.sight, private: !self.private.is_empty() }
    }

    /// Returns the tickets of the contact's companies that are in their list alone.
    pub(super) fn private(&self) -> &[IndexRow] {
        &self.private
    }

    /// Returns what has lately come into the views of a company, or left them.
    pub(super) fn moves(&self, company: &CompanyId) -> Option<&Moves> {
        self.known.0.get(company).map(|file| &file.moves)
    }

    #[must_use]
    pub const fn contact(&self) -> &Contact {
        &self.contact
    }

    /// Returns the companies the contact is in, in the order of their names.
    #[must_use]
    pub fn companies(&self) -> &[Company] {
        &self.companies
    }

    /// Returns how far the contact sees in those companies.
    #[must_use]
    pub const fn sight(&self) -> Sight {
        self.sight
    }

    /// Returns the view of tickets that this scope gives.
    #[must_use]
    pub fn lens<'a>(&'a self, workspace: &'a Workspace) -> Lens<'a> {
        let (contact, companies, catalog) = (&self.contact.id, &self.companies, &workspace.catalog);
        Lens { contact, companies, sight: self.sight, parts: &self.parts, catalog }
    }

    /// Takes in what the contact's own tickets-space entries say.
    pub(super) fn takes_part(&mut self, parts: impl IntoIterator<Item = (TicketId, Part)>) {
        self.parts.extend(parts);
    }

    /// Whether the contact sees a ticket.
    pub(super) fn sees(&self, row: &TicketRow) -> bool {
        may_see(&self.contact.id, self.company_ids(), self.sight, self.parts.get(&row.id), row)
    }

    /// Whether somebody who takes part like this sees the ticket while it has no company.
    pub(super) fn stays_with(&self, part: &Part) -> bool {
        stays_with(self.company_ids(), self.sight, part)
    }

    pub(super) fn keeps_conversation(&self, row: &TicketRow) -> bool {
        keeps_conversation(&self.contact.id, self.company_ids(), row)
    }

    /// Whether the contact is in this company.
    pub(super) fn is_in(&self, company: &CompanyId) -> bool {
        self.company_ids().any(|id| id == company)
    }

    fn company_ids(&self) -> impl Iterator<Item = &CompanyId> {
        self.companies.iter().map(|company| &company.id)
    }

    /// Returns the number of tickets that the contact sees in each company: the company's counters, or those of the
    /// contact's own tickets; and what is in their list alone.
    #[must_use]
    pub fn counts(&self, own: &OwnCounts) -> BTreeMap<CompanyId, Counts> {
        let of = |company: &Company| match self.sight {
            Sight::All => self.known.0.get(&company.id).map(|file| file.tally.visible).unwrap_or_default(),
            Sight::Own => own.get(&company.id).copied().unwrap_or_default(),
        };
        let mut counts: BTreeMap<_, _> =
            self.companies.iter().map(|company| (company.id.clone(), of(company))).collect();
        for row in self.private.iter().map(|found| &found.row) {
            if let Some(counts) = row.company.as_ref().and_then(|of| counts.get_mut(of)) {
                counts.add(row.state_category, 1);
            }
        }
        counts
    }

    /// Returns what asks for the contact's attention and is in their sight.
    pub(super) fn attention(&self, attention: Attention) -> Attention {
        let companies = self.companies.iter().map(|company| company.id.clone()).collect();
        attention.seen_by(&self.contact.id, &companies, self.sight)
    }

    /// The same for a contact who may not enter the portal, and sees what they created alone.
    pub(super) fn own_attention(&self, attention: Attention) -> Attention {
        attention.seen_by(&self.contact.id, &BTreeSet::new(), Sight::Own)
    }

    /// Returns the number of tickets in each pile, in all of the contact's companies or in one of them.
    #[must_use]
    pub fn piles(&self, page: &ListPage, chosen: Option<&CompanyId>) -> Piles {
        let is_chosen = |id: &CompanyId| chosen.is_none_or(|only| only == id);
        let (mut tickets, mut unanswered) = (Counts::default(), Counts::default());
        for Company { id, .. } in self.companies.iter().filter(|company| is_chosen(&company.id)) {
            match self.sight {
                Sight::All => {
                    let tally = self.known.0.get(id).map(|file| file.tally).unwrap_or_default();
                    tickets += tally.visible;
                    unanswered += tally.unanswered;
                }
                Sight::Own => {
                    tickets += page.own.get(id).copied().unwrap_or_default();
                    unanswered += page.own_unanswered.get(id).copied().unwrap_or_default();
                }
            }
        }
        for row in self.private.iter().map(|found| &found.row) {
            if row.company.as_ref().is_some_and(is_chosen) {
                tickets.add(row.state_category, 1);
                if row.exchange.unanswered_since.is_some() {
                    unanswered.add(row.state_category, 1);
                }
            }
        }
        Piles::of(tickets, unanswered, self.on_contact(&page.attention, is_chosen, tickets.waiting_on_customer))
    }

    /// Returns how many tickets of the contact's companies wait on them. `visible` is how many of those that they see wait
    /// on a customer.
    #[must_use]
    pub fn waiting(&self, attention: &Attention, visible: u64) -> u64 {
        self.on_contact(attention, |_| true, visible)
    }

    fn on_contact(&self, attention: &Attention, is_chosen: impl Fn(&CompanyId) -> bool, own: u64) -> u64 {
        match self.sight {
            // What they created in a company that they have left waits on them, too, but not in this list.
            Sight::All => attention.waiting_in(|company| self.is_in(company) && is_chosen(company)).count() as u64,
            // Who sees nothing but what they created is the creator of all that waits.
            Sight::Own => own,
        }
    }

    /// Returns the hint to use for the contact's next request.
    #[must_use]
    pub fn hint(&self) -> Hint {
        let companies = self.companies.iter().map(|company| company.id.clone()).collect();
        Hint { companies, sight: self.sight, private: !self.private.is_empty() }
    }
}

/// A signed-in contact at the Messenger: what they may see, and the data they asked for.
#[derive(Debug, Clone)]
pub struct Meeting<T> {
    /// What the contact may see; without companies if they may not enter the portal.
    pub scope: CompanyScope,
    /// Why the contact may not enter the portal; empty if they may.
    pub reasons: Vec<Reason>,
    /// The data they asked for. It must still pass through the projection.
    pub page: T,
}

impl<T> Meeting<T> {
    pub(super) fn new(mut scope: CompanyScope, reasons: Vec<Reason>, page: T) -> Self {
        if !reasons.is_empty() {
            scope.companies.clear();
            scope.private.clear();
        }
        Self { scope, reasons, page }
    }
}

/// The companies that were read, with what is counted of their tickets.
#[derive(Debug, Clone, Default)]
pub(super) struct Known(pub(super) BTreeMap<CompanyId, CompanyFile>);

impl Known {
    /// Returns those that the contact is in, in the order of their names.
    pub(super) fn of(&self, viewer: &Viewer) -> Vec<Company> {
        viewer.companies_among(|id| self.0.get(id).map(|file| &file.company))
    }

    /// Returns why the contact may not enter; nothing if they may.
    pub(super) fn refusals(&self, viewer: &Viewer, workspace: &Workspace) -> Vec<Reason> {
        let mut files = viewer.companies.iter().filter_map(|id| self.0.get(id));
        let has_tickets =
            files.any(|file| file.tally.visible.all > 0) || viewer.private_in_their_companies().next().is_some();
        access::refusals(&workspace.settings, &viewer.contact, &self.of(viewer), has_tickets)
    }
}

/// Where somebody wants in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gate {
    /// The portal's list, and what is behind it.
    List,
    /// The form to report something: for those, too, whose companies have no tickets yet.
    Report,
    /// The Messenger, which is open to everybody who is signed in.
    Messenger,
}

/// What was found out about a visitor whose session is valid.
struct Verdict<T> {
    /// Why the visitor may not enter; empty if they may.
    reasons: Vec<Reason>,
    /// What the visitor may see, and the data they asked for.
    page: Option<(CompanyScope, T)>,
}

/// The partitions that a read may touch. Unlike a [`CompanyScope`] it may be based on a hint, so neither it nor what
/// was read with it leaves the crate before it has been verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reach {
    pub(super) contact: ContactId,
    pub(super) companies: BTreeSet<CompanyId>,
    pub(super) sight: Sight,
    /// Whether some are in their list alone.
    pub(super) private: bool,
}

impl Store {
    /// Requests entry alone, with the counts that go with it.
    pub async fn enter(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
    ) -> Result<Entry<(OwnCounts, Attention)>, StoreError> {
        let ask =
            |reach: Reach| async move { futures::try_join!(self.own_rows(&reach), self.attention(&reach.contact)) };
        let entry = self.enter_asking(visitor, hint, ask).await?;
        entry
            .then(async |scope, (rows, attention)| {
                Ok((self.own_counts(scope, rows).await?, scope.attention(attention)))
            })
            .await
    }

    /// Requests entry and, at the same time, runs the reads of `ask`.
    pub(super) async fn enter_asking<T, F, Fut>(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        ask: F,
    ) -> Result<Entry<T>, StoreError>
    where
        F: Fn(Reach) -> Fut,
        Fut: Future<Output = Result<T, StoreError>>,
    {
        self.enter_through(Gate::List, visitor, hint, ask).await
    }

    /// The same through another gate.
    pub(super) async fn enter_through<T, F, Fut>(
        &self,
        gate: Gate,
        visitor: &Visitor,
        hint: Option<&Hint>,
        ask: F,
    ) -> Result<Entry<T>, StoreError>
    where
        F: Fn(Reach) -> Fut,
        Fut: Future<Output = Result<T, StoreError>>,
    {
        let (workspace, contact, verdict) = self.verify(visitor, hint, ask, gate).await?;
        let admission = match verdict {
            None => Admission::Refused(vec![Reason::NotSignedIn]),
            Some(Verdict { reasons, page: Some((scope, page)) }) if reasons.is_empty() => {
                Admission::Granted(scope, page)
            }
            Some(Verdict { reasons, .. }) => Admission::Refused(reasons),
        };
        Ok(Entry { workspace, contact, admission })
    }

    /// Requests what the Messenger shows, which is open to everyone who is signed in. Contacts who may not enter the
    /// portal see what they created and nothing of their companies. `None` if the session has been revoked.
    pub(super) async fn meet_asking<T, F, Fut>(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        ask: F,
    ) -> Result<(Workspace, Option<Meeting<T>>), StoreError>
    where
        F: Fn(Reach) -> Fut,
        Fut: Future<Output = Result<T, StoreError>>,
    {
        let (workspace, _, verdict) = self.verify(visitor, hint, ask, Gate::Messenger).await?;
        let meeting = verdict.and_then(|verdict| {
            let (scope, page) = verdict.page?;
            Some(Meeting::new(scope, verdict.reasons, page))
        });
        Ok((workspace, meeting))
    }

    /// Runs the reads of `ask` and verifies the visitor at the same time. The verdict is `None` if the session has been
    /// revoked. But for the Messenger, visitors who may not enter get no page, which saves the reads for it.
    async fn verify<T, F, Fut>(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        ask: F,
        gate: Gate,
    ) -> Result<(Workspace, Contact, Option<Verdict<T>>), StoreError>
    where
        F: Fn(Reach) -> Fut,
        Fut: Future<Output = Result<T, StoreError>>,
    {
        let guess = Reach {
            contact: visitor.contact.clone(),
            companies: hint.map(|hint| hint.companies.clone()).unwrap_or_default(),
            sight: hint.map_or(Sight::All, |hint| hint.sight),
            private: hint.is_some_and(|hint| hint.private),
        };
        let (viewer, workspace, files, page) = futures::try_join!(
            self.viewer(&visitor.contact),
            self.recent_workspace(),
            self.company_files(&guess.companies),
            ask(guess.clone())
        )?;
        let mut known = Known(files);
        let (mut asked, mut page) = (guess, page);
        loop {
            let missing: BTreeSet<_> = viewer.companies.difference(&asked.companies).cloned().collect();
            if revoked(visitor, &viewer) {
                return Ok((workspace, viewer.contact, None));
            }
            let truth = self.truth(&viewer, &workspace, &known);
            if missing.is_empty() {
                let mut reasons = known.refusals(&viewer, &workspace);
                reasons.retain(|reason| gate != Gate::Report || *reason != Reason::NoTickets);
                if gate != Gate::Messenger && !reasons.is_empty() {
                    return Ok((workspace, viewer.contact, Some(Verdict { reasons, page: None })));
                }
                if asked == truth {
                    let contact = viewer.contact.clone();
                    let scope = CompanyScope::of(viewer, known, truth.sight);
                    return Ok((workspace, contact, Some(Verdict { reasons, page: Some((scope, page)) })));
                }
            }
            let (found, again) = futures::try_join!(self.company_files(&missing), ask(truth.clone()))?;
            known.0.extend(found);
            (asked, page) = (truth, again);
        }
    }

    /// Returns what the viewer may reach, judged by the companies known so far.
    fn truth(&self, viewer: &Viewer, workspace: &Workspace, known: &Known) -> Reach {
        let companies = known.of(viewer);
        Reach {
            contact: viewer.contact.id.clone(),
            companies: viewer.companies.clone(),
            sight: visibility::sight(&workspace.settings.visibility, &viewer.contact, &companies),
            private: viewer.private_in_their_companies().next().is_some(),
        }
    }
}

/// Whether the visitor may no longer act as the contact: the contact is archived, or the session was ended.
pub(super) fn revoked(visitor: &Visitor, viewer: &Viewer) -> bool {
    viewer.contact.archived || visitor.session.as_ref().is_some_and(|it| viewer.has_ended(it))
}
