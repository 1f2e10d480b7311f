//! The vendor's other pages call from a browser what the Messenger and the card need; nobody else's pages do.

use e2e::{Site, cookies_of, scene};
use reqwest::{Method, Response};
use serde_json::json;

const PORTAL: &str = "https://help.vendor.example";
const APP: &str = "https://app.vendor.example";
const FOREIGN: [&str; 9] = [
    "https://evil.example",
    "https://vendor.example.evil.example",
    "https://evilvendor.example",
    "https://example",
    "http://app.vendor.example",
    "https://app.vendor.example@evil.example",
    "https://evil.example/.vendor.example",
    "null",
    "",
];

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers().get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_page_beside_the_portal_calls_what_the_messenger_needs_with_its_cookies() {
    let site = Site::start().await.reached_at(PORTAL).await;
    let ask = site.request(Method::OPTIONS, "/api/conversations/c-1/messages").header("origin", APP);
    let ask = ask.header("access-control-request-method", "POST");
    let preflight = ask.header("access-control-request-headers", "content-type").send().await.unwrap();
    assert_eq!(preflight.status(), 204);
    assert_eq!(header(&preflight, "access-control-allow-origin"), Some(APP));
    assert_eq!(header(&preflight, "access-control-allow-credentials"), Some("true"));
    assert_eq!(header(&preflight, "access-control-allow-methods"), Some("GET, POST, PUT, DELETE"));
    assert_eq!(
        header(&preflight, "access-control-allow-headers"),
        Some("content-type, idempotency-key, if-none-match")
    );

    let exchange = site.request(Method::POST, "/api/session").header("origin", APP);
    let session = exchange.json(&json!({"identity_token": site.token("ada")})).send().await.unwrap();
    assert_eq!(session.status(), 204);
    for path in ["/api/portal/access", "/api/tickets-space", "/api/tickets/missing", "/api/conversations/missing"] {
        let request = site.get(path).header("origin", APP).header("cookie", cookies_of(&session));
        let answer = request.send().await.unwrap();
        assert_eq!(header(&answer, "access-control-allow-origin"), Some(APP), "{path}: a page reads errors, too");
        let exposed = Some("etag, retry-after, tickets-portal-shades, x-request-id");
        assert_eq!(header(&answer, "access-control-expose-headers"), exposed, "{path}");
        assert!(
            header(&answer, "vary").unwrap().contains("origin"),
            "{path}: nobody keeps one page's answer for another"
        );
    }
}

#[tokio::test]
async fn what_the_messenger_asks_for_brings_the_workspaces_colour_in_shades_that_can_be_read() {
    let site = Site::start().await.reached_at(PORTAL).await;
    let session = site.cookies("ada").await;
    let ask = async |path: &str, origin: &str, cookies: &str| {
        let answer = site.get(path).header("origin", origin).header("cookie", cookies).send().await.unwrap();
        header(&answer, "tickets-portal-shades").map(str::to_owned)
    };
    let asked = [
        "/api/portal/access",
        "/api/tickets-space",
        "/api/tickets/tk-1",
        "/api/tickets/missing",
        "/api/conversations/c-1",
    ];
    for (color, shades) in [
        (json!(null), ["--accent:var(--tickets-portal-accent,#3b5bdb)", ""]),
        (
            json!("#0F5F66"),
            [
                "--link:light-dark(#0f5f66,#",
                ");--accent:var(--tickets-portal-accent,var(--link));--main:#0f5f66;--on:#ffffff",
            ],
        ),
        (
            json!("#ffd400"),
            [
                "--link:light-dark(#",
                ",#ffd400);--accent:var(--tickets-portal-accent,var(--link));--main:#ffd400;--on:#000000",
            ],
        ),
    ] {
        let mut settings = scene::settings();
        settings["brand"]["color"] = color;
        e2e::load(&site.store, &[settings]).await;
        for path in asked {
            let told = ask(path, APP, &session).await.unwrap_or_default();
            assert!(told.starts_with(shades[0]) && told.ends_with(shades[1]), "{path}: {told}");
            assert!(shades[1].is_empty() || told.matches('#').count() == 4, "{path}: {told}");
        }
    }
    // The Help Center's own pages are at the portal's origin.
    for (path, site_of_page, told) in [
        ("/api/portal/access", "same-origin", true),
        ("/api/tickets-space", "same-origin", true),
        ("/api/portal/access", "cross-site", false),
        ("/api/tickets", "same-origin", false),
    ] {
        let own =
            site.get(path).header("sec-fetch-site", site_of_page).header("cookie", &session).send().await.unwrap();
        assert_eq!(header(&own, "tickets-portal-shades").is_some(), told, "{path} {site_of_page}");
        assert_eq!(header(&own, "access-control-allow-origin"), None, "{path}");
    }
    // Nobody is told, and neither are other sites' pages.
    assert_eq!(ask("/api/portal/access", APP, "a=b").await, None);
    assert_eq!(ask("/api/portal/access", "https://evil.example", &session).await, None);
    assert_eq!(ask("/api/tickets", APP, &session).await, None);
}

#[tokio::test]
async fn a_page_of_another_site_is_told_nothing() {
    let site = Site::start().await.reached_at(PORTAL).await;
    let cookies = site.cookies("ada").await;
    for origin in FOREIGN {
        let ask = site.request(Method::OPTIONS, "/api/tickets").header("origin", origin);
        let preflight = ask.header("access-control-request-method", "GET").send().await.unwrap();
        assert_eq!(preflight.status(), 403, "{origin:?}");
        let read = site.get("/api/tickets").header("origin", origin).header("cookie", &cookies).send().await.unwrap();
        for answer in [&preflight, &read] {
            assert!(!answer.headers().keys().any(|name| name.as_str().starts_with("access-control")), "{origin:?}");
        }
    }
}

#[tokio::test]
async fn no_other_page_calls_the_rest_of_the_api_or_reads_a_page() {
    let site = Site::start().await.reached_at(PORTAL).await;
    for path in ["/api/helpdesk/search", "/helpdesk", "/tickets", "/tickets/tk-1", "/api/tickets", "/api/nowhere"] {
        let ask = site.request(Method::OPTIONS, path).header("origin", APP);
        let preflight = ask.header("access-control-request-method", "GET").send().await.unwrap();
        let read = site.get(path).header("origin", APP).send().await.unwrap();
        for answer in [&preflight, &read] {
            assert_eq!(header(answer, "access-control-allow-origin"), None, "{path}");
        }
    }
}

#[tokio::test]
async fn a_portal_without_a_parent_domain_has_no_other_pages() {
    let site = Site::start().await;
    for origin in [site.origin.clone(), "http://127.0.0.1:1".into(), "http://localhost".into()] {
        let read = site.get("/api/portal/access").header("origin", &origin).send().await.unwrap();
        assert_eq!(header(&read, "access-control-allow-origin"), None, "{origin}");
    }
}
