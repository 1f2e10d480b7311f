//! The Help Desk (product.md 3.7): what teammates read and write, as pages and as JSON. The company of a ticket has a
//! function of its own.

mod conversations;
mod create;
mod directory;
mod page;
mod say;
mod search;
mod tickets;
mod update;

use futures::FutureExt;
use web::{App, Function, Problem, Request, Response, Route, teammate};

const SEARCH: Route = Route("GET /api/helpdesk/search");
const CREATE: Route = Route("POST /api/helpdesk/tickets");
const TICKET: Route = Route("GET /api/helpdesk/tickets/{ticket_id}");
const UPDATE: Route = Route("PATCH /api/helpdesk/tickets/{ticket_id}");
const CONVERSATION: Route = Route("GET /api/helpdesk/conversations/{conversation_id}");
const CONVERT: Route = Route("POST /api/helpdesk/conversations/{conversation_id}/convert");
const LINK: Route = Route("POST /api/helpdesk/conversations/{conversation_id}/tickets/{ticket_id}");
const MESSAGE: Route = Route("POST /api/helpdesk/conversations/{conversation_id}/messages");
const NOTE: Route = Route("POST /api/helpdesk/conversations/{conversation_id}/notes");
const COMPANY: Route = Route("GET /api/helpdesk/companies");
const PUT_COMPANY: Route = Route("PUT /api/helpdesk/companies");
const COMPANY_TICKETS: Route = Route("GET /api/helpdesk/companies/tickets");
const CONTACT: Route = Route("GET /api/helpdesk/contacts");
const PUT_CONTACT: Route = Route("PUT /api/helpdesk/contacts");
const END_MEMBERSHIP: Route = Route("DELETE /api/helpdesk/memberships");
const END_SESSIONS: Route = Route("DELETE /api/helpdesk/sessions");

const ROUTES: &[Route] = &[
    SEARCH,
    CREATE,
    TICKET,
    UPDATE,
    CONVERSATION,
    CONVERT,
    LINK,
    MESSAGE,
    NOTE,
    COMPANY,
    PUT_COMPANY,
    COMPANY_TICKETS,
    CONTACT,
    PUT_CONTACT,
    END_MEMBERSHIP,
    END_SESSIONS,
    page::SEARCH,
    page::COLUMNS,
    page::NEW,
    page::CREATE,
    page::TICKET,
    page::EDIT,
    page::LINK_CONVERSATION,
    page::CONVERSATION,
    page::REPLY,
    page::NOTE,
    page::CONVERT,
    page::LINK_TICKET,
    page::COMPANIES,
    page::COMPANY_TICKETS,
    page::PEOPLE,
    page::VIEW_AS,
    page::STOP_VIEWING,
    page::SIGN_OUT,
];

/// `help-desk`.
pub const FUNCTION: Function =
    Function { name: "help-desk", routes: ROUTES, handle: |app, request| handle(app, request).boxed() };

async fn handle(app: &App, request: &Request) -> Result<Response, Problem> {
    let teammate = teammate::signed_in(app, request).await?;
    match Route::of(&request.route, ROUTES) {
        Some(SEARCH) => search::search(app, request, &teammate).await,
        Some(CREATE) => create::create(app, request, &teammate).await,
        Some(TICKET) => tickets::read(app, request).await,
        Some(UPDATE) => update::update(app, request, &teammate).await,
        Some(CONVERSATION) => conversations::read(app, request, &teammate).await,
        Some(CONVERT) => create::convert(app, request, &teammate).await,
        Some(LINK) => conversations::link(app, request, &teammate).await,
        Some(MESSAGE | NOTE) => say::say(app, request, &teammate).await,
        Some(COMPANY) => directory::company(app, request, &teammate).await,
        Some(PUT_COMPANY) => directory::put_company(app, request).await,
        Some(COMPANY_TICKETS) => directory::company_tickets(app, request, &teammate).await,
        Some(CONTACT) => directory::contact(app, request).await,
        Some(PUT_CONTACT) => directory::put_contact(app, request).await,
        Some(END_MEMBERSHIP) => directory::end_membership(app, request).await,
        Some(END_SESSIONS) => directory::end_sessions(app, request).await,
        _ => page::handle(app, request, &teammate).await,
    }
}
