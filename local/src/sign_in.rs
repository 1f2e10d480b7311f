//! The vendor's sign-in page, played by this machine: choose who you are, and come back with a session.

use crate::{Person, gateway};
use askama::Template;
use axum::{
    body::Body,
    extract::{Query, State},
    http::{Response, StatusCode, header},
};
use lambda_http::http::Request;
use serde::Deserialize;
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};
use store::Workspace;
use web::{
    App,
    page::{Look, Page},
};

/// Which people the page lists.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// What the functions work with.
    pub app: Arc<App>,
    /// The demo people; empty without demo data.
    pub people: Arc<Vec<Person>>,
}

/// The query of the sign-in page.
#[derive(Debug, Deserialize)]
pub struct Choice {
    contact: Option<String>,
    return_to: Option<String>,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    people: Vec<(&'a Person, String)>,
    return_to: &'a str,
    problem: Option<&'a str>,
}

/// `GET /sign-in`: the people; with `contact`, a session for that one.
pub async fn serve(State(sign_in): State<SignIn>, Query(choice): Query<Choice>) -> Response<Body> {
    let return_to = choice.return_to.as_deref().filter(|to| is_ours(&sign_in.app, to)).unwrap_or("/tickets");
    let Some(contact) = choice.contact.as_deref().filter(|contact| !contact.is_empty()) else {
        return page(&sign_in, return_to, None).await;
    };
    match session_for(&sign_in.app, contact).await {
        Some(mut response) => {
            *response.status_mut() = StatusCode::SEE_OTHER;
            if let Ok(location) = return_to.parse() {
                response.headers_mut().insert(header::LOCATION, location);
            }
            response
        }
        None => {
            page(
                &sign_in,
                return_to,
                Some("No session for that contact: the identity keys have no HS256 key to sign with."),
            )
            .await
        }
    }
}

/// The address of the page.
pub(crate) fn address(origin: &str) -> String {
    format!("{origin}/sign-in")
}

/// Whether an address is this page's on some port.
pub(crate) fn is_local(url: &str) -> bool {
    url.starts_with("http://127.0.0.1:") && url.ends_with("/sign-in")
}

/// The address of a link that signs somebody in.
#[must_use]
pub fn link(origin: &str, contact: &str) -> String {
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("contact", contact).finish();
    format!("{}?{query}", address(origin))
}

fn is_ours(app: &App, to: &str) -> bool {
    let path = to.strip_prefix(app.config.portal_origin.as_str()).unwrap_or(to);
    path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\")
}

/// What the vendor's backend does: sign an identity token and exchange it.
async fn session_for(app: &App, contact: &str) -> Option<Response<Body>> {
    let now = app.clock.now().seconds();
    let claims = json!({"user_id": contact, "iat": now, "exp": now + 3600});
    let token = app.config.identity_keys.sign(&claims).ok()?;
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

async fn page(sign_in: &SignIn, return_to: &str, problem: Option<&str>) -> Response<Body> {
    let workspace: Workspace = sign_in.app.store.workspace().await.unwrap_or_default();
    let link = |person: &Person| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("contact", person.contact).append_pair("return_to", return_to);
        format!("/sign-in?{}", query.finish())
    };
    let people = sign_in.people.iter().map(|person| (person, link(person))).collect();
    let content = web::page::render(&SignInPage { people, return_to, problem });
    let look = Look::of(&workspace, None);
    let response = Page { title: "Sign in", look: &look, content }.into_response(StatusCode::OK);
    response.into_http().map(Body::from)
}
