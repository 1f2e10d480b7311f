//! A dropdown of links, which filters with one click and without JavaScript. Templates include it as
//! `{{ menu|safe }}`.

use askama::Template;

#[derive(Debug, Template)]
#[template(path = "menu.html")]
pub struct Menu {
    label: &'static str,
    chosen: String,
    options: Vec<Choice>,
    more: Option<(&'static str, &'static str)>,
}

#[derive(Debug)]
pub struct Choice {
    pub text: String,
    /// How many tickets it would show.
    pub count: Option<u64>,
    pub url: String,
    /// Whether it is in effect now.
    pub chosen: bool,
}

impl Menu {
    /// Makes a dropdown. While closed it shows the chosen option.
    #[must_use]
    pub fn of(label: &'static str, options: Vec<Choice>) -> Self {
        let chosen = options.iter().find(|option| option.chosen).map(|option| option.text.clone()).unwrap_or_default();
        Self { label, chosen, options, more: None }
    }

    /// Adds a link under the options to a page with more of them.
    #[must_use]
    pub fn with_more(self, url: &'static str, text: &'static str) -> Self {
        Self { more: Some((url, text)), ..self }
    }
}
