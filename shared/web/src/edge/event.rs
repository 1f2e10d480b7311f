//! From an API Gateway event to an answer, with `lambda_http`. On some events that clients can cause it loses data or
//! panics (docs/decisions.md lists them with their tests), so those are repaired before it sees them.

use super::{
    budget,
    function::Function,
    telemetry::{self, Invocation, Outcome},
};
use crate::{
    base::app::App,
    http::{origin, problem::Problem, request::Request, response::Response},
    identity::{session_cookie, viewing},
    pages,
};
use lambda_http::{Context, LambdaEvent, Service, http::StatusCode, request::LambdaRequest, service_fn};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};
use std::{
    convert::Infallible,
    time::{Duration, Instant},
};
use tracing::Instrument;

/// The characters that have to be encoded in a path.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'\\')
    .add(b'^')
    .add(b'|');
/// The characters that have to be encoded in a query.
const QUERY: &AsciiSet = &PATH.remove(b'?');

/// Answers an event with `function`. Both the Lambda runtime and the local gateway call this.
pub async fn answer(function: Function, app: &App, mut event: Value, context: Context) -> Value {
    let invocation = &Invocation::of(&context);
    let budget = budget::of(&context);
    mend(&mut event);
    let Ok(event) = serde_json::from_value::<LambdaRequest>(event) else {
        tracing::warn!(requestId = invocation.id, "an event that cannot be understood");
        return json!({
            "statusCode": 400,
            "headers": {"content-type": "application/problem+json", "cache-control": "no-store"},
            "body": json!({"type": "about:blank", "title": "Bad Request", "status": 400, "code": "invalid_parameter",
                "detail": "The request is not one that can be understood.", "request_id": context.request_id}).to_string(),
        });
    };
    let mut adapter = lambda_http::Adapter::from(service_fn(|request: lambda_http::Request| async move {
        Ok::<_, Infallible>(serve(function, app, invocation, budget, Request::from_lambda(request)).await)
    }));
    match adapter.call(LambdaEvent::new(event, context)).await {
        Ok(response) => serde_json::to_value(response).unwrap_or_else(|_| {
            tracing::error!(requestId = invocation.id, kind = "an answer that is no JSON", "broken");
            json!({"statusCode": 500, "headers": {"cache-control": "no-store"}})
        }),
        Err(never) => match never {},
    }
}

async fn serve(
    function: Function,
    app: &App,
    invocation: &Invocation,
    budget: Duration,
    mut request: Request,
) -> lambda_http::Response<lambda_http::Body> {
    let began = Instant::now();
    function.find_route(&mut request);
    request.viewing = viewing::find(app, &request);
    let request = &request;
    // A span at the level of errors is never filtered out, so whatever is logged within it says for which request.
    let span = tracing::error_span!("request", requestId = invocation.id, request_id = request.id);
    let work = async {
        match budget::spend(budget, handle(function, app, request)).await {
            Ok(response) => (response, None),
            Err(problem) => {
                let (response, code) = pages::problem::answer(app, request, problem).await;
                (response, Some(code))
            }
        }
    };
    let ((mut response, code), usage) = store::metered(function.name, work.instrument(span)).await;
    if request.is_viewing() {
        response = response.without_cookies();
    }
    if request.sender.disagrees.get().is_some() {
        response = response.cookie(Some(session_cookie::clear(&app.config)));
    }
    let response = origin::share(&app.config, request, response).finish(app, request);
    let outcome = Outcome { status: response.status(), code, took: began.elapsed(), usage };
    telemetry::answered(function.name, &app.config.session_keys, app.portal.clock.now(), invocation, request, outcome);
    response
}

async fn handle(function: Function, app: &App, request: &Request) -> Result<Response, Problem> {
    if let Some(preflight) = origin::preflight(&app.config, request) {
        return Ok(preflight);
    }
    allowed(app, request)?;
    function.handle(app, request).await
}

/// Demands of a request that changes something that no other site's page sent it, and that nobody sent it who is only
/// looking at the portal as a contact.
fn allowed(app: &App, request: &Request) -> Result<(), Problem> {
    if request.reads() {
        return Ok(());
    }
    origin::check(&app.config, request)?;
    viewing::check(request)
}

/// Makes an event harmless: encodes what `lambda_http` cannot handle, so that it can handle the rest. A header or cookie
/// that had to be encoded stays and counts as a wrong one; without it, the request would pass as one that never had it.
fn mend(event: &mut Value) {
    let shown = |value: &mut Value| {
        if let Value::String(text) = value
            && !text.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~'))
        {
            *text = utf8_percent_encode(text, CONTROLS).to_string();
        }
    };
    if let Some(cookies) = event.get_mut("cookies").and_then(Value::as_array_mut) {
        // If one cookie were not ASCII, all would be dropped.
        cookies.retain(Value::is_string);
        cookies.iter_mut().for_each(shown);
    }
    if let Some(headers) = event.get_mut("headers").and_then(Value::as_object_mut) {
        headers.retain(|_, value| value.is_string());
        headers.values_mut().for_each(shown);
        // Both go into an address that is parsed with `unwrap`. The domain is known from the request context.
        headers.remove("host");
        headers.insert("x-forwarded-proto".into(), json!("https"));
    }
    encode(event, "rawPath", PATH);
    encode(event, "rawQueryString", QUERY);
    if let Some(domain) = event.pointer_mut("/requestContext/domainName") {
        let plain = |it: &str| {
            !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
        };
        if !domain.as_str().is_some_and(plain)
            || format!("http://{}/", domain.as_str().unwrap_or_default()).parse::<lambda_http::http::Uri>().is_err()
        {
            *domain = json!("unknown.invalid");
        }
    }
    // Any stage but the default one would be put before the path.
    if let Some(stage) = event.pointer_mut("/requestContext/stage") {
        *stage = json!("$default");
    }
}

fn encode(event: &mut Value, name: &str, set: &'static AsciiSet) {
    if let Some(Value::String(text)) = event.get_mut(name) {
        *text = utf8_percent_encode(text, set).to_string();
        if name == "rawPath" && !text.starts_with('/') {
            text.insert(0, '/');
        }
    }
}

/// The status of an answer, for the gateway and tests.
#[must_use]
pub fn status(answer: &Value) -> StatusCode {
    let code = answer.get("statusCode").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
    code.and_then(|code| StatusCode::from_u16(code).ok()).unwrap_or(StatusCode::BAD_GATEWAY)
}
