//! Who is asking (docs/api.md, Identity).

use e2e::{Site, cookies_of, read, scene::GRACE};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::{Method, StatusCode, header::HeaderValue};
use serde_json::{Value, json};

const SECRET: &[u8] = b"demo-identity-secret-for-this-machine-only";
const DAY: i64 = 24 * 60 * 60;

fn signed(algorithm: Algorithm, kid: Option<&str>, secret: &[u8], claims: &Value) -> String {
    let mut header = Header::new(algorithm);
    header.kid = kid.map(Into::into);
    encode(&header, claims, &EncodingKey::from_secret(secret)).unwrap()
}

/// Tokens that must not be believed, and what is wrong with each.
fn bad_tokens(site: &Site) -> Vec<(&'static str, String)> {
    let now = site.now();
    let good = json!({"user_id": "ada", "iat": now, "exp": now + 60});
    let token = site.token("ada");
    let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!() };
    vec![
        ("another secret", signed(Algorithm::HS256, Some("demo"), b"another", &good)),
        ("another algorithm of the family", signed(Algorithm::HS384, Some("demo"), SECRET, &good)),
        ("an unknown kid", signed(Algorithm::HS256, Some("old"), SECRET, &good)),
        ("no signature", format!("{header}.{claims}.")),
        ("alg none", format!("eyJhbGciOiJub25lIn0.{claims}.{signature}")),
        ("claims changed", format!("{header}.{}.{signature}", claims.replacen('e', "f", 1))),
        ("expired", site.sign(&json!({"user_id": "ada", "exp": now - 31}))),
        ("no exp", site.sign(&json!({"user_id": "ada", "iat": now}))),
        ("no user_id", site.sign(&json!({"sub": "ada", "exp": now + 60}))),
        ("a number as user_id", site.sign(&json!({"user_id": 1, "exp": now + 60}))),
        ("an empty user_id", site.sign(&json!({"user_id": "", "exp": now + 60}))),
        ("a user_id of 257 bytes", site.sign(&json!({"user_id": "x".repeat(257), "exp": now + 60}))),
        ("good for a year", site.sign(&json!({"user_id": "ada", "exp": now + 365 * DAY}))),
        ("issued long ago", site.sign(&json!({"user_id": "ada", "iat": now - 30 * DAY, "exp": now + 60}))),
        ("issued in the future", site.sign(&json!({"user_id": "ada", "iat": now + 600, "exp": now + 1200}))),
        ("not valid yet", site.sign(&json!({"user_id": "ada", "nbf": now + 600, "exp": now + 1200}))),
        ("exp out of range", site.sign(&json!({"user_id": "ada", "exp": 1e300}))),
        ("oversized", site.sign(&json!({"user_id": "ada", "exp": now + 60, "padding": "x".repeat(5000)}))),
        ("no token", "x".into()),
    ]
}

#[tokio::test]
async fn a_token_that_does_not_verify_signs_nobody_in() {
    let site = Site::start().await;
    for (what, token) in bad_tokens(&site) {
        let (status, problem) = read(site.get("/api/tickets").bearer_auth(&token).send().await.unwrap()).await;
        assert_eq!((status.as_u16(), &problem["code"]), (401, &json!("not_signed_in")), "{what}");
        let exchange = site.request(Method::POST, "/api/session").json(&json!({"identity_token": token}));
        let answer = exchange.send().await.unwrap();
        assert_eq!(answer.status(), 401, "{what}");
        assert!(!answer.headers().contains_key("set-cookie"), "{what}");
        for name in ["portal_identity", "portal_session"] {
            let request = site.get("/api/portal/access").header("cookie", format!("{name}={token}"));
            let (status, access) = read(request.send().await.unwrap()).await;
            assert_eq!((status.as_u16(), &access["reasons"]), (200, &json!(["not_signed_in"])), "{what} as {name}");
        }
    }
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "compares times to the second")]
async fn clocks_may_differ_by_half_a_minute() {
    let site = Site::start().await;
    for claims in [
        json!({"user_id": "ada", "exp": site.now() - 29}),
        json!({"user_id": "ada", "iat": site.now() + 29, "exp": site.now() + 60}),
        json!({"user_id": "ada", "exp": site.now() as f64 + 0.5}),
    ] {
        let answer = site.get("/api/tickets").bearer_auth(site.sign(&claims)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{claims}");
    }
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn a_session_lasts_a_week_and_ends_when_it_is_revoked_or_closed() {
    let site = Site::start().await;
    let cookies = site.cookies("ada").await;
    let status = async || site.get("/api/tickets").header("cookie", &cookies).send().await.unwrap().status();
    assert_eq!(status().await, 200);
    site.wait(7 * DAY - 60);
    assert_eq!(status().await, 200);
    site.wait(120);
    assert_eq!(status().await, 401);

    let cookies = site.cookies("ada").await;
    let status = async || site.get("/api/tickets").header("cookie", &cookies).send().await.unwrap().status();
    assert_eq!(status().await, 200);
    site.store.raise_session_epoch(&domain::id::ContactId::new("ada").unwrap()).await.unwrap();
    assert_eq!(status().await, 401);
    assert_eq!(site.json_as("ada", "/api/tickets").await.0, 200, "an identity token still counts");

    let answer = site.request(Method::DELETE, "/api/session").send().await.unwrap();
    assert_eq!(answer.status(), 204);
    assert_eq!(cookies_of(&answer), "portal_session=; portal_hint=");
    assert!(answer.headers().get_all("set-cookie").iter().all(|it| it.to_str().unwrap().contains("Max-Age=0")));
}

#[tokio::test]
async fn a_session_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let site = Site::start().await;
    let exchange = site.request(Method::POST, "/api/session").json(&json!({"identity_token": site.token("ada")}));
    let answer = exchange.send().await.unwrap();
    let set = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(set.starts_with("portal_session="), "{set}");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=604800"] {
        assert!(set.contains(attribute), "{attribute}: {set}");
    }
}

#[tokio::test]
async fn the_vendors_identity_cookie_is_accepted_and_a_dead_session_gives_way_to_it() {
    let site = Site::start().await;
    let identity = format!("portal_identity={}", site.token("ada"));
    for cookie in [identity.clone(), format!("portal_session=dead; {identity}"), format!("portal_session=; {identity}")]
    {
        let answer = site.get("/api/tickets").header("cookie", &cookie).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{cookie}");
    }
}

#[tokio::test]
async fn a_bearer_token_that_fails_does_not_fall_back_to_a_cookie() {
    let site = Site::start().await;
    let cookies = site.cookies("ada").await;
    for header in [
        "Bearer x",
        "Bearer",
        "bearer: x",
        "Bearer a,Bearer b",
        "Basic YTpi,Bearer b",
        "Basic YTpi,",
        "",
        // Outside ASCII, and so mended before anybody reads it.
        "Bearer é",
        "Bearer\u{a0}x",
    ] {
        let header = HeaderValue::from_bytes(header.as_bytes()).unwrap();
        let answer = site.get("/api/tickets").header("cookie", &cookies).header("authorization", &header);
        assert_eq!(answer.send().await.unwrap().status(), StatusCode::UNAUTHORIZED, "{header:?}");
    }
}

#[tokio::test]
async fn a_password_of_a_proxy_in_front_speaks_for_nobody() {
    let site = Site::start().await;
    let teammate = format!("portal_teammate={}", site.teammate_token(GRACE));
    for header in ["Basic YTpi", "Digest username=\"a\", realm=\"b\"", "Negotiate YII="] {
        let ask = |path: &str| site.get(path).header("authorization", header);
        let nobody = ask("/api/tickets").send().await.unwrap();
        assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED, "{header}");
        let session = ask("/api/tickets").header("cookie", site.cookies("ada").await).send().await.unwrap();
        assert_eq!(session.status(), StatusCode::OK, "{header}");
        let identity = format!("portal_identity={}", site.token("ada"));
        let identity = ask("/api/tickets").header("cookie", identity).send().await.unwrap();
        assert_eq!(identity.status(), StatusCode::OK, "{header}");
        let desk = ask("/api/helpdesk/tickets/tk-1").header("cookie", &teammate).send().await.unwrap();
        assert_eq!(desk.status(), StatusCode::OK, "{header}");
    }
    // Whoever looks on as a contact goes on looking on.
    let viewing = site.viewing(GRACE, "ada");
    let end = site.request(Method::DELETE, "/api/session").header("cookie", viewing).basic_auth("a", Some("b"));
    let (status, problem) = read(end.send().await.unwrap()).await;
    assert_eq!((status.as_u16(), &problem["code"]), (403, &json!("read_only")));
}

#[tokio::test]
async fn two_cookies_of_our_name_are_no_identity() {
    let site = Site::start().await;
    let session = site.cookies("ada").await.split(';').next().unwrap().to_owned();
    for other in ["portal_session=x", "portal_session=é", &session] {
        let cookies = HeaderValue::from_bytes(format!("{session}; {other}").as_bytes()).unwrap();
        let answer = site.get("/api/tickets").header("cookie", cookies).send().await.unwrap();
        assert_eq!(answer.status(), 401);
    }
}

#[tokio::test]
async fn a_cookie_that_is_not_ascii_beside_ours_changes_nothing() {
    let site = Site::start().await;
    let session = site.cookies("ada").await;
    for neighbour in ["näme=wört", "x=\u{1f41e}", "=", ";;;", "a=b=c", "portal_session_2=x"] {
        let header = reqwest::header::HeaderValue::from_bytes(format!("{neighbour}; {session}").as_bytes()).unwrap();
        let answer = site.get("/api/tickets").header("cookie", header).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{neighbour}");
    }
}

#[tokio::test]
async fn a_teammates_token_is_nothing_to_the_customer_side() {
    let site = Site::start().await;
    let keys = web::signing::KeyRing::from_json(web::config::demo::TEAMMATE_KEYS).unwrap();
    let token = keys.sign(&json!({"sub": "ada", "user_id": "ada", "aud": "helpdesk", "exp": site.now() + 60})).unwrap();
    assert_eq!(site.get("/api/tickets").bearer_auth(token).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn only_pages_of_the_own_site_change_anything() {
    let site = Site::start().await;
    let exchange = || site.request(Method::POST, "/api/session").json(&json!({"identity_token": site.token("ada")}));
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1.evil.example", ""] {
        let (status, problem) = read(exchange().header("origin", origin).send().await.unwrap()).await;
        assert_eq!((status.as_u16(), &problem["code"]), (403, &json!("wrong_origin")), "{origin:?}");
        let end = site.request(Method::DELETE, "/api/session").header("origin", origin).send().await.unwrap();
        assert_eq!(end.status(), 403, "{origin:?}");
    }
    assert_eq!(exchange().header("sec-fetch-site", "cross-site").send().await.unwrap().status(), 403);
    assert_eq!(exchange().header("origin", &site.origin).send().await.unwrap().status(), 204);
}

#[tokio::test]
async fn an_exchange_says_what_is_wrong_with_its_body() {
    let site = Site::start().await;
    let post = |media_type: &'static str, body: Vec<u8>| {
        let request = site.request(Method::POST, "/api/session").body(body);
        if media_type.is_empty() { request } else { request.header("content-type", media_type) }
    };
    let good = json!({"identity_token": site.token("ada")}).to_string().into_bytes();
    for (media_type, body, status, code) in [
        ("", good.clone(), 415, "unsupported_media_type"),
        ("text/plain", good.clone(), 415, "unsupported_media_type"),
        ("application/x-www-form-urlencoded", b"identity_token=x".to_vec(), 415, "unsupported_media_type"),
        ("application/json", b"".to_vec(), 400, "invalid_body"),
        ("application/json", b"{".to_vec(), 400, "invalid_body"),
        ("application/json", b"[]".to_vec(), 400, "invalid_body"),
        ("application/json", b"{}".to_vec(), 400, "invalid_body"),
        ("application/json", b"{\"identity_token\":1}".to_vec(), 400, "invalid_body"),
        ("application/json", b"{\"identity_token\":\"x\",\"more\":1}".to_vec(), 400, "invalid_body"),
        ("application/json", b"\xff\xfe".to_vec(), 400, "invalid_body"),
        ("application/json", "[".repeat(60_000).into_bytes(), 400, "invalid_body"),
        ("application/json", vec![b' '; 1_000_000], 413, "body_too_large"),
        ("application/json", vec![b' '; 7_000_000], 413, "body_too_large"),
    ] {
        let (got, problem) = read(post(media_type, body).send().await.unwrap()).await;
        assert_eq!((got.as_u16(), &problem["code"]), (status, &json!(code)), "{media_type}");
    }
    assert_eq!(post("Application/JSON; charset=utf-8", good).send().await.unwrap().status(), 204);
}

#[tokio::test]
async fn an_identity_token_for_the_help_desk_is_none_whoever_signed_it() {
    let site = Site::start().await;
    for (aud, status) in [
        (json!("helpdesk"), 401),
        (json!(["app", "helpdesk"]), 401),
        (json!("app"), 200),
        (json!(["app"]), 200),
        (json!(7), 200),
        (Value::Null, 200),
    ] {
        let token = site.sign(&json!({"user_id": "ada", "aud": aud, "exp": site.now() + 60}));
        let answer = site.get("/api/tickets").bearer_auth(&token).send().await.unwrap();
        assert_eq!(answer.status(), status, "{aud}");
        let exchange = site.request(Method::POST, "/api/session").json(&json!({"identity_token": token}));
        assert_eq!(exchange.send().await.unwrap().status().is_success(), status == 200, "{aud}");
    }
    // Nor does a teammate's cookie count on the customers' side.
    for name in ["portal_teammate", "portal_session", "portal_identity"] {
        let cookie = format!("{name}={}", site.teammate_token("ada"));
        assert_eq!(site.get("/api/tickets").header("cookie", cookie).send().await.unwrap().status(), 401, "{name}");
    }
}
