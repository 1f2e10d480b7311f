//! How a list is refined beside its menus: fields for dates and order, which a form has, and headers that sort. Templates
//! include the fields as `{{ fields|safe }}`.

use askama::Template;
use domain::{
    filter::{Filter, Span},
    order::{Direction, Order, Sort},
    timestamp::Timestamp,
};

/// The fields of a form that say from when tickets are, and in which order.
#[derive(Debug, Template)]
#[template(path = "refine.html")]
pub struct Fields {
    dates: [Date; 4],
    sorts: Vec<Choice>,
    directions: Vec<Choice>,
}

/// An option of a select element.
#[derive(Debug)]
pub struct Choice {
    pub value: String,
    pub text: String,
    pub chosen: bool,
}

#[derive(Debug)]
struct Date {
    name: &'static str,
    label: &'static str,
    value: String,
}

impl Date {
    fn of(name: &'static str, label: &'static str, at: Option<Timestamp>) -> Self {
        Self { name, label, value: at.map(Timestamp::in_short).unwrap_or_default() }
    }

    /// A time of day is none that a field for dates could show.
    fn is_a_date(&self) -> bool {
        !self.value.contains('T')
    }
}

impl Fields {
    #[must_use]
    pub fn of(filter: &Filter, order: Order) -> Self {
        let Span { from: created_from, to: created_to } = filter.created;
        let Span { from: updated_from, to: updated_to } = filter.updated;
        Self {
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
        }
    }

    /// Whether a parameter is one of the dates' fields.
    #[must_use]
    pub fn is_date(name: &str) -> bool {
        ["updated_from", "updated_to", "created_from", "created_to"].contains(&name)
    }
}

/// Makes the options of a select element from values, texts, and whether each is chosen.
pub fn choices<const N: usize>(all: [(&str, &str, bool); N]) -> Vec<Choice> {
    all.map(|(value, text, chosen)| Choice { value: value.into(), text: text.into(), chosen }).into()
}

/// What an order is called.
const fn name(sort: Sort) -> &'static str {
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

/// Says in words that follow what is listed how it is sorted.
#[must_use]
pub fn sorted_by(order: Order) -> String {
    let which = match order.direction {
        Direction::Descending => "descending",
        Direction::Ascending => "ascending",
    };
    format!("by {}, {which}", name(order.sort).to_lowercase())
}

/// Says what one request does not do: of the rest of a list, this many tickets were looked through for a page.
#[must_use]
pub fn looked_through(order: Order, many: usize) -> String {
    match order.sort {
        Sort::Updated => format!("{many} tickets were looked through for this page. There are more."),
        _ => format!("{many} tickets are sorted at a time, those that were updated last. Older ones follow them."),
    }
}

/// A column, whose header sorts by it.
#[derive(Debug)]
pub struct Column {
    pub name: &'static str,
    pub url: String,
    /// As `aria-sort` has it, if the list is sorted by it.
    pub sorted: Option<&'static str>,
}

impl Column {
    /// Makes the header of a list in `order`, which sorts by `sort`, first in its `usual` direction, then the other way round.
    pub fn of(
        name: &'static str,
        (sort, usual): (Sort, Direction),
        order: Order,
        url: impl FnOnce(Order) -> String,
    ) -> Self {
        let is_sorted = sort == order.sort;
        let direction = if is_sorted { order.direction.turned() } else { usual };
        let sorted = match order.direction {
            Direction::Descending => "descending",
            Direction::Ascending => "ascending",
        };
        Self { name, url: url(Order { sort, direction }), sorted: is_sorted.then_some(sorted) }
    }
}
