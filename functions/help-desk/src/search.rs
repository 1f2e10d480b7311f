//! Search as JSON, and the reading of its parameters.

use crate::inbox::CompanyParameters;
use domain::{
    conversation::ConversationHead,
    desk::DeskRow,
    filter::{CreatedBy, Filter},
    id::{ConversationId, TicketId},
    order::Order,
    search::{Match, Query},
    timestamp::Timestamp,
};
use portal::teammate::{
    Teammate,
    search::{self, Wanted},
};
use serde::Serialize;
use store::Kind;
use web::{App, Problem, Request, Response, cursor, response};

/// A page of search results.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Found {
    pub(crate) results: Vec<SearchResult>,
    /// Leads to further results. `None` when the search has reached the end.
    pub(crate) next_cursor: Option<String>,
    /// How many tickets and conversations were looked through, where these were not all that remain.
    pub(crate) looked_through: Option<usize>,
}

#[derive(Debug, Serialize)]
pub(crate) struct SearchResult {
    #[serde(flatten)]
    pub(crate) hit: Hit,
    /// Where the words were found, if there were any to look for.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub(crate) matched: Option<Match>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Hit {
    Ticket(Box<DeskRow>),
    Conversation(ConversationRow),
}

#[derive(Debug, Serialize)]
pub(crate) struct ConversationRow {
    pub(crate) id: ConversationId,
    pub(crate) title: String,
    /// The linked ticket.
    pub(crate) ticket: Option<TicketId>,
    /// How many contacts participate.
    pub(crate) participants: u64,
    pub(crate) started_by: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) url: String,
}

/// The parameters that say what is wanted, beside [`FILTER`].
pub(crate) const PARAMETERS: [&str; 4] = ["q", "company", "no_company", "kind"];
/// The parameters that say which tickets teammates want, and in which order.
pub(crate) const FILTER: [&str; 9] =
    ["state", "type", "creator", "created_from", "created_to", "updated_from", "updated_to", "sort", "order"];

pub(crate) async fn search(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    request.params.only(&[&PARAMETERS[..], &FILTER, &["cursor"]].concat())?;
    let wanted = wanted(|name| request.params.first(name))?;
    let q = request.params.first("q").unwrap_or_default();
    response::json(&find(app, teammate, q, &wanted, request.params.first("cursor")).await?)
}

/// Reads the [`PARAMETERS`] and [`FILTER`].
pub(crate) fn wanted<'a>(value: impl Fn(&str) -> Option<&'a str>) -> Result<Wanted, Problem> {
    let company = CompanyParameters { company: value("company"), no_company: value("no_company") }.read()?;
    let filter = filter(&value)?;
    let kind = match value("kind") {
        None => None,
        Some("ticket") => Some(Kind::Ticket),
        Some("conversation") => Some(Kind::Conversation),
        Some(_) => return Err(Problem::invalid("invalid_parameter", "kind is ticket or conversation.")),
    };
    let q = value("q").unwrap_or_default().trim();
    let is_address = q.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    let address = (is_address && !q.contains(char::is_whitespace)).then(|| q.to_owned());
    let query = Query::parse(q);
    Ok(Wanted { query, address, company, filter, order: Order::read(value)?, kind })
}

/// Reads which tickets are wanted. Whose turn it is and of which company they are, teammates ask for in other ways.
pub(crate) fn filter<'a>(value: impl Fn(&str) -> Option<&'a str>) -> Result<Filter, Problem> {
    let filter = Filter::read(|name| value(name).filter(|_| !["company", "turn"].contains(&name)))?;
    // Teammates create tickets for others.
    if filter.creator == Some(CreatedBy::Me) {
        return Err(Problem::invalid("invalid_parameter", "creator is the id of a contact."));
    }
    Ok(filter)
}

/// Finds a page of results. `q` is the text as it was typed.
pub(crate) async fn find(
    app: &App,
    teammate: &Teammate,
    q: &str,
    wanted: &Wanted,
    cursor: Option<&str>,
) -> Result<Found, Problem> {
    let Wanted { company, filter, order, kind, .. } = wanted;
    let name = format!("search {q:?} {company:?} {:?} {:?} {kind:?}", filter.pairs(), order.pairs());
    let pages = cursor::List::of_teammate(app, &teammate.id, name);
    let found = search::search(&app.portal, wanted, pages.place(cursor)?).await?;
    let results = found.hits.into_iter().map(|(hit, matched)| {
        let hit = match hit {
            search::Hit::Ticket(row) => Hit::Ticket(row),
            search::Hit::Conversation(head) => Hit::Conversation(head.into()),
        };
        SearchResult { hit, matched }
    });
    let looked_through = found.looked_through;
    Ok(Found { results: results.collect(), next_cursor: pages.cursor(found.next)?, looked_through })
}

impl From<ConversationHead> for ConversationRow {
    fn from(head: ConversationHead) -> Self {
        Self {
            url: format!("/helpdesk/conversations/{}", head.id),
            title: head.title.unwrap_or_else(|| words::UNTITLED.into()),
            ticket: head.ticket,
            participants: head.participants,
            started_by: head.started_by,
            created_at: head.started_at,
            id: head.id,
        }
    }
}
