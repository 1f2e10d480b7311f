//! The team in the settings: who is in it, and what they are called, by customers as well (docs/product.md, Settings).

use e2e::{Site, scene::GRACE};
use reqwest::Method;

const PATH: &str = "/helpdesk/settings/team";

async fn show(site: &Site) -> String {
    let answer = site.get(PATH).bearer_auth(site.teammate_token(GRACE)).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap()
}

async fn post(site: &Site, fields: &[(&str, &str)]) -> (u16, String) {
    let body: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = site.request(Method::POST, PATH).bearer_auth(site.teammate_token(GRACE));
    let answer = request.header("content-type", "application/x-www-form-urlencoded").body(body).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// The mark of a teammate's form.
fn was(page: &str, id: &str) -> String {
    let form = page.split(&format!("name=\"teammate\" value=\"{id}\"")).nth(1).unwrap();
    form.split("name=\"was\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_teammate_is_added_renamed_and_called_so_by_everybody_from_the_next_request_on() {
    let site = Site::start().await;
    assert_eq!(post(&site, &[("id", " t-new "), ("name", " Noor Haddad ")]).await.0, 303);
    let page = show(&site).await;
    assert!(page.contains("<bdi>Noor Haddad</bdi>") && page.contains("Id: <bdi>t-new</bdi>"), "{page}");
    let offered = site.desk_get("/teammates").await.1.to_string();
    assert!(offered.contains("Noor Haddad"), "tickets can be given to them: {offered}");
    let (status, again) = post(&site, &[("id", "t-new"), ("name", "Another")]).await;
    assert_eq!((status, again.contains("Nothing is saved. Id: there is a teammate of this id already.")), (422, true));
    assert!(again.contains(r#"value="Another""#), "what was typed stays");

    // What Grace said is said by whom she is called now.
    let reads = async || site.json_as("ada", "/api/conversations/c-1").await.1.to_string();
    let mark = was(&page, GRACE);
    assert_eq!(post(&site, &[("teammate", GRACE), ("was", &mark), ("name", "Grace Okoro")]).await.0, 303);
    assert!(reads().await.contains("Grace Okoro"));
    let page = show(&site).await;
    assert!(page.contains(r#"value="Grace Okoro""#));
    let settings = site.get("/helpdesk/settings").bearer_auth(site.teammate_token(GRACE));
    let settings = settings.send().await.unwrap().text().await.unwrap();
    for told in [
        "added the teammate Noor Haddad",
        "changed the teammate Grace, now Grace Okoro",
        "href=\"/helpdesk/settings/team\"",
    ] {
        assert!(settings.contains(told), "{told}: {settings}");
    }
    // Without a name that of the token counts, for teammates alone.
    assert_eq!(post(&site, &[("teammate", GRACE), ("name", " ")]).await.0, 303);
    assert!(!reads().await.contains("Grace Okoro"));
    site.assert_clean().await;
}

#[tokio::test]
async fn whoever_renames_second_is_told_and_nobody_gets_in_or_out_by_the_page() {
    let site = Site::start().await;
    let first = was(&show(&site).await, GRACE);
    assert_eq!(post(&site, &[("teammate", GRACE), ("was", &first), ("name", "First")]).await.0, 303);
    let before = site.items().await;
    let (status, page) = post(&site, &[("teammate", GRACE), ("was", &first), ("name", "Second")]).await;
    assert_eq!((status, page.contains(r#"value="Second""#)), (409, true), "what was typed stays");
    for (fields, status) in [
        (&[("teammate", "nobody"), ("name", "X")][..], 422),
        (&[("id", " "), ("name", "X")], 422),
        (&[("id", "t-2"), ("name", &"x".repeat(257))], 422),
        (&[("id", &"x".repeat(257)), ("name", "X")], 422),
        (&[("id", "t-2"), ("role", "admin")], 400),
        (&[("teammate", &"x".repeat(257)), ("name", "X")], 400),
        // The same name once more.
        (&[("teammate", GRACE), ("name", "First")], 303),
    ] {
        assert_eq!(post(&site, fields).await.0, status, "{fields:?}");
    }
    assert_eq!(site.items().await, before);
    for token in [site.token("ada"), "forged".into()] {
        let request = site.request(Method::POST, PATH).bearer_auth(token).body("id=t-3&name=X");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        assert_eq!(request.send().await.unwrap().status(), 401);
    }
    // Whoever the sign-in lets in is in, recorded or not.
    let stranger = site.get(PATH).bearer_auth(site.teammate_token("t-unheard-of")).send().await.unwrap();
    assert_eq!(stranger.status(), 200);
}

#[tokio::test]
async fn what_they_are_called_is_text_and_an_address_is_told_to_no_customer() {
    let site = Site::start().await;
    let script = "<script>alert(1)</script>";
    assert_eq!(post(&site, &[("id", script), ("name", "\"><b>x")]).await.0, 303);
    assert_eq!(post(&site, &[("teammate", GRACE), ("name", "grace@vendor.example")]).await.0, 303);
    let page = show(&site).await;
    assert!(!page.contains("<script>alert(1)") && !page.contains("<b>x"), "{page}");
    assert!(page.contains("a name with an @ is taken for an address"));
    assert!(!site.json_as("ada", "/api/conversations/c-1").await.1.to_string().contains("grace@vendor.example"));
}
