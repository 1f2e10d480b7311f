//! A private ticket is its creator's and the vendor's, wherever one looks (docs/product.md, Private tickets).

use e2e::{Site, read, scene};
use reqwest::Method;
use serde_json::{Value, json};

fn ids(list: &Value) -> Vec<&str> {
    list["tickets"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect()
}

async fn keep(site: &Site, who: &str, id: &str, body: Value) -> (u16, Value) {
    let request = site.request(Method::PUT, &format!("/api/tickets/{id}/private")).bearer_auth(site.token(who));
    let (status, body) = read(request.json(&body).send().await.unwrap()).await;
    (status.as_u16(), body)
}

/// Ada's ticket with the number 1, in whose conversation Abe is as well; contacts may report.
async fn site() -> Site {
    let site = Site::start().await;
    e2e::load(&site.store, &[scene::reporting()]).await;
    site
}

#[tokio::test]
async fn a_private_ticket_is_on_every_surface_its_creators_and_on_none_anybody_elses() {
    let site = site().await;
    let lists = [
        "/api/tickets",
        "/api/tickets?company=acme",
        "/api/tickets?creator=ada",
        "/api/tickets?state=waiting_on_customer",
        "/api/tickets?sort=title",
        "/api/tickets?q=export",
        "/api/tickets?q=hangs+fails",
        "/api/tickets-space",
        "/api/tickets/similar?text=The+export+fails+again",
    ];
    let sees = async |who: &str| {
        site.fed().await;
        let mut seen = Vec::new();
        for path in lists {
            let (status, list) = site.json_as(who, path).await;
            assert_eq!(status, 200, "{who} {path}: {list}");
            seen.push(ids(&list).contains(&"tk-1"));
        }
        let (_, list) = site.json_as(who, "/api/tickets").await;
        assert_eq!(list["counts"]["all"], ids(&list).len(), "{who}: what is counted is what is listed");
        let turns: u64 = list["turns"].as_object().unwrap().values().map(|it| it.as_u64().unwrap()).sum();
        assert_eq!(list["counts"]["all"], turns, "{who}");
        let (_, access) = site.json_as(who, "/api/portal/access").await;
        let counted = access["companies"].as_array().unwrap().iter().map(|it| it["counts"]["all"].as_u64().unwrap());
        assert_eq!(list["counts"]["all"], counted.sum::<u64>(), "{who}");
        let file = site.get_as(who, "/api/tickets/export").send().await.unwrap().text().await.unwrap();
        seen.push(file.contains("hangs"));
        for path in [
            "/api/tickets/tk-1",
            "/api/tickets/tk-1/timeline",
            "/api/tickets/tk-1/people",
            "/tickets/tk-1/people",
            "/tickets/tk-1",
            "/api/conversations/c-1",
            "/api/conversations/c-1?ticket=tk-1",
        ] {
            let status = site.get_as(who, path).send().await.unwrap().status().as_u16();
            assert!([200, 404].contains(&status), "{who} {path}: {status}");
            seen.push(status == 200);
        }
        seen
    };
    let space = lists.iter().position(|path| *path == "/api/tickets-space").unwrap();
    // Cem takes part in nothing.
    let all_but_the_space = |seen: Vec<bool>| seen.iter().enumerate().all(|(n, it)| *it == (n != space));
    assert!(sees("ada").await.iter().all(|it| *it) && sees("abe").await.iter().all(|it| *it));
    assert!(all_but_the_space(sees("cem").await));

    assert_eq!(keep(&site, "abe", "tk-1", json!({"private": true})).await.1["code"], "not_the_creator");
    assert_eq!(keep(&site, "bob", "tk-1", json!({"private": true})).await.1["code"], "ticket_not_found");
    let stale = keep(&site, "ada", "tk-1", json!({"private": true, "version": 7})).await;
    assert_eq!((stale.0, &stale.1["code"], &stale.1["version"]), (409, &json!("stale_version"), &json!(1)));
    let kept = keep(&site, "ada", "tk-1", json!({"private": true, "version": 1})).await;
    assert_eq!(kept, (200, json!({"private": true, "version": 2})));
    assert_eq!(keep(&site, "ada", "tk-1", json!({"private": true, "version": 1})).await, kept, "sent again");

    // From the next request on, whatever the indexes still have.
    let at_once = site.at_once();
    for who in ["abe", "cem"] {
        for path in lists {
            let (_, list) = at_once.json_as(who, path).await;
            assert!(!ids(&list).contains(&"tk-1"), "{who} {path}");
        }
    }
    assert!(sees("ada").await.iter().all(|it| *it));
    for who in ["abe", "cem"] {
        assert!(sees(who).await.iter().all(|it| !*it), "{who}");
    }
    let (_, mine) = site.json_as("ada", "/api/tickets/tk-1").await;
    assert_eq!((&mine["private"], &mine["version"]), (&json!(true), &json!(2)));
    // Who was in it can neither write nor follow; nobody comes in.
    for (who, method, path, body) in [
        ("abe", "POST", "/api/conversations/c-1/messages", json!({"body": "x", "client_id": "m"})),
        ("cem", "POST", "/api/conversations/c-1/join", Value::Null),
        ("cem", "POST", "/api/tickets/tk-1/conversation", Value::Null),
        ("abe", "PUT", "/api/tickets/tk-1/follow", json!({"following": true})),
        ("abe", "PUT", "/api/tickets/tk-1/read", Value::Null),
        ("abe", "PUT", "/api/tickets/tk-1/private", json!({"private": false})),
    ] {
        let request = site.request(method.parse().unwrap(), path).bearer_auth(site.token(who));
        let request = if body.is_null() { request } else { request.json(&body) };
        assert_eq!(request.send().await.unwrap().status(), 404, "{who} {method} {path}");
    }
    // The vendor sees it, and that it is private.
    let (_, desk) = site.desk_get("/tickets/tk-1").await;
    assert_eq!((&desk["private"], &desk["customer_visible"]), (&json!(true), &json!(true)));
    for path in ["/search?q=export", "/companies/tickets?id=acme"] {
        let (_, found) = site.desk_get(path).await;
        assert!(found.to_string().contains("\"tk-1\""), "{path}: {found}");
    }
    let reply = json!({"body": "We look at it", "client_id": "r"});
    assert_eq!(site.desk_send(Method::POST, "/conversations/c-1/messages", &reply).await.0, 201);
    let (_, of_ada) = site.json_as("ada", "/api/tickets").await;
    let row = of_ada["tickets"].as_array().unwrap().iter().find(|row| row["id"] == "tk-1").unwrap();
    assert_eq!((&row["last_message"]["text"], &row["unread"]), (&json!("We look at it"), &json!(true)));
    let (_, of_abe) = site.json_as("abe", "/api/tickets").await;
    assert_eq!(of_abe["unread"], 0, "nobody is told of what they do not see");
    site.assert_clean().await;

    assert_eq!(keep(&site, "ada", "tk-1", json!({"private": false})).await.0, 200);
    assert!(sees("ada").await.iter().all(|it| *it) && sees("abe").await.iter().all(|it| *it));
    assert!(all_but_the_space(sees("cem").await));
    site.assert_clean().await;
}

#[tokio::test]
async fn who_has_nothing_but_a_private_ticket_enters_and_colleagues_do_not() {
    let site = Site::start().await;
    let mut own = scene::ticket("tk-20", 20, Some("gamma"), "gus", "new", "2026-11-01T00:00:00Z");
    own["private"] = json!(true);
    let colleague = json!({"kind": "contact", "id": "gil", "email": "gil@people.example", "companies": ["gamma"]});
    e2e::load(&site.store, &[own.clone(), colleague]).await;
    let (_, list) = site.json_as("gus", "/api/tickets").await;
    assert_eq!((ids(&list), &list["counts"]["all"], &list["turns"]["us"]), (vec!["tk-20"], &json!(1), &json!(1)));
    let (_, refused) = site.json_as("gil", "/api/tickets").await;
    assert_eq!(refused["reasons"], json!(["no_tickets"]));
    // An import that does not say so leaves it private.
    own.as_object_mut().unwrap().remove("private");
    own["updated_at"] = json!("2026-11-02T00:00:00Z");
    e2e::load(&site.store, &[own]).await;
    assert_eq!(site.json_as("gus", "/api/tickets/tk-20").await.1["private"], true);
    assert_eq!(site.json_as("gil", "/api/tickets").await.0, 403);
    // Who sees only their own sees it among them.
    let mut settings = scene::settings();
    settings["visibility"] = json!({"restrict": true, "conditions": []});
    e2e::load(&site.store, &[settings]).await;
    assert_eq!(ids(&site.json_as("gus", "/api/tickets").await.1), ["tk-20"]);
    // Without the company it is in no list any more.
    let left = json!({"kind": "contact", "id": "gus", "email": "gus@people.example", "companies": ["acme"]});
    e2e::load(&site.store, &[scene::settings(), left]).await;
    let (_, list) = site.json_as("gus", "/api/tickets").await;
    assert!(!ids(&list).contains(&"tk-20") && list["counts"]["all"] == ids(&list).len());
    assert_eq!(ids(&site.json_as("gus", "/api/tickets-space").await.1), ["tk-20"]);
    site.assert_clean().await;
}

#[tokio::test]
async fn the_page_says_who_sees_a_ticket_and_lets_its_creator_change_it() {
    let site = site().await;
    let page = async |who: &str| site.get_as(who, "/tickets/tk-1").send().await.unwrap().text().await.unwrap();
    assert!(page("ada").await.contains("Make it private") && !page("abe").await.contains("Make it private"));
    let form = |who: &str| {
        let request = site.request(Method::POST, "/tickets/tk-1/private").bearer_auth(site.token(who));
        request.header("content-type", "application/x-www-form-urlencoded").body("private=true")
    };
    assert_eq!(form("abe").send().await.unwrap().status(), 403);
    let answer = form("ada").send().await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["location"]), (303, &"/tickets/tk-1".parse().unwrap()));
    let seen = page("ada").await;
    assert!(seen.contains("You and support alone") && seen.contains("Show it to colleagues"));
    let desk = site.get("/helpdesk/tickets/tk-1").bearer_auth(site.teammate_token(scene::GRACE));
    assert!(desk.send().await.unwrap().text().await.unwrap().contains("they keep it from their colleagues"));
}

#[tokio::test]
async fn following_puts_a_ticket_among_ones_own_as_long_as_one_sees_it() {
    let site = site().await;
    let follow = async |who: &str, id: &str, following: bool| {
        let request = site.request(Method::PUT, &format!("/api/tickets/{id}/follow")).bearer_auth(site.token(who));
        let (status, body) = read(request.json(&json!({"following": following})).send().await.unwrap()).await;
        (status.as_u16(), body)
    };
    let space = async |who: &str| site.json_as(who, "/api/tickets-space").await.1;
    let role = |space: &Value, id: &str| {
        let row = space["tickets"].as_array().unwrap().iter().find(|row| row["id"] == id);
        row.map(|row| row["role"].as_str().unwrap().to_owned())
    };
    assert_eq!(role(&space("cem").await, "tk-1"), None);
    for _ in 0..2 {
        assert_eq!(follow("cem", "tk-1", true).await, (200, json!({"following": true})));
    }
    assert_eq!(role(&space("cem").await, "tk-1").unwrap(), "follower");
    assert_eq!(site.json_as("cem", "/api/tickets/tk-1").await.1["following"], true);
    assert_eq!(site.json_as("abe", "/api/tickets/tk-1").await.1["following"], false);
    assert_eq!(follow("bob", "tk-1", true).await.0, 404);
    // Whoever joins stays when they follow no longer.
    let join = site.request(Method::POST, "/api/conversations/c-1/join").bearer_auth(site.token("cem"));
    assert_eq!(join.send().await.unwrap().status(), 200);
    assert_eq!(role(&space("cem").await, "tk-1").unwrap(), "participant");
    assert_eq!(follow("cem", "tk-1", false).await.0, 200);
    assert_eq!(role(&space("cem").await, "tk-1").unwrap(), "participant");
    // A follower loses it with their sight of it, and following shows nobody anything.
    assert_eq!(follow("cem", "tk-2", true).await.0, 200);
    assert_eq!(keep(&site, "abe", "tk-2", json!({"private": true})).await.0, 200);
    assert_eq!(role(&space("cem").await, "tk-2"), None);
    assert_eq!(site.json_as("cem", "/api/tickets/tk-2").await.0, 404);
    assert_eq!(keep(&site, "abe", "tk-2", json!({"private": false})).await.0, 200);
    assert_eq!(role(&space("cem").await, "tk-2").unwrap(), "follower");
    assert_eq!(follow("cem", "tk-2", false).await.0, 200);
    assert_eq!(role(&space("cem").await, "tk-2"), None);
    site.assert_clean().await;
}

#[tokio::test]
async fn who_follows_a_ticket_is_told_what_is_new_in_it_as_long_as_they_see_it() {
    let site = site().await;
    let follow = async |who: &str, following: bool| {
        let request = site.request(Method::PUT, "/api/tickets/tk-1/follow").bearer_auth(site.token(who));
        assert_eq!(request.json(&json!({"following": following})).send().await.unwrap().status(), 200);
    };
    /// In the list, in the tickets space, and in the number that the card tells.
    async fn unread(site: &Site, who: &str) -> (bool, bool, u64) {
        let is_unread = |list: &Value| {
            list["tickets"].as_array().unwrap().iter().any(|row| row["id"] == "tk-1" && row["unread"] == true)
        };
        let (_, list) = site.json_as(who, "/api/tickets").await;
        let (_, space) = site.json_as(who, "/api/tickets-space").await;
        let (_, access) = site.json_as(who, "/api/portal/access").await;
        assert_eq!(list["unread"], access["unread"]);
        (is_unread(&list), is_unread(&space), access["unread"].as_u64().unwrap())
    }
    let reply = async |n: u32| {
        let reply = json!({"body": format!("News {n}"), "client_id": format!("r-{n}")});
        assert_eq!(site.desk_send(Method::POST, "/conversations/c-1/messages", &reply).await.0, 201);
    };
    reply(1).await;
    assert_eq!(unread(&site, "cem").await, (false, false, 0), "it is not among theirs");
    follow("cem", true).await;
    assert_eq!(unread(&site, "cem").await, (false, false, 0), "what was there before is no news");
    reply(2).await;
    assert_eq!(unread(&site, "cem").await, (true, true, 1));
    let read = site.request(Method::PUT, "/api/tickets/tk-1/read").bearer_auth(site.token("cem"));
    assert_eq!(read.send().await.unwrap().status(), 204);
    assert_eq!(unread(&site, "cem").await, (false, false, 0));

    // A change of state is news, and a note, or who is to see to it, is not.
    let (_, ticket) = site.desk_get("/tickets/tk-1").await;
    let body = json!({"version": ticket["version"], "assignee": scene::GRACE});
    assert_eq!(site.desk_send(Method::PATCH, "/tickets/tk-1", &body).await.0, 200);
    let note = json!({"body": "Between us", "client_id": "n"});
    assert_eq!(site.desk_send(Method::POST, "/conversations/c-1/notes", &note).await.0, 201);
    assert_eq!(unread(&site, "cem").await, (false, false, 0));
    let (_, ticket) = site.desk_get("/tickets/tk-1").await;
    let body = json!({"version": ticket["version"], "state": "done"});
    assert_eq!(site.desk_send(Method::PATCH, "/tickets/tk-1", &body).await.0, 200);
    assert_eq!(unread(&site, "cem").await, (true, true, 1));

    // Nobody is told of what they do not see.
    assert_eq!(keep(&site, "ada", "tk-1", json!({"private": true})).await.0, 200);
    reply(3).await;
    assert_eq!(unread(&site, "cem").await, (false, false, 0));
    assert_eq!(keep(&site, "ada", "tk-1", json!({"private": false})).await.0, 200);
    assert_eq!(unread(&site, "cem").await, (true, true, 1));
    follow("cem", false).await;
    assert_eq!(unread(&site, "cem").await, (false, false, 0));
    reply(4).await;
    assert_eq!(unread(&site, "cem").await, (false, false, 0));
    site.fed().await;
    site.assert_clean().await;
}
