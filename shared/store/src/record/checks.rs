//! The portal's settings, with the results of their checks.

use super::{
    actor::ActorRecord,
    workspace::{Workspace, workspace_keys},
};
use crate::table::{Item, Store, StoreError, key, keys, record, time};
use domain::settings::{Fault, Proof, RequiredSetting};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The settings, with what teammates need to know about them.
#[derive(Debug, Clone, Default)]
pub struct SettingsFile {
    /// The workspace, which has the settings and their version.
    pub workspace: Workspace,
    /// The results of the checks, for those settings that were checked.
    pub proofs: BTreeMap<RequiredSetting, Proof>,
}

impl SettingsFile {
    /// Returns the required settings that failed their last check.
    #[must_use]
    pub fn failed(&self) -> BTreeSet<RequiredSetting> {
        self.proofs.iter().filter(|(_, proof)| proof.fault.is_some()).map(|(setting, _)| *setting).collect()
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ProofRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confirmed: Option<(i64, ActorRecord)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fault: Option<Fault>,
}

/// One attribute for each setting, named after it.
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

impl Store {
    /// Reads the settings as teammates see them.
    pub async fn settings_file(&self) -> Result<SettingsFile, StoreError> {
        let wanted = workspace_keys().into_iter().chain([key(keys::SETTINGS, keys::CHECKS)]);
        let mut items = self.get_all(wanted.collect()).await?;
        let workspace = Workspace::take(&mut items)?;
        let proofs = items.pop().map(proofs).transpose()?.unwrap_or_default();
        Ok(SettingsFile { workspace, proofs })
    }
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
