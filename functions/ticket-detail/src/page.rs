//! The ticket as a page.

use askama::Template;
use domain::projection::CustomerTicket;
use lambda_http::http::StatusCode;
use web::{
    Response,
    fresh::Tag,
    page::{Look, Page},
    text::{Stretch, stretches},
};

#[derive(Template)]
#[template(path = "ticket.html")]
struct TicketPage<'a> {
    ticket: &'a CustomerTicket,
    description: Vec<Stretch<'a>>,
    /// Nothing can be changed by a teammate who looks as the contact.
    read_only: bool,
    /// By which the page learns of changes.
    tag: &'a Tag,
}

pub(crate) fn render(ticket: &CustomerTicket, tag: &Tag, look: &Look, read_only: bool) -> Response {
    let description = stretches(&ticket.description);
    let content = web::page::render(&TicketPage { ticket, description, read_only, tag });
    let title = format!("#{} {}", ticket.row.number, ticket.row.title);
    Page { title: &title, look, content }.into_response(StatusCode::OK)
}
