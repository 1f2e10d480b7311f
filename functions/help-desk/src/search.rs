//! Search over tickets and conversations, to find out whether a problem is already reported.

use desk::answer::Names;
use domain::{
    conversation::ConversationHead,
    desk::DeskRow,
    id::{CompanyId, ConversationId, TicketId, TypeId},
    search::Query,
    state::StateCategory,
    timestamp::Timestamp,
};
use serde::Serialize;
use store::{CompanyFilter, Kind, MOST_HITS, SearchQuery};
use web::{App, Problem, Request, Response, cursor, params::invalid, response, teammate::Teammate};

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    /// Words, as they were typed.
    pub(crate) q: String,
    query: Query,
    pub(crate) company: CompanyFilter,
    pub(crate) state: Option<StateCategory>,
    pub(crate) ticket_type: Option<TypeId>,
    pub(crate) kind: Option<Kind>,
}

/// A page of what was found.
#[derive(Debug, Serialize)]
pub(crate) struct Found {
    /// Newest first.
    pub(crate) results: Vec<Hit>,
    /// Leads to older ones, where the search has not come to the end.
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
    Ok(response::json(&find(app, teammate, &wanted, cursor).await?))
}

/// What the query asks for: `q`, `company`, `no_company`, `state`, `type`, `kind`.
pub(crate) fn wanted(given: [Option<&str>; 6]) -> Result<Wanted, Problem> {
    let [q, company, no_company, state, ticket_type, kind] = given;
    let parameter = |why: String| invalid("invalid_parameter", why);
    let company = company.map(CompanyId::new).transpose().map_err(|error| parameter(format!("{error}.")))?;
    let company = match (company, no_company) {
        (None, None | Some("false")) => CompanyFilter::Any,
        (None, Some("true")) => CompanyFilter::NoCompany,
        (Some(company), None | Some("false")) => CompanyFilter::Of(company),
        (Some(_), Some("true")) => return Err(parameter("company and no_company exclude each other.".into())),
        (_, Some(_)) => return Err(parameter("no_company is true or false.".into())),
    };
    let state = state.map(str::parse).transpose().map_err(|error| invalid("invalid_state", format!("{error}.")))?;
    let ticket_type = ticket_type.map(TypeId::new).transpose().map_err(|error| parameter(format!("{error}.")))?;
    let kind = match kind {
        None => None,
        Some("ticket") => Some(Kind::Ticket),
        Some("conversation") => Some(Kind::Conversation),
        Some(_) => return Err(parameter("kind is ticket or conversation.".into())),
    };
    let q = q.unwrap_or_default().to_owned();
    let query = Query::parse(&q).map_err(|error| parameter(format!("{error}.")))?;
    Ok(Wanted { q, query, company, state, ticket_type, kind })
}

/// A page of what is wanted. The catalog is read beside it, so that it takes the two round trips of the search.
pub(crate) async fn find(
    app: &App,
    teammate: &Teammate,
    wanted: &Wanted,
    cursor: Option<&str>,
) -> Result<Found, Problem> {
    let list = wanted.list();
    let after = cursor.map(|cursor| cursor::open_for_desk(app, &teammate.id, &list, cursor)).transpose()?;
    let query = SearchQuery {
        query: wanted.query.clone(),
        company: wanted.company.clone(),
        state: wanted.state,
        ticket_type: wanted.ticket_type.clone(),
        kind: wanted.kind,
        after,
        limit: MOST_HITS,
    };
    let (page, workspace) = futures::try_join!(app.store.search(&query), app.store.workspace())?;
    let names = Names { companies: page.companies, ..Names::default() };
    let desk = names.desk(&workspace);
    let results = page.hits.into_iter().map(|hit| match hit {
        store::Hit::Ticket(row) => Hit::Ticket(Box::new(desk.row(&row))),
        store::Hit::Conversation(head) => Hit::Conversation(head.into()),
    });
    Ok(Found {
        results: results.collect(),
        next_cursor: page.next.and_then(|at| cursor::make_for_desk(app, &teammate.id, &list, &at)),
    })
}

impl Wanted {
    /// Tells cursors of different searches apart.
    fn list(&self) -> String {
        format!("search {:?} {:?} {:?} {:?} {:?}", self.q, self.company, self.state, self.ticket_type, self.kind)
    }
}

impl From<ConversationHead> for ConversationRow {
    fn from(head: ConversationHead) -> Self {
        Self {
            url: format!("/helpdesk/conversations/{}", head.id),
            title: head.title.unwrap_or_else(|| "Conversation".into()),
            ticket: head.ticket,
            participants: head.participants,
            started_by: head.started_by,
            created_at: head.started_at,
            id: head.id,
        }
    }
}
