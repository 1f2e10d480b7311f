//! The conversation as a page for browsers without JavaScript: reading, joining and writing.

use crate::{thread::Thread, ticket_id};
use askama::Template;
use domain::{
    id::{ContactId, ConversationId, TicketId},
    projection::CustomerPart,
    sentence::isolated,
};
use lambda_http::http::StatusCode;
use portal::{
    customer::{Error, Visit, conversation},
    message::Message,
};
use store::{Door, Watch};
use web::{
    App, Problem, Request, Response,
    fresh::{self, Tag},
    page::{Look, Page, render},
    params,
    response::see_other,
    text::{Stretch, stretches},
};

#[derive(Template)]
#[template(path = "conversation.html")]
struct ConversationPage<'a> {
    ticket: &'a TicketId,
    /// By these the script finds what the reader has typed in the Messenger before the session ended.
    id: &'a ConversationId,
    reader: &'a ContactId,
    title: &'a str,
    number: Option<u64>,
    parts: Vec<(&'a CustomerPart, Vec<Stretch<'a>>)>,
    earlier: Option<String>,
    newest: Option<String>,
    participating: bool,
    /// Whether a teammate looks at the page as the contact and cannot change anything.
    read_only: bool,
    alert: Option<&'a str>,
    draft: &'a str,
    client_id: String,
    /// The tag with which the page asks for changes. `None` if it does not: for earlier messages and after a form.
    tag: Option<&'a Tag>,
}

/// A message that was refused, and why.
struct Failed {
    why: String,
    draft: String,
}

pub(crate) async fn read(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    let [cursor] = request.params.take(["cursor"])?;
    let ticket = ticket_id(request)?;
    if let Some(same) = fresh::unchanged(app, request, visit, Watch::Ticket(&ticket)).await? {
        return Ok(same);
    }
    show(app, request, visit, &ticket, cursor, None).await
}

pub(crate) async fn open(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    params::none(request)?;
    let ticket = ticket_id(request)?;
    conversation::open(&app.portal, visit, &ticket).await?;
    Ok(see_other(&address(&ticket)))
}

pub(crate) async fn join(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    params::none(request)?;
    let ticket = ticket_id(request)?;
    conversation::join(&app.portal, visit, Door::Ticket(&ticket)).await?;
    Ok(see_other(&format!("{}#write", address(&ticket))))
}

pub(crate) async fn say(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    params::none(request)?;
    let form = request.form()?;
    let field = |name: &str| form.first(name).unwrap_or_default();
    let message = Message { body: field("body").to_owned(), client_id: field("client_id").to_owned() };
    let ticket = ticket_id(request)?;
    match conversation::say(&app.portal, visit, Door::Ticket(&ticket), &message).await {
        Ok(_) => Ok(see_other(&format!("{}#newest", address(&ticket)))),
        Err(Error::Unsayable(unsayable)) => {
            let why = words::refusal::invalid_body(&unsayable.0);
            show(app, request, visit, &ticket, None, Some(Failed { why, draft: message.body })).await
        }
        Err(error) => Err(error.into()),
    }
}

fn address(ticket: &TicketId) -> String {
    format!("/tickets/{ticket}/conversation")
}

async fn show(
    app: &App,
    request: &Request,
    visit: &Visit,
    ticket: &TicketId,
    cursor: Option<&str>,
    failed: Option<Failed>,
) -> Result<Response, Problem> {
    let thread = Thread::read(app, visit, Door::Ticket(ticket), cursor).await?;
    let address = address(ticket);
    let tag = thread.tag(app, request, visit)?;
    let content = ConversationPage {
        ticket,
        id: &thread.id,
        reader: &thread.reader,
        title: &thread.title,
        number: thread.ticket.as_ref().map(|row| row.number),
        parts: thread.parts.iter().map(|part| (part, stretches(&part.body))).collect(),
        earlier: thread.next_cursor.as_ref().map(|cursor| format!("{address}?cursor={cursor}")),
        newest: cursor.map(|_| address.clone()),
        participating: thread.participating,
        read_only: request.is_viewing(),
        alert: failed.as_ref().map(|failed| failed.why.as_str()),
        draft: failed.as_ref().map_or("", |failed| failed.draft.as_str()),
        client_id: app.portal.ids.next("m"),
        tag: Some(&tag).filter(|_| cursor.is_none() && request.reads()),
    };
    let content = render(&content)?;
    let title = format!("Conversation: {}", isolated(&thread.title));
    let status = if failed.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let response = Page { title: &title, look: &Look::of(app, request), content }.into_response(status)?;
    Ok(if request.reads() { response.tagged(request, &tag) } else { response })
}
