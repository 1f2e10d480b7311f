//! The portal's settings: reading them, changing them, and recording the results of their checks.

use super::{Error, Teammate};
use crate::{Portal, once::fingerprint};
use domain::{
    catalog::Catalog,
    id::{ContactId, LogoId},
    logo::Logo,
    settings::{Fault, PortalSettings, RequiredSetting, Unfit},
};
use store::{SettingsChange, SettingsFile, Signature, StoreError, WriteError};

/// Reads the settings, with the results of their checks.
pub async fn read(portal: &Portal) -> Result<SettingsFile, Error> {
    Ok(portal.store.settings_file().await?)
}

/// Reads the latest changes, newest first.
pub async fn changes(portal: &Portal) -> Result<Vec<SettingsChange>, Error> {
    Ok(portal.store.settings_changes().await?)
}

/// Replaces the settings, if they still have this version. `settings.confirmed` is ignored, because only checks and imports
/// confirm a required setting, and so is `settings.logo`: [`save_logo`] has its image.
///
/// # Errors
/// [`Error::UnfitSetting`], [`Error::StaleSettings`], [`Error::NotReady`].
pub async fn save(
    portal: &Portal,
    teammate: &Teammate,
    settings: PortalSettings,
    version: u64,
) -> Result<SettingsFile, Error> {
    settings.verify()?;
    let file = portal.store.settings_file().await?;
    let (seen, now) = (&file.workspace, &file.workspace.settings);
    if seen.settings_version != version {
        return Err(Error::StaleSettings(seen.settings_version));
    }
    let missing = now.in_the_way(&file.failed());
    if settings.enabled && !missing.is_empty() {
        return Err(Error::NotReady(missing));
    }
    let after = PortalSettings { confirmed: now.confirmed.clone(), logo: now.logo.clone(), ..settings };
    match portal.store.save_settings(seen, &after, &signature(portal, teammate).await?).await {
        Ok(_) => read(portal).await,
        Err(WriteError::Stale) => Err(Error::StaleSettings(portal.store.workspace().await?.settings_version)),
        Err(error) => Err(error.into()),
    }
}

/// Takes a file for the logo, or takes the logo away, if the settings still have this version.
///
/// # Errors
/// [`Error::UnfitSetting`], [`Error::StaleSettings`].
pub async fn save_logo(portal: &Portal, teammate: &Teammate, file: Option<Vec<u8>>, version: u64) -> Result<(), Error> {
    let unfit = |why: String| Unfit { field: "logo".into(), why };
    let logo = file.map(Logo::new).transpose().map_err(|error| unfit(error.to_string()))?;
    let id = logo.as_ref().map(|logo| LogoId::new(fingerprint(&[logo.bytes()]))).transpose();
    let id = id.map_err(|error| unfit(error.to_string()))?;
    let seen = portal.store.workspace().await?;
    if seen.settings_version != version {
        return Err(Error::StaleSettings(seen.settings_version));
    }
    let after = id.as_ref().zip(logo.as_ref());
    match portal.store.save_logo(&seen, after, &signature(portal, teammate).await?).await {
        Ok(_) => Ok(()),
        Err(WriteError::Stale) => Err(Error::StaleSettings(portal.store.workspace().await?.settings_version)),
        Err(error) => Err(error.into()),
    }
}

/// Records the usual ticket types and states in a workspace that has none. Returns whether it had none.
pub async fn begin_catalog(portal: &Portal, teammate: &Teammate) -> Result<bool, Error> {
    match portal.store.begin_catalog(&Catalog::usual(), Some(&signature(portal, teammate).await?)).await {
        Ok(()) => Ok(true),
        Err(WriteError::Exists) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether there is a contact of this id, for the check of a token that names one.
pub async fn is_recorded(portal: &Portal, contact: &ContactId) -> Result<bool, Error> {
    Ok(portal.store.contact(contact).await?.is_some())
}

/// Records the result of checking a required setting.
pub async fn record_check(
    portal: &Portal,
    teammate: &Teammate,
    setting: RequiredSetting,
    outcome: Result<(), Fault>,
) -> Result<SettingsFile, Error> {
    portal.store.record_check(setting, outcome, &signature(portal, teammate).await?).await?;
    read(portal).await
}

/// Who makes a change, and when.
pub(super) async fn signature(portal: &Portal, teammate: &Teammate) -> Result<Signature, StoreError> {
    Ok(Signature { by: teammate.actor(portal).await?, at: portal.clock.now(), mark: portal.ids.next("s") })
}
