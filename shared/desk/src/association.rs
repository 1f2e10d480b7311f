//! The company of a ticket at the four moments of product.md 3.6: creating, updating, converting, linking. All of them
//! come through [`decide`], which puts the rule of `domain::association` to the participants as they are now.

use crate::problem;
use domain::{
    association::{self, Association, Choice},
    history::{Actor, Change, Event},
    id::{CompanyId, ContactId},
    ticket::Ticket,
    timestamp::Timestamp,
};
use serde::{Deserialize, Deserializer};
use store::Participants;
use web::Problem;

/// A field that may be absent, `null` or a value: for `#[serde(default, deserialize_with = "given")]`.
///
/// # Errors
/// When the value is none of its type.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// What a teammate says with the field `company`: absent is the automatic rule, `null` is No company.
#[must_use]
pub fn choice(company: Option<Option<CompanyId>>) -> Choice {
    match company {
        None => Choice::Automatic,
        Some(None) => Choice::NoCompany,
        Some(Some(company)) => Choice::Company(company),
    }
}

/// The company that a ticket gets, and the contact through whom it is an option. A choice that was made before stays
/// even when nobody is in the company any more; then there is no such contact.
///
/// # Errors
/// 422 `company_not_offered` with the options.
pub fn decide(
    people: &Participants,
    choice: Choice,
    before: Option<&Ticket>,
) -> Result<(Association, Option<ContactId>), Problem> {
    let before =
        before.map(|ticket| Association { company: ticket.row.company.clone(), chosen: ticket.company_chosen });
    let association = association::decide(&people.options(), choice, before.as_ref())
        .map_err(|error| problem::not_offered(&error, people))?;
    let is_new = before.is_none_or(|before| before.company != association.company);
    let company = association.company.as_ref().filter(|_| is_new);
    let through = company.and_then(|company| people.through(company)).cloned();
    Ok((association, through))
}

/// The line of history for a change of company, if it is one.
#[must_use]
pub fn company_changed(before: &Ticket, after: &Ticket, by: &Actor, at: Timestamp) -> Option<Event> {
    let (from, to) = (before.row.company.clone(), after.row.company.clone());
    (from != to).then(|| Event { at, by: by.clone(), change: Change::CompanyChanged { from, to } })
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let refused = decide(&nobody, Choice::Company(CompanyId::new("a").unwrap()), None).unwrap_err();
        assert_eq!((refused.status.as_u16(), refused.code), (422, "company_not_offered"));
        assert!(refused.detail.contains("only No company"), "{}", refused.detail);
    }
}
