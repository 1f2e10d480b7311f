//! The ticket as a page.

use askama::Template;
use domain::projection::CustomerTicket;
use lambda_http::http::StatusCode;
use web::{
    Response,
    page::{Look, Page},
    text::{Stretch, stretches},
};

#[derive(Template)]
#[template(path = "ticket.html")]
struct TicketPage<'a> {
    ticket: &'a CustomerTicket,
    description: Vec<Stretch<'a>>,
}

pub(crate) fn render(ticket: &CustomerTicket, look: &Look) -> Response {
    let content = web::page::render(&TicketPage { ticket, description: stretches(&ticket.description) });
    let title = format!("#{} {}", ticket.row.number, ticket.row.title);
    Page { title: &title, look, content }.into_response(StatusCode::OK)
}
