//! The portal's settings: reading them, changing them, and remembering what their checks came to.

use super::{Error, Teammate};
use crate::Portal;
use domain::settings::{Fault, PortalSettings, RequiredSetting};
use store::{SettingsChange, SettingsFile, Signature, StoreError, WriteError};

/// The settings, with what their checks came to.
///
/// # Errors
/// [`Error::Store`].
pub async fn read(portal: &Portal) -> Result<SettingsFile, Error> {
    Ok(portal.store.settings_file().await?)
}

/// What was changed last, newest first.
///
/// # Errors
/// [`Error::Store`].
pub async fn changes(portal: &Portal) -> Result<Vec<SettingsChange>, Error> {
    Ok(portal.store.settings_changes().await?)
}

/// Puts these settings in place of those of `version`. What is confirmed is not theirs to say.
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
    let after = PortalSettings { confirmed: now.confirmed.clone(), ..settings };
    match portal.store.save_settings(seen, &after, &signature(portal, teammate).await?).await {
        Ok(_) => read(portal).await,
        Err(WriteError::Stale) => Err(Error::StaleSettings(portal.store.workspace().await?.settings_version)),
        Err(error) => Err(error.into()),
    }
}

/// Remembers what the check of a required setting came to.
///
/// # Errors
/// [`Error::Store`].
pub async fn record_check(
    portal: &Portal,
    teammate: &Teammate,
    setting: RequiredSetting,
    outcome: Result<(), Fault>,
) -> Result<SettingsFile, Error> {
    portal.store.record_check(setting, outcome, &signature(portal, teammate).await?).await?;
    read(portal).await
}

/// Whose doing a change is.
async fn signature(portal: &Portal, teammate: &Teammate) -> Result<Signature, StoreError> {
    Ok(Signature { by: teammate.actor(portal).await?, at: portal.clock.now(), mark: portal.ids.next("s") })
}
