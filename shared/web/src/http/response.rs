//! Answers, and the headers that all of them have. Functions that answer with JSON fail with 500 when the body cannot
//! be written as JSON.

use super::{
    body::{Body, Same},
    fresh::Tag,
    problem::Problem,
    request::Request,
};
use crate::base::app::App;
use lambda_http::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use serde::Serialize;

/// In bytes. Compression would not make smaller answers any smaller.
const WORTH_COMPRESSING: usize = 860;

#[derive(Debug, Clone)]
pub struct Response {
    pub status: StatusCode,
    /// Each name occurs once. `Set-Cookie` is not among them.
    headers: Vec<(HeaderName, HeaderValue)>,
    cookies: Vec<String>,
    pub body: Body,
}

impl Response {
    /// Makes an answer without a body that must not be cached.
    #[must_use]
    pub fn empty(status: StatusCode) -> Self {
        Self { status, headers: Vec::new(), cookies: Vec::new(), body: Body::default() }
            .header(header::CACHE_CONTROL, "private, no-store")
    }

    /// Makes an answer with a body that must not be cached.
    #[must_use]
    pub fn new(status: StatusCode, media_type: &str, body: impl Into<Body>) -> Self {
        Self { body: body.into(), ..Self::empty(status) }.header(header::CONTENT_TYPE, media_type)
    }

    /// Sets a header, in place of any other of its name. A value that a header cannot have is left out.
    #[must_use]
    pub fn header(self, name: HeaderName, value: &str) -> Self {
        let mut response = self.without(&name);
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers.push((name, value));
        }
        response
    }

    /// Sets a cookie in addition to others. `set_cookie` is the value of the header.
    #[must_use]
    pub fn cookie(mut self, set_cookie: Option<String>) -> Self {
        self.cookies.extend(set_cookie);
        self
    }

    /// Takes all cookies out, so that those of the browser stay as they are.
    pub(crate) fn without_cookies(mut self) -> Self {
        self.cookies.clear();
        self
    }

    /// Whether it is an image, which is compressed as it is.
    fn is_image(&self) -> bool {
        let media_type = self.headers.iter().find(|(name, _)| name == header::CONTENT_TYPE);
        media_type.is_some_and(|(_, value)| value.as_bytes().starts_with(b"image/"))
    }

    pub(crate) fn retry_after(self, seconds: Option<u32>) -> Self {
        match seconds {
            Some(seconds) => self.header(header::RETRY_AFTER, &seconds.to_string()),
            None => self,
        }
    }

    /// Takes a header out.
    pub(crate) fn without(mut self, name: &HeaderName) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self
    }

    /// Converts an answer that no function gives: the sign-in page of the local gateway.
    #[must_use]
    pub fn into_http(self) -> lambda_http::http::Response<Vec<u8>> {
        let mut response = lambda_http::http::Response::new(self.body.into_bytes());
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers);
        response
    }

    /// Completes the answer: adds the headers that all answers have, and compresses it if the client accepts that.
    /// `HEAD` gets the headers alone.
    pub(crate) fn finish(mut self, app: &App, request: &Request) -> lambda_http::Response<lambda_http::Body> {
        let accepts = request.header("accept-encoding").unwrap_or_default();
        let gzip =
            accepts.split(',').any(|it| it.trim() == "gzip" || it.trim().starts_with("gzip;") && !it.contains("q=0"));
        if gzip
            && !self.is_image()
            && self.body.len() > WORTH_COMPRESSING
            && let Some(gzip) = self.body.gzip()
        {
            self.body = gzip.into();
            self = self.header(header::CONTENT_ENCODING, "gzip");
        }
        if request.method == Method::HEAD && !self.body.is_empty() {
            // What `GET` would be answered with: a gateway that counts by itself finds nothing.
            let length = std::mem::take(&mut self.body).len();
            self = self.header(header::CONTENT_LENGTH, &length.to_string());
        }
        if !self.headers.iter().any(|(name, _)| name == header::VARY) {
            self = self.header(header::VARY, "accept-encoding, authorization, cookie, origin");
        }
        self = self
            .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
            .header(header::REFERRER_POLICY, "strict-origin-when-cross-origin")
            .header(HeaderName::from_static("x-request-id"), &request.id);
        if app.config.is_https() {
            self = self.header(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
        }
        let mut response = lambda_http::Response::new(match String::from_utf8(self.body.into_bytes()) {
            Ok(text) if text.is_empty() => lambda_http::Body::Empty,
            Ok(text) => lambda_http::Body::Text(text),
            Err(bytes) => lambda_http::Body::Binary(bytes.into_bytes()),
        });
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.extend(self.headers);
        for cookie in self.cookies.iter().filter_map(|cookie| HeaderValue::from_str(cookie).ok()) {
            headers.append(header::SET_COOKIE, cookie);
        }
        response
    }
}

/// The media type of problem details (RFC 9457).
pub(crate) const PROBLEM: &str = "application/problem+json";

pub(super) fn written(body: &impl Serialize) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(body).map_err(|_| Problem::broken("an answer that is no JSON"))
}

fn json_with(status: StatusCode, body: &impl Serialize) -> Result<Response, Problem> {
    Ok(Response::new(status, "application/json", written(body)?))
}

/// 200 with a module script for pages of any origin. It is the same for everybody and does not depend on the query.
#[must_use]
pub fn script(request: &Request, script: &'static Same) -> Response {
    Response::new(StatusCode::OK, "text/javascript; charset=utf-8", script)
        .header(header::CACHE_CONTROL, "public, max-age=300")
        .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
        .header(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin")
        .header(header::VARY, "accept-encoding")
        .tagged(request, &Tag::of_text(script.text()))
}

/// 200 with an image for pages of any origin, at an address that has no other one ever. Opened by itself it can do nothing.
#[must_use]
pub fn image(media_type: &str, bytes: Vec<u8>) -> Response {
    Response::new(StatusCode::OK, media_type, bytes)
        .header(header::CACHE_CONTROL, "public, max-age=31536000, immutable")
        .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
        .header(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin")
        .header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox")
        .header(header::VARY, "accept-encoding")
}

/// 200 with JSON.
pub fn json(body: &impl Serialize) -> Result<Response, Problem> {
    json_with(StatusCode::OK, body)
}

/// 201 with what this request made, or 200 with what an earlier one made.
pub fn made(body: &impl Serialize, just_now: bool) -> Result<Response, Problem> {
    json_with(if just_now { StatusCode::CREATED } else { StatusCode::OK }, body)
}

/// 202 with JSON.
pub fn accepted(body: &impl Serialize) -> Result<Response, Problem> {
    json_with(StatusCode::ACCEPTED, body)
}

/// 308 to the address at which a page is.
#[must_use]
pub fn moved(location: &str) -> Response {
    Response::empty(StatusCode::PERMANENT_REDIRECT).header(header::LOCATION, location)
}

/// 303 to a page.
#[must_use]
pub fn see_other(location: &str) -> Response {
    Response::empty(StatusCode::SEE_OTHER).header(header::LOCATION, location)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn an_answer_that_is_no_json_is_broken_and_no_empty_one() {
        let no_json = BTreeMap::from([(vec![1], "a key that is no text")]);
        let problem = json(&no_json).unwrap_err();
        assert_eq!((problem.status.as_u16(), problem.code), (500, "internal"));
    }
}
