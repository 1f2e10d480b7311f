//! Limits on the length and form of what people and their systems send. They are the same for every way in.

use crate::catalog::TicketType;
use serde_json::Value;
use std::collections::BTreeMap;

/// Maximum length of a title, in characters.
const LONGEST_TITLE: usize = 1000;
/// Maximum length of a name or label, in characters.
const LONGEST_NAME: usize = 256;
/// Maximum size of a description or of the body of a part, in bytes. A DynamoDB item holds 400 KB in all.
const LONGEST_TEXT: usize = 100 * 1024;
/// Maximum size of the vendor's own data on a company or contact, in bytes. It is read with every request.
const MOST_DATA: usize = 16 * 1024;
/// Maximum size of a ticket's attributes, in bytes.
const MOST_VALUES: usize = 100 * 1024;

/// The result of a check. The error is the rule that does not hold, in words that can follow "the line is refused
/// because".
pub type Verdict = Result<(), String>;

/// Checks a requirement. The error is the result of `why`.
pub fn demand(holds: bool, why: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(why()) }
}

/// Checks a name or label: not blank and at most 256 characters.
pub fn name(what: &str, text: &str) -> Verdict {
    demand(!text.trim().is_empty(), || format!("{what} is blank"))?;
    demand(text.chars().count() <= LONGEST_NAME, || format!("{what} is longer than {LONGEST_NAME} characters"))
}

/// Checks a title: not blank and at most 1,000 characters.
pub fn title(title: &str) -> Verdict {
    demand(!title.trim().is_empty(), || "title is blank".into())?;
    let short = title.chars().count() <= LONGEST_TITLE;
    demand(short, || format!("title is longer than {LONGEST_TITLE} characters"))
}

/// Checks a description or body: at most 100 KB.
pub fn text(what: &str, text: &str) -> Verdict {
    demand(text.len() <= LONGEST_TEXT, || format!("{what} is longer than 100 KB"))
}

/// Checks the vendor's own data on a company or contact: every attribute has a name, and the total is at most 16 KB.
pub fn data(attributes: &BTreeMap<String, String>) -> Verdict {
    demand(!attributes.contains_key(""), || "an attribute has no name".into())?;
    let bytes: usize = attributes.iter().map(|(name, value)| name.len() + value.len()).sum();
    demand(bytes <= MOST_DATA, || "attributes come to more than 16 KB".into())
}

/// Checks an e-mail address: text on both sides of the last `@`, no white space or control characters, at most 320
/// bytes.
pub fn email(email: &str) -> Verdict {
    let parts = email.rsplit_once('@').filter(|(user, domain)| !user.is_empty() && !domain.is_empty());
    let plain = !email.chars().any(|c| c.is_whitespace() || c.is_control()) && email.len() <= 320;
    demand(parts.is_some() && plain, || format!("{email:?} is no e-mail address"))
}

/// Checks the size of a ticket's attributes, whatever its type: at most 100 KB. Values other than text count as 24
/// bytes.
pub fn room(values: &BTreeMap<String, Value>) -> Verdict {
    let bytes: usize = values.iter().map(|(name, value)| name.len() + value.as_str().map_or(24, str::len)).sum();
    demand(bytes <= MOST_VALUES, || "attributes come to more than 100 KB".into())
}

/// Checks a ticket's attributes: defined by its type, with values of the right kind, and at most 100 KB.
pub fn values(of: &TicketType, values: &BTreeMap<String, Value>) -> Verdict {
    room(values)?;
    for (name, value) in values {
        let definition = of.attributes.iter().find(|definition| definition.name == *name);
        let definition = definition.ok_or_else(|| format!("type {} has no attribute {name:?}", of.id))?;
        demand(definition.data_type.admits(value), || {
            let wanted = serde_json::to_string(&definition.data_type).unwrap_or_default();
            format!("attribute {name:?} takes values of type {}, not {value}", wanted.trim_matches('"'))
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalog::{AttributeDefinition, DataType, TicketCategory},
        id::TypeId,
    };
    use serde_json::json;

    fn of(pairs: &[(&str, Value)]) -> BTreeMap<String, Value> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    #[test]
    fn names_and_titles_say_something_and_have_their_length_in_characters() {
        for (verdict, holds) in [
            (name("name", "é".repeat(256).as_str()), true),
            (name("name", "x".repeat(257).as_str()), false),
            (name("name", " \u{a0}\n"), false),
            (title("\u{1f41e}".repeat(1000).as_str()), true),
            (title("x".repeat(1001).as_str()), false),
            (title("\t"), false),
        ] {
            assert_eq!(verdict.is_ok(), holds, "{verdict:?}");
        }
        assert_eq!(name("label", "").unwrap_err(), "label is blank");
    }

    #[test]
    fn texts_and_data_have_their_length_in_bytes() {
        assert!(text("body", &"é".repeat(51_200)).is_ok());
        assert!(text("body", &"é".repeat(51_201)).is_err());
        let own = |name: &str, bytes: usize| data(&BTreeMap::from([(name.to_owned(), "x".repeat(bytes))]));
        assert!(own("plan", 16 * 1024 - 4).is_ok());
        assert!(own("plan", 16 * 1024 - 3).is_err());
        assert!(own("", 1).is_err());
    }

    #[test]
    fn an_address_has_something_on_both_sides_of_the_last_at() {
        for good in ["a@b", "\"a@b\"@c.example", "ü@ä.example"] {
            assert!(email(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "@b", "a@", "a b@c", "a@b\n", &format!("{}@b", "x".repeat(320))] {
            assert!(email(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn values_are_those_of_the_type_and_of_its_kinds() {
        let attribute =
            |name: &str, data_type| AttributeDefinition { name: name.into(), data_type, visible_to_contacts: true };
        let form = TicketType {
            id: TypeId::new("form").unwrap(),
            name: "Form".into(),
            icon: String::new(),
            category: TicketCategory::Customer,
            attributes: vec![attribute("text", DataType::String), attribute("count", DataType::Integer)],
        };
        assert!(values(&form, &of(&[("text", json!("")), ("count", json!(u64::MAX))])).is_ok());
        for (name, value, why) in [
            ("Text", json!(""), "type form has no attribute \"Text\""),
            ("text", json!(1), "attribute \"text\" takes values of type string, not 1"),
            ("count", json!(1.0), "attribute \"count\" takes values of type integer, not 1.0"),
            ("count", Value::Null, "attribute \"count\" takes values of type integer, not null"),
        ] {
            assert_eq!(values(&form, &of(&[(name, value)])).unwrap_err(), why);
        }
        let long = |bytes: usize| of(&[("text", json!("x".repeat(bytes))), ("count", json!(1))]);
        // The limit leaves room for the two names and 24 bytes for the number.
        assert!(values(&form, &long(100 * 1024 - 4 - 5 - 24)).is_ok());
        assert!(values(&form, &long(100 * 1024 - 4 - 5 - 23)).is_err());
        assert!(room(&long(100 * 1024)).is_err());
    }
}
