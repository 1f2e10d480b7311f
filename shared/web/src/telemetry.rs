//! One line of JSON a request. Never a token, an address, a title or a body.

use crate::Request;
use lambda_http::http::StatusCode;
use tracing_subscriber::EnvFilter;

/// Starts logging, at the level of `LOG_LEVEL`, or at `otherwise` when it says nothing that can be understood.
pub fn start(otherwise: &str) {
    let level = std::env::var("LOG_LEVEL").unwrap_or_default().to_lowercase();
    let filter = EnvFilter::try_new(&level).ok().filter(|_| !level.is_empty());
    let filter = filter.unwrap_or_else(|| EnvFilter::new(otherwise));
    let lines = tracing_subscriber::fmt().json().flatten_event(true).with_current_span(false);
    // A second start, as tests do, keeps the first.
    let _ = lines.with_env_filter(filter).with_writer(std::io::stderr).try_init();
}

pub(crate) fn answered(function: &str, request: &Request, status: StatusCode, millis: i64) {
    tracing::info!(
        function,
        route = request.route,
        request_id = request.id,
        status = status.as_u16(),
        millis,
        "answered"
    );
}
