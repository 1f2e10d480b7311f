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
    pub status: StatusCode,
    /// For programs, which may rely on it (docs/api.md, Errors).
    pub code: &'static str,
    /// For people: what is wrong and what they can do.
    pub detail: String,
    /// Every reason why the sender may not enter. Empty for other problems.
    pub reasons: Vec<Reason>,
    /// Further fields for programs, by name.
    extra: Map<String, Value>,
    /// When to try again, in seconds.
    retry_after: Option<u32>,
    /// Whether a person is redirected to sign in instead of reading about the problem: they brought no identity at all.
    /// Somebody whose identity was refused reads why and chooses, because redirecting them could go round in circles.
    pub(crate) leads_to_sign_in: bool,
    /// Whether a person is redirected to the first page of the list: somebody sent them a link to a later one, which is
    /// no reader's but that one's.
    pub(crate) leads_to_first_page: bool,
}

impl Problem {
    /// Makes a problem with one of the codes in docs/api.md, Errors.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let (reasons, extra) = (Vec::new(), Map::new());
        Self {
            status,
            code,
            detail: detail.into(),
            reasons,
            extra,
            retry_after: None,
            leads_to_sign_in: false,
            leads_to_first_page: false,
        }
    }

    /// 400: a parameter or body is not valid.
    #[must_use]
    pub fn invalid(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 400 `invalid_body`. `why` begins in lower case and has no full stop.
    #[must_use]
    pub fn invalid_body(why: &str) -> Self {
        Self::invalid("invalid_body", words::refusal::invalid_body(why))
    }

    /// 400 `invalid_cursor`: a cursor is none of this reader's, or of another list, or too old.
    pub(crate) fn cursor_of_another() -> Self {
        let detail = "This cursor is not one for this list, or has expired. Start again without it.";
        Self { leads_to_first_page: true, ..Self::invalid("invalid_cursor", detail) }
    }

    /// 401: the sender is not signed in.
    pub(crate) fn not_signed_in(detail: &str, leads_to_sign_in: bool) -> Self {
        let problem = Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", detail);
        Self { leads_to_sign_in, ..problem.because_of(vec![Reason::NotSignedIn]) }
    }

    /// 404: there is nothing at this address.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this address.")
    }

    /// 500: something on our side is broken, and trying again will not help. `kind` goes only into the log. It must not
    /// quote a customer's text or an item of the table.
    #[must_use]
    pub fn broken(kind: &'static str) -> Self {
        tracing::error!(kind, "broken");
        Self::internal()
    }

    /// 500, for something that has already been logged.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", words::refusal::BROKEN)
    }

    /// 503: the portal is busy, and trying again soon may help.
    #[must_use]
    pub fn busy() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", words::refusal::BUSY).after(1)
    }

    /// Says when to try again, in seconds.
    pub(crate) fn after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// Adds every reason why the sender may not enter.
    pub(crate) fn because_of(self, reasons: Vec<Reason>) -> Self {
        Self { reasons, ..self }
    }

    /// Adds a field for programs.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.extra.insert(name.into(), value);
        self
    }

    /// Makes the answer for a program.
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
        // RFC 9110 demands that a 401 says how to authenticate.
        if self.status == StatusCode::UNAUTHORIZED {
            response.header(header::WWW_AUTHENTICATE, "Bearer")
        } else {
            response
        }
    }

    /// When to try again, in seconds, if that is all that has to be done.
    pub(crate) const fn retry_after(&self) -> Option<u32> {
        self.retry_after
    }
}
