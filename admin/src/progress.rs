//! A progress bar and counters on the terminal, and refusals above them.

use import::{Progress, Refusal};
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

    /// Removes the bar from the terminal.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

/// Counts something whose total is not known.
#[derive(Debug)]
pub struct Counter(ProgressBar);

impl Counter {
    /// Counts `things`.
    #[must_use]
    pub fn new(things: &'static str) -> Self {
        let style = ProgressStyle::with_template("{spinner} {human_pos} {msg}, {per_sec}");
        let bar = ProgressBar::no_length().with_message(things);
        Self(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner())))
    }

    pub fn show(&self, done: u64) {
        self.0.set_position(done);
    }

    /// Removes the counter from the terminal.
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
