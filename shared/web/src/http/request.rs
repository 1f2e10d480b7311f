//! A request as handlers see it.

use super::{
    params::{self, Params},
    problem::Problem,
};
use domain::{
    id::{ContactId, TeammateId},
    settings::PortalSettings,
};
use lambda_http::{
    RequestExt,
    http::{HeaderMap, Method, StatusCode},
    request::RequestContext,
};
use portal::{customer::Visit, once};
use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

/// In bytes. Longer bodies are refused with 413 before they are parsed. API Gateway lets 10 MB through, Lambda 6 MB.
const LONGEST_BODY: usize = 64 * 1024;
/// As [`LONGEST_BODY`], of a form. A character of a text takes up to three times as many bytes there as in the text itself, and a
/// text that is too long comes back to whoever wrote it, with the reason, which a form that is not read cannot.
const LONGEST_FORM: usize = 1024 * 1024;

/// What handlers need of an API Gateway event.
#[derive(Debug)]
pub struct Request {
    /// The route that API Gateway chose, such as `GET /tickets/{ticket_id}`.
    pub route: String,
    pub method: Method,
    /// Path parameters, decoded.
    pub path: BTreeMap<String, String>,
    /// The path as the gateway passes it on.
    pub raw_path: String,
    /// The parameters of the query, not yet checked.
    pub params: Params,
    /// Lower-case names. Cookies are in [`Self::cookies`].
    pub headers: HeaderMap,
    /// Names and values, in order. A name can occur several times.
    pub cookies: Vec<(String, String)>,
    /// The domain that the client asked for.
    pub host: String,
    /// API Gateway's id for the request.
    pub id: String,
    /// The contact as whom a teammate looks at the portal with this request.
    pub(crate) viewing: Option<ContactId>,
    pub(crate) sender: Sender,
    /// The visit of the contact who sends it, for the shell of a page.
    pub(crate) visit: OnceLock<Visit>,
    /// The portal's settings, once they are known, for the shell of a page.
    settings: OnceLock<Arc<PortalSettings>>,
    query: String,
    body: Vec<u8>,
}

/// From whom a request turned out to come.
#[derive(Debug, Default)]
pub(crate) struct Sender {
    pub(crate) contact: OnceLock<ContactId>,
    pub(crate) teammate: OnceLock<TeammateId>,
    /// Set when session and identity token name two people.
    pub(crate) disagrees: OnceLock<()>,
}

/// Whether people will read what is at a path.
fn is_page(path: &str) -> bool {
    !path.starts_with("/api/") && !path.starts_with("/embed/")
}

fn with_query(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

impl Request {
    pub(crate) fn from_lambda(request: lambda_http::Request) -> Self {
        let (mut route, mut host, mut id) = (String::new(), String::new(), String::new());
        if let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref() {
            route = context.route_key.clone().unwrap_or_default();
            host = context.domain_name.clone().unwrap_or_default();
            id = context.request_id.clone().unwrap_or_default();
        }
        let path = request.path_parameters_ref().into_iter().flat_map(|map| map.iter());
        let path = path.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let raw_path = request.raw_http_path().to_owned();
        let query = request.uri().query().unwrap_or_default();
        let query = if is_page(&raw_path) { params::own(query) } else { query.to_owned() };
        let params = Params::parse(&query);
        let (parts, body) = request.into_parts();
        let cookies = parts.headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
        let cookies = cookies.flat_map(|header| cookie::Cookie::split_parse(header.to_owned()).flatten());
        let cookies = cookies.map(|it| (it.name().to_owned(), it.value().to_owned())).collect();
        let (method, headers, body) = (parts.method, parts.headers, body.to_vec());
        Self {
            route,
            method,
            path,
            raw_path,
            params,
            headers,
            cookies,
            host,
            id,
            viewing: None,
            sender: Sender::default(),
            visit: OnceLock::new(),
            settings: OnceLock::new(),
            query,
            body,
        }
    }

    /// Notes for the log that it comes from this contact.
    pub fn comes_from(&self, contact: &ContactId) {
        self.sender.contact.get_or_init(|| contact.clone());
    }

    /// Notes the portal's settings, for the shell of a page that is still to be made.
    pub fn is_of(&self, settings: &Arc<PortalSettings>) {
        self.settings.get_or_init(|| settings.clone());
    }

    /// The portal's settings, if this request has read them.
    pub(crate) fn settings(&self) -> Option<&Arc<PortalSettings>> {
        let of_visit = self.visit.get().and_then(Visit::reader).map(|reader| &reader.settings);
        of_visit.or_else(|| self.settings.get())
    }

    /// Path and query, to come back to. Of a page's, without what other tools have added to it.
    #[must_use]
    pub fn target(&self) -> String {
        with_query(&self.raw_path, &self.query)
    }

    /// The same address without its cursor: the first page of the same list.
    pub(crate) fn first_page(&self) -> String {
        let path = format!("/{}", self.raw_path.trim_start_matches('/'));
        with_query(&path, &params::without("history_cursor", &params::without("cursor", &self.query)))
    }

    /// The only value of a header. `None` when it is absent, repeated or not text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        values.next().filter(|_| values.next().is_none()).and_then(|value| value.to_str().ok())
    }

    /// A path parameter. Empty when the route has none of that name.
    #[must_use]
    pub fn path_parameter(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    /// Whether people will read the answer. Everything outside `/api/` and `/embed/` is a page.
    #[must_use]
    pub fn wants_page(&self) -> bool {
        is_page(&self.raw_path)
    }

    /// The address at which a page is, when this one has a slash too many. `None` when it has not, or is none of a page.
    #[must_use]
    pub fn tidied(&self) -> Option<String> {
        let names: Vec<_> = self.raw_path.split('/').filter(|name| !name.is_empty()).collect();
        let known = matches!(names.first(), Some(&("tickets" | "helpdesk")));
        let plain = known && self.reads() && !names.iter().any(|name| matches!(*name, "." | ".."));
        let path = format!("/{}", names.join("/"));
        (plain && path != self.raw_path).then(|| with_query(&path, &self.query))
    }

    /// The body, not yet parsed.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Reads the fields of a form, in order. Lines in them end with `\n`.
    ///
    /// # Errors
    /// 413 for a body that is too long, 415 for one that is not a form.
    pub fn form(&self) -> Result<Params, Problem> {
        self.demand_body("application/x-www-form-urlencoded", LONGEST_FORM)?;
        Ok(Params::of_form(&self.body))
    }

    /// The body of a form with a file, not yet taken apart, and its media type, which says where its fields end.
    ///
    /// # Errors
    /// As [`Self::form`].
    pub fn file_form(&self) -> Result<(&str, &[u8]), Problem> {
        self.demand_body("multipart/form-data", LONGEST_FORM)?;
        Ok((self.header("content-type").unwrap_or_default(), &self.body))
    }

    /// Whether it only reads. On every route, requests that change something have another method than `GET` and `HEAD`.
    #[must_use]
    pub fn reads(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }

    /// Whether somebody opens a page themselves: not a script that asks whether it has changed, and not a teammate who looks
    /// at the portal as the contact. Browsers too old to say so are taken at their word.
    #[must_use]
    pub fn opens_page(&self) -> bool {
        let navigates = self.header("sec-fetch-mode").is_none_or(|mode| mode == "navigate");
        self.method == Method::GET && self.wants_page() && navigates && !self.is_viewing()
    }

    /// Whether it is for the Help Desk, as a page or as JSON.
    #[must_use]
    pub fn is_for_help_desk(&self) -> bool {
        let path = self.raw_path.strip_prefix("/api").unwrap_or(&self.raw_path);
        path == "/helpdesk" || path.starts_with("/helpdesk/")
    }

    /// Whether a teammate looks at the portal as the contact. Pages then offer nothing that would be refused.
    #[must_use]
    pub const fn is_viewing(&self) -> bool {
        self.viewing.is_some()
    }

    /// Reads the JSON body.
    ///
    /// # Errors
    /// 413 for a body that is too long, 415 for one that is not declared as JSON, 400 for one that is not valid.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, Problem> {
        self.json_within(LONGEST_BODY)
    }

    /// The same for a body with a text of any length that a ticket may have, however it is escaped.
    ///
    /// # Errors
    /// As [`Self::json`].
    pub fn long_json<T: serde::de::DeserializeOwned>(&self) -> Result<T, Problem> {
        self.json_within(LONGEST_FORM)
    }

    fn json_within<T: serde::de::DeserializeOwned>(&self, longest: usize) -> Result<T, Problem> {
        self.demand_body("application/json", longest)?;
        // Serde would accept a list in place of an object and take its values for the fields in order.
        if self.body.trim_ascii_start().starts_with(b"[") {
            return Err(Problem::invalid_body("it is a list, not an object"));
        }
        serde_json::from_slice(&self.body).map_err(|error| Problem::invalid_body(&error.to_string()))
    }

    /// Reads the header `Idempotency-Key`, by which a request is carried out only once.
    ///
    /// # Errors
    /// 400 `invalid_parameter` for a key that is repeated, empty or too long.
    pub fn idempotency_key(&self) -> Result<Option<once::Key>, Problem> {
        if !self.headers.contains_key("idempotency-key") {
            return Ok(None);
        }
        let key = self.header("idempotency-key").filter(|key| (1..=once::LONGEST_KEY).contains(&key.len()));
        let key = key.ok_or_else(|| {
            let detail = format!("Idempotency-Key is one key of 1 to {} characters.", once::LONGEST_KEY);
            Problem::invalid("invalid_parameter", detail)
        })?;
        let fingerprint = once::fingerprint(&[self.raw_path.as_bytes(), &self.body]);
        Ok(Some(once::Key { key: key.into(), fingerprint }))
    }

    fn demand_body(&self, media_type: &str, longest: usize) -> Result<(), Problem> {
        if self.body.len() > longest {
            let detail = format!("A body has at most {longest} bytes.");
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail));
        }
        let given = self.header("content-type").and_then(|it| it.split(';').next()).unwrap_or_default();
        if given.trim().eq_ignore_ascii_case(media_type) {
            return Ok(());
        }
        let detail = format!("Send the body with Content-Type: {media_type}.");
        Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail))
    }
}
