//! `docs/openapi.yaml` describes what the portal does: every answer here is one that it lists, with the headers, the
//! body and the code that it promises, and with no other field.

use crate::events::{filled, scene};
use e2e::{
    Site,
    events::{Made, made},
    openapi::{address, document, fields, items, operations, resolved},
    scene,
};
use jsonschema::{Draft, Validator};
use local::gateway::FUNCTIONS;
use reqwest::{Method, RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Headers of every answer, which the introduction describes, and those of the body and the connection.
const HEADERS_OF_ALL: [&str; 6] =
    ["content-length", "content-type", "date", "referrer-policy", "vary", "x-content-type-options"];

const FORM: &str = "application/x-www-form-urlencoded";

/// Every value in `value`, itself first, with its place.
fn walk(value: &Value) -> Vec<(String, &Value)> {
    let mut all = vec![(String::new(), value)];
    let named = fields(value).map(|(name, it)| (name.replace('~', "~0").replace('/', "~1"), it));
    let numbered = items(value).enumerate().map(|(index, it)| (index.to_string(), it));
    for (step, child) in named.chain(numbered) {
        all.extend(walk(child).into_iter().map(|(rest, it)| (format!("/{step}{rest}"), it)));
    }
    all
}

fn validator(document: &Value, schema: &Value) -> Validator {
    let mut root = schema.clone();
    root["components"] = document["components"].clone();
    let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
    options.build(&root).unwrap_or_else(|error| panic!("{schema}: {error}"))
}

#[test]
fn schemas_are_schemas_and_examples_follow_them() {
    let mut contract = Contract::read();
    for (place, value) in walk(&contract.document.clone()) {
        let is_named = place.starts_with("/components/schemas/") && place.matches('/').count() == 3;
        if is_named || place.ends_with("/schema") {
            jsonschema::draft202012::meta::validate(value).unwrap_or_else(|error| panic!("{place}: {error}"));
            contract.validator(value);
        }
        let examples = fields(&value["examples"]).map(|(_, it)| &it["value"]).chain(value.get("example"));
        examples.for_each(|it| contract.assert_valid(&value["schema"], it, &place));
    }
}

#[test]
fn every_component_is_used_and_every_reference_leads_to_one() {
    let document = document();
    let references = walk(&document).into_iter().filter_map(|(_, it)| it["$ref"].as_str().map(str::to_owned));
    let schemes = walk(&document)
        .into_iter()
        .filter(|(place, it)| place.ends_with("/security") && it.is_array())
        .flat_map(|(_, it)| items(it).flat_map(fields))
        .map(|(name, _)| format!("#/components/securitySchemes/{name}"));
    let components = fields(&document["components"])
        .flat_map(|(kind, them)| fields(them).map(move |(name, _)| format!("#/components/{kind}/{name}")));
    assert_eq!(components.collect::<BTreeSet<_>>(), references.chain(schemes).collect());
}

#[test]
fn the_document_has_the_form_of_openapi() {
    let document = document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    // In a sentence without quotes, a comma makes a field of what follows it.
    let names = walk(&document).into_iter().flat_map(|(_, it)| fields(it)).map(|(name, _)| name);
    assert_eq!(names.filter(|it| it.ends_with('.')).collect::<Vec<_>>(), Vec::<&String>::new());
    only(&document, &["openapi", "info", "servers", "tags", "security", "x-events", "paths", "components"]);
    let (mut names, mut tags) = (BTreeSet::new(), BTreeSet::new());
    for (route, operation) in operations(&document) {
        let described = ["operationId", "tags", "summary", "description"];
        let exchanged = ["security", "parameters", "requestBody", "responses", "x-events"];
        only(operation, &[described.as_slice(), &exchanged].concat());
        assert!(names.insert(operation["operationId"].as_str().unwrap().to_owned()), "{route}: operationId");
        assert!(operation["summary"].is_string(), "{route}");
        tags.extend(items(&operation["tags"]).map(Value::as_str));
        assert_parameters(&document, &route, operation);
        for (name, event) in fields(&operation["x-events"]) {
            assert!(!operation["responses"][event["status"].to_string()].is_null(), "{name} has a status unheard of");
        }
        for (status, response) in fields(&operation["responses"]) {
            assert!(status.parse::<u16>().is_ok_and(|it| (200..600).contains(&it)), "{route} {status}");
            let response = resolved(&document, response);
            only(response, &["description", "headers", "content"]);
            assert!(response["description"].is_string(), "{route} {status}");
            let headers = fields(&response["headers"]).map(|(_, it)| resolved(&document, it));
            headers.for_each(|it| only(it, &["required", "description", "schema"]));
            fields(&response["content"]).for_each(|(_, it)| only(it, &["schema", "example", "examples"]));
        }
    }
    let described = items(&document["tags"]).map(|it| &it["name"]);
    assert_eq!(tags, described.map(Value::as_str).collect());
}

/// Demands that each parameter is described once, and those of the path as the path names them.
#[track_caller]
fn assert_parameters(document: &Value, route: &str, operation: &Value) {
    let mut parameters = BTreeSet::new();
    for parameter in items(&operation["parameters"]).map(|it| resolved(document, it)) {
        only(parameter, &["name", "in", "required", "description", "schema", "example"]);
        let (place, name) = (parameter["in"].as_str().unwrap(), parameter["name"].as_str().unwrap());
        assert_eq!(parameter["required"] == true, place == "path", "{route} {name}");
        assert!(parameters.insert((place, name)), "{route} {name} twice");
    }
    let declared = parameters.into_iter().filter(|(place, _)| *place == "path").map(|(_, name)| name);
    let in_path = route.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'));
    assert_eq!(declared.collect::<BTreeSet<_>>(), in_path.collect(), "{route}");
}

#[track_caller]
fn only(value: &Value, allowed: &[&str]) {
    fields(value).for_each(|(name, _)| assert!(allowed.contains(&name.as_str()), "{name} in {value:#}"));
}

/// The document, and what has been seen of it.
struct Contract {
    document: Value,
    events: Vec<Made>,
    /// By the text of the schema.
    validators: BTreeMap<String, Validator>,
    /// The schema and the first body of each operation, status and code.
    seen: BTreeMap<(String, u16, String), (Value, Value)>,
    answers: usize,
}

impl Contract {
    fn read() -> Self {
        Self { document: document(), events: made(), validators: BTreeMap::new(), seen: BTreeMap::new(), answers: 0 }
    }

    fn validator(&mut self, schema: &Value) -> &Validator {
        let document = &self.document;
        self.validators.entry(schema.to_string()).or_insert_with(|| validator(document, schema))
    }

    fn assert_valid(&mut self, schema: &Value, value: &Value, what: &str) {
        let errors: Vec<_> =
            self.validator(schema).iter_errors(value).map(|it| format!("{}: {it}", it.instance_path())).collect();
        assert!(errors.is_empty(), "{what}: {errors:#?}\n{value:#}");
    }

    /// Sends a request and holds the answer, and where it was successful the request, against the document.
    async fn ask(&mut self, request: RequestBuilder) -> (u16, HeaderMap, Value) {
        let (client, request) = request.build_split();
        let request = request.unwrap();
        let (method, url) = (request.method().clone(), request.url().clone());
        let sent = request.body().and_then(|it| it.as_bytes()).map(<[u8]>::to_vec);
        let answer = client.execute(request).await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await.unwrap();
        let what = format!("{method} {}?{} {status}", url.path(), url.query().unwrap_or_default());

        let mut routes = FUNCTIONS.iter().flat_map(|it| it.routes);
        let route = routes.find_map(|it| Some((it.key, it.matches(method.as_str(), url.path())?)));
        let (route, path) = route.unwrap_or_else(|| panic!("{what}: no route"));
        let operation = operations(&self.document)[route].clone();
        let response = resolved(&self.document, &operation["responses"][status.to_string()]).clone();
        assert!(!response.is_null(), "{what} is not listed: {text}");

        if matches!(status, 200..300 | 304) || (status == 303 && method == Method::POST) {
            let query = url.query_pairs().map(|(name, value)| ("query", name.into_owned(), value.into_owned()));
            let path = path.into_iter().map(|(name, value)| ("path", name, value));
            self.assert_request(&operation, query.chain(path), sent.as_deref(), &what);
        }
        self.assert_headers(&response, &headers, &what);
        let (schema, body) = match headers.get("content-type") {
            None => {
                assert!(response["content"].is_null() && text.is_empty(), "{what}: {text}");
                (json!({}), Value::Null)
            }
            Some(media_type) => {
                let media_type = media_type.to_str().unwrap().split(';').next().unwrap();
                let content = &response["content"][media_type];
                assert!(!content.is_null(), "{what} as {media_type} is not listed: {text}");
                let is_json = media_type.ends_with("json");
                (content["schema"].clone(), if is_json { serde_json::from_str(&text).unwrap() } else { text.into() })
            }
        };
        self.assert_valid(&schema, &body, &what);
        if let (Some(id), Some(header)) = (body["request_id"].as_str(), headers.get("x-request-id")) {
            assert_eq!(header, id, "{what}");
        }
        let code = body["code"].as_str().unwrap_or_default().to_owned();
        self.seen.entry((route.to_owned(), status, code)).or_insert_with(|| (schema, body.clone()));
        self.answers += 1;
        (status, headers, body)
    }

    /// Demands that a request that succeeds is one that the document allows.
    fn assert_request(
        &mut self,
        operation: &Value,
        given: impl Iterator<Item = (&'static str, String, String)>,
        body: Option<&[u8]>,
        what: &str,
    ) {
        for (place, name, value) in given {
            let mut known = items(&operation["parameters"]).map(|it| resolved(&self.document, it));
            let parameter = known.find(|it| it["in"] == place && it["name"] == name.as_str());
            let schema =
                parameter.unwrap_or_else(|| panic!("{what} with {name}, which is not listed"))["schema"].clone();
            let value = if schema["type"] == "integer" { value.parse().unwrap() } else { Value::String(value) };
            self.assert_valid(&schema, &value, what);
        }
        let content = &operation["requestBody"]["content"];
        match body.filter(|it| !it.is_empty()) {
            Some(body) if !content[FORM].is_null() => {
                let fields = reqwest::Url::parse(&format!("form:?{}", std::str::from_utf8(body).unwrap())).unwrap();
                let fields: BTreeMap<_, _> = fields.query_pairs().into_owned().collect();
                self.assert_valid(&content[FORM]["schema"], &json!(fields), what);
            }
            // What a form with a file may be, the tests of its route say.
            Some(_) if !content["multipart/form-data"].is_null() => {}
            Some(body) => {
                self.assert_valid(&content["application/json"]["schema"], &serde_json::from_slice(body).unwrap(), what);
            }
            None => assert!(operation["requestBody"]["required"] != true, "{what} without a body"),
        }
    }

    fn assert_headers(&mut self, response: &Value, headers: &HeaderMap, what: &str) {
        for (name, header) in fields(&response["headers"]) {
            let header = resolved(&self.document, header).clone();
            assert!(header["required"] != true || headers.contains_key(name), "{what} lacks {name}");
            for value in headers.get_all(name) {
                self.assert_valid(&header["schema"], &json!(value.to_str().unwrap()), what);
            }
        }
        for name in headers.keys().map(|it| it.as_str()).filter(|it| !HEADERS_OF_ALL.contains(it)) {
            let listed = fields(&response["headers"]).any(|(listed, _)| listed.eq_ignore_ascii_case(name));
            assert!(listed, "{what} has {name}, which is not listed");
        }
    }

    /// Demands that every status of every operation was seen, with each of its codes.
    fn assert_all_seen(&mut self) {
        let (mut seen, mut listed, mut codes) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for (_, value) in walk(&self.document) {
            codes.extend(items(&value["code"]["enum"]).map(|it| it.as_str().unwrap().to_owned()));
        }
        for (route, operation) in operations(&self.document) {
            let statuses = fields(&operation["responses"]).map(|(status, _)| status.parse::<u16>().unwrap());
            listed.extend(statuses.map(|status| (route.clone(), status, String::new())));
        }
        for ((route, status, code), (schema, body)) in self.seen.clone() {
            seen.insert((route.clone(), status, String::new()));
            for other in codes.iter().filter(|_| !code.is_empty()) {
                let mut body = body.clone();
                body["code"] = json!(other);
                if self.validator(&schema).is_valid(&body) {
                    listed.insert((route.clone(), status, other.clone()));
                }
            }
            seen.insert((route, status, code));
        }
        let unseen: Vec<_> = listed.difference(&seen).collect();
        assert!(unseen.is_empty(), "listed and never seen: {unseen:#?}");
    }

    /// Demands that a field that is not listed would have been found, anywhere in an answer.
    fn assert_closed(&mut self) {
        for ((route, status, _), (schema, body)) in self.seen.clone() {
            for (place, _) in walk(&body).into_iter().filter(|(_, it)| it.is_object()) {
                let mut leaking = body.clone();
                // Not a text, which the vendor's own data may hold under any name.
                leaking.pointer_mut(&place).unwrap()["leak"] = json!(["canary"]);
                assert!(!self.validator(&schema).is_valid(&leaking), "{route} {status} lets a field pass at {place:?}");
            }
        }
    }
}

/// What the scene lacks: values of every type, odd ids, a name that is not known, a ticket that moved.
fn more() -> Vec<Value> {
    let mut full = scene::ticket("tk-full", 30, Some("Ünï/#1 ?"), "zoë", "asked", "2026-11-14T10:00:00.125Z");
    full["type"] = json!("form");
    full["attributes"] = json!({"text": "", "list": "a", "integer": -1, "decimal": 0.5, "boolean": false,
        "datetime": "2026-09-30T08:00:00+02:00"});
    let by = json!({"teammate": "canary-teammate@vendor.example"});
    full["history"] = json!([
        {"at": "2026-10-01T09:00:00Z", "event": "created", "by": {"contact": "zoë"}},
        {"at": "2026-10-02T09:00:00Z", "event": "company_changed", "by": by, "company": "Ünï/#1 ?", "previous_company": "beta"},
        {"at": "2026-10-03T09:00:00Z", "event": "state_changed", "by": by, "state": "asked"}]);
    let types = ["string", "list", "integer", "decimal", "boolean", "datetime"];
    let attribute =
        |it: &str| json!({"name": it.replace("string", "text"), "data_type": it, "visible_to_contacts": true});
    vec![
        json!({"kind": "ticket_type", "id": "form", "name": "Form", "icon": "", "category": "customer",
            "attributes": types.map(attribute)}),
        json!({"kind": "company", "id": "Ünï/#1 ?", "name": "Ünï"}),
        json!({"kind": "contact", "id": "zoë", "email": "zoe@people.example", "companies": ["Ünï/#1 ?", "acme"]}),
        full,
    ]
}

/// Everybody of the scene by token, one person in every other way, and requests without a valid identity.
async fn visitors(site: &Site) -> Vec<Option<(&'static str, String)>> {
    let bearer = |token: &str| Some(("authorization", format!("Bearer {token}")));
    let mut visitors: Vec<_> = ["ada", "abe", "bob", "cem", "gus", "nia", "eve", "zoë", "unheard-of"]
        .map(|who| bearer(&site.token(who)))
        .into();
    let revoked = site.cookies("abe").await;
    site.store.raise_session_epoch(&domain::id::ContactId::new("abe").unwrap()).await.unwrap();
    let expired = site.sign(&json!({"user_id": "ada", "exp": site.now() - 60}));
    visitors.extend([
        Some(("cookie", site.cookies("ada").await)),
        Some(("cookie", format!("portal_identity={}", site.token("ada")))),
        Some(("cookie", revoked)),
        Some(("cookie", site.viewing("t-1", "bob"))),
        Some(("cookie", "portal_session=forged".to_owned())),
        bearer("forged"),
        bearer(&expired),
        None,
    ]);
    visitors
}

/// What follows `/tickets`, on pages and in the API.
const LISTS: [&str; 19] = [
    "",
    "?type=bug&creator=me&sort=title&order=asc",
    "?creator=ada&turn=you&created_from=2026-01-01&created_to=2026-12-01T00:00:00Z",
    "?updated_from=2026-11-01&updated_to=2026-11-15T10:00:00.5%2B01:00&sort=state",
    "?order=asc",
    "/export",
    "/export?state=resolved&sort=number",
    "/export?company=missing",
    "?state=submitted",
    "?state=in_progress",
    "?state=waiting_on_customer",
    "?state=resolved",
    "?company=acme",
    "?company=beta&state=resolved",
    "?company=gamma",
    "?company=missing",
    "?company=%C3%9Cn%C3%AF%2F%231%20%3F",
    "?limit=1",
    "?limit=100",
];
const TICKETS: [&str; 13] = [
    "/tk-1",
    "/tk-2",
    "/tk-4",
    "/tk-5",
    "/tk-6",
    "/tk-7",
    "/tk-8",
    "/tk-9",
    "/tk-10",
    "/tk-full",
    "/missing",
    "/tk-4?company=beta",
    "/tk-4?company=nowhere",
];
const NOT_UNDERSTOOD: [&str; 25] = [
    "?state=",
    "?state=all",
    "?state=resolved&state=resolved",
    "?company=",
    "?company=acme&company=beta",
    "?limit=0",
    "?limit=101",
    "?limit=1.0",
    "?limit=1&limit=1",
    "?cursor=x",
    "?cursor=",
    "?sort=age",
    "?type=unheard-of",
    "?updated_from=2026-02-30",
    "/export?state=all",
    "/export?cursor=x",
    "?=",
    "/%23",
    "/a%2Fb",
    "/%C3%A9",
    "/tk-4?company=",
    "/tk-4?state=resolved",
    "/tk-4?company=acme&company=acme",
    "/tk-4?=",
    "/tk-4?history_cursor=x",
];

/// The routes that `these` selects, with an address of each in the scene.
fn routes(document: &Value, these: impl Fn(&str, &Value) -> bool) -> Vec<(String, String)> {
    let all = operations(document).into_iter().filter(|(route, operation)| these(route, operation));
    let with_address = all.map(|(route, _)| {
        let address = address(route.split_once(' ').unwrap().1);
        (route, address)
    });
    with_address.collect()
}

/// Whether an operation lists this status.
fn lists(operation: &Value, status: u16) -> bool {
    !operation["responses"][status.to_string()].is_null()
}

/// An address of each route that reads in the table for contacts.
fn read_by_contacts(document: &Value) -> Vec<String> {
    let these = routes(document, |route, operation| {
        route.starts_with("GET") && !route.contains("/helpdesk") && lists(operation, 503)
    });
    these.into_iter().map(|(_, address)| address).collect()
}

fn is_page(operation: &Value) -> bool {
    operation["tags"] == json!(["pages"])
}

/// For each route that `these` selects, its first event that succeeds, filled in for a site.
async fn succeeding(contract: &Contract, site: &Site, these: impl Fn(&str, &Value) -> bool) -> Vec<(String, Value)> {
    let mut succeeding: BTreeMap<String, Value> = BTreeMap::new();
    for made in contract.events.iter().filter(|it| it.status < 400) {
        let operation = operations(&contract.document).get(&made.route).copied();
        if !succeeding.contains_key(&made.route) && operation.is_some_and(|it| these(&made.route, it)) {
            succeeding.insert(made.route.clone(), filled(&made.name, &made.text, site).await);
        }
    }
    succeeding.into_iter().collect()
}

/// The request that an event describes.
fn request(site: &Site, event: &Value) -> RequestBuilder {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (path, query) = (text(&event["rawPath"]), text(&event["rawQueryString"]));
    let to = if query.is_empty() { path } else { format!("{path}?{query}") };
    let mut request = site.request(text(&event["requestContext"]["http"]["method"]).parse().unwrap(), &to);
    for name in ["authorization", "content-type", "if-none-match", "idempotency-key"] {
        if let Some(value) = event["headers"][name].as_str() {
            request = request.header(name, value);
        }
    }
    let cookies: Vec<_> = items(&event["cookies"]).map(text).collect();
    if !cookies.is_empty() {
        request = request.header("cookie", cookies.join("; "));
    }
    if event["body"].is_null() { request } else { request.body(text(&event["body"])) }
}

/// The same event with this bearer token for its only identity, or with none.
fn by(event: &Value, token: Option<&str>) -> Value {
    let mut event = event.clone();
    event["cookies"] = json!([]);
    event["headers"]["authorization"] = token.map_or(Value::Null, |token| json!(format!("Bearer {token}")));
    event
}

async fn ask_all(
    contract: &mut Contract,
    site: &Site,
    visitors: &[Option<(&str, String)>],
    addresses: impl IntoIterator<Item = impl AsRef<str>>,
) {
    for address in addresses {
        for visitor in visitors {
            let request = site.get(address.as_ref());
            let request = match visitor {
                Some((name, value)) => request.header(*name, value),
                None => request,
            };
            contract.ask(request).await;
        }
    }
}

#[tokio::test]
async fn every_answer_is_one_that_the_document_lists_and_every_one_it_lists_is_given() {
    let site = Site::start().await;
    e2e::load(&site.store, &more()).await;
    let mut contract = Contract::read();
    let everybody = visitors(&site).await;
    let (ada, gus) = (everybody[0].clone(), everybody[4].clone());
    let some = [ada, gus, everybody[8].clone(), None];
    let read = read_by_contacts(&contract.document);

    let wanted = LISTS.iter().chain(&TICKETS).map(|it| format!("/api/tickets{it}"));
    ask_all(&mut contract, &site, &everybody, wanted.chain(["/api/portal/access".into()])).await;
    ask_all(&mut contract, &site, &everybody, ["/tickets", "/tickets?company=gamma", "/tickets/tk-1"]).await;
    let long = [format!("?company={}", "x".repeat(1100))];
    let odd = || NOT_UNDERSTOOD.iter().copied().chain(long.iter().map(String::as_str));
    ask_all(&mut contract, &site, &some, odd().map(|it| format!("/api/tickets{it}"))).await;
    ask_all(&mut contract, &site, &some, odd().map(|it| format!("/tickets{it}"))).await;
    ask_all(
        &mut contract,
        &site,
        &everybody,
        TICKETS.map(|it| format!("/api/tickets{}/timeline", it.split('?').next().unwrap())),
    )
    .await;
    let people = ["/api", ""].map(|it| format!("{it}/tickets/tk-1/people"));
    ask_all(&mut contract, &site, &everybody, people.clone()).await;
    ask_all(&mut contract, &site, &some, people.map(|it| format!("{it}?x=1"))).await;
    ask_all(&mut contract, &site, &some, ["?cursor=x", "?x=1"].map(|it| format!("/api/tickets/tk-1/timeline{it}")))
        .await;
    ask_all(&mut contract, &site, &some, ["/api/portal/access?x=1", "/api/portal/access?="]).await;
    let talk = ["/api/tickets-space", "/api/tickets-space?limit=1", "/api/conversations/c-1", "/api/conversations/c-x"];
    ask_all(&mut contract, &site, &everybody, talk).await;
    let odd = ["?limit=0", "?cursor=x", "?x=1"].map(|it| format!("/api/tickets-space{it}"));
    ask_all(&mut contract, &site, &some, odd).await;

    unchanged(&mut contract, &site).await;
    later_pages(&mut contract, &site).await;
    too_many(&mut contract, &site).await;
    sessions(&mut contract, &site).await;
    teammates(&mut contract, &site).await;
    settings(&mut contract, &site).await;
    conversations(&mut contract, &site).await;
    pages(&mut contract, &site).await;
    readings(&mut contract, &site).await;
    reports(&mut contract).await;
    for (name, value) in [
        ("enabled", json!(false)),
        ("audience", json!([{"subject": "contact", "attribute": "id", "op": "is", "value": "bob"}])),
        ("visibility", json!({"restrict": true, "conditions": []})),
        ("sign_in_url", Value::Null),
    ] {
        let mut settings = scene::settings();
        settings[name] = value;
        e2e::load(&site.store, &[settings]).await;
        ask_all(&mut contract, &site, &some, &read).await;
    }
    without_resolved(&mut contract).await;
    too_large(&mut contract, &site).await;
    faults(&mut contract).await;

    contract.assert_all_seen();
    contract.assert_closed();
    assert!(contract.answers > 700, "{}", contract.answers);
}

async fn unchanged(contract: &mut Contract, site: &Site) {
    for (_, path) in &routes(&contract.document, |_, operation| lists(operation, 304)) {
        let token = if path.starts_with("/helpdesk") { site.teammate_token(scene::GRACE) } else { site.token("ada") };
        let get = || site.get(path).bearer_auth(&token);
        let (_, headers, _) = contract.ask(get()).await;
        let tag = headers["etag"].to_str().unwrap();
        assert_eq!(contract.ask(get().header("if-none-match", tag)).await.0, 304);
    }
}

async fn later_pages(contract: &mut Contract, site: &Site) {
    let (_, _, list) = contract.ask(site.get_as("cem", "/api/tickets?limit=2")).await;
    let next = format!("/api/tickets?cursor={}", list["next_cursor"].as_str().unwrap());
    assert_eq!(contract.ask(site.get_as("cem", &next)).await.0, 200);
    assert_eq!(contract.ask(site.get_as("cem", &format!("{next}&limit=1"))).await.0, 200);
    assert_eq!(contract.ask(site.get_as("ada", &next)).await.0, 400);
    let (_, _, space) = contract.ask(site.get_as("ada", "/api/tickets-space?limit=2")).await;
    let next = format!("/api/tickets-space?cursor={}", space["next_cursor"].as_str().unwrap());
    assert_eq!(contract.ask(site.get_as("ada", &next)).await.0, 200);
    assert_eq!(contract.ask(site.get_as("cem", &next)).await.0, 400);
}

/// More tickets than a file may have.
async fn too_many(contract: &mut Contract, site: &Site) {
    let small = site.exporting(1).await;
    assert_eq!(contract.ask(small.get_as("ada", "/api/tickets/export")).await.0, 422);
}

async fn sessions(contract: &mut Contract, site: &Site) {
    let post = |path: &str| site.request(Method::POST, path);
    let good = |who: &str| json!({"identity_token": site.token(who)});
    for who in ["ada", "cem", "nia", "zoë", "unheard-of"] {
        assert_eq!(contract.ask(post("/api/session").json(&good(who))).await.0, 204, "{who}");
    }
    for body in [json!({}), json!([]), json!({"identity_token": 1}), json!({"identity_token": "x", "more": 1})] {
        assert_eq!(contract.ask(post("/api/session").json(&body)).await.0, 400, "{body}");
    }
    assert_eq!(contract.ask(post("/api/session?x=1").json(&good("ada"))).await.0, 400);
    assert_eq!(contract.ask(post("/api/session").json(&json!({"identity_token": "x"}))).await.0, 401);
    assert_eq!(contract.ask(post("/api/session").json(&json!({"identity_token": "x".repeat(70_000)}))).await.0, 413);
    assert_eq!(contract.ask(post("/api/session").body("x")).await.0, 415);
    let end = |path: &str| site.request(Method::DELETE, path);
    assert_eq!(contract.ask(end("/api/session")).await.0, 204);
    assert_eq!(contract.ask(end("/api/session?x=1")).await.0, 400);
    assert_eq!(contract.ask(post("/sign-out")).await.0, 200);
    assert_eq!(contract.ask(post("/sign-out?x=1")).await.0, 400);
    for (name, value) in [("origin", "https://other.example".to_owned()), ("cookie", site.viewing("t-1", "ada"))] {
        for request in [post("/api/session").json(&good("ada")), end("/api/session"), post("/sign-out")] {
            assert_eq!(contract.ask(request.header(name, &value)).await.0, 403);
        }
    }
}

/// What teammates write, and answers that are not what they hoped for.
async fn teammates(contract: &mut Contract, site: &Site) {
    let empty = json!({"kind": "conversation", "id": "c-0", "participants": [], "parts": []});
    let mut parted = scene::conversation("c-9", &["ada"]);
    let part = |n| json!({"id": format!("p-{n}"), "type": "message", "author": {"contact": "ada"}, "body": "x", "at": format!("2026-11-02T09:00:{n:02}Z")});
    parted["parts"] = (0..60).map(part).collect();
    let two = |id| scene::conversation(id, &["ada", "bob"]);
    e2e::load(&site.store, &[empty, parted, two("c-2"), two("c-3"), two("c-4"), two("c-5")]).await;
    let new = json!({"type": "bug", "title": "New", "requester": "ada"});
    let with = |body: &Value, name: &str, value: Value| {
        let mut body = body.clone();
        body[name] = value;
        body
    };
    let ask = |method: &str, path: &str| site.desk(method.parse().unwrap(), path);

    let get = |path: &str| ask("GET", path);
    for (path, status) in [
        ("/tickets/tk-1", 200),
        ("/tickets/tk-6", 200),
        ("/tickets/tk-full", 200),
        ("/tickets/missing", 404),
        ("/tickets/similar?text=export+fails&requester=ada", 200),
        ("/tickets/similar", 400),
        ("/tickets/tk-1?x=1", 400),
        ("/tickets/tk-1/company", 200),
        ("/tickets/tk-5/company", 200),
        ("/tickets/tk-6/company", 200),
        ("/tickets/missing/company", 404),
        ("/tickets/tk-1/company?x=1", 400),
        ("/tickets/tk-1/company/preview?no_company=true", 200),
        ("/tickets/tk-5/company/preview?company=acme", 200),
        ("/tickets/tk-1/company/preview", 400),
        ("/tickets/tk-1/company/preview?company=beta", 422),
        ("/tickets/missing/company/preview?no_company=true", 404),
        ("/search", 200),
        ("/search?q=export&company=acme&state=submitted&type=bug&kind=ticket", 200),
        ("/search?no_company=true&kind=conversation", 200),
        ("/tickets/tk-1?history_cursor=x", 400),
        ("/tickets/tk-1?timeline_cursor=x", 400),
        ("/search?cursor=x", 400),
        ("/search?state=open", 400),
        ("/search?kind=contact", 400),
        ("/conversations/c-1", 200),
        ("/conversations/c-0", 200),
        ("/conversations/c-2", 200),
        ("/conversations/missing", 404),
        ("/conversations/c-1?cursor=x", 400),
        ("/conversations/c-1?x=1", 400),
        ("/companies?id=acme", 200),
        ("/companies?id=%C3%9Cn%C3%AF%2F%231%20%3F", 200),
        ("/companies?id=nowhere", 404),
        ("/companies", 400),
        ("/companies?id=acme&cursor=x", 400),
        ("/companies/tickets?id=acme", 200),
        ("/companies/tickets?id=gamma&state=submitted", 200),
        ("/companies/tickets?id=nowhere", 404),
        ("/companies/tickets", 400),
        ("/companies/tickets?id=acme&state=open", 400),
        ("/companies/tickets?id=acme&cursor=x", 400),
        ("/contacts?id=ada", 200),
        ("/contacts?id=eve", 200),
        ("/contacts?id=zo%C3%AB", 200),
        ("/contacts?id=nobody", 404),
        ("/contacts", 400),
        ("/contacts/find?q=a", 200),
        ("/contacts/find?q=acm", 200),
        ("/contacts/find", 200),
        ("/contacts/find?x=1", 400),
        ("/teammates", 200),
        ("/teammates?x=1", 400),
        ("/inbox", 200),
        ("/inbox?cursor=x", 400),
    ] {
        assert_eq!(contract.ask(get(path)).await.0, status, "{path}");
    }
    let (_, _, thread) = contract.ask(get("/conversations/c-9")).await;
    let next = format!("/conversations/c-9?cursor={}", thread["next_cursor"].as_str().unwrap());
    assert_eq!(contract.ask(get(&next)).await.0, 200);

    let created = |key: &str, body: &Value| ask("POST", "/tickets").header("idempotency-key", key).json(body);
    let (_, _, ticket) = contract.ask(created("k-1", &new)).await;
    assert_eq!(contract.ask(created("k-1", &new)).await.0, 200);
    assert_eq!(contract.ask(created("k-1", &with(&new, "title", json!("Other")))).await.0, 422);
    let full = json!({"type": "form", "title": "Full", "description": "All of it", "requester": "cem", "state": "doing",
        "attributes": {"text": "x", "decimal": 0.5, "boolean": true, "list": null}, "shared": true, "conversation": "c-4",
        "company": "beta", "assignee": scene::GRACE});
    assert_eq!(contract.ask(ask("POST", "/tickets").json(&full)).await.0, 201);
    let convert = |id: &str, key: &str, body: &Value| {
        ask("POST", &format!("/conversations/{id}/convert")).header("idempotency-key", key).json(body)
    };
    let conversion = json!({"type": "bug", "title": "New"});
    assert_eq!(contract.ask(convert("c-2", "k-2", &conversion)).await.0, 201);
    assert_eq!(contract.ask(convert("c-2", "k-2", &conversion)).await.0, 200);
    assert_eq!(contract.ask(convert("c-2", "k-2", &with(&conversion, "title", json!("Other")))).await.0, 422);
    assert_eq!(contract.ask(convert("c-2", "k-3", &conversion)).await.0, 409);
    let own = format!("/tickets/{}", ticket["id"].as_str().unwrap());
    let change = json!({"version": 1});
    let unfit = [
        ("company", json!("gamma")),
        ("type", json!("nothing")),
        ("state", json!("nothing")),
        ("requester", json!("nobody")),
        ("assignee", json!("nobody")),
        ("attributes", json!({"nothing": 1})),
        ("conversation", json!("nothing")),
    ];
    for (name, value) in &unfit {
        assert_eq!(contract.ask(ask("POST", "/tickets").json(&with(&new, name, value.clone()))).await.0, 422, "{name}");
        assert_eq!(contract.ask(ask("PATCH", &own).json(&with(&change, name, value.clone()))).await.0, 422, "{name}");
        if *name != "conversation" {
            assert_eq!(
                contract.ask(convert("c-3", "", &conversion).json(&with(&conversion, name, value.clone()))).await.0,
                400
            );
            let request = ask("POST", "/conversations/c-3/convert").json(&with(&conversion, name, value.clone()));
            assert_eq!(contract.ask(request).await.0, 422, "{name}");
        }
    }
    for (method, path, body, status) in [
        ("POST", "/tickets", with(&new, "conversation", json!("c-1")), 409),
        ("PATCH", &own, with(&change, "conversation", json!("c-1")), 409),
        ("PATCH", &own, json!({"version": 7}), 409),
        ("PATCH", "/tickets/missing", change.clone(), 404),
        ("PATCH", &own, with(&change, "conversation", json!("c-3")), 200),
        ("PUT", "/tickets/missing/company", json!({"company": null, "version": 1}), 404),
        ("PUT", "/tickets/tk-5/company", json!({"company": "gamma", "version": 1}), 422),
        ("PUT", "/tickets/tk-5/company", json!({"company": "acme", "version": 7}), 409),
        ("PUT", "/tickets/tk-5/company", json!({"company": "acme", "version": 1}), 200),
        ("PUT", "/tickets/tk-5/company", json!({"company": null, "version": 2}), 200),
        ("PUT", "/tickets/missing/duplicate", json!({"of": "tk-1", "version": 1}), 404),
        ("PUT", "/tickets/tk-3/duplicate", json!({"of": "tk-3", "version": 1}), 422),
        ("PUT", "/tickets/tk-3/duplicate", json!({"of": "#4711", "version": 1}), 422),
        ("PUT", "/tickets/tk-3/duplicate", json!({"of": "tk-1", "version": 7}), 409),
        ("PUT", "/tickets/tk-3/duplicate", json!({"of": "tk-1", "version": 1}), 200),
        ("PUT", "/tickets/tk-2/duplicate", json!({"of": "tk-3", "version": 1}), 409),
        ("PUT", "/tickets/tk-3/duplicate", json!({"of": null, "version": 2}), 200),
        ("POST", "/conversations/missing/convert", conversion.clone(), 404),
        ("POST", "/conversations/c-9/tickets/tk-6", json!({"company": "beta"}), 422),
        ("POST", "/conversations/c-9/tickets/tk-6", json!({}), 200),
        ("POST", "/conversations/missing/tickets/tk-6", json!({}), 404),
        ("POST", "/conversations/c-9/tickets/missing", json!({}), 404),
        ("POST", "/conversations/c-1/tickets/tk-6", json!({}), 409),
        ("POST", "/conversations/c-1/messages", json!({"body": "x", "client_id": "m"}), 201),
        ("POST", "/conversations/c-1/messages", json!({"body": "x", "client_id": "m"}), 200),
        ("POST", "/conversations/c-1/messages", json!({"body": "y", "client_id": "m"}), 422),
        ("POST", "/conversations/c-1/messages", json!({"body": "x", "client_id": "o", "seen": "p-0"}), 409),
        ("POST", "/conversations/missing/messages", json!({"body": "x", "client_id": "m"}), 404),
        ("POST", "/conversations/c-1/notes", json!({"body": "x", "client_id": "n"}), 201),
        ("POST", "/conversations/c-1/notes", json!({"body": "x", "client_id": "n"}), 200),
        ("POST", "/conversations/c-1/notes", json!({"body": "y", "client_id": "n"}), 422),
        ("POST", "/conversations/missing/notes", json!({"body": "x", "client_id": "n"}), 404),
        ("PUT", "/companies", json!({"id": "new", "name": "New", "attributes": {"plan": "gold"}}), 201),
        ("PUT", "/companies", json!({"id": "new", "name": "Newer"}), 200),
        ("PUT", "/contacts", json!({"id": "new", "email": "new@people.example", "companies": ["acme"]}), 201),
        ("PUT", "/contacts", json!({"id": "new", "name": null, "companies": [], "attributes": {"role": "admin"}}), 200),
        ("PUT", "/contacts", json!({"id": "new", "companies": ["nowhere"]}), 422),
    ] {
        assert_eq!(contract.ask(ask(method, path).json(&body)).await.0, status, "{method} {path} {body}");
    }
    assert_eq!(contract.ask(ask("POST", "/conversations/c-9/tickets/tk-6")).await.0, 200);
    for (query, status) in [("?contact=cem&company=acme", 204), ("?contact=cem&company=acme", 404), ("", 400)] {
        assert_eq!(contract.ask(ask("DELETE", &format!("/memberships{query}"))).await.0, status, "{query}");
    }
    for (query, status) in [("?contact=cem", 204), ("?contact=nobody", 404), ("", 400)] {
        assert_eq!(contract.ask(ask("DELETE", &format!("/sessions{query}"))).await.0, status, "{query}");
    }
    refused(contract, site, |route, _| route.contains("/api/helpdesk/")).await;
}

/// What teammates decide about the portal. Leaves it as it was, at version 3.
async fn settings(contract: &mut Contract, site: &Site) {
    let ask = |method: &str, path: &str, body: Value| {
        site.desk(method.parse().unwrap(), &format!("/settings{path}")).json(&body)
    };
    let wanted = |enabled: bool, version: u64| {
        json!({"enabled": enabled, "sign_in_url": "https://app.vendor.example/login?x=1", "brand": {"name": "Vendor"},
            "audience": [], "visibility": {"restrict": false, "conditions": []}, "version": version})
    };
    let mut unfit = wanted(true, 1);
    unfit["brand"] = json!({"color": "red"});
    let token = |token: &str| json!({"setting": "identity_verification", "identity_token": token});
    let plan = json!([{"subject": "company", "attribute": "plan", "op": "in", "value": ["gold"]}]);
    let mut blank = plan.clone();
    blank[0]["value"] = json!([]);
    for (method, path, body, status) in [
        ("POST", "/checks", token("x"), 200),
        ("PUT", "", wanted(false, 1), 200),
        ("PUT", "", wanted(true, 2), 422),
        ("PUT", "", unfit, 422),
        ("PUT", "", wanted(true, 1), 409),
        ("POST", "/checks", token(&site.token("ada")), 200),
        ("PUT", "", wanted(true, 2), 200),
        ("POST", "/checks", json!({"setting": "custom_domain"}), 200),
        ("POST", "/checks", json!({"setting": "everything"}), 400),
        ("POST", "/audience/preview", json!({"audience": []}), 200),
        ("POST", "/audience/preview", json!({"audience": plan, "limit": 3, "cursor": null}), 200),
        ("POST", "/audience/preview", json!({"audience": plan, "limit": 0}), 400),
        ("POST", "/audience/preview", json!({"audience": plan, "cursor": "x"}), 400),
        ("POST", "/audience/preview", json!({"audience": blank}), 422),
    ] {
        assert_eq!(contract.ask(ask(method, path, body.clone())).await.0, status, "{method} {path} {body}");
    }
    let (_, headers, begun) = contract.ask(ask("POST", "/checks", json!({"setting": "cookie_forwarding"}))).await;
    let cookie = headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let again = json!({"setting": "cookie_forwarding", "probe": begun["probe"]});
    assert_eq!(contract.ask(ask("POST", "/checks", again).header("cookie", cookie)).await.2["passed"], true);
    assert_eq!(contract.ask(site.desk(Method::GET, "/settings")).await.2["version"], 3);
    logo(contract).await;
}

/// The logo, in a portal whose settings are nobody else's.
async fn logo(contract: &mut Contract) {
    let site = scene().await;
    let image = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0crc!\0\0\0\0IEND\xaeB`\x82";
    let form = |version: u64, file: &[u8]| {
        let field = |name: &str| format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        let text = format!("{}upload\r\n{}{version}\r\n{}", field("do"), field("version"), field("logo"));
        let body = [text.as_bytes(), file, b"\r\n--edge--\r\n"].concat();
        let request = site.request(Method::POST, "/helpdesk/settings/logo").body(body);
        let request = request.header("content-type", "multipart/form-data; boundary=edge");
        request.bearer_auth(site.teammate_token(scene::GRACE))
    };
    for (version, file, status) in [(1, image.as_slice(), 303), (2, b"x", 422), (1, b"", 422), (9, image, 409)] {
        assert_eq!(contract.ask(form(version, file)).await.0, status, "{version}");
    }
    let url = contract.ask(site.desk(Method::GET, "/settings")).await.2["logo"].as_str().unwrap().to_owned();
    let path = url.strip_prefix(&site.origin).unwrap();
    assert_eq!(contract.ask(site.get(path)).await.0, 200);
    assert_eq!(contract.ask(site.get("/embed/logo/missing")).await.0, 404);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let unreachable = site.beside(&format!("http://{closed}")).await;
    assert_eq!(contract.ask(unreachable.get(path)).await.0, 503);
    let damaged = json!({"pk": {"S": "SETTINGS"}, "sk": {"S": "LOGO#x#"}, "image": {"B": "eA=="}});
    site.engine("PutItem", &json!({"TableName": "tickets", "Item": damaged})).await;
    assert_eq!(contract.ask(site.get("/embed/logo/x")).await.0, 500);
}

/// What customers read and write about a ticket.
async fn conversations(contract: &mut Contract, site: &Site) {
    let (_, _, thread) = contract.ask(site.get_as("ada", "/api/conversations/c-9")).await;
    let next = format!("/api/conversations/c-9?cursor={}", thread["next_cursor"].as_str().unwrap());
    for (who, path, status) in
        [("ada", next.as_str(), 200), ("abe", &next, 400), ("ada", "/api/conversations/c-5", 200)]
    {
        assert_eq!(contract.ask(site.get_as(who, path)).await.0, status, "{who} {path}");
    }
    let words = |body: &str| json!({"body": body, "client_id": "w"});
    for (who, path, body, status) in [
        ("zoë", "/conversations/c-1/messages", words("x"), 403),
        ("zoë", "/conversations/c-1/join", json!({}), 200),
        ("zoë", "/conversations/c-1/join", json!({}), 200),
        ("gus", "/conversations/c-1/join", json!({}), 404),
        ("zoë", "/conversations/c-1/messages", words("x"), 201),
        ("zoë", "/conversations/c-1/messages", words("x"), 200),
        ("zoë", "/conversations/c-1/messages", words("y"), 422),
        ("gus", "/conversations/c-1/messages", words("x"), 404),
        ("ada", "/tickets/tk-3/conversation", json!({}), 201),
        ("ada", "/tickets/tk-3/conversation", json!({}), 200),
        ("gus", "/tickets/tk-3/conversation", json!({}), 404),
    ] {
        let request = site.request(Method::POST, &format!("/api{path}")).bearer_auth(site.token(who));
        let request = if body == json!({}) { request } else { request.json(&body) };
        assert_eq!(contract.ask(request).await.0, status, "{who} {path} {body}");
    }
    let is_theirs =
        |route: &str, operation: &Value| operation["tags"] == json!(["conversations"]) && !route.starts_with("GET");
    refused(contract, site, |_, operation| operation["tags"] == json!(["conversations"])).await;
    for (route, event) in succeeding(contract, site, is_theirs).await {
        let looking = request(site, &by(&event, None)).header("cookie", site.viewing("t-1", "ada"));
        assert_eq!(contract.ask(looking).await.0, 403, "{route}");
    }
}

/// What pages and forms answer, one after the other, besides the events that succeed.
const PAGES: [(&str, &str, &str, u16); 82] = [
    ("GET", "/helpdesk/settings/team?done=saved", "", 200),
    ("POST", "/helpdesk/settings/team", "id=t-new&name=New", 303),
    ("POST", "/helpdesk/settings/team", "id=t-new&name=New", 422),
    ("POST", "/helpdesk/settings/team", "teammate=t-new&was=x&name=Newer", 409),
    ("POST", "/tickets/tk-p6/conversation/messages", "body=x&client_id=x", 404),
    ("POST", "/tickets/tk-p6/conversation/messages", "body=x&client_id=x&begin=true", 303),
    ("POST", "/tickets/tk-p4/conversation/messages", "body=x&client_id=x", 403),
    ("POST", "/tickets/tk-p4/conversation/messages", "body=x&client_id=x&begin=true", 303),
    ("POST", "/tickets/tk-4/conversation", "", 404),
    ("POST", "/tickets/tk-p1/conversation", "", 303),
    ("POST", "/tickets/tk-p1/conversation/messages", "body=x&client_id=x", 303),
    ("POST", "/tickets/tk-p1/conversation/messages", "body=y&client_id=x", 422),
    ("POST", "/tickets/tk-p1/conversation/messages", "body=&client_id=z", 400),
    ("GET", "/helpdesk/search?q=export&kind=ticket", "", 200),
    ("GET", "/helpdesk/search?cursor=x", "", 303),
    ("POST", "/helpdesk/tickets", "requester=ada&type=bug&title=New&company=automatic&key=k", 303),
    ("POST", "/helpdesk/tickets", "requester=ada&type=bug&title=Other&company=automatic&key=k", 422),
    ("POST", "/helpdesk/tickets", "type=bug&title=New", 400),
    ("POST", "/helpdesk/tickets", "title=New&requester_typed=ad&find=requester", 200),
    ("POST", "/helpdesk/tickets", "title=Export+fails&do=look", 200),
    ("GET", "/helpdesk/tickets/tk-p2?done=saved", "", 200),
    ("POST", "/helpdesk/tickets/tk-p2", "version=1&title=New&was.title=x", 303),
    ("POST", "/helpdesk/tickets/tk-p2", "version=1&requester_typed=be&find=requester", 200),
    ("POST", "/helpdesk/tickets/tk-p2/company", "company=acme&version=2", 303),
    ("POST", "/helpdesk/tickets/tk-p3/messages", "body=x&client_id=x&as=reply&then=&seen=p-1", 303),
    ("POST", "/helpdesk/tickets/tk-p1/messages", "body=y&client_id=n&seen=p-0", 409),
    ("POST", "/helpdesk/conversations/c-p3/messages", "body=y&client_id=n&seen=p-0", 409),
    ("POST", "/helpdesk/tickets/tk-p3/messages", "body=y&client_id=x", 422),
    ("POST", "/helpdesk/tickets/tk-p3/messages", "body=&client_id=z&as=note", 400),
    ("POST", "/helpdesk/tickets/tk-p2", "version=9&title=Newer&was.title=x", 409),
    ("POST", "/helpdesk/tickets/tk-p2", "version=2&type=nothing&was.type=x", 422),
    ("POST", "/helpdesk/tickets/tk-p2", "title=Newer&was.title=x", 400),
    ("POST", "/helpdesk/tickets/tk-p2", "version=9", 303),
    ("POST", "/helpdesk/tickets/tk-p6/duplicate", "of=", 400),
    ("POST", "/helpdesk/tickets/tk-p6/duplicate", "of=tk-p6&version=1", 422),
    ("POST", "/helpdesk/tickets/tk-p6/duplicate", "of=tk-p1&version=99", 409),
    ("GET", "/helpdesk/tickets/tk-p2/company?company=beta", "", 422),
    ("GET", "/helpdesk/tickets/tk-p2/company?no_company=true", "", 200),
    ("GET", "/helpdesk/tickets/tk-p2/company", "", 400),
    ("POST", "/helpdesk/tickets/tk-p2/company", "company=acme&version=1", 409),
    ("POST", "/helpdesk/tickets/tk-p3/company", "company=beta&version=1", 422),
    ("POST", "/helpdesk/tickets/tk-p2/company", "company=acme", 400),
    ("GET", "/helpdesk/conversations/c-p1?cursor=x", "", 303),
    ("POST", "/helpdesk/conversations/c-p1/messages", "body=x&client_id=x", 303),
    ("POST", "/helpdesk/conversations/c-p1/messages", "body=y&client_id=x", 422),
    ("POST", "/helpdesk/conversations/c-p1/messages", "body=x&client_id=y&as=note", 303),
    ("POST", "/helpdesk/conversations/c-p1/notes", "body=z&client_id=z", 303),
    ("POST", "/helpdesk/conversations/c-p1/notes", "body=w&client_id=z", 422),
    ("POST", "/helpdesk/conversations/c-p1/notes", "body=&client_id=v", 400),
    ("GET", "/helpdesk/companies/tickets?id=acme&type=bug&creator=ada&sort=title&order=asc", "", 200),
    ("POST", "/helpdesk/conversations/c-p2/convert", "type=bug&title=New&company=automatic&key=c", 303),
    ("POST", "/helpdesk/conversations/c-p2/convert", "type=bug&title=New&company=automatic&key=d", 409),
    ("GET", "/helpdesk/conversations/c-p4", "", 200),
    ("POST", "/helpdesk/conversations/c-p4/convert", "title=Export+fails&do=look", 200),
    ("POST", "/helpdesk/conversations/c-p4/convert", "type=nothing&title=New&company=automatic", 422),
    ("POST", "/helpdesk/conversations/c-p4/convert", "title=New&company=automatic", 400),
    ("POST", "/helpdesk/conversations/c-p4/ticket", "ticket=tk-1", 409),
    ("POST", "/helpdesk/conversations/c-p4/ticket", "ticket=%23123456", 404),
    ("GET", "/helpdesk/companies", "", 200),
    ("GET", "/helpdesk/companies?q=a", "", 200),
    ("GET", "/helpdesk/companies?id=nowhere", "", 404),
    ("GET", "/helpdesk/companies/tickets?id=nowhere", "", 404),
    ("GET", "/helpdesk/people?q=ada", "", 200),
    ("GET", "/helpdesk/people?id=nobody", "", 404),
    ("GET", "/helpdesk/settings?done=saved", "", 200),
    ("POST", "/helpdesk/settings", "version=3&do=save&enabled=true&name=Vendor", 303),
    ("POST", "/helpdesk/settings", "version=9&do=save", 409),
    ("POST", "/helpdesk/settings", "version=4&do=save&color=red", 422),
    ("POST", "/helpdesk/settings", "version=4&do=preview", 200),
    ("POST", "/helpdesk/settings", "do=save", 400),
    ("GET", "/helpdesk/settings/types?done=saved", "", 200),
    ("POST", "/helpdesk/settings/types", "type=bug&name=Bug&was=another", 409),
    ("POST", "/helpdesk/settings/types", "type=nothing&name=x", 422),
    ("POST", "/helpdesk/settings/types", "type=bug&other=x", 400),
    ("GET", "/helpdesk/settings/states?done=saved", "", 200),
    ("POST", "/helpdesk/settings/states", "state=new&internal_label=x&was=another", 409),
    ("POST", "/helpdesk/settings/states", "state=nothing&internal_label=x", 422),
    ("POST", "/helpdesk/settings/states", "internal_label=x&category=none", 400),
    ("POST", "/helpdesk/settings/checks", "setting=cookie_forwarding", 303),
    ("POST", "/helpdesk/settings/checks", "setting=nothing", 400),
    ("GET", "/helpdesk/settings?checked=cookie_forwarding", "", 200),
    ("POST", "/helpdesk/view-as", "contact=nobody", 404),
];

/// A request for a page, or of a form on one, by somebody who may use it.
fn page(site: &Site, method: &str, path: &str, form: &str) -> RequestBuilder {
    let token = if path.starts_with("/helpdesk") { site.teammate_token(scene::GRACE) } else { site.token("ada") };
    let request = site.request(method.parse().unwrap(), path).bearer_auth(token);
    if method == "GET" { request } else { request.header("content-type", FORM).body(form.to_owned()) }
}

async fn pages(contract: &mut Contract, site: &Site) {
    // An id that is too long to look as, for a teammate whose own id is as long.
    let longest = "\u{1}".repeat(256);
    let mut lines = vec![json!({"kind": "contact", "id": longest, "companies": []})];
    lines.extend(["c-p1", "c-p2", "c-p3", "c-p4"].map(|id| scene::conversation(id, &["ada"])));
    let ticket = |(n, id)| scene::ticket(id, n, Some("acme"), "ada", "new", "2026-11-01T00:00:00Z");
    lines.extend((70..).zip(["tk-p1", "tk-p2", "tk-p3"]).map(ticket));
    let mut joined = scene::ticket("tk-p4", 74, Some("acme"), "abe", "new", "2026-11-01T00:00:00Z");
    joined["conversation"] = json!("c-p5");
    let mut own = scene::ticket("tk-p5", 75, None, "nia", "new", "2026-11-01T00:00:00Z");
    own["conversation"] = json!("c-p6");
    lines.extend([scene::conversation("c-p5", &["abe"]), joined, scene::conversation("c-p6", &["nia"]), own]);
    lines.push(ticket((76, "tk-p6")));
    e2e::load(&site.store, &lines).await;
    // Whoever may not enter the portal has the conversation alone.
    assert_eq!(contract.ask(site.get_as("nia", "/tickets/tk-p5/conversation")).await.0, 200);
    // Signing out takes no identity.
    refused(contract, site, |_, operation| is_page(operation) && operation["security"] != json!([])).await;
    let untouched = scene().await;
    for (route, event) in succeeding(contract, site, |_, operation| is_page(operation)).await {
        // What one event changes must not get in the way of another.
        let own = if route.starts_with("GET") { None } else { Some(scene().await) };
        let status = contract.ask(request(own.as_ref().unwrap_or(&untouched), &event)).await.0;
        assert!(matches!(status, 200 | 303), "{route}: {status}");
    }
    for (method, path, form, status) in PAGES {
        assert_eq!(contract.ask(page(site, method, path, form)).await.0, status, "{method} {path} {form}");
    }
    let form = format!("contact={}", "%01".repeat(256));
    let request = page(site, "POST", "/helpdesk/view-as", &form);
    let (client, request) = request.build_split();
    let mut request = request.unwrap();
    let token = format!("Bearer {}", site.teammate_token(&longest));
    request.headers_mut().insert("authorization", token.parse().unwrap());
    let request = RequestBuilder::from_parts(client, request);
    assert_eq!(contract.ask(request).await.0, 422);
}

/// What every one of these routes refuses.
async fn refused(contract: &mut Contract, site: &Site, these: impl Fn(&str, &Value) -> bool) {
    let desk = site.signing_in_at("https://staff.vendor.example/login").await;
    for (route, event) in succeeding(contract, site, these).await {
        let operation = operations(&contract.document)[&route].clone();
        let (is_page, has_body) = (is_page(&operation), !operation["requestBody"].is_null());
        let (method, path) = route.split_once(' ').unwrap();
        let nobody = request(&desk, &by(&event, None));
        let sent_to_sign_in = is_page && method == "GET";
        assert_eq!(contract.ask(nobody).await.0, if sent_to_sign_in { 303 } else { 401 }, "{route}");
        let other = if path.contains("/helpdesk") { site.token("ada") } else { site.teammate_token("t-1") };
        for token in ["forged", &other] {
            assert_eq!(contract.ask(request(site, &by(&event, Some(token)))).await.0, 401, "{route}");
        }
        let changed = |name: &str, value: String| {
            let mut event = event.clone();
            event[name] = json!(value);
            event
        };
        let query = event["rawQueryString"].as_str().unwrap();
        let joint = if query.is_empty() { "" } else { "&" };
        let unknown = changed("rawQueryString", format!("{query}{joint}x=1"));
        assert_eq!(contract.ask(request(site, &unknown)).await.0, 400, "{route}");
        let missing = path.replace("{ticket_id}", "missing").replace("{conversation_id}", "missing");
        if missing != path {
            assert_eq!(contract.ask(request(site, &changed("rawPath", missing))).await.0, 404, "{route}");
        }
        if method != "GET" {
            let elsewhere = request(site, &event).header("origin", "https://other.example");
            assert_eq!(contract.ask(elsewhere).await.0, 403, "{route}");
        }
        if has_body {
            if !is_page {
                let mut list = changed("body", "[]".into());
                list["headers"]["content-type"] = json!("application/json");
                assert_eq!(contract.ask(request(site, &list)).await.0, 400, "{route}");
            }
            let long = changed("body", "x".repeat(1_100_000));
            assert_eq!(contract.ask(request(site, &long)).await.0, 413, "{route}");
            let mut plain = changed("body", "x".into());
            plain["headers"]["content-type"] = json!("text/plain");
            assert_eq!(contract.ask(request(site, &plain)).await.0, 415, "{route}");
        }
    }
}

async fn readings(contract: &mut Contract, site: &Site) {
    let read = |id: &str| site.request(Method::PUT, &format!("/api/tickets/{id}")).bearer_auth(site.token("ada"));
    assert_eq!(contract.ask(read("tk-1/read")).await.0, 204);
    assert_eq!(contract.ask(read("tk-1/read?x=1")).await.0, 400);
    assert_eq!(contract.ask(site.request(Method::PUT, "/api/tickets/tk-1/read")).await.0, 401);
    assert_eq!(contract.ask(read("tk-1/read").header("origin", "https://other.example")).await.0, 403);
    assert_eq!(contract.ask(read("missing/read")).await.0, 404);
}

/// What contacts report and make of tickets, in a portal where they may.
async fn reports(contract: &mut Contract) {
    const OWN: [&str; 5] = ["/api/report", "/api/tickets/similar", "/private", "/follow", "POST /api/tickets"];
    let site = scene().await;
    let is_theirs = |route: &str| OWN.iter().any(|own| route.ends_with(own)) && route.contains("/api/");
    refused(contract, &site, |route, _| is_theirs(route)).await;
    let new = json!({"type": "bug", "title": "New"});
    let post =
        |who: &str, body: &Value| site.request(Method::POST, "/api/tickets").bearer_auth(site.token(who)).json(body);
    let keyed = |key: &str, body: &Value| post("ada", body).header("idempotency-key", key);
    let with = |name: &str, value: Value| {
        let mut body = new.clone();
        body[name] = value;
        body
    };
    for (request, status) in [
        (keyed("k-1", &new), 201),
        (keyed("k-1", &new), 200),
        (keyed("k-1", &with("title", json!("Other"))), 422),
        (post("ada", &with("type", json!("task"))), 422),
        (post("ada", &with("company", json!("beta"))), 422),
        (post("ada", &with("attributes", json!({"canary-attribute": "x"}))), 422),
        (post("ada", &with("title", json!(" "))), 400),
        (post("cem", &with("company", json!("beta"))), 201),
        (post("gus", &with("private", json!(true))), 201),
    ] {
        assert_eq!(contract.ask(request).await.0, status);
    }
    let put = |who: &str, path: &str, body: Value| {
        site.request(Method::PUT, &format!("/api/tickets/{path}")).bearer_auth(site.token(who)).json(&body)
    };
    for (request, status) in [
        (put("ada", "tk-1/private", json!({"private": true, "version": 99})), 409),
        (put("abe", "tk-1/private", json!({"private": true})), 403),
        (put("ada", "tk-1/private", json!({"private": true, "version": 1})), 200),
        (put("abe", "tk-1/follow", json!({"following": true})), 404),
        (put("ada", "tk-2/follow", json!({"following": true})), 200),
        (put("ada", "tk-2/follow", json!({"following": false})), 200),
    ] {
        assert_eq!(contract.ask(request).await.0, status);
    }
    let get = |who: &str, path: &str| site.get_as(who, path);
    for (request, status) in [
        (get("cem", "/api/report"), 200),
        (get("ada", "/api/tickets/similar?text=export+fails"), 200),
        (get("ada", "/api/tickets/similar?text=export&company=acme"), 200),
        (get("ada", "/api/tickets/similar?text=export&company=beta"), 404),
        (get("ada", "/api/tickets/similar"), 400),
    ] {
        assert_eq!(contract.ask(request).await.0, status);
    }
    let viewing = site.viewing("t-1", "ada");
    for path in ["private", "follow"] {
        let body = if path == "private" { json!({"private": true}) } else { json!({"following": true}) };
        let request = site.request(Method::PUT, &format!("/api/tickets/tk-1/{path}")).json(&body);
        assert_eq!(contract.ask(request.header("cookie", &viewing)).await.0, 403);
    }
    let request = site.request(Method::POST, "/api/tickets").json(&new).header("cookie", &viewing);
    assert_eq!(contract.ask(request).await.0, 403);
    // One person's 30 in a minute, or a few more where the machine's clock goes on to the next one.
    for _ in 0..60 {
        if post("abe", &new).send().await.unwrap().status() == 429 {
            break;
        }
    }
    assert_eq!(contract.ask(post("abe", &new)).await.0, 429);
    let form = |title: &str| page_by(&site, &site.token("abe"), &format!("title={title}&type=bug&key=f-{title}"));
    assert_eq!(contract.ask(form("x")).await.0, 429);
    let form = |more: &str| page_by(&site, &site.token("cem"), &format!("title=x&type=bug{more}"));
    for (more, status) in [("", 422), ("&company=company:acme", 303), ("&do=look", 200), ("&other=x", 400)] {
        assert_eq!(contract.ask(form(more)).await.0, status, "{more}");
    }

    let everybody = ["ada", "gus", "nia", "eve", "unheard-of"];
    for (name, value) in [
        ("reporting", json!(true)),
        ("reporting", json!(false)),
        ("enabled", json!(false)),
        ("audience", json!([{"subject": "contact", "attribute": "id", "op": "is", "value": "bob"}])),
    ] {
        let mut settings = scene::reporting();
        settings[name] = value;
        e2e::load(&site.store, &[settings]).await;
        for who in everybody {
            contract.ask(get(who, "/api/report")).await;
            contract.ask(get(who, "/api/tickets/similar?text=export")).await;
            contract.ask(get(who, "/tickets/new")).await;
            contract.ask(post(who, &new)).await;
        }
    }
}

/// The form for a new ticket.
fn page_by(site: &Site, token: &str, form: &str) -> RequestBuilder {
    let request = site.request(Method::POST, "/tickets/new").bearer_auth(token);
    request.header("content-type", FORM).body(form.to_owned())
}

/// A workspace that has no state in which a ticket is resolved.
async fn without_resolved(contract: &mut Contract) {
    let site = scene().await;
    let items = site.items().await;
    let mut catalog = items.values().find_map(|it| it["state#done"].is_object().then(|| it.clone())).unwrap();
    catalog.as_object_mut().unwrap().remove("state#done");
    site.engine("PutItem", &json!({"TableName": "tickets", "Item": catalog})).await;
    let last = json!({"body": "That was it.", "client_id": "w", "then": "resolve"});
    let message = site.desk(Method::POST, "/conversations/c-1/messages").json(&last);
    assert_eq!(contract.ask(message).await.0, 422);
}

async fn too_large(contract: &mut Contract, site: &Site) {
    let routes: Vec<_> = operations(&contract.document).into_keys().collect();
    for route in routes {
        let (method, path) = route.split_once(' ').unwrap();
        let request = site.request(method.parse().unwrap(), &address(path));
        assert_eq!(contract.ask(request.header("x-padding", "x".repeat(10_240))).await.0, 431, "{route}");
    }
}

/// A database that does not answer, and one with a record in it that cannot be read.
async fn faults(contract: &mut Contract) {
    let site = scene().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let unreachable = site.beside(&format!("http://{closed}")).await;
    let is_later = |operation: &Value| is_page(operation) || operation["tags"] == json!(["settings"]);
    let mut later = succeeding(contract, &site, |_, operation| lists(operation, 503) && is_later(operation)).await;
    let mut first = succeeding(contract, &site, |_, operation| lists(operation, 503) && !is_later(operation)).await;
    // A note that was written before is looked up first.
    let note = |(route, _): &&(String, Value)| route.ends_with("/api/helpdesk/conversations/{conversation_id}/notes");
    assert_eq!(contract.ask(request(&site, &first.iter().find(note).unwrap().1)).await.0, 201);
    // A search within a company would not come across a damaged item that has none.
    let search = first.iter_mut().find(|(route, _)| route.ends_with("/search")).unwrap();
    search.1["rawQueryString"] = json!("");
    // Without a ticket that was handed out this checks nothing.
    let grace = domain::id::TeammateId::new("t-1").unwrap();
    let ticket = portal_settings::probe::start(&site.app(&site.origin), &grace).unwrap().ticket;
    let cookie = later.iter_mut().find(|(route, _)| route.ends_with("/checks/cookie")).unwrap();
    cookie.1["rawQueryString"] = json!(format!("probe={ticket}"));

    let items = site.items().await;
    for key in [r#""CONTACT#ada#" "CONTACT""#, r#""COMPANY#acme#" "COMPANY""#, r#""TICKET#tk-1#" "BODY""#] {
        damage(&site, &items[key]).await;
    }
    // The inbox reads what the marks of tickets have of them, and finds it through an index.
    for mark in items.iter().filter(|(key, _)| key.ends_with(r#" "MARK""#)).map(|(_, item)| item) {
        let unreadable = |name: &String| !["pk", "sk", "view"].contains(&name.as_str()) && !name.starts_with("by_");
        let item: serde_json::Map<_, _> = mark
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.clone(), if unreadable(name) { json!({"BOOL": true}) } else { value.clone() }))
            .collect();
        site.engine("PutItem", &json!({"TableName": "tickets", "Item": item})).await;
    }
    let unreadable =
        json!({"pk": {"S": "SETTINGS"}, "sk": {"S": "TEAMMATE#t-x#"}, "id": {"S": "t-x"}, "name": {"N": "1"}});
    site.engine("PutItem", &json!({"TableName": "tickets", "Item": unreadable})).await;
    for (_, done) in items.iter().filter(|(key, _)| key.starts_with(r#""REQUEST#"#)) {
        damage(&site, done).await;
    }
    for (site, status) in [(&unreachable, 503), (&site, 500)] {
        assert_all(contract, site, &first, status).await;
    }
    damage(&site, &items[r#""SETTINGS" "SETTINGS""#]).await;
    for (site, status) in [(&unreachable, 503), (&site, 500)] {
        assert_all(contract, site, &later, status).await;
    }
}

async fn assert_all(contract: &mut Contract, site: &Site, events: &[(String, Value)], expected: u16) {
    let mut others = Vec::new();
    for (route, event) in events {
        let status = contract.ask(request(site, event)).await.0;
        others.extend((status != expected).then(|| format!("{route}: {status}")));
    }
    assert!(others.is_empty(), "{expected} everywhere, but {others:?}");
}

/// Puts nonsense into the numbers of an item, and takes away what it must have.
async fn damage(site: &Site, item: &Value) {
    let nonsense = json!({"S": "not a number"});
    let item = json!({"pk": item["pk"], "sk": item["sk"], "id": item["id"].as_object().map_or(json!({"S": "x"}), |it| json!(it)),
        "session_epoch": nonsense, "changes": nonsense, "version": nonsense});
    site.engine("PutItem", &json!({"TableName": "tickets", "Item": item})).await;
}
