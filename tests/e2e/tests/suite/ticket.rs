//! One ticket (docs/product.md, What a contact sees and The ticket page).

use e2e::{Site, scene};
use serde_json::{Value, json};

#[tokio::test]
async fn a_ticket_holds_what_the_contract_says() {
    let site = Site::start().await;
    let (status, ticket) = site.json_as("abe", "/api/tickets/tk-1").await;
    assert_eq!(status, 200);
    assert_eq!(
        ticket,
        json!({"id": "tk-1", "number": 1, "title": "Export <b>fails</b> & hangs",
            "type": {"id": "bug", "name": "Bug", "icon": "🐞"},
            "state": {"category": "waiting_on_customer", "label": "Waiting on you"},
            "company": {"id": "acme", "name": "Acme"}, "created_by": {"name": "Ada Acker", "you": false},
            "created_at": "2026-10-01T09:00:00Z", "updated_at": "2026-11-10T10:00:00Z", "url": "/tickets/tk-1",
            "private": false, "duplicate_of": null,
            "following": false, "turn": {"who": "you", "since": "2026-11-10T10:00:00Z"}, "unread": false,
            "last_message": {"author": {"name": "Grace", "kind": "teammate", "you": false}, "text": "We look",
                "at": "2026-10-01T09:06:00Z"},
            "description": "See https://acme.example/report?a=1&b=2.\n<script>alert(1)</script>",
            "attributes": [{"name": "Severity", "value": "High"},
                {"name": "Affected since", "value": "2026-09-30T08:00:00Z"}, {"name": "Affected users", "value": 12}],
            "conversation": {"id": "c-1", "participating": true, "participants": 2},
            "history": [
                {"at": "2026-10-01T09:00:00Z", "event": "created", "text": "Ada Acker created the ticket"},
                {"at": "2026-10-01T09:10:00Z", "event": "joined", "text": "Abe Acker joined the conversation"},
                {"at": "2026-11-10T10:00:00Z", "event": "state_changed", "text": "Grace changed the state to Waiting on you",
                    "state": {"category": "waiting_on_customer", "label": "Waiting on you"}}],
            "history_cursor": null,
            "timeline": [
                {"kind": "event", "at": "2026-10-01T09:00:00Z", "event": "created", "text": "Ada Acker created the ticket"},
                {"kind": "message", "id": "p-1", "author": {"name": "Ada Acker", "kind": "contact", "you": false},
                    "body": "It fails", "at": "2026-10-01T09:00:00Z"},
                {"kind": "message", "id": "p-3", "author": {"name": "Grace", "kind": "teammate", "you": false},
                    "body": "We look", "at": "2026-10-01T09:06:00Z"},
                {"kind": "event", "at": "2026-10-01T09:10:00Z", "event": "joined", "text": "Abe Acker joined the conversation"},
                {"kind": "event", "at": "2026-11-10T10:00:00Z", "event": "state_changed",
                    "text": "Grace changed the state to Waiting on you",
                    "state": {"category": "waiting_on_customer", "label": "Waiting on you"}}],
            "timeline_cursor": null,
            "asked": {"author": {"name": "Grace", "kind": "teammate", "you": false}, "text": "We look",
                "at": "2026-10-01T09:06:00Z"},
            "version": 1})
    );
    assert_eq!(site.json_as("cem", "/api/tickets/tk-1").await.1["conversation"]["participating"], false);
}

/// A name from right to left within an English sentence stays at its place, on every page; programs get it without marks.
#[tokio::test]
async fn a_sentence_isolates_the_names_in_it() {
    let site = Site::start().await;
    let (name, company) = ("يوسف حداد", "شركة النور");
    let mut ticket = scene::ticket("tk-90", 90, Some("noor"), "yousef", "new", "2026-11-19T10:00:00Z");
    ticket["title"] = json!("تصدير 12 (x)");
    ticket["history"] = json!([
        {"at": "2026-10-01T09:00:00Z", "event": "created", "by": {"contact": "yousef"}},
        {"at": "2026-10-02T09:00:00Z", "event": "company_changed", "company": "noor"},
        {"at": "2026-10-03T09:00:00Z", "event": "joined", "by": {"contact": "yousef"}}]);
    e2e::load(
        &site.store,
        &[
            json!({"kind": "company", "id": "noor", "name": company}),
            json!({"kind": "contact", "id": "yousef", "name": name, "email": "y@people.example", "companies": ["noor"]}),
            ticket,
        ],
    )
    .await;
    let isolated = |text: &str| format!("\u{2068}{text}\u{2069}");
    let page = site.get_as("yousef", "/tickets/tk-90").send().await.unwrap().text().await.unwrap();
    for part in [
        format!("{} created the ticket", isolated(name)),
        format!("The company was set to {}", isolated(company)),
        format!("{} joined the conversation", isolated(name)),
        format!("<title>#90 {} · ", isolated("تصدير 12 (x)")),
    ] {
        assert!(page.contains(&part), "{part}: {page}");
    }
    let grace = site.teammate_token(scene::GRACE);
    let desk = async |path: &str| site.get(path).bearer_auth(&grace).send().await.unwrap().text().await.unwrap();
    assert!(desk("/helpdesk/tickets/tk-90").await.contains(&format!("{} created the ticket", isolated(name))));
    assert!(desk("/helpdesk/companies?id=noor").await.contains(&format!("<title>{} · ", isolated(company))));
    for json in [site.json_as("yousef", "/api/tickets/tk-90").await.1, site.desk_get("/tickets/tk-90").await.1] {
        assert_eq!(json["history"][0]["text"], format!("{name} created the ticket"));
        assert!(!json.to_string().contains('\u{2068}'), "{json}");
    }
}

#[tokio::test]
async fn who_may_see_a_ticket_finds_it_and_nobody_else() {
    let site = Site::start().await;
    let everyone = ["ada", "abe", "bob", "cem"];
    for (id, seen_by) in [
        ("tk-1", &["ada", "abe", "cem"][..]),
        ("tk-4", &["bob", "cem"]),
        ("tk-6", &["ada"]), // no company: its creator's alone
        ("tk-7", &[]),      // back office
        ("tk-8", &["ada", "abe", "cem"]),
        ("tk-9", &[]), // tracker, even when shared
        ("tk-404", &[]),
    ] {
        for who in everyone {
            let (status, _) = site.json_as(who, &format!("/api/tickets/{id}")).await;
            assert_eq!(status.as_u16(), if seen_by.contains(&who) { 200 } else { 404 }, "{who} {id}");
            let page = site.get_as(who, &format!("/tickets/{id}")).send().await.unwrap();
            assert_eq!(page.status(), status, "{who} {id}");
        }
    }
}

#[tokio::test]
async fn a_missing_ticket_and_a_forbidden_one_are_the_same_byte_for_byte() {
    let site = Site::start().await;
    let cookies = site.cookies("bob").await;
    let answer = |path: String| {
        let request = site.get(&path).header("cookie", &cookies);
        async move {
            let answer = request.send().await.unwrap();
            let mut headers = answer.headers().clone();
            headers.remove("date");
            let id = headers.remove("x-request-id").unwrap();
            let body = answer.text().await.unwrap().replace(id.to_str().unwrap(), "");
            (headers, body)
        }
    };
    for root in ["/api/tickets", "/tickets"] {
        let missing = answer(format!("{root}/tk-404")).await;
        for forbidden in ["tk-1", "tk-6", "tk-7", "tk-9"] {
            assert_eq!(answer(format!("{root}/{forbidden}")).await, missing, "{root}/{forbidden}");
        }
    }
}

#[tokio::test]
async fn a_ticket_is_the_same_whatever_company_the_address_hints_at() {
    let site = Site::start().await;
    let (_, plain) = site.json_as("cem", "/api/tickets/tk-4").await;
    for company in ["beta", "acme", "gamma", "nowhere"] {
        let hinted = site.json_as("cem", &format!("/api/tickets/tk-4?company={company}")).await;
        assert_eq!(hinted, (reqwest::StatusCode::OK, plain.clone()), "{company}");
        assert_eq!(site.json_as("ada", &format!("/api/tickets/tk-4?company={company}")).await.0, 404);
    }
}

#[tokio::test]
async fn what_people_wrote_stays_text_on_the_page() {
    let site = Site::start().await;
    let page = site.get_as("ada", "/tickets/tk-1").send().await.unwrap().text().await.unwrap();
    assert!(!page.contains("<script>alert"), "description");
    assert!(!page.contains("<b>fails"), "title");
    assert!(
        page.contains(r#"<a href="https://acme.example/report?a=1&#38;b=2" rel="noopener noreferrer nofollow ugc">"#),
        "{page}"
    );
}

#[tokio::test]
async fn moving_a_ticket_hides_who_was_there_before() {
    let site = Site::start().await;
    let mut moved = e2e::scene::ticket("tk-20", 20, Some("beta"), "bob", "new", "2026-11-19T10:00:00Z");
    moved["history"] = json!([
        {"at": "2026-10-01T09:00:00Z", "event": "created", "by": {"contact": "bob"}},
        {"at": "2026-10-02T09:00:00Z", "event": "company_changed", "by": {"teammate": "canary-teammate@vendor.example"}, "company": "acme", "previous_company": "gamma"},
        {"at": "2026-10-03T09:00:00Z", "event": "company_changed", "by": {"teammate": "canary-teammate@vendor.example"}, "company": "beta", "previous_company": "acme"}]);
    e2e::load(&site.store, &[moved]).await;
    let (_, ticket) = site.json_as("bob", "/api/tickets/tk-20").await;
    let texts: Vec<_> = ticket["history"].as_array().unwrap().iter().map(|it| it["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["Bob Berg created the ticket", "The company was changed", "The company was set to Beta"]);
    assert!(!ticket.to_string().contains("Acme") && !ticket.to_string().contains("Gamma"));
}

#[tokio::test]
async fn an_unchanged_ticket_is_not_sent_again() {
    let site = Site::start().await;
    let first = site.get_as("ada", "/api/tickets/tk-2").send().await.unwrap();
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    for known in [tag.clone(), tag.trim_start_matches("W/").to_owned(), format!("\"x\", {tag}"), "*".into()] {
        let again = site.get_as("ada", "/api/tickets/tk-2").header("if-none-match", &known).send().await.unwrap();
        assert_eq!(again.status(), 304, "{known}");
    }
    let other = site.get_as("ada", "/api/tickets/tk-2").header("if-none-match", "\"x\"").send().await.unwrap();
    assert_eq!(e2e::read(other).await.1["id"], Value::from("tk-2"));
}

#[tokio::test]
async fn a_step_between_two_states_of_one_label_is_not_shown() {
    let site = Site::start().await;
    let mut stepped = e2e::scene::ticket("tk-21", 21, Some("acme"), "ada", "doing", "2026-11-19T10:00:00Z");
    let by = json!({"teammate": "canary-teammate@vendor.example"});
    let step = |day: u8, state: &str| json!({"at": format!("2026-10-{day:02}T09:00:00Z"), "event": "state_changed", "by": by, "state": state});
    stepped["history"] =
        json!([step(1, "new"), step(2, "triage"), step(3, "doing"), step(4, "asked"), step(5, "doing")]);
    e2e::load(&site.store, &[stepped]).await;
    let (_, ticket) = site.json_as("ada", "/api/tickets/tk-21").await;
    let labels: Vec<_> =
        ticket["history"].as_array().unwrap().iter().map(|it| it["state"]["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["Submitted", "In progress", "Waiting on you", "In progress"]);
}

#[tokio::test]
async fn a_long_history_is_read_page_by_page_on_pages_and_as_json_and_the_same_label_is_not_told_twice() {
    let mut lines = scene::lines();
    let mut long = scene::ticket("long", 100, Some("acme"), "ada", "triage", "2026-11-10T10:00:00Z");
    // Two of three changes are between states that customers know by one label.
    let states = ["new", "triage", "doing"];
    let change = |n: usize| {
        json!({"at": format!("2026-10-02T{:02}:{:02}:00Z", n / 60, n % 60), "event": "state_changed",
            "state": states[n % 3], "by": {"teammate": scene::GRACE}})
    };
    long["history"] = (0..150).map(change).collect();
    lines.push(long);
    let site = Site::with(&lines).await;
    let (mut texts, mut cursor) = (Vec::new(), String::new());
    loop {
        let (status, page) = site.json_as("abe", &format!("/api/tickets/long{cursor}")).await;
        assert_eq!(status, 200, "{page}");
        let shown: Vec<_> = page["history"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["state"]["label"].as_str().unwrap().to_owned())
            .collect();
        texts.splice(0..0, shown);
        let Some(next) = page["history_cursor"].as_str() else { break };
        cursor = format!("?history_cursor={next}");
    }
    let expected: Vec<_> =
        (0_u32..100).map(|n| if n.is_multiple_of(2) { "Submitted" } else { "In progress" }).collect();
    assert_eq!(texts, expected);

    let page = async |path: &str| site.get_as("abe", path).send().await.unwrap().text().await.unwrap();
    let first = page("/tickets/long").await;
    let linked = |page: &str, name: &str| {
        let (before, _) = page.split_once(&format!(">{name}</a>"))?;
        Some(before.rsplit_once("href=\"")?.1.split('#').next()?.trim_end_matches('"').to_owned())
    };
    let asks = r#"role="status" data-tag="#;
    assert!(first.contains(asks) && linked(&first, "Newer").is_none());
    let second = page(&linked(&first, "Earlier").unwrap()).await;
    assert!(!second.contains(asks) && linked(&second, "Earlier").is_some());
    assert!(page(&linked(&second, "Newer").unwrap()).await.contains("Grace changed"));
    assert_eq!(linked(&second, "Newest").as_deref(), Some("/tickets/long"));
    let earlier = site.json_as("abe", "/api/tickets/long").await.1["history_cursor"].as_str().unwrap().to_owned();
    let lost = site.get_as("abe", "/tickets/long?history_cursor=lost").send().await.unwrap();
    let to = lost.headers()["location"].to_str().unwrap();
    assert_eq!((lost.status().as_u16(), to), (303, "/tickets/long"), "to the newest history");
    let other = site.json_as("abe", &format!("/api/tickets/tk-1?history_cursor={earlier}")).await;
    assert_eq!(
        (other.0.as_u16(), other.1["code"].as_str()),
        (400, Some("invalid_cursor")),
        "it is that ticket's alone"
    );

    let (mut lines, mut address) = (0, "/tickets/long".to_owned());
    loop {
        let (status, page) = site.desk_get(&address).await;
        assert_eq!(status, 200, "{page}");
        lines += page["history"].as_array().unwrap().len();
        let Some(next) = page["history_cursor"].as_str() else { break };
        address = format!("/tickets/long?history_cursor={next}");
    }
    assert_eq!(lines, 150, "teammates");
}

/// A ticket of Ada's with a long thread: messages, events between them, and notes.
async fn long_thread(site: &Site) {
    let minute = |n: usize| format!("2026-10-02T{:02}:{:02}:00Z", n / 60, n % 60);
    let parts: Vec<_> = (0..150)
        .map(|n| {
            let (kind, body) =
                if n % 5 == 4 { ("note", "canary-note".to_owned()) } else { ("message", format!("m{n}")) };
            let by_grace = kind == "note" || n % 2 == 1;
            let author = if by_grace { json!({"teammate": scene::GRACE}) } else { json!({"contact": "ada"}) };
            json!({"id": format!("p-{n}"), "type": kind, "author": author, "body": body, "at": minute(n)})
        })
        .collect();
    let mut ticket = scene::ticket("tk-long", 50, Some("acme"), "ada", "new", "2026-11-01T00:00:00Z");
    ticket["conversation"] = json!("c-long");
    // Two of three changes are between states that customers know by one label.
    let change = |n: usize| {
        let state = ["new", "triage", "doing"][n % 3];
        json!({"at": minute(n), "event": "state_changed", "state": state, "by": {"teammate": scene::GRACE}})
    };
    ticket["history"] = (0..75).map(|n| change(2 * n)).collect();
    let conversation = json!({"kind": "conversation", "id": "c-long", "participants": ["ada"], "parts": parts});
    e2e::load(&site.store, &[conversation, ticket]).await;
}

/// What an entry of a timeline says, for comparison.
fn told(entry: &Value) -> String {
    entry["body"].as_str().unwrap_or_else(|| entry["text"].as_str().unwrap()).to_owned()
}

#[tokio::test]
async fn a_long_thread_is_read_page_by_page_both_ways_by_customers_and_teammates() {
    let site = Site::start().await;
    long_thread(&site).await;
    let (_, whole) = site.json_as("abe", "/api/tickets/tk-long").await;
    let mut pages = vec![site.json_as("abe", "/api/tickets/tk-long/timeline").await.1];
    assert_eq!(pages[0]["timeline"], whole["timeline"], "the ticket has the newest page");
    assert_eq!((&pages[0]["timeline_cursor"], &pages[0]["newer_cursor"]), (&whole["timeline_cursor"], &Value::Null));
    let go = async |cursor: &Value| {
        let (status, page) =
            site.json_as("abe", &format!("/api/tickets/tk-long/timeline?cursor={}", cursor.as_str().unwrap())).await;
        assert_eq!(status, 200, "{page}");
        page
    };
    while !pages[0]["timeline_cursor"].is_null() {
        pages.insert(0, go(&pages[0]["timeline_cursor"]).await);
    }
    let mut forth = vec![pages[0].clone()];
    while !forth.last().unwrap()["newer_cursor"].is_null() {
        forth.push(go(&forth.last().unwrap()["newer_cursor"]).await);
    }
    let words = |pages: &[Value]| -> Vec<String> {
        pages.iter().flat_map(|page| page["timeline"].as_array().unwrap()).map(told).collect()
    };
    let (back, forth) = (words(&pages), words(&forth));
    assert_eq!(back, forth, "whichever way");
    let messages: Vec<_> = back.iter().filter(|it| it.starts_with('m')).cloned().collect();
    assert_eq!(messages, (0..150).filter(|n| n % 5 != 4).map(|n| format!("m{n}")).collect::<Vec<_>>());
    let labels = back.iter().filter(|it| it.starts_with("Grace changed")).count();
    assert_eq!(labels, (0..75).filter(|n| n % 3 != 2).count(), "a step between two states of one label is not told");
    assert!(!back.concat().contains(scene::CANARY));

    let cursor = whole["timeline_cursor"].as_str().unwrap();
    for (who, path) in [("ada", "tk-long"), ("abe", "tk-1")] {
        let (status, refused) = site.json_as(who, &format!("/api/tickets/{path}/timeline?cursor={cursor}")).await;
        assert_eq!((status.as_u16(), &refused["code"]), (400, &json!("invalid_cursor")), "{who} {path}");
    }
    let asked = site.json_as("bob", "/api/tickets/tk-long/timeline").await;
    assert_eq!((asked.0.as_u16(), &asked.1["code"]), (404, &json!("ticket_not_found")));

    // Teammates read the same with notes, and every step.
    let (mut desk, mut cursor) = (Vec::new(), String::new());
    loop {
        let (status, page) = site.desk_get(&format!("/tickets/tk-long{cursor}")).await;
        assert_eq!(status, 200, "{page}");
        desk.splice(0..0, page["timeline"].as_array().unwrap().clone());
        let Some(next) = page["timeline_cursor"].as_str() else { break };
        cursor = format!("?timeline_cursor={next}");
    }
    let kinds = |kind: &str| desk.iter().filter(|entry| entry["kind"] == kind).count();
    assert_eq!((kinds("message"), kinds("note"), kinds("event")), (120, 30, 75));
    let newer = site.desk_get(&format!("/tickets/tk-long{cursor}")).await.1["newer_cursor"].clone();
    let (_, page) = site.desk_get(&format!("/tickets/tk-long?timeline_cursor={}", newer.as_str().unwrap())).await;
    assert_eq!(page["timeline"].as_array().unwrap()[..], desk[desk.len() % 40..][..40], "and forth");
}

#[tokio::test]
async fn what_was_asked_is_told_while_the_ticket_waits_on_the_customer() {
    let site = Site::start().await;
    let asked = async || site.json_as("abe", "/api/tickets/tk-1").await.1["asked"].clone();
    assert_eq!(asked().await["text"], "We look");
    let say = |body: &str| json!({"body": body, "client_id": body});
    site.desk_send(reqwest::Method::POST, "/conversations/c-1/messages", &say("Which browser?")).await;
    assert_eq!(asked().await["text"], "Which browser?", "the last of what was asked");
    site.desk_send(reqwest::Method::POST, "/conversations/c-1/notes", &say("canary-note")).await;
    assert_eq!(asked().await["text"], "Which browser?");
    let answer = site.request(reqwest::Method::POST, "/api/conversations/c-1/messages").bearer_auth(site.token("abe"));
    assert_eq!(answer.json(&say("Firefox")).send().await.unwrap().status(), 201);
    assert_eq!(asked().await, Value::Null, "it is the vendor's turn");
}

#[tokio::test]
async fn a_ticket_leads_back_to_the_list_that_its_reader_came_from_and_nowhere_else() {
    let site = Site::start().await;
    let own = |path: &str| format!("{}{path}", site.origin);
    for (referer, back) in [
        (own("/tickets?state=resolved&company=acme"), "/tickets?state=resolved&#38;company=acme"),
        (own("/tickets?company=a%22b"), "/tickets?company=a%22b"),
        (own("/tickets"), "/tickets"),
        (own("/tickets/tk-2?cursor=x"), "/tickets"),
        (own("/ticketsx?a=b"), "/tickets"),
        (own(".evil.example/tickets?a=b"), "/tickets"),
        ("https://evil.example/tickets?a=b".into(), "/tickets"),
        ("//evil.example/tickets?a=b".into(), "/tickets"),
        ("/tickets?a=b".into(), "/tickets"),
        ("about:blank".into(), "/tickets"),
        ("://".into(), "/tickets"),
    ] {
        let asked = site.get_as("ada", "/tickets/tk-1").header("referer", &referer);
        let page = asked.send().await.unwrap().text().await.unwrap();
        let link = page.split("class=\"back\" href=\"").nth(1).and_then(|it| it.split('"').next());
        assert_eq!(link, Some(back), "{referer}");
    }
}
