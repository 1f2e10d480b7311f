//! Which tickets a list holds (docs/product.md, The list). A filter is spelled in one way, as pairs of names and values: in
//! queries, in addresses, and in what keeps the cursors of different lists apart.

use crate::{
    id::{CompanyId, ContactId, IdError, TypeId},
    list::{Pile, UnknownPile},
    order::{UnknownDirection, UnknownSort},
    state::{StateCategory, UnknownCategory},
    ticket::TicketRow,
    timestamp::Timestamp,
};

/// Which tickets a list holds: those that meet all that is given. The default holds every ticket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub state: Option<StateCategory>,
    pub turn: Option<Pile>,
    pub company: Option<CompanyId>,
    pub ticket_type: Option<TypeId>,
    pub creator: Option<CreatedBy>,
    pub created: Span,
    pub updated: Span,
}

/// Whose tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreatedBy {
    /// The reader's, whoever that is, so that an address means the same for a colleague.
    Me,
    /// This contact's. `me` as an id is always taken for the reader.
    Contact(ContactId),
}

impl CreatedBy {
    const ME: &str = "me";

    /// Returns the contact, given who reads.
    #[must_use]
    pub const fn who<'a>(&'a self, reader: &'a ContactId) -> &'a ContactId {
        match self {
            Self::Me => reader,
            Self::Contact(id) => id,
        }
    }
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// Inclusive.
    pub from: Option<Timestamp>,
    /// Exclusive.
    pub to: Option<Timestamp>,
}

impl Span {
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at < to)
    }

    /// Whether it has no bounds.
    #[must_use]
    pub const fn is_everything(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }
}

/// What is asked of a list makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Unfit {
    /// The parameter that says it.
    pub parameter: &'static str,
    #[source]
    pub why: Why,
}

/// Why it makes none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    #[error(transparent)]
    State(#[from] UnknownCategory),
    #[error(transparent)]
    Turn(#[from] UnknownPile),
    #[error(transparent)]
    Id(#[from] IdError),
    #[error("there is no such ticket type")]
    Type,
    #[error("{0} is a date such as 2026-11-01, or a time such as 2026-11-01T09:00:00Z")]
    Time(&'static str),
    #[error("{0} has to be before {1}")]
    TurnedRound(&'static str, &'static str),
    #[error(transparent)]
    Sort(#[from] UnknownSort),
    #[error(transparent)]
    Direction(#[from] UnknownDirection),
}

/// Reads the value of a parameter, if there is one.
pub(crate) fn parse<'a, T, E: Into<Why>>(
    parameter: &'static str,
    value: &impl Fn(&str) -> Option<&'a str>,
    parse: impl FnOnce(&'a str) -> Result<T, E>,
) -> Result<Option<T>, Unfit> {
    value(parameter).map(parse).transpose().map_err(|why| Unfit { parameter, why: why.into() })
}

impl Filter {
    /// The parameters that say it.
    pub const NAMES: [&str; 9] =
        ["state", "turn", "company", "type", "creator", "created_from", "created_to", "updated_from", "updated_to"];

    /// Reads a filter from the values of [`Self::NAMES`].
    ///
    /// # Errors
    /// [`Unfit`] for a value that is not understood. None means "all".
    pub fn read<'a>(value: impl Fn(&str) -> Option<&'a str>) -> Result<Self, Unfit> {
        Ok(Self {
            state: parse("state", &value, str::parse)?,
            turn: parse("turn", &value, str::parse)?,
            company: parse("company", &value, CompanyId::new)?,
            ticket_type: parse("type", &value, TypeId::new)?,
            creator: parse("creator", &value, |text| match text {
                CreatedBy::ME => Ok(CreatedBy::Me),
                id => ContactId::new(id).map(CreatedBy::Contact),
            })?,
            created: span("created_from", "created_to", &value)?,
            updated: span("updated_from", "updated_to", &value)?,
        })
    }

    /// Returns the parameters from which [`Self::read`] makes this filter, in the order of [`Self::NAMES`].
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let creator = self.creator.as_ref().map(|creator| match creator {
            CreatedBy::Me => CreatedBy::ME.to_owned(),
            CreatedBy::Contact(id) => id.to_string(),
        });
        let time = |at: Option<Timestamp>| at.map(Timestamp::in_short);
        let values = [
            self.state.map(|it| it.to_string()),
            self.turn.map(|it| it.as_str().to_owned()),
            self.company.as_ref().map(ToString::to_string),
            self.ticket_type.as_ref().map(ToString::to_string),
            creator,
            time(self.created.from),
            time(self.created.to),
            time(self.updated.from),
            time(self.updated.to),
        ];
        Self::NAMES.into_iter().zip(values).filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// Whether a ticket is among those that the list holds, as far as the ticket alone can tell: of those that wait on
    /// the customer it does not say on whom ([`Pile::You`] and [`Pile::Colleagues`]).
    #[must_use]
    pub fn keeps(&self, row: &TicketRow, reader: &ContactId) -> bool {
        self.state.is_none_or(|state| row.state_category == state)
            && self.turn.is_none_or(|pile| pile.turn() == row.turn().who)
            && (self.company.is_none() || row.company == self.company)
            && self.ticket_type.as_ref().is_none_or(|it| row.ticket_type == *it)
            && self.creator.as_ref().is_none_or(|it| row.requester == *it.who(reader))
            && self.created.holds(row.created_at)
            && self.updated.holds(row.updated_at)
    }
}

fn span<'a>(
    from_name: &'static str,
    to_name: &'static str,
    value: &impl Fn(&str) -> Option<&'a str>,
) -> Result<Span, Unfit> {
    let time = |name| parse(name, value, |text| Timestamp::from_short(text).ok_or(Why::Time(name)));
    let (from, to) = (time(from_name)?, time(to_name)?);
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(Unfit { parameter: to_name, why: Why::TurnedRound(from_name, to_name) });
    }
    Ok(Span { from, to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn times() -> impl Strategy<Value = Span> {
        let millis = prop_oneof![Just(0), -62_000_000_000_000i64..253_000_000_000_000];
        let day = millis.prop_map(|millis| millis - millis.rem_euclid(86_400_000));
        let at = prop_oneof![day, -62_000_000_000_000i64..253_000_000_000_000];
        let at = at.prop_map(|millis| Timestamp::from_millis(millis).unwrap());
        prop::collection::vec(at, 2).prop_flat_map(|mut two| {
            two.sort();
            (any::<bool>(), any::<bool>())
                .prop_map(move |(from, to)| Span { from: from.then(|| two[0]), to: to.then(|| two[1]) })
        })
    }

    prop_compose! {
        fn filters()(
            state in prop::option::of(prop::sample::select(StateCategory::ALL.to_vec())),
            turn in prop::option::of(prop::sample::select(Pile::ALL.to_vec())),
            company in prop::option::of("\\PC{1,20}"),
            ticket_type in prop::option::of("[A-Za-z0-9_-]{1,20}"),
            creator in prop::option::of(prop_oneof!["\\PC{1,20}", Just("me".to_owned())]),
            created in times(),
            updated in times(),
        ) -> Filter {
            let creator = creator.map(|it| match it.as_str() {
                "me" => CreatedBy::Me,
                id => CreatedBy::Contact(ContactId::new(id).unwrap()),
            });
            let company = company.map(|id| CompanyId::new(id).unwrap());
            let ticket_type = ticket_type.map(|id| TypeId::new(id).unwrap());
            Filter { state, turn, company, ticket_type, creator, created, updated }
        }
    }

    fn read(pairs: &[(&str, &str)]) -> Result<Filter, Unfit> {
        let values: BTreeMap<_, _> = pairs.iter().copied().collect();
        Filter::read(|name| values.get(name).copied())
    }

    proptest! {
        #[test]
        fn a_filter_is_read_as_it_is_written(filter in filters()) {
            let pairs = filter.pairs();
            let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
            prop_assert_eq!(read(&pairs), Ok(filter));
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_with_its_parameter_and_never_all() {
        for (name, value) in [
            ("state", "done"),
            ("state", ""),
            ("turn", "mine"),
            ("company", ""),
            ("type", "a b"),
            ("type", ""),
            ("creator", ""),
            ("created_from", ""),
            ("created_from", "yesterday"),
            ("created_to", "2026-02-30"),
            ("updated_from", "2026-13-01"),
            ("updated_from", "2026-1-1"),
            ("updated_to", "2026-11-01T25:00:00Z"),
            ("updated_to", "2026-11-01T10:00:00"),
        ] {
            let unfit = read(&[(name, value)]).unwrap_err();
            assert_eq!(unfit.parameter, name, "{value:?}: {unfit}");
        }
        let turned = read(&[("created_from", "2026-11-02"), ("created_to", "2026-11-01")]).unwrap_err();
        assert_eq!(turned.to_string(), "created_from has to be before created_to");
    }

    #[test]
    fn a_date_is_the_beginning_of_its_day_in_utc() {
        let filter = read(&[("updated_from", "2026-11-01"), ("updated_to", "2026-11-01T23:00:00-02:00")]).unwrap();
        let time = |text: &str| Some(text.parse().unwrap());
        assert_eq!(filter.updated, Span { from: time("2026-11-01T00:00:00Z"), to: time("2026-11-02T01:00:00Z") });
        assert!(
            filter.updated.holds(filter.updated.from.unwrap()) && !filter.updated.holds(filter.updated.to.unwrap())
        );
        let day = read(&[("updated_to", "2026-11-01T02:00:00+02:00")]).unwrap();
        assert_eq!(day.pairs(), [("updated_to", "2026-11-01".to_owned())]);
    }
}
