//! A teammate's message or note. A message is something that customers can see, so the ticket has changed by it.

use crate::conversations::DeskPart;
use desk::{actor::actor, once, problem};
use domain::{
    conversation::{Part, PartKind},
    id::{ConversationId, PartId},
    limit,
    ticket::Ticket,
    timestamp::Timestamp,
};
use serde::Deserialize;
use store::{Conversation, Once, TicketWrite, WriteError};
use web::{App, Problem, Request, Response, params, response, teammate::Teammate};

/// Times that a message is tried again when others change the ticket.
const ROUNDS: u32 = 8;
/// Characters of a client's id.
const LONGEST_ID: usize = 64;

/// What is said (api.md).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    pub(crate) body: String,
    pub(crate) client_id: String,
}

pub(crate) async fn say(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let kind = if request.route == crate::NOTE.0 { PartKind::Note } else { PartKind::Message };
    let words: Words = request.json()?;
    let (part, said_now) = said(app, teammate, request.path_parameter("conversation_id"), kind, words).await?;
    Ok(if said_now { response::created(&part) } else { response::json(&part) })
}

/// Adds a part, once. `false` beside it says that it was there.
pub(crate) async fn said(
    app: &App,
    teammate: &Teammate,
    conversation: &str,
    kind: PartKind,
    words: Words,
) -> Result<(DeskPart, bool), Problem> {
    let id = ConversationId::new(conversation).map_err(|_| problem::no_conversation())?;
    let conversation = app.store.conversation(&id).await?.ok_or_else(problem::no_conversation)?;
    let once = once(app, teammate, &id, kind, &words)?;
    if let Some(part) = earlier(app, &id, &once).await? {
        return Ok((part, false));
    }
    let part = Part {
        id: PartId::new(app.new_id("p")).map_err(|error| problem::invalid_body(&error.to_string()))?,
        kind,
        author: actor(app, teammate).await?,
        body: words.body,
        at: app.clock.now(),
    };
    for _ in 0..ROUNDS {
        let ticket = match kind {
            PartKind::Message => touched(app, &conversation, part.at).await?,
            PartKind::Note => None,
        };
        match app.store.say(&id, &part, &once, ticket).await {
            Ok(()) => return Ok((part.into(), true)),
            Err(WriteError::Stale) => {}
            Err(WriteError::Repeated) => {
                let part = earlier(app, &id, &once).await?;
                return part.map(|part| (part, false)).ok_or_else(|| problem::write(WriteError::Repeated));
            }
            Err(error) => return Err(problem::write(error)),
        }
    }
    Err(problem::write(WriteError::Stale))
}

fn once(app: &App, by: &Teammate, to: &ConversationId, kind: PartKind, words: &Words) -> Result<Once, Problem> {
    let invalid = |why: String| problem::invalid_body(&why);
    limit::demand(!words.body.trim().is_empty(), || "body is blank".into()).map_err(invalid)?;
    limit::text("body", &words.body).map_err(invalid)?;
    let fits = (1..=LONGEST_ID).contains(&words.client_id.chars().count());
    limit::demand(fits, || format!("client_id has 1 to {LONGEST_ID} characters")).map_err(invalid)?;
    let note: &[u8] = if kind == PartKind::Note { b"note" } else { b"message" };
    Ok(Once {
        of: format!("conversation {to} teammate {}", by.id),
        key: words.client_id.clone(),
        fingerprint: once::fingerprint(&[note, words.body.as_bytes()]),
        at: app.clock.now(),
    })
}

async fn earlier(app: &App, to: &ConversationId, once: &Once) -> Result<Option<DeskPart>, Problem> {
    let Some(outcome) = once::before(app, Some(once)).await? else { return Ok(None) };
    Ok(app.store.said(to, &outcome).await?.map(Into::into))
}

/// The linked ticket, as updated just now.
async fn touched(app: &App, conversation: &Conversation, at: Timestamp) -> Result<Option<TicketWrite>, Problem> {
    let Some(id) = &conversation.ticket else { return Ok(None) };
    let linked = |ticket: &Ticket| ticket.conversation.as_ref() == Some(&conversation.id);
    let Some(before) = app.store.ticket(id).await?.filter(linked) else { return Ok(None) };
    let mut after = before.clone();
    after.row.updated_at = at.max(before.row.updated_at);
    Ok(Some(TicketWrite::replace(before, after, None)))
}
