//! The fields that a teammate sent with a form.

use domain::{id::CompanyId, limit::is_blank};
use portal::{
    once::{self, fingerprint},
    teammate::Error,
};
use std::collections::BTreeMap;
use web::{Problem, Request};

/// The value of a company field that leaves the choice to the automatic rule. The empty value is No company.
pub(crate) const AUTOMATIC: &str = "automatic";
/// Precedes a company's id, which may be any string, so that an id cannot be mistaken for [`AUTOMATIC`].
pub(crate) const COMPANY: &str = "company:";

/// The fields of a form, by name.
#[derive(Debug, Default)]
pub(crate) struct Form(BTreeMap<String, String>);

impl Form {
    pub(crate) fn of(request: &Request) -> Result<Self, Problem> {
        let mut fields = BTreeMap::new();
        for (name, value) in request.form()?.iter() {
            if fields.insert(name.to_owned(), value.to_owned()).is_some() {
                return Err(Problem::invalid_body("a field is given more than once"));
            }
        }
        Ok(Self(fields))
    }

    /// The value of a field. Empty when the form does not have it.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The value of a field without surrounding spaces. `None` when it is blank.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|value| !is_blank(value))
    }

    /// The same form of a composer, for a note.
    pub(crate) fn into_note(mut self) -> Self {
        self.0.insert("as".to_owned(), "note".to_owned());
        self
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The choice of a company. `None` is the automatic rule, `Some(None)` is No company.
    pub(crate) fn company(&self) -> Result<Option<Option<CompanyId>>, Error> {
        match self.get("company") {
            AUTOMATIC => Ok(None),
            "" => Ok(Some(None)),
            chosen => {
                let id = CompanyId::new(chosen.strip_prefix(COMPANY).unwrap_or(chosen));
                id.map(|id| Some(Some(id))).map_err(|error| Error::Invalid(error.to_string()))
            }
        }
    }

    /// The key by which the form counts only once, however often its button is pressed.
    pub(crate) fn once(&self) -> Option<once::Key> {
        let parts: Vec<_> = self.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]).collect();
        let key = self.filled("key").filter(|key| key.len() <= once::LONGEST_KEY)?.to_owned();
        Some(once::Key { key, fingerprint: fingerprint(&parts) })
    }
}
