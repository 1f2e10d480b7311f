//! The teammate as history names them.

use domain::history::Actor;
use std::collections::BTreeSet;
use store::StoreError;
use web::{App, teammate::Teammate};

/// The teammate, by the name that their token says, or else the one that is recorded.
///
/// # Errors
/// [`StoreError`] when DynamoDB cannot be read.
pub async fn actor(app: &App, teammate: &Teammate) -> Result<Actor, StoreError> {
    let name = match &teammate.name {
        Some(name) => Some(name.clone()),
        None => app.store.teammate_names(&BTreeSet::from([teammate.id.clone()])).await?.remove(&teammate.id).flatten(),
    };
    Ok(Actor::Teammate { id: teammate.id.clone(), name })
}
