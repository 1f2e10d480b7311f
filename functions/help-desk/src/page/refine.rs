//! The panel beside the menus of a list: dates and order.

use askama::Template;
use domain::{filter::Filter, order::Order};
use web::refine::Fields;

#[derive(Debug, Template)]
#[template(path = "refine.html")]
pub(super) struct Panel {
    action: &'static str,
    /// What is asked for beside it, which stays as it is.
    beside: Vec<(&'static str, String)>,
    /// How many of its own filters are in effect.
    active: usize,
    fields: Fields,
}

impl Panel {
    /// Makes the panel of the list at `action`. `pairs` are all parameters of the list.
    pub(super) fn of(action: &'static str, pairs: Vec<(&'static str, String)>, filter: &Filter, order: Order) -> Self {
        let given = pairs.into_iter().filter(|(name, value)| !value.is_empty() && !Order::NAMES.contains(name));
        let (own, beside): (Vec<_>, Vec<_>) = given.partition(|(name, _)| Fields::is_date(name));
        Self { action, beside, active: own.len(), fields: Fields::of(filter, order) }
    }
}
