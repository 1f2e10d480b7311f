//! Reporting something (docs/product.md, Reporting): who may, what comes of it, and that it comes once.

use e2e::{
    Site,
    proxy::{Proxy, sequential},
    read, scene,
};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::time::Duration;

fn ids(list: &Value) -> Vec<&str> {
    list["tickets"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect()
}

async fn site() -> Site {
    let site = Site::start().await;
    e2e::load(&site.store, &[scene::reporting()]).await;
    site
}

fn post(site: &Site, who: &str, key: &str, body: &Value) -> RequestBuilder {
    let request = site.request(Method::POST, "/api/tickets").bearer_auth(site.token(who)).json(body);
    if key.is_empty() { request } else { request.header("idempotency-key", key) }
}

async fn report(site: &Site, who: &str, key: &str, body: &Value) -> (u16, Value) {
    let (status, body) = read(post(site, who, key, body).send().await.unwrap()).await;
    (status.as_u16(), body)
}

fn new() -> Value {
    json!({"type": "bug", "title": "Labels come out twice", "description": "Since Monday.\n<b>All</b> of them.",
        "attributes": {"Severity": "High"}})
}

#[tokio::test]
async fn what_is_reported_is_a_ticket_with_a_conversation_that_begins_with_it() {
    let site = site().await;
    let (status, made) = report(&site, "ada", "k-1", &new()).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!((&made["title"], &made["company"]["id"]), (&json!("Labels come out twice"), &json!("acme")));
    assert_eq!((&made["private"], &made["created_by"]["you"]), (&json!(false), &json!(true)));
    assert_eq!(made["attributes"], json!([{"name": "Severity", "value": "High"}]));
    assert_eq!(made["conversation"]["participating"], true);
    let said: Vec<_> = made["timeline"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "message").collect();
    assert_eq!((said.len(), &said[0]["body"]), (1, &new()["description"]), "text is text");
    let id = made["id"].as_str().unwrap();
    assert_eq!(site.json_as("ada", &format!("/api/tickets/{id}")).await.1, made);
    // Colleagues see it, and support has it before them.
    assert!(ids(&site.json_as("abe", "/api/tickets").await.1).contains(&id));
    let (_, inbox) = site.desk_get("/inbox?turn=us").await;
    assert!(inbox["items"].as_array().unwrap().iter().any(|item| item["id"] == id), "{inbox}");
    // Where nothing is described, the title is what was said.
    let (_, short) = report(&site, "ada", "", &json!({"type": "bug", "title": "It fails", "private": true})).await;
    assert_eq!(short["timeline"][1]["body"], "It fails");
    assert_eq!((&short["private"], &short["description"]), (&json!(true), &json!("")));
    assert!(!ids(&site.json_as("abe", "/api/tickets").await.1).contains(&short["id"].as_str().unwrap()));
    site.assert_clean().await;
}

#[tokio::test]
async fn whatever_the_network_does_there_is_one_ticket() {
    let site = site().await;
    let before = site.json_as("ada", "/api/tickets").await.1["counts"]["all"].as_u64().unwrap();
    // Two at once, and once more because neither answer came.
    let body = new();
    let (one, other) = tokio::join!(report(&site, "ada", "k-1", &body), report(&site, "ada", "k-1", &body));
    let again = report(&site, "ada", "k-1", &new()).await;
    let mut statuses = [one.0, other.0];
    statuses.sort_unstable();
    assert_eq!((statuses, again.0), ([200, 201], 200));
    assert_eq!(one.1, again.1);
    assert_eq!(other.1, again.1);
    assert_eq!(site.json_as("ada", "/api/tickets").await.1["counts"]["all"], before + 1);
    let mut changed = new();
    changed["title"] = json!("Other");
    assert_eq!(report(&site, "ada", "k-1", &changed).await.1["code"], "idempotency_key_reused");
    // Another's key is their own.
    assert_eq!(report(&site, "abe", "k-1", &changed).await.0, 201);
    site.assert_clean().await;
}

#[tokio::test]
async fn whose_company_has_no_tickets_yet_may_report_where_the_setting_says_so() {
    let site = Site::start().await;
    let (_, form) = site.json_as("ada", "/api/report").await;
    assert_eq!(form, json!({"allowed": false, "reader": "ada", "companies": [], "types": []}));
    for (who, code) in [("ada", "reporting_disabled"), ("gus", "reporting_disabled"), ("nia", "no_company")] {
        let (status, refused) = report(&site, who, "", &new()).await;
        assert_eq!((status, &refused["code"]), (403, &json!(code)), "{who}");
    }
    assert!(!site.get_as("ada", "/tickets").send().await.unwrap().text().await.unwrap().contains("/tickets/new"));

    e2e::load(&site.store, &[scene::reporting()]).await;
    let (_, form) = site.json_as("gus", "/api/report").await;
    let bug = json!({"id": "bug", "name": "Bug", "icon": "🐞", "attributes": [
        {"name": "Severity", "data_type": "list", "required": false, "options": ["High", "Low"]}]});
    assert_eq!(
        form,
        json!({"allowed": true, "reader": "gus", "companies": [{"id": "gamma", "name": "Gamma"}], "types": [bug]})
    );
    let list = async || site.get_as("gus", "/tickets").send().await.unwrap();
    let refused = list().await;
    assert_eq!(refused.status(), 403);
    assert!(refused.text().await.unwrap().contains("href=\"/tickets/new\""), "the page that says so leads there");
    assert_eq!(report(&site, "gus", "", &new()).await.0, 201);
    let entered = list().await;
    assert_eq!(entered.status(), 200);
    assert!(entered.text().await.unwrap().contains("href=\"/tickets/new\""));
    for (who, code) in [("nia", "no_company"), ("eve", "no_email")] {
        assert_eq!(report(&site, who, "", &new()).await.1["code"], code, "{who}");
    }
}

#[tokio::test]
async fn what_is_not_offered_or_asked_for_is_refused() {
    let site = site().await;
    let with = |name: &str, value: Value| {
        let mut body = new();
        body[name] = value;
        body
    };
    for (who, body, status, code) in [
        ("ada", with("type", json!("task")), 422, "unknown_type"),
        ("ada", with("type", json!("incident")), 422, "unknown_type"),
        ("ada", with("type", json!("nothing")), 422, "unknown_type"),
        ("ada", with("attributes", json!({"Severity": "Middling"})), 422, "invalid_attribute"),
        ("ada", with("attributes", json!({"Severity": 1})), 422, "invalid_attribute"),
        ("ada", with("attributes", json!({"Affected users": 1})), 422, "invalid_attribute"),
        ("ada", with("attributes", json!({"canary-attribute": "x"})), 422, "invalid_attribute"),
        ("ada", with("company", json!("beta")), 422, "company_not_offered"),
        ("ada", with("company", json!("nowhere")), 422, "company_not_offered"),
        ("ada", with("title", json!(" \u{200b}")), 400, "invalid_body"),
        ("ada", with("title", json!("x".repeat(1001))), 400, "invalid_body"),
        ("ada", with("description", json!("x".repeat(100 * 1024 + 1))), 400, "invalid_body"),
        ("ada", with("requester", json!("abe")), 400, "invalid_body"),
    ] {
        let (answered, refused) = report(&site, who, "", &body).await;
        assert_eq!((answered, &refused["code"]), (status, &json!(code)), "{refused}");
    }
    let (_, refused) = report(&site, "cem", "", &with("company", json!("gamma"))).await;
    assert_eq!(refused["options"], json!([{"id": "acme", "name": "Acme"}, {"id": "beta", "name": "Beta"}]));
    let (_, refused) = report(&site, "ada", "", &with("attributes", json!({"Severity": "Middling"}))).await;
    assert_eq!(refused["attribute"], "Severity");
    let (status, made) = report(&site, "ada", "", &with("description", json!("é".repeat(50 * 1024)))).await;
    assert_eq!((status, made["description"].as_str().unwrap().len()), (201, 100 * 1024));
    // The rule: the only company is selected, of several none until somebody chooses.
    assert_eq!(report(&site, "cem", "", &with("company", json!("beta"))).await.1["company"]["id"], "beta");
    assert_eq!(report(&site, "cem", "", &new()).await.1["company"], Value::Null);
    site.assert_clean().await;
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn one_person_reports_thirty_a_minute() {
    let site = site().await;
    for n in 0..30 {
        assert_eq!(report(&site, "ada", &format!("k-{n}"), &new()).await.0, 201, "{n}");
    }
    let answer = post(&site, "ada", "k-30", &new()).send().await.unwrap();
    assert_eq!(answer.status(), 429);
    let wait: i64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(report(&site, "ada", "k-3", &new()).await.0, 200, "what was made before is told");
    assert_eq!(report(&site, "abe", "k-30", &new()).await.0, 201, "others go on");
    site.wait(wait);
    assert_eq!(report(&site, "ada", "k-30", &new()).await.0, 201);
}

#[tokio::test]
async fn the_page_comes_back_with_what_is_wrong_beside_it() {
    let site = site().await;
    let page = async |who: &str, form: &str| {
        let request = site.request(Method::POST, "/tickets/new").bearer_auth(site.token(who));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form.to_owned());
        let answer = request.send().await.unwrap();
        let location = answer.headers().get("location").map(|it| it.to_str().unwrap().to_owned());
        (answer.status().as_u16(), location.unwrap_or_default(), answer.text().await.unwrap())
    };
    let empty = site.get_as("ada", "/tickets/new").send().await.unwrap().text().await.unwrap();
    assert!(empty.contains("name=\"attribute.bug.0\"") && !empty.contains("For which company?"));
    for (form, status, field) in [
        ("title=&description=Kept+%3Cb%3E&type=bug", 400, "title"),
        ("title=Kept&description=Kept+%3Cb%3E", 422, "type"),
        ("title=Kept&description=Kept+%3Cb%3E&type=task", 422, "type"),
        ("title=Kept&description=Kept+%3Cb%3E&type=bug&attribute.bug.0=Middling", 422, "attribute.bug.0"),
    ] {
        let (answered, _, page) = page("ada", form).await;
        assert_eq!(answered, status, "{form}");
        assert!(page.contains(&format!("id=\"{field}-wrong\"")) && page.contains("Kept &#60;b&#62;"), "{form}: {page}");
    }
    let (status, to, _) = page("ada", "title=Sent&type=bug&attribute.bug.0=Low&private=true&key=f-1").await;
    assert_eq!(status, 303);
    let again = page("ada", "title=Sent&type=bug&attribute.bug.0=Low&private=true&key=f-1").await;
    assert_eq!((again.0, &again.1), (303, &to), "sent twice");
    let made = site.json_as("ada", &format!("/api{to}")).await.1;
    assert_eq!((&made["private"], &made["attributes"][0]["value"]), (&json!(true), &json!("Low")));
    let other = page("ada", "title=Other&type=bug&key=f-1").await;
    assert_eq!(other.0, 422);
    assert!(!other.2.contains("value=\"f-1\""), "the form gets another key");
    // Without script, a button looks for what is alike; what was written stays.
    site.fed().await;
    let (status, _, page) = page("abe", "title=Sent&description=Kept&type=bug&key=f-2&do=look").await;
    assert_eq!(status, 200);
    assert!(!page.contains(&to) && page.contains("Nothing looks alike") && page.contains("Kept"), "{page}");
}

#[tokio::test]
async fn what_is_alike_is_what_the_list_would_show_the_most_alike_first() {
    let site = site().await;
    let ticket = |n: u64, company: &str, who: &str, state: &str, title: &str, description: &str| {
        let mut it = scene::ticket(&format!("al-{n}"), 100 + n, Some(company), who, state, "2026-11-01T00:00:00Z");
        (it["title"], it["description"]) = (json!(title), json!(description));
        it
    };
    let mut lines = vec![
        ticket(1, "acme", "ada", "new", "Printer prints every label twice", "In hall three"),
        ticket(2, "acme", "abe", "done", "Label printing doubles", "The printer in hall three, every label"),
        ticket(3, "beta", "bob", "new", "Printer prints every label twice", "In hall three"),
        ticket(4, "acme", "ada", "new", "Printer prints every label twice", "Ada's own"),
        ticket(5, "acme", "ada", "new", "Invoice cannot be downloaded", ""),
    ];
    lines[3]["private"] = json!(true);
    lines.extend((10..20).map(|n| ticket(n, "acme", "abe", "new", "A label", "")));
    e2e::load(&site.store, &lines).await;
    site.fed().await;
    let similar = async |who: &str, text: &str| {
        let (status, found) = site.json_as(who, &format!("/api/tickets/similar?text={}", text.replace(' ', "+"))).await;
        assert_eq!(status, 200, "{found}");
        ids(&found).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let of_abe = similar("abe", "labels are printed twice by the printer").await;
    assert_eq!(of_abe.first().unwrap(), "al-1");
    assert!(of_abe.len() <= 5 && of_abe.contains(&"al-2".to_owned()), "{of_abe:?}");
    assert!(!of_abe.iter().any(|id| ["al-3", "al-4", "al-5"].contains(&id.as_str())), "{of_abe:?}");
    assert!(similar("ada", "labels are printed twice by the printer").await.contains(&"al-4".to_owned()));
    assert_eq!(similar("bob", "labels are printed twice by the printer").await, ["al-3"]);
    assert_eq!(similar("abe", "invoices").await, ["al-5"]);
    for nothing in ["", "  ", "zzz", "?!"] {
        assert_eq!(similar("abe", nothing).await, [""; 0], "{nothing:?}");
    }
    let (_, found) = site.json_as("abe", "/api/tickets/similar?text=printer+twice").await;
    let matched = &found["tickets"][0]["match"];
    let hits: Vec<_> = matched["snippet"].as_array().unwrap().iter().filter(|it| it["hit"] == true).collect();
    assert_eq!((&matched["in"], hits.len()), (&json!("title"), 3), "{matched}");
    assert_eq!(site.json_as("abe", "/api/tickets/similar?text=x&company=beta").await.1["code"], "company_not_found");

    // What becomes invisible while it is shown is not there with the next request, whatever search still has.
    let request = site.request(Method::PUT, "/api/tickets/al-1/private").bearer_auth(site.token("ada"));
    assert_eq!(request.json(&json!({"private": true})).send().await.unwrap().status(), 200);
    assert!(!similar("abe", "labels are printed twice by the printer").await.contains(&"al-1".to_owned()));
    assert_eq!(site.get_as("abe", "/tickets/al-1").send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn typing_costs_two_round_trips_and_twelve_units() {
    let site = site().await;
    let words =
        ["printer", "label", "twice", "export", "invoice", "download", "scanner", "barcode", "login", "password"];
    let lines: Vec<_> = (0..400u64)
        .map(|n| {
            let of = |n: u64| words[(n % 10) as usize];
            let mut it =
                scene::ticket(&format!("many-{n}"), 500 + n, Some("acme"), "abe", "new", "2026-11-01T00:00:00Z");
            it["title"] = json!(format!("The {} and the {} do not work {n}", of(n), of(n / 10)));
            it["description"] =
                json!(format!("{} {} {} again and again. ", of(n / 3), of(n / 7), of(n / 11)).repeat(8));
            it
        })
        .collect();
    e2e::load(&site.store, &lines).await;
    site.fed().await;
    let proxy = Proxy::start(&site.endpoint, Duration::from_millis(50)).await;
    let through = site.waiting_at(&proxy.endpoint).await.remembering(60).await;
    let cookies = through.cookies("ada").await;
    let mut worst = 0.0_f64;
    for text in [
        "printer label twice export invoice download scanner barcode",
        "The printer prints each label two times since we exported the invoices",
        "password",
        "nothing+of+the+kind",
    ] {
        let path = format!("/api/tickets/similar?text={}", text.replace(' ', "+"));
        through.get(&path).header("cookie", &cookies).send().await.unwrap();
        proxy.take();
        assert_eq!(through.get(&path).header("cookie", &cookies).send().await.unwrap().status(), 200);
        let calls = proxy.take();
        let units = calls.iter().map(|call| call.units).sum::<f64>();
        assert!(sequential(&calls) <= 2, "{text}: {calls:?}");
        assert!(units <= 12.0, "{text}: {units} units");
        worst = worst.max(units);
    }
    println!("look-alikes: {worst} read units at most");
}
