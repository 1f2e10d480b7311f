//! The list as a page.

use crate::list::List;
use askama::Template;
use domain::{
    list::{Filter, Pile},
    projection::CustomerRow,
    state::StateCategory,
};
use lambda_http::http::StatusCode;
use web::{
    App, Problem, Request, Response,
    fresh::Tag,
    menu::{Choice, Menu},
    page::{Look, Page, render},
};

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage<'a> {
    tickets: &'a [CustomerRow],
    /// Links to the piles, with their counts.
    piles: Vec<Choice>,
    state: Menu,
    company: Option<Menu>,
    several_companies: bool,
    older: Option<String>,
    newest: Option<String>,
    all_url: Option<String>,
    empty: &'static str,
    /// The tag with which the page asks for changes. `None` for all pages after the first, which do not ask.
    tag: Option<&'a Tag>,
}

pub(crate) fn page(
    app: &App,
    request: &Request,
    list: &List,
    filter: &Filter,
    is_later_page: bool,
    tag: &Tag,
) -> Result<Response, Problem> {
    let url = |filter: &Filter| address(filter, None);
    let with_state = |state| Filter { state, ..filter.clone() };
    let pile_choice = |pile: Option<Pile>| Choice {
        text: pile.as_ref().map_or("All", turn).into(),
        count: Some(pile.map_or(list.counts.all, |pile| list.turns.in_pile(pile))),
        url: url(&Filter { turn: pile, ..filter.clone() }),
        chosen: filter.turn == pile,
    };
    let state_choice = |state: Option<StateCategory>| Choice {
        text: state.map_or("All states", StateCategory::default_label).into(),
        count: Some(state.map_or(list.counts.all, |state| list.counts.of(state))),
        url: url(&with_state(state)),
        chosen: filter.state == state,
    };
    let states = std::iter::once(None).chain(StateCategory::ALL.map(Some)).map(state_choice).collect();

    let several_companies = list.companies.len() > 1;
    let company_choice = |company: Option<&domain::projection::CustomerCompany>| Choice {
        text: company.map_or("All companies", |company| &company.name).into(),
        count: None,
        url: url(&Filter { company: company.map(|company| company.id.clone()), ..filter.clone() }),
        chosen: filter.company.as_ref() == company.map(|company| &company.id),
    };
    let companies = std::iter::once(None).chain(list.companies.iter().map(Some)).map(company_choice).collect();

    let is_filtered = *filter != Filter::default();
    let page = ListPage {
        tickets: &list.tickets,
        piles: std::iter::once(None).chain(Pile::ALL.map(Some)).map(pile_choice).collect(),
        state: Menu::of("State", states),
        company: several_companies.then(|| Menu::of("Company", companies)),
        several_companies,
        older: list.next_cursor.as_deref().map(|cursor| address(filter, Some(cursor))),
        newest: is_later_page.then(|| url(filter)),
        all_url: is_filtered.then(|| url(&Filter::default())),
        empty: empty(filter, is_later_page),
        tag: Some(tag).filter(|_| !is_later_page),
    };
    let title = filter.state.map_or("Tickets", StateCategory::default_label);
    let title = filter.turn.as_ref().map_or(title, turn);
    let title = if list.unread > 0 { format!("({}) {title}", list.unread) } else { title.to_owned() };
    Page { title: &title, look: &Look::of(app, request), content: render(&page)? }.into_response(StatusCode::OK)
}

/// What a pile is called.
const fn turn(pile: &Pile) -> &'static str {
    match pile {
        Pile::You => "On you",
        Pile::Colleagues => "On your colleagues",
        Pile::Us => "On us",
        Pile::None => "Done",
    }
}

fn address(filter: &Filter, cursor: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(state) = filter.state {
        query.append_pair("state", state.as_str());
    }
    if let Some(pile) = filter.turn {
        query.append_pair("turn", pile.as_str());
    }
    if let Some(company) = &filter.company {
        query.append_pair("company", company.as_str());
    }
    if let Some(cursor) = cursor {
        query.append_pair("cursor", cursor);
    }
    let query = query.finish();
    if query.is_empty() { "/tickets".into() } else { format!("/tickets?{query}") }
}

fn empty(filter: &Filter, is_later_page: bool) -> &'static str {
    match filter.state {
        _ if is_later_page => "There are no older tickets.",
        _ if filter.turn.is_some() && filter.state.is_some() => "No tickets are in both.",
        None if filter.turn == Some(Pile::You) => "Nothing is waiting on you. Well done.",
        None if filter.turn == Some(Pile::Colleagues) => "Nothing is waiting on your colleagues.",
        None if filter.turn == Some(Pile::Us) => "Nothing is waiting on us right now.",
        None if filter.turn == Some(Pile::None) => "Nothing has been done with yet.",
        Some(StateCategory::Submitted) => "No tickets are waiting to be picked up.",
        Some(StateCategory::InProgress) => "No tickets are being worked on right now.",
        Some(StateCategory::WaitingOnCustomer) => "Nothing is waiting on you. Well done.",
        Some(StateCategory::Resolved) => "No tickets have been resolved yet.",
        None if filter.company.is_some() => "This company has no tickets that you can see.",
        None => "You have no tickets yet. Those you create appear here.",
    }
}
