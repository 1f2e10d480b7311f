//! What API Gateway (HTTP API, payload 2.0) hands to functions: the files of `events/`, made from the examples and the
//! `x-events` of `docs/openapi.yaml`, in the shape that `sam local generate-event apigateway http-api-proxy` prints.

use crate::{
    openapi::{fields, items, operations, resolved, written},
    template::{routes, template},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use form_urlencoded::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_yaml_ng::{Mapping, Value as Yaml};
use std::{collections::BTreeMap, fmt::Write, path::PathBuf};

const HOST: &str = "help.example.com";
const ADDRESS: &str = "203.0.113.7";
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const FILE_FORM: &str = "multipart/form-data";
/// What stands between the fields of such a form.
const EDGE: &str = "----formdata-0123456789";
const BACKEND: &str = "vendor-backend/4.2";

/// An event, and what becomes of it.
#[derive(Debug)]
pub struct Made {
    /// The name of its file.
    pub name: String,
    /// The route key that it comes by.
    pub route: String,
    /// What it is answered with, once there are tokens in place of the placeholders.
    pub status: u16,
    /// The text of its file.
    pub text: String,
}

/// What the document says about an event.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    status: u16,
    /// Values of the operation's parameters by name, in the path, the query or a header.
    #[serde(default)]
    parameters: Mapping,
    /// Replaces the operation's body: as JSON or a form, or unchanged when it is text.
    body: Option<Yaml>,
    /// Fields to set in the operation's body.
    #[serde(default)]
    fields: Mapping,
    /// The security scheme, or `none`.
    security: Option<String>,
    /// Replaces the scheme's token.
    token: Option<String>,
    /// The page that sends it, when it is not the portal's.
    origin: Option<String>,
    /// The method, if it is not that of the operation, or `GET` for an event of no operation.
    method: Option<String>,
    /// The path, for an event of no operation.
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

/// An operation: its route key, how it was read, and how it is written, where fields keep their order.
struct Operation<'a> {
    route: String,
    read: &'a Value,
    written: &'a Yaml,
}

/// The text of an event with its body as the client sent it, so that words in it can be replaced.
pub fn opened(text: &str) -> String {
    let mut event: Value = serde_json::from_str(text).unwrap();
    if event["isBase64Encoded"] == true {
        let form = STANDARD.decode(event["body"].as_str().unwrap()).unwrap();
        event["body"] = String::from_utf8(form).unwrap().into();
        event["isBase64Encoded"] = false.into();
    }
    event.to_string()
}

/// The key of the route that answers an event. At the gateway, what answers `GET` and `HEAD` is routed as `ANY`.
pub fn route_of(event: &Value) -> String {
    let key = event["routeKey"].as_str().unwrap();
    let method = event["requestContext"]["http"]["method"].as_str().unwrap().replace("HEAD", "GET");
    key.strip_prefix("ANY ").map_or_else(|| key.to_owned(), |path| format!("{method} {path}"))
}

/// Every event that the document asks for.
pub fn made() -> Vec<Made> {
    let written = written();
    let document = serde_json::to_value(&written).unwrap();
    let mut all = Vec::new();
    for (name, example) in examples(&written) {
        all.push(made_of(&document, None, name, example));
    }
    for (route, read) in operations(&document) {
        let (method, path) = route.split_once(' ').unwrap();
        let operation = Operation { read, written: &written["paths"][path][method.to_lowercase()], route };
        for (name, example) in examples(operation.written) {
            all.push(made_of(&document, Some(&operation), name, example));
        }
    }
    all
}

fn examples(written: &Yaml) -> BTreeMap<String, Example> {
    let Some(events) = written.get("x-events") else { return BTreeMap::new() };
    serde_yaml_ng::from_value(events.clone()).unwrap_or_else(|error| panic!("{events:?}: {error}"))
}

fn made_of(document: &Value, operation: Option<&Operation>, name: String, example: Example) -> Made {
    let (route, method, path) = match operation {
        Some(Operation { route, .. }) => {
            let (method, path) = route.split_once(' ').unwrap();
            (route.clone(), method.to_owned(), path.to_owned())
        }
        None => ("$default".into(), "GET".to_owned(), example.path.clone().unwrap()),
    };
    let key = route.strip_prefix("GET ").map_or_else(|| route.clone(), |path| format!("ANY {path}"));
    let method = example.method.clone().unwrap_or(method);
    let kind = Kind::of(&path);
    let Parameters { path, path_parameters, query, mut headers } =
        parameters(document, operation, &name, &example, path);
    let has_file = operation.is_some_and(|it| !it.read["requestBody"]["content"][FILE_FORM].is_null());
    let media_type = match kind {
        Kind::Page if has_file => FILE_FORM,
        Kind::Page => "application/x-www-form-urlencoded",
        _ => "application/json",
    };
    let mut body = body(operation, &example, media_type);
    if kind == Kind::Page && method == "POST" {
        // A browser sends an empty body for a form without fields.
        body.get_or_insert_default();
    }
    if body.is_some() {
        let edge = if has_file { format!("; boundary={EDGE}") } else { String::new() };
        headers.insert("content-type".into(), format!("{media_type}{edge}"));
    }
    headers.insert("content-length".into(), body.as_ref().map_or(0, String::len).to_string());
    // API Gateway hands JSON over as text, and forms in base64.
    let is_base64_encoded = body.is_some() && kind == Kind::Page;
    let body = body.map(|body| if is_base64_encoded { STANDARD.encode(body) } else { body });

    let (mut cookies, mut user_agent) = (Vec::new(), BROWSER);
    match token(document, operation, &example) {
        Some(Token::Cookie(cookie)) => cookies = vec!["locale=en".into(), cookie],
        Some(Token::Bearer(token)) => {
            user_agent = BACKEND;
            headers.insert("authorization".into(), format!("Bearer {token}"));
        }
        None => {}
    }
    headers.extend(of_every_client(kind, user_agent));
    if user_agent == BROWSER {
        headers.extend(of_a_browser(kind, &method, example.origin));
    }

    let event = Event {
        version: "2.0",
        route_key: key.clone(),
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
            route_key: key,
            stage: "$default",
            time: "02/Nov/2026:10:00:00 +0000",
            time_epoch: 1_793_613_600_000,
        },
        body,
        is_base64_encoded,
    };
    Made { name, route, status: example.status, text: serde_json::to_string_pretty(&event).unwrap() + "\n" }
}

/// What a browser expects at an address.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Api,
    Script,
    Page,
}

impl Kind {
    fn of(path: &str) -> Self {
        match path {
            path if path.starts_with("/api/") => Self::Api,
            path if path.ends_with(".js") => Self::Script,
            _ => Self::Page,
        }
    }
}

/// The parameters of an event, each where its operation has it.
struct Parameters {
    path: String,
    path_parameters: BTreeMap<String, String>,
    query: Vec<(String, String)>,
    headers: BTreeMap<String, String>,
}

fn parameters(
    document: &Value,
    operation: Option<&Operation>,
    event: &str,
    example: &Example,
    path: String,
) -> Parameters {
    let mut given = example.parameters.clone();
    let mut all = Parameters { path, path_parameters: BTreeMap::new(), query: Vec::new(), headers: BTreeMap::new() };
    for parameter in operation.iter().flat_map(|it| items(&it.read["parameters"])).map(|it| resolved(document, it)) {
        let name = parameter["name"].as_str().unwrap();
        let value = given.remove(name).map(|it| text(&it));
        match parameter["in"].as_str() {
            Some("path") => {
                let value = value.or_else(|| parameter["example"].as_str().map(str::to_owned));
                let value = value.unwrap_or_else(|| panic!("{event} lacks {name}"));
                all.path = all.path.replace(&format!("{{{name}}}"), &value);
                all.path_parameters.insert(name.to_owned(), value);
            }
            Some("query") => all.query.extend(value.map(|value| (name.to_owned(), value))),
            _ => all.headers.extend(value.map(|value| (name.to_lowercase(), value))),
        }
    }
    assert!(given.is_empty(), "{event} has parameters that its operation has not: {given:?}");
    all
}

fn body(operation: Option<&Operation>, example: &Example, media_type: &str) -> Option<String> {
    let invited =
        operation.and_then(|it| it.written.get("requestBody")).map(|it| &it["content"][media_type]["example"]);
    let mut body = example.body.as_ref().or(invited)?.clone();
    if let Yaml::Mapping(fields) = &mut body {
        fields.extend(example.fields.clone());
    }
    Some(match body {
        Yaml::String(raw) => raw,
        Yaml::Mapping(fields) if media_type == FILE_FORM => file_form(&fields),
        Yaml::Mapping(fields) if media_type != "application/json" => form(&fields),
        body => serde_json::to_string(&body).unwrap(),
    })
}

enum Token {
    /// The cookie's name.
    Cookie(String),
    Bearer(String),
}

fn token(document: &Value, operation: Option<&Operation>, example: &Example) -> Option<Token> {
    let schemes = &document["components"]["securitySchemes"];
    let known = operation.and_then(|it| it.read.get("security")).unwrap_or(&document["security"]);
    let mut names = items(known).flat_map(fields).map(|(name, _)| name.as_str());
    let scheme = match example.security.as_deref() {
        Some("none") => return None,
        Some(scheme) => scheme,
        None => names.find(|it| schemes[it]["in"] == "cookie")?,
    };
    let scheme = &schemes[scheme];
    let token = example.token.as_deref().or(scheme["x-token"].as_str()).unwrap();
    Some(match scheme["name"].as_str() {
        Some(cookie) => Token::Cookie(format!("{cookie}={token}")),
        None => Token::Bearer(token.to_owned()),
    })
}

fn of_every_client(kind: Kind, user_agent: &str) -> BTreeMap<String, String> {
    let accept = match kind {
        Kind::Api => "application/json",
        Kind::Script => "*/*",
        Kind::Page => "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    };
    let headers = [
        ("accept", accept),
        ("accept-encoding", "gzip, deflate, br"),
        ("host", HOST),
        ("user-agent", user_agent),
        ("x-amzn-trace-id", "Root=1-6ae85f21-0123456789abcdef01234567"),
        ("x-forwarded-for", ADDRESS),
        ("x-forwarded-port", "443"),
        ("x-forwarded-proto", "https"),
    ];
    BTreeMap::from(headers.map(|(name, value)| (name.to_owned(), value.to_owned())))
}

/// `origin` is the page that sends the request, when it is not one of the portal's.
fn of_a_browser(kind: Kind, method: &str, origin: Option<String>) -> BTreeMap<String, String> {
    let site = match origin.as_deref() {
        None => "same-origin",
        Some(origin) if origin.ends_with(".example.com") => "same-site",
        Some(_) => "cross-site",
    };
    let (destination, mode) = match kind {
        Kind::Api => ("empty", "cors"),
        Kind::Script => ("script", "cors"),
        Kind::Page => ("document", "navigate"),
    };
    let headers = [
        ("accept-language", "en-GB,en;q=0.8"),
        ("sec-fetch-dest", destination),
        ("sec-fetch-mode", mode),
        ("sec-fetch-site", site),
    ];
    let mut headers = BTreeMap::from(headers.map(|(name, value)| (name.to_owned(), value.to_owned())));
    if !["GET", "HEAD"].contains(&method) || origin.is_some() {
        headers.insert("origin".into(), origin.unwrap_or_else(|| format!("https://{HOST}")));
    }
    headers
}

fn form(fields: &Mapping) -> String {
    Serializer::new(String::new()).extend_pairs(fields.iter().map(|(name, value)| (text(name), text(value)))).finish()
}

/// A form that can have files, as browsers send it. These have none, so that they are texts.
fn file_form(fields: &Mapping) -> String {
    let mut form = String::new();
    for (name, value) in fields {
        let (name, value) = (text(name), text(value));
        write!(form, "--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").unwrap();
    }
    form + "--" + EDGE + "--\r\n"
}

/// A value as it stands in a query or a form.
fn text(value: &Yaml) -> String {
    value.as_str().map_or_else(|| serde_json::to_string(value).unwrap(), str::to_owned)
}

pub fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../events"))
}

/// Every file that is made from the document, by name.
pub fn files() -> BTreeMap<String, String> {
    let made = made();
    let readme = with_table(&std::fs::read_to_string(folder().join("README.md")).unwrap(), &table(&made));
    let events = made.into_iter().map(|it| (it.name + ".json", it.text));
    events.chain([("README.md".into(), readme)]).collect()
}

/// The readme, with this table in place of the one between its marks.
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
