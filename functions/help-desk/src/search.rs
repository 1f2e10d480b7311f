//! Search as JSON, and the reading of its parameters.

use crate::inbox::CompanyParameters;
use domain::{
    conversation::ConversationHead,
    desk::DeskRow,
    id::{ConversationId, TicketId, TypeId},
    search::Query,
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
    /// Newest first.
    pub(crate) results: Vec<Hit>,
    /// Leads to older results. `None` when the search has reached the end.
    pub(crate) next_cursor: Option<String>,
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

pub(crate) async fn search(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let [q, company, no_company, state, ticket_type, kind, cursor] =
        request.params.take(["q", "company", "no_company", "state", "type", "kind", "cursor"])?;
    let wanted = wanted([q, company, no_company, state, ticket_type, kind])?;
    response::json(&find(app, teammate, q.unwrap_or_default(), &wanted, cursor).await?)
}

/// Reads the parameters `q`, `company`, `no_company`, `state`, `type` and `kind`.
pub(crate) fn wanted(given: [Option<&str>; 6]) -> Result<Wanted, Problem> {
    let [q, company, no_company, state, ticket_type, kind] = given;
    let parameter = |why: String| Problem::invalid("invalid_parameter", why);
    let company = CompanyParameters { company, no_company }.read()?;
    let state = state.map(str::parse).transpose();
    let state = state.map_err(|error| Problem::invalid("invalid_state", format!("{error}.")))?;
    let ticket_type = ticket_type.map(TypeId::new).transpose().map_err(|error| parameter(format!("{error}.")))?;
    let kind = match kind {
        None => None,
        Some("ticket") => Some(Kind::Ticket),
        Some("conversation") => Some(Kind::Conversation),
        Some(_) => return Err(parameter("kind is ticket or conversation.".into())),
    };
    let query = Query::parse(q.unwrap_or_default()).map_err(|error| parameter(format!("{error}.")))?;
    Ok(Wanted { query, company, state, ticket_type, kind })
}

/// Finds a page of results. `q` is the text as it was typed.
pub(crate) async fn find(
    app: &App,
    teammate: &Teammate,
    q: &str,
    wanted: &Wanted,
    cursor: Option<&str>,
) -> Result<Found, Problem> {
    let Wanted { company, state, ticket_type, kind, .. } = wanted;
    let name = format!("search {q:?} {company:?} {state:?} {ticket_type:?} {kind:?}");
    let pages = cursor::List::of_teammate(app, &teammate.id, name);
    let found = search::search(&app.portal, wanted, pages.place(cursor)?).await?;
    let results = found.hits.into_iter().map(|hit| match hit {
        search::Hit::Ticket(row) => Hit::Ticket(row),
        search::Hit::Conversation(head) => Hit::Conversation(head.into()),
    });
    Ok(Found { results: results.collect(), next_cursor: pages.cursor(found.next)? })
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
