//! Whatever a client sends: a clear 4xx, as problem or as page, never a 5xx, never somebody else's data, never "all".

use e2e::{Site, read};
use proptest::prelude::*;
use reqwest::{Method, header::HeaderValue};
use serde_json::json;
use std::sync::Arc;

#[tokio::test]
async fn parameters_that_are_unknown_repeated_or_senseless_are_named() {
    let site = Site::start().await;
    let long = "x".repeat(2000);
    for (query, code) in [
        ("state=", "invalid_state"),
        ("state=all", "invalid_state"),
        ("state=RESOLVED", "invalid_state"),
        ("state=resolved&state=resolved", "invalid_state"),
        ("limit=0", "invalid_limit"),
        ("limit=101", "invalid_limit"),
        ("limit=-1", "invalid_limit"),
        ("limit=%2B5", "invalid_limit"),
        ("limit=5.0", "invalid_limit"),
        ("limit=", "invalid_limit"),
        ("limit=99999999999999999999", "invalid_limit"),
        ("limit=1&limit=1", "invalid_limit"),
        ("cursor=x", "invalid_cursor"),
        ("company=", "invalid_parameter"),
        ("company=acme&company=beta", "invalid_parameter"),
        ("State=resolved", "invalid_parameter"),
        ("sort=age", "invalid_parameter"),
        ("=", "invalid_parameter"),
        (&format!("company={long}"), "invalid_parameter"),
        (&format!("{long}=1"), "invalid_parameter"),
        ("%00=%00", "invalid_parameter"),
    ] {
        let (status, problem) = site.json_as("cem", &format!("/api/tickets?{query}")).await;
        assert_eq!((status.as_u16(), &problem["code"]), (400, &json!(code)), "{query}");
        assert_eq!(problem["status"], 400);
        assert!(problem["detail"].as_str().is_some_and(|it| !it.is_empty()) && problem["request_id"].is_string());
        let page = site.get_as("cem", &format!("/tickets?{query}")).send().await.unwrap();
        // A cursor that leads nowhere: on to the first page.
        if code == "invalid_cursor" {
            assert_eq!((page.status().as_u16(), &page.headers()["location"]), (303, &"/tickets".parse().unwrap()));
            continue;
        }
        assert_eq!(page.status(), 400, "{query}");
        assert!(page.text().await.unwrap().contains("<h1>"), "{query}");
    }
    for path in ["/api/portal/access?x=1", "/api/tickets/tk-1?state=resolved", "/api/tickets/tk-1?company=a&company=b"]
    {
        assert_eq!(site.json_as("cem", path).await.1["code"], "invalid_parameter", "{path}");
    }
}

#[tokio::test]
async fn an_id_that_is_none_is_a_ticket_that_is_not_there() {
    let site = Site::start().await;
    for id in [
        "%23",
        "a%23b",
        "a%2Fb",
        "%00",
        "tk-1%00",
        "TK-1",
        "tk-1%20",
        "%C3%A9",
        "%F0%9F%90%9E",
        "tk-1%3Fx",
        &"x".repeat(5000),
    ] {
        let (status, problem) = site.json_as("ada", &format!("/api/tickets/{id}")).await;
        assert_eq!((status.as_u16(), &problem["code"]), (404, &json!("ticket_not_found")), "{id}");
        let page = site.get_as("ada", &format!("/tickets/{id}")).send().await.unwrap();
        assert_eq!(page.status(), 404, "{id}");
        assert!(page.text().await.unwrap().contains("We can’t find that"));
    }
    let (status, problem) = site.json_as("ada", &format!("/api/tickets/{}", "x".repeat(10_240))).await;
    assert_eq!((status.as_u16(), problem["status"].as_u64()), (431, Some(431)));
}

/// Clients tidy addresses up before they send them; an attacker's does not.
#[tokio::test]
async fn dots_and_slashes_in_an_address_lead_nowhere_else() {
    let site = Site::start().await;
    let by_ada = [("authorization", &*format!("Bearer {}", site.token("ada")))];
    for path in [
        "/api/tickets/%2e%2e",
        "/api/tickets/..",
        "/api/tickets/%2e",
        "/api/tickets/../tickets",
        "/api//tickets",
        "/api/tickets/%2e%2e%2ftk-1",
        "//api/tickets",
    ] {
        let answer = site.raw(path, &by_ada).await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
    }
    assert!(site.raw("/api/tickets/tk-1", &by_ada).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn an_address_that_leads_nowhere_says_so() {
    let site = Site::start().await;
    for (method, path) in [
        (Method::GET, "/api/nothing"),
        (Method::PATCH, "/api/tickets"),
        (Method::PUT, "/api/session"),
        (Method::GET, "/api/session"),
        (Method::GET, "/api/tickets/"),
        (Method::GET, "/api/tickets/a/b"),
        (Method::GET, "/api/tickets/%ff"),
        (Method::from_bytes(b"PURGE").unwrap(), "/api/tickets"),
    ] {
        let (status, problem) = read(site.request(method.clone(), path).send().await.unwrap()).await;
        assert_eq!((status.as_u16(), &problem["code"]), (404, &json!("not_found")), "{method} {path}");
    }
    for path in ["/nothing", "/tickets/a/b", "/.env", "/tickets/%ff"] {
        let page = site.get(path).send().await.unwrap();
        assert_eq!(page.status(), 404, "{path}");
        assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"), "{path}");
    }
}

#[tokio::test]
async fn headers_that_are_odd_change_nothing() {
    let site = Site::start().await;
    for (name, value) in [
        ("host", "a b"),
        ("host", "["),
        ("x-forwarded-proto", "://"),
        ("x-forwarded-for", "\u{e9}"),
        ("accept-encoding", "gzip;q=\u{e9}"),
        ("if-none-match", "\"\u{e9}\""),
        ("content-type", "\u{e9}"),
    ] {
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        let answer = site.get_as("ada", "/api/tickets").header(name, value).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{name}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect_it() {
    let site = Site::start().await;
    for (path, who) in [
        ("/tickets", Some("ada")),
        ("/tickets/tk-1", Some("ada")),
        ("/tickets", Some("nia")),
        ("/nothing", None),
        ("/api/tickets", Some("ada")),
        ("/api/tickets", None),
        ("/api/portal/access", Some("ada")),
    ] {
        let request = match who {
            Some(who) => site.get_as(who, path),
            None => site.get(path),
        };
        let answer = request.send().await.unwrap();
        let header =
            |name: &str| answer.headers().get(name).map(|it| it.to_str().unwrap().to_owned()).unwrap_or_default();
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert!(header("cache-control").starts_with("private, no-"), "{path}");
        assert!(!header("referrer-policy").is_empty() && !header("x-request-id").is_empty());
        if !path.starts_with("/api") {
            let policy = header("content-security-policy");
            assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
            assert!(!policy.contains("unsafe"), "{policy}");
        }
    }
}

#[test]
fn no_input_makes_a_function_fail() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let site = Arc::new(runtime.block_on(Site::start()));
    let segment = prop_oneof!["[ -~]{0,20}", "\\PC{0,12}", Just("tickets".to_owned()), Just("tk-1".to_owned())];
    let roots = vec![
        "/api/tickets",
        "/tickets",
        "/api/session",
        "/api/portal/access",
        "/api/helpdesk/tickets",
        "/api/helpdesk/tickets/tk-1/company",
        "/api/helpdesk/conversations",
        "/api/helpdesk/conversations/c-1/messages",
        "/api/helpdesk/companies",
        "/api/helpdesk/contacts",
        "/api/helpdesk/search",
        "",
    ];
    let path = (prop::sample::select(roots), prop::collection::vec(segment, 0..3));
    let query = prop_oneof![
        "[ -~]{0,40}",
        "(state|company|limit|cursor|id|contact|q)=[a-z%0-9]{0,12}(&(state|company|limit|cursor)=\\PC{0,8})?"
    ];
    let teammate = format!("portal_teammate={}", site.teammate_token("t-1"));
    let cookie = prop_oneof![
        1 => Just(String::new()),
        1 => "[ -~]{0,40}",
        1 => "portal_(session|identity|hint|teammate|viewing)=\\PC{0,30}",
        3 => Just(teammate)
    ];
    let method = prop::sample::select(vec![Method::GET, Method::POST, Method::DELETE, Method::PUT, Method::PATCH]);
    let field = "\"(version|company|title|type|requester|id|name|email|companies|body|client_id|attributes|state)\":(null|1|-1|1e99|\"[a-z\\PC]{0,3}\"|\\[\\]|\\{\\}|\\[\"acme\"\\]|\"tk-1\"|\"bug\"|\"ada\")";
    let object = prop::collection::vec(field, 0..5).prop_map(|fields| format!("{{{}}}", fields.join(",")).into_bytes());
    let body = prop_oneof![prop::collection::vec(any::<u8>(), 0..60), object];
    proptest!(ProptestConfig { cases: 800, ..ProptestConfig::default() }, |(method in method, (root, rest) in path, query in query, cookie in cookie, body in body)| {
        let site = site.clone();
        let status = runtime.block_on(async move {
            let encode = |text: &str| url_escape(text);
            let path: String = std::iter::once(root.to_owned()).chain(rest.iter().map(|it| encode(it))).collect::<Vec<_>>().join("/");
            let path = if path.starts_with('/') { path } else { format!("/{path}") };
            let mut request = site.request(method, &format!("{path}?{}", encode(&query).replace("%3D", "=").replace("%26", "&")));
            if let Ok(cookie) = HeaderValue::from_bytes(cookie.as_bytes()) {
                request = request.header("cookie", cookie);
            }
            request.header("content-type", "application/json").body(body).send().await.unwrap().status()
        });
        prop_assert!(status.as_u16() < 500, "{status}");
    });
}

fn url_escape(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { (byte as char).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
