//! The names of teammates, as teammates record them in the settings.

use crate::{
    record::{Member, Signature, change_item},
    table::{Store, Transaction, WriteError, item, keys},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::settings::Change;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// What a change of a teammate's name is called among the changes of settings.
const TEAMMATE: &str = "teammate";

impl Store {
    /// Records another name for a teammate, or none, in place of that which was `seen`.
    ///
    /// # Errors
    /// [`WriteError::Stale`] when somebody else has given them another name since.
    pub async fn rename_teammate(
        &self,
        seen: &Member,
        name: Option<&str>,
        signature: &Signature,
    ) -> Result<(), WriteError> {
        if seen.name.as_deref() == name {
            return Ok(());
        }
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let mut set = HashMap::from([("id".to_owned(), text(seen.id.as_str()))]);
        set.extend(name.map(|name| ("name".to_owned(), text(name))));
        let remove: &[&str] = if name.is_none() { &["name"] } else { &[] };
        let over = ("name", seen.name.as_deref().map(text));
        let mut transaction = Transaction::new(self);
        transaction.set_over((keys::SETTINGS.into(), &keys::teammate(&seen.id)), set, remove, over)?;
        let after = Member { name: name.map(str::to_owned), ..seen.clone() };
        let change = Change { setting: TEAMMATE.into(), before: seen.called().into(), after: after.called().into() };
        transaction.put(change_item(signature, &change)?)?;
        self.team_commit(transaction).await
    }

    /// Records a teammate.
    ///
    /// # Errors
    /// [`WriteError::Exists`] when there is one of this id.
    pub async fn add_teammate(&self, member: &Member, signature: &Signature) -> Result<(), WriteError> {
        let record = BTreeMap::from([("id", Some(member.id.to_string())), ("name", member.name.clone())]);
        let mut transaction = Transaction::new(self);
        transaction.create(item(keys::SETTINGS.into(), keys::teammate(&member.id), &record)?, WriteError::Exists)?;
        let change = Change { setting: TEAMMATE.into(), before: Value::Null, after: member.called().into() };
        transaction.put(change_item(signature, &change)?)?;
        self.team_commit(transaction).await
    }

    /// Commits, and forgets what this process remembers of names; also when the answer got lost.
    async fn team_commit(&self, transaction: Transaction<'_>) -> Result<(), WriteError> {
        let result = transaction.commit().await;
        self.names.forget();
        result
    }
}
