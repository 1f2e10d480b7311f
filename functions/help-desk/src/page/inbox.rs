//! The first page: the inbox, with what waits for the team, the longest wait first (docs/product.md, The inbox).

use super::{
    Visit,
    address::address,
    search::{self, Companies, companies},
    ticket::type_name,
};
use crate::inbox;
use askama::Template;
use domain::{desk::DeskMessage, timestamp::Timestamp};
use lambda_http::http::StatusCode;
use portal::teammate::{
    Teammate,
    directory::{self, Colleague},
    inbox::{Counts, Item},
};
use store::CompanyFilter;
use web::{
    App, Problem, Request, Response,
    fresh::Tag,
    look::Section,
    menu::{Choice, Menu},
};

const INBOX: &str = "/helpdesk";

#[derive(Template)]
#[template(path = "inbox.html")]
struct InboxPage {
    tabs: Vec<Tab>,
    menus: Vec<Menu>,
    plain: Option<String>,
    /// What the times in the table are.
    since: &'static str,
    caption: &'static str,
    rows: Vec<Row>,
    empty: &'static str,
    next: Option<String>,
    first: Option<String>,
    tag: Option<Tag>,
}

struct Tab {
    name: &'static str,
    url: String,
    count: Option<u64>,
    is_here: bool,
}

/// A ticket, or a conversation without one.
struct Row {
    id: String,
    url: String,
    title: String,
    number: Option<u64>,
    kind: String,
    last: Option<Last>,
    since: Timestamp,
    company: Option<String>,
    assignee: Option<String>,
    unread: bool,
}

/// Who said what last.
struct Last {
    who: String,
    words: String,
}

/// The parameters of the page.
struct Query<'a> {
    turn: &'a str,
    assignee: &'a str,
    company: &'a str,
    no_company: &'a str,
    ticket_type: &'a str,
}

pub(crate) async fn show(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    // Searches were here before there was an inbox: bookmarks, and links in what people wrote to each other.
    if request.params.first("q").is_some() {
        return search::show(app, request, teammate).await;
    }
    let visit = &Visit::of(app, request, teammate).await?;
    let names = ["turn", "assignee", "company", "no_company", "type", "cursor"];
    let [turn, assignee, company, no_company, ticket_type, cursor] = request.params.take(names)?;
    let wanted = inbox::wanted(teammate, [turn, assignee, company, no_company, ticket_type])?;
    let chosen = match &wanted.company {
        CompanyFilter::Of(id) => Some(id),
        CompanyFilter::Any | CompanyFilter::NoCompany => None,
    };
    let (found, colleagues, companies) = futures::try_join!(
        inbox::page(app, teammate, &wanted, cursor),
        async { Ok(directory::colleagues(&app.portal, teammate).await?) },
        companies(visit, chosen),
    )?;
    let query = Query {
        turn: turn.filter(|turn| *turn != "us").unwrap_or_default(),
        assignee: assignee.unwrap_or_default(),
        company: company.unwrap_or_default(),
        no_company: no_company.unwrap_or_default(),
        ticket_type: ticket_type.unwrap_or_default(),
    };
    let is_later_page = cursor.is_some();
    let tag = Tag::of_content(&(&found, &colleagues))?;
    let counts = found.counts;
    let (caption, since, name) = match query.turn {
        "customer" => ("Tickets that wait on customers, the latest first", "Waiting since", "Waiting on customers"),
        "none" => ("Resolved tickets, the latest first", "Resolved", "Resolved"),
        _ => ("What waits for us, the longest wait first", "Waiting since", "Needs us"),
    };
    let page = InboxPage {
        tabs: query.tabs(counts),
        menus: vec![query.assignees(teammate, &colleagues, counts), query.companies(&companies), query.types(visit)],
        plain: query
            .is_filtered()
            .then(|| query.url(&[("assignee", ""), ("company", ""), ("no_company", ""), ("type", "")])),
        since,
        caption,
        rows: found.items.iter().map(Row::from).collect(),
        empty: query.empty(found.next_cursor.is_some(), is_later_page),
        next: found.next_cursor.as_deref().map(|cursor| query.url(&[("cursor", cursor)])),
        first: is_later_page.then(|| query.url(&[])),
        tag: (!is_later_page).then(|| tag.clone()),
    };
    let title = match counts.us {
        0 => name.to_owned(),
        waiting => format!("({waiting}) {name}"),
    };
    Ok(visit.page(Section::Inbox, &title, StatusCode::OK, &page)?.tagged(request, &tag))
}

impl Query<'_> {
    /// The address of the inbox with other values for some parameters.
    fn url(&self, instead: &[(&str, &str)]) -> String {
        let pairs = [
            ("turn", self.turn),
            ("assignee", self.assignee),
            ("company", self.company),
            ("no_company", self.no_company),
            ("type", self.ticket_type),
        ];
        let kept = pairs.iter().filter(|(name, _)| instead.iter().all(|(other, _)| other != name));
        let query: Vec<_> = kept.chain(instead).copied().collect();
        address(INBOX, &query)
    }

    fn is_filtered(&self) -> bool {
        [self.assignee, self.company, self.no_company, self.ticket_type].iter().any(|it| !it.is_empty())
    }

    fn tabs(&self, counts: Counts) -> Vec<Tab> {
        let tab =
            |name, turn: &str, count| Tab { name, url: self.url(&[("turn", turn)]), count, is_here: self.turn == turn };
        vec![
            tab("Needs us", "", Some(counts.us)),
            tab("Waiting on customers", "customer", None),
            tab("Resolved", "none", None),
            Tab { name: "All", url: "/helpdesk/search".into(), count: None, is_here: false },
        ]
    }

    fn assignees(&self, teammate: &Teammate, colleagues: &[Colleague], counts: Counts) -> Menu {
        // What is counted is what waits for us, whatever else is filtered.
        let counted = self.turn.is_empty()
            && self.company.is_empty()
            && self.no_company.is_empty()
            && self.ticket_type.is_empty();
        let choice = |text: &str, value: &str, count: Option<u64>| Choice {
            text: text.to_owned(),
            count: count.filter(|_| counted),
            url: self.url(&[("assignee", value)]),
            chosen: self.assignee == value,
        };
        let mut choices = vec![
            choice("Everybody’s", "", Some(counts.us)),
            choice("Mine", "me", Some(counts.mine)),
            choice("Unassigned", "none", Some(counts.unassigned)),
        ];
        let others = colleagues.iter().filter(|it| it.id != teammate.id);
        choices.extend(others.map(|it| choice(it.shown(), it.id.as_str(), None)));
        Menu::of("Assignee", choices)
    }

    fn companies(&self, companies: &Companies) -> Menu {
        let choice = |text: &str, company: &str, no_company: &str| Choice {
            text: text.to_owned(),
            count: None,
            url: self.url(&[("company", company), ("no_company", no_company)]),
            chosen: self.company == company && self.no_company == no_company,
        };
        let mut choices = vec![choice("All companies", "", ""), choice("No company", "", "true")];
        choices.extend(companies.companies.iter().map(|(id, name)| choice(name, id.as_str(), "")));
        let menu = Menu::of("Company", choices);
        if companies.more { menu.with_more("/helpdesk/companies", "Find another company") } else { menu }
    }

    fn types(&self, visit: &Visit<'_>) -> Menu {
        let choice = |text: &str, value: &str| Choice {
            text: text.to_owned(),
            count: None,
            url: self.url(&[("type", value)]),
            chosen: self.ticket_type == value,
        };
        let mut choices = vec![choice("All types", "")];
        let types = visit.workspace.catalog.types.values();
        choices.extend(types.map(|it| choice(&type_name(&it.icon, &it.name), it.id.as_str())));
        Menu::of("Type", choices)
    }

    fn empty(&self, more: bool, is_later_page: bool) -> &'static str {
        match (self.turn, more, is_later_page) {
            (_, true, _) => "Nothing among these. There may be something further on.",
            (_, false, true) => "There is nothing further.",
            _ if self.is_filtered() => "Nothing fits these filters.",
            ("customer", ..) => "No ticket waits on a customer.",
            ("none", ..) => "Nothing is resolved yet.",
            _ => "Nobody waits for us. Well done.",
        }
    }
}

impl From<&Item> for Row {
    fn from(item: &Item) -> Self {
        match item {
            Item::Ticket(it) => Self {
                id: it.row.id.to_string(),
                url: format!("{}#newest", it.row.url),
                title: it.row.title.clone(),
                number: Some(it.row.number),
                kind: type_name(&it.row.ticket_type.icon, &it.row.ticket_type.name),
                last: it.row.last_message.as_ref().map(Last::from),
                since: it.row.turn.since,
                company: it.row.company.as_ref().map(|company| company.name.clone()),
                assignee: it.assignee.as_ref().map(|it| it.shown()),
                unread: it.unread,
            },
            Item::Conversation(it) => Self {
                id: it.id.to_string(),
                url: format!("{}#newest", it.url),
                title: it.title.clone().unwrap_or_else(|| words::UNTITLED.to_owned()),
                number: None,
                kind: "💬 Conversation".to_owned(),
                last: it.last_message.as_ref().map(Last::from),
                since: it.turn.since,
                company: None,
                assignee: None,
                unread: false,
            },
        }
    }
}

impl From<&DeskMessage> for Last {
    fn from(message: &DeskMessage) -> Self {
        let who = message.author.name.clone().unwrap_or_else(|| "Automatic".to_owned());
        Self { who, words: message.text.split_whitespace().collect::<Vec<_>>().join(" ") }
    }
}
