//! What asks for a contact's attention: tickets that wait on them, and tickets in which something has happened that they
//! have not seen. Each is an item of its own in the contact's partition, so that there are only as many as there are such
//! tickets, and one query reads them all.

use crate::table::{Item, Store, StoreError, attributes, keys, record, text, time};
use domain::{
    id::{CompanyId, ContactId, TicketId},
    ticket::Ticket,
    timestamp::Timestamp,
    visibility::{Sight, Standing},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most that are read, which cost about four read units. Nobody is shown a greater number.
const MOST: usize = 200;

/// An item of attention.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct AttentionRecord {
    id: TicketId,
    #[serde(default)]
    company: Option<CompanyId>,
    requester: ContactId,
    /// Whether customers may see the ticket at all.
    visible: bool,
    /// Whether its creator keeps it from everybody else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    private: bool,
    /// When what has not been seen began.
    #[serde(default)]
    pub(crate) since: Option<i64>,
    /// When the latest of it happened.
    #[serde(default)]
    pub(crate) latest: Option<i64>,
}

impl AttentionRecord {
    fn standing(&self) -> Standing<'_> {
        let (company, requester) = (self.company.as_ref(), &self.requester);
        Standing { company, requester, is_customer_visible: self.visible, is_private: self.private }
    }
}

/// Returns the attributes of an item of attention, without its key, and the names of those that it does not have.
pub(crate) fn attention(ticket: &Ticket) -> Result<(Item, Vec<&'static str>), StoreError> {
    let row = &ticket.row;
    let record = AttentionRecord {
        id: row.id.clone(),
        company: row.company.clone(),
        requester: row.requester.clone(),
        visible: row.is_customer_visible(),
        private: row.private,
        since: None,
        latest: None,
    };
    let attributes = attributes(&keys::contact(&row.requester), &record)?;
    let absent = ["company", "private"].into_iter().filter(|name| !attributes.contains_key(*name)).collect();
    Ok((attributes, absent))
}

/// What asks for a contact's attention.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Attention {
    waiting: Vec<AttentionRecord>,
    unread: BTreeMap<TicketId, AttentionRecord>,
}

impl Attention {
    pub(crate) fn of(items: Vec<Item>) -> Result<Self, StoreError> {
        let mut attention = Self::default();
        for item in items {
            let waits = text(&item, "sk").starts_with(keys::WAITS);
            let record: AttentionRecord = record(item)?;
            if waits {
                attention.waiting.push(record);
            } else {
                attention.unread.insert(record.id.clone(), record);
            }
        }
        Ok(attention)
    }

    /// Keeps what somebody in these companies, with this sight, may see. Of tickets without a company that is what they
    /// created: how somebody takes part is not known here.
    pub(crate) fn seen_by(mut self, contact: &ContactId, companies: &BTreeSet<CompanyId>, sight: Sight) -> Self {
        let sees = |record: &AttentionRecord| record.standing().is_seen_by(contact, companies, sight, None);
        self.waiting.retain(sees);
        self.unread.retain(|_, record| sees(record));
        self
    }

    /// Returns the tickets of these companies that wait on the contact, each with its company.
    pub(crate) fn waiting_in<'a>(
        &'a self,
        is_chosen: impl Fn(&CompanyId) -> bool + 'a,
    ) -> impl Iterator<Item = (&'a CompanyId, &'a TicketId)> {
        let here = self.waiting.iter().filter_map(|it| Some((it.company.as_ref()?, &it.id)));
        here.filter(move |(company, _)| is_chosen(company))
    }

    /// Whether a ticket waits on them.
    #[must_use]
    pub fn waits(&self, id: &TicketId) -> bool {
        self.waiting.iter().any(|it| it.id == *id)
    }

    /// Whether a ticket has something that they have not seen.
    #[must_use]
    pub fn is_unread(&self, id: &TicketId) -> bool {
        self.unread.contains_key(id)
    }

    /// Returns how many tickets have something that the contact has not seen; 200 at most.
    #[must_use]
    pub fn unread(&self) -> u64 {
        self.unread.len() as u64
    }
}

/// What a contact has not seen of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread {
    /// When it began.
    pub since: Timestamp,
    /// When the latest of it happened.
    pub latest: Timestamp,
}

impl Unread {
    pub(crate) fn read(item: Item) -> Result<Option<Self>, StoreError> {
        let AttentionRecord { since, latest, .. } = record(item)?;
        Ok(since.zip(latest).map(|(since, latest)| Self { since: time(since), latest: time(latest) }))
    }
}

impl Store {
    /// Reads what asks for a contact's attention.
    pub(crate) async fn attention(&self, contact: &ContactId) -> Result<Attention, StoreError> {
        let query = self.partition(keys::contact(contact), keys::ATTENTION).consistent_read(true);
        let answer = query.limit(MOST as i32).send().await.map_err(StoreError::from_sdk)?;
        Attention::of(answer.items.unwrap_or_default())
    }
}
