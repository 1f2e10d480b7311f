//! The box with what is like a new ticket, so that what is reported already is not reported again. Where scripts run, it is
//! filled while one types (`reported.js`).

use super::form::Form;
use askama::Template;
use domain::id::ContactId;
use portal::{
    Portal,
    teammate::{
        Error,
        similar::{Similar, similar},
    },
};

#[derive(Debug, Default, Template)]
#[template(path = "alike.html")]
pub(crate) struct Alike {
    /// What was looked for and found.
    pub(crate) found: Option<Similar>,
    /// Where a conversation is linked to a ticket, if there is one.
    pub(crate) link: Option<String>,
}

/// Whether a form was not sent to be carried out, but to look for what is like it.
pub(crate) fn only_looks(form: &Form) -> bool {
    form.get("do") == "look"
}

impl Alike {
    /// Looks for what is like a text. Those of the requester's companies come first.
    pub(crate) async fn of(portal: &Portal, text: &str, requester: Option<&ContactId>) -> Result<Self, Error> {
        Ok(Self { found: Some(similar(portal, text, requester).await?), link: None })
    }

    fn is_hidden(&self) -> bool {
        self.found.is_none()
    }

    /// Whether something alike was looked for, and there is nothing.
    fn found_nothing(&self) -> bool {
        self.found.as_ref().is_some_and(|it| it.tickets.is_empty())
    }

    /// Of how many companies the tickets are, if of several.
    fn companies(&self) -> Option<usize> {
        self.found.as_ref().map(|it| it.companies).filter(|it| *it > 1)
    }
}
