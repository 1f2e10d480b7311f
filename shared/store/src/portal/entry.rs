//! Entering the portal: who asks, whether they may, and what they asked for, in one sequential round trip.
//!
//! The viewer, the workspace and the page's data are asked for at the same time. The page is asked for on a *hint* of
//! the companies that the contact is in; its answer stays in here until the viewer's record has proven the hint
//! right. A wrong or missing hint costs a second round trip, never a wrong answer.

use crate::{
    record::{OwnCounts, Seen, Viewer, Workspace, by_id, company_keys, workspace_keys},
    table::{Store, StoreError},
};
use domain::{
    access::{self, Reason},
    company::Company,
    contact::Contact,
    id::{CompanyId, ContactId},
    projection::Lens,
    state::Counts,
    visibility::{self, Sight},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Someone whose identity has been verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// Who.
    pub contact: ContactId,
    /// The epoch of their session; `None` when they came with an identity token, which no epoch revokes.
    pub session_epoch: Option<u64>,
}

/// Where we expect a visitor to look. Right or wrong, it decides nothing but speed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hint {
    /// The companies that the contact was in.
    pub companies: BTreeSet<CompanyId>,
    /// How far it saw.
    pub sight: Sight,
}

/// The answer to somebody at the door.
#[derive(Debug, Clone)]
pub struct Entry<T> {
    /// Settings and catalog.
    pub workspace: Workspace,
    /// Who asks, as recorded.
    pub contact: Contact,
    /// Whether they may enter.
    pub admission: Admission<T>,
}

/// Whether they may enter.
#[derive(Debug, Clone)]
pub enum Admission<T> {
    /// Yes: what they may see, and what they asked for.
    Granted(CompanyScope, T),
    /// No: every reason, in order.
    Refused(Vec<Reason>),
}

/// Proof that a contact may enter, and what it may see: the companies it is in, and how far it sees in them. Made
/// here alone, from the contact's record.
#[derive(Debug, Clone)]
pub struct CompanyScope {
    contact: Contact,
    companies: Vec<Company>,
    sight: Sight,
    pub(super) seen: Seen,
}

impl CompanyScope {
    /// From the contact's own record, which is the only source there is.
    pub(super) fn of(viewer: Viewer, companies: Vec<Company>, sight: Sight) -> Self {
        let seen = Seen::new(&viewer, &companies);
        Self { contact: viewer.contact, companies, sight, seen }
    }

    /// Who looks.
    #[must_use]
    pub const fn contact(&self) -> &Contact {
        &self.contact
    }

    /// The companies the contact is in, by name.
    #[must_use]
    pub fn companies(&self) -> &[Company] {
        &self.companies
    }

    /// How far the contact sees in them.
    #[must_use]
    pub const fn sight(&self) -> Sight {
        self.sight
    }

    /// The contact's eyes.
    #[must_use]
    pub fn lens<'a>(&'a self, workspace: &'a Workspace) -> Lens<'a> {
        Lens {
            contact: &self.contact.id,
            companies: &self.companies,
            sight: self.sight,
            catalog: &workspace.catalog,
            left: None,
        }
    }

    /// How many tickets the contact sees in each company: the company's counters, or those of its own tickets.
    #[must_use]
    pub fn counts(&self, own: &OwnCounts) -> BTreeMap<CompanyId, Counts> {
        let of = |company: &Company| match self.sight {
            Sight::All => company.visible,
            Sight::Own => own.get(&company.id).copied().unwrap_or_default(),
        };
        self.companies.iter().map(|company| (company.id.clone(), of(company))).collect()
    }

    /// What to expect next time.
    #[must_use]
    pub fn hint(&self) -> Hint {
        Hint { companies: self.companies.iter().map(|company| company.id.clone()).collect(), sight: self.sight }
    }
}

/// Somebody at the Messenger: what they may see, and what they asked for.
#[derive(Debug, Clone)]
pub struct Meeting<T> {
    /// Who, and what they may see; of no company, for those who may not enter the portal.
    pub scope: CompanyScope,
    /// Why they may not enter the portal; empty when they may.
    pub reasons: Vec<Reason>,
    /// What they asked for. It still has to pass through the projection.
    pub page: T,
}

impl<T> Meeting<T> {
    pub(super) fn new(mut scope: CompanyScope, reasons: Vec<Reason>, page: T) -> Self {
        if !reasons.is_empty() {
            scope.companies.clear();
        }
        Self { scope, reasons, page }
    }
}

/// What is known of a visitor who is somebody.
struct Verdict<T> {
    /// Why they may not enter.
    reasons: Vec<Reason>,
    /// What they asked for.
    page: Option<(CompanyScope, T)>,
}

/// The partitions that a read may touch. Unlike a [`CompanyScope`] it may rest on a hint, so it never leaves the
/// crate, and neither does what was read by it until it has been verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reach {
    pub(super) contact: ContactId,
    pub(super) companies: BTreeSet<CompanyId>,
    pub(super) sight: Sight,
}

impl Store {
    /// Asks only for entry, and for the counts that go with it.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn enter(&self, visitor: &Visitor, hint: Option<&Hint>) -> Result<Entry<OwnCounts>, StoreError> {
        self.enter_asking(visitor, hint, |reach| async move { self.own_counts(&reach).await }).await
    }

    /// Asks for entry and, at the same time, for what `ask` reads.
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
        let (workspace, contact, verdict) = self.verify(visitor, hint, ask, true).await?;
        let admission = match verdict {
            None => Admission::Refused(vec![Reason::NotSignedIn]),
            Some(Verdict { reasons, page: Some((scope, page)) }) if reasons.is_empty() => {
                Admission::Granted(scope, page)
            }
            Some(Verdict { reasons, .. }) => Admission::Refused(reasons),
        };
        Ok(Entry { workspace, contact, admission })
    }

    /// Asks for what the Messenger shows, which is open to everybody who is signed in: those who may not enter the
    /// portal see what they created, and nothing of their companies. `None` when the session has been revoked.
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
        let (workspace, _, verdict) = self.verify(visitor, hint, ask, false).await?;
        let meeting = verdict.and_then(|verdict| {
            let (scope, page) = verdict.page?;
            Some(Meeting::new(scope, verdict.reasons, page))
        });
        Ok((workspace, meeting))
    }

    /// Asks, and finds out who is asking; nobody, when their session has been revoked. Those who may not enter get no page when `only_admitted`, which saves the
    /// reads for it.
    async fn verify<T, F, Fut>(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        ask: F,
        only_admitted: bool,
    ) -> Result<(Workspace, Contact, Option<Verdict<T>>), StoreError>
    where
        F: Fn(Reach) -> Fut,
        Fut: Future<Output = Result<T, StoreError>>,
    {
        let guess = Reach {
            contact: visitor.contact.clone(),
            companies: hint.map(|hint| hint.companies.clone()).unwrap_or_default(),
            sight: hint.map_or(Sight::All, |hint| hint.sight),
        };
        let (viewer, (workspace, mut known), page) = futures::try_join!(
            self.viewer(&visitor.contact),
            self.workspace_and(&guess.companies),
            ask(guess.clone())
        )?;
        let (mut asked, mut page) = (guess, page);
        loop {
            let missing: BTreeSet<_> = viewer.companies.difference(&asked.companies).cloned().collect();
            if revoked(visitor, &viewer) {
                return Ok((workspace, viewer.contact, None));
            }
            let truth = self.truth(&viewer, &workspace, &known);
            if missing.is_empty() {
                let companies = viewer.companies_among(&known);
                let reasons = access::refusals(&workspace.settings, &viewer.contact, &companies);
                if only_admitted && !reasons.is_empty() {
                    return Ok((workspace, viewer.contact, Some(Verdict { reasons, page: None })));
                }
                if asked == truth {
                    let contact = viewer.contact.clone();
                    let scope = CompanyScope::of(viewer, companies, truth.sight);
                    return Ok((workspace, contact, Some(Verdict { reasons, page: Some((scope, page)) })));
                }
            }
            let (found, again) = futures::try_join!(self.companies(&missing), ask(truth.clone()))?;
            known.extend(found);
            (asked, page) = (truth, again);
        }
    }

    /// What the viewer may reach, as far as the companies known by now tell.
    fn truth(&self, viewer: &Viewer, workspace: &Workspace, known: &BTreeMap<CompanyId, Company>) -> Reach {
        let companies = viewer.companies_among(known);
        Reach {
            contact: viewer.contact.id.clone(),
            companies: viewer.companies.clone(),
            sight: visibility::sight(&workspace.settings.visibility, &viewer.contact, &companies),
        }
    }

    pub(super) async fn workspace_and(
        &self,
        companies: &BTreeSet<CompanyId>,
    ) -> Result<(Workspace, BTreeMap<CompanyId, Company>), StoreError> {
        let mut wanted = workspace_keys().to_vec();
        wanted.extend(company_keys(companies));
        let mut items = self.get_all(wanted).await?;
        let workspace = Workspace::take(&mut items)?;
        Ok((workspace, by_id(items)?))
    }
}

/// Whether the visitor is nobody any more: archived, or with a session of an epoch before the contact's.
pub(super) fn revoked(visitor: &Visitor, viewer: &Viewer) -> bool {
    viewer.contact.archived || visitor.session_epoch.is_some_and(|epoch| epoch < viewer.contact.session_epoch)
}
