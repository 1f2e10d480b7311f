//! A page that cannot help whoever reads it wears the workspace's brand, says where help is, and lets them sign out; none of
//! which costs a read (docs/product.md, Error pages).

use e2e::{
    Site,
    proxy::{Fault, Proxy},
    scene::{self, GRACE},
};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::time::Duration;

const SIGN_OUT: &str = r#"action="/sign-out""#;
const CONTACT: &str = r#"<a class="button" href="mailto:help@vendor.example">Contact <bdi>Vendor</bdi> support</a>"#;

async fn with_contact(site: &Site, contact: Value) {
    let mut settings = scene::settings();
    settings["support_contact"] = contact;
    e2e::load(&site.store, &[settings]).await;
}

async fn shown(request: RequestBuilder) -> (u16, String) {
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// Requests that fail in each way in which a customer's page can, and whether whoever sends them has a session.
async fn failing(site: &Site) -> Vec<(&'static str, RequestBuilder, u16, bool)> {
    let (ada, nia) = (site.cookies("ada").await, site.cookies("nia").await);
    let get = |path: &str, cookies: &str| site.get(path).header("cookie", cookies);
    let form = |path: &str, origin: &str| {
        let request = site.request(Method::POST, path).header("cookie", &ada).header("origin", origin);
        request.header("content-type", "application/x-www-form-urlencoded").body("body=x&client_id=x")
    };
    vec![
        ("nothing there, nobody", site.get("/nothing"), 404, false),
        ("nothing there", get("/nothing", &ada), 404, true),
        ("no such ticket", get("/tickets/missing", &ada), 404, true),
        ("another company's ticket", get("/tickets/tk-9", &nia), 403, true),
        ("not understood", get("/tickets?state=closed", &ada), 400, true),
        ("refused", get("/tickets", &nia), 403, true),
        ("forged session", get("/tickets", "portal_session=forged"), 401, false),
        ("message to no ticket", form("/tickets/missing/conversation/messages", &site.origin), 404, true),
        ("page of another site", form("/tickets/tk-1/conversation/join", "https://evil.example"), 403, true),
    ]
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "there each function is a process of its own")]
async fn every_error_page_says_where_help_is_and_lets_sign_out_whoever_is_signed_in() {
    let site = Site::start().await;
    with_contact(&site, json!("help@vendor.example")).await;
    assert_eq!(shown(site.get_as("ada", "/tickets")).await.0, 200, "the process knows the settings");
    for (what, request, expected, signed_in) in failing(&site).await {
        let (status, page) = shown(request).await;
        assert_eq!(status, expected, "{what}");
        assert!(page.contains("· Vendor</title>") && page.contains(CONTACT), "{what}: {page}");
        assert_eq!(page.contains(SIGN_OUT), signed_in, "{what}");
    }
    let (status, page) = shown(site.get("/nothing").header("cookie", site.viewing("t-1", "ada"))).await;
    assert_eq!((status, page.contains(CONTACT), page.contains(SIGN_OUT)), (404, true, false), "no session of theirs");
    let (_, page) = shown(site.get_as("ada", "/tickets")).await;
    assert!(!page.contains("mailto:"), "a page that helps has no need of it");
    let desk = site.get("/helpdesk/nothing").bearer_auth(site.teammate_token(GRACE));
    assert!(!shown(desk).await.1.contains("mailto:"), "teammates are the support");
}

#[tokio::test]
async fn without_a_contact_there_is_none_and_one_that_no_setting_can_have_leads_nowhere() {
    let site = Site::start().await;
    let pages = async |what: &str| {
        for (which, request, ..) in failing(&site).await {
            let (_, page) = shown(request).await;
            assert!(!page.contains("support</a>") && !page.contains("javascript:"), "{what}, {which}: {page}");
        }
    };
    pages("none").await;
    let items = site.items().await;
    let mut settings = items[r#""SETTINGS" "SETTINGS""#].clone();
    for contact in ["javascript:alert(1)", "\"><script>alert(1)</script>@vendor.example", ""] {
        settings["support_contact"] = json!({"S": contact});
        site.engine("PutItem", &json!({"TableName": "tickets", "Item": settings})).await;
        assert_eq!(shown(site.get_as("ada", "/tickets")).await.0, 200);
        pages(contact).await;
    }
}

#[tokio::test]
async fn what_is_shown_of_a_contact_is_text_and_a_link_to_nothing_else() {
    let site = Site::start().await;
    let mut settings = scene::settings();
    settings["brand"]["name"] = json!("<script>alert(1)</script>");
    settings["support_contact"] = json!("https://vendor.example/?a=1&b=%22#x");
    e2e::load(&site.store, &[settings.clone()]).await;
    let (_, page) = shown(site.get_as("nia", "/tickets")).await;
    assert!(page.contains(r#"href="https://vendor.example/?a=1&#38;b=%22#x">Contact <bdi>&#60;script&#62;alert(1)"#));
    settings["brand"] = json!({});
    settings["support_contact"] = json!("a&b?subject=c@vendor.example");
    e2e::load(&site.store, &[settings]).await;
    let (_, page) = shown(site.get_as("nia", "/tickets")).await;
    assert!(page.contains(r#"href="mailto:a%26b%3Fsubject%3Dc@vendor.example">Contact support</a>"#), "{page}");
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "there each function is a process of its own")]
async fn an_error_page_reads_nothing_and_wears_its_brand_when_the_database_fails() {
    let site = Site::start().await;
    with_contact(&site, json!("help@vendor.example")).await;
    let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
    let through = site.beside(&proxy.endpoint).await;
    let cookies = through.cookies("ada").await;
    let ask = async |path: &str| shown(through.get(path).header("cookie", &cookies)).await;

    proxy.fail(Some(("Query", Fault::Broken("AccessDeniedException"))));
    let (status, page) = ask("/tickets").await;
    assert_eq!(status, 500);
    assert!(page.contains("<h1>That didn’t work just now</h1>") && page.contains(SIGN_OUT), "{page}");
    proxy.fail(None);
    assert_eq!(ask("/tickets").await.0, 200);
    proxy.take();
    for path in ["/nothing", "/tickets?state=closed", "/tickets/tk-1?x=1"] {
        let (status, page) = ask(path).await;
        assert!(status >= 400 && page.contains("· Vendor</title>") && page.contains(CONTACT), "{path}: {page}");
        assert_eq!(proxy.take().len(), 0, "{path}");
    }
    proxy.fail(Some(("Query", Fault::Broken("AccessDeniedException"))));
    let (status, page) = ask("/tickets").await;
    assert_eq!(status, 500);
    assert!(page.contains("· Vendor</title>") && page.contains(CONTACT) && page.contains(SIGN_OUT), "{page}");
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "there each function is a process of its own")]
async fn a_process_that_has_read_no_settings_has_a_page_without_a_brand() {
    let site = Site::start().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let broken = site.beside(&format!("http://{closed}")).await;
    for (path, expected) in [("/nothing", 404), ("/tickets?state=closed", 400), ("/tickets", 503)] {
        let (status, page) = shown(broken.get(path).header("cookie", site.cookies("ada").await)).await;
        assert_eq!(status, expected, "{path}");
        assert!(page.contains("· Help Center</title>") && page.contains(SIGN_OUT), "{path}: {page}");
        assert!(!page.contains("support</a>"), "{path}");
    }
}
