//! What a log says of a panic.

use std::panic;

/// Tells where a panic was, and not with what: a message can quote a text that was being worked on.
pub(crate) fn quiet_panics() {
    panic::set_hook(Box::new(|panic| {
        tracing::error!(at = panic.location().map(ToString::to_string), "panicked");
    }));
}
