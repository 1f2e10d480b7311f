//! Who may ask us to change something: pages of our own origin, or of the vendor's site beside it.

use crate::{Config, Problem, Request};
use lambda_http::http::StatusCode;

/// Refuses a state-changing request that another site's page sends. Browsers put `Origin` on every such request;
/// whoever sends none is not a browser, and has no cookies of somebody else's to misuse.
pub(crate) fn check(config: &Config, request: &Request) -> Result<(), Problem> {
    if !request.headers.contains_key("origin") {
        let site = request.header("sec-fetch-site");
        return if matches!(site, None | Some("same-origin" | "none")) { Ok(()) } else { Err(foreign()) };
    }
    let origin = request.header("origin").unwrap_or_default();
    let (scheme, authority) = origin.split_once("://").unwrap_or_default();
    let own = origin == config.portal_origin || (!authority.is_empty() && authority == request.host);
    let sibling = config.cookie_domain().is_some_and(|parent| {
        let host = authority.split_once(':').map_or(authority, |(host, _)| host);
        scheme == "https" && (host == parent || host.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.')))
    });
    if own || sibling { Ok(()) } else { Err(foreign()) }
}

fn foreign() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "wrong_origin", "This request comes from a page of another site.")
}
