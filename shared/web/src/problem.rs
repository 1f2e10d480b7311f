//! What went wrong, as RFC 9457 problem details for programs and as a page for people.

use crate::{
    App, Request, Response,
    identity::{self, NotSignedIn},
    look::{Look, Reader},
    page::{Page, render},
    response,
    signing::TokenError,
    teammate,
};
use askama::Template;
use domain::{access::Reason, contact::Contact};
use lambda_http::http::{StatusCode, header};
use serde_json::{Map, Value, json};
use store::{Admission, CompanyScope, Entry, Meeting, StoreError, Visitor, Workspace, WriteError};

/// An error that becomes an answer.
#[derive(Debug, Clone)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable, for programs (api.md, errors).
    pub code: &'static str,
    /// For people: what is wrong and what they can do.
    pub detail: String,
    /// Why somebody may not enter.
    pub reasons: Vec<Reason>,
    /// What programs need besides, under names of their own.
    extra: Map<String, Value>,
    page: Box<ForPeople>,
}

/// What only the page of a problem needs.
#[derive(Debug, Clone, Default)]
struct ForPeople {
    look: Look,
    /// Where a person is sent instead of reading about it.
    elsewhere: Option<String>,
    /// Where the page offers to sign in.
    sign_in: Option<String>,
}

impl Problem {
    /// A problem with a code of api.md.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), reasons: Vec::new(), extra: Map::new(), page: Box::default() }
    }

    /// No such ticket, or none that this contact may see: the two are the same.
    #[must_use]
    pub fn ticket_not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "ticket_not_found",
            "There is no such ticket, or you do not have access to it.",
        )
    }

    /// No such company, or one that the contact is not in.
    #[must_use]
    pub fn company_not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "company_not_found", "There is no such company, or you are not in it.")
    }

    /// No such conversation, or none that this contact may read: the two are the same.
    #[must_use]
    pub fn conversation_not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "conversation_not_found",
            "There is no such conversation, or you do not have access to it.",
        )
    }

    /// The address leads nowhere.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this address.")
    }

    /// With a field of its own for programs.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.extra.insert(name.into(), value);
        self
    }

    /// Dressed as the workspace's pages are.
    #[must_use]
    pub fn in_look(mut self, look: Look) -> Self {
        self.page.look = look;
        self
    }

    /// Somebody without a valid identity. A person who brings none is sent to sign in and comes back; one whose
    /// identity fails reads why and chooses, because sending them on could go round in circles. So does one who sent a
    /// form: browsers hold a page's `form-action` against where the answer leads.
    pub async fn not_signed_in(app: &App, request: &Request, why: NotSignedIn) -> Self {
        let mut problem = Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", "Sign in, then try again.");
        problem.reasons = vec![Reason::NotSignedIn];
        tracing::info!(?why, "not signed in");
        if !request.wants_page() {
            return problem;
        }
        match app.store.workspace().await {
            Err(error) => error.into(),
            Ok(workspace) => {
                let url = workspace.settings.sign_in_url.as_deref();
                problem = problem.in_look(Look::signed_out(&workspace)).offering_sign_in(url, app, request);
                if why == NotSignedIn::Missing && request.reads() {
                    problem.page.elsewhere = problem.page.sign_in.clone();
                }
                problem
            }
        }
    }

    /// Somebody without a valid teammate's token. They are sent to where teammates sign in, as contacts are to theirs.
    pub(crate) async fn no_teammate(app: &App, request: &Request, why: NotSignedIn) -> Self {
        let mut problem =
            Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", "Sign in as a teammate, then try again.");
        problem.reasons = vec![Reason::NotSignedIn];
        tracing::info!(?why, "no teammate");
        if !request.wants_page() {
            return problem;
        }
        problem = problem.offering_sign_in(app.config.teammate_sign_in_url.as_deref(), app, request);
        if why == NotSignedIn::Missing && request.reads() && problem.page.sign_in.is_some() {
            problem.page.elsewhere = problem.page.sign_in.take();
            return problem;
        }
        match app.store.workspace().await {
            Err(error) => error.into(),
            Ok(workspace) => problem.in_look(Look::help_desk_signed_out(&workspace)),
        }
    }

    /// Offers a sign-in address that brings people back to what they asked for; after a form, to the first page.
    fn offering_sign_in(mut self, url: Option<&str>, app: &App, request: &Request) -> Self {
        let target = if request.reads() { request.target() } else { first_page(request.is_for_help_desk()).to_owned() };
        self.page.sign_in = url.map(|url| {
            let back = format!("{}{target}", app.config.portal_origin);
            let query: String =
                form_urlencoded::Serializer::new(String::new()).append_pair("return_to", &back).finish();
            let (url, fragment) = url.split_once('#').map_or((url, None), |(url, rest)| (url, Some(rest)));
            let joint = if url.contains('?') { '&' } else { '?' };
            fragment.map_or_else(|| format!("{url}{joint}{query}"), |it| format!("{url}{joint}{query}#{it}"))
        });
        self
    }

    /// Somebody who may not enter, and every reason why. Whoever looks on is told the same, and whom it is about.
    fn refused(app: &App, request: &Request, workspace: &Workspace, contact: &Contact, reasons: Vec<Reason>) -> Self {
        let first = reasons.first().copied().unwrap_or(Reason::NotSignedIn);
        let status = match first {
            Reason::NotSignedIn => StatusCode::UNAUTHORIZED,
            _ => StatusCode::FORBIDDEN,
        };
        let mut problem = Self::new(status, first.code(), advice(first).1);
        problem.reasons = reasons;
        if request.is_viewing() {
            return problem.in_look(Look::of(app, workspace, contact, request));
        }
        let url = workspace.settings.sign_in_url.as_deref();
        problem.in_look(Look::signed_out(workspace)).offering_sign_in(url, app, request)
    }

    /// The answer for whoever asked.
    pub(crate) fn into_response(self, app: &App, request: &Request) -> Response {
        if request.wants_page() { self.dressed(app, request).into_page() } else { self.into_json(request) }
    }

    /// A problem that was met before anybody knew who reads about it still says on whose side they are.
    fn dressed(mut self, app: &App, request: &Request) -> Self {
        let reader = &mut self.page.look.reader;
        match (&reader, &request.viewing) {
            (Reader::Nobody, Some(viewing)) => *reader = Reader::Viewed(viewing.contact.to_string()),
            (Reader::Nobody, None) if request.is_for_help_desk() => {
                let teammate = teammate::teammate(app, request).ok();
                *reader = Reader::HelpDesk(teammate.map(|it| it.display_name().to_owned()), None);
            }
            _ => {}
        }
        self
    }

    fn into_json(self, request: &Request) -> Response {
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
        let response = response::json_as("application/problem+json", self.status, &Value::Object(body));
        let response = response.retry_after(self.retry_after());
        // RFC 9110 wants a 401 to say how to do better.
        if self.status == StatusCode::UNAUTHORIZED {
            response.header(header::WWW_AUTHENTICATE, "Bearer")
        } else {
            response
        }
    }

    fn into_page(self) -> Response {
        if let Some(elsewhere) = self.page.elsewhere {
            return response::see_other(&elsewhere);
        }
        let retry_after = self.retry_after();
        let help_desk = self.page.look.is_help_desk();
        let words = |reason: &Reason| if help_desk { NO_TEAMMATE } else { advice(*reason) };
        let reasons = self.reasons.iter().map(words).collect::<Vec<_>>();
        let may_go_back = self.reasons.is_empty() && self.status != StatusCode::SERVICE_UNAVAILABLE;
        let content = ProblemPage {
            heading: match reasons.first() {
                Some((heading, _)) => heading,
                None => self.heading(),
            },
            detail: &self.detail,
            reasons: &reasons,
            sign_in: self.page.sign_in.as_deref(),
            known: self.reasons.first().is_some_and(|first| *first != Reason::NotSignedIn),
            way_back: may_go_back.then_some(match help_desk {
                true => (first_page(true), "Back to the Help Desk"),
                false => (first_page(false), "See all tickets"),
            }),
        };
        let page = Page { title: content.heading, look: &self.page.look, content: render(&content) };
        page.into_response(self.status).retry_after(retry_after)
    }

    fn heading(&self) -> &'static str {
        match (self.code, self.status.as_u16()) {
            ("read_only" | "wrong_origin", _) => "Nothing was changed",
            (_, 404) => "We can’t find that",
            (_, 500..=599) => "That didn’t work just now",
            _ => "That address isn’t quite right",
        }
    }

    /// In seconds; what is busy now is worth another try soon.
    fn retry_after(&self) -> Option<u32> {
        (self.status == StatusCode::SERVICE_UNAVAILABLE).then_some(1)
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    heading: &'a str,
    detail: &'a str,
    reasons: &'a [(&'static str, &'static str)],
    sign_in: Option<&'a str>,
    /// Who they are is known, and cannot enter.
    known: bool,
    way_back: Option<(&'a str, &'a str)>,
}

/// Where somebody starts.
const fn first_page(help_desk: bool) -> &'static str {
    if help_desk { "/helpdesk" } else { "/tickets" }
}

/// What a teammate's page says to somebody who is none, whoever else they are.
const NO_TEAMMATE: (&str, &str) = (
    "Sign in as a teammate",
    "The Help Desk is for the support team. We don’t know which teammate you are, or your session has ended. Sign in with your staff account, then open this page again.",
);

/// What a reason means and what the reader can do about it.
const fn advice(reason: Reason) -> (&'static str, &'static str) {
    match reason {
        Reason::PortalDisabled => (
            "The tickets portal isn’t open yet",
            "The support team has not turned it on. Ask them when it will be ready; until then you can reach them as usual.",
        ),
        Reason::NotSignedIn => (
            "Sign in to see your tickets",
            "We don’t know who you are, or your session has ended. Sign in and you’ll come straight back here.",
        ),
        Reason::NotInAudience => (
            "The portal isn’t available to you yet",
            "The support team has opened it to some customers only. Ask them to include you or your company.",
        ),
        Reason::NoEmail => (
            "Your account has no email address",
            "Add an email address to your account, or ask the support team to add it, then open this page again.",
        ),
        Reason::NoCompany => (
            "You aren’t connected to a company",
            "The portal shows a company’s tickets. Ask the person who manages your company’s account, or the support team, to add you to it.",
        ),
        Reason::NoTickets => (
            "There are no tickets yet",
            "Your company has no tickets to show. As soon as there is one, you’ll find it here.",
        ),
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(kind = error.kind(), error = error.for_log(), "store");
        if error.is_busy() {
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "Too much is going on. Try again in a moment.");
        }
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something is wrong on our side. The support team can find out with the request id.",
        )
    }
}

impl From<WriteError> for Problem {
    /// For writes where others were in the way to the end; what else can go wrong, the handler knows better.
    fn from(error: WriteError) -> Self {
        StoreError::from(error).into()
    }
}

/// The meeting with somebody whose session has not been revoked.
///
/// # Errors
/// 401 for one whose session has.
pub async fn met<T>(app: &App, request: &Request, meeting: Option<Meeting<T>>) -> Result<Meeting<T>, Problem> {
    match meeting {
        Some(meeting) => Ok(meeting),
        None => Err(Problem::not_signed_in(app, request, NotSignedIn::Refused(TokenError::Expired)).await),
    }
}

/// Who sends this request.
///
/// # Errors
/// The answer for somebody who is not signed in.
pub async fn signed_in(app: &App, request: &Request) -> Result<Visitor, Problem> {
    match identity::visitor(app, request) {
        Ok(visitor) => Ok(visitor),
        Err(why) => Err(Problem::not_signed_in(app, request, why).await),
    }
}

/// The scope and page of somebody who may enter.
///
/// # Errors
/// 401 or 403 with every reason for somebody who may not.
pub fn admitted<T>(app: &App, request: &Request, entry: Entry<T>) -> Result<(Workspace, CompanyScope, T), Problem> {
    let Entry { workspace, contact, admission } = entry;
    match admission {
        Admission::Granted(scope, page) => Ok((workspace, scope, page)),
        Admission::Refused(reasons) => Err(Problem::refused(app, request, &workspace, &contact, reasons)),
    }
}
