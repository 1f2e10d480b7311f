//! The conversation of a ticket, for contacts (product.md 3.4 and 3.5): reading it, joining it, writing in it, and
//! opening one for a ticket that has none. As JSON for the Messenger, as a page for everybody else.

mod join;
mod open;
mod page;
mod read;
mod room;
mod write;

use domain::id::{ConversationId, TicketId};
use futures::FutureExt;
use store::Watch;
use web::{App, Function, Problem, Request, Response, Route, params, problem::signed_in, response};

const READ: Route = Route("GET /api/conversations/{conversation_id}");
const JOIN: Route = Route("POST /api/conversations/{conversation_id}/join");
const WRITE: Route = Route("POST /api/conversations/{conversation_id}/messages");
const OPEN: Route = Route("POST /api/tickets/{ticket_id}/conversation");
const PAGE: Route = Route("GET /tickets/{ticket_id}/conversation");
const PAGE_OPEN: Route = Route("POST /tickets/{ticket_id}/conversation");
const PAGE_JOIN: Route = Route("POST /tickets/{ticket_id}/conversation/join");
const PAGE_WRITE: Route = Route("POST /tickets/{ticket_id}/conversation/messages");
const ROUTES: &[Route] = &[READ, JOIN, WRITE, OPEN, PAGE, PAGE_OPEN, PAGE_JOIN, PAGE_WRITE];

/// Times that something is tried again when others change the ticket.
const ROUNDS: u32 = 8;

/// `conversation-join`.
pub const FUNCTION: Function =
    Function { name: "conversation-join", routes: ROUTES, handle: |app, request| handle(app, request).boxed() };

async fn handle(app: &App, request: &Request) -> Result<Response, Problem> {
    let visitor = signed_in(app, request).await?;
    let conversation = || {
        let id = ConversationId::new(request.path_parameter("conversation_id"));
        id.map_err(|_| Problem::conversation_not_found())
    };
    match Route::of(&request.route, ROUTES) {
        Some(READ) => {
            let [cursor, ticket] = request.params.take(["cursor", "ticket"])?;
            let (id, ticket) = (conversation()?, ticket.and_then(|id| TicketId::new(id).ok()));
            let watch = ticket.as_ref().map_or(Watch::Conversation(&id), Watch::Ticket);
            if let Some(same) = read::unchanged(app, request, &visitor, watch).await? {
                return Ok(same);
            }
            let thread = read::read(app, request, &visitor, &id, cursor).await?;
            Ok(response::kept_json(&thread).tagged(request, &thread.tag(app, request, &visitor)))
        }
        Some(JOIN) => {
            params::none(request)?;
            Ok(response::json(&join::join(app, request, &visitor, &conversation()?).await?))
        }
        Some(WRITE) => {
            params::none(request)?;
            let (part, now) = write::write(app, request, &visitor, &conversation()?, &request.json()?).await?;
            Ok(if now { response::created(&part) } else { response::json(&part) })
        }
        Some(OPEN) => {
            params::none(request)?;
            let (opened, now) = open::open(app, request, &visitor, request.path_parameter("ticket_id")).await?;
            Ok(if now { response::created(&opened) } else { response::json(&opened) })
        }
        _ => page::handle(app, request, &visitor).await,
    }
}
