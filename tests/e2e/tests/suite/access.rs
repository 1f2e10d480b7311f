//! Who may enter (docs/product.md, Access): each reason, the same for the decision, the list, the ticket and the pages.

use e2e::{Site, scene};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// Everyone who is refused in the scene, with every reason.
const REFUSED: [(&str, &[&str]); 4] = [
    ("gus", &["no_tickets"]),
    ("nia", &["no_company"]),
    ("eve", &["no_email"]),
    ("unheard-of", &["no_email", "no_company"]),
];

#[tokio::test]
async fn somebody_in_a_company_with_tickets_enters() {
    let site = Site::start().await;
    let (status, access) = site.json_as("cem", "/api/portal/access").await;
    assert_eq!(status, 200);
    assert_eq!(
        access,
        json!({"access": "granted", "reasons": [], "contact": {"id": "cem", "name": "Cem Can"},
            "portal_url": format!("{}/tickets", site.origin), "waiting": 0, "unread": 0,
            "companies": [
                {"id": "acme", "name": "Acme", "counts": {"all": 4, "submitted": 2, "in_progress": 0, "waiting_on_customer": 1, "resolved": 1}},
                {"id": "beta", "name": "Beta", "counts": {"all": 2, "submitted": 0, "in_progress": 2, "waiting_on_customer": 0, "resolved": 0}}]})
    );
}

#[tokio::test]
async fn who_enters_is_told_how_many_tickets_wait_on_them_and_not_on_colleagues() {
    let site = Site::start().await;
    for (who, waiting) in [("ada", 1), ("abe", 1), ("cem", 0), ("bob", 0)] {
        let (_, access) = site.json_as(who, "/api/portal/access").await;
        assert_eq!(access["waiting"], waiting, "{who}");
    }
}

#[tokio::test]
async fn a_refusal_names_its_reasons_on_every_way_in() {
    let site = Site::start().await;
    for (who, reasons) in REFUSED {
        assert_refused(&site, who, reasons).await;
    }
}

async fn assert_refused(site: &Site, who: &str, reasons: &[&str]) {
    let (status, access) = site.json_as(who, "/api/portal/access").await;
    assert_eq!(status, 200, "the decision itself is always an answer");
    let expected = json!({"access": "denied", "reasons": reasons, "contact": null,
        "portal_url": format!("{}/tickets", site.origin), "companies": []});
    assert_eq!(access, expected, "{who}");
    for path in ["/api/tickets", "/api/tickets/tk-1", "/api/tickets/missing", "/api/tickets/%23"] {
        let (status, problem) = site.json_as(who, path).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{who} {path}");
        assert_eq!((&problem["code"], &problem["reasons"]), (&json!(reasons[0]), &json!(reasons)), "{who} {path}");
    }
    for path in ["/tickets", "/tickets/tk-1"] {
        let answer = site.get_as(who, path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{who} {path}");
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    }
}

#[tokio::test]
async fn a_portal_that_is_off_or_not_fully_set_up_lets_nobody_in() {
    let site = Site::start().await;
    for (enabled, confirmed) in [
        (false, json!(["custom_domain", "cookie_forwarding", "identity_verification"])),
        (true, json!(["custom_domain", "cookie_forwarding"])),
        (true, json!(["identity_verification"])),
    ] {
        let mut settings = scene::settings();
        settings["enabled"] = json!(enabled);
        settings["confirmed"] = confirmed;
        e2e::load(&site.store, &[settings]).await;
        assert_refused(&site, "ada", &["portal_disabled"]).await;
        assert_refused(&site, "unheard-of", &["portal_disabled", "no_email", "no_company"]).await;
    }
    e2e::load(&site.store, &[scene::settings()]).await;
    assert_eq!(site.json_as("ada", "/api/portal/access").await.1["access"], "granted");
}

#[tokio::test]
async fn the_audience_decides_with_the_contact_and_one_of_its_companies() {
    let site = Site::start().await;
    let rule = |subject, attribute, op, value: Value| json!({"subject": subject, "attribute": attribute, "op": op, "value": value});
    for (audience, in_it, out_of_it) in [
        (json!([rule("contact", "email_domain", "is", json!("people.example"))]), vec!["ada", "bob"], vec![]),
        (json!([rule("contact", "email_domain", "is", json!("ople.example"))]), vec![], vec!["ada"]),
        (json!([rule("company", "id", "in", json!(["beta"]))]), vec!["bob", "cem"], vec!["ada"]),
        (
            json!([rule("company", "name", "is_not", json!("Beta")), rule("contact", "id", "not_in", json!(["abe"]))]),
            vec!["ada", "cem"],
            vec!["abe", "bob"],
        ),
    ] {
        let mut settings = scene::settings();
        settings["audience"] = audience;
        e2e::load(&site.store, &[settings]).await;
        for who in in_it {
            assert_eq!(site.json_as(who, "/api/portal/access").await.1["access"], "granted", "{who}");
        }
        for who in out_of_it {
            assert_refused(&site, who, &["not_in_audience"]).await;
        }
    }
}

#[tokio::test]
async fn nobody_learns_nothing() {
    let site = Site::start().await;
    let (status, access) = e2e::read(site.get("/api/portal/access").send().await.unwrap()).await;
    assert_eq!(status, 200);
    assert_eq!(access["reasons"], json!(["not_signed_in"]));
    for path in ["/api/tickets", "/api/tickets/tk-1", "/api/tickets/missing", "/api/tickets?state=nonsense"] {
        let (status, problem) = e2e::read(site.get(path).send().await.unwrap()).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(problem["code"], "not_signed_in");
    }
}

#[tokio::test]
async fn somebody_who_is_not_signed_in_is_sent_to_sign_in_and_back_to_the_same_address() {
    let site = Site::start().await;
    let answer = site.get("/tickets?state=resolved&company=acme").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let back = format!("{}/tickets?state=resolved&company=acme", site.origin).replace(':', "%3A").replace('/', "%2F");
    let back = back.replace('?', "%3F").replace('=', "%3D").replace('&', "%26");
    assert_eq!(answer.headers()["location"], format!("https://app.vendor.example/login?x=1&return_to={back}"));
    // Somebody whose identity fails is told so: sending them to sign in could go round in circles.
    let answer = site.get("/tickets").header("cookie", "portal_session=forged").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let page = answer.text().await.unwrap();
    assert!(
        page.contains("https://app.vendor.example/login?x=1&#38;return_to=") || page.contains("&amp;return_to="),
        "{page}"
    );
}

#[tokio::test]
async fn without_a_sign_in_address_the_page_says_what_is_missing() {
    let site = Site::start().await;
    let mut settings = scene::settings();
    settings.as_object_mut().unwrap().remove("sign_in_url");
    e2e::load(&site.store, &[settings]).await;
    let answer = site.get("/tickets").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(answer.text().await.unwrap().contains("Sign in to see your tickets"));
}

/// Somebody who is known but may not enter can sign out, and has a way to the tickets that are theirs.
#[tokio::test]
async fn who_is_refused_can_sign_out_and_finds_their_own_tickets() {
    let site = Site::start().await;
    for (cookie, known) in [(site.cookies("nia").await, true), ("portal_session=forged".into(), false)] {
        let answer = site.get("/tickets").header("cookie", cookie).send().await.unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        let page = answer.text().await.unwrap();
        for part in ["action=\"/sign-out\"", "data-space hidden"] {
            assert_eq!(page.contains(part), known, "{part}: {page}");
        }
        assert_eq!(policy.contains("/embed/messenger.js"), known, "{policy}");
    }
}
