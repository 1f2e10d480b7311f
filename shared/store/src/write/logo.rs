//! The workspace's logo, which is an item of its own: settings, which every request reads, have its id.

use crate::{
    record::{Signature, Workspace, change_item, logo_item},
    table::{Store, Transaction, WriteError, keys},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{id::LogoId, logo::Logo, settings::Change};
use serde_json::json;
use std::{collections::HashMap, time::Duration};

/// How long a logo is kept that is none any more: pages that are open, or were made by a process that does not know yet,
/// still ask for it.
const KEPT: Duration = Duration::from_secs(24 * 3600);

impl Store {
    /// Puts a logo in the place of that in the settings that were `seen`, or takes that away. Returns `false` if it is the same.
    ///
    /// # Errors
    /// [`WriteError::Stale`] when somebody else has changed the settings since.
    pub async fn save_logo(
        &self,
        seen: &Workspace,
        after: Option<(&LogoId, &Logo)>,
        signature: &Signature,
    ) -> Result<bool, WriteError> {
        let (had, has) = (seen.settings.logo.as_ref(), after.map(|(id, _)| id));
        if had == has {
            return Ok(false);
        }
        let mut transaction = Transaction::new(self);
        let (mut set, over) = seen.next_version();
        set.extend(has.map(|id| ("logo".to_owned(), AttributeValue::S(id.to_string()))));
        let remove: &[&str] = if has.is_none() { &["logo"] } else { &[] };
        transaction.set_over((keys::SETTINGS.into(), keys::SETTINGS), set, remove, ("version", over))?;
        if let Some((id, logo)) = after {
            transaction.put(logo_item(id, logo))?;
        }
        if let Some(id) = had {
            let until = AttributeValue::N(signature.at.plus(KEPT).seconds().to_string());
            let expires = HashMap::from([("expires".to_owned(), until)]);
            transaction.set(keys::SETTINGS.into(), keys::logo(id), expires, &[])?;
        }
        let change = Change { setting: "logo".into(), before: json!(had), after: json!(has) };
        transaction.put(change_item(signature, &change)?)?;
        self.settings_commit(transaction).await?;
        Ok(true)
    }
}
