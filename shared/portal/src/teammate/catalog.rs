//! The workspace's ticket types and states, and what contacts are asked for when they report something (docs/product.md,
//! Ticket types, Ticket states, Reporting).
//!
//! What decides who sees a ticket, and whose turn it is, stays as it was when a type or state was added: the tickets that
//! there are have it from there.

use super::{Error, Teammate, Thing, settings::signature};
use crate::{Portal, once::fingerprint};
use domain::{
    catalog::{AttributeDefinition, Catalog, DataType, Entry, TicketCategory, TicketType},
    id::{StateId, TypeId},
    limit,
    settings::Unfit,
    state::{StateCategory, TicketState},
};
use store::{Workspace, WriteError};

/// Longest id made of a name, in characters.
const LONGEST_ID: usize = 40;

/// What is wanted of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedType {
    pub name: String,
    /// Blank where contacts call it what teammates do.
    pub external_label: String,
    pub icon: String,
    /// In this order. Those that the type has and that are not among them stay behind these; what kind of values one has stays.
    pub attributes: Vec<AttributeDefinition>,
}

/// What is wanted of a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedState {
    pub internal_label: String,
    /// Blank where contacts call it what teammates do.
    pub external_label: String,
    pub position: u32,
}

/// Reads types and states as they are at this moment.
pub async fn read(portal: &Portal) -> Result<Workspace, Error> {
    Ok(portal.store.workspace().await?)
}

/// Tells a type or state from what it is after a change.
#[must_use]
pub fn mark(of: &Entry) -> String {
    // Nothing outside this program reads it.
    fingerprint(&[format!("{of:?}").as_bytes()])
}

/// Changes a type. `was` is its [`mark`] when it was read, or empty for whatever it is.
///
/// # Errors
/// [`Error::Unknown`], [`Error::UnfitSetting`]; [`Error::StaleSettings`] when somebody has changed the type since.
pub async fn change_type(
    portal: &Portal,
    teammate: &Teammate,
    id: &TypeId,
    was: &str,
    wanted: WantedType,
) -> Result<(), Error> {
    let workspace = portal.store.workspace().await?;
    let seen = workspace.catalog.types.get(id).cloned();
    let seen = seen.ok_or_else(|| Error::Unknown(Thing::Type(id.clone())))?;
    let after = of_type(id.clone(), seen.category, &seen.attributes, wanted);
    write(portal, teammate, &workspace, Some((Entry::Type(seen), was)), Entry::Type(after)).await
}

/// Adds a type, and returns its id, which is made of its name.
///
/// # Errors
/// [`Error::UnfitSetting`]; [`Error::StaleSettings`] when somebody has added one of the same id at the same time.
pub async fn add_type(
    portal: &Portal,
    teammate: &Teammate,
    category: TicketCategory,
    wanted: WantedType,
) -> Result<TypeId, Error> {
    let workspace = portal.store.workspace().await?;
    let id = free_id(portal, "type", &wanted.name, |id| {
        TypeId::new(id).ok().filter(|id| !workspace.catalog.types.contains_key(id))
    })
    .ok_or(Error::StaleSettings(workspace.settings_version))?;
    let added = of_type(id.clone(), category, &[], wanted);
    write(portal, teammate, &workspace, None, Entry::Type(added)).await?;
    Ok(id)
}

/// Changes a state. `was` is its [`mark`] when it was read, or empty for whatever it is.
///
/// # Errors
/// As those of [`change_type`].
pub async fn change_state(
    portal: &Portal,
    teammate: &Teammate,
    id: &StateId,
    was: &str,
    wanted: WantedState,
) -> Result<(), Error> {
    let workspace = portal.store.workspace().await?;
    let seen = workspace.catalog.states.get(id).cloned();
    let seen = seen.ok_or_else(|| Error::Unknown(Thing::State(id.clone())))?;
    let after = of_state(id.clone(), seen.category, wanted);
    write(portal, teammate, &workspace, Some((Entry::State(seen), was)), Entry::State(after)).await
}

/// Adds a state, and returns its id, which is made of its name.
///
/// # Errors
/// As those of [`add_type`].
pub async fn add_state(
    portal: &Portal,
    teammate: &Teammate,
    category: StateCategory,
    wanted: WantedState,
) -> Result<StateId, Error> {
    let workspace = portal.store.workspace().await?;
    let id = free_id(portal, "state", &wanted.internal_label, |id| {
        StateId::new(id).ok().filter(|id| !workspace.catalog.states.contains_key(id))
    })
    .ok_or(Error::StaleSettings(workspace.settings_version))?;
    let added = of_state(id.clone(), category, wanted);
    write(portal, teammate, &workspace, None, Entry::State(added)).await?;
    Ok(id)
}

fn of_type(id: TypeId, category: TicketCategory, had: &[AttributeDefinition], wanted: WantedType) -> TicketType {
    let WantedType { name, external_label, icon, attributes } = wanted;
    let (name, icon) = (name.trim().to_owned(), icon.trim().to_owned());
    let mut rest = had.to_vec();
    let mut attributes: Vec<_> = attributes
        .into_iter()
        .map(|wanted| {
            let known = rest.iter().position(|it| it.name == wanted.name).map(|at| rest.remove(at));
            let data_type = known.map_or(wanted.data_type, |it| it.data_type);
            let options = if data_type == DataType::List { wanted.options } else { Vec::new() };
            let required = wanted.asked && wanted.required;
            AttributeDefinition { data_type, options, required, ..wanted }
        })
        .collect();
    attributes.extend(rest);
    let external_label = or(&external_label, &name);
    TicketType { id, name, external_label, icon, category, attributes }
}

fn of_state(id: StateId, category: StateCategory, wanted: WantedState) -> TicketState {
    let WantedState { internal_label, external_label, position } = wanted;
    let internal_label = internal_label.trim().to_owned();
    let external_label = or(&external_label, &internal_label);
    TicketState { id, category, internal_label, external_label, position }
}

fn or(text: &str, otherwise: &str) -> String {
    if limit::is_blank(text) { otherwise } else { text.trim() }.to_owned()
}

/// Makes an id of a name, one that is not taken. `free` returns it if it is not.
fn free_id<I>(portal: &Portal, what: &str, name: &str, free: impl Fn(String) -> Option<I>) -> Option<I> {
    let plain: String = name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let words: Vec<_> = plain.split('-').filter(|word| !word.is_empty()).collect();
    let id: String = words.join("-").chars().take(LONGEST_ID).collect();
    let of_name = Some(id).filter(|id| !id.is_empty());
    of_name.and_then(&free).or_else(|| free(portal.ids.next(what)))
}

async fn write(
    portal: &Portal,
    teammate: &Teammate,
    workspace: &Workspace,
    seen: Option<(Entry, &str)>,
    after: Entry,
) -> Result<(), Error> {
    let stale = || Error::StaleSettings(workspace.settings_version);
    if seen.as_ref().is_some_and(|(seen, was)| !was.is_empty() && mark(seen) != *was) {
        return Err(stale());
    }
    let seen = seen.map(|(seen, _)| seen);
    let field = match after {
        Entry::Type(_) => "Ticket type",
        Entry::State(_) => "Ticket state",
    };
    let unfit = |why| Unfit { field: field.into(), why };
    after.verify().map_err(unfit)?;
    has_room(&workspace.catalog, &after).map_err(unfit)?;
    match portal.store.change_catalog(seen.as_ref(), &after, &signature(portal, teammate).await?).await {
        Err(WriteError::Stale) => Err(stale()),
        done => Ok(done?),
    }
}

/// Refuses an entry for which the catalog has no room.
fn has_room(catalog: &Catalog, after: &Entry) -> limit::Verdict {
    let (had, has) = (catalog.entry_like(after).map_or(0, |it| it.bytes()), after.bytes());
    limit::demand(limit::has_room(catalog.bytes(), had, has), || "all types and states come to more than 300 KB".into())
}
