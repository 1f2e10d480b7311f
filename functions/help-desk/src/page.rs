//! The Help Desk's pages: complete without JavaScript, one module a page.

mod address;
mod companies;
mod control;
mod conversation;
mod form;
mod menu;
mod new;
mod people;
mod search;
mod settle;
mod table;
mod ticket;
mod viewing;

use askama::Template;
use domain::{conversation::PartKind, state::StateCategory};
use lambda_http::http::StatusCode;
use store::Workspace;
use web::{
    App, Problem, Request, Response, Route,
    look::{Look, Section},
    page::Page,
    params,
    teammate::Teammate,
};

pub(crate) const SEARCH: Route = Route("GET /helpdesk");
pub(crate) const COLUMNS: Route = Route("POST /helpdesk/columns");
pub(crate) const NEW: Route = Route("GET /helpdesk/new");
pub(crate) const CREATE: Route = Route("POST /helpdesk/tickets");
pub(crate) const TICKET: Route = Route("GET /helpdesk/tickets/{ticket_id}");
pub(crate) const EDIT: Route = Route("POST /helpdesk/tickets/{ticket_id}");
pub(crate) const LINK_CONVERSATION: Route = Route("POST /helpdesk/tickets/{ticket_id}/conversation");
pub(crate) const CONVERSATION: Route = Route("GET /helpdesk/conversations/{conversation_id}");
pub(crate) const REPLY: Route = Route("POST /helpdesk/conversations/{conversation_id}/messages");
pub(crate) const NOTE: Route = Route("POST /helpdesk/conversations/{conversation_id}/notes");
pub(crate) const CONVERT: Route = Route("POST /helpdesk/conversations/{conversation_id}/convert");
pub(crate) const LINK_TICKET: Route = Route("POST /helpdesk/conversations/{conversation_id}/ticket");
pub(crate) const COMPANIES: Route = Route("GET /helpdesk/companies");
pub(crate) const COMPANY_TICKETS: Route = Route("GET /helpdesk/companies/tickets");
pub(crate) const PEOPLE: Route = Route("GET /helpdesk/people");
pub(crate) const VIEW_AS: Route = Route("POST /helpdesk/view-as");
pub(crate) const STOP_VIEWING: Route = Route("POST /helpdesk/stop-viewing");
pub(crate) const SIGN_OUT: Route = Route("POST /helpdesk/sign-out");

/// Somebody at a page: who, with what, in which workspace.
pub(crate) struct Visit<'a> {
    app: &'a App,
    request: &'a Request,
    teammate: &'a Teammate,
    workspace: Workspace,
}

pub(crate) async fn handle(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit { app, request, teammate, workspace: app.store.workspace().await? };
    if !request.reads() {
        params::none(request)?;
    }
    let (ticket, conversation) = (request.path_parameter("ticket_id"), request.path_parameter("conversation_id"));
    match Route::of(&request.route, crate::ROUTES) {
        Some(SEARCH) => search::show(visit).await,
        Some(COLUMNS) => search::columns(visit),
        Some(NEW) => new::show(visit).await,
        Some(CREATE) => new::create(visit).await,
        Some(TICKET) => ticket::show(visit, ticket).await,
        Some(EDIT) => ticket::edit(visit, ticket).await,
        Some(LINK_CONVERSATION) => ticket::link(visit, ticket).await,
        Some(CONVERSATION) => conversation::show(visit, conversation).await,
        Some(REPLY) => conversation::say(visit, conversation, PartKind::Message).await,
        Some(NOTE) => conversation::say(visit, conversation, PartKind::Note).await,
        Some(CONVERT) => conversation::convert(visit, conversation).await,
        Some(LINK_TICKET) => conversation::link(visit, conversation).await,
        Some(COMPANIES) => companies::show(visit).await,
        Some(COMPANY_TICKETS) => companies::tickets(visit).await,
        Some(PEOPLE) => people::show(visit).await,
        Some(VIEW_AS) => viewing::start(visit).await,
        Some(STOP_VIEWING) => viewing::stop(visit),
        Some(SIGN_OUT) => viewing::sign_out(visit),
        _ => Err(Problem::not_found()),
    }
}

impl Visit<'_> {
    fn page(&self, section: Section, title: &str, status: StatusCode, content: &impl Template) -> Response {
        let look = Look::help_desk(&self.workspace, self.teammate).in_section(section);
        Page { title, look: &look, content: web::page::render(content) }.into_response(status)
    }
}

/// What teammates call the states of a category. "Waiting on you" is for customers.
const fn state_name(category: StateCategory) -> &'static str {
    match category {
        StateCategory::WaitingOnCustomer => "Waiting on customer",
        other => other.default_label(),
    }
}
