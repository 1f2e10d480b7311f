//! What the log says about a panic.

use std::panic;

/// Logs where a panic happened but not its message, which could quote a customer's text.
pub(crate) fn quiet_panics() {
    panic::set_hook(Box::new(|panic| {
        tracing::error!(at = panic.location().map(ToString::to_string), "panicked");
    }));
}
