//! The vendor's sign-in pages, for customers and for staff, played by this machine: choose who you are, and come back
//! with a session or a teammate's token.

use crate::{
    demo::{Cast, Contact, Teammate},
    gateway,
};
use askama::Template;
use axum::{
    body::Body,
    http::{Response, StatusCode, header},
};
use lambda_http::http::Request;
use serde::Deserialize;
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use store::Workspace;
use web::{
    App,
    page::{Look, Page, render},
    teammate,
};

/// A teammate signs in once a day.
const SHIFT: Duration = Duration::from_secs(12 * 60 * 60);

/// Which people the page lists.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// What the functions work with.
    pub app: Arc<App>,
    /// The demo people; without contacts where the table has no demo data.
    pub cast: Arc<Cast>,
}

/// The query of the sign-in page.
#[derive(Debug, Deserialize)]
pub struct Choice {
    pub(crate) contact: Option<String>,
    pub(crate) teammate: Option<String>,
    pub(crate) return_to: Option<String>,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    people: Vec<(&'a Contact, String)>,
    teammates: Vec<(&'a Teammate, String, String)>,
    teammates_first: bool,
    return_to: Option<&'a str>,
    problem: Option<&'a str>,
}

/// `GET /sign-in`: the people; with `contact` or `teammate`, a session for that one.
pub async fn serve(sign_in: SignIn, choice: Choice) -> Response<Body> {
    let app = &sign_in.app;
    let return_to = choice.return_to.as_deref().filter(|to| is_ours(app, to));
    let chosen = |who: &Option<String>| who.clone().filter(|who| !who.is_empty());
    let (response, first_page, whose) = match (chosen(&choice.contact), chosen(&choice.teammate)) {
        (Some(contact), _) => (session_for(app, &contact).await, "/tickets", "contact: the identity"),
        (None, Some(id)) => (token_for(&sign_in, &id), "/helpdesk", "teammate: the teammate"),
        (None, None) => return page(&sign_in, return_to, None).await,
    };
    match response {
        Some(mut response) => {
            *response.status_mut() = StatusCode::SEE_OTHER;
            if let Ok(location) = return_to.unwrap_or(first_page).parse() {
                response.headers_mut().insert(header::LOCATION, location);
            }
            response
        }
        None => {
            let why = format!("No session for that {whose} keys have no HS256 key to sign with.");
            page(&sign_in, return_to, Some(&why)).await
        }
    }
}

/// The address of the sign-in page.
#[must_use]
pub fn address(origin: &str) -> String {
    format!("{origin}/sign-in")
}

/// Whether an address is that of this page, on any port.
pub(crate) fn is_local(url: &str) -> bool {
    url.starts_with("http://127.0.0.1:") && url.ends_with("/sign-in")
}

/// The address of a link that signs a contact in.
#[must_use]
pub fn link(origin: &str, contact: &str) -> String {
    link_as(&address(origin), "contact", contact, None)
}

/// The address of a link that signs a teammate in.
#[must_use]
pub fn teammate_link(origin: &str, id: &str) -> String {
    link_as(&address(origin), "teammate", id, None)
}

/// The address of a link on a sign-in page.
pub(crate) fn link_as(page: &str, kind: &str, id: &str, return_to: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair(kind, id);
    if let Some(return_to) = return_to {
        query.append_pair("return_to", return_to);
    }
    format!("{page}?{}", query.finish())
}

fn path_of<'a>(app: &App, to: &'a str) -> &'a str {
    to.strip_prefix(app.config.portal_origin.as_str()).unwrap_or(to)
}

/// Browsers drop tabs and line breaks before they parse an address, and read `\` as `/`.
fn is_ours(app: &App, to: &str) -> bool {
    let path = path_of(app, to);
    let plain = to.bytes().all(|it| it.is_ascii_graphic());
    plain && path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\")
}

/// What the vendor's backend does: sign an identity token.
pub(crate) fn identity_token(app: &App, contact: &str) -> Option<String> {
    let now = app.portal.clock.now().seconds();
    let (aud, iss) = (&app.config.identity_audience, &app.config.identity_issuer);
    let claims = json!({"user_id": contact, "aud": aud, "iss": iss, "iat": now, "exp": now + 3600});
    app.config.identity_keys.sign(&claims).ok()
}

/// Exchanges an identity token for a session.
async fn session_for(app: &App, contact: &str) -> Option<Response<Body>> {
    let token = identity_token(app, contact)?;
    let request = Request::post("/api/session")
        .header("content-type", "application/json")
        .header("host", app.config.portal_origin.split_once("://")?.1)
        .body(());
    let (head, ()) = request.ok()?.into_parts();
    let body = json!({ "identity_token": token }).to_string().into();
    let event = gateway::to_event(&head, &body, "POST /api/session", BTreeMap::new());
    let response = gateway::invoke(app, session::FUNCTION, event).await;
    response.status().is_success().then_some(response)
}

/// What the staff identity provider does: sign a token and leave it in the browser. Demo people have their names in it.
fn token_for(SignIn { app, cast }: &SignIn, id: &str) -> Option<Response<Body>> {
    let now = app.portal.clock.now();
    let name = cast.teammate(id);
    let claims =
        json!({"sub": id, "aud": "helpdesk", "name": name, "iat": now.seconds(), "exp": now.plus(SHIFT).seconds()});
    let token = app.config.teammate_keys.sign(&claims).ok()?;
    let mut response = Response::new(Body::empty());
    let cookie = teammate::set(&app.config, &token, SHIFT).parse().ok()?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Some(response)
}

async fn page(sign_in: &SignIn, return_to: Option<&str>, problem: Option<&str>) -> Response<Body> {
    let SignIn { app, cast } = sign_in;
    let workspace: Workspace = app.portal.store.workspace().await.unwrap_or_default();
    let teammates_first = return_to.is_some_and(|to| path_of(app, to).starts_with("/helpdesk"));
    // A contact has no use for a teammate's page, nor a teammate for a contact's.
    let back = |for_teammate: bool| return_to.filter(|_| for_teammate == teammates_first);
    let people = cast.contacts.iter();
    let people = people.map(|it| (it, link_as("/sign-in", "contact", &it.id, back(false)))).collect();
    let teammates = if cast.contacts.is_empty() { &[][..] } else { &cast.teammates };
    let teammates = teammates.iter().map(|it| {
        let customers: Vec<_> = cast.customers_of(it).collect();
        (it, customers.join(", "), link_as("/sign-in", "teammate", &it.id, back(true)))
    });
    let content = SignInPage { people, teammates: teammates.collect(), teammates_first, return_to, problem };
    let look = Look::signed_out(app, &workspace);
    let page = render(&content).and_then(|content| {
        let page = Page { title: "Sign in", look: &look, content };
        page.into_response(StatusCode::OK)
    });
    match page {
        Ok(page) => page.into_http().map(Body::from),
        Err(problem) => {
            let mut response = Response::new(Body::from(problem.detail));
            *response.status_mut() = problem.status;
            response
        }
    }
}
