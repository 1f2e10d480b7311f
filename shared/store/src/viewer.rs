//! Who is asking, as recorded: the contact and the companies it is in at this moment.

use crate::{
    Store, StoreError,
    item::{ContactRecord, MembershipRecord, mark_in, record, text},
    keys,
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    contact::Contact,
    id::{CompanyId, ContactId},
    mark::Mark,
};
use std::collections::BTreeSet;

/// A contact with its memberships. One consistent query: leaving a company counts from the next request.
#[derive(Debug, Clone)]
pub(crate) struct Viewer {
    /// As recorded; with nothing but the id when it is not.
    pub(crate) contact: Contact,
    pub(crate) recorded: bool,
    /// Zero before the first write.
    pub(crate) revision: u64,
    pub(crate) companies: BTreeSet<CompanyId>,
    /// Of the contact's tickets space.
    pub(crate) mark: Mark,
}

impl Store {
    pub(crate) async fn viewer(&self, id: &ContactId) -> Result<Viewer, StoreError> {
        self.read_viewer(id, true).await
    }

    /// The same for half the price, as it was a moment ago.
    pub(crate) async fn viewer_cheaply(&self, id: &ContactId) -> Result<Viewer, StoreError> {
        self.read_viewer(id, false).await
    }

    async fn read_viewer(&self, id: &ContactId, consistent: bool) -> Result<Viewer, StoreError> {
        let mut viewer = Viewer {
            contact: Contact::unrecorded(id.clone()),
            recorded: false,
            revision: 0,
            companies: BTreeSet::new(),
            mark: Mark::default(),
        };
        let pages = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", AttributeValue::S(keys::contact(id)))
            .expression_attribute_values(":first", AttributeValue::S(keys::MEMBERSHIPS.into()))
            .expression_attribute_values(":last", AttributeValue::S(keys::OWN_MARK.into()))
            .consistent_read(consistent);
        for item in self.query_all(pages).await? {
            match text(&item, "sk") {
                keys::CONTACT => {
                    let record = record::<ContactRecord>(item)?;
                    viewer.revision = record.revision;
                    viewer.contact = record.into();
                    viewer.recorded = true;
                }
                keys::OWN_MARK => viewer.mark = mark_in(&item),
                _ => drop(viewer.companies.insert(record::<MembershipRecord>(item)?.company)),
            }
        }
        Ok(viewer)
    }

    /// Every item that the query finds, page after page of a megabyte.
    pub(crate) async fn query_all(
        &self,
        query: aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder,
    ) -> Result<Vec<crate::item::Item>, StoreError> {
        let mut pages = query.into_paginator().items().send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(item.map_err(StoreError::from_sdk)?);
        }
        Ok(items)
    }
}
