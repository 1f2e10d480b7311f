//! What went wrong, as RFC 9457 problem details.

use super::{
    request::Request,
    response::{self, Response},
};
use domain::access::Reason;
use lambda_http::http::{StatusCode, header};
use serde_json::{Map, Value, json};

/// An error that becomes an answer: problem details for programs, a page for people.
#[derive(Debug, Clone)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable, for programs (docs/api.md, Errors).
    pub code: &'static str,
    /// For people: what is wrong and what they can do.
    pub detail: String,
    /// Why somebody may not enter.
    pub reasons: Vec<Reason>,
    /// What programs need besides, under names of their own.
    extra: Map<String, Value>,
    /// A person is sent on to sign in instead of reading about it: they brought no identity at all. One whose identity
    /// fails reads why and chooses, because sending them on could go round in circles.
    pub(crate) leads_to_sign_in: bool,
}

impl Problem {
    /// A problem with a code of docs/api.md.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let (reasons, extra) = (Vec::new(), Map::new());
        Self { status, code, detail: detail.into(), reasons, extra, leads_to_sign_in: false }
    }

    /// 400: a parameter or body is not what it should be.
    #[must_use]
    pub fn invalid(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 400 `invalid_body`.
    #[must_use]
    pub fn invalid_body(why: &str) -> Self {
        Self::invalid("invalid_body", words::refusal::invalid_body(why))
    }

    /// 401: nobody vouches for whoever sent this.
    pub(crate) fn not_signed_in(detail: &str, leads_to_sign_in: bool) -> Self {
        let problem = Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", detail);
        Self { leads_to_sign_in, ..problem.because_of(vec![Reason::NotSignedIn]) }
    }

    /// 404: the address leads nowhere.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this address.")
    }

    /// 500: something on our side is broken, and trying again will not help. What it is goes into the log alone; it must
    /// not quote a text or an item.
    #[must_use]
    pub fn broken(kind: &'static str) -> Self {
        tracing::error!(kind, "broken");
        Self::internal()
    }

    /// 500, for what has been logged.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", words::refusal::BROKEN)
    }

    /// 503: too much is going on; worth another try soon.
    #[must_use]
    pub fn busy() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", words::refusal::BUSY)
    }

    /// With every reason why somebody may not enter.
    pub(crate) fn because_of(self, reasons: Vec<Reason>) -> Self {
        Self { reasons, ..self }
    }

    /// With a field of its own for programs.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.extra.insert(name.into(), value);
        self
    }

    /// The answer for a program.
    pub(crate) fn into_json(self, request: &Request) -> Response {
        let mut body = Map::from_iter([
            ("type".to_owned(), json!("about:blank")),
            ("title".to_owned(), json!(self.status.canonical_reason().unwrap_or("Error"))),
            ("status".to_owned(), json!(self.status.as_u16())),
            ("code".to_owned(), json!(self.code)),
            ("detail".to_owned(), json!(self.detail)),
            ("request_id".to_owned(), json!(request.id)),
        ]);
        if !self.reasons.is_empty() {
            body.insert("reasons".to_owned(), json!(self.reasons));
        }
        body.extend(self.extra.clone());
        let body = Value::Object(body).to_string().into_bytes();
        let response = Response::new(self.status, response::PROBLEM, body).retry_after(self.retry_after());
        // RFC 9110 wants a 401 to say how to do better.
        if self.status == StatusCode::UNAUTHORIZED {
            response.header(header::WWW_AUTHENTICATE, "Bearer")
        } else {
            response
        }
    }

    /// In seconds; what is busy now is worth another try soon.
    pub(crate) fn retry_after(&self) -> Option<u32> {
        (self.status == StatusCode::SERVICE_UNAVAILABLE).then_some(1)
    }
}
