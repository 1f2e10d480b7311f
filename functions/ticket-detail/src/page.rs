//! The ticket as a page.

use askama::Template;
use domain::{projection::CustomerTicket, sentence::isolated};
use lambda_http::http::StatusCode;
use web::{
    App, Problem, Request, Response,
    fresh::Tag,
    page::{Look, Page, render},
    text::{Stretch, stretches},
};

#[derive(Template)]
#[template(path = "ticket.html")]
struct TicketPage<'a> {
    ticket: &'a CustomerTicket,
    description: Vec<Stretch<'a>>,
    /// Whether a teammate looks at the page as the contact and cannot change anything.
    read_only: bool,
    /// The tag with which the page asks for changes.
    tag: &'a Tag,
}

pub(crate) fn page(app: &App, request: &Request, ticket: &CustomerTicket, tag: &Tag) -> Result<Response, Problem> {
    let description = stretches(&ticket.description);
    let content = render(&TicketPage { ticket, description, read_only: request.is_viewing(), tag })?;
    let title = format!("#{} {}", ticket.row.number, isolated(&ticket.row.title));
    Page { title: &title, look: &Look::of(app, request), content }.into_response(StatusCode::OK)
}
