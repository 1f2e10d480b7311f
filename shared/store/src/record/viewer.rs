//! Who is asking, as recorded: the contact and the companies it is in now.

use super::{
    contact::{ContactRecord, MembershipRecord},
    mark::{add_mark, mark_in},
    sessions::{Session, ended_in},
    view::IndexRow,
};
use crate::table::{Store, StoreError, keys, record, text};
use domain::{
    company::Company,
    contact::Contact,
    id::{CompanyId, ContactId},
    mark::Mark,
};
use std::collections::{BTreeMap, BTreeSet};

/// A contact with its memberships. One consistent query reads both, so leaving a company takes effect with the next
/// request.
#[derive(Debug, Clone)]
pub(crate) struct Viewer {
    /// The contact as recorded; only the id if it is not recorded.
    pub(crate) contact: Contact,
    pub(crate) recorded: bool,
    /// Zero before the first write.
    pub(crate) revision: u64,
    pub(crate) companies: BTreeSet<CompanyId>,
    /// Companies whose membership is still recorded, although the last write of the contact ends it.
    pub(crate) leaving: BTreeSet<CompanyId>,
    /// The companies that a write which is not complete gives them.
    pub(crate) becoming: Option<BTreeSet<CompanyId>>,
    /// The mark of the contact's tickets space.
    pub(crate) mark: Mark,
    /// The sessions that were ended by signing out, and when the last cookie of each runs out by itself, in seconds
    /// since 1970.
    pub(crate) ended: BTreeMap<String, i64>,
    /// The tickets that are in their list alone.
    pub(crate) private: Vec<IndexRow>,
}

impl Viewer {
    /// Returns those of the companies that the contact is in, in the order of their names.
    pub(crate) fn companies_among<'a>(&self, known: impl Fn(&CompanyId) -> Option<&'a Company>) -> Vec<Company> {
        let mut companies: Vec<_> = self.companies.iter().filter_map(known).cloned().collect();
        companies.sort_by(|a, b| (a.name.to_lowercase(), &a.id).cmp(&(b.name.to_lowercase(), &b.id)));
        companies
    }

    /// Returns the tickets of the companies that they are in now which are in their list alone.
    pub(crate) fn private_in_their_companies(&self) -> impl Iterator<Item = &IndexRow> {
        let is_theirs = |found: &&IndexRow| found.row.company.as_ref().is_some_and(|of| self.companies.contains(of));
        self.private.iter().filter(is_theirs)
    }

    /// Whether this session was ended: by signing out, or with all others by raising the epoch.
    pub(crate) fn has_ended(&self, session: &Session) -> bool {
        session.epoch < self.contact.session_epoch || self.ended.contains_key(&session.id)
    }
}

/// What is known about a contact and its companies when the marks of an answer are made.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) revision: u64,
    pub(crate) own: Mark,
    /// The name and mark of each company. Lists show the names.
    pub(crate) companies: BTreeMap<CompanyId, (String, Mark)>,
}

impl Seen {
    pub(crate) fn new(viewer: &Viewer, companies: BTreeMap<CompanyId, (String, Mark)>) -> Self {
        Self { revision: viewer.revision, own: viewer.mark, companies }
    }
}

/// Whether this is the sort key of a shard of the mark of a contact's tickets space.
fn is_mark_shard(sk: &str) -> bool {
    sk.strip_prefix(keys::CONTACT).is_some_and(|rest| rest.starts_with('!'))
}

impl Store {
    pub(crate) async fn viewer(&self, id: &ContactId) -> Result<Viewer, StoreError> {
        self.read_viewer(id, true).await
    }

    /// Like [`Self::viewer`] at half the price, but possibly a moment out of date.
    pub(crate) async fn viewer_cheaply(&self, id: &ContactId) -> Result<Viewer, StoreError> {
        self.read_viewer(id, false).await
    }

    async fn read_viewer(&self, id: &ContactId, consistent: bool) -> Result<Viewer, StoreError> {
        let mut viewer = Viewer {
            contact: Contact::unrecorded(id.clone()),
            recorded: false,
            revision: 0,
            companies: BTreeSet::new(),
            leaving: BTreeSet::new(),
            becoming: None,
            mark: Mark::default(),
            ended: BTreeMap::new(),
            private: Vec::new(),
        };
        let query = self.partition_between(keys::contact(id), keys::MEMBERSHIPS, keys::ENDED);
        for item in self.query_all(query.consistent_read(consistent)).await? {
            match text(&item, "sk") {
                keys::CONTACT => {
                    let record = record::<ContactRecord>(item)?;
                    viewer.revision = record.revision;
                    viewer.becoming.clone_from(&record.becoming);
                    viewer.contact = record.into();
                    viewer.recorded = true;
                }
                sk if sk == keys::OWN_MARK || is_mark_shard(sk) => add_mark(&mut viewer.mark, mark_in(&item)),
                sk if sk.starts_with(keys::PRIVATE) => viewer.private.push(IndexRow::read(item)?),
                keys::ENDED => viewer.ended = ended_in(&item),
                _ => drop(viewer.companies.insert(record::<MembershipRecord>(item)?.company)),
            }
        }
        if let Some(becoming) = &viewer.becoming {
            viewer.leaving = viewer.companies.difference(becoming).cloned().collect();
            viewer.companies.retain(|id| becoming.contains(id));
        }
        Ok(viewer)
    }
}
