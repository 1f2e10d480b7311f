//! The portal's settings as teammates change and check them: over the version that was seen, and with a line for each
//! change of who made it.
//!
//! What is confirmed is written beside that, without raising the version: checking a setting must not make stale what
//! somebody else is typing.

use crate::{
    Store, StoreError, Workspace, WriteError,
    connect::key,
    item::{ActorRecord, Item, item, record},
    keys,
    transaction::Transaction,
    workspace::{attribute, attributes, workspace_keys},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    history::Actor,
    settings::{Change, Fault, PortalSettings, Proof, RequiredSetting},
    timestamp::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Changes that are read back.
const SHOWN: i32 = 10;
/// Times that a confirmation is written again when others confirm at the same time.
const ROUNDS: u32 = 8;

/// The settings with what teammates need to know of them.
#[derive(Debug, Clone, Default)]
pub struct SettingsFile {
    /// The workspace, with the settings and their version.
    pub workspace: Workspace,
    /// What checks came to, of those settings that were checked.
    pub proofs: BTreeMap<RequiredSetting, Proof>,
}

impl SettingsFile {
    /// Required settings that did not hold when they were last checked.
    #[must_use]
    pub fn failed(&self) -> BTreeSet<RequiredSetting> {
        self.proofs.iter().filter(|(_, proof)| proof.fault.is_some()).map(|(setting, _)| *setting).collect()
    }
}

/// Who did it, and when. `mark` tells those of the same millisecond apart.
#[derive(Debug, Clone)]
pub struct Signature {
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Unique.
    pub mark: String,
}

/// A change of the settings, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsChange {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// What.
    pub change: Change,
}

#[derive(Serialize, Deserialize)]
struct ProofRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confirmed: Option<(i64, ActorRecord)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fault: Option<Fault>,
}

/// An attribute each, by the name of the setting.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ChecksRecord {
    custom_domain: Option<ProofRecord>,
    cookie_forwarding: Option<ProofRecord>,
    identity_verification: Option<ProofRecord>,
}

impl From<&Proof> for ProofRecord {
    fn from(proof: &Proof) -> Self {
        let confirmed = proof.confirmed.as_ref().map(|(at, by)| (at.millis(), by.into()));
        Self { confirmed, fault: proof.fault.clone() }
    }
}

impl From<ProofRecord> for Proof {
    fn from(record: ProofRecord) -> Self {
        Self { confirmed: record.confirmed.map(|(at, by)| (time(at), by.into())), fault: record.fault }
    }
}

#[derive(Serialize, Deserialize)]
struct ChangeRecord {
    at: i64,
    by: ActorRecord,
    setting: String,
    /// JSON.
    before: String,
    after: String,
}

fn time(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap_or(Timestamp::EPOCH)
}

impl Store {
    /// The settings, as teammates see them.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn settings_file(&self) -> Result<SettingsFile, StoreError> {
        let wanted = workspace_keys().into_iter().chain([key(keys::SETTINGS, keys::CHECKS)]);
        let mut items = self.get_all(wanted.collect()).await?;
        let workspace = Workspace::take(&mut items)?;
        let proofs = items.pop().map(proofs).transpose()?.unwrap_or_default();
        Ok(SettingsFile { workspace, proofs })
    }

    /// Puts `after` in place of the settings that were `seen`; what is confirmed stays as it is. `false` when nothing
    /// is different.
    ///
    /// # Errors
    /// [`WriteError::Stale`] when somebody else was first.
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
        let (mut set, remove) = attributes(after)?;
        let number = |version: u64| AttributeValue::N(version.to_string());
        set.insert("version".into(), number(seen.settings_version + 1));
        let over = (seen.settings_version > 0).then(|| number(seen.settings_version));
        let mut transaction = Transaction::new(self);
        transaction.set_over((keys::SETTINGS.into(), keys::SETTINGS), set, remove, ("version", over))?;
        for change in &changes {
            transaction.put(line(signature, change)?)?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Records what a check came to. One that passes confirms the setting; one that fails is remembered, and takes no
    /// confirmation back.
    ///
    /// # Errors
    /// [`WriteError`] when DynamoDB cannot be read or written.
    pub async fn record_check(
        &self,
        setting: RequiredSetting,
        outcome: Result<(), Fault>,
        signature: &Signature,
    ) -> Result<(), WriteError> {
        for _ in 1..ROUNDS {
            match self.record_check_over(setting, &outcome, signature).await {
                Err(WriteError::Stale) => {}
                result => return result,
            }
        }
        self.record_check_over(setting, &outcome, signature).await
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
        let set = HashMap::from([(setting.as_str().to_owned(), attribute("check", &ProofRecord::from(&proof))?)]);
        transaction.set(keys::SETTINGS.into(), keys::CHECKS.into(), set, &[])?;
        transaction.commit().await
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
        // Over what was confirmed before: two checks at once confirm both.
        let over = ("confirmed", Some(attribute("confirmed", &seen.confirmed)?));
        let set = HashMap::from([("confirmed".to_owned(), attribute("confirmed", &confirmed)?)]);
        to.set_over((keys::SETTINGS.into(), keys::SETTINGS), set, &[], over)?;
        let change = Change { setting: setting.as_str().into(), before: false.into(), after: true.into() };
        to.put(line(signature, &change)?)
    }

    /// Who changed what, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when DynamoDB cannot be read.
    pub async fn settings_changes(&self) -> Result<Vec<SettingsChange>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :audit)")
            .expression_attribute_values(":pk", AttributeValue::S(keys::SETTINGS.into()))
            .expression_attribute_values(":audit", AttributeValue::S(keys::AUDIT.into()))
            .scan_index_forward(false)
            .limit(SHOWN)
            .consistent_read(true);
        let items = query.send().await.map_err(StoreError::from_sdk)?.items.unwrap_or_default();
        items.into_iter().map(change).collect()
    }
}

/// The line of a change.
fn line(signature: &Signature, change: &Change) -> Result<Item, StoreError> {
    let Signature { by, at, mark } = signature;
    let record = ChangeRecord {
        at: at.millis(),
        by: by.into(),
        setting: change.setting.clone(),
        before: change.before.to_string(),
        after: change.after.to_string(),
    };
    item(keys::SETTINGS.into(), keys::audit(*at, &format!("{mark}-{}", change.setting)), &record)
}

fn change(item: Item) -> Result<SettingsChange, StoreError> {
    let it: ChangeRecord = record(item)?;
    let json = |text: &str| {
        serde_json::from_str(text)
            .map_err(|error| StoreError::Corrupt { key: format!("{} change", keys::SETTINGS), why: error.to_string() })
    };
    let change = Change { before: json(&it.before)?, after: json(&it.after)?, setting: it.setting };
    Ok(SettingsChange { at: time(it.at), by: it.by.into(), change })
}

fn proofs(item: Item) -> Result<BTreeMap<RequiredSetting, Proof>, StoreError> {
    let checked: ChecksRecord = record(item)?;
    let all = [
        (RequiredSetting::CustomDomain, checked.custom_domain),
        (RequiredSetting::CookieForwarding, checked.cookie_forwarding),
        (RequiredSetting::IdentityVerification, checked.identity_verification),
    ];
    Ok(all.into_iter().filter_map(|(setting, record)| Some((setting, record?.into()))).collect())
}
