//! The fields of a form that the pages of ticket types and of ticket states show again when it is refused.

use domain::settings::Unfit;
use portal::teammate::Error;
use std::collections::BTreeMap;
use web::{Problem, params::Params};

/// What was typed, by the names of the fields. Those of an attribute end with its place, behind a dot.
pub(super) struct Fields(BTreeMap<String, String>);

impl Fields {
    /// Takes these fields, and these of each attribute.
    pub(super) fn of(params: &Params, known: &[&str], of_each: &[&str]) -> Result<Self, Problem> {
        let is_known = |name: &str| match name.split_once('.') {
            None => known.contains(&name),
            Some((what, place)) => of_each.contains(&what) && place.parse::<usize>().is_ok(),
        };
        if params.iter().any(|(name, _)| !is_known(name)) {
            return Err(Problem::invalid_body("it has an unknown field"));
        }
        Ok(Self(params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()))
    }

    /// Returns the text of a field, empty where it is not there.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    /// Returns a whole number, or `otherwise` where nothing was typed.
    pub(super) fn number(&self, name: &str, otherwise: u32) -> Result<u32, Error> {
        let text = self.get(name).trim();
        let unfit = |_| Unfit { field: "position".into(), why: "it takes a whole number".into() };
        if text.is_empty() { Ok(otherwise) } else { Ok(text.parse().map_err(unfit)?) }
    }
}
