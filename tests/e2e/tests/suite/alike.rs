//! What is missing and what a contact may not see are alike: not only in the answer, but in what is asked of DynamoDB
//! and what that costs, because time tells as much as words.

use e2e::{Site, load, proxy::Proxy, scene};
use local::gateway::FUNCTIONS;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::time::Duration;

/// Something that the reader may not see.
struct Forbidden {
    ticket: String,
    conversation: String,
}

/// Every route on which a contact names a ticket or a conversation.
fn routes() -> Vec<(Method, &'static str)> {
    let keys = FUNCTIONS.iter().flat_map(|function| function.routes).map(|route| route.key);
    let keys = keys.filter_map(|key| key.split_once(' ')).filter(|(_, path)| path.contains('{'));
    // A logo is there for everybody.
    let of_contacts = keys.filter(|(_, path)| !path.contains("/helpdesk/") && !path.starts_with("/embed/"));
    of_contacts.map(|(method, path)| (method.parse().unwrap(), path)).collect()
}

/// The requests of a route about a ticket and its conversation, as pages, programs and the Messenger send them.
fn requests(site: &Site, method: &Method, path: &str, ticket: &str, conversation: &str) -> Vec<RequestBuilder> {
    let address = path.replace("{ticket_id}", ticket).replace("{conversation_id}", conversation);
    assert!(!address.contains('{'), "{path}: say here what the id is of");
    let request = |address: &str| {
        let request = site.request(method.clone(), address);
        match (method, path.starts_with("/api"), path.ends_with("/messages")) {
            (&Method::GET, ..) => request,
            (_, true, true) => request.json(&json!({"body": "Hello", "client_id": "m-1"})),
            (_, false, true) => {
                request.header("content-type", "application/x-www-form-urlencoded").body("body=Hello&client_id=m-1")
            }
            _ if path.ends_with("/private") || path.ends_with("/follow") => {
                let name = if path.ends_with("/private") { "private" } else { "following" };
                if path.starts_with("/api") {
                    request.json(&json!({ name: true }))
                } else {
                    request.header("content-type", "application/x-www-form-urlencoded").body(format!("{name}=true"))
                }
            }
            _ => request,
        }
    };
    let mut requests = vec![request(&address)];
    if *method == Method::GET {
        requests.push(request(&address).header("if-none-match", r#"W/"seen-before.marks""#));
    }
    if path == "/api/conversations/{conversation_id}" {
        let linked = format!("{address}?ticket={ticket}");
        requests.push(request(&linked).header("if-none-match", r#"W/"seen-before.marks""#));
        requests.push(request(&linked));
        requests.push(request(&format!("{address}?ticket=visible")));
    }
    requests
}

/// What a request is answered with, and what it asks of DynamoDB at which price.
async fn told(proxy: &Proxy, request: RequestBuilder) -> (u16, Vec<String>) {
    proxy.take();
    let status = request.send().await.unwrap().status().as_u16();
    // When settings are read anew is nothing to compare.
    let calls = proxy.take().into_iter().filter(|call| !call.body.contains("CATALOG"));
    let mut calls: Vec<_> = calls.map(|call| format!("{} for {} units", call.operation, call.units)).collect();
    calls.sort();
    (status, calls)
}

fn hidden(id: &str, company: &str, requester: &str) -> Vec<Value> {
    let talk = format!("c-{id}");
    let mut ticket = scene::ticket(id, 100, Some(company), requester, "new", "2026-11-01T10:00:00Z");
    ticket["conversation"] = json!(talk);
    vec![scene::conversation(&talk, &[requester]), ticket]
}

/// The reader is in Acme, was in Gamma, and sees only their own tickets where `restricted`.
fn world(restricted: bool) -> (Vec<Value>, Vec<Forbidden>) {
    let mut lines = scene::lines();
    lines.push(json!({"kind": "contact", "id": "reader", "name": "Reader", "email": "r@acme.example", "companies": ["acme", "gamma"]}));
    let condition = json!({"subject": "contact", "attribute": "id", "op": "is", "value": "reader"});
    lines[0]["visibility"] = json!({"restrict": restricted, "conditions": [condition]});

    let mut cases = vec![hidden("other", "beta", "bob"), hidden("left", "gamma", "gus")];
    cases[1][0]["participants"] = json!(["gus", "reader"]);
    for kind in ["task", "incident"] {
        let mut of_kind = hidden(kind, "acme", "ada");
        of_kind[1]["type"] = json!(kind);
        of_kind[1]["shared"] = json!(kind == "incident");
        cases.push(of_kind);
    }
    let mut private = hidden("private", "acme", "ada");
    private[0]["participants"] = json!(["ada", "reader"]);
    private[1]["private"] = json!(true);
    cases.push(private);
    let mut huge = hidden("huge", "beta", "bob");
    let minute = |n: usize| format!("2026-10-{:02}T{:02}:{:02}:00Z", 1 + n / 1440, n / 60 % 24, n % 60);
    let change = |n: usize| {
        let state = if n.is_multiple_of(2) { "new" } else { "triage" };
        json!({"at": minute(n), "event": "state_changed", "state": state, "by": {"teammate": scene::GRACE}})
    };
    huge[1]["history"] = (0..600).map(change).collect();
    huge[1]["description"] = json!("Long. ".repeat(15_000));
    let note = |n: usize| {
        json!({"id": format!("n-{n}"), "type": "note", "author": {"teammate": scene::GRACE}, "body": "canary-note",
            "at": minute(n)})
    };
    huge[0]["parts"].as_array_mut().unwrap().extend((0..600).map(note));
    cases.push(huge);
    if restricted {
        cases.drain(2..);
        cases.push(hidden("colleague", "acme", "ada"));
    }
    let id = |line: &Value| line["id"].as_str().unwrap().to_owned();
    let mut forbidden: Vec<_> =
        cases.iter().map(|case| Forbidden { conversation: id(&case[0]), ticket: id(&case[1]) }).collect();
    lines.extend(cases.into_iter().flatten());
    lines.push(scene::conversation("c-alone", &["ada", "bob"]));
    forbidden.push(Forbidden { ticket: "other".into(), conversation: "c-alone".into() });
    lines.extend(hidden("visible", "acme", "reader"));
    (lines, forbidden)
}

#[tokio::test]
async fn what_is_missing_and_what_is_forbidden_cost_the_same_on_every_route_with_an_id() {
    assert!(routes().len() >= 9, "{:?}", routes());
    for restricted in [false, true] {
        let (lines, forbidden) = world(restricted);
        let site = Site::with(&lines).await;
        let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
        let through = site.waiting_at(&proxy.endpoint).await;
        through.get_as("ada", "/api/tickets").send().await.unwrap();
        // The hint still names Gamma when the reader has left it.
        let cookies = through.cookies("reader").await;
        let leaving = site.desk(Method::DELETE, "/memberships?contact=reader&company=gamma");
        assert_eq!(leaving.send().await.unwrap().status(), 204);
        let token = through.token("reader");
        let ways: [&dyn Fn(RequestBuilder) -> RequestBuilder; 2] =
            [&|it| it.bearer_auth(&token), &|it| it.header("cookie", &cookies)];
        for (method, path) in routes() {
            for (nth, way) in ways.iter().enumerate() {
                let mut nothing = Vec::new();
                for missing in requests(&through, &method, path, "nothing", "c-nothing") {
                    nothing.push(told(&proxy, way(missing)).await);
                }
                assert!(nothing.iter().all(|(status, _)| *status == 404), "{method} {path}: {nothing:?}");
                // The hint matters for what it still names.
                for Forbidden { ticket, conversation } in forbidden.iter().filter(|it| nth == 0 || it.ticket == "left")
                {
                    let requests = requests(&through, &method, path, ticket, conversation);
                    for (request, nothing) in requests.into_iter().zip(&nothing) {
                        let what = format!("{method} {path} {ticket} {conversation}: {request:?}");
                        assert_eq!(told(&proxy, way(request)).await, *nothing, "{what}");
                    }
                }
            }
            for visible in requests(&through, &method, path, "visible", "c-visible") {
                let status = told(&proxy, visible.bearer_auth(&token)).await.0;
                assert!(status < 400, "{method} {path}: {status} for what the reader may see");
            }
        }
    }
}

#[tokio::test]
async fn a_company_that_the_reader_is_not_in_costs_as_much_as_one_that_does_not_exist() {
    let site = Site::start().await;
    let many: Vec<_> = (0..30)
        .map(|n| scene::ticket(&format!("b-{n}"), 100 + n, Some("beta"), "bob", "new", "2026-11-01T10:00:00Z"))
        .collect();
    load(&site.store, &many).await;
    let proxy = Proxy::start(&site.endpoint, Duration::ZERO).await;
    let through = site.waiting_at(&proxy.endpoint).await;
    through.get_as("ada", "/api/tickets").send().await.unwrap();
    for path in ["/api/tickets?company=", "/tickets?company=", "/api/tickets/nothing?company=", "/tickets/b-1?company="]
    {
        let of = async |company: &str| told(&proxy, through.get_as("ada", &format!("{path}{company}"))).await;
        let nowhere = of("nowhere").await;
        assert_eq!((nowhere.0, of("beta").await), (404, nowhere), "{path}");
    }
}
