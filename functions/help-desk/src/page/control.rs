//! A field of a form as the page shows it: its label, what is in it, and what is to be known about it.

use askama::Template;

/// A field.
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
    /// The form that it belongs to, where it stands outside of it.
    pub(crate) form: Option<&'static str>,
    /// Tells whether the value was changed, when it comes back.
    pub(crate) was: Option<String>,
    /// What somebody else has put there in the meantime.
    pub(crate) now: Option<String>,
}

/// How a value is put in.
#[derive(Debug, Default)]
pub(crate) enum Kind {
    /// A line of text.
    #[default]
    Text,
    /// Lines of text, this many at first.
    Long(u8),
    /// A number.
    Number,
    /// A time, in UTC.
    Time,
    /// Yes or not.
    Check,
    /// One of these.
    Choice(Vec<Group>),
}

/// Choices that belong together.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) label: Option<&'static str>,
    pub(crate) choices: Vec<(String, String)>,
}

impl Kind {
    /// One of these: value and words.
    pub(crate) fn one_of(choices: Vec<(String, String)>) -> Self {
        Self::Choice(vec![Group { label: None, choices }])
    }

    /// The words for a value.
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

    /// With an id of its own, where a page has several of the name.
    pub(crate) fn id(self, id: &str) -> Self {
        Self { id: id.to_owned(), ..self }
    }
}
