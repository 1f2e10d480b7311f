//! The portal's settings, as the table stores them.

use crate::table::{Item, StoreError, keys, record};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    condition::Condition,
    id::LogoId,
    settings::{Brand, PortalSettings, RequiredSetting, Visibility},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// Every attribute may be missing: the first check of a new workspace writes only what it has confirmed.
#[derive(Debug, Deserialize)]
#[serde(default)]
struct SettingsRecord {
    enabled: bool,
    confirmed: BTreeSet<RequiredSetting>,
    sign_in_url: Option<String>,
    brand: Brand,
    logo: Option<LogoId>,
    support_contact: Option<String>,
    /// As JSON, because a condition compares with either one value or several.
    audience: String,
    visibility: String,
    reporting: bool,
    version: u64,
}

impl Default for SettingsRecord {
    fn default() -> Self {
        let PortalSettings { enabled, confirmed, sign_in_url, brand, logo, support_contact, .. } =
            PortalSettings::default();
        let (audience, visibility) = ("[]".to_owned(), r#"{"restrict":false}"#.to_owned());
        Self {
            enabled,
            confirmed,
            sign_in_url,
            brand,
            logo,
            support_contact,
            audience,
            visibility,
            reporting: false,
            version: 0,
        }
    }
}

/// Returns the error for a part of the settings that cannot be parsed.
pub(super) fn corrupt(what: &str) -> impl Fn(serde_json::Error) -> StoreError {
    move |error| StoreError::Corrupt { key: format!("{} {what}", keys::SETTINGS), why: error.to_string() }
}

/// Reads the settings and their version from an item.
pub(super) fn settings(item: Item) -> Result<(PortalSettings, u64), StoreError> {
    let it: SettingsRecord = record(item)?;
    let audience: Vec<Condition> = serde_json::from_str(&it.audience).map_err(corrupt("audience"))?;
    let visibility: Visibility = serde_json::from_str(&it.visibility).map_err(corrupt("visibility"))?;
    let settings = PortalSettings {
        enabled: it.enabled,
        confirmed: it.confirmed,
        sign_in_url: it.sign_in_url,
        brand: it.brand,
        logo: it.logo,
        support_contact: it.support_contact,
        audience,
        visibility,
        reporting: it.reporting,
    };
    Ok((settings, it.version))
}

/// Returns the attributes of settings and the names of those to remove. Confirmations and the uploaded logo are not
/// included, because they are written separately.
pub(crate) fn settings_attributes(settings: &PortalSettings) -> Result<(Item, Vec<&'static str>), StoreError> {
    let text = |value: &str| AttributeValue::S(value.into());
    let mut set = HashMap::from([
        ("enabled".to_owned(), AttributeValue::Bool(settings.enabled)),
        ("reporting".to_owned(), AttributeValue::Bool(settings.reporting)),
        ("brand".to_owned(), settings_attribute("brand", &settings.brand)?),
        ("audience".to_owned(), text(&json("audience", &settings.audience)?)),
        ("visibility".to_owned(), text(&json("visibility", &settings.visibility)?)),
    ]);
    let mut remove = Vec::new();
    for (name, value) in [("sign_in_url", &settings.sign_in_url), ("support_contact", &settings.support_contact)] {
        match value {
            Some(value) => drop(set.insert(name.to_owned(), text(value))),
            None => remove.push(name),
        }
    }
    Ok((set, remove))
}

/// Returns a value of the settings in the form that DynamoDB stores.
pub(crate) fn settings_attribute(what: &str, value: &impl Serialize) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(value).map_err(|_| unmade(what))
}

fn unmade(what: &str) -> StoreError {
    StoreError::unmade(&format!("{} {what}", keys::SETTINGS))
}

/// Returns a part of the settings as JSON.
pub(super) fn json(what: &str, value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| unmade(what))
}
