//! The ticket as a page.

use crate::Detail;
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
    earlier: Option<String>,
    newest: Option<String>,
    /// The tag with which the page asks for changes. `None` for earlier history, which does not ask.
    tag: Option<&'a Tag>,
}

pub(crate) fn page(
    app: &App,
    request: &Request,
    detail: &Detail,
    is_later_page: bool,
    tag: &Tag,
) -> Result<Response, Problem> {
    let Detail { ticket, history_cursor, .. } = detail;
    let address = &ticket.row.url;
    let content = render(&TicketPage {
        ticket,
        description: stretches(&ticket.description),
        read_only: request.is_viewing(),
        earlier: history_cursor.as_ref().map(|cursor| format!("{address}?history_cursor={cursor}#history")),
        newest: is_later_page.then(|| format!("{address}#history")),
        tag: Some(tag).filter(|_| !is_later_page),
    })?;
    let title = format!("#{} {}", ticket.row.number, isolated(&ticket.row.title));
    Page { title: &title, look: &Look::of(app, request), content }.into_response(StatusCode::OK)
}
