//! The conversation of a ticket, for contacts (docs/product.md, Conversations): reading it, joining it, writing in it,
//! and opening one for a ticket that has none. The Messenger gets JSON; the forms of the ticket page come here, too.

mod page;
mod thread;

use domain::id::{ConversationId, TicketId};
use portal::customer::{Error, Visit, conversation};
use serde::Serialize;
use store::{Door, Watch};
use thread::Thread;
use web::{App, Function, Problem, Request, Response, fresh, params, response, routes};

pub const FUNCTION: Function = Function {
    name: "conversation-join",
    routes: routes![
        contact "GET /api/conversations/{conversation_id}" => read,
        contact "POST /api/conversations/{conversation_id}/join" => join,
        contact "POST /api/conversations/{conversation_id}/messages" => say,
        contact "POST /api/tickets/{ticket_id}/conversation" => open,
        contact "GET /tickets/{ticket_id}/conversation" => page::read,
        contact "POST /tickets/{ticket_id}/conversation" => page::open,
        contact "POST /tickets/{ticket_id}/conversation/join" => page::join,
        contact "POST /tickets/{ticket_id}/conversation/messages" => page::say,
    ],
};

/// Reads a conversation. The parameter `ticket` says to which ticket it is linked, so that the ticket's mark can show
/// that nothing has changed, and so that the ticket is looked for at once. If it is wrong or missing, the answer is the
/// same but takes more reads.
async fn read(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    let [cursor, ticket] = request.params.take(["cursor", "ticket"])?;
    let (id, ticket) = (conversation_id(request)?, ticket.and_then(|id| TicketId::new(id).ok()));
    let watch = ticket.as_ref().map_or(Watch::Conversation(&id), Watch::Ticket);
    if let Some(same) = fresh::unchanged(app, request, visit, watch).await? {
        return Ok(same);
    }
    let thread = Thread::read(app, visit, Door::Conversation(&id, ticket.as_ref()), cursor).await?;
    fresh::json(app, request, visit, &thread, &thread.marks)
}

#[derive(Serialize)]
struct Joined {
    participating: bool,
    joined_now: bool,
}

async fn join(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    params::none(request)?;
    let id = conversation_id(request)?;
    let joined_now = conversation::join(&app.portal, visit, Door::Conversation(&id, None)).await?;
    response::json(&Joined { participating: true, joined_now })
}

async fn say(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    params::none(request)?;
    let id = conversation_id(request)?;
    let (part, just_now) =
        conversation::say(&app.portal, visit, Door::Conversation(&id, None), &request.json()?).await?;
    response::made(&part, just_now)
}

#[derive(Serialize)]
struct Opened {
    id: ConversationId,
}

async fn open(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    params::none(request)?;
    let (id, just_now) = conversation::open(&app.portal, visit, &ticket_id(request)?).await?;
    response::made(&Opened { id }, just_now)
}

/// Reads the id in the path. Text that cannot be an id is treated like an id that does not exist.
fn conversation_id(request: &Request) -> Result<ConversationId, Error> {
    ConversationId::new(request.path_parameter("conversation_id")).map_err(|_| Error::NoConversation)
}

fn ticket_id(request: &Request) -> Result<TicketId, Error> {
    TicketId::new(request.path_parameter("ticket_id")).map_err(|_| Error::NoTicket)
}
