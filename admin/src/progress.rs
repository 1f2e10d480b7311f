//! A progress bar where somebody looks; refusals where they can be kept.

use crate::import::{Progress, Refusal};
use indicatif::{ProgressBar, ProgressStyle};

/// Draws on standard error, if that is a terminal.
#[derive(Debug)]
pub struct Bar(ProgressBar);

impl Default for Bar {
    fn default() -> Self {
        Self::new()
    }
}

impl Bar {
    /// A bar that waits for the import to start.
    #[must_use]
    pub fn new() -> Self {
        let template = "{bar:30} {human_pos} of {human_len} lines, {per_sec}, {eta} left";
        // A template that does not parse would leave the default one.
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        Self(ProgressBar::no_length().with_style(style))
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar {
    fn start(&mut self, lines: u64) {
        self.0.set_length(lines);
    }

    fn advance(&mut self, lines: u64) {
        self.0.inc(lines);
    }

    fn refused(&mut self, refusal: &Refusal) {
        self.0.suspend(|| eprintln!("{refusal}"));
    }
}
