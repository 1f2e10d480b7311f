//! The portal's settings, as the table keeps them.

use crate::table::{Item, StoreError, keys, record};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    condition::Condition,
    settings::{Brand, PortalSettings, RequiredSetting, Visibility},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// Nothing of it must be there: the first check of a new workspace writes what it has confirmed, and no more.
#[derive(Debug, Deserialize)]
#[serde(default)]
struct SettingsRecord {
    enabled: bool,
    confirmed: BTreeSet<RequiredSetting>,
    sign_in_url: Option<String>,
    brand: Brand,
    /// JSON: conditions compare with one value or with many.
    audience: String,
    visibility: String,
    version: u64,
}

impl Default for SettingsRecord {
    fn default() -> Self {
        let PortalSettings { enabled, confirmed, sign_in_url, brand, .. } = PortalSettings::default();
        let (audience, visibility) = ("[]".to_owned(), r#"{"restrict":false}"#.to_owned());
        Self { enabled, confirmed, sign_in_url, brand, audience, visibility, version: 0 }
    }
}

/// A part of the settings that is not as it is written.
pub(super) fn corrupt(what: &str) -> impl Fn(serde_json::Error) -> StoreError {
    move |error| StoreError::Corrupt { key: format!("{} {what}", keys::SETTINGS), why: error.to_string() }
}

/// The settings in an item, and their version.
pub(super) fn settings(item: Item) -> Result<(PortalSettings, u64), StoreError> {
    let it: SettingsRecord = record(item)?;
    let audience: Vec<Condition> = serde_json::from_str(&it.audience).map_err(corrupt("audience"))?;
    let visibility: Visibility = serde_json::from_str(&it.visibility).map_err(corrupt("visibility"))?;
    let settings = PortalSettings {
        enabled: it.enabled,
        confirmed: it.confirmed,
        sign_in_url: it.sign_in_url,
        brand: it.brand,
        audience,
        visibility,
    };
    Ok((settings, it.version))
}

/// The attributes of settings, without the confirmations, which are written on their own; and those that are to go.
pub(crate) fn settings_attributes(settings: &PortalSettings) -> Result<(Item, &'static [&'static str]), StoreError> {
    let text = |value: &str| AttributeValue::S(value.into());
    let mut set = HashMap::from([
        ("enabled".to_owned(), AttributeValue::Bool(settings.enabled)),
        ("brand".to_owned(), settings_attribute("brand", &settings.brand)?),
        ("audience".to_owned(), text(&json("audience", &settings.audience)?)),
        ("visibility".to_owned(), text(&json("visibility", &settings.visibility)?)),
    ]);
    match &settings.sign_in_url {
        Some(url) => drop(set.insert("sign_in_url".to_owned(), text(url))),
        None => return Ok((set, &["sign_in_url"])),
    }
    Ok((set, &[]))
}

/// A value of the settings item as DynamoDB keeps it.
pub(crate) fn settings_attribute(what: &str, value: &impl Serialize) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(value).map_err(|_| unmade(what))
}

fn unmade(what: &str) -> StoreError {
    StoreError::unmade(&format!("{} {what}", keys::SETTINGS))
}

/// A part of the settings as JSON.
pub(super) fn json(what: &str, value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| unmade(what))
}
