//! The panel of the page with the filters that have no menu of their own, and the order: a form, which works without script.

use crate::{export, list::List};
use domain::{filter::CreatedBy, id::TypeId};
use store::ListQuery;
use web::refine::{Choice, Fields, choices};

pub(crate) struct Panel {
    /// What is filtered beside it, which stays as it is.
    pub(crate) beside: Vec<(&'static str, String)>,
    /// How many of its own filters are in effect.
    pub(crate) active: usize,
    /// Also a menu, on screens that have room for it.
    pub(crate) types: Vec<Choice>,
    pub(crate) creators: Vec<Choice>,
    pub(crate) fields: Fields,
    pub(crate) export: export::Offer,
}

impl Panel {
    pub(crate) fn of(wanted: &ListQuery, list: &List, export: export::Offer) -> Self {
        let (filter, order) = (&wanted.filter, wanted.order);
        let is_own = |name: &str| name == "creator" || Fields::is_date(name);
        let (own, mut beside): (Vec<_>, Vec<_>) = filter.pairs().into_iter().partition(|(name, _)| is_own(name));
        beside.retain(|(name, _)| *name != "type");
        Self {
            beside,
            active: own.len(),
            types: types(filter.ticket_type.as_ref(), list),
            creators: creators(filter.creator.as_ref(), list),
            fields: Fields::of(filter, order),
            export,
        }
    }
}

fn types(chosen: Option<&TypeId>, list: &List) -> Vec<Choice> {
    let mut all = choices([("", "All types", chosen.is_none())]);
    all.extend(list.types.iter().map(|it| Choice {
        value: it.id.to_string(),
        text: format!("{} {}", it.icon, it.name).trim().to_owned(),
        chosen: chosen == Some(&it.id),
    }));
    // One of the back office is there only while it is chosen.
    if let Some(id) = chosen.filter(|id| !list.types.iter().any(|it| it.id == **id)) {
        let name = list.tickets.first().map_or_else(|| id.to_string(), |row| row.ticket_type.name.clone());
        all.push(Choice { value: id.to_string(), text: name, chosen: true });
    }
    all
}

/// Somebody else can be chosen by an address alone: contacts are told their colleagues' names, not their ids.
fn creators(chosen: Option<&CreatedBy>, list: &List) -> Vec<Choice> {
    let mut all = choices([("", "Anybody", chosen.is_none()), ("me", "Me", chosen == Some(&CreatedBy::Me))]);
    if let Some(CreatedBy::Contact(id)) = chosen {
        let name = list.tickets.first().map_or("Somebody else", |row| &row.created_by.name);
        all.push(Choice { value: id.to_string(), text: name.into(), chosen: true });
    }
    all
}
