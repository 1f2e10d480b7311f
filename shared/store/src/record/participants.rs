//! Who takes part in a conversation or ticket, and which companies they are in now. The association rule uses this
//! (docs/product.md, The company of a ticket).

use super::viewer::Viewer;
use crate::table::{Item, Store, StoreError, item, keys, side_by_side, text};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use domain::{
    association,
    company::Company,
    contact::Contact,
    id::{CompanyId, ContactId, ConversationId},
};
use std::collections::{BTreeMap, BTreeSet};

/// Contacts that are read before it is seen whether they are enough.
const AT_A_TIME: usize = 64;
/// Participants whose names and companies search knows, at most: the first in the order of their ids.
pub(crate) const MOST_NAMED: usize = 100;

/// The contacts who take part in a ticket or conversation.
#[derive(Debug, Clone, Default)]
pub struct Participants {
    people: Vec<Viewer>,
    /// The recorded companies that they are in.
    pub companies: BTreeMap<CompanyId, Company>,
}

impl Participants {
    pub fn contacts(&self) -> impl Iterator<Item = &Contact> {
        self.people.iter().map(|person| &person.contact)
    }

    /// Returns the contacts, each with the companies that they are in.
    pub fn members(&self) -> impl Iterator<Item = (&Contact, &BTreeSet<CompanyId>)> {
        self.people.iter().map(|person| (&person.contact, &person.companies))
    }

    /// Returns one of the contacts, if recorded.
    #[must_use]
    pub fn recorded(&self, id: &ContactId) -> Option<&Contact> {
        self.people.iter().find(|person| person.recorded && person.contact.id == *id).map(|person| &person.contact)
    }

    /// Returns the companies that the ticket may belong to, besides No company.
    #[must_use]
    pub fn options(&self) -> BTreeSet<CompanyId> {
        let mut options = association::options(self.people.iter().map(|person| &person.companies));
        options.retain(|id| self.companies.contains_key(id));
        options
    }

    /// Returns one of the contacts who are in the company.
    #[must_use]
    pub fn through(&self, company: &CompanyId) -> Option<&ContactId> {
        self.people.iter().find(|person| person.companies.contains(company)).map(|person| &person.contact.id)
    }
}

impl Store {
    /// Reads these contacts with the companies that they are in now.
    pub async fn participants_now(&self, people: &BTreeSet<ContactId>) -> Result<Participants, StoreError> {
        let people: Vec<_> = people.iter().cloned().collect();
        self.participants_until(&people, |_| false).await
    }

    /// Reads these contacts, some at a time, with the companies that they are in now, until those that were read are
    /// enough.
    pub async fn participants_until(
        &self,
        people: &[ContactId],
        enough: impl Fn(&Participants) -> bool,
    ) -> Result<Participants, StoreError> {
        let mut known = Participants::default();
        for some in people.chunks(AT_A_TIME) {
            if enough(&known) {
                break;
            }
            let some: Vec<Viewer> = side_by_side(some.iter().map(|id| self.viewer(id))).await?;
            let companies = some.iter().flat_map(|person| &person.companies);
            let companies = companies.filter(|id| !known.companies.contains_key(*id)).cloned().collect();
            known.companies.extend(self.companies(&companies).await?);
            known.people.extend(some);
        }
        Ok(known)
    }

    /// Reads those of a conversation's participants whose names and companies search knows.
    pub(crate) async fn named(&self, participants: &BTreeSet<ContactId>) -> Result<Participants, StoreError> {
        let first = participants.iter().take(MOST_NAMED).cloned().collect();
        self.participants_now(&first).await
    }

    /// Reads who participates in a conversation.
    pub async fn participants(&self, conversation: &ConversationId) -> Result<BTreeSet<ContactId>, StoreError> {
        Ok(participant_ids(self.query_all(self.participants_query(conversation)).await?).collect())
    }

    /// Reads the first `limit` participants of a conversation, in the order of their ids.
    pub async fn first_participants(
        &self,
        conversation: &ConversationId,
        limit: usize,
    ) -> Result<BTreeSet<ContactId>, StoreError> {
        let query = self.participants_query(conversation).limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let answer = query.send().await.map_err(StoreError::from_sdk)?;
        Ok(participant_ids(answer.items.unwrap_or_default()).collect())
    }

    fn participants_query(&self, conversation: &ConversationId) -> QueryFluentBuilder {
        self.partition(keys::conversation(conversation), keys::PARTICIPANT).consistent_read(true)
    }
}

pub(super) fn participant_ids(items: Vec<Item>) -> impl Iterator<Item = ContactId> {
    items.into_iter().filter_map(|item| ContactId::new(text(&item, "contact")).ok())
}

/// Returns the item that makes a contact a participant of a conversation.
pub(crate) fn participant_item(conversation: &ConversationId, contact: &ContactId) -> Result<Item, StoreError> {
    let member = BTreeMap::from([("contact", contact.as_str())]);
    item(keys::conversation(conversation), keys::participant(contact), &member)
}
