//! People: the list of all contacts by name, and the page of one with their companies and tickets, and who looked at
//! the portal as them.

use super::{
    Visit, address,
    address::address,
    companies::names,
    table::{CompanyColumn, Row, Table},
};
use crate::directory::contact_id;
use askama::Template;
use domain::{desk::who, id::ContactId, sentence::isolated, timestamp::Timestamp};
use lambda_http::http::StatusCode;
use portal::teammate::{
    Teammate,
    directory::{ContactProfile, contact_profile},
    viewing,
};
use store::Names;
use web::{App, Problem, Request, Response, look::Section};

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage<'a> {
    person: &'a ContactProfile,
    name: String,
    companies: Vec<(String, &'a str)>,
    table: Option<Table>,
    new_ticket: String,
    viewings: Vec<(String, Timestamp)>,
}

pub(crate) async fn show(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    let [id, q, cursor] = request.params.take(["id", "q", "cursor"])?;
    match id {
        Some(id) => one(visit, &contact_id(Some(id))?).await,
        None => {
            let page = names(visit, Names::People, q.unwrap_or_default(), cursor).await?;
            visit.page(Section::People, page.heading, StatusCode::OK, &page)
        }
    }
}

async fn one(visit: &Visit<'_>, id: &ContactId) -> Result<Response, Problem> {
    let portal = &visit.app.portal;
    let (contact, viewings) = futures::try_join!(contact_profile(portal, id), viewing::recorded(portal, id))?;
    let person = &contact.person;
    let name = person.name.clone().or_else(|| person.email.clone()).unwrap_or_else(|| id.to_string());
    let rows: Vec<Row> = contact.tickets.iter().map(Row::from).collect();
    let page = PersonPage {
        companies: contact.companies.iter().map(|it| (address::company(it.id.as_str()), it.name.as_str())).collect(),
        table: (!rows.is_empty()).then(|| Table {
            caption: format!("Tickets that {} created, last updated first", isolated(&name)),
            headers: None,
            rows,
            company: CompanyColumn::On,
            requester: false,
            link: None,
        }),
        new_ticket: address("/helpdesk/new", &[("requester", id.as_str())]),
        viewings: viewings.iter().map(|it| (who(&it.by).unwrap_or_default(), it.at)).collect(),
        name,
        person: &contact,
    };
    visit.page(Section::People, &isolated(&page.name), StatusCode::OK, &page)
}
