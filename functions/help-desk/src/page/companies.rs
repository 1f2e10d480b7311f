//! Companies: the list of all of them by name, and the pages of one with its members and its tickets.

use super::{
    Visit, address,
    address::address,
    state_name,
    table::{CompanyColumn, Row, Table},
};
use crate::directory::{Profile, company_id, profile, tickets_of};
use askama::Template;
use domain::{id::CompanyId, sentence::isolated, state::StateCategory};
use lambda_http::http::StatusCode;
use portal::teammate::{Teammate, directory};
use store::Names;
use web::{
    App, Problem, Request, Response, cursor,
    look::Section,
    menu::{Choice, Menu},
};

const NAMES_A_PAGE: usize = 50;
const LIST: &str = "/helpdesk/companies";
const TICKETS: &str = "/helpdesk/companies/tickets";

/// A list of companies or people, by name.
#[derive(Template)]
#[template(path = "names.html")]
pub(super) struct NamesPage<'a> {
    pub(super) heading: &'static str,
    pub(super) path: &'static str,
    pub(super) label: &'static str,
    pub(super) q: &'a str,
    pub(super) entries: Vec<Entry>,
    pub(super) next: Option<String>,
    pub(super) first: Option<String>,
    pub(super) empty: &'static str,
}

/// A company or person in a list.
pub(super) struct Entry {
    pub(super) url: String,
    pub(super) name: String,
    pub(super) sub: String,
}

#[derive(Template)]
#[template(path = "company.html")]
struct CompanyPage<'a> {
    head: Head<'a>,
    company: &'a Profile,
    counts: Vec<(&'static str, String, u64)>,
    members: Vec<Entry>,
    next: Option<String>,
    first: Option<String>,
}

#[derive(Template)]
#[template(path = "company_tickets.html")]
struct TicketsPage<'a> {
    head: Head<'a>,
    state: Menu,
    table: Option<Table>,
    older: Option<String>,
    newest: Option<String>,
    empty: &'static str,
    all: Option<String>,
}

/// The head of a company's pages, with their tabs.
struct Head<'a> {
    name: &'a str,
    tabs: [(&'static str, String, bool); 2],
    tickets: u64,
}

impl<'a> Head<'a> {
    fn of(name: &'a str, id: &CompanyId, on_tickets: bool, tickets: u64) -> Self {
        let profile = ("Profile", address::company(id.as_str()), !on_tickets);
        let list = ("Tickets", address(TICKETS, &[("id", id.as_str())]), on_tickets);
        Self { name, tabs: [profile, list], tickets }
    }
}

pub(crate) async fn show(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    let [id, q, cursor] = request.params.take(["id", "q", "cursor"])?;
    match id {
        Some(id) => one(visit, &company_id(Some(id))?, cursor).await,
        None => {
            let page = names(visit, Names::Companies, q.unwrap_or_default(), cursor).await?;
            visit.page(Section::Companies, page.heading, StatusCode::OK, &page)
        }
    }
}

/// Reads a page of names that begin with `q`.
pub(super) async fn names<'a>(
    visit: &Visit<'_>,
    which: Names,
    q: &'a str,
    cursor: Option<&str>,
) -> Result<NamesPage<'a>, Problem> {
    let (path, heading, label) = match which {
        Names::Companies => (LIST, "Companies", "Company name begins with"),
        Names::People => ("/helpdesk/people", "People", "Name begins with"),
    };
    let q = q.trim_start();
    let pages = cursor::List::of_teammate(visit.app, &visit.teammate.id, format!("{path} {q}"));
    let after: Option<String> = pages.place(cursor)?;
    let page = directory::names(&visit.app.portal, which, q, after.as_deref(), NAMES_A_PAGE).await?;
    let next = pages.cursor(page.next)?;
    let entries = page.entries.into_iter().map(|it| Entry {
        url: address(path, &[("id", &it.id)]),
        name: it.name.clone().or_else(|| it.email.clone()).unwrap_or_else(|| it.id.clone()),
        sub: it.name.and(it.email).unwrap_or(it.id),
    });
    Ok(NamesPage {
        heading,
        path,
        label,
        q,
        entries: entries.collect(),
        next: next.map(|cursor| address(path, &[("q", q), ("cursor", &cursor)])),
        first: cursor.map(|_| address(path, &[("q", q)])),
        empty: if q.is_empty() { "There are none yet." } else { "No name begins like that." },
    })
}

async fn one(visit: &Visit<'_>, id: &CompanyId, cursor: Option<&str>) -> Result<Response, Problem> {
    let company = profile(visit.app, visit.teammate, id, cursor).await?;
    let counts = StateCategory::ALL.map(|state| {
        let url = address(TICKETS, &[("id", id.as_str()), ("state", state.as_str())]);
        (state_name(state), url, company.counts.of(state))
    });
    let members = company.members.iter().map(|it| Entry {
        url: address::person(it.id.as_str()),
        name: it.name.clone().or_else(|| it.email.clone()).unwrap_or_else(|| it.id.to_string()),
        sub: it.email.clone().unwrap_or_default(),
    });
    let page = CompanyPage {
        head: Head::of(&company.name, id, false, company.counts.all),
        counts: counts.into(),
        members: members.collect(),
        next: company.next_cursor.as_deref().map(|it| address(LIST, &[("id", id.as_str()), ("cursor", it)])),
        first: cursor.map(|_| address::company(id.as_str())),
        company: &company,
    };
    visit.page(Section::Companies, &isolated(&company.name), StatusCode::OK, &page)
}

/// Shows the Tickets tab of a company.
pub(crate) async fn tickets(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    let [id, state, cursor] = request.params.take(["id", "state", "cursor"])?;
    let id = company_id(id)?;
    let found = tickets_of(app, teammate, &id, state, cursor).await?;
    let name = found.company.as_str();
    let url =
        |state: &str, cursor: &str| address(TICKETS, &[("id", id.as_str()), ("state", state), ("cursor", cursor)]);
    let chosen = state.unwrap_or_default();
    let mut states = vec![Choice {
        text: "All states".to_owned(),
        count: Some(found.counts.all),
        url: url("", ""),
        chosen: chosen.is_empty(),
    }];
    states.extend(StateCategory::ALL.map(|state| Choice {
        text: state_name(state).to_owned(),
        count: Some(found.counts.of(state)),
        url: url(state.as_str(), ""),
        chosen: chosen == state.as_str(),
    }));
    let rows: Vec<Row> = found.tickets.iter().map(Row::from).collect();
    let page = TicketsPage {
        head: Head::of(name, &id, true, found.counts.all),
        state: Menu::of("State", states),
        table: (!rows.is_empty()).then(|| Table {
            caption: format!("Tickets of {}, last updated first", isolated(name)),
            rows,
            company: CompanyColumn::None,
            requester: true,
            link: None,
        }),
        older: found.next_cursor.as_deref().map(|cursor| url(chosen, cursor)),
        newest: cursor.map(|_| url(chosen, "")),
        empty: match (chosen.is_empty(), cursor.is_some()) {
            (_, true) => "There are no older tickets.",
            (true, false) => "This company has no tickets.",
            (false, false) => "No ticket of this company is in that state.",
        },
        all: (!chosen.is_empty()).then(|| url("", "")),
    };
    visit.page(Section::Companies, &format!("{} · Tickets", isolated(name)), StatusCode::OK, &page)
}
