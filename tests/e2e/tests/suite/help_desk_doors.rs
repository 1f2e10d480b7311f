//! Who may call the teammates' side, and what its routes answer to bodies and parameters that are not valid.

use e2e::{Site, read, scene::GRACE};
use local::gateway::FUNCTIONS;
use reqwest::{Method, RequestBuilder};
use serde_json::json;

/// Every route, and an address of it. The pages say the same in their own words.
fn routes(help_desk: bool) -> Vec<(Method, String)> {
    let all = FUNCTIONS.iter().flat_map(|function| function.routes).filter_map(|route| route.key.split_once(' '));
    let api = all.filter(|(_, path)| path.starts_with("/api/") && path.starts_with("/api/helpdesk/") == help_desk);
    api.map(|(method, path)| {
        let path = path.replace("{ticket_id}", "tk-1").replace("{conversation_id}", "c-1");
        (method.parse().unwrap(), path)
    })
    .collect()
}

/// Those that take a body.
fn with_body() -> impl Iterator<Item = (Method, String)> {
    routes(true).into_iter().filter(|(method, _)| *method != Method::GET && *method != Method::DELETE)
}

async fn outcome(request: RequestBuilder) -> (u16, String) {
    let (status, problem) = read(request.send().await.unwrap()).await;
    (status.as_u16(), problem["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn nobody_but_a_teammate_gets_past_any_route() {
    let site = Site::start().await;
    let before = site.items().await;
    let refused = (401, "not_signed_in".to_owned());
    let identity = site.token("ada");
    let session = site.cookies("ada").await;
    let teammates_by_identity = site.sign(&json!({"sub": GRACE, "aud": "helpdesk", "exp": site.now() + 60}));
    for (method, path) in routes(true) {
        let ask = || site.request(method.clone(), &path).json(&json!({"body": "x", "client_id": "x"}));
        assert_eq!(outcome(ask()).await, refused, "{method} {path}: nobody");
        for token in [identity.as_str(), &teammates_by_identity, "forged", ""] {
            assert_eq!(outcome(ask().bearer_auth(token)).await, refused, "{method} {path} {token}");
            let cookie = format!("portal_teammate={token}");
            assert_eq!(outcome(ask().header("cookie", cookie)).await, refused, "{method} {path} {token}");
        }
        for cookie in [session.clone(), format!("portal_identity={identity}")] {
            assert_eq!(outcome(ask().header("cookie", cookie)).await, refused, "{method} {path}");
        }
        let answer = ask().send().await.unwrap();
        assert_eq!(answer.headers()["www-authenticate"], "Bearer", "{method} {path}");
    }
    assert_eq!(site.items().await, before);
}

#[tokio::test]
async fn a_teammates_token_opens_nothing_on_the_customers_side() {
    let site = Site::start().await;
    let token = site.teammate_token("ada");
    for (method, path) in routes(false).into_iter().filter(|(_, path)| path != "/api/session") {
        let by_bearer = site.request(method.clone(), &path).bearer_auth(&token);
        let by_cookie = site.request(method.clone(), &path).header("cookie", format!("portal_teammate={token}"));
        for request in [by_bearer, by_cookie] {
            let (status, answer) = read(request.send().await.unwrap()).await;
            let denied = answer["access"] == "denied" && answer["reasons"] == json!(["not_signed_in"]);
            assert!(status == 401 || denied, "{method} {path}: {status} {answer}");
        }
    }
    let exchange = site.request(Method::POST, "/api/session").json(&json!({"identity_token": token}));
    assert_eq!(outcome(exchange).await.0, 401);
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn a_teammate_comes_by_bearer_token_or_by_cookie() {
    let site = Site::start().await;
    let token = site.teammate_token(GRACE);
    let ask = || site.get("/api/helpdesk/tickets/tk-1");
    assert_eq!(outcome(ask().bearer_auth(&token)).await.0, 200);
    assert_eq!(outcome(ask().header("cookie", format!("portal_teammate={token}"))).await.0, 200);
    site.wait(3700);
    assert_eq!(outcome(ask().bearer_auth(&token)).await.0, 401, "it has run out");
}

#[tokio::test]
async fn pages_of_other_sites_change_nothing() {
    let site = Site::start().await;
    let before = site.items().await;
    for (method, path) in routes(true).into_iter().filter(|(method, _)| *method != Method::GET) {
        let cookie = format!("portal_teammate={}", site.teammate_token(GRACE));
        let request = site.request(method.clone(), &path).header("cookie", cookie).json(&json!({}));
        let answer = outcome(request.header("origin", "https://evil.example")).await;
        assert_eq!(answer, (403, "wrong_origin".into()), "{method} {path}");
    }
    assert_eq!(site.items().await, before);
}

#[tokio::test]
async fn a_body_that_is_none_is_refused_on_every_route() {
    let site = Site::start().await;
    let before = site.items().await;
    let json = "application/json";
    for (method, path) in with_body() {
        for (media_type, body, status, code) in [
            (json, b"{".to_vec(), 400, "invalid_body"),
            (json, b"null".to_vec(), 400, "invalid_body"),
            (json, b"7".to_vec(), 400, "invalid_body"),
            (json, b"\xff\xfe{}".to_vec(), 400, "invalid_body"),
            (json, b"{\"body\":\"\xff\"}".to_vec(), 400, "invalid_body"),
            (json, "[".repeat(60_000).into_bytes(), 400, "invalid_body"),
            (json, b"{\"unheard_of\":1}".to_vec(), 400, "invalid_body"),
            (json, b"{\"company\":null,\"company\":null}".to_vec(), 400, "invalid_body"),
            (json, vec![b' '; 1_000_000], 413, "body_too_large"),
            ("text/plain", b"{}".to_vec(), 415, "unsupported_media_type"),
            ("application/x-www-form-urlencoded", b"company=".to_vec(), 415, "unsupported_media_type"),
            ("", b"{}".to_vec(), 415, "unsupported_media_type"),
        ] {
            let request = site.request(method.clone(), &path).bearer_auth(site.teammate_token(GRACE)).body(body);
            let request = if media_type.is_empty() { request } else { request.header("content-type", media_type) };
            assert_eq!(outcome(request).await, (status, code.into()), "{method} {path} {media_type}");
        }
        // Linking says everything in its address.
        if !path.contains("/conversations/c-1/tickets/") {
            for body in ["", " \n"] {
                let request = site.request(method.clone(), &path).bearer_auth(site.teammate_token(GRACE));
                let request = request.header("content-type", json).body(body);
                assert_eq!(outcome(request).await, (400, "invalid_body".into()), "{method} {path} {body:?}");
            }
        }
    }
    assert_eq!(site.items().await, before);
}

#[tokio::test]
async fn parameters_that_are_unknown_or_given_twice_are_refused_on_every_route() {
    let site = Site::start().await;
    let before = site.items().await;
    for (method, path) in routes(true) {
        for query in ["unheard_of=1", "Company=acme", "=", "%00=%00"] {
            let request =
                site.request(method.clone(), &format!("{path}?{query}")).bearer_auth(site.teammate_token(GRACE));
            let answer = outcome(request.json(&json!({}))).await;
            assert_eq!(answer, (400, "invalid_parameter".into()), "{method} {path}?{query}");
        }
    }
    for (query, code) in [
        ("q=a&q=b", "invalid_parameter"),
        ("company=acme&no_company=true", "invalid_parameter"),
        ("no_company=yes", "invalid_parameter"),
        ("company=", "invalid_parameter"),
        ("state=open", "invalid_state"),
        ("state=resolved&state=resolved", "invalid_state"),
        ("type=a%2Fb", "invalid_parameter"),
        ("kind=contact", "invalid_parameter"),
        ("creator=me", "invalid_parameter"),
        ("created_from=2026-02-30", "invalid_parameter"),
        ("updated_from=2026-02-02&updated_to=2026-02-01", "invalid_parameter"),
        ("sort=age", "invalid_parameter"),
        ("turn=us", "invalid_parameter"),
    ] {
        let (status, problem) = site.desk_get(&format!("/search?{query}")).await;
        assert_eq!((status, &problem["code"]), (400, &json!(code)), "{query}");
    }
    assert_eq!(site.items().await, before);
}

#[tokio::test]
async fn answers_are_kept_by_nobody() {
    let site = Site::start().await;
    for path in
        ["/tickets/tk-1", "/tickets/tk-1/company", "/conversations/c-1", "/companies?id=acme", "/contacts?id=ada"]
    {
        let answer = site.desk(Method::GET, path).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["cache-control"]),
            (200, &"private, no-store".parse().unwrap())
        );
        assert!(answer.headers().get("set-cookie").is_none(), "{path}");
    }
}
