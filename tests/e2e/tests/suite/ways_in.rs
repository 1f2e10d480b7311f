//! Every way in goes by the same decision (docs/product.md, Access), and by what is recorded at that moment: the card
//! and the banner, the pages, and each route of the customers' API.

use e2e::{Site, load, openapi, read, scene};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const CONFIRMED: [&str; 3] = ["custom_domain", "cookie_forwarding", "identity_verification"];

/// Contacts by what they lack, in a world where company `full` has a ticket of Ada's and company `empty` has none. Each
/// has created one ticket without a company.
const PEOPLE: [(&str, bool, Option<&str>); 6] = [
    ("lacks-nothing", true, Some("full")),
    ("lacks-email", false, Some("full")),
    ("lacks-company", true, None),
    ("lacks-tickets", true, Some("empty")),
    ("lacks-email-and-company", false, None),
    ("lacks-email-and-tickets", false, Some("empty")),
];

async fn world() -> Site {
    let site = Site::start().await;
    let mut lines = vec![
        json!({"kind": "company", "id": "full", "name": "Full"}),
        json!({"kind": "company", "id": "empty", "name": "Empty"}),
        json!({"kind": "contact", "id": "owner", "name": "Owner", "email": "o@people.example", "companies": ["full"]}),
        json!({"kind": "conversation", "id": "c-full", "participants": ["owner"], "parts": [
            {"id": "p-full", "type": "message", "author": {"contact": "owner"}, "body": "Hello", "at": "2026-10-01T09:00:00Z"}]}),
    ];
    let mut shared = scene::ticket("tk-full", 900, Some("full"), "owner", "new", "2026-11-01T09:00:00Z");
    shared["conversation"] = json!("c-full");
    lines.push(shared);
    lines.push(scene::ticket("tk-silent", 901, Some("full"), "owner", "new", "2026-11-01T09:00:00Z"));
    for (number, (who, email, company)) in (910..).zip(PEOPLE) {
        let email = email.then(|| format!("{who}@people.example"));
        lines.push(json!({"kind": "contact", "id": who, "email": email, "companies": Vec::from_iter(company)}));
        lines.push(scene::ticket(&format!("tk-{who}"), number, None, who, "new", "2026-11-01T09:00:00Z"));
    }
    load(&site.store, &lines).await;
    site
}

async fn set(site: &Site, on: bool, audience: bool) {
    let mut settings = scene::settings();
    settings["enabled"] = json!(on);
    settings["confirmed"] = json!(CONFIRMED);
    if !audience {
        settings["audience"] = json!([{"subject": "contact", "attribute": "id", "op": "is", "value": "nobody"}]);
    }
    load(&site.store, &[settings]).await;
}

async fn post(site: &Site, who: &str, path: &str, body: Value) -> (StatusCode, Value) {
    read(site.request(Method::POST, path).bearer_auth(site.token(who)).json(&body).send().await.unwrap()).await
}

/// What every way in answers to somebody for these reasons; none means that they may enter.
async fn assert_agreed(site: &Site, who: &str, reasons: &[&str], words: &[&str]) {
    // The card goes by the first of these, the banner by the second.
    let (_, card) = site.json_as(who, "/api/portal/access").await;
    let (status, space) = site.json_as(who, "/api/tickets-space").await;
    assert_eq!(status, 200, "{who}: the tickets space is open to everybody who is signed in");
    let decision = if reasons.is_empty() { "granted" } else { "denied" };
    for decided in [&card, &space["portal"]] {
        assert_eq!((&decided["access"], &decided["reasons"]), (&json!(decision), &json!(reasons)), "{who}");
    }
    assert_eq!(
        space["portal"]["url"].is_string(),
        reasons.is_empty(),
        "{who}: the banner leads somewhere or is not there"
    );
    let own = format!("tk-{who}");
    assert!(space["tickets"].as_array().unwrap().iter().any(|it| it["id"] == *own), "{who} keeps what they created");

    for path in ["/tickets", "/tickets/tk-full"] {
        let answer = site.get_as(who, path).send().await.unwrap();
        assert_eq!(answer.status(), if reasons.is_empty() { 200 } else { 403 }, "{who} {path}");
        let page = answer.text().await.unwrap();
        for (reason, word) in
            ["portal_disabled", "not_in_audience", "no_email", "no_company", "no_tickets"].iter().zip(words)
        {
            assert_eq!(page.contains(word), reasons.contains(reason), "{who} {path} on {reason}");
        }
    }
    for path in ["/api/tickets", "/api/tickets?state=submitted", "/api/tickets/tk-full", "/api/tickets/missing"] {
        let (status, answer) = site.json_as(who, path).await;
        match reasons.first() {
            Some(first) => {
                assert_eq!(
                    (status.as_u16(), &answer["code"], &answer["reasons"]),
                    (403, &json!(first), &json!(reasons)),
                    "{who} {path}"
                );
            }
            None => assert_eq!(status, if path.ends_with("missing") { 404 } else { 200 }, "{who} {path}"),
        }
    }
    // Conversations belong to the Messenger: other people's are there for those who may enter, one's own for everybody.
    let expected = if reasons.is_empty() { 200 } else { 404 };
    assert_eq!(site.json_as(who, "/api/conversations/c-full").await.0, expected, "{who} reads");
    let page = site.get_as(who, "/tickets/tk-full/conversation").send().await.unwrap();
    assert_eq!(page.status(), if reasons.is_empty() { 303 } else { 404 }, "{who} is led to the ticket page");
    assert_eq!(post(site, who, "/api/conversations/c-full/join", json!({})).await.0, expected, "{who} joins");
    let (status, _) =
        post(site, who, "/api/conversations/c-full/messages", json!({"body": "Hi", "client_id": "1"})).await;
    assert_eq!(status.is_success(), reasons.is_empty(), "{who} writes: {status}");
    let (status, opened) = post(site, who, "/api/tickets/tk-silent/conversation", json!({})).await;
    assert_eq!(
        (status.is_success(), status == 404),
        (reasons.is_empty(), !reasons.is_empty()),
        "{who} opens: {opened}"
    );
    let (status, opened) = post(site, who, &format!("/api/tickets/{own}/conversation"), json!({})).await;
    assert!(status.is_success(), "{who} opens their own: {opened}");
}

#[tokio::test]
async fn all_ways_in_agree_on_every_reason_and_on_every_mixture_of_them() {
    let site = world().await;
    let words = [
        "The tickets portal isn’t open yet",
        "The portal isn’t available to you yet",
        "Your account has no email address",
        "You aren’t connected to a company",
        "There are no tickets yet",
    ];
    for (on, audience) in [(true, true), (false, true), (true, false), (false, false)] {
        set(&site, on, audience).await;
        for (who, email, company) in PEOPLE {
            let checks = [
                ("portal_disabled", on),
                ("not_in_audience", audience),
                ("no_email", email),
                ("no_company", company.is_some()),
                ("no_tickets", company != Some("empty")),
            ];
            let reasons: Vec<_> = checks.into_iter().filter_map(|(reason, holds)| (!holds).then_some(reason)).collect();
            assert_agreed(&site, who, &reasons, &words).await;
        }
    }
}

/// A route for contacts who are signed in, by an address in this world.
struct Way {
    method: Method,
    address: String,
    /// Whether it is about one ticket or conversation, or one company.
    is_narrow: bool,
    /// Whether people who may not enter the portal are told why.
    has_door: bool,
    /// Whether it is about reporting, which this world's settings do not allow.
    is_reporting: bool,
    /// The media type of its body, if it takes one.
    media_type: Option<String>,
}

/// Every way in, those that would change something last.
fn ways() -> Vec<Way> {
    let document = openapi::document();
    let mut ways = Vec::new();
    for (route, operation) in openapi::operations(&document) {
        // Operations that take something other than the contact's identity say so.
        if operation.get("security").is_some() {
            continue;
        }
        let (method, path) = route.split_once(' ').unwrap();
        let address = path.replace("{ticket_id}", "tk-full").replace("{conversation_id}", "c-full");
        let is_narrow = address != path;
        let is_reporting = route == "POST /api/tickets" || ["/tickets/new", "/api/tickets/similar"].contains(&path);
        let media_types = openapi::fields(&operation["requestBody"]["content"]).map(|(name, _)| name.clone());
        ways.push(Way {
            method: method.parse().unwrap(),
            is_narrow,
            address: if path == "/api/tickets/similar" { format!("{path}?text=canary") } else { address },
            has_door: (method == "GET" || is_reporting) && !operation["responses"]["403"].is_null(),
            is_reporting,
            media_type: media_types.last(),
        });
    }
    let of_a_company = "/api/tickets?company=full".to_owned();
    ways.push(Way {
        method: Method::GET,
        address: of_a_company,
        is_narrow: true,
        has_door: true,
        is_reporting: false,
        media_type: None,
    });
    ways.sort_by_key(|it| it.method != Method::GET);
    assert!(ways.len() > 12, "{}", ways.len());
    ways
}

/// Demands an answer from every way in, to requests with this header.
#[track_caller]
fn assert_answers(answers: &[(Way, u16)], expected: impl Fn(&Way) -> Option<u16>, what: &str) {
    for (way, status) in answers {
        assert!(expected(way).is_none_or(|it| it == *status), "{what}: {} {}: {status}", way.method, way.address);
    }
}

/// What each way in answers to requests with this header.
async fn answers(site: &Site, (name, value): &(&str, String)) -> Vec<(Way, u16)> {
    let mut answers = Vec::new();
    for way in ways() {
        let request = site.request(way.method.clone(), &way.address).header(*name, value);
        let (body, form) = match way.address.rsplit('/').next() {
            Some("tickets" | "new") => {
                (json!({"type": "bug", "title": "Hi", "description": "Hi"}), "type=bug&title=Hi&description=Hi&key=1")
            }
            Some("private") => (json!({"private": true}), "private=true"),
            Some("follow") => (json!({"following": true}), "following=true"),
            _ => (json!({"body": "Hi", "client_id": "1"}), "body=Hi&client_id=1"),
        };
        let request = match way.media_type.as_deref() {
            Some("application/json") => request.json(&body),
            Some(media_type) => request.header("content-type", media_type).body(form),
            None => request,
        };
        let status = request.send().await.unwrap().status().as_u16();
        answers.push((way, status));
    }
    answers
}

/// What somebody gets who may enter and see this company: everything that the settings allow. The page of a
/// conversation is its ticket's.
fn inside(way: &Way) -> Option<u16> {
    let leads_on = way.address == "/tickets/tk-full/conversation";
    match way {
        Way { is_reporting: true, .. } => Some(403),
        _ => (way.method == Method::GET).then_some(if leads_on { 303 } else { 200 }),
    }
}

/// What somebody gets who may not enter: the tickets space, and nothing of others in it.
fn outside(way: &Way) -> Option<u16> {
    match way {
        Way { has_door: true, .. } => Some(403),
        Way { is_narrow: true, .. } => Some(404),
        _ => Some(200),
    }
}

/// What somebody gets whose company has no tickets yet. They could report, so they are told what: here, nothing.
fn without_tickets(way: &Way) -> Option<u16> {
    if way.address == "/api/report" { Some(200) } else { outside(way) }
}

/// What somebody gets who may enter, but belongs to another company.
fn elsewhere(way: &Way) -> Option<u16> {
    match way {
        Way { is_reporting: true, .. } => Some(403),
        Way { is_narrow: true, .. } => Some(404),
        _ => Some(200),
    }
}

fn signed_out(_: &Way) -> Option<u16> {
    Some(401)
}

/// A session, a bearer token and the vendor's cookie of the same contact.
async fn identities(site: &Site, who: &str) -> [(&'static str, String); 3] {
    [
        ("cookie", site.cookies(who).await),
        ("authorization", format!("Bearer {}", site.token(who))),
        ("cookie", format!("portal_identity={}", site.token(who))),
    ]
}

const WHO: &str = "lacks-nothing";

async fn put(site: &Site, companies: &[&str], archived: bool) {
    let contact = json!({"id": WHO, "email": "l@people.example", "companies": companies, "archived": archived});
    assert_eq!(site.desk_send(Method::PUT, "/contacts", &contact).await.0, 200);
}

#[tokio::test]
async fn leaving_and_joining_a_company_counts_on_the_next_request_on_every_route() {
    let site = world().await;
    for identity in identities(&site, WHO).await {
        assert_answers(&answers(&site, &identity).await, inside, identity.0);
        put(&site, &["empty"], false).await;
        assert_answers(&answers(&site, &identity).await, without_tickets, "left");
        put(&site, &["beta"], false).await;
        assert_answers(&answers(&site, &identity).await, elsewhere, "elsewhere");
        put(&site, &["beta", "full"], false).await;
        assert_answers(&answers(&site, &identity).await, inside, "back again");
    }
}

#[tokio::test]
async fn a_membership_that_a_backend_ends_is_over_on_every_route() {
    let site = world().await;
    let session = ("cookie", site.cookies(WHO).await);
    assert_answers(&answers(&site, &session).await, inside, "before");
    let end = site.desk(Method::DELETE, &format!("/memberships?contact={WHO}&company=full"));
    assert_eq!(end.send().await.unwrap().status(), 204);
    assert_answers(&answers(&site, &session).await, outside, "after");
}

#[tokio::test]
async fn an_archived_contact_is_nobody_on_every_route_whatever_it_brings() {
    let site = world().await;
    let identities = identities(&site, WHO).await;
    put(&site, &["full"], true).await;
    for (name, value) in identities {
        assert_answers(&answers(&site, &(name, value.clone())).await, signed_out, name);
        let (_, access) = read(site.get("/api/portal/access").header(name, value).send().await.unwrap()).await;
        assert_eq!(access["reasons"], json!(["not_signed_in"]));
    }
    let exchange = site.request(Method::POST, "/api/session").json(&json!({"identity_token": site.token(WHO)}));
    assert_eq!(exchange.send().await.unwrap().status(), 401);
    let (_, profile) = site.desk_get(&format!("/contacts?id={WHO}")).await;
    assert_eq!(profile["archived"], true);
    // Nobody else is affected, and a contact that is put again may come in again.
    assert_eq!(site.json_as("owner", "/api/tickets").await.0, 200);
    put(&site, &["full"], false).await;
    assert_eq!(site.json_as(WHO, "/api/tickets").await.0, 200);
}

#[tokio::test]
async fn ended_sessions_are_over_on_every_route_and_new_ones_begin() {
    let site = world().await;
    let session = ("cookie", site.cookies(WHO).await);
    let end = |who: &str| site.desk(Method::DELETE, &format!("/sessions?contact={who}")).send();
    assert_eq!(end(WHO).await.unwrap().status(), 204);
    assert_answers(&answers(&site, &session).await, signed_out, "ended");
    assert_answers(&answers(&site, &("cookie", site.cookies(WHO).await)).await, inside, "signed in anew");
    assert_eq!(end("nobody-at-all").await.unwrap().status(), 404);
}

#[tokio::test]
async fn an_archived_contact_has_no_sight_to_lose_when_a_ticket_moves() {
    let site = world().await;
    for (archived, sees) in [(false, true), (true, false)] {
        put(&site, &["full"], archived).await;
        let (_, preview) = site.desk_get("/tickets/tk-full/company/preview?no_company=true").await;
        let loses = preview["loses"].as_array().unwrap();
        assert_eq!(loses.iter().any(|it| it["id"] == WHO), sees, "{preview}");
    }
}
