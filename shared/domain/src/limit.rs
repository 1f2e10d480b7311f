//! How long what people and their systems send may be, and what form it must have: the same on every way in.

use crate::catalog::TicketType;
use serde_json::Value;
use std::collections::BTreeMap;

/// Characters of a title.
const LONGEST_TITLE: usize = 1000;
/// Characters of a name or label.
const LONGEST_NAME: usize = 256;
/// Bytes of a description, or of the body of a part. DynamoDB takes 400 KB in all.
const LONGEST_TEXT: usize = 100 * 1024;
/// Bytes of the vendor's own data on a company or contact, which are read with every request.
const MOST_DATA: usize = 16 * 1024;
/// Bytes of a ticket's attributes.
const MOST_VALUES: usize = 100 * 1024;

/// Nothing, or what is wrong, in words that follow "the line is refused because".
pub type Verdict = Result<(), String>;

/// `why`, unless it holds.
///
/// # Errors
/// Then.
pub fn demand(holds: bool, why: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(why()) }
}

/// A name or label: not blank, 256 characters at most.
///
/// # Errors
/// When it is not.
pub fn name(what: &str, text: &str) -> Verdict {
    demand(!text.trim().is_empty(), || format!("{what} is blank"))?;
    demand(text.chars().count() <= LONGEST_NAME, || format!("{what} is longer than {LONGEST_NAME} characters"))
}

/// A title: not blank, 1,000 characters at most.
///
/// # Errors
/// When it is not.
pub fn title(title: &str) -> Verdict {
    demand(!title.trim().is_empty(), || "title is blank".into())?;
    let short = title.chars().count() <= LONGEST_TITLE;
    demand(short, || format!("title is longer than {LONGEST_TITLE} characters"))
}

/// A description or body: 100 KB at most.
///
/// # Errors
/// When it is longer.
pub fn text(what: &str, text: &str) -> Verdict {
    demand(text.len() <= LONGEST_TEXT, || format!("{what} is longer than 100 KB"))
}

/// The vendor's own data on a company or contact: named, 16 KB at most.
///
/// # Errors
/// When they are not.
pub fn data(attributes: &BTreeMap<String, String>) -> Verdict {
    demand(!attributes.contains_key(""), || "an attribute has no name".into())?;
    let bytes: usize = attributes.iter().map(|(name, value)| name.len() + value.len()).sum();
    demand(bytes <= MOST_DATA, || "attributes come to more than 16 KB".into())
}

/// An e-mail address: something on both sides of the last `@`, no blanks, 320 bytes at most.
///
/// # Errors
/// When it is none.
pub fn email(email: &str) -> Verdict {
    let parts = email.rsplit_once('@').filter(|(user, domain)| !user.is_empty() && !domain.is_empty());
    let plain = !email.chars().any(|c| c.is_whitespace() || c.is_control()) && email.len() <= 320;
    demand(parts.is_some() && plain, || format!("{email:?} is no e-mail address"))
}

/// Values of a ticket's attributes: known to its type, of the right kind, 100 KB at most.
///
/// # Errors
/// When they are not.
pub fn values(of: &TicketType, values: &BTreeMap<String, Value>) -> Verdict {
    let bytes: usize = values.iter().map(|(name, value)| name.len() + value.as_str().map_or(24, str::len)).sum();
    demand(bytes <= MOST_VALUES, || "attributes come to more than 100 KB".into())?;
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
