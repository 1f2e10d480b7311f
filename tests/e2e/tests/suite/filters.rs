//! Filters and order of the list (docs/product.md, The list).

use e2e::{Site, scene};
use serde_json::{Value, json};

fn ids(list: &Value) -> Vec<&str> {
    list["tickets"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn filters_combine_and_the_order_is_any_columns() {
    let site = Site::start().await;
    let mut late = scene::ticket("tk-20", 20, Some("beta"), "cem", "new", "2026-11-14T10:00:00Z");
    late["created_at"] = json!("2026-11-14T10:00:00Z");
    late["title"] = json!("äpfel");
    e2e::load(&site.store, &[late]).await;
    let all = ["tk-20", "tk-5", "tk-2", "tk-4", "tk-3", "tk-1", "tk-8"];
    for (query, expected) in [
        ("", &all[..]),
        ("type=task", &["tk-8"]),
        ("type=bug&company=acme", &["tk-2", "tk-3", "tk-1"]),
        ("creator=me", &["tk-20", "tk-5"]),
        ("creator=ada", &["tk-3", "tk-1", "tk-8"]),
        ("creator=ada&state=resolved", &["tk-3"]),
        ("creator=ada&turn=colleagues", &["tk-1"]),
        ("creator=ada&company=beta", &[]),
        ("creator=gus", &[]),
        ("creator=unheard-of", &[]),
        ("created_from=2026-11-01", &["tk-20"]),
        ("created_to=2026-11-14T10:00:00Z&limit=2", &["tk-5", "tk-2"]),
        ("updated_from=2026-11-11T10:00:00Z&updated_to=2026-11-12", &["tk-4", "tk-3"]),
        ("updated_from=2026-11-11&updated_to=2026-11-13&state=submitted", &["tk-2"]),
        ("updated_from=2026-11-11&updated_to=2026-11-11", &[]),
        ("order=asc&limit=3", &["tk-8", "tk-1", "tk-3"]),
        ("sort=updated&order=desc&limit=1", &["tk-20"]),
        ("sort=created&limit=1", &["tk-20"]),
        ("sort=number&order=asc&limit=3", &["tk-1", "tk-2", "tk-3"]),
        ("sort=title&order=asc&limit=2", &["tk-20", "tk-1"]),
        ("sort=title&limit=2", &["tk-8", "tk-5"]),
        ("sort=type&limit=2", &["tk-8", "tk-20"]),
        ("sort=state&order=asc&limit=4", &["tk-20", "tk-2", "tk-8", "tk-5"]),
        ("sort=state&company=acme", &["tk-3", "tk-1", "tk-2", "tk-8"]),
        ("sort=creator&order=asc&limit=2", &["tk-2", "tk-3"]),
    ] {
        let (status, list) = site.json_as("cem", &format!("/api/tickets?{query}")).await;
        assert_eq!((status.as_u16(), ids(&list)), (200, expected.to_vec()), "{query}");
        assert_eq!(list["looked_through"], Value::Null, "{query}");
        let (_, plain) = site.json_as("cem", "/api/tickets").await;
        if !query.contains("company") {
            assert_eq!((&list["counts"], &list["turns"]), (&plain["counts"], &plain["turns"]), "{query}");
        }
    }
}

#[tokio::test]
async fn what_is_not_understood_is_refused_and_says_which_parameter_it_is() {
    let site = Site::start().await;
    for (query, word) in [
        ("type=unheard-of", "type"),
        ("type=incident", "type"),
        ("type=a%20b", "type"),
        ("creator=", "contact id"),
        ("created_from=2026-02-30", "created_from"),
        ("created_to=", "created_to"),
        ("updated_from=yesterday", "updated_from"),
        ("updated_from=2026-11-02&updated_to=2026-11-01", "updated_to"),
        ("sort=age", "sort"),
        ("order=up", "order"),
        ("sort=title&sort=title", "sort"),
        ("created=2026-11-01", "created"),
    ] {
        let (status, problem) = site.json_as("ada", &format!("/api/tickets?{query}")).await;
        assert_eq!((status.as_u16(), &problem["code"]), (400, &json!("invalid_parameter")), "{query}");
        assert!(problem["detail"].as_str().unwrap().contains(word), "{query}: {problem}");
        let (status, _) = site.json_as("ada", &format!("/api/tickets/export?{query}")).await;
        assert_eq!(status, 400, "{query}");
    }
}

#[tokio::test]
async fn walking_pages_in_any_order_shows_everything_once() {
    let site = Site::start().await;
    for sort in ["updated", "created", "number", "title", "type", "state", "creator"] {
        for order in ["asc", "desc"] {
            let all = site.json_as("cem", &format!("/api/tickets?sort={sort}&order={order}")).await.1;
            let path = format!("/api/tickets?sort={sort}&order={order}&limit=2");
            let (mut walked, mut next) = (Vec::new(), path.clone());
            loop {
                let (_, list) = site.json_as("cem", &next).await;
                walked.extend(ids(&list).into_iter().map(str::to_owned));
                let Some(cursor) = list["next_cursor"].as_str() else { break };
                next = format!("{path}&cursor={cursor}");
            }
            assert_eq!(walked, ids(&all), "{sort} {order}");
            assert_eq!(walked.len(), scene::LISTS[3].1.len(), "{sort} {order}");
        }
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_filter_and_order_only() {
    let site = Site::start().await;
    let (_, list) = site.json_as("cem", "/api/tickets?limit=1&type=bug&sort=title").await;
    let cursor = list["next_cursor"].as_str().unwrap();
    for (who, query, status) in [
        ("cem", "type=bug&sort=title", 200),
        ("cem", "sort=title&type=bug&limit=3", 200),
        ("cem", "type=bug&sort=title&order=desc", 200),
        ("cem", "type=bug&sort=title&order=asc", 400),
        ("cem", "type=bug&sort=number", 400),
        ("cem", "sort=title", 400),
        ("cem", "type=bug&sort=title&creator=me", 400),
        ("cem", "type=bug&sort=title&updated_from=2026-01-01", 400),
        ("ada", "type=bug&sort=title", 400),
    ] {
        let (answer, _) = site.json_as(who, &format!("/api/tickets?{query}&cursor={cursor}")).await;
        assert_eq!(answer.as_u16(), status, "{who} {query}");
    }
}

#[tokio::test]
async fn those_who_see_only_their_own_find_nothing_of_others_whatever_they_filter() {
    let site = Site::start().await;
    let mut settings = scene::settings();
    settings["visibility"] = json!({"restrict": true, "conditions": []});
    e2e::load(&site.store, &[settings]).await;
    for (query, expected) in [
        ("creator=abe", &[][..]),
        ("creator=me", &["tk-3", "tk-1", "tk-8"]),
        ("creator=ada", &["tk-3", "tk-1", "tk-8"]),
        ("type=bug&sort=number", &["tk-3", "tk-1"]),
        ("turn=you", &["tk-1"]),
        ("turn=colleagues", &[]),
        ("updated_to=2026-11-11&order=asc", &["tk-8", "tk-1"]),
    ] {
        let (_, list) = site.json_as("ada", &format!("/api/tickets?{query}")).await;
        assert_eq!(ids(&list), expected, "{query}");
        let file = site.get_as("ada", &format!("/api/tickets/export?{query}")).send().await.unwrap();
        assert_eq!(file.text().await.unwrap().lines().count(), 1 + expected.len(), "{query}");
    }
}

#[tokio::test]
async fn a_form_of_the_page_may_leave_its_fields_empty_and_a_program_may_not() {
    let site = Site::start().await;
    let query = "creator=&created_from=&created_to=&updated_from=2026-11-12&updated_to=&sort=updated&order=desc";
    let page = site.get_as("ada", &format!("/tickets?{query}")).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    assert!(page.contains("/tickets/tk-2\"") && !page.contains("/tickets/tk-3\""), "the one that is filled in counts");
    assert_eq!(site.json_as("ada", &format!("/api/tickets?{query}")).await.0, 400);
    assert_eq!(site.get_as("ada", "/tickets?state=").send().await.unwrap().status(), 400);
}
