//! Lists, while the indexes that they come from are behind.

use e2e::{
    Site,
    hindrance::Lag,
    load,
    proxy::{Proxy, sequential},
    scene,
};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

fn ids(list: &Value) -> Vec<&str> {
    list["tickets"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect()
}

/// The ids in a contact's list. Its page and its counts must agree with it.
async fn list(site: &Site, who: &str) -> Vec<String> {
    let (status, list) = site.json_as(who, "/api/tickets").await;
    assert_eq!(status, 200, "{list}");
    let page = site.get_as(who, "/tickets").send().await.unwrap().text().await.unwrap();
    for (id, title) in [("tk-1", "Export"), ("tk-3", "Ticket tk-3"), ("tk-5", "Ticket tk-5"), ("tk-8", "Ticket tk-8")] {
        assert_eq!(ids(&list).contains(&id), page.contains(title), "{who}: {id}");
    }
    ids(&list).into_iter().map(Into::into).collect()
}

async fn counted(site: &Site, who: &str) -> u64 {
    site.json_as(who, "/api/tickets").await.1["counts"]["all"].as_u64().unwrap()
}

async fn of_company(site: &Site, company: &str) -> Vec<String> {
    let (_, tickets) = site.desk_get(&format!("/companies/tickets?id={company}")).await;
    ids(&tickets).into_iter().map(Into::into).collect()
}

async fn change(site: &Site, id: &str, change: &Value) {
    let (_, ticket) = site.desk_get(&format!("/tickets/{id}")).await;
    let mut change = change.clone();
    change["version"] = ticket["version"].clone();
    let (status, answer) = site.desk_send(Method::PATCH, &format!("/tickets/{id}"), &change).await;
    assert_eq!(status, 200, "{answer}");
}

#[tokio::test]
async fn a_ticket_that_moved_away_is_in_no_list_of_those_who_saw_it_there() {
    let site = Site::start().await;
    let lag = Lag::start(&site.endpoint).await;
    let behind = site.beside(&lag.endpoint).await;
    assert_eq!(list(&behind, "bob").await, ["tk-5", "tk-4"]);

    change(&behind, "tk-5", &json!({"company": "acme"})).await;
    assert_eq!(list(&behind, "bob").await, ["tk-4"]);
    assert_eq!(counted(&behind, "bob").await, 1);
    assert_eq!(of_company(&behind, "beta").await, ["tk-4"]);
    let submitted = behind.json_as("bob", "/api/tickets?state=in_progress").await.1;
    assert_eq!(ids(&submitted), ["tk-4"], "the other index too");
    assert_eq!(behind.json_as("bob", "/api/tickets/tk-5").await.0, 404);
    // Those who see it now find it there once the index has it, and by its address at once.
    assert!(!list(&behind, "ada").await.contains(&"tk-5".to_owned()));
    assert_eq!(behind.json_as("ada", "/api/tickets/tk-5").await.0, 200);

    change(&behind, "tk-5", &json!({"company": "beta"})).await;
    assert_eq!(list(&behind, "bob").await, ["tk-5", "tk-4"], "back at once");
    assert_eq!(of_company(&behind, "beta").await, ["tk-5", "tk-4"]);

    change(&behind, "tk-5", &json!({"company": "acme"})).await;
    assert_eq!(list(&behind, "bob").await, ["tk-4"]);
    lag.catch_up().await;
    assert_eq!(list(&behind, "bob").await, ["tk-4"]);
    assert!(list(&behind, "ada").await.contains(&"tk-5".to_owned()));
    site.assert_clean().await;
}

#[tokio::test]
async fn a_ticket_that_customers_may_not_see_any_more_is_in_no_list_of_theirs() {
    let site = Site::start().await;
    let lag = Lag::start(&site.endpoint).await;
    let behind = site.beside(&lag.endpoint).await;
    let before = counted(&behind, "ada").await;
    change(&behind, "tk-1", &json!({"type": "task"})).await;
    for who in ["ada", "abe", "cem"] {
        assert!(!list(&behind, who).await.contains(&"tk-1".to_owned()), "{who}");
    }
    assert_eq!(counted(&behind, "ada").await, before - 1);
    change(&behind, "tk-8", &json!({"shared": false})).await;
    assert_eq!(list(&behind, "ada").await, ["tk-2", "tk-3"]);
    change(&behind, "tk-1", &json!({"type": "bug"})).await;
    assert_eq!(list(&behind, "ada").await, ["tk-2", "tk-3", "tk-1"], "back at once");
    lag.catch_up().await;
    assert_eq!(list(&behind, "ada").await, ["tk-1", "tk-2", "tk-3"], "the last change comes first");
}

#[tokio::test]
async fn what_somebody_did_not_create_after_all_is_not_among_what_they_created() {
    let site = Site::start().await;
    let mut settings = scene::settings();
    settings["visibility"]["restrict"] = json!(true);
    load(&site.store, &[settings]).await;
    let lag = Lag::start(&site.endpoint).await;
    let behind = site.beside(&lag.endpoint).await;
    assert_eq!(list(&behind, "ada").await, ["tk-3", "tk-1", "tk-8"]);
    change(&behind, "tk-3", &json!({"requester": "abe"})).await;
    assert_eq!(list(&behind, "ada").await, ["tk-1", "tk-8"]);
    assert_eq!(counted(&behind, "ada").await, 2);
    change(&behind, "tk-1", &json!({"type": "task"})).await;
    assert_eq!((list(&behind, "ada").await, counted(&behind, "ada").await), (vec!["tk-8".to_owned()], 1));
    let (_, access) = behind.json_as("ada", "/api/portal/access").await;
    assert_eq!(access["companies"][0]["counts"]["all"], 1, "{access}");
    change(&behind, "tk-3", &json!({"requester": "ada"})).await;
    assert_eq!(list(&behind, "ada").await, ["tk-3", "tk-8"], "back at once");
}

#[tokio::test]
async fn where_more_has_moved_than_is_read_the_rows_are_looked_up() {
    let site = Site::start().await;
    let lag = Lag::start(&site.endpoint).await;
    let proxy = Proxy::start(&lag.endpoint, Duration::from_millis(20)).await;
    let (behind, slow) = (site.beside(&lag.endpoint).await, site.waiting_at(&proxy.endpoint).await);
    let cookies = slow.cookies("ada").await;
    let trips = async || {
        proxy.take();
        let answer = slow.get("/api/tickets").header("cookie", &cookies).send().await.unwrap();
        let (status, list) = e2e::read(answer).await;
        assert_eq!(status, 200);
        (sequential(&proxy.take()), ids(&list).into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    change(&behind, "tk-1", &json!({"type": "task"})).await;
    assert_eq!(trips().await, (1, ["tk-2", "tk-3", "tk-8"].map(Into::into).to_vec()));
    for n in 0..51 {
        change(&behind, "tk-8", &json!({"shared": n % 2 == 1})).await;
    }
    assert_eq!(trips().await, (2, ["tk-2", "tk-3"].map(Into::into).to_vec()));
    assert_eq!(list(&behind, "ada").await, ["tk-2", "tk-3"]);
    assert_eq!(of_company(&behind, "acme").await.iter().filter(|id| *id == "tk-2").count(), 1);
}
