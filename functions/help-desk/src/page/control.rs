//! A field of a form, as a page shows it with its label, value and hint.

use askama::Template;
use portal::once::fingerprint;

#[derive(Debug, Default, Template)]
#[template(path = "control.html")]
pub(crate) struct Control {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) kind: Kind,
    pub(crate) value: String,
    pub(crate) hint: Option<String>,
    pub(crate) required: bool,
    /// What is wrong with the value, beside the field.
    pub(crate) wrong: Option<&'static str>,
    /// Whether its first choice leaves it to a rule, whose outcome a script may show.
    pub(crate) automatic: bool,
    /// The id of its form, when it is outside of the form's element.
    pub(crate) form: Option<&'static str>,
    /// The hash of the value that the form was filled with, which shows later whether the teammate changed it.
    pub(crate) was: Option<String>,
    /// The value that somebody else has set in the meantime, in words.
    pub(crate) now: Option<String>,
}

/// How a value is entered.
#[derive(Debug, Default)]
pub(crate) enum Kind {
    /// One line of text.
    #[default]
    Text,
    /// Several lines of text; the field has room for this many at first.
    Long(u8),
    Number,
    /// In UTC.
    Time,
    /// Yes or no.
    Check,
    /// One of the choices in these groups.
    Choice(Vec<Group>),
}

/// Choices that belong together.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) label: Option<&'static str>,
    pub(crate) choices: Vec<(String, String)>,
}

impl Kind {
    /// A choice without groups. Each has a value and a label.
    pub(crate) fn one_of(choices: Vec<(String, String)>) -> Self {
        Self::Choice(vec![Group { label: None, choices }])
    }

    /// A value in words.
    pub(crate) fn words(&self, value: &str) -> String {
        match self {
            Self::Choice(groups) => {
                let mut choices = groups.iter().flat_map(|group| &group.choices);
                let found = choices.find(|(it, _)| it == value).map(|(_, words)| words.clone());
                found.unwrap_or_else(|| value.to_owned())
            }
            Self::Check if value.is_empty() => "no".to_owned(),
            Self::Check => "yes".to_owned(),
            _ if value.is_empty() => "empty".to_owned(),
            _ => value.to_owned(),
        }
    }
}

impl Control {
    /// The attributes that lead from the field to its hint and to what is wrong with it.
    fn described(&self) -> String {
        let Self { id, hint, wrong, .. } = self;
        let (hint, wrong) = (hint.as_ref().map(|_| format!("{id}-hint")), wrong.map(|_| format!("{id}-wrong")));
        let invalid = if wrong.is_some() { " aria-invalid=true" } else { "" };
        let texts: Vec<_> = wrong.into_iter().chain(hint).collect();
        if texts.is_empty() { String::new() } else { format!("{invalid} aria-describedby=\"{}\"", texts.join(" ")) }
    }

    pub(crate) fn new(name: &str, label: &str, kind: Kind, value: &str) -> Self {
        Self {
            id: name.to_owned(),
            name: name.to_owned(),
            label: label.to_owned(),
            kind,
            value: value.to_owned(),
            ..Self::default()
        }
    }

    pub(crate) fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    pub(crate) fn wrong(self, wrong: Option<&'static str>) -> Self {
        Self { wrong, ..self }
    }

    /// Sets an id, when a page has several fields of the same name.
    pub(crate) fn id(self, id: &str) -> Self {
        Self { id: id.to_owned(), ..self }
    }
}

/// The hash of a value that a form is filled with.
pub(crate) fn mark(value: &str) -> String {
    fingerprint(&[value.as_bytes()])
}
