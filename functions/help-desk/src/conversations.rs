//! Conversations as teammates read them, and linking one to a ticket that is there.

use crate::{tickets, update};
use desk::{association, problem};
use domain::{
    conversation::{Part, PartKind},
    desk::{DeskRow, DeskTicket},
    history::Actor,
    id::{CompanyId, ContactId, ConversationId, PartId, TicketId},
    timestamp::Timestamp,
};
use serde::{Deserialize, Serialize};
use store::{Conversation, PartPlace};
use web::{App, Problem, Request, Response, cursor, params, response, teammate::Teammate};

/// Parts a page.
const PARTS_A_PAGE: usize = 50;
/// Characters of a title made from a message.
const LONGEST_FIRST_LINE: usize = 200;
/// Times that a link is tried again when others change the ticket.
const ROUNDS: u32 = 4;

/// A page of a conversation.
#[derive(Debug, Serialize)]
pub(crate) struct DeskConversation {
    pub(crate) id: ConversationId,
    pub(crate) title: String,
    /// The linked ticket.
    pub(crate) ticket: Option<DeskRow>,
    pub(crate) participants: Vec<Participant>,
    /// Oldest first.
    pub(crate) parts: Vec<DeskPart>,
    /// Leads to the parts before.
    pub(crate) next_cursor: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Participant {
    pub(crate) id: ContactId,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct DeskPart {
    pub(crate) id: PartId,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) author: Author,
    pub(crate) body: String,
    pub(crate) at: Timestamp,
}

#[derive(Debug, Serialize)]
pub(crate) struct Author {
    pub(crate) kind: &'static str,
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
}

impl From<Part> for DeskPart {
    fn from(part: Part) -> Self {
        let author = match part.author {
            Actor::Contact { id, name } => Author { kind: "contact", id: Some(id.into()), name },
            Actor::Teammate { id, name } => Author { kind: "teammate", id: Some(id.into()), name },
            Actor::System => Author { kind: "system", id: None, name: None },
        };
        let kind = match part.kind {
            PartKind::Message => "message",
            PartKind::Note => "note",
        };
        Self { id: part.id, kind, author, body: part.body, at: part.at }
    }
}

pub(crate) async fn read(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    let [cursor] = request.params.take(["cursor"])?;
    Ok(response::json(&shown(app, teammate, request.path_parameter("conversation_id"), cursor).await?))
}

/// A page of the conversation of this id.
pub(crate) async fn shown(
    app: &App,
    teammate: &Teammate,
    id: &str,
    cursor: Option<&str>,
) -> Result<DeskConversation, Problem> {
    let id = ConversationId::new(id).map_err(|_| problem::no_conversation())?;
    let list = format!("conversation {id}");
    let before: Option<PartPlace> =
        cursor.map(|cursor| cursor::open_for_desk(app, &teammate.id, &list, cursor)).transpose()?;
    let found = app.store.conversation(&id).await?;
    let Conversation { title, ticket, participants, .. } = found.ok_or_else(problem::no_conversation)?;
    let (thread, people) = futures::try_join!(
        app.store.thread(&id, before.as_ref(), PARTS_A_PAGE),
        app.store.participants_now(&participants)
    )?;
    let ticket = match ticket {
        Some(ticket) => app.store.ticket_file(&ticket).await?,
        None => None,
    };
    let ticket = match ticket {
        Some(file) => Some(tickets::shown(app, &file).await?.row),
        None => None,
    };
    let title = title.or_else(|| ticket.as_ref().map(|ticket| ticket.title.clone()));
    let from_the_start = thread.earlier.is_none();
    let title = title.or_else(|| thread.parts.first().filter(|_| from_the_start).and_then(first_line));
    Ok(DeskConversation {
        title: title.unwrap_or_else(|| "Conversation".into()),
        ticket,
        participants: people
            .contacts()
            .map(|it| Participant { id: it.id.clone(), name: it.name.clone(), email: it.email.clone() })
            .collect(),
        parts: thread.parts.into_iter().map(Into::into).collect(),
        next_cursor: thread.earlier.and_then(|at| cursor::make_for_desk(app, &teammate.id, &list, &at)),
        id,
    })
}

/// What a conversation is called that has no title: the first line of its first message.
fn first_line(part: &Part) -> Option<String> {
    let line = part.body.lines().map(str::trim).find(|line| !line.is_empty())?;
    Some(line.chars().take(LONGEST_FIRST_LINE).collect()).filter(|_| part.kind == PartKind::Message)
}

/// What a teammate may say when linking.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Linking {
    #[serde(default, deserialize_with = "association::given")]
    company: Option<Option<CompanyId>>,
}

pub(crate) async fn link(app: &App, request: &Request, teammate: &Teammate) -> Result<Response, Problem> {
    params::none(request)?;
    let said: Linking = if request.body().is_empty() { Linking::default() } else { request.json()? };
    let conversation = request.path_parameter("conversation_id");
    let ticket = request.path_parameter("ticket_id");
    Ok(response::json(&linked(app, teammate, conversation, ticket, said.company).await?))
}

/// Links a ticket to a conversation. Where they are linked to each other already, nothing changes.
pub(crate) async fn linked(
    app: &App,
    teammate: &Teammate,
    conversation: &str,
    ticket: &str,
    company: Option<Option<CompanyId>>,
) -> Result<DeskTicket, Problem> {
    let conversation = ConversationId::new(conversation).map_err(|_| problem::no_conversation())?;
    let id = TicketId::new(ticket).map_err(|_| problem::no_ticket())?;
    app.store.conversation(&conversation).await?.ok_or_else(problem::no_conversation)?;
    for round in 0..ROUNDS {
        let found = app.store.ticket(&id).await?.ok_or_else(problem::no_ticket)?;
        if found.conversation.as_ref() == Some(&conversation) && company.is_none() {
            return tickets::shown_by_id(app, &id).await;
        }
        let changes = update::Changes {
            version: found.version,
            conversation: Some(conversation.clone()),
            company: company.clone(),
            ..Default::default()
        };
        match update::changed(app, teammate, ticket, &changes).await {
            Err(problem) if problem.code == "stale_version" && round + 1 < ROUNDS => {}
            result => return result,
        }
    }
    Err(problem::write(store::WriteError::Stale))
}
