use crate::{
    Portal,
    teammate::{Error, Names, Thing},
};
use domain::{
    contact::Contact,
    conversation::{Part, PartKind},
    desk::{Author, DeskRow},
    history::Actor,
    id::{ContactId, ConversationId, PartId, TicketId},
    timestamp::Timestamp,
};
use serde::Serialize;
use std::collections::BTreeSet;
use store::{Conversation, PartPlace};

const PARTS_A_PAGE: usize = 50;
/// The participants of whom more than their number is told.
const PARTICIPANTS_SHOWN: usize = 100;
/// The most characters that a title takes from a message.
const LONGEST_FIRST_LINE: usize = 200;

/// A page of a conversation.
#[derive(Debug)]
pub struct DeskConversation {
    pub id: ConversationId,
    /// Its own title, else its ticket's, else the first line of its first message.
    pub title: Option<String>,
    /// The linked ticket.
    pub ticket: Option<DeskRow>,
    /// The first hundred, in the order of their ids.
    pub participants: Vec<Participant>,
    /// How many there are in all.
    pub participant_count: u64,
    /// Oldest first.
    pub parts: Vec<DeskPart>,
    /// Where earlier parts continue, if there are any.
    pub earlier: Option<PartPlace>,
}

/// A contact who takes part.
#[derive(Debug, Serialize)]
pub struct Participant {
    pub id: ContactId,
    pub name: Option<String>,
    pub email: Option<String>,
}

/// A message or note, as teammates see it.
#[derive(Debug, Serialize)]
pub struct DeskPart {
    pub id: PartId,
    /// `message` or `note`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub author: Author,
    /// Plain text.
    pub body: String,
    /// When it was written.
    pub at: Timestamp,
}

impl From<Part> for DeskPart {
    fn from(part: Part) -> Self {
        let kind = match part.kind {
            PartKind::Message => "message",
            PartKind::Note => "note",
        };
        Self { id: part.id, kind, author: part.author.into(), body: part.body, at: part.at }
    }
}

/// Reads a page of a conversation: the newest parts before a place, or the newest of all.
///
/// # Errors
/// [`Error::NotThere`].
pub async fn read(portal: &Portal, id: &ConversationId, before: Option<&PartPlace>) -> Result<DeskConversation, Error> {
    let found = portal.store.conversation(id).await?;
    let Conversation { title, ticket, participants, .. } = found.ok_or(Error::NotThere(Thing::Conversation(None)))?;
    let (mut thread, people, ticket) = futures::try_join!(
        portal.store.thread(id, before, PARTS_A_PAGE),
        portal.store.people_in(id, PARTICIPANTS_SHOWN),
        async {
            match &ticket {
                Some(ticket) => portal.store.ticket(ticket).await,
                None => Ok(None),
            }
        }
    )?;
    portal.store.call_by_record(None, thread.parts.iter_mut().map(|part| &mut part.author)).await?;
    let ticket = match ticket {
        Some(ticket) => {
            let company = BTreeSet::from_iter(ticket.row.company.clone());
            let (companies, workspace) =
                futures::try_join!(portal.store.companies(&company), portal.store.workspace())?;
            Some(Names::of_companies(companies).desk(&workspace).row(&ticket.row))
        }
        None => None,
    };
    let title = title.or_else(|| ticket.as_ref().map(|ticket| ticket.title.clone()));
    let from_the_start = thread.earlier.is_none();
    Ok(DeskConversation {
        title: title.or_else(|| thread.parts.first().filter(|_| from_the_start).and_then(first_line)),
        ticket,
        participants: people
            .into_iter()
            .map(|Contact { id, name, email, .. }| Participant { id, name, email })
            .collect(),
        participant_count: participants,
        parts: thread.parts.into_iter().map(Into::into).collect(),
        earlier: thread.earlier,
        id: id.clone(),
    })
}

/// Reads the title of a conversation that has no ticket yet. `None` before its first message.
///
/// # Errors
/// [`Error::NotThere`], even when the conversation exists but has a ticket.
pub async fn title_of_unlinked(portal: &Portal, id: &ConversationId) -> Result<Option<String>, Error> {
    let found = portal.store.conversation(id).await?.filter(|it| it.ticket.is_none());
    Ok(found.ok_or(Error::NotThere(Thing::Conversation(None)))?.title)
}

/// Reads which ticket a conversation is linked to.
///
/// # Errors
/// [`Error::NotThere`].
pub async fn ticket(portal: &Portal, id: &ConversationId) -> Result<Option<TicketId>, Error> {
    Ok(portal.store.conversation(id).await?.ok_or(Error::NotThere(Thing::Conversation(None)))?.ticket)
}

/// Reads whose a ticket would be that is made of the conversation, if anybody's, and the first message that a customer
/// wrote, empty when there is none.
///
/// Whoever wrote that is the requester, if they still take part, else the first participant.
pub async fn opening(portal: &Portal, id: &ConversationId) -> Result<(Option<ContactId>, String), Error> {
    let first = portal.store.opening(id).await?;
    let author = first.as_ref().and_then(|part| match &part.author {
        Actor::Contact { id, .. } => Some(id.clone()),
        _ => None,
    });
    let requester = match author {
        Some(author) if portal.store.takes_part(&author, id).await? => Some(author),
        _ => portal.store.first_participants(id, 1).await?.pop_first(),
    };
    Ok((requester, first.map(|part| part.body).unwrap_or_default()))
}

/// The title of a conversation that has none of its own: the first line of its first message.
fn first_line(part: &Part) -> Option<String> {
    let line = part.body.lines().map(str::trim).find(|line| !line.is_empty())?;
    Some(line.chars().take(LONGEST_FIRST_LINE).collect()).filter(|_| part.kind == PartKind::Message)
}
