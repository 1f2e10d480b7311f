//! Audit lines: who viewed the portal as somebody else, and who changed a setting.

use super::actor::ActorRecord;
use crate::table::{Item, StoreError, item, keys, record, time};
use domain::{history::Actor, id::ContactId, settings::Change, timestamp::Timestamp};
use serde::{Deserialize, Serialize};

/// A teammate viewed the portal as a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewing {
    pub at: Timestamp,
    pub by: Actor,
}

#[derive(Serialize, Deserialize)]
struct ViewingRecord {
    at: i64,
    by: ActorRecord,
}

/// Returns the item of a viewing, in the contact's partition. `mark` distinguishes viewings of the same millisecond.
pub(crate) fn viewing_item(contact: &ContactId, viewing: &Viewing, mark: &str) -> Result<Item, StoreError> {
    let record = ViewingRecord { at: viewing.at.millis(), by: (&viewing.by).into() };
    item(keys::contact(contact), keys::audit(viewing.at, mark), &record)
}

pub(crate) fn viewing(item: Item) -> Result<Viewing, StoreError> {
    let it: ViewingRecord = record(item)?;
    Ok(Viewing { at: time(it.at), by: it.by.into() })
}

/// Who makes a change, and when.
#[derive(Debug, Clone)]
pub struct Signature {
    pub by: Actor,
    pub at: Timestamp,
    /// Unique; distinguishes changes of the same millisecond.
    pub mark: String,
}

/// A recorded change of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsChange {
    pub at: Timestamp,
    pub by: Actor,
    pub change: Change,
}

#[derive(Serialize, Deserialize)]
struct ChangeRecord {
    at: i64,
    by: ActorRecord,
    setting: String,
    /// As JSON.
    before: String,
    after: String,
}

/// Returns the item of a change, in the settings' partition.
pub(crate) fn change_item(signature: &Signature, change: &Change) -> Result<Item, StoreError> {
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

pub(crate) fn change(item: Item) -> Result<SettingsChange, StoreError> {
    let it: ChangeRecord = record(item)?;
    let json = |text: &str| {
        serde_json::from_str(text)
            .map_err(|error| StoreError::Corrupt { key: format!("{} change", keys::SETTINGS), why: error.to_string() })
    };
    let change = Change { before: json(&it.before)?, after: json(&it.after)?, setting: it.setting };
    Ok(SettingsChange { at: time(it.at), by: it.by.into(), change })
}
