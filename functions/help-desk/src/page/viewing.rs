//! Starting and stopping "What this customer sees", and signing out of the Help Desk.

use super::{Visit, address, form::Form};
use askama::Template;
use domain::id::{ContactId, TicketId};
use lambda_http::http::StatusCode;
use portal::teammate::{Error, Teammate, Thing};
use web::{
    App, Problem, Request, Response,
    look::Look,
    page::{Page, render},
    response, teammate, viewing,
};

/// Lets the teammate see the portal as a contact does. It is recorded before they see anything.
pub(crate) async fn start(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    Visit::of(app, request, teammate).await?;
    let form = Form::of(request)?;
    let contact = ContactId::new(form.get("contact")).map_err(|_| Error::NotThere(Thing::Contact(None)))?;
    let ticket = form.filled("ticket").and_then(|id| TicketId::new(id).ok());
    let cookie = viewing::start(app, &teammate.id, &contact).ok_or_else(|| {
        let detail = "This contact’s id is too long to look as them.";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unknown_contact", detail)
    })?;
    portal::teammate::viewing::begin(&app.portal, teammate, &contact).await?;
    let to = ticket.map_or_else(|| "/tickets".to_owned(), |id| format!("/tickets/{id}"));
    Ok(response::see_other(&to).cookie(Some(cookie)))
}

/// Leads back to the Help Desk: to the ticket that the teammate was looking at, else to the contact.
pub(crate) async fn stop(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    Visit::of(app, request, teammate).await?;
    let from = request.header("referer").and_then(|it| it.strip_prefix(app.config.portal_origin.as_str()));
    let path = from.and_then(|it| it.split(['?', '#']).next());
    let ticket = path.and_then(|it| it.strip_prefix("/tickets/")).and_then(|id| TicketId::new(id).ok());
    let contact = || viewing::contact(app, request, teammate).map(|id| address::person(id.as_str()));
    let to = match ticket {
        Some(id) => address::ticket(id.as_str()),
        None => contact().unwrap_or_else(|| "/helpdesk".to_owned()),
    };
    Ok(response::see_other(&to).cookie(Some(viewing::stop(&app.config))))
}

#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOut;

/// Signs the teammate out and answers with a page: the content security policy does not let a form redirect to the
/// staff's sign-in page, which is on another domain.
pub(crate) async fn sign_out(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    let config = &app.config;
    let look = Look::signed_out(app, &visit.workspace);
    let page = Page { title: "Signed out", look: &look, content: render(&SignedOut)? };
    let cookies = teammate::clear(config).into_iter().chain([viewing::stop(config)]);
    Ok(cookies.fold(page.into_response(StatusCode::OK)?, |page, cookie| page.cookie(Some(cookie))))
}
