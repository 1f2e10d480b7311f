//! Companies and people: their profiles, a company's Tickets tab, and what the vendor's backend keeps current.

use e2e::{Site, scene};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

/// An id with whatever vendors' systems may put into theirs.
const ODD: &str = "Ünï/#1 ?&=%00+\u{1f41e}";

fn encoded(id: &str) -> String {
    id.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn put(site: &Site, path: &str, body: Value) -> (u16, Value) {
    site.desk_send(Method::PUT, path, &body).await
}

#[tokio::test]
async fn a_companys_profile_has_its_people_and_all_its_tickets_counted() {
    let site = Site::start().await;
    let (status, profile) = site.desk_get("/companies?id=acme").await;
    assert_eq!(status, 200, "{profile}");
    assert_eq!(
        (&profile["id"], &profile["name"], &profile["attributes"]),
        (&json!("acme"), &json!("Acme"), &json!({}))
    );
    let counts = |all, submitted| json!({"all": all, "submitted": submitted, "in_progress": 0, "waiting_on_customer": 1, "resolved": 1});
    assert_eq!((&profile["counts"], &profile["visible_counts"]), (&counts(6, 4), &counts(4, 2)));
    let members: Vec<_> = profile["members"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
    assert_eq!(members, ["abe", "ada", "cem", "eve"]);
    assert_eq!(profile["members"][3], json!({"id": "eve", "name": "Eve East", "email": null, "archived": false}));
    assert_eq!(profile["next_cursor"], Value::Null);
}

#[tokio::test]
async fn a_company_with_many_members_shows_each_once() {
    let site = Site::start().await;
    let many: Vec<_> = (0..230)
        .map(|n| json!({"kind": "contact", "id": format!("m-{n:03}"), "email": format!("m{n}@people.example"), "companies": ["gamma"]}))
        .collect();
    e2e::load(&site.store, &many).await;
    let (mut seen, mut path) = (Vec::new(), "/companies?id=gamma".to_owned());
    loop {
        let (status, page) = site.desk_get(&path).await;
        assert_eq!(status, 200, "{page}");
        seen.extend(page["members"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        path = format!("/companies?id=gamma&cursor={next}");
    }
    assert_eq!(seen.len(), 231);
    assert!(seen.is_sorted());
    let cursor = path.rsplit('=').next().unwrap();
    assert_eq!(site.desk_get(&format!("/companies?id=acme&cursor={cursor}")).await.1["code"], "invalid_cursor");
}

#[tokio::test]
async fn the_tickets_tab_holds_all_tickets_of_the_company_filtered_and_in_any_order() {
    let site = Site::start().await;
    let ids = |page: &Value| -> Vec<String> {
        page["tickets"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    };
    let (status, tab) = site.desk_get("/companies/tickets?id=acme").await;
    assert_eq!(status, 200, "{tab}");
    assert_eq!(ids(&tab), ["tk-2", "tk-3", "tk-1", "tk-9", "tk-8", "tk-7"]);
    assert_eq!((&tab["counts"]["all"], &tab["next_cursor"]), (&json!(6), &Value::Null));
    let hidden = &tab["tickets"][3];
    assert_eq!((&hidden["customer_visible"], &hidden["company"]["name"]), (&json!(false), &json!("Acme")));
    for (state, expected) in [
        ("submitted", &["tk-2", "tk-9", "tk-8", "tk-7"][..]),
        ("in_progress", &[]),
        ("waiting_on_customer", &["tk-1"]),
        ("resolved", &["tk-3"]),
    ] {
        let (_, tab) = site.desk_get(&format!("/companies/tickets?id=acme&state={state}")).await;
        assert_eq!(ids(&tab), expected, "{state}");
        assert_eq!(tab["counts"]["all"], 6, "{state}");
    }
    for (query, expected) in [
        ("type=bug&creator=ada", &["tk-3", "tk-1"][..]),
        ("creator=ada&state=submitted", &["tk-9", "tk-8", "tk-7"]),
        ("creator=nobody", &[]),
        ("updated_from=2026-11-10&updated_to=2026-11-12T10:00:00Z", &["tk-3", "tk-1"]),
        ("sort=number&order=asc", &["tk-1", "tk-2", "tk-3", "tk-7", "tk-8", "tk-9"]),
        ("sort=state&order=desc&type=bug", &["tk-3", "tk-1", "tk-2"]),
    ] {
        let (_, tab) = site.desk_get(&format!("/companies/tickets?id=acme&{query}")).await;
        assert_eq!(ids(&tab), expected, "{query}");
        assert_eq!((&tab["counts"]["all"], &tab["looked_through"]), (&json!(6), &Value::Null), "{query}");
    }
    // More than a page, visible and hidden ones merged in one order.
    let many: Vec<_> = (0..60)
        .map(|n| {
            let mut it = scene::ticket(
                &format!("g-{n}"),
                100 + n,
                Some("gamma"),
                "gus",
                "new",
                &format!("2026-11-0{}T10:00:00Z", 1 + n % 7),
            );
            it["type"] = json!((["bug", "task", "incident"][(n % 3) as usize]));
            it
        })
        .collect();
    e2e::load(&site.store, &many).await;
    let (mut seen, mut path) = (Vec::new(), "/companies/tickets?id=gamma".to_owned());
    let mut order = Vec::new();
    loop {
        let (_, page) = site.desk_get(&path).await;
        seen.extend(ids(&page));
        let place =
            |row: &Value| (row["updated_at"].as_str().unwrap().to_owned(), row["id"].as_str().unwrap().to_owned());
        order.extend(page["tickets"].as_array().unwrap().iter().map(place));
        let Some(next) = page["next_cursor"].as_str() else { break };
        path = format!("/companies/tickets?id=gamma&cursor={next}");
    }
    assert_eq!(seen.len(), 61, "and tk-10 of the scene");
    assert!(order.is_sorted_by(|a, b| a > b), "newest first, each once");
    let cursor = path.rsplit('=').next().unwrap();
    for other in ["id=acme", "id=gamma&state=submitted", "id=gamma&sort=title", "id=gamma&creator=gus"] {
        let (_, problem) = site.desk_get(&format!("/companies/tickets?{other}&cursor={cursor}")).await;
        assert_eq!(problem["code"], "invalid_cursor", "{other}");
    }
}

#[tokio::test]
async fn a_contacts_profile_has_their_companies_and_what_they_created() {
    let site = Site::start().await;
    let (status, profile) = site.desk_get("/contacts?id=cem").await;
    assert_eq!(status, 200, "{profile}");
    assert_eq!((&profile["name"], &profile["email"]), (&json!("Cem Can"), &json!("cem@people.example")));
    assert_eq!(profile["companies"], json!([{"id": "acme", "name": "Acme"}, {"id": "beta", "name": "Beta"}]));
    assert_eq!(profile["tickets"].as_array().unwrap().len(), 1);
    let (_, profile) = site.desk_get("/contacts?id=ada").await;
    let ids: Vec<_> = profile["tickets"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
    assert_eq!(ids, ["tk-3", "tk-1", "tk-6", "tk-9", "tk-8", "tk-7", "tk-10"], "also without a company, and hidden");
    assert_eq!(profile["tickets"][2]["company"], Value::Null);
}

#[tokio::test]
async fn a_contact_who_created_more_than_an_answer_holds_shows_the_newest() {
    let site = Site::start().await;
    let line = |n: u64| scene::ticket(&format!("g-{n}"), 100 + n, None, "gus", "new", "2026-11-14T10:00:00Z");
    e2e::load(&site.store, &(0..130).map(line).collect::<Vec<_>>()).await;
    let (_, profile) = site.desk_get("/contacts?id=gus").await;
    assert_eq!(profile["tickets"].as_array().unwrap().len(), 100);
}

/// The ids of those who are found.
async fn found(site: &Site, typed: &str) -> Vec<String> {
    let (status, found) = site.desk_get(&format!("/contacts/find?q={}", encoded(typed))).await;
    assert_eq!(status, 200, "{found}");
    found["contacts"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn people_are_found_by_name_address_company_and_id_without_case_and_accents() {
    let site = Site::start().await;
    let person =
        json!({"id": "u/9", "email": "Zoe.Obrien@mill.example", "name": "Zoé O’Brien-Müller", "companies": ["beta"]});
    assert_eq!(put(&site, "/contacts", person.clone()).await.0, 201);
    for typed in ["zo", "ZOÉ o", "mull", "müll", "brien", "zoe.o", "zoe.obrien@MILL.example", "u/9", "brien zoé"] {
        assert!(found(&site, typed).await.contains(&"u/9".to_owned()), "{typed}");
    }
    for typed in ["", "  ", "rien", "zoe nobody", "mill.example", "%", "U/9", &"x".repeat(900)] {
        assert!(!found(&site, typed).await.contains(&"u/9".to_owned()), "{typed}");
    }
    assert!(found(&site, "BET").await.contains(&"u/9".to_owned()), "by company");
    assert!(found(&site, "beta").await.contains(&"cem".to_owned()), "by company");

    let (_, answer) = site.desk_get("/contacts/find?q=zo%C3%A9%20o").await;
    let expected = json!({"id": "u/9", "name": "Zoé O’Brien-Müller", "email": "Zoe.Obrien@mill.example",
        "archived": false, "companies": [{"id": "beta", "name": "Beta"}]});
    assert_eq!(answer["contacts"][0], expected);

    let renamed = json!({"id": "u/9", "email": null, "name": "Anna Kent", "companies": []});
    assert_eq!(put(&site, "/contacts", renamed).await.0, 200);
    for typed in ["mull", "zoe.o", "bet"] {
        assert!(!found(&site, typed).await.contains(&"u/9".to_owned()), "{typed} before");
    }
    assert_eq!(found(&site, "kent an").await, ["u/9"]);
    let archived = json!({"id": "u/9", "name": "Anna Kent", "companies": [], "archived": true});
    assert_eq!(put(&site, "/contacts", archived).await.0, 200);
    assert_eq!(found(&site, "kent").await, [""; 0], "nobody chooses somebody who is archived");
    assert_eq!(found(&site, "u/9").await, [""; 0]);
    site.assert_clean().await;
}

#[tokio::test]
async fn of_many_who_are_called_alike_a_bounded_number_is_read_and_found() {
    let site = Site::start().await;
    let line = |n: usize| json!({"kind": "contact", "id": format!("w-{n}"), "name": format!("Kim {n:03} Wang"), "companies": ["beta"]});
    e2e::load(&site.store, &(0..130).map(line).collect::<Vec<_>>()).await;
    for typed in ["wang", "kim", "beta", "wang 0"] {
        assert_eq!(found(&site, typed).await.len(), 20, "{typed}");
    }
    assert_eq!(found(&site, "wang 117").await, ["w-117"]);
    assert_eq!(found(&site, "kim 117 w").await, ["w-117"]);
}

#[tokio::test]
async fn tickets_can_be_given_to_everybody_who_has_opened_the_help_desk() {
    let site = Site::start().await;
    let before = names_of(&site).await;
    assert!(before.contains(&json!("Grace")), "{before:?}");
    let token = signed(&site, &json!({"sub": "t-new", "aud": "helpdesk", "name": "Noor", "exp": site.now() + 60}));
    let as_noor = |method: Method, path: &str| site.request(method, path).bearer_auth(&token);
    let page = as_noor(Method::GET, "/helpdesk/tickets/tk-1").send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("Noor"), "they can take the ticket");
    assert!(names_of(&site).await.contains(&json!("Noor")), "and others can give it to them");
    let (_, ticket) = site.desk_get("/tickets/tk-1").await;
    let body = json!({"version": ticket["version"], "assignee": "t-new"});
    let (status, ticket) = site.desk_send(Method::PATCH, "/tickets/tk-1", &body).await;
    assert_eq!((status, &ticket["assignee"]["name"]), (200, &json!("Noor")));

    // Whoever takes a ticket through the API is a teammate too.
    let token = signed(&site, &json!({"sub": "t-api", "aud": "helpdesk", "exp": site.now() + 60}));
    let body = json!({"version": ticket["version"], "assignee": "t-api"});
    let taken = site.request(Method::PATCH, "/api/helpdesk/tickets/tk-1").bearer_auth(&token).json(&body);
    assert_eq!(taken.send().await.unwrap().status(), 200);
    let (_, found) = site.desk_get("/teammates").await;
    assert!(found["teammates"].as_array().unwrap().contains(&json!({"id": "t-api", "name": null})));
    // The name that an import brings counts before the one in a token.
    e2e::load(&site.store, &[json!({"kind": "teammate", "id": "t-new", "name": "Noor A."})]).await;
    assert!(names_of(&site).await.contains(&json!("Noor A.")));
}

fn signed(site: &Site, claims: &Value) -> String {
    site.app(&site.origin).config.teammate_keys.sign(claims).unwrap()
}

/// What teammates are called, in order.
async fn names_of(site: &Site) -> Vec<Value> {
    let (_, found) = site.desk_get("/teammates").await;
    found["teammates"].as_array().unwrap().iter().map(|it| it["name"].clone()).collect()
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_what_is_not_understood_is_said() {
    let site = Site::start().await;
    for (path, status, code) in [
        ("/companies?id=nowhere", 404, "company_not_found"),
        ("/companies?id=ACME", 404, "company_not_found"),
        ("/companies/tickets?id=nowhere", 404, "company_not_found"),
        ("/contacts?id=nobody", 404, "contact_not_found"),
        ("/companies", 400, "invalid_parameter"),
        ("/companies?id=", 400, "invalid_parameter"),
        ("/companies?id=acme&id=beta", 400, "invalid_parameter"),
        ("/companies?id=acme&state=resolved", 400, "invalid_parameter"),
        ("/companies?id=acme&cursor=x", 400, "invalid_cursor"),
        ("/companies/tickets", 400, "invalid_parameter"),
        ("/companies/tickets?id=acme&state=all", 400, "invalid_state"),
        ("/companies/tickets?id=acme&state=new", 400, "invalid_state"),
        ("/companies/tickets?id=acme&cursor=x", 400, "invalid_cursor"),
        ("/companies/tickets?id=acme&limit=1", 400, "invalid_parameter"),
        ("/companies/tickets?id=acme&creator=me", 400, "invalid_parameter"),
        ("/companies/tickets?id=acme&turn=us", 400, "invalid_parameter"),
        ("/companies/tickets?id=acme&sort=age", 400, "invalid_parameter"),
        ("/companies/tickets?id=acme&created_from=2026-02-30", 400, "invalid_parameter"),
        ("/contacts", 400, "invalid_parameter"),
        ("/contacts?id=ada&company=acme", 400, "invalid_parameter"),
        ("/contacts/find?q=a&q=b", 400, "invalid_parameter"),
        ("/contacts/find?id=ada", 400, "invalid_parameter"),
        ("/teammates?q=a", 400, "invalid_parameter"),
    ] {
        let (got, problem) = site.desk_get(path).await;
        assert_eq!((got, &problem["code"]), (status, &json!(code)), "{path}: {problem}");
    }
    for (query, status, code) in [
        ("?contact=ada&company=beta", 404, "membership_not_found"),
        ("?contact=nobody&company=acme", 404, "membership_not_found"),
        ("?contact=ada", 400, "invalid_parameter"),
        ("?company=acme", 400, "invalid_parameter"),
        ("?contact=ada&company=acme&company=beta", 400, "invalid_parameter"),
        ("", 400, "invalid_parameter"),
    ] {
        let answer = site.desk(Method::DELETE, &format!("/memberships{query}")).send().await.unwrap();
        let (got, problem) = e2e::read(answer).await;
        assert_eq!((got.as_u16(), &problem["code"]), (status, &json!(code)), "{query}");
    }
}

#[tokio::test]
async fn a_company_is_put_changed_and_put_again_whatever_its_id_is() {
    let site = Site::start().await;
    for id in [ODD, "none", "..", "a/b"] {
        let body = json!({"id": id, "name": "Newcomer", "attributes": {"plan": "gold"}});
        assert_eq!(put(&site, "/companies", body.clone()).await, (201, body.clone()), "{id}");
        let before = site.items().await;
        assert_eq!(put(&site, "/companies", body.clone()).await, (200, body.clone()));
        assert_eq!(site.items().await, before);
        // Attributes that are not given stay; those that are given replace them.
        let renamed = put(&site, "/companies", json!({"id": id, "name": "Renamed"})).await;
        assert_eq!(renamed, (200, json!({"id": id, "name": "Renamed", "attributes": {"plan": "gold"}})));
        let emptied = put(&site, "/companies", json!({"id": id, "name": "Renamed", "attributes": {}})).await;
        assert_eq!(emptied.1["attributes"], json!({}));
        let (status, profile) = site.desk_get(&format!("/companies?id={}", encoded(id))).await;
        assert_eq!((status, &profile["name"]), (200, &json!("Renamed")), "{id}");
    }
    let (_, renamed) = put(&site, "/companies", json!({"id": "acme", "name": "Acme Ltd"})).await;
    assert_eq!(renamed["name"], "Acme Ltd");
    let (_, list) = site.json_as("ada", "/api/tickets").await;
    assert_eq!((&list["tickets"][0]["company"]["name"], &list["counts"]["all"]), (&json!("Acme Ltd"), &json!(4)));
    site.assert_clean().await;
}

#[tokio::test]
async fn a_contact_is_put_with_exactly_its_companies() {
    let site = Site::start().await;
    let body = json!({"id": ODD, "email": "zoe@people.example", "name": "Zoë", "companies": ["acme", "beta"]});
    let (status, answer) = put(&site, "/contacts", body.clone()).await;
    assert_eq!((status, &answer["companies"], &answer["attributes"]), (201, &json!(["acme", "beta"]), &json!({})));
    assert_eq!(put(&site, "/contacts", body).await.0, 200);
    assert_eq!(site.json_as(ODD, "/api/tickets").await.1["counts"]["all"], 6);
    let body =
        json!({"id": ODD, "email": "zoe@people.example", "companies": ["beta"], "attributes": {"role": "admin"}});
    let (_, answer) = put(&site, "/contacts", body).await;
    assert_eq!(
        (&answer["name"], &answer["attributes"]["role"]),
        (&Value::Null, &json!("admin")),
        "what is not given goes"
    );
    assert_eq!(site.json_as(ODD, "/api/tickets").await.1["counts"]["all"], 2, "on the next request");
    let (_, answer) = put(&site, "/contacts", json!({"id": ODD, "companies": []})).await;
    assert_eq!(answer["attributes"]["role"], "admin", "but for attributes, which stay");
    assert_eq!(site.json_as(ODD, "/api/tickets").await.1["reasons"], json!(["no_email", "no_company"]));
    assert_eq!(site.desk_get(&format!("/contacts?id={}", encoded(ODD))).await.1["companies"], json!([]));
    site.assert_clean().await;
}

#[tokio::test]
async fn a_company_or_contact_that_does_not_hold_is_refused_and_changes_nothing() {
    let site = Site::start().await;
    let before = site.items().await;
    let companies: Vec<_> = (0..101).map(|n| format!("c{n}")).collect();
    for (path, body, status, code) in [
        ("/companies", json!({"id": "x"}), 400, "invalid_body"),
        ("/companies", json!({"name": "x"}), 400, "invalid_body"),
        ("/companies", json!({"id": "", "name": "x"}), 400, "invalid_body"),
        ("/companies", json!({"id": "x".repeat(257), "name": "x"}), 400, "invalid_body"),
        ("/companies", json!({"id": "acme", "name": " "}), 400, "invalid_body"),
        ("/companies", json!({"id": "acme", "name": "x".repeat(257)}), 400, "invalid_body"),
        ("/companies", json!({"id": "acme", "name": "A", "attributes": {"": "x"}}), 400, "invalid_body"),
        ("/companies", json!({"id": "acme", "name": "A", "attributes": {"x": 1}}), 400, "invalid_body"),
        (
            "/companies",
            json!({"id": "acme", "name": "A", "attributes": {"x": "y".repeat(17_000)}}),
            400,
            "invalid_body",
        ),
        ("/companies", json!({"id": "acme", "name": "A", "counts": {}}), 400, "invalid_body"),
        ("/contacts", json!({"id": "ada"}), 400, "invalid_body"),
        ("/contacts", json!({"id": "", "companies": []}), 400, "invalid_body"),
        ("/contacts", json!({"id": "ada", "companies": [""]}), 400, "invalid_body"),
        ("/contacts", json!({"id": "ada", "companies": "acme"}), 400, "invalid_body"),
        ("/contacts", json!({"id": "ada", "companies": companies}), 400, "invalid_body"),
        ("/contacts", json!({"id": "ada", "companies": [], "email": "no address"}), 400, "invalid_body"),
        ("/contacts", json!({"id": "ada", "companies": [], "name": "x".repeat(257)}), 400, "invalid_body"),
        ("/contacts", json!({"id": "ada", "companies": [], "session_epoch": 9}), 400, "invalid_body"),
        ("/contacts", json!({"id": "ada", "companies": ["acme", "nowhere"]}), 422, "unknown_company"),
        ("/contacts", json!({"id": "new", "companies": ["nowhere"]}), 422, "unknown_company"),
    ] {
        let (got, problem) = put(&site, path, body.clone()).await;
        assert_eq!((got, &problem["code"]), (status, &json!(code)), "{path} {body}: {problem}");
    }
    assert_eq!(site.items().await, before);
}

#[tokio::test]
async fn a_membership_that_ends_ends_on_both_sides_and_on_the_next_request() {
    let site = Site::start().await;
    assert_eq!(site.json_as("cem", "/api/tickets/tk-2").await.0, 200);
    let end = || site.desk(Method::DELETE, "/memberships?contact=cem&company=acme").send();
    let answer = end().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.text().await.unwrap()), (204, String::new()));
    assert_eq!(site.json_as("cem", "/api/tickets/tk-2").await.0, 404);
    let (_, profile) = site.desk_get("/companies?id=acme").await;
    assert!(profile["members"].as_array().unwrap().iter().all(|it| it["id"] != "cem"));
    assert_eq!(end().await.unwrap().status(), 404);
    site.assert_clean().await;
}

#[tokio::test]
async fn of_a_contact_put_in_many_ways_at_once_one_way_stays() {
    let site = Site::start().await;
    let ways = [("Ann", &["acme"][..]), ("Ben", &["beta"]), ("Cid", &["gamma"]), ("Dot", &["acme", "beta"])];
    let body = |(name, companies): &(&str, &[&str])| json!({"id": "new", "name": name, "companies": companies});
    for _ in 0..3 {
        let answers = join_all(ways.iter().map(|way| put(&site, "/contacts", body(way)))).await;
        assert!(answers.iter().all(|(status, _)| matches!(status, 200 | 201)), "{answers:?}");
        let (_, now) = site.desk_get("/contacts?id=new").await;
        let (_, companies) = ways.iter().find(|(name, _)| now["name"] == *name).unwrap();
        let ids: Vec<_> = now["companies"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
        assert_eq!(ids, *companies, "{now}");
        let listed =
            site.items().await.into_keys().filter(|key| key.contains("PEOPLE") && key.contains("#new#")).count();
        assert_eq!(listed, 2, "one entry among the names, and one by which they are found");
    }
    site.assert_clean().await;
}

/// docs/api.md, Limits: whoever is in as many companies as one can be in has everything that others have.
#[tokio::test]
async fn every_view_works_for_somebody_in_a_hundred_companies() {
    let site = Site::start().await;
    let ids: Vec<_> = (0..100).map(|n| format!("c-{n:03}")).collect();
    for id in &ids {
        assert_eq!(put(&site, "/companies", json!({"id": id, "name": format!("Company {id}")})).await.0, 201);
    }
    let record = |companies: &[String]| json!({"id": "many", "email": "many@people.example", "companies": companies});
    assert_eq!(put(&site, "/contacts", record(&ids)).await.0, 201);
    let ticket = |(n, id): (usize, &String)| {
        scene::ticket(&format!("tk-m{n}"), 500 + n as u64, Some(id), "many", "new", "2026-11-19T10:00:00Z")
    };
    e2e::load(&site.store, &ids.iter().enumerate().map(ticket).collect::<Vec<_>>()).await;

    let (status, access) = site.json_as("many", "/api/portal/access").await;
    assert_eq!((status.as_u16(), access["companies"].as_array().map(Vec::len)), (200, Some(100)), "{access}");
    for list in ["/api/tickets", "/api/tickets-space"] {
        let (status, page) = site.json_as("many", &format!("{list}?limit=100")).await;
        assert_eq!((status.as_u16(), page["tickets"].as_array().map(Vec::len)), (200, Some(100)), "{list}: {page}");
    }
    let page = site.get_as("many", "/tickets").send().await.unwrap().text().await.unwrap();
    assert_eq!(page.matches("?company=c-").count(), 100, "the menu has every company");
    assert_eq!(site.get_as("many", "/tickets?company=c-099").send().await.unwrap().status(), 200);
    assert_eq!(site.get_as("many", "/tickets/tk-m99").send().await.unwrap().status(), 200);
    let (_, profile) = site.desk_get("/contacts?id=many").await;
    assert_eq!(profile["companies"].as_array().map(Vec::len), Some(100));

    // One more is refused, whichever way it comes.
    let mut more = ids.clone();
    more.push("acme".into());
    let (status, problem) = put(&site, "/contacts", record(&more)).await;
    assert_eq!((status, &problem["code"]), (400, &json!("invalid_body")), "{problem}");
    let mut line = record(&more);
    line["kind"] = json!("contact");
    let summary = import::import_text(&site.store, &line.to_string()).await.unwrap();
    assert_eq!(summary.refusals[0].reason, "a contact is in 100 companies at most");
    // An optional text that is blank is absent.
    let blank = json!({"id": "many", "name": " \u{200b}", "email": "", "companies": []});
    assert_eq!(put(&site, "/contacts", blank).await.0, 200);
    let (_, profile) = site.desk_get("/contacts?id=many").await;
    assert_eq!((&profile["name"], &profile["email"]), (&Value::Null, &Value::Null));
    site.assert_clean().await;
}
