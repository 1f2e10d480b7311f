//! Pages of which origins may ask us something: our own, and for a few routes those of the vendor's site beside it,
//! where the Messenger and the card stand.

use super::{problem::Problem, request::Request, response::Response};
use crate::base::config::Config;
use domain::address;
use lambda_http::http::{Method, StatusCode, header};

/// The routes that pages of sibling origins may call: what the Messenger and the card ask. In one place, since the
/// function that answers preflights is not the one that has the route.
const SHARED: [&str; 9] = [
    "GET /api/portal/access",
    "POST /api/session",
    "DELETE /api/session",
    "GET /api/tickets-space",
    "GET /api/tickets/{ticket_id}",
    "POST /api/tickets/{ticket_id}/conversation",
    "GET /api/conversations/{conversation_id}",
    "POST /api/conversations/{conversation_id}/join",
    "POST /api/conversations/{conversation_id}/messages",
];

/// Refuses a state-changing request that a page sends which may not. Browsers put `Origin` on every such request;
/// whoever sends none is not a browser, and has no cookies of somebody else's to misuse.
pub(crate) fn check(config: &Config, request: &Request) -> Result<(), Problem> {
    if !request.headers.contains_key("origin") {
        let site = request.header("sec-fetch-site");
        return if matches!(site, None | Some("same-origin" | "none")) { Ok(()) } else { Err(foreign()) };
    }
    let origin = request.header("origin").unwrap_or_default();
    if is_own(config, request, origin) || sharer(config, request).is_some() { Ok(()) } else { Err(foreign()) }
}

/// The answer to a browser that asks, before it sends a request, whether a page of another origin may. Where it may
/// not, there is none.
pub(crate) fn preflight(config: &Config, request: &Request) -> Option<Response> {
    asked_method(request)?;
    sharer(config, request).map(|_| {
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

/// The sibling origin whose page sends this request, or asks whether it may, to a route that is shared with it.
fn sharer<'a>(config: &Config, request: &'a Request) -> Option<&'a str> {
    let shared = match asked_method(request) {
        Some(method) => SHARED.iter().any(|key| may_be(key, method, &request.raw_path)),
        None => SHARED.contains(&request.route.as_str()),
    };
    request.header("origin").filter(|origin| shared && is_sibling(config, origin))
}

/// The method for which a preflight asks.
fn asked_method(request: &Request) -> Option<&str> {
    request.header("access-control-request-method").filter(|_| request.method == Method::OPTIONS)
}

/// Whether a request to this path may be for the route. The gateway has decoded the path, so that an id can have
/// slashes in it; the request itself comes with its route.
fn may_be(key: &str, method: &str, path: &str) -> bool {
    let Some((_, template)) = key.split_once(' ').filter(|(own, _)| *own == method) else { return false };
    match template.split_once('{') {
        None => path == template,
        Some((before, parameter)) => {
            let after = parameter.split_once('}').map_or("", |(_, after)| after);
            path.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).is_some_and(|id| !id.is_empty())
        }
    }
}

/// Whether an origin is the portal's. On this machine it has two: it is reached at `127.0.0.1` and at `localhost`.
fn is_own(config: &Config, request: &Request, origin: &str) -> bool {
    let here = address::is_loopback(config.host()) && address::is_loopback(address::host(&request.host));
    origin == config.portal_origin || here && origin.split_once("://") == Some((config.scheme(), &request.host))
}

/// Whether an origin is of the domain that our cookies are set on, by the same scheme: browsers call it the same site.
/// Over https it has our port, too, for what listens on another is another program; apps in development, over http,
/// each have their own.
fn is_sibling(config: &Config, origin: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let (host, port) = with_port(authority);
    let plain = host.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'.'))
        && port.is_none_or(|port| port.bytes().all(|it| it.is_ascii_digit()));
    let beside = |parent: &str| host == parent || host.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.'));
    let near = scheme == config.scheme() && (!config.is_https() || port == with_port(config.authority()).1);
    near && plain && config.cookie_domain().is_some_and(beside)
}

/// An authority's host, and its port where it is not the default one.
fn with_port(authority: &str) -> (&str, Option<&str>) {
    authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)))
}

fn foreign() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "wrong_origin", "This request comes from a page of another site.")
}
