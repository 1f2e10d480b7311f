//! Which origins' pages may send requests: the portal's own, and for a few routes those of the vendor's other sites on
//! the same parent domain, which have the Messenger and the card.

use super::{problem::Problem, request::Request, response::Response};
use crate::base::config::Config;
use domain::{
    address,
    color::{Color, Scheme},
};
use lambda_http::http::{HeaderName, Method, StatusCode, header};

/// The routes that pages of sibling origins may call, which are those that the Messenger and the card need. They are
/// listed here because the function that answers preflights is not the one that has the route.
const SHARED: [&str; 14] = [
    "GET /api/portal/access",
    "GET /api/report",
    "POST /api/tickets",
    "GET /api/tickets/similar",
    "PUT /api/tickets/{ticket_id}/follow",
    "POST /api/session",
    "DELETE /api/session",
    "GET /api/tickets-space",
    "GET /api/tickets/{ticket_id}",
    "PUT /api/tickets/{ticket_id}/read",
    "POST /api/tickets/{ticket_id}/conversation",
    "GET /api/conversations/{conversation_id}",
    "POST /api/conversations/{conversation_id}/join",
    "POST /api/conversations/{conversation_id}/messages",
];

/// Routes that are the portal's alone, although their addresses could be ones with an id in it of a shared route.
const OWN: [&str; 4] = [
    "GET /api/tickets/{ticket_id}/people",
    "GET /api/tickets/{ticket_id}/timeline",
    "GET /api/tickets/export",
    "PUT /api/tickets/{ticket_id}/private",
];

/// Refuses a state-changing request from a page that may not send it. Browsers put `Origin` on every such request.
/// Without it, the request is not from a browser and cannot misuse anybody's cookies, unless `Sec-Fetch-Site` says
/// otherwise.
pub(crate) fn check(config: &Config, request: &Request) -> Result<(), Problem> {
    if !request.headers.contains_key("origin") {
        let site = request.header("sec-fetch-site");
        return if matches!(site, None | Some("same-origin" | "none")) { Ok(()) } else { Err(foreign()) };
    }
    let origin = request.header("origin").unwrap_or_default();
    if is_own(config, request, origin) || sharer(config, request).is_some() { Ok(()) } else { Err(foreign()) }
}

/// Answers a browser that asks in advance whether a page of another origin may send a request. `None` if it may not.
pub(crate) fn preflight(config: &Config, request: &Request) -> Option<Response> {
    asked_method(request)?;
    sharer(config, request).map(|_| {
        Response::empty(StatusCode::NO_CONTENT)
            .header(header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, DELETE")
            .header(header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type, idempotency-key, if-none-match")
            // Chromium keeps it no longer than this.
            .header(header::ACCESS_CONTROL_MAX_AGE, "7200")
    })
}

/// Lets the vendor's other pages read the answer if they may send the request.
pub(crate) fn share(config: &Config, request: &Request, response: Response) -> Response {
    let sharer = sharer(config, request);
    // The card on the Help Center's own pages, at the portal's origin: to itself a browser sends no `Origin`.
    let is_own = request.header("sec-fetch-site") == Some("same-origin") && SHARED.contains(&request.route.as_str());
    let shades = request.settings().filter(|_| is_own || sharer.is_some()).map(|it| shades(it.brand.color.as_deref()));
    let response = shades.into_iter().fold(response, |response, it| response.header(SHADES, &it));
    let Some(origin) = sharer else { return response };
    response
        .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin)
        .header(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true")
        .header(header::ACCESS_CONTROL_EXPOSE_HEADERS, "etag, retry-after, tickets-portal-shades, x-request-id")
}

/// The colour of edges where the workspace has chosen none.
pub(crate) const COLOR: &str = "#3b5bdb";
/// The workspace's colour, for the card and the Messenger, which so learn it without asking.
const SHADES: HeaderName = HeaderName::from_static("tickets-portal-shades");

/// The shades of a colour that can be read, as the custom properties that both scripts have: of edges, and, if the workspace has
/// chosen a colour, of links, of buttons, and of what is written on these. Ready for a style sheet, because the Messenger has no
/// room for a program that puts it together.
fn shades(color: Option<&str>) -> String {
    let Some(color) = color.and_then(|it| it.parse::<Color>().ok()) else {
        return format!("--accent:{}", accent(COLOR));
    };
    let Scheme { on_light, on_dark, on_color } = color.scheme();
    let accent = accent("var(--link)");
    format!("--link:light-dark({on_light},{on_dark});--accent:{accent};--main:{color};--on:{on_color}")
}

/// What edges have: the colour that the vendor's page has chosen for them, else this one.
fn accent(otherwise: &str) -> String {
    format!("var(--tickets-portal-accent,{otherwise})")
}

/// The sibling origin whose page sends this request, or asks whether it may, if the route is one of [`SHARED`].
fn sharer<'a>(config: &Config, request: &'a Request) -> Option<&'a str> {
    let shared = match asked_method(request) {
        Some(method) => {
            let may_be = |key: &&str| may_be(key, method, &request.raw_path);
            SHARED.iter().any(may_be) && !OWN.iter().any(may_be)
        }
        None => SHARED.contains(&request.route.as_str()),
    };
    request.header("origin").filter(|origin| shared && is_sibling(config, origin))
}

/// The method for which a preflight asks.
fn asked_method(request: &Request) -> Option<&str> {
    request.header("access-control-request-method").filter(|_| request.method == Method::OPTIONS)
}

/// Whether a request to this path may be for the route. The gateway has decoded the path, so an id may contain slashes;
/// the request that follows comes with its route.
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

/// Whether an origin is the portal's. On a developer's machine it has two: `127.0.0.1` and `localhost`.
fn is_own(config: &Config, request: &Request, origin: &str) -> bool {
    let here = address::is_loopback(config.host()) && address::is_loopback(address::host(&request.host));
    origin == config.portal_origin || here && origin.split_once("://") == Some((config.scheme(), &request.host))
}

/// The page of the portal's own from which a link led to this request: its path and query. `None` where the browser does
/// not say.
#[must_use]
pub fn previous_page<'a>(config: &Config, request: &'a Request) -> Option<&'a str> {
    let referer = request.header("referer")?;
    let (scheme, rest) = referer.split_once("://")?;
    let (authority, _) = rest.split_once('/')?;
    let (origin, address) = referer.split_at_checked(scheme.len() + "://".len() + authority.len())?;
    is_own(config, request, origin).then_some(address)
}

/// Whether an origin is on the domain on which the portal sets its cookies, with the same scheme. Browsers call that
/// the same site. Over https its port must be the portal's as well, because another port is another program; apps in
/// development, over http, each have a port of their own.
fn is_sibling(config: &Config, origin: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let (host, port) = with_port(authority);
    let plain = host.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'.'))
        && port.is_none_or(|port| port.bytes().all(|it| it.is_ascii_digit()));
    let beside = |parent: &str| host == parent || host.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.'));
    let near = scheme == config.scheme() && (!config.is_https() || port == with_port(config.authority()).1);
    near && plain && config.cookie_domain().is_some_and(beside)
}

/// Splits an authority into its host and its port, which is `None` when it is the default one.
fn with_port(authority: &str) -> (&str, Option<&str>) {
    authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)))
}

fn foreign() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "wrong_origin", "This request comes from a page of another site.")
}
