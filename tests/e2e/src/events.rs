//! What API Gateway (HTTP API, payload 2.0) hands to functions: the files of `events/`, made of the examples and the
//! `x-events` of `docs/openapi.yaml`, in the shape that `sam local generate-event apigateway http-api-proxy` prints.

use crate::{
    openapi::{fields, items, operations, resolved, written},
    template::{routes, template},
};
use form_urlencoded::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_yaml_ng::{Mapping, Value as Yaml};
use std::{collections::BTreeMap, fmt::Write, path::PathBuf};

const HOST: &str = "help.example.com";
const ADDRESS: &str = "203.0.113.7";
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const BACKEND: &str = "vendor-backend/4.2";

/// An event, and what becomes of it.
#[derive(Debug)]
pub struct Made {
    /// Of its file.
    pub name: String,
    /// The route key that it comes by.
    pub route: String,
    /// What it is answered with, once there are tokens in place of the placeholders.
    pub status: u16,
    /// Its file.
    pub text: String,
}

/// What the document says of an event.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    status: u16,
    /// Values of the operation's parameters by name, in the path, the query or a header.
    #[serde(default)]
    parameters: Mapping,
    /// In place of the operation's body: as JSON or a form, or as it is when it is text.
    body: Option<Yaml>,
    /// Laid over the operation's body.
    #[serde(default)]
    fields: Mapping,
    /// The security scheme, or `none`.
    security: Option<String>,
    /// In place of the scheme's.
    token: Option<String>,
    /// The page that sends it, when it is not the portal's.
    origin: Option<String>,
    /// For no operation: the method, unless it is `GET`, and the path.
    method: Option<String>,
    path: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    version: &'static str,
    route_key: String,
    raw_path: String,
    raw_query_string: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cookies: Vec<String>,
    headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    query_string_parameters: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    path_parameters: BTreeMap<String, String>,
    request_context: RequestContext,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    is_base64_encoded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    account_id: &'static str,
    api_id: &'static str,
    domain_name: &'static str,
    domain_prefix: &'static str,
    http: Http,
    request_id: &'static str,
    route_key: String,
    stage: &'static str,
    time: &'static str,
    time_epoch: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Http {
    method: String,
    path: String,
    protocol: &'static str,
    source_ip: &'static str,
    user_agent: &'static str,
}

/// Every event that the document asks for.
pub fn made() -> Vec<Made> {
    let written = written();
    let document = serde_json::to_value(&written).unwrap();
    let mut all = Vec::new();
    for (name, example) in examples(&written) {
        all.push(made_of(&document, None, name, example));
    }
    for (route, operation) in operations(&document) {
        let (method, path) = route.split_once(' ').unwrap();
        let written = &written["paths"][path][method.to_lowercase()];
        for (name, example) in examples(written) {
            all.push(made_of(&document, Some((&route, operation, written)), name, example));
        }
    }
    all
}

fn examples(written: &Yaml) -> BTreeMap<String, Example> {
    let Some(events) = written.get("x-events") else { return BTreeMap::new() };
    serde_yaml_ng::from_value(events.clone()).unwrap_or_else(|error| panic!("{events:?}: {error}"))
}

/// The operation is its route key, and itself in the two forms of the document.
fn made_of(document: &Value, operation: Option<(&String, &Value, &Yaml)>, name: String, example: Example) -> Made {
    let (route, method, mut path) = match operation {
        Some((route, ..)) => {
            let (method, path) = route.split_once(' ').unwrap();
            (route.clone(), method.to_owned(), path.to_owned())
        }
        None => ("$default".into(), example.method.unwrap_or_else(|| "GET".into()), example.path.unwrap()),
    };
    let (is_api, is_script) = (path.starts_with("/api/"), path.ends_with(".js"));
    let mut headers = BTreeMap::new();

    let mut given = example.parameters;
    let (mut path_parameters, mut query) = (BTreeMap::new(), Vec::new());
    for parameter in operation.iter().flat_map(|it| items(&it.1["parameters"])).map(|it| resolved(document, it)) {
        let parameter_name = parameter["name"].as_str().unwrap();
        let value = given.remove(parameter_name).map(|it| text(&it));
        match parameter["in"].as_str().unwrap() {
            "path" => {
                let value = value.or_else(|| parameter["example"].as_str().map(str::to_owned));
                let value = value.unwrap_or_else(|| panic!("{name} lacks {parameter_name}"));
                path = path.replace(&format!("{{{parameter_name}}}"), &value);
                path_parameters.insert(parameter_name.to_owned(), value);
            }
            "query" => query.extend(value.map(|value| (parameter_name.to_owned(), value))),
            _ => headers.extend(value.map(|value| (parameter_name.to_lowercase(), value))),
        }
    }
    assert!(given.is_empty(), "{name} has parameters that its operation does not: {given:?}");

    let has_form = method == "POST" && !is_api;
    let content_type = if has_form { "application/x-www-form-urlencoded" } else { "application/json" };
    let invited = operation.and_then(|it| it.2.get("requestBody")).map(|it| &it["content"][content_type]["example"]);
    let mut body = example.body.or_else(|| invited.cloned());
    if let Some(Yaml::Mapping(body)) = &mut body {
        body.extend(example.fields);
    }
    let body = match body {
        Some(Yaml::String(raw)) => Some(raw),
        Some(Yaml::Mapping(fields)) if has_form => Some(form(&fields)),
        Some(body) => Some(serde_json::to_string(&body).unwrap()),
        // What a browser sends by a form without fields.
        None => has_form.then(String::new),
    };
    if body.is_some() {
        headers.insert("content-type".into(), content_type.into());
    }
    headers.insert("content-length".into(), body.as_ref().map_or(0, String::len).to_string());

    let mut cookies = Vec::new();
    let schemes = &document["components"]["securitySchemes"];
    let known = operation.map(|it| it.1).and_then(|it| it.get("security")).unwrap_or(&document["security"]);
    let first_cookie = || items(known).flat_map(fields).map(|it| it.0.clone()).find(|it| schemes[it]["in"] == "cookie");
    let mut is_backend = false;
    if let Some(scheme) = example.security.or_else(first_cookie).filter(|it| it != "none") {
        let scheme = &schemes[scheme];
        let token = example.token.as_deref().or(scheme["x-token"].as_str()).unwrap();
        if let Some(cookie) = scheme["name"].as_str() {
            cookies = vec!["locale=en".into(), format!("{cookie}={token}")];
        } else {
            is_backend = true;
            headers.insert("authorization".into(), format!("Bearer {token}"));
        }
    }
    let user_agent = if is_backend { BACKEND } else { BROWSER };
    let accept = match (is_api, is_script) {
        (true, _) => "application/json",
        (_, true) => "*/*",
        _ => "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    };
    for (name, value) in [
        ("accept", accept),
        ("accept-encoding", "gzip, deflate, br"),
        ("host", HOST),
        ("user-agent", user_agent),
        ("x-amzn-trace-id", "Root=1-6ae85f21-0123456789abcdef01234567"),
        ("x-forwarded-for", ADDRESS),
        ("x-forwarded-port", "443"),
        ("x-forwarded-proto", "https"),
    ] {
        headers.insert(name.into(), value.into());
    }
    if !is_backend {
        let own = format!("https://{HOST}");
        let page = example.origin.clone().unwrap_or_else(|| own.clone());
        let site = match page.as_str() {
            page if page == own => "same-origin",
            page if page.ends_with(".example.com") => "same-site",
            _ => "cross-site",
        };
        let (destination, mode) = match (is_api, is_script) {
            (true, _) => ("empty", "cors"),
            (_, true) => ("script", "cors"),
            _ => ("document", "navigate"),
        };
        headers.insert("accept-language".into(), "en-GB,en;q=0.8".into());
        headers.insert("sec-fetch-dest".into(), destination.into());
        headers.insert("sec-fetch-mode".into(), mode.into());
        headers.insert("sec-fetch-site".into(), site.into());
        if method != "GET" || example.origin.is_some() {
            headers.insert("origin".into(), page);
        }
    }

    let event = Event {
        version: "2.0",
        route_key: route.clone(),
        raw_path: path.clone(),
        raw_query_string: Serializer::new(String::new()).extend_pairs(&query).finish(),
        cookies,
        headers,
        query_string_parameters: query.into_iter().collect(),
        path_parameters,
        request_context: RequestContext {
            account_id: "123456789012",
            api_id: "a1b2c3d4e5",
            domain_name: HOST,
            domain_prefix: "help",
            http: Http { method, path, protocol: "HTTP/1.1", source_ip: ADDRESS, user_agent },
            request_id: "TkPrtl01PHcESHA=",
            route_key: route.clone(),
            stage: "$default",
            time: "02/Nov/2026:10:00:00 +0000",
            time_epoch: 1_793_613_600_000,
        },
        body,
        is_base64_encoded: false,
    };
    let text = serde_json::to_string_pretty(&event).unwrap() + "\n";
    Made { name, route, status: example.status, text }
}

fn form(fields: &Mapping) -> String {
    Serializer::new(String::new()).extend_pairs(fields.iter().map(|(name, value)| (text(name), text(value)))).finish()
}

/// A value as a query or a form has it.
fn text(value: &Yaml) -> String {
    value.as_str().map_or_else(|| serde_json::to_string(value).unwrap(), str::to_owned)
}

/// The folder.
pub fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../events"))
}

/// Every file of the folder that the document decides about, by name.
pub fn files() -> BTreeMap<String, String> {
    let made = made();
    let readme = with_table(&std::fs::read_to_string(folder().join("README.md")).unwrap(), &table(&made));
    let events = made.into_iter().map(|it| (it.name + ".json", it.text));
    events.chain([("README.md".into(), readme)]).collect()
}

/// The readme with this table between the marks of the one that it has.
fn with_table(readme: &str, table: &str) -> String {
    const MARKS: [&str; 2] = ["<!-- made by `cargo run -p e2e --bin events` -->\n", "<!-- end of what is made -->\n"];
    let (before, rest) = readme.split_once(MARKS[0]).unwrap();
    let (_, after) = rest.split_once(MARKS[1]).unwrap();
    format!("{before}{}{table}{}{after}", MARKS[0], MARKS[1])
}

fn table(made: &[Made]) -> String {
    let template = template();
    let mut table = String::from("| route | function | events, and how they are answered |\n|---|---|---|\n");
    for (route, (function, _)) in routes(&template) {
        let events = made.iter().filter(|it| it.route == route);
        let events: Vec<_> = events.map(|it| format!("`{}` {}", it.name, it.status)).collect();
        writeln!(table, "| `{route}` | {function} | {} |", events.join(" · ")).unwrap();
    }
    table
}
