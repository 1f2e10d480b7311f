//! What contacts are asked for when they report something (docs/product.md, Reporting).

use super::{Error, Teammate, Thing, settings::signature};
use crate::{Portal, once::fingerprint};
use domain::{
    catalog::{AttributeDefinition, Catalog, DataType, TicketType},
    id::TypeId,
    limit,
    settings::Unfit,
};
use store::{Workspace, WriteError};

/// What is wanted of an attribute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    pub name: String,
    pub asked: bool,
    pub required: bool,
    /// Of a list: what can be chosen.
    pub options: Vec<String>,
}

/// Reads the types with their attributes as they are at this moment.
pub async fn read(portal: &Portal) -> Result<Workspace, Error> {
    Ok(portal.store.workspace().await?)
}

/// Tells a type's attributes from what they are after a change.
#[must_use]
pub fn mark(of: &TicketType) -> String {
    fingerprint(&[&serde_json::to_vec(&of.attributes).unwrap_or_default()])
}

/// Changes what a type asks for, of the attributes that are named; the others stay. `was` is its
/// [`mark`] when it was read, or empty for whatever it is.
///
/// # Errors
/// [`Error::Unknown`], [`Error::UnfitSetting`]; [`Error::StaleSettings`] when somebody has changed the type since.
pub async fn ask(
    portal: &Portal,
    teammate: &Teammate,
    ticket_type: &TypeId,
    was: &str,
    wanted: Vec<Wanted>,
) -> Result<(), Error> {
    let workspace = portal.store.workspace().await?;
    let seen = workspace.catalog.types.get(ticket_type);
    let seen = seen.ok_or_else(|| Error::Unknown(Thing::Type(ticket_type.clone())))?;
    if !was.is_empty() && mark(seen) != was {
        return Err(Error::StaleSettings(workspace.settings_version));
    }
    let mut after = seen.clone();
    for Wanted { name, asked, required, options } in wanted {
        let Some(attribute) = after.attributes.iter_mut().find(|it| it.name == name) else { continue };
        let options = if attribute.data_type == DataType::List { options } else { Vec::new() };
        let changed = AttributeDefinition { asked, required: asked && required, options, ..attribute.clone() };
        limit::options(&changed).map_err(|why| Unfit { field: name, why })?;
        *attribute = changed;
    }
    has_room(&workspace.catalog, &after)?;
    match portal.store.change_type(seen, &after, &signature(portal, teammate).await?).await {
        Err(WriteError::Stale) => Err(Error::StaleSettings(workspace.settings_version)),
        done => Ok(done?),
    }
}

/// Refuses a type for which the catalog has no room.
fn has_room(catalog: &Catalog, after: &TicketType) -> Result<(), Error> {
    let others = catalog.types.values().filter(|it| it.id != after.id).map(limit::bytes_of_type).sum::<usize>();
    let states = catalog.states.values().map(limit::bytes_of_state).sum::<usize>();
    let fits = others + states + limit::bytes_of_type(after) <= limit::MOST_CATALOG;
    let why = || "all types and states come to more than 300 KB".into();
    Ok(limit::demand(fits, why).map_err(|why| Unfit { field: after.name.clone(), why })?)
}
