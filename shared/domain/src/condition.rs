//! Conditions on contacts and companies. They define the audience and who sees only their own tickets.

use crate::{
    company::Company,
    contact::Contact,
    limit::{self, demand},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Maximum number of conditions in a list.
pub const MOST_CONDITIONS: usize = 50;
/// Maximum number of values in one condition.
const MOST_VALUES: usize = 100;

/// One condition. A list of conditions holds when all of them hold; an empty list always holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub subject: Subject,
    /// `id`, `name`, `email_domain` or the name of one of the vendor's own attributes.
    pub attribute: String,
    #[serde(flatten)]
    pub test: Test,
}

/// Whose attribute a condition looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    Contact,
    /// One of the contact's companies. A single company must meet all company conditions of a list.
    Company,
}

/// A comparison. Values are compared whole and exactly, except that e-mail domains ignore case, as DNS does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", content = "value", rename_all = "snake_case")]
pub enum Test {
    /// The attribute equals this value.
    Is(String),
    /// The attribute differs from this value or is missing.
    IsNot(String),
    /// The attribute equals one of these values.
    In(Vec<String>),
    /// The attribute equals none of these values or is missing.
    NotIn(Vec<String>),
}

impl Condition {
    /// Checks that the condition names an attribute and has values. The error is the faulty field and the reason.
    pub(crate) fn verify(&self) -> Result<(), (&'static str, String)> {
        limit::name("it", &self.attribute).map_err(|why| ("attribute", why))?;
        let values = self.test.values();
        let some = demand(!values.is_empty(), || "it has no values".into());
        let few = || demand(values.len() <= MOST_VALUES, || format!("it has more than {MOST_VALUES} values"));
        let each = || values.iter().try_for_each(|value| limit::name("it", value));
        some.and_then(|()| few()).and_then(|()| each()).map_err(|why| ("value", why))
    }

    /// Returns the approximate size of the condition in the settings, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.attribute.len() + self.test.values().iter().map(String::len).sum::<usize>()
    }
}

impl Test {
    /// Returns the values to compare with.
    #[must_use]
    pub fn values(&self) -> &[String] {
        match self {
            Self::Is(value) | Self::IsNot(value) => std::slice::from_ref(value),
            Self::In(values) | Self::NotIn(values) => values,
        }
    }

    fn holds(&self, value: Option<&str>, equal: fn(&str, &str) -> bool) -> bool {
        let is = |wanted: &String| value.is_some_and(|value| equal(value, wanted));
        match self {
            Self::Is(wanted) => is(wanted),
            Self::IsNot(wanted) => !is(wanted),
            Self::In(wanted) => wanted.iter().any(is),
            Self::NotIn(wanted) => !wanted.iter().any(is),
        }
    }
}

/// Whether the contact, together with one of its companies, meets all `conditions`.
#[must_use]
pub fn all_hold<'a>(
    conditions: &[Condition],
    contact: &Contact,
    companies: impl IntoIterator<Item = &'a Company>,
) -> bool {
    let (of_contact, of_company): (Vec<_>, Vec<_>) =
        conditions.iter().partition(|condition| condition.subject == Subject::Contact);
    let contact_meets = |condition: &&Condition| match condition.attribute.as_str() {
        "email_domain" => condition.test.holds(contact.email_domain(), str::eq_ignore_ascii_case),
        "id" => condition.test.holds(Some(contact.id.as_str()), str::eq),
        "name" => condition.test.holds(contact.name.as_deref(), str::eq),
        own => condition.test.holds(custom(&contact.attributes, own), str::eq),
    };
    let company_meets = |company: &Company| {
        of_company.iter().all(|condition| match condition.attribute.as_str() {
            "id" => condition.test.holds(Some(company.id.as_str()), str::eq),
            "name" => condition.test.holds(Some(&company.name), str::eq),
            own => condition.test.holds(custom(&company.attributes, own), str::eq),
        })
    };
    of_contact.iter().all(contact_meets) && (of_company.is_empty() || companies.into_iter().any(company_meets))
}

fn custom<'a>(attributes: &'a BTreeMap<String, String>, name: &str) -> Option<&'a str> {
    attributes.get(name).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{CompanyId, ContactId};

    fn contact(email: Option<&str>) -> Contact {
        let mut contact = Contact::unrecorded(ContactId::new("u-1").unwrap());
        contact.email = email.map(Into::into);
        contact
    }

    fn company(id: &str) -> Company {
        Company::new(CompanyId::new(id).unwrap(), id.to_uppercase())
    }

    fn condition(json: &str) -> Condition {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn an_email_domain_is_compared_whole_after_the_last_at() {
        let rule = [condition(r#"{"subject":"contact","attribute":"email_domain","op":"is","value":"acme.example"}"#)];
        for (email, expected) in [
            (Some("ada@acme.example"), true),
            (Some("ada@ACME.example"), true),
            (Some("ada@evil-acme.example"), false),
            (Some("ada@acme.example.evil.example"), false),
            (Some("ada@acme.example@evil.example"), false),
            (Some("\"a@b\"@acme.example"), true),
            (Some("acme.example"), false),
            (None, false),
        ] {
            assert_eq!(all_hold(&rule, &contact(email), []), expected, "{email:?}");
        }
    }

    #[test]
    fn company_conditions_must_all_hold_for_one_and_the_same_company() {
        let mut gold = company("gold");
        gold.attributes.insert("plan".into(), "gold".into());
        let rule = [
            condition(r#"{"subject":"company","attribute":"plan","op":"is","value":"gold"}"#),
            condition(r#"{"subject":"company","attribute":"id","op":"in","value":["basic"]}"#),
        ];
        assert!(!all_hold(&rule, &contact(None), [&gold, &company("basic")]));
        assert!(all_hold(&rule[..1], &contact(None), [&gold, &company("basic")]));
        assert!(!all_hold(&rule[..1], &contact(None), []), "no company meets a company condition");
    }

    #[test]
    fn a_missing_attribute_is_not_equal_to_anything() {
        for (op, value, expected) in [
            ("is", r#""x""#, false),
            ("is_not", r#""x""#, true),
            ("in", r#"["x"]"#, false),
            ("not_in", r#"["x"]"#, true),
        ] {
            let rule = condition(&format!(r#"{{"subject":"contact","attribute":"tier","op":"{op}","value":{value}}}"#));
            assert_eq!(all_hold(&[rule], &contact(None), []), expected, "{op}");
        }
    }

    #[test]
    fn no_conditions_hold_for_everybody() {
        assert!(all_hold(&[], &contact(None), []));
    }
}
