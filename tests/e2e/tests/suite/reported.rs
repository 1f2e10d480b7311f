//! What is reported already, for teammates who are about to make a ticket of something (docs/product.md, Look-alikes).

use e2e::{
    Site,
    proxy::{Proxy, sequential},
    scene,
};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

fn ids(found: &Value) -> Vec<&str> {
    found["tickets"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect()
}

fn ticket(n: u64, company: Option<&str>, who: &str, state: &str, title: &str, description: &str) -> Value {
    let mut it = scene::ticket(&format!("al-{n}"), 100 + n, company, who, state, "2026-11-01T00:00:00Z");
    (it["title"], it["description"]) = (json!(title), json!(description));
    it
}

/// A problem that several companies have, with a ticket that is private and one that customers never see.
async fn site() -> Site {
    let site = Site::start().await;
    let note = json!({"id": "n-1", "type": "note", "author": {"teammate": scene::GRACE}, "body": "The turntable is worn",
        "at": "2026-10-01T09:00:00Z"});
    let talk = json!({"kind": "conversation", "id": "c-al", "participants": ["bob"], "parts": [note]});
    let mut lines = vec![
        ticket(1, Some("acme"), "ada", "done", "Wrapper tears the film", "At the turntable"),
        ticket(2, Some("beta"), "bob", "new", "Wrapper tears the film every hour", "In hall three"),
        ticket(3, Some("gamma"), "gus", "new", "Film is torn by the wrapper", ""),
        ticket(4, Some("acme"), "ada", "new", "Wrapper tears the film again", "Ada's own"),
        ticket(5, Some("beta"), "bob", "new", "Tracker of what tears films", ""),
        ticket(6, None, "nia", "new", "Invoice cannot be downloaded", ""),
        talk,
    ];
    lines[3]["private"] = json!(true);
    lines[4]["type"] = json!("incident");
    lines[1]["conversation"] = json!("c-al");
    e2e::load(&site.store, &lines).await;
    site.fed().await;
    site
}

async fn similar(site: &Site, query: &str) -> Value {
    let (status, found) = site.desk_get(&format!("/tickets/similar?{query}")).await;
    assert_eq!(status, 200, "{found}");
    found
}

#[tokio::test]
async fn what_looks_alike_is_of_all_companies_those_of_the_requesters_first() {
    let site = site().await;
    let found = similar(&site, "text=The+wrapper+tears+our+film").await;
    let mut all = ids(&found);
    all.sort_unstable();
    assert_eq!(all, ["al-1", "al-2", "al-3", "al-4", "al-5"], "with what customers do not see");
    assert_eq!(found["companies"], 3);
    let of_ada = similar(&site, "text=The+wrapper+tears+our+film&requester=ada").await;
    assert_eq!(&ids(&of_ada)[..2], ["al-4", "al-1"], "their company's first, and of these the open one");
    assert_eq!(&ids(&similar(&site, "text=The+wrapper+tears+our+film&requester=gus").await)[..1], ["al-3"]);
    // A conversation of Ada's fits a ticket of Acme's, or of nobody's, that has none.
    let linkable = |found: &Value| {
        let rows = found["tickets"].as_array().unwrap().iter().filter(|row| row["linkable"] == true);
        let mut ids: Vec<_> = rows.map(|row| row["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    assert_eq!(linkable(&of_ada), ["al-1", "al-4"]);
    assert_eq!(linkable(&similar(&site, "text=wrapper+film&requester=bob").await), ["al-5"], "al-2 has a conversation");
    assert_eq!(linkable(&similar(&site, "text=wrapper+film&requester=nobody").await), [""; 0]);
    assert_eq!(linkable(&similar(&site, "text=invoices").await), ["al-6"]);
    // Notes count for teammates.
    let noted = similar(&site, "text=worn").await;
    assert_eq!((ids(&noted), &noted["tickets"][0]["match"]["in"]), (vec!["al-2"], &json!("note")));
    for nothing in ["text=", "text=+", "text=zzz", "text=?!"] {
        assert_eq!(similar(&site, nothing).await, json!({"tickets": [], "companies": 0}), "{nothing}");
    }
    for refused in ["", "requester=ada", "text=x&requester=", "text=x&text=y", "text=x&company=acme"] {
        let (status, problem) = site.desk_get(&format!("/tickets/similar?{refused}")).await;
        assert_eq!((status, &problem["code"]), (400, &json!("invalid_parameter")), "{refused}");
    }
}

#[tokio::test]
async fn what_is_only_a_little_alike_is_no_same_problem() {
    let site = site().await;
    let lines = [
        json!({"kind": "company", "id": "delta", "name": "Delta"}),
        ticket(8, Some("delta"), "gus", "new", "Downloaded a picture", ""),
        ticket(9, Some("acme"), "ada", "new", "Invoice cannot be opened", ""),
    ];
    e2e::load(&site.store, &lines).await;
    site.fed().await;
    let found = similar(&site, "text=Invoice+cannot+be+downloaded").await;
    assert_eq!((ids(&found), &found["companies"]), (vec!["al-6", "al-9", "al-8"], &json!(1)));
}

#[tokio::test]
async fn a_companys_own_tickets_are_found_among_many_newer_ones_of_others() {
    let site = Site::start().await;
    let mut lines = vec![ticket(1, Some("acme"), "ada", "new", "Wrapper tears the film", "")];
    lines[0]["created_at"] = json!("2026-01-01T09:00:00Z");
    lines.extend((10..70).map(|n| ticket(n, Some("beta"), "bob", "new", &format!("The wrapper is loud {n}"), "")));
    e2e::load(&site.store, &lines).await;
    site.fed().await;
    // The more words, the fewer entries of each list are read: of six, forty.
    let text = "text=wrapper+engine+breaks+during+nightly+shifts";
    assert_eq!(ids(&similar(&site, &format!("{text}&requester=ada")).await).first(), Some(&"al-1"));
    assert!(!ids(&similar(&site, text).await).contains(&"al-1"), "others are newer");
}

#[tokio::test]
async fn the_forms_show_what_is_reported_already_and_link_to_it() {
    let site = site().await;
    e2e::load(&site.store, &[conversation()]).await;
    let page = async |method: Method, path: &str, form: &str| {
        let request = site.request(method, path).bearer_auth(site.teammate_token(scene::GRACE));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form.to_owned());
        let answer = request.send().await.unwrap();
        let location = answer.headers().get("location").map(|it| it.to_str().unwrap().to_owned());
        (answer.status().as_u16(), location.unwrap_or_default(), answer.text().await.unwrap())
    };
    let (status, _, empty) = page(Method::GET, "/helpdesk/new", "").await;
    assert_eq!(status, 200);
    assert!(!empty.contains("al-1") && empty.contains("data-alike"), "nothing was looked for");
    // Shown again, whether it was to be sent or only to look.
    for (form, status) in [
        ("title=The+wrapper+tears+film&requester=ada&do=look", 200),
        ("title=The+wrapper+tears+film&requester=ada", 400),
        ("title=The+wrapper+tears+film&requester_typed=ada&find=requester", 200),
    ] {
        let (answered, _, page) = page(Method::POST, "/helpdesk/tickets", form).await;
        assert_eq!(answered, status, "{form}");
        assert!(page.contains("/helpdesk/tickets/al-1") && page.contains("Same problem in 3 companies"), "{form}");
        assert!(!page.contains("formaction="), "there is no conversation to link");
    }
    let (_, _, page_of_nothing) = page(Method::POST, "/helpdesk/tickets", "title=zzz&do=look").await;
    assert!(page_of_nothing.contains("Nothing looks alike"));
    assert!(!page_of_nothing.contains("class=\"amiss\""), "it was not to be sent yet");

    // From the first message at once, and again for what was typed since.
    let (_, _, of_conversation) = page(Method::GET, "/helpdesk/conversations/c-film", "").await;
    let link = "formaction=\"/helpdesk/conversations/c-film/ticket\"";
    assert!(of_conversation.contains("/helpdesk/tickets/al-2") && of_conversation.contains(link));
    let offered: Vec<_> = of_conversation.match_indices("name=\"ticket\" value=\"al-").collect();
    assert_eq!(offered.len(), 2, "those of their company that have no conversation");
    let convert = "/helpdesk/conversations/c-film/convert";
    let (status, _, again) = page(Method::POST, convert, "title=Invoices&description=&do=look").await;
    assert_eq!(status, 200);
    assert!(again.contains("/helpdesk/tickets/al-6") && !again.contains("/helpdesk/tickets/al-2"));
    assert!(again.contains("value=\"Invoices\"") && !again.contains("class=\"amiss\""));
    let form = "title=Film&description=x&type=&company=automatic&key=k&ticket=al-1";
    let (status, location, _) = page(Method::POST, "/helpdesk/conversations/c-film/ticket", form).await;
    assert_eq!((status, location.as_str()), (303, "/helpdesk/tickets/al-1?done=linked"));
    assert_eq!(site.desk_get("/tickets/al-1").await.1["conversation"]["id"], "c-film");
    site.fed().await;
    site.assert_clean().await;
}

fn conversation() -> Value {
    let mut it = scene::conversation("c-film", &["ada"]);
    it["parts"][0]["body"] = json!("Hello,\nthe wrapper tears our film.");
    it
}

#[tokio::test]
async fn looking_costs_a_teammate_three_round_trips() {
    let site = site().await;
    let lines: Vec<_> = (200..600)
        .map(|n| {
            let company = ["acme", "beta", "gamma"][(n % 3) as usize];
            let words = format!("The wrapper tears film and labels of hall {n} ").repeat(6);
            ticket(n, Some(company), "ada", "new", &format!("Wrapper and film and label {n}"), &words)
        })
        .collect();
    e2e::load(&site.store, &lines).await;
    site.fed().await;
    let proxy = Proxy::start(&site.endpoint, Duration::from_millis(50)).await;
    let through = site.waiting_at(&proxy.endpoint).await.remembering(60).await;
    let mut worst = 0.0_f64;
    for text in ["wrapper+tears+film+labels+halls+something", "film", "nothing+of+the+kind"] {
        let path = format!("/tickets/similar?requester=cem&text={text}");
        through.desk_get(&path).await;
        proxy.take();
        assert_eq!(through.desk_get(&path).await.0, 200);
        let calls = proxy.take();
        assert!(sequential(&calls) <= 3, "{text}: {calls:?}");
        worst = worst.max(calls.iter().map(|call| call.units).sum::<f64>());
    }
    println!("look-alikes for teammates: {worst} read units at most");
    assert!(worst <= 60.0, "{worst} units");
}
