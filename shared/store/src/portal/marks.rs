//! Tells whether an answer has changed, at the price of one read unit where the whole answer would cost several.
//!
//! Every write raises the marks of what it changes, in its own transaction. An answer records the marks that it is
//! based on; as long as they are the same, so is the answer. They cover changes to tickets, conversations and
//! memberships. What the whole workspace shares (settings, ticket types and states) has no mark that could be read at
//! that price.

use super::{
    entry::{CompanyScope, Hint, Visitor, revoked},
    space::FEW_COMPANIES,
};
use crate::{
    record::{Seen, mark_in},
    table::{Store, StoreError, key, keys},
};
use domain::{
    id::{CompanyId, ConversationId, TicketId},
    mark::Mark,
    timestamp::Timestamp,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a reader is looking at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch<'a> {
    /// The list of one of the contact's companies, or of all.
    List(Option<&'a CompanyId>),
    Space,
    /// A ticket with its conversation.
    Ticket(&'a TicketId),
    /// A conversation without a ticket.
    Conversation(&'a ConversationId),
}

/// The marks that an answer to a contact is based on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Marks {
    /// The revision of the contact's record. With the companies, it covers changes of memberships.
    revision: u64,
    companies: BTreeSet<CompanyId>,
    /// By the key of what each mark belongs to.
    marks: BTreeMap<String, Mark>,
}

impl Marks {
    /// Returns when one of the marks was last raised. Parallel reads, and indexes, may disagree about very recent
    /// changes.
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
                let shown = self.companies.iter().filter(|(id, _)| chosen.is_none_or(|only| only == *id));
                // What they have read.
                shown.map(company).chain([(keys::OWN_MARK.to_owned(), self.own)]).collect()
            }
            Watch::Space => self.companies.iter().map(company).chain([(keys::OWN_MARK.to_owned(), self.own)]).collect(),
            // What they have read of it, too.
            Watch::Ticket(id) => BTreeMap::from([(keys::ticket(id), mark), (keys::OWN_MARK.to_owned(), self.own)]),
            Watch::Conversation(id) => BTreeMap::from([(keys::conversation(id), mark)]),
        };
        Marks { revision: self.revision, companies: self.companies.keys().cloned().collect(), marks }
    }
}

impl CompanyScope {
    /// Returns the marks that an answer in this scope is based on. `mark` is that of the ticket or conversation, if the
    /// answer is about one.
    #[must_use]
    pub fn marks(&self, watch: Watch<'_>, mark: Mark) -> Marks {
        self.seen.marks(watch, mark)
    }
}

impl Store {
    /// Reads the current marks, which may lag a moment behind. This costs half a read unit for the contact and half a
    /// unit for each company, ticket or conversation. `None` if the session has been revoked, or if the tickets space of
    /// a contact in very many companies was asked for, whose marks would cost more than the answer.
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
        // A chosen company counts only if the contact is in it, which the contact's record tells.
        let shown = |companies: &BTreeSet<CompanyId>| -> BTreeSet<CompanyId> {
            let all = companies.iter().filter(|_| listed.is_some());
            all.filter(|id| listed.flatten().is_none_or(|only| only == *id)).cloned().collect()
        };
        let guess = shown(&hint.map(|hint| hint.companies.clone()).unwrap_or_default());
        let guess = if watch == Watch::Space && guess.len() > FEW_COMPANIES { BTreeSet::new() } else { guess };
        let (viewer, mut companies, mark) =
            futures::try_join!(self.viewer_cheaply(&visitor.contact), self.company_marks(&guess), self.mark_at(place))?;
        if revoked(visitor, &viewer) || watch == Watch::Space && viewer.companies.len() > FEW_COMPANIES {
            return Ok(None);
        }
        let wanted = shown(&viewer.companies);
        let missing = wanted.difference(&guess).cloned().collect();
        companies.extend(self.company_marks(&missing).await?);
        // All companies of the contact. Those that are not shown were not read, and only their ids matter.
        let of = |id: &CompanyId| (id.clone(), companies.get(id).cloned().unwrap_or_default());
        let seen = Seen::new(&viewer, viewer.companies.iter().map(of).collect());
        Ok(Some(seen.marks(watch, mark)))
    }

    async fn mark_at(&self, partition: Option<String>) -> Result<Mark, StoreError> {
        let Some(partition) = partition else { return Ok(Mark::default()) };
        let found = self.get_all_cheaply(vec![key(partition, keys::MARK)]).await?;
        Ok(found.first().map(mark_in).unwrap_or_default())
    }
}
