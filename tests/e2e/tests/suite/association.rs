//! Which company a ticket belongs to (docs/product.md, The company of a ticket), over HTTP: the options, the choice,
//! the automatic rule at its four moments, and what customers see of it on their next request.

use e2e::{
    Site,
    proxy::Proxy,
    scene::{self, GRACE},
};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// A ticket of Cem's, who is in Acme and Beta, with a conversation of his.
async fn cems_ticket(company: Option<&str>) -> Site {
    let site = Site::start().await;
    let mut ticket = scene::ticket("tk-m", 50, company, "cem", "asked", "2026-11-14T10:00:00Z");
    ticket["conversation"] = json!("c-m");
    ticket["title"] = json!("Import hangs");
    e2e::load(&site.store, &[scene::conversation("c-m", &["cem"]), ticket]).await;
    site
}

async fn put_contact(site: &Site, id: &str, companies: &[&str]) {
    let contact = json!({"id": id, "email": format!("{id}@people.example"), "name": id, "companies": companies});
    let (status, answer) = site.desk_send(Method::PUT, "/contacts", &contact).await;
    assert!(status < 300, "{answer}");
}

async fn company(site: &Site, ticket: &str) -> Value {
    let (status, choice) = site.desk_get(&format!("/tickets/{ticket}/company")).await;
    assert_eq!(status, 200, "{choice}");
    choice
}

async fn choose(site: &Site, ticket: &str, company: Value, version: &Value) -> (u16, Value) {
    let body = json!({"company": company, "version": version});
    site.desk_send(Method::PUT, &format!("/tickets/{ticket}/company"), &body).await
}

/// Whether one contact sees a ticket: the list, the counts and the ticket's own address have to agree.
async fn sees(site: &Site, who: &str, ticket: &str) -> bool {
    let (_, list) = site.json_as(who, "/api/tickets?limit=100").await;
    let rows = list["tickets"].as_array().unwrap();
    let listed = rows.iter().any(|row| row["id"] == ticket);
    assert_eq!(list["counts"]["all"], rows.len(), "{who}: the counts are those of the list");
    let (_, access) = site.json_as(who, "/api/portal/access").await;
    let counts = access["companies"].as_array().unwrap().iter().map(|it| it["counts"]["all"].as_u64().unwrap());
    assert_eq!(counts.sum::<u64>(), rows.len() as u64, "{who}: so are those of the decision");
    let (status, page) = site.json_as(who, &format!("/api/tickets/{ticket}")).await;
    assert_eq!(status.as_u16(), if listed { 200 } else { 404 }, "{who}: {page}");
    assert_eq!(page["conversation"]["id"].is_string(), listed, "{who}: the way to the conversation goes with it");
    let html = site.get_as(who, &format!("/tickets/{ticket}")).send().await.unwrap();
    assert_eq!(html.status(), status, "{who}");
    listed
}

#[tokio::test]
async fn the_options_are_the_companies_that_participants_are_in_now() {
    let site = Site::start().await;
    let (acme, beta) = (json!({"id": "acme", "name": "Acme"}), json!({"id": "beta", "name": "Beta"}));
    let first = company(&site, "tk-1").await;
    assert_eq!(
        first,
        json!({"company": acme, "options": [acme], "auto_selected": "acme", "chosen": true, "version": first["version"]})
    );
    put_contact(&site, "abe", &["beta"]).await;
    let several = company(&site, "tk-1").await;
    assert_eq!((&several["options"], &several["auto_selected"]), (&json!([acme, beta]), &Value::Null));
    put_contact(&site, "ada", &[]).await;
    put_contact(&site, "abe", &[]).await;
    let none = company(&site, "tk-1").await;
    assert_eq!((&none["options"], &none["auto_selected"]), (&json!([]), &Value::Null));
    assert_eq!(none["company"], acme, "nobody moved the ticket");
}

#[tokio::test]
async fn a_company_that_is_not_an_option_is_refused_with_the_options() {
    let site = cems_ticket(None).await;
    let before = site.items().await;
    let version = company(&site, "tk-m").await["version"].clone();
    for id in ["gamma", "nowhere", "ACME", "acme ", "None"] {
        let (status, problem) = choose(&site, "tk-m", json!(id), &version).await;
        assert_eq!((status, &problem["code"]), (422, &json!("company_not_offered")), "{id}");
        let options = json!([{"id": "acme", "name": "Acme"}, {"id": "beta", "name": "Beta"}]);
        assert_eq!(problem["options"], options, "{id}");
        assert!(problem["detail"].as_str().unwrap().contains("Acme, Beta"), "{problem}");
    }
    assert_eq!(site.items().await, before);
}

#[tokio::test]
async fn a_choice_over_an_old_version_is_refused_with_the_current_one() {
    let site = cems_ticket(None).await;
    let version = company(&site, "tk-m").await["version"].clone();
    let (status, chosen) = choose(&site, "tk-m", json!("acme"), &version).await;
    assert_eq!((status, &chosen["company"]["id"], &chosen["chosen"]), (200, &json!("acme"), &json!(true)), "{chosen}");
    let before = site.items().await;
    for old in [version.clone(), json!(0), json!(1_000)] {
        let (status, problem) = choose(&site, "tk-m", json!("beta"), &old).await;
        assert_eq!((status, &problem["code"]), (409, &json!("stale_version")));
        assert_eq!((&problem["version"], &problem["company"]), (&chosen["version"], &json!("acme")));
    }
    assert_eq!(site.items().await, before);
    // Choosing what is chosen already changes nothing.
    assert_eq!(choose(&site, "tk-m", json!("acme"), &chosen["version"]).await, (200, chosen));
    assert_eq!(site.items().await, before);
}

#[tokio::test]
async fn of_two_teammates_at_once_exactly_one_wins() {
    let site = cems_ticket(None).await;
    for round in 0..5 {
        let before = company(&site, "tk-m").await;
        let others = ["acme", "beta"].into_iter().filter(|id| before["company"]["id"] != *id).map(|id| json!(id));
        let wanted: Vec<_> = others.chain((!before["company"].is_null()).then_some(Value::Null)).collect();
        let choices = wanted.iter().cycle().take(8);
        let answers = join_all(choices.map(|to| choose(&site, "tk-m", to.clone(), &before["version"]))).await;
        let won: Vec<_> = answers.iter().filter(|(status, _)| *status == 200).collect();
        assert_eq!(won.len(), 1, "{round}: {answers:?}");
        let now = company(&site, "tk-m").await;
        assert_eq!(now["company"], won[0].1["company"]);
        for (status, problem) in answers.iter().filter(|(status, _)| *status != 200) {
            assert_eq!((*status, &problem["version"]), (409, &now["version"]), "{problem}");
        }
        let (_, ticket) = site.desk_get("/tickets/tk-m").await;
        let moves = ticket["history"].as_array().unwrap().iter().filter(|it| it["event"] == "company_changed");
        assert_eq!(moves.count(), round + 1);
        site.assert_clean().await;
    }
}

#[tokio::test]
async fn many_moves_of_many_tickets_at_once_leave_every_ticket_in_one_company() {
    let site = Site::start().await;
    let tickets: Vec<_> = (0..10).map(|n| format!("tk-m{n}")).collect();
    let line = |(n, id): (u64, &String)| scene::ticket(id, 60 + n, Some("acme"), "cem", "new", "2026-11-14T10:00:00Z");
    e2e::load(&site.store, &(0..).zip(&tickets).map(line).collect::<Vec<_>>()).await;
    let moves = (0..64).map(|n| {
        let (site, ticket) = (&site, &tickets[n % 10]);
        let to = [json!("beta"), Value::Null, json!("acme")][n % 3].clone();
        async move {
            let version = company(site, ticket).await["version"].clone();
            choose(site, ticket, to, &version).await.0
        }
    });
    let statuses = join_all(moves).await;
    // Where DynamoDB has too many writers at one company, a teammate may be asked to try again.
    assert!(statuses.iter().all(|status| matches!(status, 200 | 409 | 503)), "{statuses:?}");
    site.assert_clean().await;
    let of = async |id: &str| site.desk_get(&format!("/companies/tickets?id={id}")).await.1;
    let (acme, beta) = (of("acme").await, of("beta").await);
    for ticket in &tickets {
        let now = company(&site, ticket).await["company"]["id"].clone();
        for (id, list) in [("acme", &acme), ("beta", &beta)] {
            let listed = list["tickets"].as_array().unwrap().iter().filter(|row| row["id"] == **ticket).count();
            assert_eq!(listed, usize::from(now == id), "{ticket} is in {now}, {id} lists it {listed} times");
        }
    }
}

#[tokio::test]
#[cfg_attr(feature = "built-functions", ignore = "compares times to the second")]
async fn a_ticket_that_moves_leaves_one_companys_people_and_reaches_the_others_on_the_next_request() {
    let site = cems_ticket(Some("acme")).await;
    assert!(sees(&site, "ada", "tk-m").await && sees(&site, "abe", "tk-m").await && !sees(&site, "bob", "tk-m").await);

    let (_, preview) = site.desk_get("/tickets/tk-m/company/preview?company=beta").await;
    let people = |list: &Value| -> Vec<Value> { list.as_array().unwrap().iter().map(|it| it["id"].clone()).collect() };
    assert_eq!(people(&preview["gains"]), ["bob"]);
    assert_eq!(people(&preview["loses"]), ["abe", "ada", "eve"]);
    assert_eq!(preview["gains"][0], json!({"id": "bob", "name": "Bob Berg"}));

    let version = company(&site, "tk-m").await["version"].clone();
    let (status, moved) = choose(&site, "tk-m", json!("beta"), &version).await;
    assert_eq!(status, 200, "{moved}");
    let next = site.at_once();
    assert!(!sees(&next, "ada", "tk-m").await && !sees(&next, "abe", "tk-m").await);
    // Those who see it now have it in their list once its index has it.
    assert!(sees(&site, "bob", "tk-m").await);
    assert!(sees(&site, "cem", "tk-m").await, "he created it, and is in both");

    // Teammates read who moved it, from where and to where.
    let (_, ticket) = site.desk_get("/tickets/tk-m").await;
    let last = ticket["history"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["event"], &last["by"]), (&json!("company_changed"), &json!("Grace")));
    assert_eq!((&last["before"], &last["after"]), (&json!("acme"), &json!("beta")));
    assert_eq!(last["text"], "Grace changed the company from Acme to Beta");
    assert_eq!(last["at"], e2e::NOW);
    // Beta's people do not learn whose it was.
    let (_, theirs) = site.json_as("bob", "/api/tickets/tk-m").await;
    assert_eq!(theirs["history"].as_array().unwrap().last().unwrap()["event"], "company_changed");
    assert!(!theirs.to_string().contains("Acme") && !theirs.to_string().contains("acme"), "{theirs}");
    assert!(!theirs.to_string().contains(GRACE), "{theirs}");

    // And then out of every company.
    let (status, _) = choose(&site, "tk-m", Value::Null, &moved["version"]).await;
    assert_eq!(status, 200);
    for who in ["ada", "abe", "bob"] {
        assert!(!sees(&next, who, "tk-m").await);
    }
    let (status, own) = site.json_as("cem", "/api/tickets/tk-m").await;
    assert_eq!((status.as_u16(), &own["company"]), (200, &Value::Null), "its creator keeps it");
    site.assert_clean().await;
}

#[tokio::test]
async fn a_preview_names_an_option_and_goes_by_the_visibility_setting() {
    let site = cems_ticket(Some("acme")).await;
    for (query, status, code) in [
        ("", 400, "invalid_parameter"),
        ("?no_company=false", 400, "invalid_parameter"),
        ("?no_company=true&company=beta", 400, "invalid_parameter"),
        ("?company=", 400, "invalid_parameter"),
        ("?company=beta&company=acme", 400, "invalid_parameter"),
        ("?to=beta", 400, "invalid_parameter"),
        ("?company=gamma", 422, "company_not_offered"),
    ] {
        let (got, problem) = site.desk_get(&format!("/tickets/tk-m/company/preview{query}")).await;
        assert_eq!((got, &problem["code"]), (status, &json!(code)), "{query}");
    }
    let nobody = json!({"gains": [], "loses": []});
    assert_eq!(site.desk_get("/tickets/tk-m/company/preview?company=acme").await, (200, nobody.clone()));
    let mut settings = scene::settings();
    settings["visibility"] = json!({"restrict": true, "conditions": []});
    e2e::load(&site.store, &[settings.clone()]).await;
    assert_eq!(
        site.desk_get("/tickets/tk-m/company/preview?company=beta").await,
        (200, nobody),
        "all see only their own"
    );
    let condition = json!({"subject": "contact", "attribute": "id", "op": "in", "value": ["ada", "bob"]});
    settings["visibility"] = json!({"restrict": true, "conditions": [condition]});
    e2e::load(&site.store, &[settings]).await;
    let (_, preview) = site.desk_get("/tickets/tk-m/company/preview?company=beta").await;
    let loses: Vec<_> = preview["loses"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
    assert_eq!((&preview["gains"], loses), (&json!([]), vec![json!("abe"), json!("eve")]));
}

#[tokio::test]
async fn somebody_who_leaves_between_the_options_and_the_choice_takes_the_option_along() {
    let site = cems_ticket(None).await;
    let version = company(&site, "tk-m").await["version"].clone();
    let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
    let slow = site.waiting_at(&proxy.endpoint).await;

    // The options have been read and the choice is on its way to the table when Cem is taken out of Acme.
    let held = proxy.hold("TransactWriteItems");
    let leaves = held.while_waiting(site.desk(Method::DELETE, "/memberships?contact=cem&company=acme").send());
    let ((status, problem), left) = futures::join!(choose(&slow, "tk-m", json!("acme"), &version), leaves);
    assert_eq!(left.unwrap().status(), 204);
    assert_eq!((status, &problem["code"]), (422, &json!("company_not_offered")), "{problem}");
    assert_eq!(problem["options"], json!([{"id": "beta", "name": "Beta"}]));
    let now = company(&site, "tk-m").await;
    assert_eq!((&now["company"], &now["version"]), (&Value::Null, &version));
    site.assert_clean().await;
}

#[tokio::test]
async fn a_company_stays_an_option_while_another_participant_is_in_it() {
    let site = Site::start().await;
    let mut ticket = scene::ticket("tk-m", 50, None, "ada", "new", "2026-11-14T10:00:00Z");
    ticket["conversation"] = json!("c-m");
    e2e::load(&site.store, &[scene::conversation("c-m", &["abe", "ada", "cem"]), ticket]).await;
    let version = company(&site, "tk-m").await["version"].clone();
    let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
    let slow = site.waiting_at(&proxy.endpoint).await;
    let held = proxy.hold("TransactWriteItems");
    let leaves = held.while_waiting(async {
        for who in ["abe", "ada"] {
            put_contact(&site, who, &[]).await;
        }
    });
    let ((status, chosen), ()) = futures::join!(choose(&slow, "tk-m", json!("acme"), &version), leaves);
    assert_eq!((status, &chosen["company"]["id"]), (200, &json!("acme")), "{chosen}");
    site.assert_clean().await;
}

/// A new ticket of this requester, created without `company`.
async fn created(site: &Site, requester: &str) -> Value {
    let body = json!({"type": "bug", "title": "New", "requester": requester});
    let (status, ticket) = site.desk_send(Method::POST, "/tickets", &body).await;
    assert_eq!(status, 201, "{ticket}");
    ticket
}

#[tokio::test]
async fn the_only_company_is_selected_at_all_four_moments() {
    let site = Site::start().await;
    let conversations = [("c-ada", &["ada"][..]), ("c-cem", &["cem"]), ("c-nia", &["nia"]), ("c-two", &["ada", "bob"])];
    let lines: Vec<_> = conversations.iter().map(|(id, who)| scene::conversation(id, who)).collect();
    e2e::load(&site.store, &lines).await;

    // Creating: one company, several, none.
    for (who, selected) in [("ada", json!("acme")), ("cem", Value::Null), ("nia", Value::Null)] {
        let ticket = created(&site, who).await;
        assert_eq!(ticket["company"]["id"], selected, "{who}");
        assert_eq!(ticket["company_chosen"], false, "{who}");
    }
    // Converting.
    for (id, selected) in
        [("c-ada", json!("acme")), ("c-cem", Value::Null), ("c-nia", Value::Null), ("c-two", Value::Null)]
    {
        let path = format!("/conversations/{id}/convert");
        let (status, ticket) = site.desk_send(Method::POST, &path, &json!({"type": "bug", "title": "New"})).await;
        assert_eq!((status, &ticket["company"]["id"]), (201, &selected), "{id}: {ticket}");
    }
    // Updating: a new requester brings another company.
    let ticket = created(&site, "nia").await;
    let path = format!("/tickets/{}", ticket["id"].as_str().unwrap());
    let change = json!({"version": ticket["version"], "requester": "bob"});
    let (status, ticket) = site.desk_send(Method::PATCH, &path, &change).await;
    assert_eq!((status, &ticket["company"]["id"]), (200, &json!("beta")), "{ticket}");
    let last = ticket["history"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["event"], &last["before"], &last["after"]),
        (&json!("company_changed"), &Value::Null, &json!("beta"))
    );
    // Linking: the conversation brings a second one.
    e2e::load(&site.store, &[scene::conversation("c-more", &["ada"])]).await;
    let link = format!("/conversations/c-more/tickets/{}", ticket["id"].as_str().unwrap());
    let (status, ticket) = site.desk_send(Method::POST, &link, &json!({})).await;
    assert_eq!((status, &ticket["company"]), (200, &Value::Null), "{ticket}");
    // Linking: the conversation brings the only one.
    let ticket = created(&site, "nia").await;
    e2e::load(&site.store, &[scene::conversation("c-gus", &["gus"])]).await;
    let link = format!("/conversations/c-gus/tickets/{}", ticket["id"].as_str().unwrap());
    let (status, ticket) = site.desk_send(Method::POST, &link, &json!({})).await;
    assert_eq!((status, &ticket["company"]["id"]), (200, &json!("gamma")), "{ticket}");
    site.assert_clean().await;
}

#[tokio::test]
async fn a_teammate_chooses_at_all_four_moments_and_only_among_the_options() {
    let site = Site::start().await;
    let lines = ["c-1a", "c-1b", "c-1c"].map(|id| scene::conversation(id, &["cem"]));
    e2e::load(&site.store, &lines).await;
    let new = json!({"type": "bug", "title": "New"});
    let with = |body: &Value, company: Value| {
        let mut body = body.clone();
        body["company"] = company;
        body
    };
    let mut create = new.clone();
    create["requester"] = json!("cem");
    let ticket = created(&site, "cem").await;
    let change = json!({"version": ticket["version"]});
    let update = format!("/tickets/{}", ticket["id"].as_str().unwrap());
    let link = format!("/conversations/c-1b/tickets/{}", ticket["id"].as_str().unwrap());
    for (method, path, body, status) in [
        (Method::POST, "/tickets", &create, 201),
        (Method::POST, "/conversations/c-1a/convert", &new, 201),
        (Method::PATCH, &update, &change, 200),
        (Method::POST, &link, &json!({}), 200),
    ] {
        let before = site.items().await;
        let (refused, problem) = site.desk_send(method.clone(), path, &with(body, json!("gamma"))).await;
        assert_eq!((refused, &problem["code"]), (422, &json!("company_not_offered")), "{method} {path}");
        assert_eq!(problem["options"].as_array().unwrap().len(), 2);
        assert_eq!(site.items().await, before, "{method} {path}");
        let (done, ticket) = site.desk_send(method.clone(), path, &with(body, json!("beta"))).await;
        assert_eq!((done, &ticket["company"]["id"]), (status, &json!("beta")), "{method} {path}: {ticket}");
        assert_eq!(ticket["company_chosen"], true);
    }
    // The only option can be deselected.
    create["requester"] = json!("ada");
    let (_, ticket) = site.desk_send(Method::POST, "/tickets", &with(&create, Value::Null)).await;
    assert_eq!((&ticket["company"], &ticket["company_chosen"]), (&Value::Null, &json!(true)));
    site.assert_clean().await;
}

#[tokio::test]
async fn the_automatic_rule_never_overrides_a_teammates_choice() {
    let site = Site::start().await;
    e2e::load(&site.store, &[scene::conversation("c-a", &["ada"])]).await;
    let ticket = created(&site, "ada").await;
    let id = ticket["id"].as_str().unwrap();
    let (status, chosen) = choose(&site, id, Value::Null, &ticket["version"]).await;
    assert_eq!((status, &chosen["auto_selected"], &chosen["company"]), (200, &json!("acme"), &Value::Null));
    // Updating and linking, with the only option still there.
    let change = json!({"version": chosen["version"], "title": "Another"});
    let (_, ticket) = site.desk_send(Method::PATCH, &format!("/tickets/{id}"), &change).await;
    assert_eq!((&ticket["company"], &ticket["title"]), (&Value::Null, &json!("Another")));
    let (status, ticket) = site.desk_send(Method::POST, &format!("/conversations/c-a/tickets/{id}"), &json!({})).await;
    assert_eq!((status, &ticket["company"]), (200, &Value::Null), "{ticket}");

    // A company that was chosen stays when nobody is in it any more.
    let (_, chosen) = choose(&site, id, json!("acme"), &ticket["version"]).await;
    put_contact(&site, "ada", &["beta"]).await;
    let change = json!({"version": chosen["version"], "title": "A third"});
    let (_, ticket) = site.desk_send(Method::PATCH, &format!("/tickets/{id}"), &change).await;
    assert_eq!((&ticket["company"]["id"], &ticket["title"]), (&json!("acme"), &json!("A third")));
    let now = company(&site, id).await;
    assert_eq!((&now["company"]["name"], &now["options"][0]["id"]), (&json!("Acme"), &json!("beta")));
    site.assert_clean().await;
}

#[tokio::test]
async fn a_company_is_chosen_for_a_ticket_that_is_there() {
    let site = Site::start().await;
    for id in ["missing", "%23", "TK-1", "a%2Fb"] {
        for (method, path) in [
            (Method::GET, format!("/tickets/{id}/company")),
            (Method::GET, format!("/tickets/{id}/company/preview?no_company=true")),
            (Method::PUT, format!("/tickets/{id}/company")),
        ] {
            let (status, problem) = site.desk_send(method, &path, &json!({"company": null, "version": 1})).await;
            assert_eq!((status, &problem["code"]), (404, &json!("ticket_not_found")), "{path}");
        }
    }
    let before = site.items().await;
    for body in [
        json!({}),
        json!([]),
        json!({"company": null}),
        json!({"version": 1}),
        json!({"company": "", "version": 1}),
        json!({"company": 7, "version": 1}),
        json!({"company": "x".repeat(257), "version": 1}),
        json!({"company": null, "version": "1"}),
        json!({"company": null, "version": -1}),
        json!({"company": null, "version": 1, "more": 1}),
    ] {
        let (status, problem) = site.desk_send(Method::PUT, "/tickets/tk-1/company", &body).await;
        assert_eq!((status, &problem["code"]), (400, &json!("invalid_body")), "{body}");
    }
    assert_eq!(site.items().await, before);
}
