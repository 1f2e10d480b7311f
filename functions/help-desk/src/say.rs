//! A teammate's message or note. A message is something that customers can see, so the ticket has changed by it.

use crate::conversations::DeskPart;
use desk::{actor::actor, problem};
use domain::{
    conversation::{Part, PartKind},
    id::{ConversationId, PartId},
    ticket::Ticket,
    timestamp::Timestamp,
};
use store::{Conversation, Once, TicketWrite, WriteError};
use web::{
    App, Problem, Request, Response, params, response,
    teammate::Teammate,
    words::{self, Words},
};

/// Times that a message is tried again when others change the ticket.
const ROUNDS: u32 = 8;

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
    let once = words.once(app, &id, &format!("teammate {}", teammate.id), kind)?;
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

async fn earlier(app: &App, to: &ConversationId, once: &Once) -> Result<Option<DeskPart>, Problem> {
    let Some(outcome) = words::before(app, once).await? else { return Ok(None) };
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
