//! Which origins' pages may send requests: the portal's own, and those of the vendor's other sites on the same parent
//! domain, which have the Messenger and the card.

use super::{problem::Problem, request::Request, response::Response};
use crate::base::config::Config;
use lambda_http::http::{Method, StatusCode, header};

/// Refuses a state-changing request that another site's page sends. Browsers put `Origin` on every such request.
/// Without it, the request is not from a browser and cannot misuse anybody's cookies, unless `Sec-Fetch-Site` says
/// otherwise.
pub(crate) fn check(config: &Config, request: &Request) -> Result<(), Problem> {
    if !request.headers.contains_key("origin") {
        let site = request.header("sec-fetch-site");
        return if matches!(site, None | Some("same-origin" | "none")) { Ok(()) } else { Err(foreign()) };
    }
    let origin = request.header("origin").unwrap_or_default();
    let (_, authority) = origin.split_once("://").unwrap_or_default();
    let own = origin == config.portal_origin || (!authority.is_empty() && authority == request.host);
    if own || is_sibling(config, origin) { Ok(()) } else { Err(foreign()) }
}

/// Answers a browser that asks in advance whether a page of another origin may send a request. Only the customers' API
/// is open, and only to the vendor's other pages; otherwise there is no such answer.
pub(crate) fn preflight(config: &Config, request: &Request) -> Option<Response> {
    let asks = request.method == Method::OPTIONS && request.headers.contains_key("access-control-request-method");
    let shared = asks.then(|| sharer(config, request)).flatten();
    shared.map(|_| {
        Response::empty(StatusCode::NO_CONTENT)
            .header(header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, DELETE")
            .header(header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type, if-none-match")
            // Chromium keeps it no longer than this.
            .header(header::ACCESS_CONTROL_MAX_AGE, "7200")
    })
}

/// Lets the vendor's other pages read the answer if they may send the request.
pub(crate) fn share(config: &Config, request: &Request, response: Response) -> Response {
    let Some(origin) = sharer(config, request) else { return response };
    response
        .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin)
        .header(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true")
        .header(header::ACCESS_CONTROL_EXPOSE_HEADERS, "etag, retry-after, x-request-id")
}

/// The origin of the vendor's other page that sends this request to the customers' API, if it is one.
fn sharer<'a>(config: &Config, request: &'a Request) -> Option<&'a str> {
    let open = request.raw_path.starts_with("/api/") && !request.is_for_help_desk();
    request.header("origin").filter(|origin| open && is_sibling(config, origin))
}

/// Whether an origin is on the domain on which the portal sets its cookies, with the same scheme. Browsers call that
/// the same site.
fn is_sibling(config: &Config, origin: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let host = authority.split_once(':').map_or(authority, |(host, _)| host);
    let plain = host.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'.'));
    let ours = config.portal_origin.split_once("://").is_some_and(|(ours, _)| ours == scheme);
    let beside = |parent: &str| host == parent || host.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.'));
    ours && plain && config.cookie_domain().is_some_and(beside)
}

fn foreign() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "wrong_origin", "This request comes from a page of another site.")
}
