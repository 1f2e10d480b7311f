//! The list (docs/product.md, The list).

use e2e::{Site, scene};
use serde_json::{Value, json};

fn ids(list: &Value) -> Vec<&str> {
    list["tickets"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn each_person_sees_the_companys_tickets_newest_update_first() {
    let site = Site::start().await;
    for (who, expected) in scene::LISTS {
        let (status, list) = site.json_as(who, "/api/tickets").await;
        assert_eq!(status, 200);
        assert_eq!(ids(&list), expected, "{who}");
        assert_eq!(list["counts"]["all"], expected.len(), "{who}");
        assert_eq!(list["next_cursor"], Value::Null);
    }
}

#[tokio::test]
async fn a_row_holds_what_the_contract_says() {
    let site = Site::start().await;
    let (_, list) = site.json_as("abe", "/api/tickets?state=waiting_on_customer").await;
    assert_eq!(
        list["tickets"],
        json!([{"id": "tk-1", "number": 1, "title": "Export <b>fails</b> & hangs",
            "type": {"id": "bug", "name": "Bug", "icon": "🐞"},
            "state": {"category": "waiting_on_customer", "label": "Waiting on you"},
            "company": {"id": "acme", "name": "Acme"}, "created_by": {"name": "Ada Acker", "you": false}, "private": false,
            "created_at": "2026-10-01T09:00:00Z", "updated_at": "2026-11-10T10:00:00Z", "url": "/tickets/tk-1",
            "turn": {"who": "you", "since": "2026-11-10T10:00:00Z"}, "unread": false,
            "last_message": {"author": {"name": "Grace", "kind": "teammate", "you": false}, "text": "We look",
                "at": "2026-10-01T09:06:00Z"}}])
    );
    assert_eq!(list["companies"], json!([{"id": "acme", "name": "Acme"}]));
}

#[tokio::test]
async fn counts_are_those_of_the_company_whatever_the_state() {
    let site = Site::start().await;
    let everything = json!({"all": 6, "submitted": 2, "in_progress": 2, "waiting_on_customer": 1, "resolved": 1});
    let of_beta = json!({"all": 2, "submitted": 0, "in_progress": 2, "waiting_on_customer": 0, "resolved": 0});
    for (query, expected, counts) in [
        ("", scene::LISTS[3].1, &everything),
        ("?state=in_progress", &["tk-5", "tk-4"][..], &everything),
        ("?state=resolved", &["tk-3"], &everything),
        ("?company=beta", &["tk-5", "tk-4"], &of_beta),
        ("?company=beta&state=resolved", &[], &of_beta),
    ] {
        let (status, list) = site.json_as("cem", &format!("/api/tickets{query}")).await;
        assert_eq!((status.as_u16(), ids(&list), &list["counts"]), (200, expected.to_vec(), counts), "{query}");
    }
}

#[tokio::test]
async fn a_company_that_one_is_not_in_is_the_same_as_none() {
    let site = Site::start().await;
    for company in ["beta", "gamma", "missing", "acme%20", "ACME"] {
        let (status, mut problem) = site.json_as("ada", &format!("/api/tickets?company={company}")).await;
        problem["request_id"] = Value::Null;
        assert_eq!((status.as_u16(), &problem["code"]), (404, &json!("company_not_found")), "{company}");
    }
}

#[tokio::test]
async fn walking_pages_shows_everything_once() {
    let site = Site::start().await;
    for limit in 1..=7 {
        let mut walked = Vec::new();
        let mut path = format!("/api/tickets?limit={limit}");
        loop {
            let (status, list) = site.json_as("cem", &path).await;
            assert_eq!(status, 200);
            walked.extend(ids(&list).into_iter().map(str::to_owned));
            let Some(cursor) = list["next_cursor"].as_str() else { break };
            path = format!("/api/tickets?limit={limit}&cursor={cursor}");
        }
        assert_eq!(walked, scene::LISTS[3].1, "{limit} a page");
    }
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "sets the clock")]
async fn a_cursor_is_good_for_its_contact_filter_and_time_only() {
    let site = Site::start().await;
    let (_, list) = site.json_as("cem", "/api/tickets?limit=1").await;
    let cursor = list["next_cursor"].as_str().unwrap();
    let refused = |answer: (reqwest::StatusCode, Value)| {
        assert_eq!((answer.0.as_u16(), &answer.1["code"]), (400, &json!("invalid_cursor")))
    };
    refused(site.json_as("ada", &format!("/api/tickets?cursor={cursor}")).await);
    refused(site.json_as("cem", &format!("/api/tickets?cursor={cursor}&state=resolved")).await);
    refused(site.json_as("cem", &format!("/api/tickets?cursor={cursor}&company=acme")).await);
    refused(site.json_as("cem", &format!("/api/tickets?cursor={}", &cursor[..cursor.len() - 2])).await);
    refused(site.json_as("cem", &format!("/api/tickets?cursor={cursor}&cursor={cursor}")).await);
    refused(site.json_as("cem", "/api/tickets?cursor=").await);
    // A session of the same contact is no cursor, though the same key signed it.
    let session = site.cookies("cem").await;
    let session = session.split(['=', ';']).nth(1).unwrap();
    refused(site.json_as("cem", &format!("/api/tickets?cursor={session}")).await);
    assert_eq!(site.json_as("cem", &format!("/api/tickets?cursor={cursor}&limit=3")).await.0, 200);
    site.wait(3 * 24 * 60 * 60);
    refused(site.json_as("cem", &format!("/api/tickets?cursor={cursor}")).await);
}

#[tokio::test]
async fn an_unchanged_list_is_not_sent_again() {
    let site = Site::start().await;
    let first = site.get_as("ada", "/api/tickets?limit=2").send().await.unwrap();
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(first.headers()["cache-control"], "private, no-cache");
    let again = site.get_as("ada", "/api/tickets?limit=2").header("if-none-match", &tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    assert_eq!(e2e::content_of(again.headers()["etag"].to_str().unwrap()), e2e::content_of(&tag));
    assert_eq!(again.bytes().await.unwrap().len(), 0);

    // What Ada cannot see changes nothing for her; what she can see does.
    e2e::load(&site.store, &[scene::ticket("tk-90", 90, Some("beta"), "bob", "new", "2026-11-19T10:00:00Z")]).await;
    let again = site.get_as("ada", "/api/tickets?limit=2").header("if-none-match", &tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    e2e::load(&site.store, &[scene::ticket("tk-91", 91, Some("acme"), "ada", "new", "2026-11-19T10:00:00Z")]).await;
    let again = site.get_as("ada", "/api/tickets?limit=2").header("if-none-match", &tag).send().await.unwrap();
    assert_eq!(again.status(), 200);
}

#[tokio::test]
async fn those_who_see_only_their_own_get_only_their_own_everywhere() {
    let site = Site::start().await;
    let mut settings = scene::settings();
    settings["visibility"] = json!({"restrict": true, "conditions": [
        {"subject": "contact", "attribute": "id", "op": "in", "value": ["ada"]}]});
    e2e::load(&site.store, &[settings]).await;
    let own = json!({"all": 3, "submitted": 1, "in_progress": 0, "waiting_on_customer": 1, "resolved": 1});
    let (_, list) = site.json_as("ada", "/api/tickets").await;
    assert_eq!((ids(&list), &list["counts"]), (vec!["tk-3", "tk-1", "tk-8"], &own));
    assert_eq!(site.json_as("ada", "/api/portal/access").await.1["companies"][0]["counts"], own);
    assert_eq!(site.json_as("ada", "/api/tickets/tk-2").await.0, 404);
    assert_eq!(site.json_as("ada", "/api/tickets/tk-1").await.0, 200);
    assert_eq!(ids(&site.json_as("abe", "/api/tickets").await.1), scene::LISTS[1].1, "conditions match Ada alone");
}

#[tokio::test]
async fn a_cursor_is_accepted_however_long_the_ids_in_it_are() {
    let site = Site::start().await;
    let (who, of) = ("\u{1}".repeat(100), "\u{2}".repeat(100));
    let mut lines = vec![
        json!({"kind": "company", "id": of, "name": "Long"}),
        json!({"kind": "contact", "id": who, "email": "l@people.example", "companies": [of]}),
    ];
    let id = |n: u64| format!("{}{n}", "x".repeat(63));
    lines.extend((0..3).map(|n| scene::ticket(&id(n), 200 + n, Some(&of), &who, "new", "2026-11-15T10:00:00Z")));
    e2e::load(&site.store, &lines).await;
    let company: String = of.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let path = format!("/api/tickets?limit=1&state=submitted&company={company}");
    let (_, first) = site.json_as(&who, &path).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let (status, second) = site.json_as(&who, &format!("{path}&cursor={cursor}")).await;
    assert_eq!((status.as_u16(), ids(&second)), (200, vec![id(1).as_str()]), "{} bytes", cursor.len());
}
