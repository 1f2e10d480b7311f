//! Exchanges an identity token for the session cookie, and ends the session (docs/wiring.md).

use askama::Template;
use lambda_http::http::StatusCode;
use portal::customer::session;
use serde::Deserialize;
use web::{
    App, Function, NotSignedIn, Problem, Request, Response, hint,
    look::Look,
    page::{Page, render},
    params, routes, session_cookie,
    visitor::by_identity_token,
};

pub const FUNCTION: Function = Function {
    name: "session",
    routes: routes![
        anyone "POST /api/session" => start,
        anyone "DELETE /api/session" => end,
        anyone "POST /sign-out" => end_on_page,
    ],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exchange {
    identity_token: String,
}

async fn start(app: &App, request: &Request) -> Result<Response, Problem> {
    params::none(request)?;
    let Exchange { identity_token } = request.json()?;
    let contact = by_identity_token(app, &identity_token).map_err(NotSignedIn::Refused)?.contact;
    request.comes_from(&contact);
    let had = session_cookie::all(app, request).find(|(whose, _)| *whose == contact).map(|(_, session)| session);
    let session::Start { session, hint } = session::start(&app.portal, &contact, had).await?;
    Ok(Response::empty(StatusCode::NO_CONTENT)
        .cookie(session_cookie::make(app, &contact, &session))
        .cookie(hint.and_then(|hint| hint::make(app, &contact, &hint))))
}

async fn end(app: &App, request: &Request) -> Result<Response, Problem> {
    params::none(request)?;
    let answer = Response::empty(StatusCode::NO_CONTENT);
    signed_out(app, request, answer).await
}

#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOut;

/// The same for people. The answer is a page: the content security policy does not let a form redirect to the vendor's
/// sign-in page, which is on another domain.
async fn end_on_page(app: &App, request: &Request) -> Result<Response, Problem> {
    params::none(request)?;
    let look = &Look::signed_out(app, &app.portal.store.recent_workspace().await?);
    let page = Page { title: "Signed out", look, content: render(&SignedOut)? };
    signed_out(app, request, page.into_response(StatusCode::OK)?).await
}

/// Ends the sessions whose cookies the request brings, and lets the answer clear these.
async fn signed_out(app: &App, request: &Request, answer: Response) -> Result<Response, Problem> {
    // Several cookies are nobody's identity, but each can be copied.
    for (contact, session) in session_cookie::all(app, request) {
        request.comes_from(&contact);
        session::end(&app.portal, &contact, &session).await?;
    }
    Ok(answer.cookie(Some(session_cookie::clear(&app.config))).cookie(Some(hint::clear(&app.config))))
}
