//! Who takes part in a ticket's conversation, as customers may know it (docs/product.md, The ticket page).

use e2e::{Site, load, read, scene};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const PEOPLE: &str = "/api/tickets/tk-1/people";

fn person(name: &str, you: bool, creator: bool) -> Value {
    json!({"name": name, "you": you, "creator": creator})
}

async fn page(site: &Site, who: &str, path: &str) -> (StatusCode, String) {
    let answer = site.get_as(who, path).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test]
async fn who_is_in_the_tickets_company_is_named_for_as_long_as_they_are() {
    let site = Site::start().await;
    let (status, people) = site.json_as("abe", PEOPLE).await;
    assert_eq!(status, 200);
    let [abe, ada] = [person("Abe Acker", true, false), person("Ada Acker", false, true)];
    assert_eq!(people, json!({"people": [abe, ada], "others": 0}));
    let join = site.request(Method::POST, "/api/conversations/c-1/join").bearer_auth(site.token("cem"));
    assert_eq!(read(join.json(&json!({})).send().await.unwrap()).await.0, 200);
    let (_, people) = site.json_as("abe", PEOPLE).await;
    assert_eq!(people, json!({"people": [abe, ada, person("Cem Can", false, false)], "others": 0}));

    // Who has left the company is counted, and who has joined it is named.
    for (who, name, companies) in [("cem", "Cem Can", ["beta"]), ("ada", "Ada Acker", ["beta"])] {
        let contact =
            json!({"id": who, "name": name, "email": format!("{who}@people.example"), "companies": companies});
        assert_eq!(site.desk_send(Method::PUT, "/contacts", &contact).await.0, 200);
    }
    let (_, people) = site.json_as("abe", PEOPLE).await;
    assert_eq!(people, json!({"people": [abe, ada], "others": 1}), "the ticket itself names its creator");
    let (status, hers) = site.json_as("ada", PEOPLE).await;
    let [abe, ada] = [person("Abe Acker", false, false), person("Ada Acker", true, true)];
    assert_eq!((status, hers), (StatusCode::OK, json!({"people": [abe, ada], "others": 1})));
}

#[tokio::test]
async fn a_page_has_the_names_and_the_ticket_page_leads_to_it() {
    let site = Site::start().await;
    let names = json!({"id": "abe", "name": "<b>Abe</b>", "email": "abe@people.example", "companies": ["acme"]});
    assert_eq!(site.desk_send(Method::PUT, "/contacts", &names).await.0, 200);
    let (_, ticket) = page(&site, "cem", "/tickets/tk-1").await;
    assert!(ticket.contains(r#"<a href="/tickets/tk-1/people">2 people</a>"#), "{ticket}");
    let (status, people) = page(&site, "cem", "/tickets/tk-1/people").await;
    assert_eq!(status, 200);
    assert!(people.contains("&#60;b&#62;Abe&#60;/b&#62;") && people.contains("Ada Acker"), "{people}");
    assert!(!people.contains("Cem Can</bdi> <span class=\"faint\">(you)"), "who does not take part is not among them");

    let (status, nobody) = page(&site, "ada", "/tickets/tk-2/people").await;
    assert_eq!((status, nobody.contains("Nobody takes part")), (StatusCode::OK, true), "{nobody}");
    let (_, ticket) = page(&site, "ada", "/tickets/tk-2").await;
    assert!(!ticket.contains("/people"), "{ticket}");
}

#[tokio::test]
async fn of_more_people_than_are_read_the_rest_is_counted() {
    let mut lines: Vec<_> = (0..70)
        .map(|n| {
            json!({"kind": "contact", "id": format!("p{n:02}"), "name": format!("Person {n:02}"),
                "email": format!("p{n}@people.example"), "companies": ["acme"]})
        })
        .collect();
    let people: Vec<_> = (0..70).map(|n| format!("p{n:02}")).collect();
    let mut conversation = scene::conversation("c-many", &["p69"]);
    conversation["participants"] = json!(people);
    lines.push(conversation);
    let mut ticket = scene::ticket("tk-many", 50, Some("acme"), "p69", "new", "2026-11-01T00:00:00Z");
    ticket["conversation"] = json!("c-many");
    lines.push(ticket);
    let site = Site::start().await;
    load(&site.store, &lines).await;
    let (_, answer) = site.json_as("ada", "/api/tickets/tk-many/people").await;
    assert_eq!((answer["people"].as_array().unwrap().len(), &answer["others"]), (60, &json!(10)));
    let (_, text) = page(&site, "ada", "/tickets/tk-many/people").await;
    assert!(text.contains("and 10 other people"), "{text}");
}
