//! API Gateway on this machine: HTTP in, payload 2.0 events to the very handlers that Lambda runs, HTTP out. It keeps
//! the properties that code can come to depend on: decoded `rawPath`, the `cookies` array, base64 bodies, the limit on
//! headers, and `$default` for what no route answers.

use crate::vendor::Site;
use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header, request::Parts},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures::future::BoxFuture;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;
use web::{App, Function, event, function::DEFAULT};

/// Every function, as `infra/template.yaml` deploys them.
pub const FUNCTIONS: &[Function] = &[
    portal_access::FUNCTION,
    ticket_list::FUNCTION,
    // Before the one whose addresses have an id where its own have a word.
    ticket_report::FUNCTION,
    ticket_detail::FUNCTION,
    session::FUNCTION,
    conversation_join::FUNCTION,
    company_association::FUNCTION,
    portal_settings::FUNCTION,
    help_desk::FUNCTION,
];

/// API Gateway's limit on the request line and all headers together.
const LONGEST_HEAD: usize = 10_240;
/// Lambda's limit on an event.
const LONGEST_BODY: usize = 6 * 1024 * 1024;

/// What carries out events: the handlers in this process, or functions that run elsewhere.
pub type Invoke = Arc<dyn Fn(Function, Value) -> BoxFuture<'static, Value> + Send + Sync>;

/// Carries out events with the handlers in this process: those for the vendor's Help Center with the portal that is
/// there, if there is one.
pub fn in_process(app: Arc<App>, at_help_center: Option<Arc<App>>) -> Invoke {
    Arc::new(move |function, event| {
        let host = event.pointer("/requestContext/domainName").and_then(Value::as_str).unwrap_or_default();
        let at_help_center = at_help_center.as_ref().filter(|_| Site::of(host) == Site::HelpCenter);
        let app = at_help_center.unwrap_or(&app).clone();
        Box::pin(async move { event::answer(function, &app, event, lambda_context()).await })
    })
}

/// Answers a request as API Gateway and the function behind it would.
pub async fn serve(State(invoke): State<Invoke>, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    if size(&head) > LONGEST_HEAD {
        return refuse(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "request_too_large",
            "The address and headers are too long.",
        );
    }
    let Ok(body) = axum::body::to_bytes(body, LONGEST_BODY).await else {
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large.");
    };
    let (function, route, parameters) = route(&head);
    let event = to_event(&head, &body, &route, parameters);
    // As on Lambda, a panic ends one request and nothing else.
    match tokio::spawn(invoke(function, event)).await {
        Ok(answer) => from_answer(&answer),
        Err(error) => refuse(StatusCode::BAD_GATEWAY, "internal", &error.to_string()),
    }
}

/// Hands an event to a function.
pub(crate) async fn invoke(app: &App, function: Function, event: Value) -> Response<Body> {
    from_answer(&event::answer(function, app, event, lambda_context()).await)
}

fn lambda_context() -> lambda_http::Context {
    lambda_http::Context::default()
}

fn size(head: &Parts) -> usize {
    let headers: usize = head.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    head.method.as_str().len() + head.uri.to_string().len() + 12 + headers
}

fn refuse(status: StatusCode, code: &str, detail: &str) -> Response<Body> {
    let title = status.canonical_reason().unwrap_or_default();
    let problem = json!({"type": "about:blank", "title": title, "status": status.as_u16(), "code": code,
        "detail": detail, "request_id": Uuid::new_v4()});
    let mut response = Response::new(Body::from(problem.to_string()));
    *response.status_mut() = status;
    let problem = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, problem);
    response
}

/// The function that answers, the route key and the path parameters. As in the template, what answers `GET` takes every
/// method that has no route of its own.
fn route(head: &Parts) -> (Function, String, BTreeMap<String, String>) {
    let find = |method: &str| {
        let mut routes = FUNCTIONS.iter().flat_map(|function| function.routes.iter().map(move |it| (*function, it)));
        routes.find_map(|(function, it)| Some((function, it.key, it.matches(method, head.uri.path())?)))
    };
    match find(head.method.as_str()).or_else(|| find("GET")) {
        Some((function, key, parameters)) => {
            let key = key.strip_prefix("GET ").map_or_else(|| key.to_owned(), |path| format!("ANY {path}"));
            (function, key, parameters)
        }
        None => (portal_access::FUNCTION, DEFAULT.to_owned(), BTreeMap::new()),
    }
}

/// The event for a request.
pub(crate) fn to_event(head: &Parts, body: &Bytes, route: &str, parameters: BTreeMap<String, String>) -> Value {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let mut headers = Map::new();
    for name in head.headers.keys().filter(|name| **name != header::COOKIE) {
        let values: Vec<_> = head.headers.get_all(name).iter().map(text).collect();
        headers.insert(name.to_string(), Value::from(values.join(",")));
    }
    let cookies: Vec<String> = head.headers.get_all(header::COOKIE).iter().map(text).collect();
    let cookies = cookies.iter().flat_map(|it| it.split(';')).map(str::trim).filter(|it| !it.is_empty());
    let cookies: Vec<_> = cookies.collect();

    let host = head.headers.get(header::HOST).map(text).unwrap_or_default();
    let path = percent_decode_str(head.uri.path()).decode_utf8_lossy().into_owned();
    let mut event = json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": head.uri.query().unwrap_or_default(),
        "headers": headers,
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "local",
            "domainName": host,
            "domainPrefix": host.split('.').next(),
            "http": {
                "method": head.method.as_str(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": head.headers.get(header::USER_AGENT).map(text),
            },
            "requestId": Uuid::new_v4(),
            "routeKey": route,
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 0,
        },
        "isBase64Encoded": false,
    });
    if let Some(fields) = event.as_object_mut() {
        if !cookies.is_empty() {
            fields.insert("cookies".into(), json!(cookies));
        }
        if !parameters.is_empty() {
            fields.insert("pathParameters".into(), json!(parameters));
        }
        if !body.is_empty() {
            let plain = std::str::from_utf8(body).ok().filter(|_| is_text(&head.headers));
            fields.insert("isBase64Encoded".into(), Value::from(plain.is_none()));
            fields.insert("body".into(), plain.map_or_else(|| Value::from(STANDARD.encode(body)), Value::from));
        }
    }
    event
}

/// Which bodies API Gateway hands over as text.
fn is_text(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    ["text/", "application/json", "application/javascript", "application/xml"]
        .iter()
        .any(|it| media_type.starts_with(it))
}

fn from_answer(answer: &Value) -> Response<Body> {
    let body = answer.get("body").and_then(Value::as_str).unwrap_or_default();
    let is_base64 = answer.get("isBase64Encoded").and_then(Value::as_bool).unwrap_or_default();
    let body = if is_base64 { STANDARD.decode(body).unwrap_or_default() } else { body.as_bytes().to_vec() };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = event::status(answer);
    let headers = answer.get("headers").and_then(Value::as_object).into_iter().flatten();
    for (name, value) in headers {
        let value = value.as_str().and_then(|value| HeaderValue::from_str(value).ok());
        if let (Ok(name), Some(value)) = (name.parse::<HeaderName>(), value) {
            response.headers_mut().insert(name, value);
        }
    }
    let cookies = answer.get("cookies").and_then(Value::as_array).into_iter().flatten();
    for cookie in cookies.filter_map(|cookie| HeaderValue::from_str(cookie.as_str()?).ok()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
