//! The order of a list, and the place where a list goes on (docs/product.md, The list).

use crate::{
    catalog::Catalog,
    filter::{Unfit, parse},
    id::CompanyId,
    projection::told,
    search::folded,
    ticket::{Boundary, TicketRow},
    timestamp::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, str::FromStr};

/// By what a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    #[default]
    Updated,
    Created,
    Number,
    /// Without case and accents.
    Title,
    /// By what customers call the type.
    Type,
    /// In the order of a ticket's life, then in the operator's.
    State,
    /// By the name that customers are told.
    Creator,
}

impl Sort {
    pub const ALL: [Self; 7] =
        [Self::Updated, Self::Created, Self::Number, Self::Title, Self::Type, Self::State, Self::Creator];

    /// Returns the name used in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Created => "created",
            Self::Number => "number",
            Self::Title => "title",
            Self::Type => "type",
            Self::State => "state",
            Self::Creator => "creator",
        }
    }
}

/// The text does not say by what to sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sort is one of updated, created, number, title, type, state, creator")]
pub struct UnknownSort;

impl FromStr for Sort {
    type Err = UnknownSort;
    fn from_str(text: &str) -> Result<Self, UnknownSort> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text).ok_or(UnknownSort)
    }
}

/// Which end of an order comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// The latest, the greatest, the last of the alphabet.
    #[default]
    Descending,
    Ascending,
}

impl Direction {
    /// Returns the name used in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Descending => "desc",
            Self::Ascending => "asc",
        }
    }

    #[must_use]
    pub const fn turned(self) -> Self {
        match self {
            Self::Descending => Self::Ascending,
            Self::Ascending => Self::Descending,
        }
    }

    fn of(self, ordering: Ordering) -> Ordering {
        match self {
            Self::Descending => ordering.reverse(),
            Self::Ascending => ordering,
        }
    }
}

/// The text does not say which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("order is desc or asc")]
pub struct UnknownDirection;

impl FromStr for Direction {
    type Err = UnknownDirection;
    fn from_str(text: &str) -> Result<Self, UnknownDirection> {
        [Self::Descending, Self::Ascending].into_iter().find(|it| it.as_str() == text).ok_or(UnknownDirection)
    }
}

/// The order of a list. The default is the latest update first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Order {
    pub sort: Sort,
    pub direction: Direction,
}

impl Order {
    /// The parameters that say it.
    pub const NAMES: [&str; 2] = ["sort", "order"];

    /// Reads an order from the values of [`Self::NAMES`].
    ///
    /// # Errors
    /// [`Unfit`] for a value that is not understood.
    pub fn read<'a>(value: impl Fn(&str) -> Option<&'a str>) -> Result<Self, Unfit> {
        let sort = parse("sort", &value, str::parse)?.unwrap_or_default();
        let direction = parse("order", &value, str::parse)?.unwrap_or_default();
        Ok(Self { sort, direction })
    }

    /// Returns the parameters from which [`Self::read`] makes this order: those that the default does not have.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let Self { sort, direction } = *self;
        let sort = (sort != Sort::default()).then(|| ("sort", sort.as_str().to_owned()));
        sort.into_iter()
            .chain((direction != Direction::default()).then(|| ("order", direction.as_str().to_owned())))
            .collect()
    }

    /// Compares two tickets by their last update and id. This is how indexes have them.
    #[must_use]
    pub fn of_updates(self, a: &Boundary, b: &Boundary) -> Ordering {
        let direction = if self.sort == Sort::Updated { self.direction } else { Direction::Descending };
        direction.of(a.cmp(b))
    }

    /// Compares two tickets. Of those with the same value the one that was updated last comes first.
    #[must_use]
    pub fn compare(self, a: &Rank, b: &Rank) -> Ordering {
        self.direction.of(a.key.cmp(&b.key)).then_with(|| self.of_updates(&a.boundary, &b.boundary))
    }

    /// Returns what decides where a ticket stands.
    #[must_use]
    pub fn rank(self, row: &TicketRow, catalog: &Catalog) -> Rank {
        let key = match self.sort {
            Sort::Updated => Key::Nothing,
            Sort::Created => Key::Time(row.created_at),
            Sort::Number => Key::Number(row.number),
            Sort::Title => text(&row.title),
            Sort::Type => text(catalog.types.get(&row.ticket_type).map_or("", |it| &it.external_label)),
            Sort::State => {
                let position = catalog.states.get(&row.state).map_or(u32::MAX, |state| state.position);
                Key::Number(row.state_category as u64 * (1 << 32) + u64::from(position))
            }
            Sort::Creator => text(told(row.requester_name.as_deref()).unwrap_or_default()),
        };
        Rank { key, boundary: row.boundary() }
    }
}

/// Characters of a text that count. A cursor has to hold them.
const LONGEST: usize = 60;

fn text(text: &str) -> Key {
    Key::Text(folded(text).chars().take(LONGEST).collect())
}

/// Where a ticket stands in an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rank {
    key: Key,
    pub boundary: Boundary,
}

/// The value by which a list is sorted before its tickets' last updates.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Key {
    Nothing,
    Time(Timestamp),
    Number(u64),
    Text(String),
}

/// Where a list goes on.
///
/// Tickets are read in the order of their last updates. A list in another order sorts a stretch of them at a time: as many as
/// one request looks through.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// After this ticket in the order of updates.
    pub beyond: Option<Boundary>,
    /// In the stretch that begins there, after the ticket that stands here.
    pub last: Option<Rank>,
    /// Of a search: where it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub searched: Option<Searched>,
}

/// Where a search goes on, which looks in a few companies at a time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Searched {
    /// In the companies after this one.
    pub beyond: Option<CompanyId>,
    /// After this place in their lists.
    pub after: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Why;

    #[test]
    fn an_order_is_read_as_it_is_written() {
        for sort in Sort::ALL {
            for direction in [Direction::Descending, Direction::Ascending] {
                let order = Order { sort, direction };
                let pairs = order.pairs();
                let value = |name: &str| pairs.iter().find(|(it, _)| *it == name).map(|(_, value)| value.as_str());
                assert_eq!(Order::read(value), Ok(order));
            }
        }
        assert_eq!(Order::default().pairs(), []);
    }

    #[test]
    fn what_is_not_understood_is_refused_with_its_parameter() {
        let refused = |name: &'static str, value| Order::read(|it| (it == name).then_some(value)).unwrap_err();
        assert_eq!(refused("sort", "age"), Unfit { parameter: "sort", why: Why::Sort(UnknownSort) });
        assert_eq!(refused("order", "down"), Unfit { parameter: "order", why: Why::Direction(UnknownDirection) });
    }
}
