//! A link into the portal survives signing in (docs/product.md, Ways in): people are sent to sign in with the address
//! that they asked for, exactly, and never with one that is not the portal's.

use e2e::Site;
use local::gateway::FUNCTIONS;
use serde_json::json;
use web::{Function, event};

const PORTAL: &str = "https://help.example.com";
const SIGN_IN: &str = "https://app.vendor.example/login?x=1&return_to=";

/// Where somebody is to come back to after signing in, from the answer's `Location`.
fn sent_to(location: &str) -> String {
    let encoded = location.strip_prefix(SIGN_IN).unwrap_or_else(|| panic!("not the sign-in page: {location}"));
    // One parameter, and nothing that a Location header or another parser could end it at.
    assert!(encoded.bytes().all(|it| it.is_ascii_alphanumeric() || b"%+-._*".contains(&it)), "{location}");
    let address = reqwest::Url::parse(location).unwrap();
    let pairs: Vec<_> = address.query_pairs().collect();
    assert_eq!(pairs.iter().map(|(name, _)| &**name).collect::<Vec<_>>(), ["x", "return_to"], "{location}");
    pairs[1].1.clone().into_owned()
}

/// Demands that a browser that is sent to `back` arrives at the portal.
fn assert_portals(back: &str, portal: &str, asked: &str) {
    assert!(back.starts_with(&format!("{portal}/")), "{asked}: {back}");
    let arrived = reqwest::Url::parse(back).unwrap();
    assert_eq!(arrived.origin().ascii_serialization(), portal, "{asked}: {back}");
    assert_eq!((arrived.username(), arrived.password()), ("", None), "{asked}: {back}");
}

fn location(answer: &str) -> Option<&str> {
    answer.lines().take_while(|line| !line.is_empty()).find_map(|line| line.strip_prefix("location: "))
}

#[tokio::test]
async fn a_link_comes_back_with_its_filter_as_it_was() {
    let site = Site::start().await;
    for link in [
        "/tickets",
        "/tickets?",
        "/tickets?state=resolved",
        "/tickets?state=waiting_on_customer&company=acme&limit=5",
        "/tickets?company=a%26b%3Dc%23d%2Fe%20f+g%25",
        "/tickets?company=%C3%A9%F0%9F%90%9E",
        "/tickets?cursor=eyJhbGciOiJIUzI1NiJ9.eyJ4IjoxfQ.c2ln-_",
        "/tickets?return_to=https://evil.example/",
        "/tickets?state=a&state=b&&=",
        "/tickets/tk-1",
        "/tickets/tk-1?company=acme",
        "/tickets/tk-1/conversation",
        "/tickets/a@b:c;d,e",
    ] {
        let answer = site.raw(link, &[]).await;
        assert!(answer.starts_with("HTTP/1.1 303"), "{link}: {answer}");
        let expected = format!("{}{}", site.origin, link.trim_end_matches('?'));
        assert_eq!(sent_to(location(&answer).unwrap()), expected);
    }
}

#[tokio::test]
async fn no_header_says_where_people_come_back_to() {
    let site = Site::start().await;
    for headers in [
        &[("host", "evil.example")][..],
        &[("host", "127.0.0.1@evil.example")],
        &[("x-forwarded-host", "evil.example")],
        &[("x-forwarded-host", "evil.example"), ("x-forwarded-proto", "http"), ("x-forwarded-port", "81")],
        &[("forwarded", "host=evil.example;proto=https")],
        &[("x-original-url", "//evil.example/"), ("x-rewrite-url", "//evil.example/")],
        &[("x-forwarded-prefix", "//evil.example")],
        &[("origin", "https://evil.example"), ("referer", "https://evil.example/")],
    ] {
        let answer = site.raw("/tickets?state=resolved", headers).await;
        let back = sent_to(location(&answer).unwrap_or_else(|| panic!("{headers:?}: {answer}")));
        assert_eq!(back, format!("{}/tickets?state=resolved", site.origin), "{headers:?}");
    }
}

/// Paths that a careless answer would pass on as the address of another site.
const ATTACKS: [&str; 22] = [
    "//evil.example",
    "//evil.example/tickets",
    "///evil.example",
    "/tickets//evil.example",
    "/tickets/%2Fevil.example",
    "/tickets/%2F%2Fevil.example",
    "/%2F%2Fevil.example",
    "/%2F/evil.example",
    "/\\evil.example",
    "/%5Cevil.example",
    "/%5C%5Cevil.example/tickets",
    "/tickets/%5C%5Cevil.example",
    "/tickets/..%2F..%2F%2Fevil.example",
    "/tickets/../../..//evil.example",
    "/tickets/%09%2Fevil.example",
    "/tickets/%0D%0ALocation:%20https:%2F%2Fevil.example",
    "/tickets/@evil.example",
    "/@evil.example",
    "/.evil.example",
    "/tickets/https:%2F%2Fevil.example",
    "/tickets/%23@evil.example",
    "/tickets/%3Freturn_to=https:%2F%2Fevil.example",
];

#[tokio::test]
async fn no_path_leads_elsewhere() {
    let site = Site::start().await;
    let mut sent = 0;
    for path in ATTACKS {
        let answer = site.raw(path, &[]).await;
        match location(&answer) {
            None => assert!(answer.starts_with("HTTP/1.1 40"), "{path}: {answer}"),
            // A slash too many: on to the portal's own address.
            Some(location) if answer.starts_with("HTTP/1.1 308") => {
                let origin = reqwest::Url::parse(&site.origin).unwrap();
                assert_portals(origin.join(location).unwrap().as_str(), &site.origin, path);
                assert!(location.starts_with("/tickets/"), "{path}: {location}");
            }
            Some(location) => {
                assert!(answer.starts_with("HTTP/1.1 303"), "{path}: {answer}");
                assert_portals(&sent_to(location), &site.origin, path);
                sent += 1;
            }
        }
    }
    // As many as look like the address of a ticket.
    assert_eq!(sent, 10);
}

/// What API Gateway hands over need not be what a browser could ask for here.
#[tokio::test]
async fn no_event_leads_elsewhere() {
    let site = Site::start().await;
    let app = site.app(PORTAL);
    for path in [
        "//evil.example",
        "///evil.example",
        "/tickets//evil.example",
        "/tickets///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/tickets/\\\\evil.example",
        "/tickets/../..//evil.example",
        "/\t/evil.example",
        "/tickets/\t/evil.example",
        "/tickets/\r\nLocation: https://evil.example",
        "/tickets/#@evil.example",
        "/tickets/?return_to=https://evil.example",
        "/tickets/https://evil.example",
        "https://evil.example/",
        "@evil.example",
        ".evil.example",
        ":81/",
        "evil.example",
        "",
    ] {
        for (route, function) in pages() {
            for (query, domain) in
                [("", "help.example.com"), ("x=1&y=//evil.example", "evil.example"), ("\r\n@", "a@evil.example")]
            {
                let asked = format!("{route} as {path:?} with {query:?} of {domain}");
                let event = json!({
                    "version": "2.0", "routeKey": route, "rawPath": path, "rawQueryString": query,
                    "headers": {"host": domain, "x-forwarded-host": "evil.example"},
                    "pathParameters": {"ticket_id": path},
                    "requestContext": {"domainName": domain, "routeKey": route, "stage": "$default", "requestId": "r",
                        "http": {"method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"}},
                    "isBase64Encoded": false,
                });
                let answer = event::answer(function, &app, event, lambda_http::Context::default()).await;
                match answer["headers"]["location"].as_str() {
                    Some(location) => assert_portals(&sent_to(location), PORTAL, &asked),
                    None => assert!((400..500).contains(&event::status(&answer).as_u16()), "{asked}: {answer}"),
                }
            }
        }
    }
}

/// The customers' pages, each with the function that answers it.
fn pages() -> Vec<(&'static str, Function)> {
    let pages = FUNCTIONS.iter().flat_map(|function| function.routes.iter().map(|route| (route.key, *function)));
    let pages: Vec<_> = pages.filter(|(route, _)| route.starts_with("GET /tickets")).collect();
    assert!(pages.len() >= 3);
    pages
}

/// Teammates are sent to an address of their own, and come back in the same way.
#[tokio::test]
async fn a_link_into_the_help_desk_comes_back_to_the_portal_as_well() {
    let site = Site::start().await.signing_in_at("https://staff.example.com/login").await;
    let prefix = "https://staff.example.com/login?return_to=";
    for (path, headers) in [
        ("/helpdesk/search?q=a%26b&company=acme", &[][..]),
        ("/helpdesk/tickets/tk-1", &[("host", "evil.example"), ("x-forwarded-host", "evil.example")]),
        ("/helpdesk/tickets/@evil.example", &[]),
    ] {
        let answer = site.raw(path, headers).await;
        let url = reqwest::Url::parse(location(&answer).filter(|it| it.starts_with(prefix)).unwrap()).unwrap();
        assert_eq!(url.query_pairs().next().unwrap().1, format!("{}{path}", site.origin));
    }
}

/// A page for somebody whose identity fails offers the way by a button: the same address.
#[tokio::test]
async fn a_button_to_sign_in_brings_back_as_well() {
    let site = Site::start().await;
    let answer =
        site.raw("/tickets/tk-1?company=a%26b", &[("cookie", "portal_session=forged"), ("host", "evil.example")]).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    let link = answer.split("href=\"").find_map(|it| it.strip_prefix("https://app.vendor.example")).unwrap();
    let link = link.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    assert_eq!(
        sent_to(&format!("https://app.vendor.example{link}")),
        format!("{}/tickets/tk-1?company=a%26b", site.origin)
    );
}
