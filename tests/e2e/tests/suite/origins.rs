//! From which pages each route may be called: every route that changes something, from every kind of origin, against the
//! rule of docs/api.md.

use e2e::{Site, openapi, read};
use futures::{StreamExt, stream};
use local::gateway::FUNCTIONS;
use reqwest::{Method, RequestBuilder, header::HeaderValue};
use std::collections::BTreeSet;

const PORTAL: &str = "https://help.vendor.example";
/// What the Messenger and the card ask, and nothing else.
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

/// Who sends a request.
#[derive(Debug, Clone, Copy, PartialEq)]
enum From {
    /// The portal's own page, or no page of another site: it may ask for everything.
    Own,
    /// A page beside the portal: it may ask for what is shared.
    Sibling,
    /// Anybody else's page.
    Foreign,
}

/// Values of `Origin` and `Sec-Fetch-Site`, and whom they are from, of a portal at [`PORTAL`].
const SENDERS: [(Option<&str>, Option<&str>, From); 41] = [
    (Some("https://help.vendor.example"), None, From::Own),
    (Some("https://help.vendor.example"), Some("same-origin"), From::Own),
    (Some("https://app.vendor.example"), None, From::Sibling),
    (Some("https://app.vendor.example"), Some("same-site"), From::Sibling),
    (Some("https://a.b.vendor.example"), Some("same-site"), From::Sibling),
    (Some("https://sub.help.vendor.example"), Some("same-site"), From::Sibling),
    (Some("https://vendor.example"), Some("same-site"), From::Sibling),
    // Our name by another scheme or port is another program.
    (Some("http://help.vendor.example"), None, From::Foreign),
    (Some("https://help.vendor.example:8443"), None, From::Foreign),
    (Some("https://help.vendor.example:443"), None, From::Foreign),
    (Some("HTTPS://HELP.VENDOR.EXAMPLE"), None, From::Foreign),
    (Some("https://help.vendor.example/"), None, From::Foreign),
    (Some("https://help.vendor.example,https://help.vendor.example"), None, From::Foreign),
    (Some("https://help.vendor.example https://evil.example"), None, From::Foreign),
    (Some("help.vendor.example"), None, From::Foreign),
    (Some("http://app.vendor.example"), Some("cross-site"), From::Foreign),
    (Some("https://app.vendor.example:8443"), Some("same-site"), From::Foreign),
    (Some("https://app.vendor.example:"), None, From::Foreign),
    (Some("ftp://app.vendor.example"), None, From::Foreign),
    (Some("http://vendor.example"), None, From::Foreign),
    (Some("https://example"), None, From::Foreign),
    (Some("https://other.example"), Some("cross-site"), From::Foreign),
    (Some("https://othervendor.example"), None, From::Foreign),
    (Some("https://vendor.example.evil.example"), None, From::Foreign),
    (Some("https://help.vendor.example.evil.example"), None, From::Foreign),
    (Some("https://evil.example/.vendor.example"), None, From::Foreign),
    (Some("https://app.vendor.example@evil.example"), None, From::Foreign),
    (Some("null"), Some("cross-site"), From::Foreign),
    (Some("null"), None, From::Foreign),
    (Some(""), None, From::Foreign),
    (Some("://"), None, From::Foreign),
    (Some("garbage"), Some("same-origin"), From::Foreign),
    // Outside ASCII, and so mended before anybody reads it.
    (Some("https://exämple.com"), None, From::Foreign),
    (Some("https://äpp.vendor.example"), None, From::Foreign),
    (Some("https://help.vendor.exampleé"), Some("same-origin"), From::Foreign),
    (None, None, From::Own),
    (None, Some("same-origin"), From::Own),
    (None, Some("none"), From::Own),
    (None, Some("same-site"), From::Foreign),
    (None, Some("cross-site"), From::Foreign),
    (None, Some("nöne"), From::Foreign),
];

/// Every route that has a method.
fn routes() -> impl Iterator<Item = (&'static str, Method, String)> {
    let keys = FUNCTIONS.iter().flat_map(|function| function.routes).map(|route| route.key);
    keys.filter_map(|key| {
        let (method, path) = key.split_once(' ')?;
        Some((key, method.parse().unwrap(), openapi::address(path)))
    })
}

fn sent(request: RequestBuilder, origin: Option<&str>, site: Option<&str>) -> RequestBuilder {
    let bytes = |value: &str| HeaderValue::from_bytes(value.as_bytes()).unwrap();
    let request = origin.into_iter().fold(request, |request, it| request.header("origin", bytes(it)));
    site.into_iter().fold(request, |request, it| request.header("sec-fetch-site", bytes(it)))
}

#[tokio::test]
async fn whatever_changes_something_is_refused_to_every_page_that_may_not() {
    let site = &Site::start().await.reached_at(PORTAL).await;
    let before = site.items().await;
    let changing: Vec<_> = routes().filter(|(_, method, _)| *method != Method::GET).collect();
    assert!(changing.len() > 30, "{changing:?}");
    let asked = changing.iter().flat_map(|route| SENDERS.map(|sender| (route, sender)));
    let wrong: Vec<_> = stream::iter(asked)
        .map(|((key, method, path), (origin, fetch_site, from))| async move {
            let answer = sent(site.request(method.clone(), path), origin, fetch_site).send().await.unwrap();
            let sharing = answer.headers().get("access-control-allow-origin").map(|it| it.to_str().unwrap().to_owned());
            let (status, body) = (answer.status(), answer.text().await.unwrap());
            let refused = status == 403 && (body.contains("wrong_origin") || body.contains("another site"));
            let shared = from == From::Sibling && SHARED.contains(key);
            let as_ruled = refused != (from == From::Own || shared);
            // The portal's own name is under the parent domain, too.
            let readable = shared || origin == Some(PORTAL) && SHARED.contains(key);
            let told = sharing.as_deref() == origin.filter(|_| readable);
            (!as_ruled || !told)
                .then(|| format!("{key} from {origin:?} {fetch_site:?} ({from:?}): {status}, {sharing:?}"))
        })
        .buffer_unordered(8)
        .filter_map(std::future::ready)
        .collect()
        .await;
    assert!(wrong.is_empty(), "{} are not as the rule says:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(site.items().await, before);
}

#[tokio::test]
async fn a_page_beside_the_portal_reads_and_asks_for_what_is_shared_and_nothing_else() {
    let site = Site::start().await.reached_at(PORTAL).await;
    let mut met = BTreeSet::new();
    for (key, method, path) in routes() {
        let ask = site.request(Method::OPTIONS, &path).header("access-control-request-method", method.as_str());
        for (origin, _, from) in SENDERS {
            let preflight = sent(ask.try_clone().unwrap(), origin, None).send().await.unwrap();
            let sharing = preflight.headers().get("access-control-allow-origin").is_some();
            let shared = (from == From::Sibling || origin == Some(PORTAL)) && SHARED.contains(&key);
            assert_eq!((preflight.status() == 204, sharing), (shared, shared), "{key} from {origin:?}");
            if origin.is_some() && from != From::Own && !shared {
                let (status, problem) = read(preflight).await;
                assert_eq!(status, 403, "{key} from {origin:?}: {problem}");
            }
        }
        let sibling = site.request(method, &path).header("origin", "https://app.vendor.example").send().await.unwrap();
        // Scripts are public, and open to everybody.
        if sibling.headers().get("access-control-allow-origin").is_some_and(|it| it != "*") {
            met.insert(key);
        }
    }
    assert_eq!(met, BTreeSet::from(SHARED));
}

#[tokio::test]
async fn an_id_with_a_slash_in_it_is_asked_for_from_beside_the_portal_too() {
    let site = Site::start().await.reached_at(PORTAL).await;
    for (path, status) in [("/api/conversations/a%2Fb/messages", 204), ("/api/conversations//messages", 403)] {
        let ask = site.request(Method::OPTIONS, path).header("access-control-request-method", "POST");
        let preflight = ask.header("origin", "https://app.vendor.example").send().await.unwrap();
        assert_eq!(preflight.status(), status, "{path}");
    }
}

#[tokio::test]
async fn over_http_apps_in_development_each_have_their_port() {
    let site = Site::start().await.reached_at("http://help.vendor.example:3000").await;
    for (origin, status) in [
        ("http://help.vendor.example:3000", 204),
        ("http://app.vendor.example:5173", 204),
        ("http://app.vendor.example", 204),
        ("https://app.vendor.example", 403),
        ("http://app.vendor.example:x", 403),
    ] {
        let end = site.request(Method::DELETE, "/api/session").header("origin", origin).send().await.unwrap();
        assert_eq!(end.status(), status, "{origin}");
        let desk = site.request(Method::POST, "/helpdesk/sign-out").header("origin", origin).send().await.unwrap();
        assert_eq!(desk.status() == 403, origin != "http://help.vendor.example:3000", "{origin}");
    }
}

#[tokio::test]
async fn on_another_port_of_its_own_the_portal_shares_with_that_port() {
    let site = Site::start().await.reached_at("https://help.vendor.example:8443").await;
    for (origin, status) in [("https://app.vendor.example:8443", 204), ("https://app.vendor.example", 403)] {
        let end = site.request(Method::DELETE, "/api/session").header("origin", origin).send().await.unwrap();
        assert_eq!(end.status(), status, "{origin}");
    }
}

#[tokio::test]
async fn the_address_that_was_asked_is_the_portals_own_on_this_machine_alone() {
    let site = Site::start().await;
    let port = site.origin.rsplit(':').next().unwrap();
    let ask = |site: &Site, host: String, origin: String| {
        let request = site.request(Method::POST, "/helpdesk/sign-out").header("host", host).header("origin", origin);
        async { request.send().await.unwrap().status().as_u16() }
    };
    let beside = site.reached_at(PORTAL).await;
    for (reached, host, scheme, refused) in [
        (&site, format!("127.0.0.1:{port}"), "http", false),
        (&site, format!("localhost:{port}"), "http", false),
        (&site, format!("localhost:{port}"), "https", true),
        // Somebody's name for this machine is somebody's page.
        (&site, format!("evil.example:{port}"), "http", true),
        (&beside, "a1b2.execute-api.eu-west-1.amazonaws.com".into(), "https", true),
        (&beside, format!("127.0.0.1:{port}"), "http", true),
    ] {
        let status = ask(reached, host.clone(), format!("{scheme}://{host}")).await;
        assert_eq!(status == 403, refused, "{host} by {scheme}: {status}");
    }
}
