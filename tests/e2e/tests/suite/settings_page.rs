//! The settings page without script: its buttons, what it keeps, and that what people typed is shown as text.

use crate::settings::fresh;
use e2e::{Site, cookies_of, scene};
use reqwest::{Method, StatusCode};
use serde_json::json;

struct Shown {
    status: u16,
    location: String,
    page: String,
    cookies: String,
}

impl Shown {
    #[track_caller]
    fn has(&self, text: &str) -> &Self {
        assert!(self.page.contains(text), "{text} is not in: {}", self.page);
        self
    }
}

async fn send(request: reqwest::RequestBuilder) -> Shown {
    let answer = request.send().await.unwrap();
    let (status, cookies) = (answer.status().as_u16(), cookies_of(&answer));
    let location = answer.headers().get("location").map(|it| it.to_str().unwrap().to_owned()).unwrap_or_default();
    Shown { status, location, cookies, page: answer.text().await.unwrap() }
}

async fn show(site: &Site, path: &str) -> Shown {
    send(site.get(path).bearer_auth(site.teammate_token(scene::GRACE))).await
}

async fn press(site: &Site, fields: &[(&str, &str)]) -> Shown {
    post(site, "/helpdesk/settings", fields).await
}

async fn post(site: &Site, path: &str, fields: &[(&str, &str)]) -> Shown {
    let body: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = site.request(Method::POST, path).bearer_auth(site.teammate_token(scene::GRACE));
    send(request.header("content-type", "application/x-www-form-urlencoded").body(body)).await
}

const RULE: [(&str, &str); 4] = [
    ("audience.0.subject", "company"),
    ("audience.0.attribute", "id"),
    ("audience.0.op", "in"),
    ("audience.0.value", "acme\r\n\r\n beta \r\n"),
];

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    RULE.into_iter().chain(more.iter().copied()).collect()
}

#[tokio::test]
async fn a_workspace_from_nothing_begins_with_the_usual_types_and_states_once() {
    let site = Site::with(&[
        json!({"kind": "company", "id": "acme", "name": "Acme"}),
        json!({"kind": "contact", "id": "ada", "name": "Ada Acker", "email": "ada@acme.example", "companies": ["acme"]}),
    ])
    .await;
    let first = show(&site, "/helpdesk/settings").await;
    first.has("There are none yet, so no ticket can be created.");
    let to_do = |shown: &Shown| ["submitted\">To do", "resolved\">Done"].map(|it| shown.page.matches(it).count());
    assert_eq!(to_do(&first), [5, 0]);
    show(&site, "/helpdesk/new").await.has("There are no ticket types yet.");
    for _ in 0..2 {
        let begun = press(&site, &[("version", "0"), ("do", "begin")]).await;
        assert_eq!((begun.status, begun.location.as_str()), (303, "/helpdesk/settings?done=begun"));
    }
    let page = show(&site, "/helpdesk/settings?done=begun").await;
    page.has("There are ticket types and states now.");
    assert_eq!(to_do(&page), [4, 1]);
    assert_eq!(to_do(&show(&Site::start().await, "/helpdesk/settings").await), [0, 0], "it is on");
    assert_eq!(page.page.matches("began with the usual ticket types and states").count(), 1);
    assert!(!page.page.contains("There are none yet"));
    assert!(!show(&site, "/helpdesk/new").await.page.contains("no ticket types yet"));
    for (ticket_type, visible) in [("question", true), ("problem", true), ("request", true), ("task", false)] {
        let ticket = json!({"type": ticket_type, "title": "It fails", "requester": "ada"});
        let (status, ticket) = site.desk_send(Method::POST, "/tickets", &ticket).await;
        assert_eq!((status, &ticket["customer_visible"]), (201, &json!(visible)), "{ticket}");
        assert_eq!((&ticket["internal_label"], &ticket["state"]["label"]), (&json!("New"), &json!("Submitted")));
    }
}

#[tokio::test]
async fn saving_goes_back_to_the_page_that_says_so() {
    let site = Site::start().await;
    let fields = with(&[
        ("do", "save"),
        ("version", "1"),
        ("enabled", "true"),
        ("sign_in_url", " https://app.vendor.example/login "),
        ("name", "Nimbus"),
        ("logo_url", ""),
        ("color", "#0a7d55"),
        ("support_contact", " help@vendor.example "),
        ("restrict", "true"),
        ("visibility.0.subject", "contact"),
        ("visibility.0.attribute", ""),
        ("visibility.0.op", "is"),
        ("visibility.0.value", " "),
    ]);
    let saved = press(&site, &fields).await;
    assert_eq!((saved.status, saved.location.as_str()), (303, "/helpdesk/settings?done=saved"));
    let settings = site.store.workspace().await.unwrap().settings;
    let rule = json!([{"subject": "company", "attribute": "id", "op": "in", "value": ["acme", "beta"]}]);
    assert_eq!(json!(settings.audience), rule);
    assert_eq!(json!(settings.visibility), json!({"restrict": true, "conditions": []}), "a blank row is none");
    assert_eq!(json!(settings.brand), json!({"name": "Nimbus", "color": "#0a7d55"}));
    assert_eq!(settings.sign_in_url.as_deref(), Some("https://app.vendor.example/login"));
    assert_eq!(settings.support_contact.as_deref(), Some("help@vendor.example"));
    let page = show(&site, &saved.location).await;
    page.has(r#"name="support_contact" inputmode="email" value="help@vendor.example""#);
    page.has("</bdi> set the support contact to help@vendor.example");
    page.has("Saved.").has("The portal is on.").has("acme\nbeta</textarea>").has("· Nimbus</title>");
    page.has("</bdi> changed who may enter: 1 condition").has("</bdi> restricted what members see: no conditions");
}

#[tokio::test]
async fn a_save_that_is_refused_says_what_is_missing_and_keeps_what_was_typed() {
    let site = fresh().await;
    let typed = [("version", "2"), ("enabled", "true"), ("name", "Typed"), ("color", "#0a7d55")];
    let refused = press(&site, &with(&[&typed[..], &[("do", "save")]].concat())).await;
    assert_eq!(refused.status, 422);
    for name in ["custom_domain", "cookie_forwarding", "identity_verification"] {
        refused.has(&format!("href=\"#required-{name}\"")).has(&format!("id=\"required-{name}\""));
    }
    refused.has(r#"value="Typed""#).has("acme").has(r#"name="enabled" value="true" checked"#).has("Nothing is saved");

    let wrong = press(&site, &with(&[("version", "2"), ("color", "red"), ("name", "Typed"), ("do", "save")])).await;
    assert_eq!(wrong.status, 422);
    wrong.has("Colour: it must be #rrggbb").has(r#"value="Typed""#).has(r#"value="red""#);
    let wrong = press(&site, &[("version", "2"), ("support_contact", "javascript:alert(1)"), ("do", "save")]).await;
    assert_eq!(wrong.status, 422);
    wrong.has("Support contact: it must be an e-mail address").has(r#"value="javascript:alert(1)""#);
    let empty = [("audience.1.subject", "contact"), ("audience.1.attribute", "id"), ("audience.1.op", "is")];
    let wrong = press(&site, &with(&[&empty[..], &[("version", "2"), ("do", "save")]].concat())).await;
    assert_eq!(wrong.status, 422);
    wrong.has("Who may enter, condition 2, value: it is blank");

    let first = press(&site, &[("do", "save"), ("version", "2"), ("name", "First")]).await;
    assert_eq!(first.status, 303, "{}", first.page);
    let late = press(&site, &with(&[("do", "save"), ("version", "2"), ("name", "Late")])).await;
    assert_eq!(late.status, 409);
    late.has("Somebody has changed the settings").has(r#"value="Late""#).has(r#"name="version" value="3""#);
    let again = press(&site, &with(&[("do", "save"), ("version", "3"), ("name", "Late")])).await;
    assert_eq!(again.status, 303);
}

#[tokio::test]
async fn conditions_are_added_removed_and_tried_out_by_buttons() {
    let site = Site::start().await;
    let version = ("version", "1");
    let added = press(&site, &with(&[version, ("do", "add.audience"), ("name", "Typed")])).await;
    assert_eq!(added.status, 200);
    added.has("audience.0.value").has("audience.1.value").has(r#"value="Typed""#);
    let added = press(&site, &[version, ("do", "add.visibility")]).await;
    added.has("visibility.0.attribute");
    let removed = press(&site, &with(&[version, ("do", "remove.audience.0")])).await;
    assert!(!removed.page.contains("audience.0.value"), "{}", removed.page);

    let tried = press(&site, &with(&[version, ("do", "preview")])).await;
    assert_eq!(tried.status, 200);
    tried.has("5 of all 7 contacts match.").has("Ada Acker").has("Cem Can");
    assert!(!tried.page.contains("Gus Gray"));
    assert_eq!(json!(site.store.workspace().await.unwrap().settings.audience), json!([]), "trying saves nothing");
    let wrong = press(
        &site,
        &[
            version,
            ("do", "preview"),
            ("audience.0.subject", "contact"),
            ("audience.0.attribute", "id"),
            ("audience.0.op", "in"),
        ],
    )
    .await;
    assert_eq!(wrong.status, 422);
    wrong.has("condition 1, value: it has no values");

    let many: Vec<_> =
        (0..60).map(|n| json!({"kind": "contact", "id": format!("x-{n:02}"), "companies": []})).collect();
    e2e::load(&site.store, &many).await;
    let first = press(&site, &[version, ("do", "preview")]).await;
    first.has("50 of the first 50 contacts match.").has("Look at further contacts");
    let cursor = first.page.split(r#"name="cursor" value=""#).nth(1).unwrap().split('"').next().unwrap();
    press(&site, &[version, ("do", "more"), ("cursor", cursor)]).await.has("67 of all 67 contacts match.");
    // The rules were edited meanwhile, so the preview begins anew.
    press(&site, &with(&[version, ("do", "more"), ("cursor", cursor)])).await.has("5 of the first 50 contacts match.");
}

#[tokio::test]
async fn a_form_that_is_none_is_refused() {
    let site = Site::start().await;
    for fields in [
        &[][..],
        &[("do", "save")],
        &[("version", "1")],
        &[("version", "1"), ("do", "everything")],
        &[("version", "1"), ("do", "remove.audience.x")],
        &[("version", "1"), ("do", "save"), ("unknown", "x")],
        &[("version", "1"), ("do", "save"), ("audience.51.value", "x")],
        &[("version", "1"), ("do", "save"), ("audience.0.color", "x")],
        &[
            ("version", "1"),
            ("do", "save"),
            ("audience.0.value", "x"),
            ("audience.0.op", "is"),
            ("audience.0.subject", "ticket"),
        ],
        &[
            ("version", "1"),
            ("do", "save"),
            ("audience.0.value", "x"),
            ("audience.0.op", "like"),
            ("audience.0.subject", "contact"),
        ],
    ] {
        assert_eq!(press(&site, fields).await.status, 400, "{fields:?}");
    }
    assert_eq!(post(&site, "/helpdesk/settings/checks", &[("setting", "all")]).await.status, 400);
}

#[tokio::test]
async fn checks_are_forms_that_come_back_to_what_they_checked() {
    let site = fresh().await;
    let check = async |fields: &[(&str, &str)]| post(&site, "/helpdesk/settings/checks", fields).await;
    let back = |name: &str| format!("/helpdesk/settings?checked={name}#required-{name}");
    let page = show(&site, "/helpdesk/settings").await;
    assert_eq!(page.page.matches("Not checked yet").count(), 3);

    let checked = check(&[("setting", "custom_domain")]).await;
    assert_eq!((checked.status, checked.location), (303, back("custom_domain")));
    show(&site, "/helpdesk/settings?checked=custom_domain").await.has("Help Center custom domain works.");

    let checked = check(&[("setting", "identity_verification"), ("identity_token", "secret-not-a-token")]).await;
    assert_eq!((checked.status, checked.location), (303, back("identity_verification")));
    let page = show(&site, "/helpdesk/settings?checked=identity_verification").await;
    page.has("the check did not pass").has("This is not a signed token").has("How to mend it:");
    assert!(!page.page.contains("secret-not-a-token"));
    let token = site.token("ada");
    assert_eq!(check(&[("setting", "identity_verification"), ("identity_token", &token)]).await.status, 303);

    let begun = check(&[("setting", "cookie_forwarding")]).await;
    assert_eq!(begun.status, 303);
    assert!(begun.location.starts_with("/helpdesk/settings/checks/cookie?probe="), "{}", begun.location);
    // A browser that keeps no cookie.
    let lost = show(&site, &begun.location).await;
    assert_eq!((lost.status, lost.location), (303, back("cookie_forwarding")));
    show(&site, "/helpdesk/settings?checked=cookie_forwarding").await.has("did not come back to 127.0.0.1");
    let as_grace = |path: &str| site.get(path).bearer_auth(site.teammate_token(scene::GRACE));
    let came = send(as_grace(&begun.location).header("cookie", &begun.cookies)).await;
    assert_eq!((came.status, came.location), (303, back("cookie_forwarding")));
    let page = show(&site, "/helpdesk/settings?checked=cookie_forwarding").await;
    page.has("Cookie forwarding works.").has("Confirmed by <bdi>Grace</bdi>").has("has no parent domain");
    assert_eq!(page.page.matches(">Confirmed</span>").count(), 3);

    // The way back alone checks nothing, and neither does somebody else's.
    let before = site.items().await;
    for path in ["/helpdesk/settings/checks/cookie", "/helpdesk/settings/checks/cookie?probe=x"] {
        let alone = show(&site, path).await;
        assert!(matches!(alone.status, 400 | 303), "{path}");
    }
    let other = site.get(&begun.location).bearer_auth(site.teammate_token("t-2")).send().await.unwrap();
    assert_eq!(other.status(), StatusCode::SEE_OTHER);
    assert_eq!(site.items().await, before);
}

#[tokio::test]
async fn what_people_typed_is_text_wherever_it_is_shown() {
    let site = Site::start().await;
    let script = "<script>alert(1)</script>\"'";
    let fields = [
        ("version", "1"),
        ("do", "save"),
        ("enabled", "true"),
        ("name", script),
        ("audience.0.subject", "contact"),
        ("audience.0.attribute", script),
        ("audience.0.op", "is_not"),
        ("audience.0.value", "</textarea><script>alert(2)</script>"),
    ];
    assert_eq!(press(&site, &fields).await.status, 303);
    let contact =
        json!({"kind": "contact", "id": "<script>alert(3)</script>", "name": "<b onclick=alert(4)>", "companies": []});
    e2e::load(&site.store, &[contact]).await;
    let again: Vec<_> = fields.iter().copied().filter(|(name, _)| *name != "do").chain([("do", "preview")]).collect();
    for page in [
        show(&site, "/helpdesk/settings").await,
        press(&site, &again).await,
        send(site.get_as("ada", "/tickets")).await,
    ] {
        assert_eq!(page.status, 200);
        assert!(!page.page.contains("<script>alert") && !page.page.contains("<b onclick"), "{}", page.page);
        page.has("&#60;script&#62;alert(1)");
    }
}

#[tokio::test]
async fn a_contact_finds_no_settings() {
    let site = Site::start().await;
    let session = site.cookies("ada").await;
    for path in ["/helpdesk/settings", "/helpdesk/settings/checks/cookie?probe=x"] {
        assert_eq!(send(site.get_as("ada", path)).await.status, 401, "{path}");
        assert_eq!(send(site.get(path).header("cookie", &session)).await.status, 401, "{path}");
    }
    for path in ["/helpdesk/settings", "/helpdesk/settings/checks"] {
        let form = site.request(Method::POST, path).header("cookie", &session);
        let form = form.header("content-type", "application/x-www-form-urlencoded").body("version=1&do=save");
        assert_eq!(send(form).await.status, 401, "{path}");
    }
    assert_eq!(site.store.workspace().await.unwrap().settings_version, 1);
}

/// What the page's form for a type or state has in this hidden field.
fn hidden<'a>(shown: &'a Shown, of: &str, field: &str) -> &'a str {
    let form = shown.page.split(&format!("id=\"{of}\"")).nth(1).unwrap();
    form.split(&format!("name=\"{field}\" value=\"")).nth(1).unwrap().split('"').next().unwrap()
}

#[tokio::test]
async fn what_customers_are_asked_is_set_by_type_and_counts_at_once() {
    let site = Site::start().await;
    e2e::load(&site.store, &[scene::reporting()]).await;
    let path = "/helpdesk/settings/types";
    let shown = show(&site, path).await;
    shown.has("Severity").has("High\nLow</textarea>").has("Affected users").has("canary-attribute").has("Incident");
    let was = hidden(&shown, "type-bug", "was").to_owned();
    let fields = [
        ("type", "bug"),
        ("was", &was),
        ("name", "canary-bug"),
        ("external_label", "Bug"),
        ("visible.0", "true"),
        ("asked.0", "true"),
        ("required.0", "true"),
        ("options.0", "High\r\n\r\n Low \r\nMiddling"),
        ("visible.1", "true"),
        ("required.1", "true"),
        ("visible.2", "true"),
        ("asked.2", "true"),
        ("options.2", "not a list"),
        // What customers do not see is asked of nobody, whatever is sent.
        ("asked.3", "true"),
    ];
    let saved = post(&site, path, &fields).await;
    assert_eq!((saved.status, saved.location.as_str()), (303, "/helpdesk/settings/types?done=saved#type-bug"));
    let (_, form) = site.json_as("ada", "/api/report").await;
    assert_eq!(
        form["types"][0]["attributes"],
        json!([{"name": "Severity", "data_type": "list", "required": true, "options": ["High", "Low", "Middling"]},
            {"name": "Affected users", "data_type": "integer", "required": false}])
    );
    show(&site, "/helpdesk/settings").await.has("changed the ticket type canary-bug");
    // Somebody else has changed it since: what was typed is there again, over what it is now.
    let stale = post(&site, path, &fields).await;
    assert_eq!(stale.status, 409);
    stale.has("Nothing is saved").has("Middling");
    let twice = [("type", "bug"), ("name", "Bug"), ("asked.0", "true"), ("options.0", "Twice\nTwice")];
    let twice = post(&site, path, &twice).await;
    assert_eq!(twice.status, 422);
    twice.has("Twice\nTwice</textarea>");
    for field in ["asked.x", "asked", "other.0", "state"] {
        assert_eq!(
            post(&site, path, &[("type", "bug"), ("name", "Bug"), (field, "true")]).await.status,
            400,
            "{field}"
        );
    }
}

#[tokio::test]
async fn a_type_is_renamed_gets_attributes_in_another_order_and_one_more_and_all_tickets_show_it() {
    let site = Site::start().await;
    let path = "/helpdesk/settings/types";
    let (_, before) = site.json_as("ada", "/api/tickets").await;
    let ticket = before["tickets"].as_array().unwrap().iter().find(|it| it["type"]["id"] == "bug").unwrap();
    let address = format!("/api/tickets/{}", ticket["id"].as_str().unwrap());
    let fields = [
        ("type", "bug"),
        ("name", " Defect "),
        ("external_label", ""),
        ("icon", "🪲"),
        ("position.0", "3"),
        ("position.1", "1"),
        ("visible.1", "true"),
        ("position.2", "2"),
        ("visible.2", "true"),
        ("position.3", ""),
        ("attribute.4", " Ship "),
        ("kind.4", "list"),
        ("visible.4", "true"),
        ("options.4", "Anna\nBerta"),
    ];
    let saved = post(&site, path, &fields).await;
    assert_eq!((saved.status, saved.location.as_str()), (303, "/helpdesk/settings/types?done=saved#type-bug"));
    let catalog = site.store.workspace().await.unwrap().catalog;
    let defect = catalog.types.values().find(|it| it.name == "Defect").unwrap();
    let attributes: Vec<_> = defect.attributes.iter().map(|it| (it.name.as_str(), it.visible_to_contacts)).collect();
    assert_eq!(
        attributes,
        [
            ("canary-attribute", false),
            ("Affected since", true),
            ("Affected users", true),
            ("Severity", false),
            ("Ship", true)
        ]
    );
    assert_eq!(defect.attributes[4].options, ["Anna", "Berta"]);
    let (_, shown) = site.json_as("ada", &address).await;
    assert_eq!(shown["type"], json!({"id": "bug", "name": "Defect", "icon": "🪲"}));
    assert!(shown["attributes"].as_array().unwrap().iter().all(|it| it["name"] != "Severity"), "{shown}");
    show(&site, "/helpdesk/settings").await.has("changed the ticket type canary-bug, now Defect");

    let refused = |more: &[(&'static str, &'static str)]| {
        let fields: Vec<_> = [("type", "bug")].into_iter().chain(more.iter().copied()).collect();
        let site = &site;
        async move { post(site, path, &fields).await }
    };
    for (fields, status) in [
        (&[("name", "  ")][..], 422),
        (&[("name", "x"), ("icon", "seventeen letters")], 422),
        (&[("name", "x"), ("position.0", "first")], 422),
        (&[("name", "x"), ("attribute.5", "Ship"), ("kind.5", "string")], 422),
        (&[("name", "x"), ("attribute.5", "Harbour"), ("kind.5", "colour")], 400),
    ] {
        let refused = refused(fields).await;
        assert_eq!(refused.status, status, "{fields:?}");
        if status == 422 {
            refused.has("Nothing is saved.");
        }
    }
}

#[tokio::test]
async fn types_and_states_are_added_by_name_and_used_at_once() {
    let site = Site::start().await;
    let (types, states) = ("/helpdesk/settings/types", "/helpdesk/settings/states");
    for (name, category, id) in [("Wünsch dir was!", "customer", "w-nsch-dir-was"), ("要望", "tracker", "type-")] {
        let added = post(&site, types, &[("name", name), ("icon", "🎁"), ("category", category)]).await;
        assert_eq!(added.status, 303, "{name}");
        assert!(added.location.starts_with(&format!("{types}?done=saved#type-{id}")), "{name}: {}", added.location);
    }
    // The same name once more is another type, which is told from the first by its id alone.
    let again = post(&site, types, &[("name", "Wünsch dir was!"), ("category", "customer")]).await;
    assert_eq!(again.status, 303);
    let open = post(&site, types, &[("name", ""), ("category", "tracker")]).await;
    assert_eq!(open.status, 422);
    open.has("value=\"tracker\" required checked");
    assert_eq!(post(&site, types, &[("name", "x"), ("category", "everybody")]).await.status, 400);

    let added = post(&site, states, &[("internal_label", "Parked"), ("category", "in_progress")]).await;
    assert_eq!((added.status, added.location.as_str()), (303, "/helpdesk/settings/states?done=saved#state-parked"));
    let parked = json!({"type": "w-nsch-dir-was", "title": "A pony", "requester": "ada", "state": "parked"});
    let (status, ticket) = site.desk_send(Method::POST, "/tickets", &parked).await;
    assert_eq!((status, &ticket["internal_label"]), (201, &json!("Parked")), "{ticket}");

    let catalog = site.store.workspace().await.unwrap().catalog;
    assert_eq!(catalog.states_in_order().last().unwrap().internal_label, "Parked", "behind the others");
    let shown = show(&site, states).await;
    let was = hidden(&shown, "state-parked", "was").to_owned();
    let fields = [
        ("state", "parked"),
        ("was", &was),
        ("internal_label", "On ice"),
        ("external_label", "Later"),
        ("position", "0"),
    ];
    assert_eq!(post(&site, states, &fields).await.status, 303);
    assert_eq!(post(&site, states, &fields).await.status, 409, "it has changed since");
    let catalog = site.store.workspace().await.unwrap().catalog;
    let order: Vec<_> = catalog.states_in_order().into_iter().map(|it| it.internal_label.as_str()).collect();
    // Those of the same position are in the order of their ids.
    assert!(order.contains(&"On ice") && order.last() != Some(&"On ice"), "{order:?}");
    let (_, shown) = site.json_as("ada", &format!("/api/tickets/{}", ticket["id"].as_str().unwrap())).await;
    assert_eq!(shown["state"]["label"], "Later");
    for (fields, status) in [
        (&[("state", "nothing"), ("internal_label", "x")][..], 422),
        (&[("state", "a/b"), ("internal_label", "x")], 400),
        (&[("internal_label", "x"), ("category", "limbo")], 400),
        (&[("state", "parked"), ("internal_label", " ")], 422),
        (&[("state", "parked"), ("internal_label", "x"), ("position", "-1")], 422),
    ] {
        assert_eq!(post(&site, states, fields).await.status, status, "{fields:?}");
    }
    let page = show(&site, "/helpdesk/settings").await;
    page.has("added the ticket type Wünsch dir was!").has("added the ticket state Parked");
    page.has("changed the ticket state Parked, now On ice");
}
