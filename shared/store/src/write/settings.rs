//! The portal's settings as teammates change and check them. A change is written over the version that was seen, and
//! each change adds an audit line.
//!
//! Confirmations are written separately and do not raise the version, so that checking a setting does not invalidate
//! what somebody else is editing.

use crate::{
    record::{ProofRecord, SettingsFile, Signature, Workspace, change_item, settings_attribute, settings_attributes},
    table::{Attempts, Store, StoreError, Transaction, WriteError, keys},
};
use domain::settings::{Change, Fault, PortalSettings, RequiredSetting};
use std::collections::HashMap;

impl Store {
    /// Replaces the portal's settings and confirmations, whatever they are. Only the operator may do this.
    pub async fn put_settings(&self, settings: &PortalSettings) -> Result<(), StoreError> {
        let (mut set, remove) = settings_attributes(settings)?;
        set.insert("confirmed".into(), settings_attribute("confirmed", &settings.confirmed)?);
        let mut transaction = Transaction::new(self);
        transaction.set_next(keys::SETTINGS.into(), keys::SETTINGS.into(), set, &remove)?;
        self.settings_commit(transaction).await?;
        Ok(())
    }

    /// Replaces the settings that were `seen` with `after`. Confirmations stay. Returns `false` if nothing differs.
    ///
    /// # Errors
    /// [`WriteError::Stale`] when somebody else has changed the settings since.
    pub async fn save_settings(
        &self,
        seen: &Workspace,
        after: &PortalSettings,
        signature: &Signature,
    ) -> Result<bool, WriteError> {
        let changes = seen.settings.changes_to(after);
        if changes.is_empty() {
            return Ok(false);
        }
        let (mut set, remove) = settings_attributes(after)?;
        let (version, over) = seen.next_version();
        set.extend(version);
        let mut transaction = Transaction::new(self);
        transaction.set_over((keys::SETTINGS.into(), keys::SETTINGS), set, &remove, ("version", over))?;
        for change in &changes {
            transaction.put(change_item(signature, change)?)?;
        }
        self.settings_commit(transaction).await?;
        Ok(true)
    }

    /// Commits a change of the settings, and forgets what this process remembers of them; also when the answer got lost.
    pub(super) async fn settings_commit(&self, transaction: Transaction<'_>) -> Result<(), WriteError> {
        let result = transaction.commit().await;
        self.memory.forget();
        result
    }

    /// Records the result of a check. A passed check confirms the setting. A failed one is remembered but does not
    /// withdraw a confirmation.
    ///
    /// # Errors
    /// [`WriteError::Store`], busy when others keep confirming settings.
    pub async fn record_check(
        &self,
        setting: RequiredSetting,
        outcome: Result<(), Fault>,
        signature: &Signature,
    ) -> Result<(), WriteError> {
        let mut attempts = Attempts::new("others keep confirming settings");
        loop {
            match self.record_check_over(setting, &outcome, signature).await {
                Err(WriteError::Stale) => attempts.another().await?,
                result => return result,
            }
        }
    }

    async fn record_check_over(
        &self,
        setting: RequiredSetting,
        outcome: &Result<(), Fault>,
        signature: &Signature,
    ) -> Result<(), WriteError> {
        let SettingsFile { workspace, mut proofs } = self.settings_file().await?;
        let mut transaction = Transaction::new(self);
        let mut proof = proofs.remove(&setting).unwrap_or_default();
        proof.fault = outcome.clone().err();
        if outcome.is_ok() {
            proof.confirmed = Some((signature.at, signature.by.clone()));
            self.confirm(setting, &workspace.settings, signature, &mut transaction)?;
        }
        let set =
            HashMap::from([(setting.as_str().to_owned(), settings_attribute("check", &ProofRecord::from(&proof))?)]);
        transaction.set(keys::SETTINGS.into(), keys::CHECKS.into(), set, &[])?;
        self.settings_commit(transaction).await
    }

    fn confirm(
        &self,
        setting: RequiredSetting,
        seen: &PortalSettings,
        signature: &Signature,
        to: &mut Transaction<'_>,
    ) -> Result<(), StoreError> {
        let mut confirmed = seen.confirmed.clone();
        if !confirmed.insert(setting) {
            return Ok(());
        }
        // Written over the confirmations that were read, so that two checks at once confirm both.
        let over = ("confirmed", Some(settings_attribute("confirmed", &seen.confirmed)?));
        let set = HashMap::from([("confirmed".to_owned(), settings_attribute("confirmed", &confirmed)?)]);
        to.set_over((keys::SETTINGS.into(), keys::SETTINGS), set, &[], over)?;
        let change = Change { setting: setting.as_str().into(), before: false.into(), after: true.into() };
        to.put(change_item(signature, &change)?)
    }
}
