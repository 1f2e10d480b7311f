//! The portal's settings (docs/product.md, Settings): what teammates change counts from the next request, nothing that
//! cannot be is taken, and the portal is turned on only after real checks.

use domain::settings::RequiredSetting;
use e2e::{Site, cookies_of, read, scene};
use local::{Cast, Portal};
use reqwest::{Client, Method, RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};

const REQUIRED: [&str; 3] = ["custom_domain", "cookie_forwarding", "identity_verification"];

/// A workspace in which nothing is confirmed.
pub(crate) async fn fresh() -> Site {
    let site = Site::start().await;
    let mut settings = scene::settings();
    (settings["enabled"], settings["confirmed"]) = (json!(false), json!([]));
    e2e::load(&site.store, &[settings]).await;
    site
}

/// The settings as Grace reads them.
async fn settings(site: &Site) -> Value {
    let (status, settings) = site.desk_get("/settings").await;
    assert_eq!(status, 200, "{settings}");
    settings
}

/// What a change sends: the settings that were read, with one of them changed.
async fn with(site: &Site, name: &str, value: Value) -> Value {
    let read = settings(site).await;
    let mut wanted = json!({});
    for field in ["enabled", "sign_in_url", "brand", "audience", "visibility", "version"] {
        wanted[field] = read[field].clone();
    }
    wanted[name] = value;
    wanted
}

async fn change(site: &Site, name: &str, value: Value) -> (u16, Value) {
    site.desk_send(Method::PUT, "/settings", &with(site, name, value).await).await
}

async fn check(site: &Site, body: Value) -> (u16, Value) {
    site.desk_send(Method::POST, "/settings/checks", &body).await
}

fn identity(token: &str) -> Value {
    json!({"setting": "identity_verification", "identity_token": token})
}

/// Passes all three checks.
async fn confirm_all(site: &Site) {
    assert_eq!(check(site, json!({"setting": "custom_domain"})).await.1["passed"], true);
    assert_eq!(check(site, identity(&site.token("ada"))).await.1["passed"], true);
    let (status, headers, _) = cookie_check(site, &json!({"setting": "cookie_forwarding"}), "").await;
    assert_eq!(status, 202);
    let (status, _, answer) = cookie_check(site, &json!({"setting": "cookie_forwarding"}), &probe(&headers)).await;
    assert_eq!((status, &answer["passed"]), (200, &json!(true)), "{answer}");
}

async fn cookie_check(site: &Site, body: &Value, cookie: &str) -> (u16, HeaderMap, Value) {
    send(site.desk(Method::POST, "/settings/checks").json(body), cookie).await
}

async fn send(request: RequestBuilder, cookie: &str) -> (u16, HeaderMap, Value) {
    let request = if cookie.is_empty() { request } else { request.header("cookie", cookie) };
    let answer = request.send().await.unwrap();
    let headers = answer.headers().clone();
    let (status, body) = read(answer).await;
    (status.as_u16(), headers, body)
}

/// The cookie of a check, as a browser sends it back.
fn probe(headers: &HeaderMap) -> String {
    headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn teammates_read_the_settings_and_what_there_is_to_share() {
    let site = Site::start().await;
    let origin = &site.origin;
    let required = REQUIRED.map(|setting| json!({"setting": setting, "confirmed": true}));
    let read = settings(&site).await;
    let expected = json!({"enabled": true, "sign_in_url": "https://app.vendor.example/login?x=1",
        "brand": {"name": "Vendor", "logo_url": null, "color": null}, "support_contact": null, "logo": null, "audience": [],
        "visibility": {"restrict": false, "conditions": []}, "reporting": false, "required": required,
        "portal_url": format!("{origin}/tickets"), "snippets": read["snippets"], "version": 1});
    assert_eq!(read, expected);
    let card = read["snippets"]["card"].as_str().unwrap();
    assert!(card.contains(&format!(r#"src="{origin}/embed/portal-card.js""#)), "{card}");
    assert!(card.contains("<tickets-portal-card></tickets-portal-card>"), "{card}");
    let messenger = read["snippets"]["messenger"].as_str().unwrap();
    assert!(messenger.contains(&format!(r#"src="{origin}/embed/messenger.js""#)), "{messenger}");
    assert!(messenger.contains("TicketsPortal('boot', { identity_token:"), "{messenger}");
}

#[tokio::test]
async fn a_change_counts_from_the_next_request_of_everybody() {
    let site = Site::start().await;
    let reasons = async |who: &str| site.json_as(who, "/api/portal/access").await.1["reasons"].clone();
    assert_eq!(change(&site, "enabled", json!(false)).await.0, 200);
    assert_eq!(reasons("ada").await, json!(["portal_disabled"]));
    assert_eq!(change(&site, "enabled", json!(true)).await.0, 200);
    assert_eq!(reasons("ada").await, json!([]));

    let beta = json!([{"subject": "company", "attribute": "name", "op": "is", "value": "Beta"}]);
    let (status, answer) = change(&site, "audience", beta.clone()).await;
    assert_eq!((status, &answer["audience"], &answer["version"]), (200, &beta, &json!(4)));
    assert_eq!((reasons("ada").await, reasons("bob").await), (json!(["not_in_audience"]), json!([])));
    assert_eq!(change(&site, "audience", json!([])).await.0, 200);

    let count = async |who: &str| site.json_as(who, "/api/tickets").await.1["counts"]["all"].clone();
    assert_eq!(count("abe").await, 4);
    let condition = json!({"subject": "contact", "attribute": "id", "op": "in", "value": ["abe", "bob"]});
    assert_eq!(change(&site, "visibility", json!({"restrict": true, "conditions": [condition]})).await.0, 200);
    assert_eq!((count("abe").await, count("ada").await), (json!(1), json!(4)));

    assert_eq!(change(&site, "sign_in_url", json!("https://login.vendor.example/")).await.0, 200);
    let sent = site.get("/tickets").send().await.unwrap();
    assert!(sent.headers()["location"].to_str().unwrap().starts_with("https://login.vendor.example/?return_to="));
    assert_eq!(change(&site, "sign_in_url", Value::Null).await.0, 200);
    assert_eq!(site.get("/tickets").send().await.unwrap().status(), 401);

    let brand = json!({"name": "Nimbus", "logo_url": "https://cdn.vendor.example/l.svg", "color": "#0a7d55"});
    assert_eq!(change(&site, "brand", brand).await.0, 200);
    let page = site.get_as("ada", "/tickets").send().await.unwrap().text().await.unwrap();
    assert!(page.contains("· Nimbus</title>") && page.contains("--brand:#0a7d55"), "{page}");
    assert!(page.contains(r#"src="https://cdn.vendor.example/l.svg""#), "{page}");
}

#[tokio::test]
async fn a_support_contact_stays_where_a_client_does_not_know_of_it() {
    let site = Site::start().await;
    for (contact, kept) in [
        (json!("help@vendor.example"), json!("help@vendor.example")),
        (json!("https://vendor.example/help"), json!("https://vendor.example/help")),
        (json!(" "), json!(null)),
        (json!("help@vendor.example"), json!("help@vendor.example")),
        (json!(null), json!(null)),
    ] {
        let (status, answer) = change(&site, "support_contact", contact).await;
        assert_eq!((status, &answer["support_contact"]), (200, &kept));
        let (status, answer) = change(&site, "enabled", json!(true)).await;
        assert_eq!((status, &answer["support_contact"]), (200, &kept), "absent");
    }
    let changes = site.store.settings_changes().await.unwrap();
    let told = changes.iter().filter(|it| it.change.setting == "support_contact").count();
    assert_eq!(told, 5);
}

#[tokio::test]
async fn whoever_saves_second_is_told_that_somebody_was_first() {
    let site = Site::start().await;
    let seen = with(&site, "enabled", json!(false)).await;
    assert_eq!(change(&site, "brand", json!({"name": "First"})).await.0, 200);
    let (status, problem) = site.desk_send(Method::PUT, "/settings", &seen).await;
    assert_eq!((status, &problem["code"], &problem["version"]), (409, &json!("stale_version"), &json!(2)));
    assert_eq!(settings(&site).await["enabled"], true, "nothing of it is saved");

    let seen = with(&site, "enabled", json!(false)).await;
    let mut imported = scene::settings();
    imported["brand"] = json!({"name": "Imported"});
    e2e::load(&site.store, &[imported]).await;
    assert_eq!(site.desk_send(Method::PUT, "/settings", &seen).await.0, 409, "an import was first");
    // A check is no change, and makes nothing stale.
    let seen = with(&site, "enabled", json!(false)).await;
    assert_eq!(check(&site, json!({"setting": "custom_domain"})).await.0, 200);
    assert_eq!(site.desk_send(Method::PUT, "/settings", &seen).await.0, 200);
    // Nothing changed, nothing written.
    let before = site.items().await;
    let version = settings(&site).await["version"].clone();
    let (status, answer) = change(&site, "enabled", json!(false)).await;
    assert_eq!((status, &answer["version"]), (200, &version));
    assert_eq!(site.items().await, before);
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "compares times to the second")]
async fn the_portal_is_not_turned_on_before_every_required_setting_is_proven() {
    let site = fresh().await;
    let (status, problem) = change(&site, "enabled", json!(true)).await;
    assert_eq!((status, &problem["code"]), (422, &json!("required_settings_missing")));
    assert_eq!(problem["missing"], json!(REQUIRED));
    let (status, answer) = change(&site, "brand", json!({"name": "Saved while off"})).await;
    assert_eq!((status, &answer["enabled"]), (200, &json!(false)));

    assert_eq!(check(&site, json!({"setting": "custom_domain"})).await.0, 200);
    let (_, problem) = change(&site, "enabled", json!(true)).await;
    assert_eq!(problem["missing"], json!(REQUIRED[1..]));
    confirm_all(&site).await;
    assert_eq!(change(&site, "enabled", json!(true)).await.0, 200);
    assert_eq!(site.json_as("ada", "/api/portal/access").await.1["access"], "granted");

    let read = settings(&site).await;
    for required in read["required"].as_array().unwrap() {
        let by = json!({"id": scene::GRACE, "name": "Grace"});
        assert_eq!(
            (&required["confirmed"], &required["confirmed_at"], &required["confirmed_by"]),
            (&json!(true), &json!("2026-11-20T12:00:00Z"), &by)
        );
    }
}

#[tokio::test]
async fn a_check_that_fails_leaves_the_portal_on_and_is_in_the_way_of_turning_it_on() {
    let site = Site::start().await;
    let (status, answer) = check(&site, identity("not a token")).await;
    assert_eq!((status, &answer["passed"], &answer["confirmed"]), (200, &json!(false), &json!(true)));
    assert_eq!(site.json_as("ada", "/api/portal/access").await.1["access"], "granted");
    assert_eq!(change(&site, "brand", json!({"name": "Still on"})).await.0, 200);
    let shown = settings(&site).await["required"][2].clone();
    assert!(shown["problem"].as_str().unwrap().contains("not a signed token"), "{shown}");
    assert!(shown["mend"].as_str().unwrap().len() > 20);

    assert_eq!(change(&site, "enabled", json!(false)).await.0, 200);
    let (status, problem) = change(&site, "enabled", json!(true)).await;
    assert_eq!((status, &problem["missing"]), (422, &json!(["identity_verification"])));
    let (_, answer) = check(&site, identity(&site.token("ada"))).await;
    assert_eq!((&answer["passed"], answer.get("problem")), (&json!(true), None));
    assert_eq!(change(&site, "enabled", json!(true)).await.0, 200);
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "signs with the keys of `cargo run`")]
async fn a_token_that_does_not_sign_anybody_in_is_told_what_is_wrong_with_it_and_kept_nowhere() {
    let site = fresh().await;
    let now = site.now();
    let signed = |keys: &str, claims: &Value| web::signing::KeyRing::from_json(keys).unwrap().sign(claims).unwrap();
    let good = json!({"user_id": "ada", "exp": now + 600});
    let (key, claims) = (web::config::demo::IDENTITY_KEYS, |more: Value| {
        let mut claims = json!({"user_id": "ada", "exp": now + 600});
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        claims
    });
    let with_secret = |kid: &str, secret: &str| json!([{"kid": kid, "alg": "HS256", "secret": secret}]).to_string();
    let token = signed(key, &good);
    let other_algorithm = format!("eyJhbGciOiJIUzUxMiIsImtpZCI6ImRlbW8ifQ.{}", token.split_once('.').unwrap().1);
    for (token, problem) in [
        (String::new(), "not a signed token"),
        ("a.b.c".into(), "not a signed token"),
        (format!("Bearer {token}"), "not a signed token"),
        (format!("eyJhbGciOiJub25lIn0.{}.", token.split('.').nth(1).unwrap()), "not a signed token"),
        ("x".repeat(5000), "longer than 4,096 bytes"),
        (signed(&with_secret("other", "x"), &good), "names a key (kid) that the portal does not have"),
        (other_algorithm, "another algorithm"),
        (signed(&with_secret("demo", "x"), &good), "signature does not verify"),
        (site.teammate_token("t-1"), "signature does not verify"),
        (signed(key, &claims(json!({"exp": "soon"}))), "A claim is missing or not of its kind"),
        (signed(key, &json!({"user_id": "ada"})), "A claim is missing"),
        (signed(key, &json!({"exp": now + 600})), "no user_id"),
        (signed(key, &claims(json!({"user_id": 42}))), "no user_id"),
        (signed(key, &claims(json!({"user_id": ""}))), "no user_id"),
        (signed(key, &claims(json!({"aud": "helpdesk"}))), "meant for teammates"),
        (signed(key, &claims(json!({"exp": now - 60}))), "has run out"),
        (signed(key, &claims(json!({"nbf": now + 600}))), "not valid yet"),
        (signed(key, &claims(json!({"exp": now + 30 * 86_400}))), "more than seven days"),
    ] {
        let (status, answer) = check(&site, identity(&token)).await;
        assert_eq!((status, &answer["passed"], &answer["confirmed"]), (200, &json!(false), &json!(false)), "{token}");
        assert!(answer["problem"].as_str().unwrap().contains(problem), "{problem}: {answer}");
        assert!(!answer["mend"].as_str().unwrap().is_empty());
        // Signing in says the same.
        let exchange = json!({"identity_token": token});
        let refused = site.request(Method::POST, "/api/session").json(&exchange).send().await.unwrap();
        assert_eq!(refused.status(), 401, "{problem}");
        let kept = json!(site.items().await).to_string();
        let parts = token.split('.').filter(|it| it.len() > 12);
        for part in parts {
            assert!(!answer.to_string().contains(part) && !kept.contains(part), "{problem}: {part}");
        }
    }
    // A token that holds, of somebody who is not recorded: nobody signs in with it to see anything.
    let (_, answer) = check(&site, identity(&site.token("nobody-recorded"))).await;
    assert_eq!((&answer["passed"], &answer["confirmed"]), (&json!(false), &json!(false)), "{answer}");
    assert!(answer["problem"].as_str().unwrap().contains("none of the portal’s contacts"), "{answer}");
    let (_, answer) = check(&site, identity(&format!(" {token}\n"))).await;
    assert_eq!((&answer["passed"], &answer["confirmed"]), (&json!(true), &json!(true)), "{answer}");
    assert!(!json!(site.items().await).to_string().contains(token.rsplit('.').next().unwrap()));
}

/// The same portal as one that is deployed at `origin`; its requests name the host that they came through.
async fn deployed_at(site: &Site, origin: &str) -> impl Fn(&str, &str, Value) -> RequestBuilder {
    let portal = Portal::bind(0).await.unwrap();
    let address = portal.origin();
    tokio::spawn(portal.serve(site.app(origin), Cast::default(), std::future::pending()));
    let token = site.teammate_token(scene::GRACE);
    move |host, path, body| {
        let request = Client::new().post(format!("{address}/api/helpdesk{path}"));
        request.bearer_auth(&token).header("host", host).json(&body)
    }
}

#[tokio::test]
async fn the_domain_is_confirmed_by_the_request_that_came_through_it() {
    let site = fresh().await;
    let ask = deployed_at(&site, "https://help.vendor.example").await;
    let body = json!({"setting": "custom_domain"});
    for host in ["a1b2.execute-api.eu-west-1.amazonaws.com", "help.vendor.example.evil.example", "vendor.example"] {
        let (status, _, answer) = send(ask(host, "/settings/checks", body.clone()), "").await;
        assert_eq!((status, &answer["passed"], &answer["confirmed"]), (200, &json!(false), &json!(false)), "{host}");
        let problem = answer["problem"].as_str().unwrap();
        assert!(problem.contains(host) && problem.contains("help.vendor.example"), "{problem}");
        assert!(answer["mend"].as_str().unwrap().contains("DNS"), "{answer}");
    }
    for host in ["help.vendor.example", "HELP.vendor.example:443"] {
        let (_, _, answer) = send(ask(host, "/settings/checks", body.clone()), "").await;
        assert_eq!((&answer["passed"], &answer["confirmed"]), (&json!(true), &json!(true)), "{host}");
    }
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn cookie_forwarding_is_confirmed_by_a_cookie_that_came_back_over_the_parent_domain() {
    let site = fresh().await;
    let ask = deployed_at(&site, "https://help.vendor.example").await;
    let ask = |body: Value| ask("help.vendor.example", "/settings/checks", body);
    let begin = || ask(json!({"setting": "cookie_forwarding"}));
    let (status, headers, begun) = send(begin(), "").await;
    assert_eq!(status, 202, "{begun}");
    let set = headers["set-cookie"].to_str().unwrap();
    for part in ["portal_probe=", "Domain=vendor.example", "HttpOnly", "Secure", "SameSite=Lax", "Max-Age=120"] {
        assert!(set.contains(part), "{set} lacks {part}");
    }
    assert_eq!(settings(&site).await["required"][1]["confirmed"], false, "half of it proves nothing");

    let again = json!({"setting": "cookie_forwarding", "probe": begun["probe"]});
    let (status, _, answer) = send(ask(again.clone()), "").await;
    assert_eq!((status, &answer["passed"]), (200, &json!(false)), "it did not come back");
    assert!(answer["problem"].as_str().unwrap().contains("vendor.example did not come back to help.vendor.example"));
    // Neither does one of another check, of another teammate, or one that somebody made up.
    let (_, other, _) = send(begin(), "").await;
    let app = site.app("https://help.vendor.example");
    let somebody = portal_settings::probe::start(&app, &domain::id::TeammateId::new("t-2").unwrap()).unwrap();
    let theirs = somebody.set_cookie.split(';').next().unwrap().to_owned();
    for cookie in [probe(&other), theirs.clone(), "portal_probe=forged".into()] {
        assert_eq!(send(ask(again.clone()), &cookie).await.2["passed"], false, "{cookie}");
    }
    assert_eq!(send(begin(), &theirs).await.0, 202, "somebody else's cookie is none");

    let (status, headers, answer) = send(ask(again.clone()), &probe(&headers)).await;
    assert_eq!((status, &answer["passed"], &answer["confirmed"]), (200, &json!(true), &json!(true)), "{answer}");
    assert!(headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"), "it is not needed any more");

    let (_, headers, _) = send(begin(), "").await;
    site.wait(151);
    assert_eq!(send(begin(), &probe(&headers)).await.0, 202, "a cookie that has run out is none");
    let (status, _, problem) = send(ask(again), "").await;
    assert_eq!((status, &problem["code"]), (400, &json!("invalid_body")));
}

#[tokio::test]
async fn a_help_center_without_a_parent_domain_is_told_so_unless_it_is_this_machine() {
    let site = fresh().await;
    let body = json!({"setting": "cookie_forwarding"});
    for origin in ["https://vendor.example", "https://203.0.113.7"] {
        let ask = deployed_at(&site, origin).await;
        let host = origin.split_once("://").unwrap().1;
        let (status, headers, answer) = send(ask(host, "/settings/checks", body.clone()), "").await;
        assert_eq!((status, &answer["passed"]), (200, &json!(false)), "{origin}");
        assert!(answer["problem"].as_str().unwrap().contains("no parent domain"), "{answer}");
        assert!(headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    }
    let ask = deployed_at(&site, "https://help.vendor.example").await;
    let (_, _, answer) = send(ask("api.elsewhere.example", "/settings/checks", body.clone()), "").await;
    assert!(answer["problem"].as_str().unwrap().contains("came through api.elsewhere.example"), "{answer}");
    let (status, headers, _) = cookie_check(&site, &body, "").await;
    assert_eq!(status, 202);
    assert!(!headers["set-cookie"].to_str().unwrap().contains("Domain"), "only on this host");
    assert_eq!(cookie_check(&site, &body, &probe(&headers)).await.2["passed"], true);
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_name_and_changes_nothing() {
    let site = Site::start().await;
    let before = site.items().await;
    let rule = |attribute: &str, op: &str, value: Value| json!([{"subject": "contact", "attribute": attribute, "op": op, "value": value}]);
    let many = Value::from(vec![rule("id", "is", json!("x"))[0].clone(); 51]);
    let (field, body) = ("invalid_setting", "invalid_body");
    for (name, value, status, code, says) in [
        ("sign_in_url", json!("javascript:alert(1)"), 422, field, "sign_in_url"),
        ("sign_in_url", json!("http://app.vendor.example/"), 422, field, "sign_in_url"),
        ("sign_in_url", json!("https://user@app.vendor.example/"), 422, field, "sign_in_url"),
        ("sign_in_url", json!("https://app.vendor.example/a b"), 422, field, "sign_in_url"),
        ("sign_in_url", json!("https://app.vendor.example/'\""), 422, field, "sign_in_url"),
        ("sign_in_url", json!("//app.vendor.example/"), 422, field, "sign_in_url"),
        ("sign_in_url", json!("login"), 422, field, "sign_in_url"),
        ("sign_in_url", json!(1), 400, body, "invalid type"),
        ("brand", json!({"color": "red"}), 422, field, "brand.color"),
        ("brand", json!({"color": "#12345"}), 422, field, "brand.color"),
        ("brand", json!({"color": "#123456;}"}), 422, field, "brand.color"),
        ("brand", json!({"logo_url": "http://cdn.vendor.example/l.png"}), 422, field, "brand.logo_url"),
        ("brand", json!({"logo_url": "data:image/png;base64,x"}), 422, field, "brand.logo_url"),
        ("brand", json!({"name": "x".repeat(257)}), 422, field, "brand.name"),
        ("brand", json!({"font": "x"}), 400, body, "font"),
        ("brand", json!(null), 400, body, "invalid type"),
        ("support_contact", json!("javascript:alert(1)"), 422, field, "support_contact"),
        ("support_contact", json!("http://vendor.example/help"), 422, field, "support_contact"),
        ("support_contact", json!("\"<script>\"@vendor.example"), 422, field, "support_contact"),
        ("support_contact", json!(1), 400, body, "invalid type"),
        ("enabled", json!("yes"), 400, body, "invalid type"),
        ("version", json!(-1), 400, body, "invalid value"),
        ("confirmed", json!(REQUIRED), 400, body, "confirmed"),
        ("audience", json!({}), 400, body, "invalid type"),
        ("audience", many.clone(), 422, field, "audience"),
        ("audience", rule("", "is", json!("x")), 422, field, "audience[0].attribute"),
        ("audience", rule(&"x".repeat(257), "is", json!("x")), 422, field, "audience[0].attribute"),
        ("audience", rule("id", "is", json!("x".repeat(257))), 422, field, "audience[0].value"),
        ("audience", rule("id", "is", json!("")), 422, field, "audience[0].value"),
        ("audience", rule("id", "in", json!([])), 422, field, "audience[0].value"),
        ("audience", rule("id", "in", json!(vec!["x"; 101])), 422, field, "audience[0].value"),
        ("audience", rule("id", "like", json!("x")), 400, body, "audience[0]"),
        ("audience", rule("id", "is", json!(["x"])), 400, body, "audience[0]"),
        ("audience", rule("id", "in", json!("x")), 400, body, "audience[0]"),
        ("audience", rule("id", "is", json!(1)), 400, body, "audience[0]"),
        (
            "audience",
            json!([{"subject": "ticket", "attribute": "id", "op": "is", "value": "x"}]),
            400,
            body,
            "audience[0]",
        ),
        (
            "audience",
            json!([{"subject": "contact", "attribute": "id", "op": "is", "value": "x", "or": 1}]),
            400,
            body,
            "audience[0]",
        ),
        ("audience", json!([{"attribute": "id", "op": "is", "value": "x"}]), 400, body, "audience[0]"),
        ("audience", json!(["x"]), 400, body, "audience[0]"),
        ("visibility", json!({"restrict": true}), 400, body, "conditions"),
        ("visibility", json!({"restrict": true, "conditions": many}), 422, field, "visibility.conditions"),
        (
            "visibility",
            json!({"restrict": true, "conditions": rule("id", "in", json!([]))}),
            422,
            field,
            "visibility.conditions[0].value",
        ),
        ("visibility", json!({"restrict": true, "conditions": ["x"]}), 400, body, "visibility.conditions[0]"),
    ] {
        let (got, problem) = change(&site, name, value.clone()).await;
        assert_eq!((got, problem["code"].as_str()), (status, Some(code)), "{name} {value}: {problem}");
        let named = if status == 422 { problem["field"].as_str() } else { problem["detail"].as_str() };
        assert!(named.unwrap().contains(says), "{name} {value}: {problem}");
    }
    for missing in ["enabled", "sign_in_url", "brand", "audience", "visibility", "version"] {
        let mut wanted = with(&site, "enabled", json!(false)).await;
        wanted.as_object_mut().unwrap().remove(missing);
        let (status, problem) = site.desk_send(Method::PUT, "/settings", &wanted).await;
        assert_eq!(status, 400);
        assert!(problem["detail"].as_str().unwrap().contains(missing), "{problem}");
    }
    for body in [
        json!({}),
        json!({"setting": "everything"}),
        json!({"setting": "identity_verification"}),
        json!({"setting": "custom_domain", "identity_token": "x"}),
        json!({"setting": "custom_domain", "probe": "x"}),
        json!({"setting": "cookie_forwarding", "probe": "x"}),
        json!({"setting": "custom_domain", "confirmed": true}),
    ] {
        let (status, problem) = check(&site, body.clone()).await;
        assert_eq!((status, &problem["code"]), (400, &json!("invalid_body")), "{body}");
    }
    assert_eq!(site.items().await, before);
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn every_change_is_recorded_with_who_made_it() {
    let site = fresh().await;
    confirm_all(&site).await;
    site.wait(60);
    assert_eq!(change(&site, "sign_in_url", json!("https://login.vendor.example/")).await.0, 200);
    let changes = site.store.settings_changes().await.unwrap();
    let told: Vec<_> = changes.iter().map(|it| (it.at.to_string(), it.change.setting.as_str())).collect();
    assert_eq!(told[0], ("2026-11-20T12:01:00Z".into(), "sign_in_url"));
    let mut confirmed: Vec<_> = told[1..].iter().map(|(_, setting)| *setting).collect();
    confirmed.sort_unstable();
    assert_eq!(confirmed, ["cookie_forwarding", "custom_domain", "identity_verification"]);
    assert_eq!(
        (&changes[0].change.before, &changes[0].change.after),
        (&json!("https://app.vendor.example/login?x=1"), &json!("https://login.vendor.example/"))
    );
    assert!(changes.iter().all(|it| domain::desk::who(&it.by).as_deref() == Some("Grace")));
}

#[tokio::test]
async fn an_import_confirms_what_its_line_says_and_the_page_of_who_did_stays_true() {
    let site = fresh().await;
    assert_eq!(check(&site, json!({"setting": "custom_domain"})).await.0, 200);
    e2e::load(&site.store, &[scene::settings()]).await;
    let read = settings(&site).await;
    let by = |n: usize| read["required"][n]["confirmed_by"]["name"].clone();
    assert_eq!((by(0), by(1), by(2)), (json!("Grace"), Value::Null, Value::Null));
    assert!(read["required"].as_array().unwrap().iter().all(|it| it["confirmed"] == true));
    assert!(site.store.workspace().await.unwrap().settings.confirmed.contains(&RequiredSetting::CookieForwarding));
}

/// People of every sort: with and without a name, an address, companies and attributes of the vendor's own.
fn crowd() -> Vec<Value> {
    let mut lines: Vec<_> = ["gold", "silver", "gold"]
        .iter()
        .enumerate()
        .map(|(n, plan)| json!({"kind": "company", "id": format!("co-{n}"), "name": format!("Company {n}"), "attributes": {"plan": plan}}))
        .collect();
    for n in 0..40 {
        let companies: Vec<_> = (0..3).filter(|company| n >> company & 1 == 1).map(|it| format!("co-{it}")).collect();
        let mut person = json!({"kind": "contact", "id": format!("person-{n}"), "companies": companies});
        if n % 3 > 0 {
            person["email"] = json!(format!("p{n}@{}.example", ["acme", "ACME", "beta"][n % 5 % 3]));
        }
        if n % 4 > 0 {
            person["name"] = json!(format!("Person {}", n % 7));
        }
        if n % 2 > 0 {
            let role = if n / 2 % 2 == 0 { "admin" } else { "user" };
            person["attributes"] = json!({"role": role});
        }
        lines.push(person);
    }
    lines
}

#[tokio::test]
async fn a_preview_names_exactly_those_whom_the_door_lets_in() {
    let site = Site::start().await;
    e2e::load(&site.store, &crowd()).await;
    let rule = |subject: &str, attribute: &str, op: &str, value: Value| json!({"subject": subject, "attribute": attribute, "op": op, "value": value});
    let everybody: Vec<String> = (0..40)
        .map(|n| format!("person-{n}"))
        .chain(["ada", "abe", "bob", "cem", "gus", "nia", "eve"].map(Into::into))
        .collect();
    for audience in [
        json!([]),
        json!([rule("contact", "email_domain", "is", json!("acme.example"))]),
        json!([rule("contact", "email_domain", "not_in", json!(["acme.example", "people.example"]))]),
        json!([rule("contact", "role", "is", json!("admin"))]),
        json!([
            rule("contact", "role", "is_not", json!("admin")),
            rule("contact", "name", "in", json!(["Person 1", "Person 2"]))
        ]),
        json!([rule("company", "plan", "is", json!("gold"))]),
        json!([rule("company", "plan", "is", json!("gold")), rule("company", "id", "is_not", json!("co-0"))]),
        json!([rule("company", "plan", "is", json!("silver")), rule("contact", "id", "not_in", json!(["person-2"]))]),
        json!([rule("company", "name", "is", json!("Nobody's"))]),
    ] {
        let mut matching = Vec::new();
        let (mut looked, mut cursor) = (0, Value::Null);
        loop {
            let body = json!({"audience": audience, "cursor": cursor, "limit": 9});
            let (status, page) = site.desk_send(Method::POST, "/settings/audience/preview", &body).await;
            assert_eq!(status, 200, "{page}");
            matching
                .extend(page["contacts"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()));
            let at = page["looked_at"].as_u64().unwrap();
            assert!(at - looked <= 9, "bounded");
            looked = at;
            assert_eq!(page["matching"], matching.len());
            assert_eq!(page["complete"], page["next_cursor"].is_null());
            cursor = page["next_cursor"].clone();
            if cursor.is_null() {
                break;
            }
        }
        assert_eq!(looked, everybody.len() as u64);
        let mut settings = scene::settings();
        settings["audience"] = audience.clone();
        e2e::load(&site.store, &[settings]).await;
        let mut let_in = Vec::new();
        for who in &everybody {
            let reasons = site.json_as(who, "/api/portal/access").await.1["reasons"].clone();
            if !reasons.as_array().unwrap().contains(&json!("not_in_audience")) {
                let_in.push(who.clone());
            }
        }
        matching.sort();
        let_in.sort();
        assert_eq!(matching, let_in, "{audience}");
    }
}

#[tokio::test]
async fn a_preview_shows_people_with_their_companies_and_is_bound_to_its_rules() {
    let site = Site::start().await;
    let ask = async |body: Value| site.desk_send(Method::POST, "/settings/audience/preview", &body).await;
    let beta = json!([{"subject": "company", "attribute": "id", "op": "is", "value": "beta"}]);
    let (_, page) = ask(json!({"audience": beta})).await;
    assert_eq!((&page["matching"], &page["looked_at"], &page["complete"]), (&json!(2), &json!(7), &json!(true)));
    assert_eq!(
        page["contacts"][1],
        json!({"id": "cem", "name": "Cem Can", "email": "cem@people.example",
            "companies": [{"id": "acme", "name": "Acme"}, {"id": "beta", "name": "Beta"}]})
    );
    let (_, page) = ask(json!({"audience": beta, "limit": 3})).await;
    let cursor = page["next_cursor"].clone();
    for (body, status, code) in [
        (json!({"audience": [], "cursor": cursor}), 400, "invalid_cursor"),
        (json!({"audience": beta, "cursor": "x"}), 400, "invalid_cursor"),
        (json!({"audience": beta, "limit": 0}), 400, "invalid_limit"),
        (json!({"audience": beta, "limit": 201}), 400, "invalid_limit"),
        (json!({"audience": beta, "limit": 1.5}), 400, "invalid_body"),
        (json!({"audience": beta, "page": 2}), 400, "invalid_body"),
        (json!({}), 400, "invalid_body"),
        (json!({"audience": [{}]}), 400, "invalid_body"),
        (
            json!({"audience": [{"subject": "contact", "attribute": "", "op": "is", "value": "x"}]}),
            422,
            "invalid_setting",
        ),
    ] {
        let (got, problem) = ask(body.clone()).await;
        assert_eq!((got, problem["code"].as_str()), (status, Some(code)), "{body}");
    }
    let other = site.request(Method::POST, "/api/helpdesk/settings/audience/preview");
    let other = other.bearer_auth(site.teammate_token("t-2")).json(&json!({"audience": beta, "cursor": cursor}));
    assert_eq!(read(other.send().await.unwrap()).await.0, 400, "another teammate's");
    let (_, rest) = ask(json!({"audience": beta, "cursor": cursor, "limit": 200})).await;
    assert_eq!((&rest["matching"], &rest["looked_at"], &rest["complete"]), (&json!(2), &json!(7), &json!(true)));
}

#[tokio::test]
async fn a_cookie_of_the_check_is_nobodys_session() {
    let site = fresh().await;
    let answer =
        site.desk(Method::POST, "/settings/checks").json(&json!({"setting": "cookie_forwarding"})).send().await;
    let cookie = cookies_of(&answer.unwrap());
    let value = cookie.split_once('=').unwrap().1;
    for name in ["portal_session", "portal_identity", "portal_teammate"] {
        let asked = site.get("/api/tickets").header("cookie", format!("{name}={value}"));
        assert_eq!(asked.send().await.unwrap().status(), 401, "{name}");
        let asked = site.get("/api/helpdesk/settings").header("cookie", format!("{name}={value}"));
        assert_eq!(asked.send().await.unwrap().status(), 401, "{name}");
    }
}
