//! The conversation of a ticket, for contacts (product.md 3.4 and 3.5): reading it, joining it, writing in it, and
//! opening one for a ticket that has none.

use domain::{
    conversation::{Part, PartKind},
    history::{Actor, Change, Event},
    id::{ConversationId, PartId, TicketId},
    projection::{CustomerPart, CustomerRow},
    reply::state_after_reply,
    ticket::Ticket,
    timestamp::Timestamp,
};
use futures::FutureExt;
use lambda_http::http::StatusCode;
use serde::Serialize;
use store::{CompanyScope, ConversationPage, Meeting, PartPlace, TicketPage, TicketWrite, Workspace, WriteError};
use web::{
    App, Function, Problem, Request, Response, Route,
    cursor::{self, Owner},
    hint, params,
    problem::{met, signed_in},
    response,
    words::{self, Words},
};

const READ: Route = Route("GET /api/conversations/{conversation_id}");
const JOIN: Route = Route("POST /api/conversations/{conversation_id}/join");
const WRITE: Route = Route("POST /api/conversations/{conversation_id}/messages");
const OPEN: Route = Route("POST /api/tickets/{ticket_id}/conversation");
const ROUTES: &[Route] = &[READ, JOIN, WRITE, OPEN];

/// Messages a page.
const MESSAGES_A_PAGE: usize = 30;
/// Times that a write is tried again when others change the ticket.
const ROUNDS: u32 = 8;

/// `conversation-join`.
pub const FUNCTION: Function =
    Function { name: "conversation-join", routes: ROUTES, handle: |app, request| handle(app, request).boxed() };

async fn handle(app: &App, request: &Request) -> Result<Response, Problem> {
    match Route::of(&request.route, ROUTES) {
        Some(READ) => read(app, request).await,
        Some(JOIN) => join(app, request).await,
        Some(WRITE) => write(app, request).await,
        Some(OPEN) => open(app, request).await,
        _ => Err(Problem::not_found()),
    }
}

/// A conversation that the contact may read.
struct Room {
    id: ConversationId,
    workspace: Workspace,
    scope: CompanyScope,
    page: ConversationPage,
    /// The linked ticket, as the contact sees it.
    row: Option<CustomerRow>,
}

#[derive(Serialize)]
struct Thread {
    id: ConversationId,
    title: String,
    ticket: Option<CustomerRow>,
    participating: bool,
    /// Oldest first.
    parts: Vec<CustomerPart>,
    next_cursor: Option<String>,
}

async fn read(app: &App, request: &Request) -> Result<Response, Problem> {
    let [cursor] = request.params.take(["cursor"])?;
    let Room { id, workspace, scope, page, row } = room(app, request, cursor).await?;
    let lens = scope.lens(&workspace);
    let title = row.as_ref().map(|row| row.title.clone()).or(page.title);
    let owner = Owner::Contact(&scope.contact().id);
    let thread = Thread {
        title: title.unwrap_or_else(|| "Conversation".into()),
        ticket: row,
        participating: page.participating,
        parts: page.thread.parts.iter().filter_map(|part| lens.part(part)).collect(),
        next_cursor: page.thread.earlier.and_then(|at| cursor::make_in(app, owner, id.as_str(), &at)),
        id,
    };
    Ok(response::json(&thread).revalidated(request))
}

#[derive(Serialize)]
struct Joined {
    participating: bool,
    joined_now: bool,
}

async fn join(app: &App, request: &Request) -> Result<Response, Problem> {
    params::none(request)?;
    for _ in 0..ROUNDS {
        let Room { id, scope, page, .. } = room(app, request, None).await?;
        let ConversationPage { ticket: Some(TicketPage { ticket, .. }), participating: false, .. } = page else {
            return Ok(response::json(&Joined { participating: true, joined_now: false }));
        };
        match app.store.join(&scope, &ticket, &id, app.clock.now()).await {
            Ok(joined_now) => return Ok(response::json(&Joined { participating: true, joined_now })),
            // The next look finds out what the contact may see now.
            Err(WriteError::Left | WriteError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(WriteError::Stale.into())
}

async fn write(app: &App, request: &Request) -> Result<Response, Problem> {
    params::none(request)?;
    let words: Words = request.json()?;
    let mut part: Option<Part> = None;
    for _ in 0..ROUNDS {
        let Room { id, workspace, scope, page, .. } = room(app, request, None).await?;
        if !page.participating {
            let detail = "Join the conversation, then write.";
            return Err(Problem::new(StatusCode::FORBIDDEN, "not_a_participant", detail));
        }
        let (contact, lens) = (scope.contact(), scope.lens(&workspace));
        let once = words.once(app, &id, &format!("contact {}", contact.id), PartKind::Message)?;
        if let Some(place) = words::before(app, &once).await? {
            let said = app.store.said(&id, &place).await?.and_then(|part| lens.part(&part));
            return said.map(|part| response::json(&part)).ok_or_else(Problem::conversation_not_found);
        }
        let author = Actor::Contact { id: contact.id.clone(), name: contact.name.clone() };
        let part = part.get_or_insert(Part {
            id: PartId::new(app.new_id("p")).map_err(|_| Problem::not_found())?,
            kind: PartKind::Message,
            author: author.clone(),
            body: words.body.clone(),
            at: app.clock.now(),
        });
        let ticket = page.ticket.map(|page| replied(&workspace, page.ticket, author, part.at));
        let through = |write: TicketWrite| {
            let by_company = write.after.row.requester != contact.id;
            write.through(by_company.then(|| contact.id.clone()))
        };
        match app.store.say(&id, part, &once, ticket.map(through)).await {
            Ok(()) => {
                let shown = lens.part(part);
                return shown.map(|part| response::created(&part)).ok_or_else(Problem::conversation_not_found);
            }
            Err(WriteError::Stale | WriteError::Left | WriteError::Repeated) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(WriteError::Stale.into())
}

/// The ticket after a customer's message.
fn replied(workspace: &Workspace, before: Ticket, by: Actor, at: Timestamp) -> TicketWrite {
    let mut after = before.clone();
    after.row.updated_at = at.max(before.row.updated_at);
    let moved = state_after_reply(&workspace.catalog, &before.row).map(|state| {
        (after.row.state, after.row.state_category) = (state.id.clone(), state.category);
        Event { at, by, change: Change::StateChanged { to: Some((state.id.clone(), state.category)) } }
    });
    TicketWrite::replace(before, after, moved)
}

#[derive(Serialize)]
struct Opened {
    id: ConversationId,
}

async fn open(app: &App, request: &Request) -> Result<Response, Problem> {
    params::none(request)?;
    let visitor = signed_in(app, request).await?;
    let id = TicketId::new(request.path_parameter("ticket_id")).map_err(|_| Problem::ticket_not_found())?;
    let hint = hint::read(app, request, &visitor.contact, None);
    for _ in 0..ROUNDS {
        let (workspace, meeting) = app.store.meet_with_ticket(&visitor, hint.as_ref(), &id).await?;
        let Meeting { scope, page, .. } = met(app, request, meeting).await?;
        let ticket = page.map(|page| page.ticket).filter(|it| scope.lens(&workspace).row(&it.row).is_some());
        let ticket = ticket.ok_or_else(Problem::ticket_not_found)?;
        if let Some(id) = ticket.conversation {
            return Ok(response::json(&Opened { id }));
        }
        let id = ConversationId::new(app.new_id("c")).map_err(|_| Problem::not_found())?;
        match app.store.open_conversation(&scope, &ticket, &id, app.clock.now()).await {
            Ok(()) => return Ok(response::created(&Opened { id })),
            Err(WriteError::Stale | WriteError::Left) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(WriteError::Stale.into())
}

/// The conversation that the request names, if the contact may read it. A missing one and a forbidden one are the same.
async fn room(app: &App, request: &Request, cursor: Option<&str>) -> Result<Room, Problem> {
    let visitor = signed_in(app, request).await?;
    let id = ConversationId::new(request.path_parameter("conversation_id"));
    let id = id.map_err(|_| Problem::conversation_not_found())?;
    let owner = Owner::Contact(&visitor.contact);
    let before: Option<PartPlace> =
        cursor.map(|cursor| cursor::open_in(app, owner, id.as_str(), cursor)).transpose()?;
    let hint = hint::read(app, request, &visitor.contact, None);
    let found = app.store.meet_with_conversation(&visitor, hint.as_ref(), &id, before.as_ref(), MESSAGES_A_PAGE);
    let (workspace, meeting) = found.await?;
    let Meeting { scope, page, .. } = met(app, request, meeting).await?;
    let page = page.ok_or_else(Problem::conversation_not_found)?;
    let row = page.ticket.as_ref().map(|page| scope.lens(&workspace).row(&page.ticket.row));
    if row == Some(None) {
        return Err(Problem::conversation_not_found());
    }
    Ok(Room { id, workspace, scope, page, row: row.flatten() })
}
