//! The Help Desk (docs/product.md, The Help Desk): what teammates read and write, as pages and as JSON. The company of
//! a ticket and the portal's settings have functions of their own.

mod conversations;
mod directory;
mod duplicate;
mod inbox;
mod page;
mod search;
mod similar;
mod tickets;

use web::{Function, routes};

pub const FUNCTION: Function = Function {
    name: "help-desk",
    routes: routes![
        teammate "GET /api/helpdesk/inbox" => inbox::inbox,
        teammate "GET /api/helpdesk/search" => search::search,
        teammate "POST /api/helpdesk/tickets" => tickets::create,
        teammate "GET /api/helpdesk/tickets/similar" => similar::similar,
        teammate "GET /api/helpdesk/tickets/{ticket_id}" => tickets::read,
        teammate "PATCH /api/helpdesk/tickets/{ticket_id}" => tickets::change,
        teammate "PUT /api/helpdesk/tickets/{ticket_id}/duplicate" => duplicate::put,
        teammate "GET /api/helpdesk/conversations/{conversation_id}" => conversations::read,
        teammate "POST /api/helpdesk/conversations/{conversation_id}/convert" => conversations::convert,
        teammate "POST /api/helpdesk/conversations/{conversation_id}/tickets/{ticket_id}" => conversations::link,
        teammate "POST /api/helpdesk/conversations/{conversation_id}/messages" => conversations::say,
        teammate "POST /api/helpdesk/conversations/{conversation_id}/notes" => conversations::note,
        teammate "GET /api/helpdesk/companies" => directory::company,
        teammate "PUT /api/helpdesk/companies" => directory::put_company,
        teammate "GET /api/helpdesk/companies/tickets" => directory::company_tickets,
        teammate "GET /api/helpdesk/contacts" => directory::contact,
        teammate "PUT /api/helpdesk/contacts" => directory::put_contact,
        teammate "GET /api/helpdesk/contacts/find" => directory::find,
        teammate "GET /api/helpdesk/teammates" => directory::teammates,
        teammate "DELETE /api/helpdesk/memberships" => directory::end_membership,
        teammate "DELETE /api/helpdesk/sessions" => directory::end_sessions,
        teammate "GET /helpdesk" => page::inbox::show,
        teammate "GET /helpdesk/search" => page::search::show,
        teammate "POST /helpdesk/columns" => page::search::columns,
        teammate "GET /helpdesk/new" => page::new::show,
        teammate "POST /helpdesk/tickets" => page::new::create,
        teammate "GET /helpdesk/tickets/{ticket_id}" => page::ticket::show,
        teammate "POST /helpdesk/tickets/{ticket_id}" => page::ticket::edit,
        teammate "POST /helpdesk/tickets/{ticket_id}/messages" => page::ticket::say,
        teammate "POST /helpdesk/tickets/{ticket_id}/duplicate" => page::ticket::repeats,
        teammate "GET /helpdesk/conversations/{conversation_id}" => page::conversation::show,
        teammate "POST /helpdesk/conversations/{conversation_id}/messages" => page::conversation::say,
        // Where pages sent notes before they had one composer: one that has been open since is not to lose what is in it.
        teammate "POST /helpdesk/conversations/{conversation_id}/notes" => page::conversation::note,
        teammate "POST /helpdesk/conversations/{conversation_id}/convert" => page::conversation::convert,
        teammate "POST /helpdesk/conversations/{conversation_id}/ticket" => page::conversation::link,
        teammate "GET /helpdesk/companies" => page::companies::show,
        teammate "GET /helpdesk/companies/tickets" => page::companies::tickets,
        teammate "GET /helpdesk/people" => page::people::show,
        teammate "POST /helpdesk/view-as" => page::viewing::start,
        teammate "POST /helpdesk/stop-viewing" => page::viewing::stop,
        teammate "POST /helpdesk/sign-out" => page::viewing::sign_out,
    ],
};
