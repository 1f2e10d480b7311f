//! Whether what a reader has is still what they would be told: `ETag` and `If-None-Match`.
//!
//! A tag has two halves. The first is a hash of what was told. The second stands for the marks that it went by
//! (`store::Marks`), signed, so that an open page can ask every few seconds for a single read unit: while the marks are
//! the same, nobody reads on. It is good for five minutes at most, because not everything has a mark.

use super::{problem::Problem, request::Request, response::Response};
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
/// How long marks are taken for everything, in seconds.
const PERIOD: i64 = 5 * 60;
/// Marks raised more recently say nothing yet: reads side by side, and indexes, may not agree so soon.
const SETTLED: Duration = Duration::from_secs(10);

/// What an answer is known by.
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

/// The signature over the marks, for one person, one address and one period.
fn sign(keys: &KeyRing, now: Timestamp, contact: &ContactId, request: &Request, marks: &Marks) -> Option<String> {
    let into_period = Duration::from_secs(u64::try_from(PERIOD - now.seconds().rem_euclid(PERIOD)).unwrap_or(0));
    let period = Timestamp::from_millis(now.plus(into_period).seconds() * 1000)?;
    let sealed = keys.seal(PURPOSE, contact.as_str(), period, Signed { of: request.target(), marks }).ok()?;
    sealed.rsplit('.').next().map(str::to_owned)
}

impl Tag {
    /// The tag of an answer that tells a contact this, going by `marks`.
    ///
    /// # Errors
    /// 500 when it is none that JSON can hold.
    pub fn of(
        app: &App,
        request: &Request,
        visit: &Visit,
        told: &impl Serialize,
        marks: &Marks,
    ) -> Result<Self, Problem> {
        let told = serde_json::to_vec(told).map_err(|_| Problem::broken("an answer that is no JSON"))?;
        let (contact, now) = (&visit.visitor().contact, app.portal.clock.now());
        let settled = marks.raised().plus(SETTLED) <= now;
        Ok(Self {
            content: URL_SAFE_NO_PAD.encode(digest(&SHA256, &told)),
            marks: settled.then(|| sign(&app.config.session_keys, now, contact, request, marks)).flatten(),
        })
    }

    /// The tag of a text that everybody is told.
    pub(crate) fn of_text(text: &str) -> Self {
        Self { content: URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes())), marks: None }
    }

    /// A tag that a client sends back.
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

/// The tags of what the reader has.
fn known(request: &Request) -> impl Iterator<Item = Tag> {
    request.header("if-none-match").unwrap_or_default().split(',').filter_map(|it| Tag::read(it.trim()))
}

/// 304 when the marks alone tell that nothing has changed since the reader looked. `None` means that they do not tell.
///
/// # Errors
/// 503 when DynamoDB cannot be read.
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

impl Response {
    /// Known by `tag`; without a body when it is what the reader has.
    #[must_use]
    pub fn tagged(mut self, request: &Request, tag: &Tag) -> Self {
        let anything = request.header("if-none-match").is_some_and(|it| it.trim() == "*");
        if anything || known(request).any(|it| it.content == tag.content) {
            self.status = StatusCode::NOT_MODIFIED;
            self.body.clear();
            self = self.without(&header::CONTENT_TYPE);
        }
        self.header(header::ETAG, &tag.to_string())
    }
}
