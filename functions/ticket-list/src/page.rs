//! The list as a page.

use crate::{
    export,
    list::{List, query},
    panel::Panel,
};
use askama::Template;
use domain::{
    filter::{Filter, Span},
    id::TypeId,
    list::Pile,
    order::{Direction, Order, Sort},
    projection::{CustomerCompany, CustomerRow},
    sentence::isolated,
    state::StateCategory,
};
use lambda_http::http::StatusCode;
use store::ListQuery;
use web::{
    App, Problem, Request, Response,
    fresh::Tag,
    menu::{Choice, Menu},
    page::{Look, Page, render},
    refine::{self, Column},
};

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage<'a> {
    /// What was looked for.
    q: &'a str,
    /// Whether the reader may report something.
    may_report: bool,
    /// What else the search keeps.
    kept: Vec<(&'static str, String)>,
    tickets: &'a [CustomerRow],
    /// Links to the piles, with their counts.
    piles: Vec<Choice>,
    state: Menu,
    company: Option<Menu>,
    ticket_type: Option<Menu>,
    panel: Panel,
    several_companies: bool,
    caption: String,
    columns: [Column; 4],
    /// What was not looked through for this page.
    note: Option<String>,
    next: Option<Link>,
    first: Option<Link>,
    all_url: Option<String>,
    /// The same list without one of its filters each.
    wider: Vec<Link>,
    empty: String,
    /// The tag with which the page asks for changes. `None` for all pages after the first, which do not ask.
    tag: Option<&'a Tag>,
}

struct Link {
    url: String,
    text: &'static str,
}

pub(crate) fn page(
    app: &App,
    request: &Request,
    list: &List,
    (q, wanted): (&str, &ListQuery),
    is_later_page: bool,
    tag: &Tag,
) -> Result<Response, Problem> {
    let (filter, order) = (&wanted.filter, wanted.order);
    let url = |filter: &Filter| address(&query(q, filter, order), None);
    let is_filtered = *filter != Filter::default() || !q.is_empty();
    let (first, next) = turning(q, order, list);
    let panel = Panel::of(wanted, list, export::offer(app, (q, wanted), list));
    let page = ListPage {
        tickets: &list.tickets,
        may_report: list.may_report && !request.is_viewing(),
        piles: std::iter::once(None).chain(Pile::ALL.map(Some)).map(|it| pile_choice(it, list, filter, url)).collect(),
        state: state_menu(list, filter, url),
        company: company_menu(list, filter, url),
        ticket_type: type_menu(&panel.types, filter, url),
        panel,
        several_companies: list.companies.len() > 1,
        caption: caption(q, order),
        columns: columns(q, filter, order),
        note: note(q, list, wanted),
        next: list
            .next_cursor
            .as_deref()
            .map(|cursor| Link { url: address(&query(q, filter, order), Some(cursor)), text: next }),
        first: is_later_page.then(|| Link { url: url(filter), text: first }),
        all_url: is_filtered.then(|| address(&query("", &Filter::default(), order), None)),
        wider: wider(q, filter, url),
        empty: empty(q, list, filter, is_later_page),
        tag: Some(tag).filter(|_| !is_later_page && q.is_empty()),
        kept: filter.pairs().into_iter().chain(order.pairs()).collect(),
        q,
    };
    let title = filter.state.map_or("Tickets", StateCategory::default_label);
    let title = filter.turn.as_ref().map_or(title, turn);
    let of_search = format!("{} · {title}", isolated(q));
    let title = if q.is_empty() { title } else { &of_search };
    let title = if list.unread > 0 { format!("({}) {title}", list.unread) } else { title.to_owned() };
    Page { title: &title, look: &Look::of(app, request), content: render(&page)? }.into_response(StatusCode::OK)
}

fn pile_choice(pile: Option<Pile>, list: &List, filter: &Filter, url: impl Fn(&Filter) -> String) -> Choice {
    Choice {
        text: pile.as_ref().map_or("All", turn).into(),
        count: Some(pile.map_or(list.counts.all, |pile| list.turns.in_pile(pile))),
        url: url(&Filter { turn: pile, ..filter.clone() }),
        chosen: filter.turn == pile,
    }
}

fn state_menu(list: &List, filter: &Filter, url: impl Fn(&Filter) -> String) -> Menu {
    let choice = |state: Option<StateCategory>| Choice {
        text: state.map_or("All states", StateCategory::default_label).into(),
        count: Some(state.map_or(list.counts.all, |state| list.counts.of(state))),
        url: url(&Filter { state, ..filter.clone() }),
        chosen: filter.state == state,
    };
    Menu::of("State", std::iter::once(None).chain(StateCategory::ALL.map(Some)).map(choice).collect())
}

/// For those in several companies.
fn company_menu(list: &List, filter: &Filter, url: impl Fn(&Filter) -> String) -> Option<Menu> {
    let choice = |company: Option<&CustomerCompany>| Choice {
        text: company.map_or("All companies", |company| &company.name).into(),
        count: None,
        url: url(&Filter { company: company.map(|company| company.id.clone()), ..filter.clone() }),
        chosen: filter.company.as_ref() == company.map(|company| &company.id),
    };
    let companies = std::iter::once(None).chain(list.companies.iter().map(Some)).map(choice).collect();
    (list.companies.len() > 1).then(|| Menu::of("Company", companies))
}

/// Where there is something to choose.
fn type_menu(types: &[refine::Choice], filter: &Filter, url: impl Fn(&Filter) -> String) -> Option<Menu> {
    let choice = |it: &refine::Choice| Choice {
        text: it.text.clone(),
        count: None,
        url: url(&Filter { ticket_type: TypeId::new(&it.value).ok(), ..filter.clone() }),
        chosen: it.chosen,
    };
    (types.len() > 2).then(|| Menu::of("Type", types.iter().map(choice).collect()))
}

/// What a pile is called.
pub(crate) const fn turn(pile: &Pile) -> &'static str {
    match pile {
        Pile::You => "On you",
        Pile::Colleagues => "On your colleagues",
        Pile::Us => "On us",
        Pile::None => "Done",
    }
}

fn columns(q: &str, filter: &Filter, order: Order) -> [Column; 4] {
    use Direction::{Ascending, Descending};
    let columns = [
        ("Ticket", (Sort::Title, Ascending)),
        ("State", (Sort::State, Ascending)),
        ("Created by", (Sort::Creator, Ascending)),
        ("Updated", (Sort::Updated, Descending)),
    ];
    columns.map(|(name, by)| Column::of(name, by, order, |order| address(&query(q, filter, order), None)))
}

fn caption(q: &str, order: Order) -> String {
    match (order.sort, order.direction) {
        (Sort::Updated, Direction::Descending) if !q.is_empty() => "Tickets, by where the words were found".into(),
        (Sort::Updated, Direction::Descending) => "Tickets, last updated first".into(),
        (Sort::Updated, Direction::Ascending) => "Tickets, first updated first".into(),
        _ => format!("Tickets {}", refine::sorted_by(order)),
    }
}

/// The words of the links to the first and the next page.
fn turning(q: &str, order: Order, list: &List) -> (&'static str, &'static str) {
    match (order.sort, order.direction) {
        _ if list.tickets.is_empty() => ("From the beginning", "Look further"),
        _ if !q.is_empty() => ("First results", "More results"),
        (Sort::Updated, Direction::Descending) => ("Newest tickets", "Older tickets"),
        (Sort::Updated, Direction::Ascending) => ("Oldest tickets", "Newer tickets"),
        _ => ("First tickets", "More tickets"),
    }
}

/// Says what one request does not do.
fn note(q: &str, list: &List, wanted: &ListQuery) -> Option<String> {
    let many = list.looked_through?;
    if !q.is_empty() {
        let none = if list.tickets.is_empty() { "None" } else { "These" };
        let are =
            if list.tickets.is_empty() { "has all the words. There are more" } else { "have them. There are more" };
        return Some(format!("{none} of the {many} newest tickets with such words {are}."));
    }
    Some(match wanted.order.sort {
        Sort::Updated if list.tickets.is_empty() => {
            format!("None of the {many} tickets that were looked through is one of these. There are more.")
        }
        _ => refine::looked_through(wanted.order, many),
    })
}

/// What to drop when several filters together leave nothing.
fn wider(q: &str, filter: &Filter, url: impl Fn(&Filter) -> String) -> Vec<Link> {
    let without = [
        ("in any state", Filter { state: None, ..filter.clone() }),
        ("whoever's turn it is", Filter { turn: None, ..filter.clone() }),
        ("in all companies", Filter { company: None, ..filter.clone() }),
        ("of any type", Filter { ticket_type: None, ..filter.clone() }),
        ("by anybody", Filter { creator: None, ..filter.clone() }),
        ("without the dates", Filter { created: Span::default(), updated: Span::default(), ..filter.clone() }),
    ];
    let wider =
        without.into_iter().filter(|(_, wider)| wider != filter && (*wider != Filter::default() || !q.is_empty()));
    wider.map(|(text, filter)| Link { url: url(&filter), text }).collect()
}

fn address(query: &str, cursor: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(query.to_owned());
    if let Some(cursor) = cursor {
        query.append_pair("cursor", cursor);
    }
    let query = query.finish();
    if query.is_empty() { "/tickets".into() } else { format!("/tickets?{query}") }
}

fn empty(q: &str, list: &List, filter: &Filter, is_later_page: bool) -> String {
    let others = Filter { state: None, turn: None, company: None, ..filter.clone() };
    let said = match filter.state {
        _ if !q.is_empty() && list.next_cursor.is_none() && !is_later_page => {
            let what = "in titles, descriptions, messages and numbers";
            let beside = if *filter == Filter::default() { "" } else { " that the filters leave" };
            return format!("Nothing found for “{}” {what} of tickets{beside}.", isolated(q));
        }
        _ if list.next_cursor.is_some() => "None so far.",
        _ if is_later_page => "There are no more tickets.",
        _ if others != Filter::default() => "No ticket is all of this.",
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
    };
    said.to_owned()
}
