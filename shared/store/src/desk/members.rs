//! The members of a company, for teammates.

use crate::{
    record::{ContactRecord, MembershipRecord},
    table::{Item, Store, StoreError, key, keys, record},
};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use domain::{
    contact::Contact,
    id::{CompanyId, ContactId},
};

impl Store {
    /// Reads a page of a company's members in the order of their ids, and where the next page starts.
    pub async fn members(
        &self,
        company: &CompanyId,
        after: Option<&ContactId>,
        limit: usize,
    ) -> Result<(Vec<Contact>, Option<ContactId>), StoreError> {
        let start = after.map(|contact| key(keys::company(company), keys::contact(contact)));
        let query = self.members_query(company).set_exclusive_start_key(start);
        let query = query.limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let answer = query.send().await.map_err(StoreError::from_sdk)?;
        let more = answer.last_evaluated_key.is_some();
        let ids = member_ids(answer.items.unwrap_or_default())?;
        let next = ids.last().filter(|_| more).cloned();
        let found = self.get_all(ids.iter().map(|id| key(keys::contact(id), keys::CONTACT)).collect()).await?;
        let mut contacts = contacts(found)?;
        contacts.sort_by_key(|contact| ids.iter().position(|id| *id == contact.id));
        Ok((contacts, next))
    }

    /// Reads the ids of a company's members in their order, as many as one query finds: some ten thousand.
    pub(crate) async fn many_members(&self, company: &CompanyId) -> Result<Vec<ContactId>, StoreError> {
        let answer = self.members_query(company).send().await.map_err(StoreError::from_sdk)?;
        member_ids(answer.items.unwrap_or_default())
    }

    /// Reads the ids of a company's first members in their order.
    pub(crate) async fn first_members(&self, company: &CompanyId, most: usize) -> Result<Vec<ContactId>, StoreError> {
        let query = self.members_query(company).consistent_read(false).limit(i32::try_from(most).unwrap_or(i32::MAX));
        member_ids(query.send().await.map_err(StoreError::from_sdk)?.items.unwrap_or_default())
    }

    fn members_query(&self, company: &CompanyId) -> QueryFluentBuilder {
        self.partition(keys::company(company), keys::MEMBERS).consistent_read(true)
    }
}

fn member_ids(items: Vec<Item>) -> Result<Vec<ContactId>, StoreError> {
    items.into_iter().map(|item| record::<MembershipRecord>(item).map(|it| it.contact)).collect()
}

fn contacts(items: Vec<Item>) -> Result<Vec<Contact>, StoreError> {
    items.into_iter().map(|item| record::<ContactRecord>(item).map(Contact::from)).collect()
}
