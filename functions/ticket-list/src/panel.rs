//! The panel of the page with the filters that have no menu of their own, and the order: a form, which works without script.

use crate::{export, list::List};
use domain::{
    filter::{CreatedBy, Span},
    id::TypeId,
    order::{Direction, Sort},
    timestamp::Timestamp,
};
use store::ListQuery;

pub(crate) struct Panel {
    /// What is filtered beside it, which stays as it is.
    pub(crate) beside: Vec<(&'static str, String)>,
    /// How many of its own filters are in effect.
    pub(crate) active: usize,
    /// Also a menu, on screens that have room for it.
    pub(crate) types: Vec<Choice>,
    pub(crate) creators: Vec<Choice>,
    pub(crate) dates: [Date; 4],
    pub(crate) sorts: Vec<Choice>,
    pub(crate) directions: Vec<Choice>,
    pub(crate) export: export::Offer,
}

/// An option of a select element.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) text: String,
    pub(crate) chosen: bool,
}

/// A field for a date.
pub(crate) struct Date {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) value: String,
}

impl Date {
    fn of(name: &'static str, label: &'static str, at: Option<Timestamp>) -> Self {
        Self { name, label, value: at.map(Timestamp::in_short).unwrap_or_default() }
    }

    /// A time of day is none that a field for dates could show.
    pub(crate) fn is_a_date(&self) -> bool {
        !self.value.contains('T')
    }
}

impl Panel {
    pub(crate) fn of(wanted: &ListQuery, list: &List, export: export::Offer) -> Self {
        let (filter, order) = (&wanted.filter, wanted.order);
        let is_own = |name: &str| name == "creator" || name.contains('_');
        let (own, mut beside): (Vec<_>, Vec<_>) = filter.pairs().into_iter().partition(|(name, _)| is_own(name));
        beside.retain(|(name, _)| *name != "type");
        let Span { from: created_from, to: created_to } = filter.created;
        let Span { from: updated_from, to: updated_to } = filter.updated;
        Self {
            beside,
            active: own.len(),
            types: types(filter.ticket_type.as_ref(), list),
            creators: creators(filter.creator.as_ref(), list),
            dates: [
                Date::of("updated_from", "Updated from", updated_from),
                Date::of("updated_to", "Updated before", updated_to),
                Date::of("created_from", "Created from", created_from),
                Date::of("created_to", "Created before", created_to),
            ],
            sorts: choices(Sort::ALL.map(|sort| (sort.as_str(), name(sort), sort == order.sort))),
            directions: choices(
                [(Direction::Descending, "Descending"), (Direction::Ascending, "Ascending")]
                    .map(|(direction, text)| (direction.as_str(), text, direction == order.direction)),
            ),
            export,
        }
    }
}

fn choices<const N: usize>(all: [(&str, &str, bool); N]) -> Vec<Choice> {
    all.map(|(value, text, chosen)| Choice { value: value.into(), text: text.into(), chosen }).into()
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

/// What an order is called.
pub(crate) const fn name(sort: Sort) -> &'static str {
    match sort {
        Sort::Updated => "Last update",
        Sort::Created => "Creation",
        Sort::Number => "Number",
        Sort::Title => "Title",
        Sort::Type => "Type",
        Sort::State => "State",
        Sort::Creator => "Creator",
    }
}
