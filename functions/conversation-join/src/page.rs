//! The forms of the ticket page: joining, writing, opening. Whoever may not enter the portal has the conversation alone
//! on a page, and comes back to it.

use crate::{
    thread::{Thread, pages},
    ticket_id,
};
use domain::id::TicketId;
use portal::{
    customer::{Error, Visit, conversation},
    message::Message,
};
use store::Door;
use web::{
    App, Problem, Request, Response, params,
    response::see_other,
    thread,
    ticket::{self, Content, Refused, WayToWrite},
};

/// Leads to the ticket page, or shows the conversation to those who may not enter the portal.
pub(crate) async fn read(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    let [cursor] = request.params.take(["cursor"])?;
    let ticket = ticket_id(request)?;
    let door = Door::Ticket(&ticket);
    let before = pages(app, visit, door).place(cursor)?;
    match conversation::read(&app.portal, visit, door, before.as_ref()).await {
        Ok(_) | Err(Error::NoConversation) if may_enter(visit) => Ok(see_other(&page_of(visit, &ticket))),
        Ok(found) => {
            let thread = Thread::of(app, visit, door, found)?;
            alone(app, request, visit, &ticket, &thread, cursor.is_some(), None)
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn open(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    params::none(request)?;
    let ticket = ticket_id(request)?;
    conversation::open(&app.portal, visit, &ticket).await?;
    Ok(see_other(&format!("{}#body", page_of(visit, &ticket))))
}

pub(crate) async fn join(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    params::none(request)?;
    let ticket = ticket_id(request)?;
    conversation::join(&app.portal, visit, Door::Ticket(&ticket)).await?;
    Ok(see_other(&format!("{}#body", page_of(visit, &ticket))))
}

/// Adds a message. The form's field `begin` says that the conversation is to be opened or joined for it.
pub(crate) async fn say(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    params::none(request)?;
    let form = request.form()?;
    let field = |name: &str| form.first(name).unwrap_or_default();
    let message = Message { body: field("body").to_owned(), client_id: field("client_id").to_owned() };
    let ticket = ticket_id(request)?;
    let said = if form.first("begin").is_some() {
        conversation::begin(&app.portal, visit, &ticket, &message).await
    } else {
        conversation::say(&app.portal, visit, Door::Ticket(&ticket), &message).await
    };
    match said {
        Ok(_) => Ok(see_other(&format!("{}#newest", page_of(visit, &ticket)))),
        Err(error) => match words::refusal::unsaid(&error) {
            Some(why) => {
                let status = Problem::from(error).status;
                again(app, request, visit, &ticket, &Refused { status, why, draft: message.body }).await
            }
            None => Err(error.into()),
        },
    }
}

/// Shows the page again with a message that was refused.
async fn again(
    app: &App,
    request: &Request,
    visit: &Visit,
    ticket: &TicketId,
    refused: &Refused,
) -> Result<Response, Problem> {
    let door = Door::Ticket(ticket);
    match conversation::read(&app.portal, visit, door, None).await {
        Ok(_) | Err(Error::NoConversation) if may_enter(visit) => {
            ticket::show(app, request, visit, Some(ticket), None, Some(refused)).await
        }
        Ok(found) => {
            let thread = Thread::of(app, visit, door, found)?;
            alone(app, request, visit, ticket, &thread, false, Some(refused))
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether whoever has been read from the store may enter the portal.
fn may_enter(visit: &Visit) -> bool {
    visit.reader().is_some_and(|reader| reader.may_enter)
}

/// The page on which this reader has the conversation.
fn page_of(visit: &Visit, ticket: &TicketId) -> String {
    if may_enter(visit) { format!("/tickets/{ticket}") } else { format!("/tickets/{ticket}/conversation") }
}

/// The conversation without the rest of its ticket.
fn alone(
    app: &App,
    request: &Request,
    visit: &Visit,
    id: &TicketId,
    found: &Thread,
    is_earlier: bool,
    refused: Option<&Refused>,
) -> Result<Response, Problem> {
    let address = page_of(visit, id);
    let content = Content {
        id,
        title: &found.title,
        number: found.ticket.as_ref().map(|row| row.number),
        state: found.ticket.as_ref().map(|row| &row.state),
        ticket: None,
        asked: None,
        following: false,
        thread: thread::Thread {
            earlier: found.next_cursor.as_ref().map(|cursor| format!("{address}?cursor={cursor}")),
            newer: is_earlier.then(|| address.clone()),
            ..ticket::messages(&found.parts)
        },
        way_to_write: match found.participating {
            _ if request.is_viewing() || is_earlier => WayToWrite::None,
            true => WayToWrite::Composer(found.id.as_str()),
            false if refused.is_some() => WayToWrite::Begin,
            false => WayToWrite::Join,
        },
        refused,
        tag: None,
    };
    content.into_response(app, request, visit)
}
