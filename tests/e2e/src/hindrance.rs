//! Proxies before the engine that behave as DynamoDB does and engines on one machine do not: two transactions at once
//! conflict, and what is not read consistently can be behind.

mod conflict;
mod lag;

pub use conflict::Conflicts;
pub use lag::Lag;

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, Response},
};
use serde_json::Value;

/// The operation that a request is for, such as `Query`.
fn operation(headers: &HeaderMap) -> &str {
    let target = headers.get("x-amz-target").and_then(|it| it.to_str().ok()).unwrap_or_default();
    target.rsplit('.').next().unwrap_or_default()
}

/// Sends a request on as it is. The status and the body of the answer.
async fn send(client: &reqwest::Client, target: &str, headers: &HeaderMap, body: Bytes) -> (u16, Bytes) {
    let mut request = client.post(target).body(body);
    for (name, value) in headers.iter().filter(|(name, _)| *name != "host" && *name != "content-length") {
        request = request.header(name, value);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.bytes().await.unwrap())
}

fn respond((status, body): (u16, Bytes)) -> Response<Body> {
    let response = Response::builder().status(status).header("content-type", "application/x-amz-json-1.0");
    response.body(Body::from(body)).unwrap()
}

fn refuse(code: &str, mut body: Value) -> Response<Body> {
    body["__type"] = format!("com.amazonaws.dynamodb.v20120810#{code}").into();
    respond((400, body.to_string().into()))
}
