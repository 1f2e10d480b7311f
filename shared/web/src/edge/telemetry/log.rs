//! Starts the log and decides what goes into it.

use std::env;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Starts logging at the level of `LOG_LEVEL`, or at `otherwise` when that is not set or not a level.
pub fn start(otherwise: &str) {
    let level = env::var("LOG_LEVEL").ok().and_then(|it| it.parse().ok()).filter(|it| *it != LevelFilter::OFF);
    let level = level.or_else(|| otherwise.parse().ok()).unwrap_or(LevelFilter::INFO);
    let lines = fmt::layer().json().flatten_event(true).with_span_list(false).with_writer(std::io::stderr);
    // Tests start it more than once; the first start counts.
    let _ = tracing_subscriber::registry().with(filter(level)).with(lines).try_init();
}

/// Lets through only warnings and errors of other crates: below that level the SDK and the runtime quote whatever
/// passes through them. Panics are logged by [`super::panics`].
fn filter(level: LevelFilter) -> Targets {
    Targets::new().with_default(level.min(LevelFilter::WARN)).with_targets([
        ("web::", level),
        ("store::", level),
        ("lambda_runtime::layers::panic", LevelFilter::OFF),
        // What the engine of `cargo run` refuses, the store is told, and expects at a first start.
        ("dynoxide::server", LevelFilter::ERROR),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::Level;

    #[test]
    fn only_our_own_words_are_logged_below_warnings() {
        for level in [LevelFilter::TRACE, LevelFilter::DEBUG, LevelFilter::INFO] {
            let filter = filter(level);
            let level = level.into_level().unwrap();
            assert!(filter.would_enable("web::problem", &level) && filter.would_enable("store::meter", &level));
            for other in
                ["aws_smithy_runtime::client::orchestrator", "hyper::proto", "lambda_runtime", "webpki", "tower"]
            {
                assert!(!filter.would_enable(other, &Level::INFO), "{other}");
                assert!(filter.would_enable(other, &Level::WARN), "{other}");
            }
        }
        assert!(!filter(LevelFilter::ERROR).would_enable("hyper::proto", &Level::WARN));
        assert!(!filter(LevelFilter::TRACE).would_enable("lambda_runtime::layers::panic", &Level::ERROR));
    }
}
