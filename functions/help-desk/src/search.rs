//! Search over tickets and conversations, to find out whether a problem is already reported.

use desk::answer::Names;
use domain::{
    desk::DeskRow,
    id::{CompanyId, ConversationId, TicketId, TypeId},
    state::StateCategory,
    timestamp::Timestamp,
};
use serde::Serialize;
use web::{App, Problem, Request, Response, params::invalid, response, teammate::Teammate};

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Words, as they were typed.
    pub(crate) q: String,
    /// One company.
    pub(crate) company: Option<CompanyId>,
    /// Only what has no company.
    pub(crate) no_company: bool,
    pub(crate) state: Option<StateCategory>,
    pub(crate) ticket_type: Option<TypeId>,
    /// `ticket` or `conversation`.
    pub(crate) kind: Option<String>,
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
    let no_company = match no_company {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(parameter("no_company is true or false.".into())),
    };
    if company.is_some() && no_company {
        return Err(parameter("company and no_company exclude each other.".into()));
    }
    let state = state.map(str::parse).transpose().map_err(|error| invalid("invalid_state", format!("{error}.")))?;
    let ticket_type = ticket_type.map(TypeId::new).transpose().map_err(|error| parameter(format!("{error}.")))?;
    if kind.is_some_and(|kind| !matches!(kind, "ticket" | "conversation")) {
        return Err(parameter("kind is ticket or conversation.".into()));
    }
    let q = q.unwrap_or_default().to_owned();
    Ok(Wanted { q, company, no_company, state, ticket_type, kind: kind.map(Into::into) })
}

/// A page of what is wanted.
pub(crate) async fn find(
    _app: &App,
    _teammate: &Teammate,
    _wanted: &Wanted,
    _cursor: Option<&str>,
) -> Result<Found, Problem> {
    let _ = Names::default();
    Ok(Found { results: Vec::new(), next_cursor: None })
}
