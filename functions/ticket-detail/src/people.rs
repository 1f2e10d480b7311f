//! Who takes part in a ticket, as page and as JSON.

use crate::ticket_id;
use askama::Template;
use domain::projection::{CustomerOther, CustomerPeople};
use lambda_http::http::StatusCode;
use portal::customer::{
    Visit,
    people::{self, Gathering},
};
use web::{
    App, Problem, Request, Response,
    page::{Look, Page, render},
    params, response,
};

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage<'a> {
    ticket: &'a CustomerOther,
    gathered: &'a CustomerPeople,
}

impl PeoplePage<'_> {
    /// Those who are not named.
    fn others(&self) -> Option<String> {
        let CustomerPeople { people, others, .. } = self.gathered;
        match (people.is_empty(), others) {
            (_, 0) => None,
            (true, 1) => Some("1 person".into()),
            (true, others) => Some(format!("{others} people")),
            (false, 1) => Some("and 1 other person".into()),
            (false, others) => Some(format!("and {others} other people")),
        }
    }
}

pub async fn page(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    params::none(request)?;
    let Gathering { ticket, people } = people::read(&app.portal, visit, ticket_id(request).as_ref()).await?;
    let title = format!("Who takes part in #{}", ticket.number);
    let content = render(&PeoplePage { ticket: &ticket, gathered: &people })?;
    Page { title: &title, look: &Look::of(app, request), content }.into_response(StatusCode::OK)
}

pub async fn list(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    params::none(request)?;
    let gathering = people::read(&app.portal, visit, ticket_id(request).as_ref()).await?;
    response::json(&gathering.people)
}
