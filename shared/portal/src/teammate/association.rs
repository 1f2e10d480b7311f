//! The company of a ticket at the four moments when it is decided: creating, updating, converting and linking. All four
//! call [`decide`], which applies the rule of `domain::association` to the participants as they are now.

use super::Error;
use crate::Portal;
use domain::{
    association::{self, Association, Choice, NotOffered},
    history::{Actor, Change, Event},
    id::{CompanyId, ContactId},
    projection::CustomerCompany,
    ticket::Ticket,
    timestamp::Timestamp,
};
use std::collections::BTreeSet;
use store::{Participants, StoreError};

/// Reads the field `company`: absent leaves the choice to the automatic rule, `null` is No company.
pub(super) fn choice(company: Option<Option<CompanyId>>) -> Choice {
    match company {
        None => Choice::Automatic,
        Some(None) => Choice::NoCompany,
        Some(Some(company)) => Choice::Company(company),
    }
}

/// The companies to which a ticket of these participants may belong, sorted by name.
#[must_use]
pub fn options(people: &Participants) -> Vec<CustomerCompany> {
    let mut options: Vec<CustomerCompany> =
        people.options().iter().filter_map(|id| people.companies.get(id)).map(Into::into).collect();
    options.sort_by_cached_key(|option| option.name.to_lowercase());
    options
}

/// Reads who takes part in a ticket, as many as the decision needs: all of them where one is to be found, or where
/// nobody may be in another company than the others; a few where two companies make it No company.
pub(super) async fn among(
    portal: &Portal,
    requester: &ContactId,
    participants: &BTreeSet<ContactId>,
    choice: &Choice,
    before: Option<&Ticket>,
) -> Result<Participants, StoreError> {
    let others = participants.iter().filter(|id| *id != requester);
    let everybody: Vec<_> = std::iter::once(requester).chain(others).cloned().collect();
    let settled = before.is_some_and(|ticket| ticket.company_chosen);
    let enough = |read: &Participants| match choice {
        _ if read.contacts().next().is_none() => false,
        Choice::NoCompany => true,
        Choice::Automatic => settled || read.options().len() > 1,
        Choice::Company(company) => read.options().contains(company),
    };
    portal.store.participants_until(&everybody, enough).await
}

/// Decides the company of a ticket, and the contact whose membership makes it an option. The contact is `None` when the
/// ticket keeps its company, even one that no participant is in any more.
///
/// # Errors
/// [`Error::NotOffered`].
pub(super) fn decide(
    people: &Participants,
    choice: Choice,
    before: Option<&Ticket>,
) -> Result<(Association, Option<ContactId>), Error> {
    let before =
        before.map(|ticket| Association { company: ticket.row.company.clone(), chosen: ticket.company_chosen });
    let association = association::decide(&people.options(), choice, before.as_ref())
        .map_err(|NotOffered(company)| Error::NotOffered { company, options: options(people) })?;
    let is_new = before.is_none_or(|before| before.company != association.company);
    let company = association.company.as_ref().filter(|_| is_new);
    let through = company.and_then(|company| people.through(company)).cloned();
    Ok((association, through))
}

/// The history event for a change of company, if the company changed.
pub(super) fn company_changed(before: &Ticket, after: &Ticket, by: &Actor, at: Timestamp) -> Option<Event> {
    let (from, to) = (before.row.company.clone(), after.row.company.clone());
    (from != to).then(|| Event { at, by: by.clone(), change: Change::CompanyChanged { from, to } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Body {
        #[serde(default, deserialize_with = "given")]
        company: Option<Option<CompanyId>>,
    }

    #[test]
    fn absent_null_and_a_company_are_three_different_things() {
        let said = |text: &str| serde_json::from_str::<Body>(text).map(|body| choice(body.company));
        assert_eq!(said("{}").unwrap(), Choice::Automatic);
        assert_eq!(said(r#"{"company":null}"#).unwrap(), Choice::NoCompany);
        assert_eq!(said(r#"{"company":"none"}"#).unwrap(), Choice::Company(CompanyId::new("none").unwrap()));
        assert!(said(r#"{"company":""}"#).is_err());
        assert!(said(r#"{"company":false}"#).is_err());
    }

    #[test]
    fn where_nobody_is_in_a_company_no_company_is_the_only_option() {
        let nobody = Participants::default();
        let (decided, through) = decide(&nobody, Choice::Automatic, None).unwrap();
        assert_eq!((decided, through), (Association::default(), None));
        let company = CompanyId::new("a").unwrap();
        match decide(&nobody, Choice::Company(company.clone()), None) {
            Err(Error::NotOffered { company: refused, options }) => assert_eq!((refused, options), (company, vec![])),
            other => panic!("{other:?}"),
        }
    }
}
