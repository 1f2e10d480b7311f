//! Somebody without a valid identity gets no more from any route than the list below says.

use e2e::{Site, openapi, scene, template};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What anybody may be answered with, besides that they must sign in and that there is nothing at an address.
const PUBLIC: &[(&str, &str)] = &[
    // The decision itself: nothing but that the asker is not signed in.
    ("GET /api/portal/access", "200"),
    // Scripts for the vendor's pages, the same for everybody.
    ("GET /embed/messenger.js", "200"),
    ("GET /embed/portal-card.js", "200"),
    // What `GET` tells is told without a body.
    ("HEAD /api/portal/access", "200"),
    ("HEAD /embed/messenger.js", "200"),
    ("HEAD /embed/portal-card.js", "200"),
    // Signing out takes no identity, and tells nothing.
    ("DELETE /api/session", "204"),
    ("POST /sign-out", "200"),
    // Where an identity is exchanged: a body without one is refused as a body.
    ("POST /api/session", "400"),
];

/// Methods and paths of every route of the template, as somebody calls it who knows that the ticket and the conversation
/// exist.
fn routes() -> BTreeSet<(String, String)> {
    let template = template::template();
    let called = template::routes(&template).into_keys().flat_map(|route| match route.split_once(' ') {
        Some((method, path)) => vec![(method.to_owned(), openapi::address(path))],
        None => ["/nothing", "/api/nothing"].map(|path| ("GET".to_owned(), path.to_owned())).to_vec(),
    });
    called.collect()
}

/// Headers with which somebody claims to be who they cannot prove to be.
fn credentials(site: &Site) -> Vec<(&'static str, String)> {
    let now = site.now();
    let claims = json!({"user_id": "ada", "sub": scene::GRACE, "aud": "helpdesk", "iat": now, "exp": now + 3600});
    let stranger = web::signing::KeyRing::from_json(r#"[{"kid":"demo","alg":"HS256","secret":"a guess"}]"#).unwrap();
    let forged = stranger.sign(&claims).unwrap();
    let expired = site.sign(&json!({"user_id": "ada", "iat": now - 7200, "exp": now - 3600}));
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", forged.split('.').nth(1).unwrap());
    let mut credentials = vec![("x-nothing", String::new()), ("authorization", "Basic YWRhOmFkYQ==".into())];
    for token in ["garbage", "", &forged, &expired, &unsigned] {
        credentials.push(("authorization", format!("Bearer {token}")));
        credentials.push((
            "cookie",
            format!(
                "portal_session={token}; portal_identity={token}; portal_teammate={token}; portal_viewing={token}; portal_hint={token}"
            ),
        ));
    }
    credentials
}

/// What is somebody's own in the scene, in lower case.
fn private() -> BTreeSet<String> {
    fn texts(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    if ["name", "email", "title", "description", "body", "internal_label"].contains(&name.as_str()) {
                        found.extend(value.as_str().map(str::to_lowercase));
                    }
                    texts(value, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|it| texts(it, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::from([scene::CANARY.to_owned(), "people.example".into(), "acme".into()]);
    let lines = scene::lines().into_iter().filter(|it| it["kind"] != "settings" && it["kind"] != "ticket_type");
    lines.for_each(|line| texts(&line, &mut found));
    found
}

/// A short word for what somebody was answered.
fn outcome(answer: &Response) -> String {
    let status = answer.status().as_u16();
    match answer.headers().get("location").map(|it| it.to_str().unwrap()) {
        Some(to) if to.starts_with("https://app.vendor.example/login?x=1&return_to=") => "sign in".into(),
        Some(to) => format!("{status} to {to}"),
        None if status == 401 => "sign in".into(),
        None => status.to_string(),
    }
}

#[tokio::test]
async fn nobody_gets_more_than_the_public_list_says() {
    let site = Site::start().await;
    let private = private();
    assert!(private.len() > 20 && private.contains("acme") && private.contains("ada acker"), "{private:?}");
    let (before, mut met) = (site.items().await, BTreeSet::new());
    let (routes, credentials) = (routes(), credentials(&site));
    let paths: BTreeSet<_> = routes.iter().map(|(_, path)| path).collect();
    for path in paths {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            let answered_as = if method == "HEAD" { "GET" } else { method };
            let routed = routes.contains(&(answered_as.to_owned(), path.clone()));
            for (name, value) in credentials.iter().take(if routed { credentials.len() } else { 3 }) {
                let mut request = site.request(method.parse::<Method>().unwrap(), path).header(*name, value);
                if !["GET", "HEAD"].contains(&method) {
                    request = request.header("origin", &site.origin);
                    request = if path.starts_with("/api/") {
                        request.json(&json!({"company": null, "version": 1}))
                    } else {
                        request.header("content-type", "application/x-www-form-urlencoded").body("company=&version=1")
                    };
                }
                let answer = request.send().await.unwrap();
                let (route, outcome) = (format!("{method} {path}"), outcome(&answer));
                let headers = format!("{:?}", answer.headers());
                let told = format!("{headers}{}", answer.text().await.unwrap()).to_lowercase();
                for word in &private {
                    assert!(!told.contains(word), "{route} with {name} {value} tells {word:?}: {told}");
                }
                if !["sign in", "404"].contains(&outcome.as_str()) {
                    met.insert((route, outcome));
                }
            }
        }
    }
    let public: BTreeSet<_> =
        PUBLIC.iter().map(|(route, outcome)| ((*route).to_owned(), (*outcome).to_owned())).collect();
    assert_eq!(met, public);
    assert_eq!(site.items().await, before, "nobody changes anything");
}

#[tokio::test]
async fn the_decision_tells_nobody_but_that_they_are_not_signed_in() {
    let site = Site::start().await;
    let mut told = BTreeSet::new();
    for (name, value) in credentials(&site) {
        told.insert(site.get("/api/portal/access").header(name, value).send().await.unwrap().text().await.unwrap());
    }
    let told: Vec<Value> = told.iter().map(|it| serde_json::from_str(it).unwrap()).collect();
    let expected = json!({"access": "denied", "reasons": ["not_signed_in"], "contact": null, "companies": [],
        "portal_url": format!("{}/tickets", site.origin)});
    assert_eq!(told, [expected]);
}
