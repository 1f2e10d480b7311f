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

/// The session's cookie among those that an answer sets.
fn session_in(cookies: &str) -> String {
    cookies.split("; ").find(|it| it.starts_with("portal_session=")).unwrap().to_owned()
}

#[tokio::test]
async fn signing_out_ends_the_session_and_leaves_those_of_other_browsers() {
    let site = Site::start().await;
    let status = async |cookie: &str| site.get("/api/tickets").header("cookie", cookie).send().await.unwrap().status();
    let (laptop, phone) = (session_in(&site.cookies("ada").await), session_in(&site.cookies("ada").await));
    // Pages of the vendor's app exchange a token each time they are loaded.
    let exchange = site.request(Method::POST, "/api/session").header("cookie", &laptop);
    let exchange = exchange.json(&json!({"identity_token": site.token("ada")})).send().await.unwrap();
    let renewed = session_in(&cookies_of(&exchange));
    let end = async |cookie: &str| {
        let answer = site.request(Method::DELETE, "/api/session").header("cookie", cookie).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), &*cookies_of(&answer)), (204, "portal_session=; portal_hint="));
    };
    for cookie in [&laptop, &phone, &renewed] {
        assert_eq!(status(cookie).await, 200);
    }
    for _ in 0..2 {
        end(&renewed).await;
        for ended in [&laptop, &renewed] {
            assert_eq!(status(ended).await, 401);
            let access = site.get("/api/portal/access").header("cookie", ended).send().await.unwrap();
            assert_eq!(read(access).await.1["reasons"], json!(["not_signed_in"]));
            for path in ["/tickets/tk-1", "/api/tickets-space", "/api/conversations/c-1", "/api/tickets/tk-1"] {
                assert_eq!(site.get(path).header("cookie", ended).send().await.unwrap().status(), 401, "{path}");
            }
        }
        assert_eq!(status(&phone).await, 200);
    }
    // An ended session is not renewed: whoever signs in again begins another, and the copies stay closed.
    let exchange = site.request(Method::POST, "/api/session").header("cookie", &laptop);
    let exchange = exchange.json(&json!({"identity_token": site.token("ada")})).send().await.unwrap();
    assert_eq!(status(&session_in(&cookies_of(&exchange))).await, 200);
    assert_eq!(status(&laptop).await, 401);
    // Two cookies are nobody's, and both end.
    let other = session_in(&site.cookies("bob").await);
    end(&format!("{phone}; {other}")).await;
    for ended in [&phone, &other] {
        assert_eq!(status(ended).await, 401);
    }
    for nobodys in ["portal_session=x", "portal_session=", "a=b"] {
        end(nobodys).await;
    }
    site.assert_clean().await;
}

/// Without script too: the button is a form, and its answer a page, because browsers let no form lead to another site.
#[tokio::test]
async fn the_button_for_signing_out_ends_the_session_and_says_so() {
    let site = Site::start().await;
    let cookie = session_in(&site.cookies("ada").await);
    let page = site.get("/tickets").header("cookie", &cookie).send().await.unwrap().text().await.unwrap();
    assert!(page.contains(r#"<form class="me" method="post" action="/sign-out">"#), "{page}");
    let form =
        |origin: &str| site.request(Method::POST, "/sign-out").header("cookie", &cookie).header("origin", origin);
    let foreign = form("https://app.vendor.example").send().await.unwrap();
    assert_eq!((foreign.status().as_u16(), &*cookies_of(&foreign)), (403, ""));
    assert_eq!(site.get("/api/tickets").header("cookie", &cookie).send().await.unwrap().status(), 200);
    for _ in 0..2 {
        let answer = form(&site.origin).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), &*cookies_of(&answer)), (200, "portal_session=; portal_hint="));
        let page = answer.text().await.unwrap();
        assert!(page.contains("You are signed out") && page.contains("Vendor") && !page.contains("Ada"), "{page}");
        assert_eq!(site.get("/api/tickets").header("cookie", &cookie).send().await.unwrap().status(), 401);
    }
}

#[tokio::test]
async fn a_session_of_an_earlier_version_counts_until_it_is_ended() {
    let site = Site::start().await;
    let keys = site.app(&site.origin).config.session_keys.clone();
    let ends = |seconds: i64| domain::timestamp::Timestamp::from_millis((site.now() + seconds) * 1000).unwrap();
    let made = |seconds| keys.seal("session", "ada", ends(seconds), json!({"epoch": 0})).unwrap();
    let [first, second] = [DAY, 2 * DAY].map(|it| format!("portal_session={}", made(it)));
    let status = async |cookie: &str| site.get("/api/tickets").header("cookie", cookie).send().await.unwrap().status();
    assert_eq!((status(&first).await.as_u16(), status(&second).await.as_u16()), (200, 200));
    let end = site.request(Method::DELETE, "/api/session").header("cookie", &first).send().await.unwrap();
    assert_eq!(end.status(), 204);
    assert_eq!((status(&first).await.as_u16(), status(&second).await.as_u16()), (401, 200));
}

#[tokio::test]
async fn a_session_beside_the_identity_of_somebody_else_is_nobodys() {
    let site = Site::start().await;
    let session = session_in(&site.cookies("ada").await);
    let identity = |who: &str| format!("portal_identity={}", site.token(who));
    let first = site.get("/api/tickets").header("cookie", &session).send().await.unwrap();
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    let both = format!("{session}; {}", identity("bob"));
    let ask = |path: &str, cookies: &str| site.get(path).header("cookie", cookies).header("if-none-match", &tag);
    for path in [
        "/tickets",
        "/tickets/tk-1",
        "/tickets/tk-1/conversation",
        "/api/tickets",
        "/api/tickets/tk-1",
        "/api/tickets-space",
        "/api/conversations/c-1",
        "/api/portal/access",
    ] {
        for cookies in [both.clone(), format!("{both}; portal_identity=x"), format!("{}; {session}", identity("bob"))] {
            let answer = ask(path, &cookies).send().await.unwrap();
            let status = if path == "/api/portal/access" { 200 } else { 401 };
            assert_eq!((answer.status().as_u16(), &*cookies_of(&answer)), (status, "portal_session="), "{path}");
            let told = answer.text().await.unwrap();
            for word in ["Export", "Ada", "Bob", "Acme"] {
                assert!(!told.contains(word), "{path} tells {word}");
            }
        }
    }
    let said = site.request(Method::POST, "/api/conversations/c-1/messages").header("cookie", &both);
    let said = said.json(&json!({"body": "Whose?", "client_id": "1"})).send().await.unwrap();
    assert_eq!(said.status(), 401);

    // What the browser has after that answer is the identity alone.
    let alone = ask("/api/portal/access", &identity("bob")).send().await.unwrap();
    assert_eq!(read(alone).await.1["contact"]["id"], "bob");
    // Nothing that does not verify, and nobody who is the same, stands in the session's way.
    let expired = site.sign(&json!({"user_id": "bob", "exp": site.now() - 60}));
    let desk = site.teammate_token("bob");
    for beside in [
        "portal_identity=x".to_owned(),
        "portal_identity=".to_owned(),
        format!("portal_identity={expired}"),
        format!("portal_identity={desk}; portal_teammate={desk}"),
        format!("portal_identity=x; portal_identity={expired}"),
        identity("ada"),
    ] {
        let answer = site.get("/api/tickets").header("cookie", format!("{session}; {beside}")).send().await.unwrap();
        let set = cookies_of(&answer);
        assert!(answer.status() == 200 && !set.contains("portal_session"), "{beside}: {set}");
    }
    // A bearer token alone decides, whatever the cookies say.
    let bearer = site.get_as("bob", "/api/portal/access").header("cookie", &both).send().await.unwrap();
    assert_eq!(read(bearer).await.1["contact"]["id"], "bob");
    // So does the teammate's choice while looking on as a contact.
    let viewing = format!("{both}; {}", site.viewing(GRACE, "cem"));
    let viewing = site.get("/api/portal/access").header("cookie", viewing).send().await.unwrap();
    assert_eq!(read(viewing).await.1["contact"]["id"], "cem");
}

#[tokio::test]
async fn a_form_whose_session_has_ended_keeps_what_was_written_and_leads_back_to_it() {
    let site = Site::start().await;
    let send = |path: &str, fields: &[(&str, &str)], cookies: &str| {
        let request = site.request(Method::POST, path).header("origin", &site.origin).header("cookie", cookies);
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        request.header("content-type", "application/x-www-form-urlencoded").body(body)
    };
    let fields = [("client_id", "m-1"), ("body", "Ten minutes <b>of work</b>\n</textarea>")];
    let ended = session_in(&site.cookies("ada").await);
    site.request(Method::DELETE, "/api/session").header("cookie", &ended).send().await.unwrap();
    let expired = format!("portal_identity={}", site.sign(&json!({"user_id": "ada", "exp": site.now() - 60})));
    let live = session_in(&site.cookies("ada").await);
    let torn = format!("{live}; portal_identity={}", site.token("bob"));
    for cookies in ["a=b", &expired, &ended, &torn] {
        let answer = send("/tickets/tk-1/conversation/messages", &fields, cookies).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{cookies}");
        let page = answer.text().await.unwrap();
        assert!(page.contains("Ten minutes &#60;b&#62;of work&#60;/b&#62;\n&#60;/textarea&#62;</textarea>"), "{page}");
        assert!(page.contains("return_to=") && page.contains("%2Ftickets%2Ftk-1%2Fconversation\""), "{page}");
        for word in ["Export", "Acme", "Bob"] {
            assert!(!page.contains(word), "{cookies}: {word}");
        }
    }
    // The same at the Help Desk, and where there is another reason.
    let note = send("/helpdesk/tickets/tk-1/messages", &fields, "a=b").send().await.unwrap();
    assert_eq!(note.status(), 401);
    assert!(note.text().await.unwrap().contains("Ten minutes"));
    let gone = send("/tickets/missing/conversation/messages", &fields, &live).send().await.unwrap();
    assert_eq!(gone.status(), 404);
    assert!(gone.text().await.unwrap().contains("Ten minutes"));
    // Nothing is said where nothing was written, nor of what an address says.
    for (path, fields) in
        [("/tickets/tk-1/conversation/join", &[][..]), ("/tickets/tk-1/conversation/messages", &[("body", " \n")])]
    {
        let page = send(path, fields, "a=b").send().await.unwrap().text().await.unwrap();
        assert!(!page.contains("has not been sent"), "{path}");
    }
    let page = site.get("/tickets?body=words").header("cookie", &expired).send().await.unwrap().text().await.unwrap();
    assert!(!page.contains("has not been sent"));
}

#[tokio::test]
async fn whoever_is_vouched_for_needs_no_session() {
    let site = Site::start().await;
    let session = session_in(&site.cookies("ada").await);
    let identity = format!("portal_identity={}", site.token("ada"));
    let end = site.request(Method::DELETE, "/api/session").header("cookie", &session).send().await.unwrap();
    assert_eq!(end.status(), 204);
    let both = site.get("/api/tickets").header("cookie", format!("{session}; {identity}")).send().await.unwrap();
    assert_eq!(both.status(), 200, "the token outlives the session");
}

#[tokio::test]
async fn a_token_is_for_the_portal_and_from_the_backend_where_that_is_demanded() {
    let site = Site::start().await;
    let asks = async |portal: &Site, claims: &Value| {
        let mut all = json!({"user_id": "ada", "exp": site.now() + 60});
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        let token = site.sign(&all);
        let exchange = portal.request(Method::POST, "/api/session").json(&json!({"identity_token": token}));
        let statuses = [
            portal.get("/api/tickets").bearer_auth(&token).send().await.unwrap().status().as_u16(),
            portal
                .get("/api/tickets")
                .header("cookie", format!("portal_identity={token}"))
                .send()
                .await
                .unwrap()
                .status()
                .as_u16(),
            exchange.send().await.unwrap().status().as_u16(),
        ];
        assert!([[200, 200, 204], [401; 3]].contains(&statuses), "{claims}: {statuses:?}");
        statuses[0] == 200
    };
    let portal = site.demanding(Some("portal"), None).await;
    for (aud, counts) in [
        (json!("portal"), true),
        (json!(["app", "portal"]), true),
        (json!("app"), false),
        (json!("Portal"), false),
        (json!([]), false),
        (json!([["portal"]]), false),
        (json!({"portal": 1}), false),
        (json!(["portal", "helpdesk"]), false),
        (Value::Null, false),
    ] {
        assert_eq!(asks(&portal, &json!({"aud": aud})).await, counts, "{aud}");
    }
    assert!(!asks(&portal, &json!({})).await);
    let portal = site.demanding(None, Some("https://app.example.com")).await;
    for (iss, counts) in [
        (json!("https://app.example.com"), true),
        (json!("https://app.example.com/"), false),
        (json!(["https://app.example.com"]), false),
        (Value::Null, false),
    ] {
        assert_eq!(asks(&portal, &json!({"iss": iss})).await, counts, "{iss}");
    }
    assert!(!asks(&portal, &json!({})).await);
    let portal = site.demanding(Some("portal"), Some("app")).await;
    assert!(asks(&portal, &json!({"aud": "portal", "iss": "app"})).await);
    assert!(!asks(&portal, &json!({"aud": "portal"})).await && !asks(&portal, &json!({"iss": "app"})).await);
    assert!(asks(&site, &json!({"aud": "anything", "iss": 7})).await, "the rest is the vendor's business");
    // The settings page says which it is.
    for (claims, says) in [(json!({"iss": "app"}), "IDENTITY_AUDIENCE"), (json!({"aud": "portal"}), "IDENTITY_ISSUER")]
    {
        let mut all = json!({"user_id": "ada", "exp": site.now() + 60});
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        let check = json!({"setting": "identity_verification", "identity_token": site.sign(&all)});
        let (_, answer) = portal.desk_send(Method::POST, "/settings/checks", &check).await;
        assert!(answer["passed"] == false && answer.to_string().contains(says), "{answer}");
    }
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
