//! A dropdown of links: it filters with one click, without script.

/// A dropdown.
#[derive(Debug)]
pub(crate) struct Menu {
    pub(crate) label: &'static str,
    pub(crate) chosen: String,
    pub(crate) options: Vec<Choice>,
    /// Under the options, where there are more of them.
    pub(crate) more: Option<(&'static str, &'static str)>,
}

/// An option of a dropdown.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) text: String,
    pub(crate) count: Option<u64>,
    pub(crate) url: String,
    pub(crate) chosen: bool,
}

impl Menu {
    pub(crate) fn of(label: &'static str, options: Vec<Choice>) -> Self {
        let chosen = options.iter().find(|option| option.chosen).map(|option| option.text.clone()).unwrap_or_default();
        Self { label, chosen, options, more: None }
    }
}
