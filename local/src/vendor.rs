//! The vendor's own sites, played by this machine as docs/wiring.md tells a vendor to build them: its app, with the
//! Messenger, and its Help Center, with the card, on the host that has the portal too. Nothing of it is deployed.
//!
//! The hosts are siblings under a name that ends in `.localhost`, which browsers take for this machine. Right under
//! `localhost` they would share no cookies: to browsers it is a public suffix.

use crate::{
    demo::{Cast, Contact},
    sign_in,
};
use askama::Template;
use axum::{
    body::Body,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
    response::{IntoResponse, Redirect},
};
use serde::Deserialize;
use std::sync::Arc;
use web::{App, Config};

const APP: &str = "app.quayhaven.localhost";
const HELP_CENTER: &str = "help.quayhaven.localhost";
/// Who is signed in to the app: the id of a contact, encoded.
const USER: &str = "quayhaven_user";
/// Where the portal looks for an identity token (docs/wiring.md, Delivery).
const IDENTITY: &str = "portal_identity";
/// The pages offer as many people to sign in as.
const OFFERED: usize = 4;

/// The vendor's sites, and the portal as it is reached through them.
#[derive(Debug, Clone)]
pub struct Vendor {
    /// The portal at the Help Center's host: the same table, another origin.
    pub portal: Arc<App>,
    cast: Arc<Cast>,
    app_origin: String,
}

/// Whose pages a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    /// The vendor's app.
    App,
    /// The vendor's Help Center, which has the portal.
    HelpCenter,
    /// The portal alone, as without a vendor.
    Portal,
}

impl Site {
    /// Returns the site that an authority is of.
    #[must_use]
    pub fn of(authority: &str) -> Self {
        match domain::address::host(authority) {
            APP => Self::App,
            HELP_CENTER => Self::HelpCenter,
            _ => Self::Portal,
        }
    }

    /// Returns the site that a request is for.
    #[must_use]
    pub fn asked(headers: &HeaderMap) -> Self {
        Self::of(headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default())
    }
}

/// The address of the vendor's app.
#[must_use]
pub fn app_origin(port: u16) -> String {
    format!("http://{APP}:{port}")
}

/// The query of the app's sign-in page.
#[derive(Debug, Deserialize)]
pub struct Choice {
    contact: Option<String>,
    return_to: Option<String>,
}

#[derive(Template)]
#[template(path = "vendor_app.html")]
struct AppPage<'a> {
    vendor: &'a str,
    help: &'a str,
    user: Option<&'a Contact>,
    token: Option<&'a str>,
    people: Vec<(&'a Contact, String)>,
}

#[derive(Template)]
#[template(path = "vendor_help_center.html")]
struct HelpCenterPage<'a> {
    vendor: &'a str,
    app: &'a str,
    user: Option<&'a Contact>,
}

#[derive(Template)]
#[template(path = "vendor_sign_in.html")]
struct SignInPage<'a> {
    vendor: &'a str,
    people: Vec<(&'a Contact, String)>,
}

impl Vendor {
    /// The vendor of the demo data, beside a portal on this port. `None` where its people are not in the table.
    #[must_use]
    pub fn beside(app: &App, cast: &Arc<Cast>, port: u16) -> Option<Self> {
        if cast.contacts.is_empty() {
            return None;
        }
        let portal_origin = format!("http://{HELP_CENTER}:{port}");
        let teammate_sign_in_url = Some(sign_in::address(&portal_origin));
        let config = Config { portal_origin, teammate_sign_in_url, ..app.config.as_ref().clone() };
        let portal = Arc::new(App { config: Arc::new(config), ..app.clone() });
        Some(Self { portal, cast: cast.clone(), app_origin: app_origin(port) })
    }

    /// Returns where the vendor's app signs people in who want to go on at this address, if it is one of the vendor's.
    #[must_use]
    pub fn sign_in_for(&self, return_to: &str) -> Option<String> {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("return_to", return_to).finish();
        self.is_ours(return_to).then(|| format!("{}?{query}", sign_in::address(&self.app_origin)))
    }

    fn help(&self) -> &str {
        &self.portal.config.portal_origin
    }

    /// See docs/wiring.md, Your sign-in page.
    fn is_ours(&self, to: &str) -> bool {
        let behind = [self.help(), &self.app_origin].into_iter().find_map(|origin| to.strip_prefix(origin));
        to.bytes().all(|it| it.is_ascii_graphic()) && behind.is_some_and(|path| path.starts_with('/'))
    }

    fn user(&self, headers: &HeaderMap) -> Option<&Contact> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok());
        let mut pairs = cookies.flat_map(|it| it.split(';')).filter_map(|it| it.trim().split_once('='));
        let (_, encoded) = pairs.find(|(name, _)| *name == USER)?;
        let id = percent_encoding::percent_decode_str(encoded).decode_utf8().ok()?;
        self.cast.contacts.iter().find(|it| it.id == id)
    }

    /// The first people, each with the link that signs them in.
    fn people(&self, most: usize, return_to: Option<&str>) -> Vec<(&Contact, String)> {
        let link = |it: &Contact| sign_in::link_as("/sign-in", "contact", &it.id, return_to);
        self.cast.contacts.iter().take(most).map(|it| (it, link(it))).collect()
    }

    /// A cookie of both hosts, or, without a value, the end of it.
    fn cookie(&self, name: &str, value: Option<&str>) -> Option<HeaderValue> {
        let domain = self.portal.config.cookie_domain()?;
        let age = if value.is_some() { 3600 } else { 0 };
        let value = value.unwrap_or_default();
        format!("{name}={value}; Domain={domain}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}").parse().ok()
    }

    /// A page that loads what docs/messenger.md says, and nothing else.
    fn page(&self, content: askama::Result<String>) -> Response<Body> {
        let Ok(content) = content else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
        let help = self.help();
        let policy = format!(
            "default-src 'none'; style-src 'self'; img-src data:; script-src 'self' {help}/embed/; connect-src {help}; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        let mut page = axum::response::Html(content).into_response();
        page.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Ok(policy) = policy.parse() {
            page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        page
    }

    /// The first page of the app or of the Help Center.
    pub fn home(&self, site: Site, headers: &HeaderMap) -> Response<Body> {
        let (vendor, user) = (self.cast.vendor_name(), self.user(headers));
        if site == Site::HelpCenter {
            return self.page(HelpCenterPage { vendor, app: &self.app_origin, user }.render());
        }
        let token = user.and_then(|user| sign_in::identity_token(&self.portal, &user.id));
        let people = self.people(OFFERED, None);
        let page = AppPage { vendor, help: self.help(), user, token: token.as_deref(), people };
        let mut page = self.page(page.render());
        // Again before it runs out, as docs/wiring.md says.
        if let Some(cookie) = token.and_then(|token| self.cookie(IDENTITY, Some(&token))) {
            page.headers_mut().append(header::SET_COOKIE, cookie);
        }
        page
    }

    /// The app's sign-in page; with `contact`, the way back as that one.
    pub fn sign_in(&self, choice: &Choice) -> Response<Body> {
        let return_to = choice.return_to.as_deref().filter(|to| self.is_ours(to));
        let user = choice.contact.as_deref().and_then(|id| self.cast.contacts.iter().find(|it| it.id == id));
        let Some(user) = user else {
            let (vendor, people) = (self.cast.vendor_name(), self.people(usize::MAX, return_to));
            return self.page(SignInPage { vendor, people }.render());
        };
        let id = percent_encoding::utf8_percent_encode(&user.id, percent_encoding::NON_ALPHANUMERIC).to_string();
        let token = sign_in::identity_token(&self.portal, &user.id);
        let cookies = [self.cookie(USER, Some(&id)), token.and_then(|token| self.cookie(IDENTITY, Some(&token)))];
        self.onward(return_to.unwrap_or(&self.app_origin), cookies)
    }

    /// Signs out of the app. Its page has called `shutdown` before, which ends the portal's session.
    pub fn sign_out(&self) -> Response<Body> {
        self.onward(&self.app_origin, [self.cookie(USER, None), self.cookie(IDENTITY, None)])
    }

    fn onward(&self, to: &str, cookies: [Option<HeaderValue>; 2]) -> Response<Body> {
        let mut onward = Redirect::to(to).into_response();
        for cookie in cookies.into_iter().flatten() {
            onward.headers_mut().append(header::SET_COOKIE, cookie);
        }
        onward
    }
}

/// `POST /vendor-sign-out`.
pub async fn sign_out(State(vendor): State<Option<Vendor>>, headers: HeaderMap) -> Response<Body> {
    match vendor.filter(|_| Site::asked(&headers) == Site::App) {
        Some(vendor) => vendor.sign_out(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `GET /`.
pub async fn home(State(vendor): State<Option<Vendor>>, headers: HeaderMap) -> Response<Body> {
    match (vendor, Site::asked(&headers)) {
        (None, _) | (_, Site::Portal) => Redirect::to("/tickets").into_response(),
        (Some(vendor), site) => vendor.home(site, &headers),
    }
}

/// `GET /sign-in` of the app, or of the portal.
pub async fn sign_in(
    State((vendor, portal)): State<(Option<Vendor>, sign_in::SignIn)>,
    headers: HeaderMap,
    Query(choice): Query<sign_in::Choice>,
) -> Response<Body> {
    let Some(vendor) = vendor else { return sign_in::serve(portal, choice).await };
    match Site::asked(&headers) {
        Site::App => vendor.sign_in(&Choice { contact: choice.contact, return_to: choice.return_to }),
        // Who wants to go on at the vendor's needs a cookie there.
        Site::Portal if let Some(to) = choice.return_to.as_deref().and_then(|to| vendor.sign_in_for(to)) => {
            Redirect::to(&to).into_response()
        }
        Site::Portal => sign_in::serve(portal, choice).await,
        Site::HelpCenter => sign_in::serve(sign_in::SignIn { app: vendor.portal, ..portal }, choice).await,
    }
}

/// `GET /vendor.css`.
pub async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css")], include_str!("../assets/vendor.css"))
}

/// `GET /vendor.js`.
pub async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript")], include_str!("../assets/vendor.js"))
}
