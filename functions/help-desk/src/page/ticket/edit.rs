//! The form that edits a ticket. With every field goes a hash of the value that it was filled with, which shows later
//! what the teammate changed. All other fields stay as they are, even if somebody else has just changed them.

use crate::page::{
    control::{self, Control, Kind, mark},
    form::Form,
};
use domain::{
    catalog::{Catalog, DataType},
    id::{ContactId, StateId, TeammateId, TypeId},
    ticket::Ticket,
    timestamp::Timestamp,
};
use portal::teammate::{Error, ticket::Changes};
use serde_json::Value;
use std::collections::BTreeMap;

/// Precedes the name of an attribute.
pub(crate) const ATTRIBUTE: &str = "attribute.";
const WAS: &str = "was.";

/// The fields that a teammate changed, by name.
#[derive(Debug, Default)]
pub(crate) struct Edit(BTreeMap<String, Touched>);

#[derive(Debug)]
struct Touched {
    typed: String,
    was: String,
}

impl Edit {
    pub(crate) fn of(form: &Form) -> Self {
        let marks = form.iter().filter_map(|(name, mark)| Some((name.strip_prefix(WAS)?, mark)));
        let touched = marks.filter_map(|(name, mark)| {
            let typed = form.get(name);
            let touched = Touched { typed: typed.to_owned(), was: mark.to_owned() };
            (control::mark(typed) != mark).then(|| (name.to_owned(), touched))
        });
        Self(touched.collect())
    }

    /// What the teammate typed into a field. `None` when they did not change it.
    pub(crate) fn typed(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|it| it.typed.as_str())
    }

    /// Makes the field with what was typed, and with what somebody else has set in the meantime.
    pub(crate) fn control(&self, name: &str, label: &str, kind: Kind, value: &str) -> Control {
        let touched = self.0.get(name);
        let others = touched.filter(|it| it.was != mark(value) && it.typed != value);
        let now = others.map(|_| kind.words(value));
        let shown = touched.map_or(value, |it| it.typed.as_str());
        Control { was: Some(mark(value)), now, ..Control::new(name, label, kind, shown) }
    }

    /// The changes to make. `None` when there are none.
    pub(crate) fn changes(&self, ticket: &Ticket, catalog: &Catalog, version: &str) -> Result<Option<Changes>, Error> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let invalid = |error: domain::id::IdError| Error::Invalid(error.to_string());
        let version = version.parse().map_err(|_| Error::Invalid("the version is missing".into()))?;
        let assignee = self.typed("assignee").map(|id| (!id.is_empty()).then(|| TeammateId::new(id)).transpose());
        let attributes =
            self.0.iter().filter_map(|(name, it)| Some((name.strip_prefix(ATTRIBUTE)?, it.typed.as_str())));
        let data_type = |name: &str| {
            let defined = catalog.types.get(&ticket.row.ticket_type)?.attributes.iter();
            defined.filter(|it| it.name == name).map(|it| it.data_type).next()
        };
        let attributes = attributes.map(|(name, typed)| {
            let value = value(data_type(name).unwrap_or(DataType::String), typed);
            value.map(|value| (name.to_owned(), value)).map_err(|why| unfit(name, why))
        });
        Ok(Some(Changes {
            version,
            ticket_type: self.typed("type").map(TypeId::new).transpose().map_err(invalid)?,
            requester: self.typed("requester").map(requester).transpose()?,
            title: self.typed("title").map(str::to_owned),
            description: self.typed("description").map(str::to_owned),
            state: self.typed("state").map(StateId::new).transpose().map_err(invalid)?,
            shared: self.typed("shared").map(|it| !it.is_empty()),
            assignee: assignee.transpose().map_err(invalid)?,
            attributes: attributes.collect::<Result<_, _>>()?,
            ..Changes::default()
        }))
    }
}

fn requester(typed: &str) -> Result<ContactId, Error> {
    let nobody = typed.is_empty().then(|| Err(Error::Invalid("choose who the requester is".into())));
    nobody.unwrap_or_else(|| ContactId::new(typed).map_err(|error| Error::Invalid(error.to_string())))
}

fn unfit(name: &str, why: &str) -> Error {
    Error::InvalidAttribute(format!("{name} {why}"))
}

/// The text of a value in its field.
pub(crate) fn shown(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => one_line(text),
        Some(value) => value.to_string(),
    }
}

/// Reads the value that was typed into a field. Blank text removes it.
fn value(data_type: DataType, typed: &str) -> Result<Value, &'static str> {
    let plain = typed.trim();
    if plain.is_empty() {
        return Ok(Value::Null);
    }
    let number = || plain.parse::<serde_json::Number>().map(Value::Number);
    match data_type {
        DataType::String | DataType::List => Ok(Value::from(typed)),
        DataType::Integer => plain.parse::<i64>().map(Value::from).map_err(|_| "is a whole number"),
        DataType::Decimal => number().map_err(|_| "is a number, with a point for the fraction"),
        DataType::Boolean => Ok(Value::from(plain == "true")),
        DataType::Datetime => time(plain).map(|it| Value::from(it.to_string())).ok_or("is a date and time"),
    }
}

/// Reads a time as browsers send it: without a time zone, and without seconds when they are zero.
fn time(typed: &str) -> Option<Timestamp> {
    [format!("{typed}Z"), format!("{typed}:00Z"), typed.to_owned()].iter().find_map(|text| text.parse().ok())
}

/// Writes a time as browsers would send it, so that an untouched field comes back unchanged: in UTC to the second,
/// without a time zone, and without seconds when they are zero.
pub(crate) fn local_time(value: &str) -> String {
    let utc = value.parse::<Timestamp>().map_or_else(|_| value.to_owned(), |time| time.to_string());
    let seconds = utc.get(..19).unwrap_or(&utc);
    seconds.strip_suffix(":00").filter(|it| it.len() == 16).unwrap_or(seconds).to_owned()
}

/// Removes line breaks, as browsers do in a field of one line.
pub(crate) fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_were_shown() {
        for (data_type, value_of) in [
            (DataType::String, Value::from("words")),
            (DataType::Integer, Value::from(-3)),
            (DataType::Decimal, Value::from(1.5)),
            (DataType::Boolean, Value::from(false)),
            (DataType::Datetime, Value::from("2026-01-02T03:04:05Z")),
        ] {
            let text = shown(Some(&value_of));
            let text = if data_type == DataType::Datetime { local_time(&text) } else { text };
            let back = value(data_type, &text).unwrap();
            assert!(data_type.admits(&back), "{back}");
            assert_eq!(shown(Some(&back)).trim_end_matches(".000Z").trim_end_matches('Z'), text, "{data_type:?}");
            assert_eq!(value(data_type, " ").unwrap(), Value::Null);
        }
        assert_eq!(local_time("2026-01-02T03:04:00.250+01:00"), "2026-01-02T02:04", "as a browser writes it");
        assert!(value(DataType::Integer, "1.5").is_err());
        assert!(value(DataType::Datetime, "soon").is_err());
        assert!(value(DataType::Datetime, "2026-01-02T03:04").is_ok(), "browsers leave out seconds that are none");
    }
}
