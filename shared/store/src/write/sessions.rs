//! Signing in and out: where a contact's sessions begin and end.

use crate::{
    record::{EXPIRES, Session, Viewer},
    table::{Store, StoreError, key, keys},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    contact::Contact,
    id::{CompanyId, ContactId},
    timestamp::Timestamp,
};
use std::collections::BTreeSet;

/// Ended sessions that are remembered for a contact. Whoever ends more within the life of a session ends all of them.
const MOST_ENDED: usize = 32;

/// What is known of a contact when a session begins.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The contact with the ids of its companies; `None` if it is not recorded.
    pub contact: Option<(Contact, BTreeSet<CompanyId>)>,
    /// Whether the session that the browser had has not ended, so that it can be renewed.
    pub goes_on: bool,
}

impl Store {
    /// Reads what a session of the contact begins with. `had` is the session that the browser has already.
    pub async fn sign_in(&self, id: &ContactId, had: Option<&Session>) -> Result<SignIn, StoreError> {
        let viewer = self.viewer(id).await?;
        let goes_on = had.is_some_and(|session| !viewer.has_ended(session));
        Ok(SignIn { goes_on, contact: viewer.recorded.then_some((viewer.contact, viewer.companies)) })
    }

    /// Ends one session of a contact, and no other. `until` is when its last cookie runs out by itself.
    pub async fn end_session(
        &self,
        contact: &ContactId,
        session: &Session,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let viewer = self.viewer(contact).await?;
        if viewer.has_ended(session) {
            return Ok(());
        }
        let Viewer { ended, .. } = viewer;
        let is_full = ended.values().filter(|ends| **ends > now.seconds()).count() >= MOST_ENDED;
        if is_full {
            self.raise_session_epoch(contact).await?;
        }
        // What the epoch has ended, or time, need not be remembered.
        let over = ended.into_iter().filter(|(_, ends)| is_full || *ends <= now.seconds()).map(|(id, _)| id);
        let until = AttributeValue::N(until.seconds().to_string());
        let mut update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::contact(contact), keys::ENDED)))
            .expression_attribute_names("#expires", EXPIRES)
            .expression_attribute_names("#session", &session.id)
            .expression_attribute_values(":until", until);
        let mut expression = "SET #session = :until, #expires = :until".to_owned();
        for (index, id) in over.enumerate() {
            expression += &format!("{} #over{index}", if index == 0 { " REMOVE" } else { "," });
            update = update.expression_attribute_names(format!("#over{index}"), id);
        }
        update.update_expression(expression).send().await.map_err(StoreError::from_sdk)?;
        Ok(())
    }
}
