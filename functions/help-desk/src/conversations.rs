//! Conversations as JSON.

use crate::tickets::ticket_id;
use domain::{
    desk::DeskRow,
    id::{CompanyId, ConversationId},
};
use portal::{
    given,
    teammate::{
        Error, Teammate, Thing,
        conversation::{self, DeskPart, Participant},
        ticket,
    },
};
use serde::{Deserialize, Serialize};
use web::{App, Problem, Request, Response, cursor, params, response};

/// A page of a conversation.
#[derive(Debug, Serialize)]
pub(crate) struct Thread {
    pub(crate) id: ConversationId,
    pub(crate) title: String,
    /// The linked ticket.
    pub(crate) ticket: Option<DeskRow>,
    /// The first hundred.
    pub(crate) participants: Vec<Participant>,
    pub(crate) participant_count: u64,
    /// Oldest first.
    pub(crate) parts: Vec<DeskPart>,
    /// Leads to earlier parts, if there are any.
    pub(crate) next_cursor: Option<String>,
}

impl Thread {
    pub(crate) async fn read(
        app: &App,
        teammate: &Teammate,
        id: &ConversationId,
        cursor: Option<&str>,
    ) -> Result<Self, Problem> {
        let pages = cursor::List::of_teammate(app, &teammate.id, format!("conversation {id}"));
        let before = pages.place(cursor)?;
        let found = conversation::read(&app.portal, id, before.as_ref()).await?;
        Ok(Self {
            id: found.id,
            title: found.title.unwrap_or_else(|| words::UNTITLED.into()),
            ticket: found.ticket,
            participants: found.participants,
            participant_count: found.participant_count,
            parts: found.parts,
            next_cursor: pages.cursor(found.earlier)?,
        })
    }
}

pub(crate) async fn read(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let [cursor] = request.params.take(["cursor"])?;
    response::json(&Thread::read(app, teammate, &conversation_id(request)?, cursor).await?)
}

pub(crate) async fn convert(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let key = request.idempotency_key()?;
    let (conversion, id) = (request.json()?, conversation_id(request)?);
    let (ticket, just_now) = ticket::convert(&app.portal, teammate, &id, conversion, key.as_ref()).await?;
    response::made(&ticket, just_now)
}

/// The body of a request that links a ticket.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Linking {
    #[serde(default, deserialize_with = "given")]
    company: Option<Option<CompanyId>>,
}

pub(crate) async fn link(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let Linking { company } = if request.body().is_empty() { Linking::default() } else { request.json()? };
    let (conversation, ticket) = (conversation_id(request)?, ticket_id(request)?);
    response::json(&ticket::link(&app.portal, teammate, &conversation, &ticket, company).await?)
}

pub(crate) async fn say(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let (id, reply) = (conversation_id(request)?, request.json()?);
    let (part, just_now) = conversation::reply(&app.portal, teammate, &id, reply).await?;
    response::made(&part, just_now)
}

pub(crate) async fn note(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let (id, note) = (conversation_id(request)?, request.json()?);
    let (part, just_now) = conversation::note(&app.portal, teammate, &id, note).await?;
    response::made(&part, just_now)
}

/// Reads the id in the path. Text that cannot be an id is treated like an id that does not exist.
pub(crate) fn conversation_id(request: &Request) -> Result<ConversationId, Error> {
    let id = ConversationId::new(request.path_parameter("conversation_id"));
    id.map_err(|_| Error::NotThere(Thing::Conversation(None)))
}
