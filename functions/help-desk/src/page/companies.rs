//! Companies: the list of all of them by name, and the pages of one with its members and its tickets.

use super::{
    Visit, address,
    address::address,
    refine::Panel,
    state_name,
    table::{CompanyColumn, Headers, Row, Table},
    ticket::type_name,
};
use crate::{
    directory::{Profile, company_id, profile, tickets_of},
    search::{FILTER, filter},
};
use askama::Template;
use domain::{
    catalog::TicketType,
    filter::Filter,
    id::CompanyId,
    order::{Direction, Order, Sort},
    sentence::isolated,
    state::{Counts, StateCategory},
};
use lambda_http::http::StatusCode;
use portal::teammate::{Teammate, directory};
use store::Names;
use web::{
    App, Problem, Request, Response, cursor,
    look::Section,
    menu::{Choice, Menu},
    refine,
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
    menus: Vec<Menu>,
    panel: Panel,
    table: Option<Table>,
    /// What was not looked through for this page.
    note: Option<String>,
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

/// Which of a company's tickets are asked for, and in which order.
struct Query {
    id: CompanyId,
    filter: Filter,
    order: Order,
}

/// Shows the Tickets tab of a company.
pub(crate) async fn tickets(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    request.params.only(&[&FILTER[..], &["id", "cursor"]].concat())?;
    // The form also sends the fields that are not filled in.
    let value = |name: &str| request.params.first(name).filter(|it| !it.is_empty());
    let (id, cursor) = (company_id(value("id"))?, value("cursor"));
    let query = Query { id, filter: filter(value)?, order: Order::read(value)? };
    let found = tickets_of(app, teammate, &query.id, (&query.filter, query.order), cursor).await?;
    let name = found.company.as_str();
    let rows: Vec<Row> = found.tickets.iter().map(Row::from).collect();
    let is_filtered = query.filter != Filter::default();
    let page = TicketsPage {
        head: Head::of(name, &query.id, true, found.counts.all),
        menus: vec![query.states(found.counts), query.types(visit)],
        panel: Panel::of(TICKETS, query.pairs(&query.filter, query.order), &query.filter, query.order),
        table: (!rows.is_empty()).then(|| Table {
            caption: query.caption(name),
            headers: Some(Headers::of(query.order, false, |order| query.url(&query.filter, order, None))),
            rows,
            company: CompanyColumn::None,
            requester: true,
            link: None,
        }),
        note: found.looked_through.map(|many| refine::looked_through(query.order, many)),
        older: found.next_cursor.as_deref().map(|cursor| query.url(&query.filter, query.order, Some(cursor))),
        newest: cursor.map(|_| query.url(&query.filter, query.order, None)),
        empty: match (is_filtered, cursor.is_some(), found.next_cursor.is_some()) {
            (.., true) => "None so far.",
            (_, true, false) => "There are no more tickets.",
            (false, false, false) => "This company has no tickets.",
            (true, false, false) => "No ticket of this company is like that.",
        },
        all: is_filtered.then(|| query.url(&Filter::default(), query.order, None)),
    };
    visit.page(Section::Companies, &format!("{} · Tickets", isolated(name)), StatusCode::OK, &page)
}

impl Query {
    fn pairs(&self, filter: &Filter, order: Order) -> Vec<(&'static str, String)> {
        std::iter::once(("id", self.id.to_string())).chain(filter.pairs()).chain(order.pairs()).collect()
    }

    /// The address of the tab with another filter, order or page.
    fn url(&self, filter: &Filter, order: Order, cursor: Option<&str>) -> String {
        let pairs = self.pairs(filter, order);
        let pairs = pairs.iter().map(|(name, value)| (*name, value.as_str()));
        let query: Vec<_> = pairs.chain(cursor.map(|cursor| ("cursor", cursor))).collect();
        address(TICKETS, &query)
    }

    fn states(&self, counts: Counts) -> Menu {
        let choice = |state: Option<StateCategory>| Choice {
            text: state.map_or("All states", state_name).to_owned(),
            count: Some(state.map_or(counts.all, |state| counts.of(state))),
            url: self.url(&Filter { state, ..self.filter.clone() }, self.order, None),
            chosen: self.filter.state == state,
        };
        Menu::of("State", std::iter::once(None).chain(StateCategory::ALL.map(Some)).map(choice).collect())
    }

    fn types(&self, visit: &Visit<'_>) -> Menu {
        let choice = |it: Option<&TicketType>| {
            let ticket_type = it.map(|it| it.id.clone());
            Choice {
                text: it.map_or("All types".to_owned(), |it| type_name(&it.icon, &it.name)),
                count: None,
                chosen: self.filter.ticket_type == ticket_type,
                url: self.url(&Filter { ticket_type, ..self.filter.clone() }, self.order, None),
            }
        };
        let types = visit.workspace.catalog.types.values().map(Some);
        Menu::of("Type", std::iter::once(None).chain(types).map(choice).collect())
    }

    fn caption(&self, company: &str) -> String {
        let company = isolated(company);
        match (self.order.sort, self.order.direction) {
            (Sort::Updated, Direction::Descending) => format!("Tickets of {company}, last updated first"),
            _ => format!("Tickets of {company} {}", refine::sorted_by(self.order)),
        }
    }
}
