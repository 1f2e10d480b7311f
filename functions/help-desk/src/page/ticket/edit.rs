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
};
use portal::teammate::{Error, ticket::Changes};
use serde_json::Value;
use std::collections::BTreeMap;
use web::typed;

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
            let value = typed::value(data_type(name).unwrap_or(DataType::String), typed);
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

/// Removes line breaks, as browsers do in a field of one line.
pub(crate) fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], "")
}
