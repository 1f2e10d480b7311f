//! Choosing a person by typing their name, e-mail address or company. The button *Find* shows those who are called like
//! that, to choose from; where scripts run, they are offered while one types (`choosing.js`).

use super::{alike::only_looks, control::mark, form::Form};
use askama::Template;
use domain::{contact::Contact, id::ContactId};
use portal::{
    Portal,
    teammate::{
        Error,
        directory::{FoundPerson, find},
    },
};

#[derive(Debug, Default, Template)]
#[template(path = "choosing.html")]
pub(crate) struct Choosing {
    name: &'static str,
    label: &'static str,
    typed: String,
    /// The id of who is chosen; empty when nobody is.
    chosen: String,
    /// Who is chosen, and then those who were found.
    offered: Vec<Offered>,
    /// What is wrong with the choice.
    wrong: Option<&'static str>,
    /// The hash of the id that the form was filled with, which shows later whether the teammate chose somebody else.
    was: Option<String>,
}

/// Somebody to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Offered {
    id: String,
    name: String,
    /// What tells them from others of the same name.
    about: String,
}

impl Offered {
    fn new(id: &ContactId, name: Option<&str>, email: Option<&str>, companies: &[&str]) -> Self {
        let shown = name.or(email).unwrap_or(id.as_str()).to_owned();
        let about: Vec<_> = name.and(email).into_iter().chain(companies.iter().copied()).collect();
        Self { id: id.to_string(), name: shown, about: about.join(" · ") }
    }
}

impl From<&FoundPerson> for Offered {
    fn from(FoundPerson { person, companies }: &FoundPerson) -> Self {
        let companies: Vec<_> = companies.iter().map(|it| it.name.as_str()).collect();
        Self::new(&person.id, person.name.as_deref(), person.email.as_deref(), &companies)
    }
}

impl Choosing {
    pub(crate) fn new(name: &'static str, label: &'static str) -> Self {
        Self { name, label, ..Self::default() }
    }

    /// Shows who is chosen.
    pub(crate) fn with(mut self, contact: Option<&Contact>) -> Self {
        if let Some(it) = contact {
            let chosen = Offered::new(&it.id, it.name.as_deref(), it.email.as_deref(), &[]);
            self.chosen.clone_from(&chosen.id);
            self.typed.clone_from(&chosen.name);
            self.offered.push(chosen);
        }
        self
    }

    /// Remembers whom the form was filled with.
    pub(crate) fn was(self, id: &str) -> Self {
        Self { was: Some(mark(id)), ..self }
    }

    /// Shows the form again as it was sent. If *Find* was pressed, or nobody is chosen, also those who are called like what
    /// was typed.
    pub(crate) async fn again(mut self, portal: &Portal, form: &Form) -> Result<Self, Error> {
        let typed = form.get(&format!("{}_typed", self.name));
        if form.iter().next().is_none() {
            return Ok(self);
        }
        typed.clone_into(&mut self.typed);
        let is_sought = form.get("find") == self.name;
        if is_sought || self.chosen.is_empty() {
            let found = find(portal, typed).await?;
            for it in found.iter().map(Offered::from) {
                if self.offered.iter().all(|known| known.id != it.id) {
                    self.offered.push(it);
                }
            }
            if only_looks(form) {
                return Ok(self);
            }
            self.wrong = match (found.is_empty(), typed.trim().is_empty()) {
                (_, true) => Some("Type a name, an e-mail address or a company."),
                (true, false) => Some("Nobody is called like that."),
                (false, false) => (!is_sought).then_some("Choose one of these people."),
            };
        }
        Ok(self)
    }
}
