//! Entries in a contact's tickets space.

use super::{
    exchange::EXCHANGE,
    ticket::{RowRecord, index_keys, versioned},
};
use crate::table::{Item, StoreError, attributes, keys};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    id::{CompanyId, TicketId},
    ticket::TicketRow,
    visibility::Part,
};
use serde::{Deserialize, Serialize};

/// What a contact's tickets space stores for a ticket. For its creator that includes a copy of the row, so that it can
/// be read, and listed for each company, without going through a company.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SpaceRecord {
    pub(crate) id: TicketId,
    /// Absent if an import has written the participants but not yet the ticket.
    #[serde(default)]
    pub(crate) role: SpaceRole,
    #[serde(default)]
    pub(crate) participating: bool,
    /// Whether the contact asked for the ticket to be here, whatever else they have to do with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) following: bool,
    /// The company that the ticket belonged to when this was written: where to look for it first. Absent for a ticket
    /// without a company, in entries of older versions, and for creators, who have a copy of the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seen_in: Option<CompanyId>,
    /// Whether the contact took part in the conversation before it had the ticket, or came while that had no company.
    /// Absent where an earlier version has linked the two.
    #[serde(default)]
    pub(crate) took_part: bool,
    /// The company through which the contact joined. Absent in entries of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) through: Option<CompanyId>,
}

impl SpaceRecord {
    /// Returns how the contact takes part in the ticket, if they do. An entry of an earlier version that does not say so
    /// shows no more than it did.
    pub(crate) fn part(&self) -> Option<Part> {
        let through = || self.through.clone().map(Part::Through);
        if self.took_part { Some(Part::Theirs) } else { through() }.filter(|_| self.participating)
    }
}

/// Why a ticket is in a contact's tickets space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpaceRole {
    Creator,
    /// The contact takes part in its conversation.
    #[default]
    Participant,
    /// The contact follows it without taking part. No entry is written with this role: it is what a participant's is
    /// without participation.
    Follower,
}

/// Returns the attributes of the creator's tickets-space entry, without its key, and the names of those that it does
/// not have.
pub(crate) fn creator_entry(row: &TicketRow, version: u64) -> Result<(Item, Vec<&'static str>), StoreError> {
    let mut entry = versioned(attributes(&keys::contact(&row.requester), &RowRecord::from(row))?, version);
    entry.insert("role".into(), AttributeValue::S("creator".into()));
    if let Some(company) = row.company.as_ref().filter(|_| row.is_for_colleagues()) {
        let view = keys::own_view(&row.requester, company);
        entry.extend(index_keys(row, view).map(|(name, key)| (name.into(), AttributeValue::S(key))));
    }
    let optional =
        ["private", "company", "requester_name", "view", "by_state", "by_updated"].into_iter().chain(EXCHANGE);
    let absent = optional.filter(|name| !entry.contains_key(*name)).collect();
    Ok((entry, absent))
}
