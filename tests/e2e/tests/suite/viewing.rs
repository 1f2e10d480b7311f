//! "What this customer sees": a teammate looks at the portal as a contact, and changes nothing.

use e2e::{Site, cookies_of, read};
use reqwest::{Method, Response};
use serde_json::{Value, json};

const REP: &str = "t-1";
const BANNER: &str = "You are seeing what";

async fn get(site: &Site, cookies: &str, path: &str) -> Response {
    site.get(path).header("cookie", cookies).send().await.unwrap()
}

/// Whose tickets these cookies show; "nobody" when nobody's.
async fn seen_as(site: &Site, cookies: &str) -> Value {
    let (_, access) = read(get(site, cookies, "/api/portal/access").await).await;
    if access["access"] == "granted" { access["contact"]["id"].clone() } else { json!("nobody") }
}

#[tokio::test]
async fn a_teammate_sees_exactly_what_the_contact_sees_under_a_banner() {
    let site = Site::start().await;
    let cookies = site.viewing(REP, "bob");
    for path in ["/api/tickets", "/api/tickets/tk-4", "/api/tickets/tk-1", "/api/portal/access"] {
        let (status, mut seen) = read(get(&site, &cookies, path).await).await;
        let (expected, mut own) = site.json_as("bob", path).await;
        for it in [&mut seen, &mut own] {
            it.as_object_mut().unwrap().remove("request_id");
        }
        assert_eq!((status, seen), (expected, own), "{path}");
    }
    for (path, status) in [("/tickets", 200), ("/tickets/tk-4", 200), ("/tickets/tk-1", 404)] {
        let answer = get(&site, &cookies, path).await;
        assert_eq!(answer.status(), status, "{path}");
        let page = answer.text().await.unwrap();
        assert!(page.contains("You are seeing what <strong dir=\"auto\">Bob Berg</strong> sees. Read only."), "{page}");
        assert!(page.contains("method=\"post\" action=\"/helpdesk/stop-viewing\""), "{path}");
        assert!(!page.contains("action=\"/sign-out\""), "{path}: there is no session to end");
        let own = site.get_as("bob", path).send().await.unwrap().text().await.unwrap();
        assert!(
            own.contains("action=\"/sign-out\"") && !own.contains(BANNER) && !own.contains("stop-viewing"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_refusal_is_seen_as_the_contact_sees_it_with_whom_it_is_about() {
    let site = Site::start().await;
    for (who, name, words) in [
        ("nia", "Nia North", "You aren’t connected to a company"),
        ("eve", "Eve East", "Your account has no email address"),
        ("unheard-of", "unheard-of", "Your account has no email address"),
    ] {
        let answer = get(&site, &site.viewing(REP, who), "/tickets").await;
        assert_eq!(answer.status(), 403, "{who}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(&format!("{BANNER} <strong dir=\"auto\">{name}</strong>")), "{page}");
        assert!(page.contains(words) && !page.contains("Sign in as someone else"), "{page}");
    }
    let odd = get(&site, &site.viewing(REP, "bob"), "/tickets?state=odd").await;
    assert_eq!(odd.status(), 400);
    assert!(odd.text().await.unwrap().contains(BANNER), "also on pages that need no record");
}

#[tokio::test]
async fn whoever_looks_on_changes_nothing() {
    let site = Site::start().await;
    let own = site.cookies("ada").await;
    let cookies = format!("{}; {own}", site.viewing(REP, "bob"));
    let token = json!({"identity_token": site.token("ada")});
    let asked = [
        site.request(Method::POST, "/api/session").json(&token),
        site.request(Method::DELETE, "/api/session"),
        site.request(Method::POST, "/api/conversations/c-1/join"),
        site.request(Method::PUT, "/api/nothing"),
    ];
    for request in asked {
        let answer = request.header("cookie", &cookies).header("origin", &site.origin).send().await.unwrap();
        assert_eq!(cookies_of(&answer), "");
        let (status, problem) = read(answer).await;
        assert_eq!((status.as_u16(), &problem["code"]), (403, &json!("read_only")), "{problem}");
    }
    for path in ["/tickets", "/sign-out"] {
        let form = site.request(Method::POST, path).header("cookie", &cookies).header("origin", &site.origin);
        let answer = form.send().await.unwrap();
        assert_eq!(cookies_of(&answer), "");
        let page = answer.text().await.unwrap();
        assert!(page.contains("Nothing was changed") && page.contains(BANNER), "{page}");
    }
    // Another site's page is told no more than before, and the Help Desk is where a teammate writes.
    let foreign = site.request(Method::DELETE, "/api/session").header("cookie", &cookies);
    let (_, problem) = read(foreign.header("origin", "https://evil.example").send().await.unwrap()).await;
    assert_eq!(problem["code"], "wrong_origin");
    let ticket = json!({"type": "bug", "title": "New", "requester": "ada"});
    let write = site.request(Method::POST, "/api/helpdesk/tickets").json(&ticket).header("cookie", &cookies);
    assert_eq!(write.header("origin", &site.origin).send().await.unwrap().status(), 201);
    for (path, status) in [("/helpdesk/stop-viewing", 303), ("/helpdesk", 404)] {
        let write = site.request(Method::POST, path).header("cookie", &cookies).header("origin", &site.origin);
        let form = write.header("content-type", "application/x-www-form-urlencoded").body("");
        assert_eq!(form.send().await.unwrap().status(), status, "{path}: done or unknown, and never refused");
    }
    // The browser's own session is as it was.
    assert_eq!(seen_as(&site, &own).await, "ada");
}

#[tokio::test]
async fn looking_on_comes_before_the_browsers_own_session_and_after_a_bearer_token() {
    let site = Site::start().await;
    let viewing = site.viewing(REP, "bob");
    let identity = format!("portal_identity={}", site.token("ada"));
    for own in [site.cookies("ada").await, identity, "portal_session=x; portal_session=y".into()] {
        assert_eq!(seen_as(&site, &format!("{own}; {viewing}")).await, "bob");
        assert_eq!(seen_as(&site, &format!("{viewing}; {own}")).await, "bob");
    }
    let with_token = site.get_as("ada", "/api/portal/access").header("cookie", &viewing);
    assert_eq!(read(with_token.send().await.unwrap()).await.1["contact"]["id"], "ada");
    let end = site.request(Method::DELETE, "/api/session").bearer_auth(site.token("ada")).header("cookie", &viewing);
    assert_eq!(end.send().await.unwrap().status(), 204, "a program with a token of its own looks on at nobody");
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn the_cookie_counts_only_beside_the_token_of_its_teammate_and_for_a_quarter_of_an_hour() {
    let site = Site::start().await;
    let own = site.cookies("ada").await;
    let cookies = site.viewing(REP, "bob");
    let (token, viewing) = cookies.split_once("; ").unwrap();
    let another = format!("portal_teammate={}", site.teammate_token("t-2"));
    let contacts = format!("portal_teammate={}", site.token(REP));
    let forged = "portal_viewing=forged";
    for with in [
        viewing.to_owned(),
        token.to_owned(),
        format!("{another}; {viewing}"),
        format!("{contacts}; {viewing}"),
        format!("{token}; {forged}"),
        format!("{token}; portal_viewing="),
        format!("{token}; {token}; {viewing}"),
        format!("{token}; {}", viewing.replace("portal_viewing", "portal_session")),
        format!("{token}; {}", own.split(';').next().unwrap().replace("portal_session", "portal_viewing")),
    ] {
        assert_eq!(seen_as(&site, &with).await, "nobody", "{with}");
        if !with.contains("portal_session") {
            assert_eq!(seen_as(&site, &format!("{own}; {with}")).await, "ada", "{with}");
        }
    }
    assert_eq!(seen_as(&site, &format!("{forged}; {cookies}")).await, "bob", "a planted cookie does not end it");

    site.wait(15 * 60 - 1);
    assert_eq!(seen_as(&site, &cookies).await, "bob");
    site.wait(32);
    assert_eq!(seen_as(&site, &cookies).await, "nobody");
    let end = site.request(Method::DELETE, "/api/session").header("cookie", format!("{own}; {cookies}"));
    assert_eq!(end.send().await.unwrap().status(), 204);
}

#[tokio::test]
async fn looking_on_leaves_the_browsers_cookies_alone() {
    let site = Site::start().await;
    let cookies = site.viewing(REP, "cem");
    for path in ["/tickets", "/api/tickets", "/tickets/tk-1", "/api/portal/access"] {
        let answer = get(&site, &cookies, path).await;
        assert_eq!((answer.status().as_u16(), cookies_of(&answer)), (200, String::new()), "{path}");
    }
}

#[tokio::test]
async fn the_cookie_stays_on_this_host_and_out_of_scripts() {
    let site = Site::start().await;
    let app = site.app("https://help.vendor.example");
    let (teammate, contact) = (domain::id::TeammateId::new(REP).unwrap(), domain::id::ContactId::new("bob").unwrap());
    let set = web::viewing::start(&app, &teammate, &contact).unwrap();
    for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=900"] {
        assert!(set.contains(attribute), "{attribute}: {set}");
    }
    assert!(!set.contains("Domain"), "{set}");
    assert!(web::viewing::stop(&app.config).starts_with("portal_viewing=;"));
    let longest = domain::id::TeammateId::new("x".repeat(256)).unwrap();
    assert!(web::viewing::start(&app, &longest, &domain::id::ContactId::new("\u{1}".repeat(256)).unwrap()).is_some());
}

#[tokio::test]
async fn a_help_desk_address_that_leads_nowhere_looks_like_the_help_desk() {
    let site = Site::start().await;
    let teammate = format!("portal_teammate={}", site.teammate_token(REP));
    for (cookies, knows) in [(teammate.as_str(), true), ("portal_session=x", false)] {
        let answer = get(&site, cookies, "/helpdesk/nothing").await;
        assert_eq!(answer.status(), 404);
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        let page = answer.text().await.unwrap();
        assert!(page.contains("Back to the Help Desk") && !page.contains("href=\"/tickets\""), "{page}");
        assert_eq!(page.contains("href=\"/helpdesk/people\""), knows, "{page}");
        assert_eq!(policy.matches("sha256-").count(), 5, "three styles and two scripts: {policy}");
    }
}
