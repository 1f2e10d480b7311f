//! Limits on the length and form of what people and their systems send. They are the same for every way in.

use crate::{
    catalog::{AttributeDefinition, DataType, TicketType},
    state::TicketState,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Maximum length of a title, in characters.
const LONGEST_TITLE: usize = 1000;
/// Maximum length of a name or label, in characters.
const LONGEST_NAME: usize = 256;
/// Maximum size of a description or of the body of a part, in bytes. A DynamoDB item holds 400 KB in all.
const LONGEST_TEXT: usize = 100 * 1024;
/// Maximum size of the vendor's own data on a company or contact, in bytes. It is read with every request.
const MOST_DATA: usize = 16 * 1024;
/// Maximum number of companies that one contact is in.
pub const MOST_COMPANIES: usize = 100;
/// Bytes of a ticket's attributes, as JSON: so they are kept, beside the description.
const MOST_VALUES: usize = 100 * 1024;
/// Bytes of all ticket types and states, as JSON: so they are kept, in one item, which every request reads.
pub const MOST_CATALOG: usize = 300 * 1024;
/// The last number of a ticket: beyond it, JSON clients that know no integers confuse neighbours.
pub const LARGEST_NUMBER: u64 = (1 << 53) - 1;

/// The result of a check. The error is the rule that does not hold, in words that can follow "the line is refused
/// because".
pub type Verdict = Result<(), String>;

/// Checks a requirement. The error is the result of `why`.
pub fn demand(holds: bool, why: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(why()) }
}

/// Whether there is nothing in a text to be seen: white space, and characters that Unicode has for what has no look of its own
/// (`Default_Ignorable_Code_Point`), such as those that join emoji.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c.is_control() || is_invisible(c))
}

const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            // Braille without dots: a sign, and nothing to see.
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// An optional text: one that is blank is not there.
#[must_use]
pub fn optional(text: Option<String>) -> Option<String> {
    text.filter(|text| !is_blank(text))
}

/// Reads an optional text: one that is blank is not there.
///
/// # Errors
/// When there is no text.
pub fn unless_blank<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(value).map(optional)
}

/// Whether the value of an attribute says nothing: null, or a blank text.
#[must_use]
pub fn is_no_value(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(is_blank)
}

/// The companies of a contact: 100 at most. All are read with every request of theirs.
///
/// # Errors
/// When they are more.
pub fn companies(count: usize) -> Verdict {
    demand(count <= MOST_COMPANIES, || format!("a contact is in {MOST_COMPANIES} companies at most"))
}

/// A name or label: not blank, 256 characters at most.
///
/// # Errors
/// When it is not.
pub fn name(what: &str, text: &str) -> Verdict {
    demand(!is_blank(text), || format!("{what} is blank"))?;
    demand(text.chars().count() <= LONGEST_NAME, || format!("{what} is longer than {LONGEST_NAME} characters"))
}

/// Checks a title: not blank and at most 1,000 characters.
pub fn title(title: &str) -> Verdict {
    demand(!is_blank(title), || "title is blank".into())?;
    let short = title.chars().count() <= LONGEST_TITLE;
    demand(short, || format!("title is longer than {LONGEST_TITLE} characters"))
}

/// Checks a description or body: at most 100 KB.
pub fn text(what: &str, text: &str) -> Verdict {
    demand(text.len() <= LONGEST_TEXT, || format!("{what} is longer than 100 KB"))
}

/// The body of a message or note: not blank, 100 KB at most.
///
/// # Errors
/// When it is not.
pub fn body(what: &str, body: &str) -> Verdict {
    demand(!is_blank(body), || format!("{what} is blank"))?;
    text(what, body)
}

/// A ticket's number: 2^53 - 1 at most.
///
/// # Errors
/// When it is larger.
pub fn number(number: u64) -> Verdict {
    demand(number <= LARGEST_NUMBER, || format!("number is larger than {LARGEST_NUMBER}"))
}

/// The vendor's own data on a company or contact: named, 16 KB at most.
///
/// # Errors
/// When they are not.
pub fn data(attributes: &BTreeMap<String, String>) -> Verdict {
    demand(!attributes.keys().any(|name| is_blank(name)), || "an attribute has no name".into())?;
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

/// Bytes of a value as JSON. What cannot be written takes all room.
fn bytes(value: &impl Serialize) -> usize {
    serde_json::to_string(value).map_or(usize::MAX, |json| json.len())
}

/// Values of a ticket's attributes, whatever its type: 100 KB of JSON at most.
///
/// # Errors
/// When they come to more.
pub fn room(values: &BTreeMap<String, Value>) -> Verdict {
    demand(bytes(values) <= MOST_VALUES, || "attributes come to more than 100 KB as JSON".into())
}

/// Maximum number of attributes of a type.
const MOST_ATTRIBUTES: usize = 100;
/// Characters of an icon: an emoji may consist of many.
const LONGEST_ICON: usize = 16;

/// A ticket type: its names, its icon, its attributes, 100 at most, each with a name of its own.
///
/// # Errors
/// When they are not.
pub fn ticket_type(it: &TicketType) -> Verdict {
    name("name", &it.name)?;
    name("external_label", &it.external_label)?;
    demand(it.icon.chars().count() <= LONGEST_ICON, || format!("icon is longer than {LONGEST_ICON} characters"))?;
    demand(it.attributes.len() <= MOST_ATTRIBUTES, || format!("more than {MOST_ATTRIBUTES} attributes"))?;
    let mut names = BTreeSet::new();
    for attribute in &it.attributes {
        name("attribute name", &attribute.name)?;
        demand(names.insert(&attribute.name), || format!("attribute {:?} is defined twice", attribute.name))?;
        options(attribute)?;
    }
    Ok(())
}

/// A ticket state: its labels.
///
/// # Errors
/// When one is blank or too long.
pub fn ticket_state(it: &TicketState) -> Verdict {
    // An import takes the second for the first where that is absent, and names what was sent.
    name("external_label", &it.external_label)?;
    name("internal_label", &it.internal_label)
}

/// What a ticket type takes of [`MOST_CATALOG`].
#[must_use]
pub fn bytes_of_type(it: &TicketType) -> usize {
    bytes(&(&it.id, &it.name, &it.external_label, &it.icon, it.category, &it.attributes)) + NAMES_OF_FIELDS
}

/// What a ticket state takes of [`MOST_CATALOG`].
#[must_use]
pub fn bytes_of_state(it: &TicketState) -> usize {
    bytes(&(&it.id, it.category, &it.internal_label, &it.external_label)) + NAMES_OF_FIELDS
}

/// Whether a catalog of `all` bytes has room for a type or state of so many bytes where `had` were. One that is too large already
/// may become smaller.
#[must_use]
pub const fn has_room(all: usize, had: usize, has: usize) -> bool {
    has <= had || all - had + has <= MOST_CATALOG
}

/// Bytes of the names under which a type's or state's fields are kept, about.
const NAMES_OF_FIELDS: usize = 64;

/// Maximum number of options of a list.
const MOST_OPTIONS: usize = 100;

/// What contacts choose from: of a list alone, 100 at most, each named and there once.
///
/// # Errors
/// When they are not.
pub fn options(of: &AttributeDefinition) -> Verdict {
    let what = &of.name;
    demand(of.options.is_empty() || of.data_type == DataType::List, || format!("{what:?} has options and is no list"))?;
    demand(of.options.len() <= MOST_OPTIONS, || format!("{what:?} has more than {MOST_OPTIONS} options"))?;
    let mut known = BTreeSet::new();
    for option in &of.options {
        name(&format!("an option of {what:?}"), option)?;
        demand(known.insert(option), || format!("{what:?} has the option {option:?} twice"))?;
    }
    Ok(())
}

/// Values of a ticket's attributes: known to its type, of the right kind, 100 KB of JSON at most.
///
/// # Errors
/// When they are not.
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
    use crate::{catalog::TicketCategory, id::TypeId};
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
    fn what_has_no_visible_character_is_blank() {
        for nothing in
            ["", " \u{a0}\t\n", "\u{200b}\u{200d}\u{feff}", " \u{2060}\u{ad}", "\u{3164}", "\u{2800}", "\u{1}\0"]
        {
            assert!(is_blank(nothing), "{nothing:?}");
            for verdict in [title(nothing), name("name", nothing), body("body", nothing)] {
                assert!(verdict.unwrap_err().ends_with("is blank"), "{nothing:?}");
            }
        }
        for something in ["👩\u{200d}👩\u{200d}👧", "\u{200b}a", ".", "ــ", "\u{301}"] {
            assert!(!is_blank(something), "{something:?}");
        }
    }

    #[test]
    fn what_is_blank_is_not_there() {
        assert_eq!(["", "\u{feff}", " a"].map(|it| optional(Some(it.into()))), [None, None, Some(" a".into())]);
        for (value, nothing) in [
            (json!(null), true),
            (json!(" \u{200b}"), true),
            (json!("a"), false),
            (json!(0), false),
            (json!(false), false),
        ] {
            assert_eq!(is_no_value(&value), nothing, "{value}");
        }
    }

    #[test]
    fn numbers_end_where_those_of_json_clients_do() {
        assert!(number(0).is_ok() && number(9_007_199_254_740_991).is_ok());
        assert_eq!(number(9_007_199_254_740_992).unwrap_err(), "number is larger than 9007199254740991");
    }

    #[test]
    fn texts_and_data_have_their_length_in_bytes() {
        assert!(text("body", &"é".repeat(51_200)).is_ok());
        assert!(text("body", &"é".repeat(51_201)).is_err());
        let own = |name: &str, bytes: usize| data(&BTreeMap::from([(name.to_owned(), "x".repeat(bytes))]));
        assert!(own("plan", 16 * 1024 - 4).is_ok());
        assert!(own("plan", 16 * 1024 - 3).is_err());
        assert!(own("", 1).is_err() && own("\u{200b}", 1).is_err());
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
        let attribute = |name: &str, data_type| AttributeDefinition::new(name, data_type, true);
        let form = TicketType {
            id: TypeId::new("form").unwrap(),
            name: "Form".into(),
            external_label: "Form".into(),
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
        // A control character takes six bytes in JSON.
        for (text, width) in [("x", 1), ("\"", 2), ("\u{1}", 6)] {
            let long = |times: usize| of(&[("text", json!(text.repeat(times))), ("count", json!(1))]);
            let most = (100 * 1024 - r#"{"count":1,"text":""}"#.len()) / width;
            assert!(values(&form, &long(most)).is_ok());
            assert!(values(&form, &long(most + 1)).is_err());
            assert!(room(&long(100 * 1024)).is_err());
        }
    }
}
