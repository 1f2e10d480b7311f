//! A dropdown of links: it filters with one click, without script. In a template it stands as `{{ menu|safe }}`.

use askama::Template;

/// A dropdown.
#[derive(Debug, Template)]
#[template(path = "menu.html")]
pub struct Menu {
    label: &'static str,
    chosen: String,
    options: Vec<Choice>,
    more: Option<(&'static str, &'static str)>,
}

/// An option of a dropdown.
#[derive(Debug)]
pub struct Choice {
    /// What it says.
    pub text: String,
    /// How many there are.
    pub count: Option<u64>,
    /// Where it leads.
    pub url: String,
    /// Whether it is the one that is shown.
    pub chosen: bool,
}

impl Menu {
    /// A dropdown that shows the chosen option.
    #[must_use]
    pub fn of(label: &'static str, options: Vec<Choice>) -> Self {
        let chosen = options.iter().find(|option| option.chosen).map(|option| option.text.clone()).unwrap_or_default();
        Self { label, chosen, options, more: None }
    }

    /// With a link under the options, where there are more of them: its address and what it says.
    #[must_use]
    pub fn with_more(self, url: &'static str, text: &'static str) -> Self {
        Self { more: Some((url, text)), ..self }
    }
}
