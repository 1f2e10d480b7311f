//! Who is in the support team, and what they are called (docs/product.md, Settings).
//!
//! Whether somebody is a teammate, the staff's sign-in alone decides. What is recorded here is by what name history and
//! customers know them, and to whom tickets can be given before they have opened the Help Desk.

use super::{Error, Teammate, Thing, settings::signature};
use crate::{Portal, once::fingerprint};
use domain::{id::TeammateId, limit, settings::Unfit};
use std::collections::BTreeSet;
use store::{Member, WriteError};

/// How many can be recorded here. All of them are read wherever somebody is chosen.
const MOST: usize = 1000;

/// Reads every recorded teammate, in the order of what they are called.
pub async fn read(portal: &Portal) -> Result<Vec<Member>, Error> {
    let mut team = portal.store.team().await?;
    team.sort_by_cached_key(|it| (it.called().to_lowercase(), it.id.clone()));
    Ok(team)
}

/// Tells a teammate's record from what it is after a change.
#[must_use]
pub fn mark(of: &Member) -> String {
    // Nothing outside this program reads it.
    fingerprint(&[of.id.as_str().as_bytes(), format!("{:?}", of.name).as_bytes()])
}

/// Records another name for a teammate; a blank one removes it, so that the name in their token counts. `was` is the [`mark`]
/// of the record when it was read, or empty for whatever it is.
///
/// # Errors
/// [`Error::Unknown`], [`Error::UnfitSetting`]; [`Error::StaleSettings`] when somebody else has given them another name since.
pub async fn rename(portal: &Portal, by: &Teammate, id: &TeammateId, was: &str, name: &str) -> Result<(), Error> {
    let seen = portal.store.recorded_teammates(&BTreeSet::from([id.clone()])).await?.pop();
    let seen = seen.ok_or_else(|| Error::Unknown(Thing::Teammate(id.clone())))?;
    if !was.is_empty() && mark(&seen) != was {
        return Err(stale(portal).await);
    }
    let name = name_of(name)?;
    match portal.store.rename_teammate(&seen, name.as_deref(), &signature(portal, by).await?).await {
        Err(WriteError::Stale) => Err(stale(portal).await),
        done => Ok(done?),
    }
}

/// Records a teammate by the id that the staff's sign-in gives them.
///
/// # Errors
/// [`Error::UnfitSetting`], also when there is one of this id.
pub async fn add(portal: &Portal, by: &Teammate, id: &str, name: &str) -> Result<TeammateId, Error> {
    let unfit = |why: String| Unfit { field: "Id".into(), why };
    limit::name("it", id.trim()).map_err(unfit)?;
    let id = TeammateId::new(id.trim()).map_err(|error| unfit(error.to_string()))?;
    if portal.store.team().await?.len() >= MOST {
        return Err(unfit(format!("there are {MOST} teammates already, and no more can be added here")).into());
    }
    let member = Member { id, name: name_of(name)?, token_name: None };
    match portal.store.add_teammate(&member, &signature(portal, by).await?).await {
        Err(WriteError::Exists) => Err(unfit("there is a teammate of this id already".into()).into()),
        Err(error) => Err(error.into()),
        Ok(()) => Ok(member.id),
    }
}

fn name_of(typed: &str) -> Result<Option<String>, Unfit> {
    let name = limit::optional(Some(typed.trim().to_owned()));
    let verdict = name.as_deref().map_or(Ok(()), |name| limit::name("it", name));
    verdict.map(|()| name).map_err(|why| Unfit { field: "Name".into(), why })
}

async fn stale(portal: &Portal) -> Error {
    match portal.store.workspace().await {
        Ok(workspace) => Error::StaleSettings(workspace.settings_version),
        Err(error) => error.into(),
    }
}
