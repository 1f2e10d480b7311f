//! Whether a reader would still be told what they were told, for one read unit where the whole answer costs several.
//!
//! Every write raises the marks of what it changes, in its own transaction. An answer names the marks it went by; while
//! they are the same, so is the answer. They cover what happens to tickets, conversations and memberships. What the
//! whole workspace shares (settings, ticket types and states) has no mark that could be read at that price.

use super::entry::{CompanyScope, Hint, Visitor, revoked};
use crate::{
    record::{Seen, by_id, company_keys, mark_in},
    table::{Store, StoreError, key, keys},
};
use domain::{
    company::Company,
    id::{CompanyId, ConversationId, TicketId},
    mark::Mark,
    timestamp::Timestamp,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a reader looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch<'a> {
    /// The list of one of the contact's companies, or of all.
    List(Option<&'a CompanyId>),
    /// The tickets space.
    Space,
    /// A ticket with its conversation.
    Ticket(&'a TicketId),
    /// A conversation without a ticket.
    Conversation(&'a ConversationId),
}

/// The marks that an answer to a contact went by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Marks {
    /// Of the contact's record, and the companies that it is in.
    revision: u64,
    companies: BTreeSet<CompanyId>,
    /// By what they are of.
    marks: BTreeMap<String, Mark>,
}

impl Marks {
    /// When one of them was raised last. Reads that are made side by side, and indexes, may disagree about what happened
    /// a moment ago.
    #[must_use]
    pub fn raised(&self) -> Timestamp {
        self.marks.values().map(|mark| mark.at).max().unwrap_or(Timestamp::EPOCH)
    }
}

impl Seen {
    fn marks(&self, watch: Watch<'_>, mark: Mark) -> Marks {
        let company =
            |(id, (name, mark)): (&CompanyId, &(String, Mark))| (format!("{}{name}", keys::company(id)), *mark);
        let marks = match watch {
            Watch::List(chosen) => {
                self.companies.iter().filter(|(id, _)| chosen.is_none_or(|only| only == *id)).map(company).collect()
            }
            Watch::Space => self.companies.iter().map(company).chain([(keys::OWN_MARK.to_owned(), self.own)]).collect(),
            Watch::Ticket(id) => BTreeMap::from([(keys::ticket(id), mark)]),
            Watch::Conversation(id) => BTreeMap::from([(keys::conversation(id), mark)]),
        };
        Marks { revision: self.revision, companies: self.companies.keys().cloned().collect(), marks }
    }
}

impl CompanyScope {
    /// The marks that an answer in this scope went by; `mark` is that of the ticket or conversation, where it is about
    /// one.
    #[must_use]
    pub fn marks(&self, watch: Watch<'_>, mark: Mark) -> Marks {
        self.seen.marks(watch, mark)
    }
}

impl Store {
    /// The marks as they were a moment ago: half a read unit for the contact, and half a unit a mark. `None` when the
    /// session has been revoked.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn marks(
        &self,
        visitor: &Visitor,
        hint: Option<&Hint>,
        watch: Watch<'_>,
    ) -> Result<Option<Marks>, StoreError> {
        let (place, listed) = match watch {
            Watch::List(chosen) => (None, Some(chosen)),
            Watch::Space => (None, Some(None)),
            Watch::Ticket(id) => (Some(keys::ticket(id)), None),
            Watch::Conversation(id) => (Some(keys::conversation(id)), None),
        };
        // A chosen company counts when the contact is in it; whether it is, its record tells.
        let shown = |companies: &BTreeSet<CompanyId>| -> BTreeSet<CompanyId> {
            let all = companies.iter().filter(|_| listed.is_some());
            all.filter(|id| listed.flatten().is_none_or(|only| only == *id)).cloned().collect()
        };
        let guess = shown(&hint.map(|hint| hint.companies.clone()).unwrap_or_default());
        let (viewer, mut companies, mark) = futures::try_join!(
            self.viewer_cheaply(&visitor.contact),
            self.companies_cheaply(&guess),
            self.mark_at(place)
        )?;
        if revoked(visitor, &viewer) {
            return Ok(None);
        }
        let wanted = shown(&viewer.companies);
        let missing = wanted.difference(&guess).cloned().collect();
        companies.extend(self.companies_cheaply(&missing).await?);
        // All the companies that the contact is in; nothing is asked of those that are not shown.
        let of = |id: &CompanyId| companies.get(id).cloned().unwrap_or_else(|| Company::new(id.clone(), String::new()));
        let seen = Seen::new(&viewer, &viewer.companies.iter().map(of).collect::<Vec<_>>());
        Ok(Some(seen.marks(watch, mark)))
    }

    async fn companies_cheaply(&self, ids: &BTreeSet<CompanyId>) -> Result<BTreeMap<CompanyId, Company>, StoreError> {
        by_id(self.get_all_cheaply(company_keys(ids).collect()).await?)
    }

    async fn mark_at(&self, partition: Option<String>) -> Result<Mark, StoreError> {
        let Some(partition) = partition else { return Ok(Mark::default()) };
        let found = self.get_all_cheaply(vec![key(partition, keys::MARK)]).await?;
        Ok(found.first().map(mark_in).unwrap_or_default())
    }
}
