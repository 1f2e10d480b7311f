//! Search over tickets and conversations, to find out whether a problem is already reported.

use super::{
    Visit, address,
    address::address,
    form::Form,
    refine::Panel,
    state_name,
    table::{CompanyColumn, Headers, Row, Table},
    ticket::type_name,
};
use crate::search;
use askama::Template;
use domain::{
    id::{CompanyId, ConversationId},
    order::Order,
    sentence::isolated,
    state::StateCategory,
};
use lambda_http::http::StatusCode;
use portal::teammate::{Error, Teammate, conversation::title_of_unlinked, directory, search::Wanted};
use std::collections::BTreeSet;
use store::{CompanyFilter, Kind, Names};
use web::{
    App, Problem, Request, Response,
    look::Section,
    menu::{Choice, Menu},
    refine, response,
};

pub(super) const SEARCH: &str = "/helpdesk/search";
/// The cookie that says whether the table has the Company column. Scripts set it too, so it is not `HttpOnly`; it
/// contains nothing about anybody.
const COLUMNS: &str = "desk_columns";
const A_YEAR: u32 = 365 * 24 * 60 * 60;
/// The most companies in the menu.
const COMPANIES: usize = 100;
/// Fewer rows than this look like the end of the results, so the page says that there are more.
const FEW: usize = 10;

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage<'a> {
    q: &'a str,
    kept: Vec<(&'static str, String)>,
    menus: Vec<Menu>,
    panel: Panel,
    table: Option<Table>,
    shows_company: bool,
    here: String,
    empty: Option<Empty>,
    /// What the page does not show yet, where it looks like the end.
    more_below: Option<&'static str>,
    older: Option<String>,
    newest: Option<String>,
    plain: Option<String>,
    linking: Option<Linking>,
    secure: bool,
}

/// What the page says when there are no results.
struct Empty {
    heading: String,
    advice: String,
}

/// The conversation for which the teammate looks for a ticket to link.
struct Linking {
    title: String,
    url: String,
}

/// The parameters of the search.
struct Query<'a> {
    q: &'a str,
    wanted: Wanted,
    cursor: Option<&'a str>,
    link: Option<&'a str>,
}

pub(crate) async fn show(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    let query = Query::of(request)?;
    let Query { q, cursor, link, .. } = query;
    let (found, companies, linking) = futures::try_join!(
        search::find(app, teammate, query.q, &query.wanted, cursor),
        companies(visit, query.company()),
        linking(visit, link)
    )?;
    let shows_company = columns_of(visit).contains(&"company");
    let rows: Vec<Row> = found.results.iter().map(Row::from).collect();
    let count = rows.len();
    let is_filtered = query.is_filtered();
    let more = found.next_cursor.is_some();
    let page = SearchPage {
        q,
        kept: query.pairs().into_iter().filter(|(name, value)| *name != "q" && !value.is_empty()).collect(),
        menus: query.menus(visit, companies),
        panel: Panel::of(SEARCH, query.pairs(), &query.wanted.filter, query.wanted.order),
        table: (count > 0).then(|| Table {
            caption: query.caption(),
            headers: Some(Headers::of(query.wanted.order, true, |order| query.url_in(order))),
            rows,
            company: if shows_company { CompanyColumn::On } else { CompanyColumn::Off },
            requester: true,
            link: linking.as_ref().and(link).map(str::to_owned),
        }),
        shows_company,
        here: visit.request.target(),
        empty: (count == 0).then(|| query.empty(more, cursor.is_some())),
        more_below: (more && count > 0).then(|| query.so_far(count)).flatten(),
        older: found.next_cursor.as_deref().map(|cursor| query.url(Some(cursor))),
        newest: cursor.map(|_| query.url(None)),
        plain: is_filtered.then(|| address(SEARCH, &[("link", link.unwrap_or_default())])),
        linking,
        secure: visit.app.config.is_https(),
    };
    let title = if q.is_empty() { "Search".to_owned() } else { format!("{} · Search", isolated(q)) };
    visit.page(Section::Search, &title, StatusCode::OK, &page)
}

/// Shows or hides the Company column, and remembers the choice in the browser.
pub(crate) async fn columns(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let visit = &Visit::of(app, request, teammate).await?;
    let form = Form::of(visit.request)?;
    let back = Some(form.get("back")).filter(|it| *it == SEARCH || it.starts_with("/helpdesk/search?"));
    let columns = if form.get("company").is_empty() { "" } else { "company" };
    let secure = if visit.app.config.is_https() { "; Secure" } else { "" };
    let cookie = format!("{COLUMNS}={columns}; Path=/helpdesk; Max-Age={A_YEAR}; SameSite=Lax{secure}");
    Ok(response::see_other(back.unwrap_or(SEARCH)).cookie(Some(cookie)))
}

fn columns_of<'a>(visit: &'a Visit<'_>) -> Vec<&'a str> {
    let cookie = visit.request.cookies.iter().find(|(name, _)| name == COLUMNS);
    cookie.map(|(_, value)| value.split('.').collect()).unwrap_or_default()
}

/// Reads the companies for a menu: the first ones by name, and the chosen one.
pub(super) async fn companies(visit: &Visit<'_>, chosen: Option<&CompanyId>) -> Result<Companies, Problem> {
    let portal = &visit.app.portal;
    let page = directory::names(portal, Names::Companies, "", None, COMPANIES).await?;
    let listed = page.entries.into_iter().filter_map(|it| Some((CompanyId::new(it.id).ok()?, it.name?)));
    let mut companies: Vec<_> = listed.collect();
    if let Some(id) = chosen.filter(|id| companies.iter().all(|(it, _)| it != *id)) {
        let found = directory::companies(portal, &BTreeSet::from([id.clone()])).await?.remove(id);
        companies.push((id.clone(), found.map_or_else(|| id.to_string(), |company| company.name)));
    }
    Ok(Companies { companies, more: page.next.is_some() })
}

pub(super) struct Companies {
    pub(super) companies: Vec<(CompanyId, String)>,
    pub(super) more: bool,
}

async fn linking(visit: &Visit<'_>, id: Option<&str>) -> Result<Option<Linking>, Problem> {
    let Some(id) = id.and_then(|id| ConversationId::new(id).ok()) else { return Ok(None) };
    match title_of_unlinked(&visit.app.portal, &id).await {
        Ok(title) => Ok(Some(Linking {
            title: title.unwrap_or_else(|| words::UNTITLED.to_owned()),
            url: address::conversation(id.as_str()),
        })),
        Err(Error::NotThere(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl<'a> Query<'a> {
    fn of(request: &'a Request) -> Result<Self, Problem> {
        request.params.only(&[&search::PARAMETERS[..], &search::FILTER, &["cursor", "link"]].concat())?;
        // The form also sends the fields that are not filled in.
        let value = |name: &str| request.params.first(name).filter(|it| !it.is_empty());
        let q = request.params.first("q").unwrap_or_default().trim();
        Ok(Self { q, wanted: search::wanted(value)?, cursor: value("cursor"), link: value("link") })
    }

    fn is_filtered(&self) -> bool {
        self.pairs().iter().any(|(name, value)| *name != "link" && !value.is_empty())
    }

    fn company(&self) -> Option<&CompanyId> {
        match &self.wanted.company {
            CompanyFilter::Of(id) => Some(id),
            CompanyFilter::Any | CompanyFilter::NoCompany => None,
        }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let Wanted { company, filter, order, kind, .. } = &self.wanted;
        let no_company = if *company == CompanyFilter::NoCompany { "true" } else { "" };
        let kind = kind.map(|kind| match kind {
            Kind::Ticket => "ticket",
            Kind::Conversation => "conversation",
        });
        let beside = [
            ("q", self.q.to_owned()),
            ("company", self.company().map(ToString::to_string).unwrap_or_default()),
            ("no_company", no_company.to_owned()),
            ("kind", kind.unwrap_or_default().to_owned()),
            ("link", self.link.unwrap_or_default().to_owned()),
        ];
        beside.into_iter().chain(filter.pairs()).chain(order.pairs()).collect()
    }

    /// The address of a page of this search.
    fn url(&self, cursor: Option<&str>) -> String {
        self.url_with(&[("cursor", cursor.unwrap_or_default())])
    }

    /// The address of this search in another order.
    fn url_in(&self, order: Order) -> String {
        let pairs = order.pairs();
        let value = |name| pairs.iter().find(|(it, _)| *it == name).map_or("", |(_, value)| value.as_str());
        self.url_with(&Order::NAMES.map(|name| (name, value(name))))
    }

    fn caption(&self) -> String {
        let order = self.wanted.order;
        match (order == Order::default(), self.q.is_empty()) {
            (true, true) => "Tickets and conversations, newest first".into(),
            (true, false) => "Tickets and conversations, by where the words were found".into(),
            (false, _) => format!("Tickets and conversations {}", refine::sorted_by(order)),
        }
    }

    /// Says what one request does not do.
    fn so_far(&self, count: usize) -> Option<&'static str> {
        if self.wanted.order != Order::default() {
            return Some("The newest are sorted, a page at a time. Older ones follow them.");
        }
        (count < FEW).then_some("These are those among the newest. The search has not come to the end yet.")
    }

    /// The address of this search with other values for some parameters.
    fn url_with(&self, instead: &[(&'static str, &str)]) -> String {
        let pairs = self.pairs();
        let kept = pairs.iter().filter(|(name, _)| instead.iter().all(|(other, _)| other != name));
        let query: Vec<_> = kept.map(|(name, value)| (*name, value.as_str())).chain(instead.iter().copied()).collect();
        address(SEARCH, &query)
    }

    fn menus(&self, visit: &Visit<'_>, companies: Companies) -> Vec<Menu> {
        let wanted = &self.wanted;
        let choice = |text: &str, instead: &[(&'static str, &str)], chosen: bool| Choice {
            text: text.to_owned(),
            count: None,
            url: self.url_with(instead),
            chosen,
        };
        let mut company = vec![
            choice("All companies", &[("company", ""), ("no_company", "")], wanted.company == CompanyFilter::Any),
            choice(
                "No company",
                &[("company", ""), ("no_company", "true")],
                wanted.company == CompanyFilter::NoCompany,
            ),
        ];
        company.extend(companies.companies.iter().map(|(id, name)| {
            choice(name, &[("company", id.as_str()), ("no_company", "")], self.company() == Some(id))
        }));
        let mut state = vec![choice("All states", &[("state", "")], wanted.filter.state.is_none())];
        state.extend(StateCategory::ALL.map(|category| {
            choice(state_name(category), &[("state", category.as_str())], wanted.filter.state == Some(category))
        }));
        let mut of_type = vec![choice("All types", &[("type", "")], wanted.filter.ticket_type.is_none())];
        of_type.extend(visit.workspace.catalog.types.values().map(|it| {
            let is_chosen = wanted.filter.ticket_type.as_ref() == Some(&it.id);
            choice(&type_name(&it.icon, &it.name), &[("type", it.id.as_str())], is_chosen)
        }));
        let kinds = vec![
            choice("Tickets and conversations", &[("kind", "")], wanted.kind.is_none()),
            choice("Tickets", &[("kind", "ticket")], wanted.kind == Some(Kind::Ticket)),
            choice("Conversations", &[("kind", "conversation")], wanted.kind == Some(Kind::Conversation)),
        ];
        let company = Menu::of("Company", company);
        let company = match companies.more {
            true => company.with_more("/helpdesk/companies", "Find another company"),
            false => company,
        };
        vec![company, Menu::of("State", state), Menu::of("Type", of_type), Menu::of("Show", kinds)]
    }

    fn empty(&self, more: bool, is_later_page: bool) -> Empty {
        let q = self.q;
        let (heading, advice) = match (more, is_later_page, q.is_empty(), self.is_filtered()) {
            (true, ..) => (
                "Nothing among the newest".to_owned(),
                "The search has not come to the end yet. There may be something among older ones.",
            ),
            (false, true, ..) => ("Nothing further".to_owned(), "The search has come to the end."),
            (false, false, false, _) => (
                format!("Nothing matches “{}”", isolated(q)),
                "It is in no title, description, message, note, field or name. Try fewer or other words, or a ticket’s number. If nobody has reported it, create a ticket.",
            ),
            (false, false, true, true) => ("Nothing fits these filters".to_owned(), "Take one away to see more."),
            (false, false, true, false) => (
                "Nothing here yet".to_owned(),
                "Tickets and conversations appear here, newest first. Create the first ticket, or import those that you have.",
            ),
        };
        Empty { heading, advice: advice.to_owned() }
    }
}
