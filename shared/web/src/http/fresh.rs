//! Whether the answer that a client has is still current: `ETag` and `If-None-Match`.
//!
//! A tag has two halves. The first is a hash of the answer. The second is a signature over the marks on which the
//! answer is based (`store::Marks`). It lets an open page ask every few seconds for about one read unit: while the
//! marks are the same, nothing else is read. It is valid for five minutes at most, because not everything has a mark.

use super::{
    body::Body,
    problem::Problem,
    request::Request,
    response::{self, Response},
};
use crate::base::{app::App, signing::KeyRing};
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{id::ContactId, timestamp::Timestamp};
use lambda_http::http::{StatusCode, header};
use portal::customer::{self, Visit};
use serde::Serialize;
use std::time::Duration;
use store::{Marks, Watch};

const PURPOSE: &str = "fresh";
/// How long unchanged marks count as an unchanged answer, in seconds.
const PERIOD: i64 = 5 * 60;
/// Marks that were raised more recently do not count yet: parallel reads and indexes may not agree so soon.
const SETTLED: Duration = Duration::from_secs(10);

/// The tag by which an answer is recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    content: String,
    marks: Option<String>,
}

#[derive(Serialize)]
struct Signed<'a> {
    of: String,
    marks: &'a Marks,
}

/// Signs the marks for one person, one address and one period.
fn sign(keys: &KeyRing, now: Timestamp, contact: &ContactId, request: &Request, marks: &Marks) -> Option<String> {
    let into_period = Duration::from_secs(u64::try_from(PERIOD - now.seconds().rem_euclid(PERIOD)).unwrap_or(0));
    let period = Timestamp::from_millis(now.plus(into_period).seconds() * 1000)?;
    let sealed = keys.seal(PURPOSE, contact.as_str(), period, Signed { of: request.target(), marks }).ok()?;
    sealed.rsplit('.').next().map(str::to_owned)
}

impl Tag {
    /// Makes the tag of an answer to a contact that contains `told` and is based on `marks`. Without marks only a new
    /// answer shows whether something has changed.
    ///
    /// # Errors
    /// 500 when `told` cannot be written as JSON.
    pub fn of<'a>(
        app: &App,
        request: &Request,
        visit: &Visit,
        told: &impl Serialize,
        marks: impl Into<Option<&'a Marks>>,
    ) -> Result<Self, Problem> {
        Ok(Self::of_written(app, request, visit, &response::written(told)?, marks.into()))
    }

    fn of_written(app: &App, request: &Request, visit: &Visit, told: &[u8], marks: Option<&Marks>) -> Self {
        let (contact, now) = (&visit.visitor().contact, app.portal.clock.now());
        let settled = marks.filter(|marks| marks.raised().plus(SETTLED) <= now);
        Self {
            content: URL_SAFE_NO_PAD.encode(digest(&SHA256, told)),
            marks: settled.and_then(|marks| sign(&app.config.session_keys, now, contact, request, marks)),
        }
    }

    /// Makes the tag of an answer by what it tells alone.
    ///
    /// # Errors
    /// 500 when `told` cannot be written as JSON.
    pub fn of_content(told: &impl Serialize) -> Result<Self, Problem> {
        Ok(Self { content: URL_SAFE_NO_PAD.encode(digest(&SHA256, &response::written(told)?)), marks: None })
    }

    /// Makes the tag of a text that is the same for everybody.
    pub(crate) fn of_text(text: &str) -> Self {
        Self { content: URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes())), marks: None }
    }

    /// Reads a tag that a client sends back.
    fn read(text: &str) -> Option<Self> {
        let text = text.strip_prefix("W/").unwrap_or(text).strip_prefix('"')?.strip_suffix('"')?;
        let plain = text.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.'));
        let (content, marks) = text.split_once('.').map_or((text, None), |(content, marks)| (content, Some(marks)));
        plain.then(|| Self { content: content.into(), marks: marks.map(Into::into) })
    }
}

impl std::fmt::Display for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { content, marks } = self;
        match marks {
            Some(marks) => write!(f, "W/\"{content}.{marks}\""),
            None => write!(f, "W/\"{content}\""),
        }
    }
}

/// The tags of the answers that the client has.
fn known(request: &Request) -> impl Iterator<Item = Tag> {
    request.header("if-none-match").unwrap_or_default().split(',').filter_map(|it| Tag::read(it.trim()))
}

/// Answers 304 when the marks alone show that nothing has changed. `None` when they do not, so that the answer has to
/// be made.
///
/// # Errors
/// 503 or 500 when DynamoDB cannot be read.
pub async fn unchanged(
    app: &App,
    request: &Request,
    visit: &Visit,
    watch: Watch<'_>,
) -> Result<Option<Response>, Problem> {
    if known(request).all(|tag| tag.marks.is_none()) {
        return Ok(None);
    }
    let Some(marks) = customer::marks(&app.portal, visit, watch).await? else { return Ok(None) };
    let (contact, now) = (&visit.visitor().contact, app.portal.clock.now());
    let now = sign(&app.config.session_keys, now, contact, request, &marks);
    let same = known(request).find(|tag| tag.marks.is_some() && tag.marks == now);
    let not_modified = Response::empty(StatusCode::NOT_MODIFIED).header(header::CACHE_CONTROL, "private, no-cache");
    Ok(same.map(|tag| not_modified.header(header::ETAG, &tag.to_string())))
}

/// 200 with JSON, and the tag of an answer that contains it and is based on `marks`. The client may cache it, but has to
/// revalidate before each use.
///
/// # Errors
/// 500 when `told` cannot be written as JSON.
pub fn json<'a>(
    app: &App,
    request: &Request,
    visit: &Visit,
    told: &impl Serialize,
    marks: impl Into<Option<&'a Marks>>,
) -> Result<Response, Problem> {
    let told = response::written(told)?;
    let tag = Tag::of_written(app, request, visit, &told, marks.into());
    let response = Response::new(StatusCode::OK, "application/json", told);
    Ok(response.header(header::CACHE_CONTROL, "private, no-cache").tagged(request, &tag))
}

impl Response {
    /// Adds the tag. Becomes a 304 without a body when the client already has this answer.
    #[must_use]
    pub fn tagged(mut self, request: &Request, tag: &Tag) -> Self {
        let anything = request.header("if-none-match").is_some_and(|it| it.trim() == "*");
        if anything || known(request).any(|it| it.content == tag.content) {
            self.status = StatusCode::NOT_MODIFIED;
            self.body = Body::default();
            self = self.without(&header::CONTENT_TYPE);
        }
        self.header(header::ETAG, &tag.to_string())
    }
}
