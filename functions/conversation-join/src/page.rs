//! The conversation as a page, for those without script: reading, joining, writing.

use crate::{join, open, read, write};
use askama::Template;
use domain::{
    id::{ConversationId, TicketId},
    projection::CustomerPart,
};
use lambda_http::http::StatusCode;
use store::{Visitor, Watch};
use web::{
    App, Problem, Request, Response,
    fresh::Tag,
    page::Page,
    params,
    response::see_other,
    text::{Stretch, stretches},
    words::Words,
};

#[derive(Template)]
#[template(path = "conversation.html")]
struct ConversationPage<'a> {
    ticket: &'a TicketId,
    title: &'a str,
    number: Option<u64>,
    parts: Vec<(&'a CustomerPart, Vec<Stretch<'a>>)>,
    earlier: Option<String>,
    newest: Option<String>,
    participating: bool,
    /// Nothing can be changed by a teammate who looks as the contact.
    read_only: bool,
    alert: Option<&'a str>,
    draft: &'a str,
    client_id: String,
    /// By which the page learns of changes; earlier messages stay as they are.
    tag: Option<&'a Tag>,
}

/// What could not be done, and the words that it was about.
struct Failed {
    problem: Problem,
    draft: String,
}

pub(crate) async fn handle(app: &App, request: &Request, visitor: &Visitor) -> Result<Response, Problem> {
    let ticket = request.path_parameter("ticket_id");
    let address = format!("/tickets/{ticket}/conversation");
    match request.route.as_str() {
        route if route == crate::PAGE.0 => {
            let [cursor] = request.params.take(["cursor"])?;
            if let Ok(id) = TicketId::new(ticket)
                && let Some(same) = read::unchanged(app, request, visitor, Watch::Ticket(&id)).await?
            {
                return Ok(same);
            }
            show(app, request, visitor, cursor, None).await
        }
        route if route == crate::PAGE_OPEN.0 => {
            params::none(request)?;
            open::open(app, request, visitor, ticket).await?;
            Ok(see_other(&address))
        }
        route if route == crate::PAGE_JOIN.0 => {
            params::none(request)?;
            let id = conversation(app, request, visitor).await?;
            join::join(app, request, visitor, &id).await?;
            Ok(see_other(&format!("{address}#write")))
        }
        route if route == crate::PAGE_WRITE.0 => {
            params::none(request)?;
            let form = request.form()?;
            let field = |name: &str| form.iter().find(|(other, _)| *other == name).map_or("", |(_, value)| value);
            // Browsers send lines of a text area with both ends.
            let words = Words { body: field("body").replace("\r\n", "\n"), client_id: field("client_id").to_owned() };
            let id = conversation(app, request, visitor).await?;
            match write::write(app, request, visitor, &id, &words).await {
                Ok(_) => Ok(see_other(&format!("{address}#newest"))),
                Err(problem) if problem.status == StatusCode::BAD_REQUEST => {
                    show(app, request, visitor, None, Some(Failed { problem, draft: words.body })).await
                }
                Err(problem) => Err(problem),
            }
        }
        _ => Err(Problem::not_found()),
    }
}

/// The conversation of the ticket that the request names.
async fn conversation(app: &App, request: &Request, visitor: &Visitor) -> Result<ConversationId, Problem> {
    let (ticket, _, look) = open::find(app, request, visitor, request.path_parameter("ticket_id")).await?;
    ticket.conversation.ok_or_else(|| Problem::conversation_not_found().in_look(look))
}

async fn show(
    app: &App,
    request: &Request,
    visitor: &Visitor,
    cursor: Option<&str>,
    failed: Option<Failed>,
) -> Result<Response, Problem> {
    let id = conversation(app, request, visitor).await?;
    let thread = read::read(app, request, visitor, &id, cursor).await?;
    let ticket = TicketId::new(request.path_parameter("ticket_id")).map_err(|_| Problem::ticket_not_found())?;
    let address = format!("/tickets/{ticket}/conversation");
    let tag = thread.tag(app, request, visitor);
    let content = ConversationPage {
        ticket: &ticket,
        title: &thread.title,
        number: thread.ticket.as_ref().map(|row| row.number),
        parts: thread.parts.iter().map(|part| (part, stretches(&part.body))).collect(),
        earlier: thread.next_cursor.as_ref().map(|cursor| format!("{address}?cursor={cursor}")),
        newest: cursor.map(|_| address.clone()),
        participating: thread.participating,
        read_only: request.is_viewing(),
        alert: failed.as_ref().map(|failed| failed.problem.detail.as_str()),
        draft: failed.as_ref().map_or("", |failed| failed.draft.as_str()),
        client_id: app.new_id("m"),
        tag: Some(&tag).filter(|_| cursor.is_none() && request.reads()),
    };
    let content = web::page::render(&content);
    let title = format!("Conversation: {}", thread.title);
    let status = failed.as_ref().map_or(StatusCode::OK, |failed| failed.problem.status);
    let response = Page { title: &title, look: &thread.look, content }.into_response(status);
    Ok(if request.reads() { response.tagged(request, &tag) } else { response })
}
