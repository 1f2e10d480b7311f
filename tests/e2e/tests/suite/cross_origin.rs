//! The vendor's other pages call from a browser what the Messenger and the card need; nobody else's pages do.

use e2e::{Site, cookies_of};
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
        assert_eq!(header(&answer, "access-control-expose-headers"), Some("etag, retry-after, x-request-id"), "{path}");
        assert!(
            header(&answer, "vary").unwrap().contains("origin"),
            "{path}: nobody keeps one page's answer for another"
        );
    }
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
