//! A page of a conversation alone: as JSON for the Messenger, and for those who may not enter the portal.

use domain::{
    id::{ContactId, ConversationId},
    projection::{CustomerPart, CustomerRow},
};
use portal::customer::{Visit, conversation};
use serde::Serialize;
use store::{Door, Marks};
use web::{App, Problem, cursor};

#[derive(Debug, Serialize)]
pub(crate) struct Thread {
    pub(crate) id: ConversationId,
    pub(crate) title: String,
    pub(crate) ticket: Option<CustomerRow>,
    pub(crate) participating: bool,
    /// Who reads it, so that the Messenger gives what somebody has begun to write to nobody else.
    pub(crate) reader: ContactId,
    /// Oldest first, without notes.
    pub(crate) parts: Vec<CustomerPart>,
    /// Leads to earlier messages, if there are any.
    pub(crate) next_cursor: Option<String>,
    #[serde(skip)]
    pub(crate) marks: Marks,
}

impl Thread {
    pub(crate) async fn read(app: &App, visit: &Visit, door: Door<'_>, cursor: Option<&str>) -> Result<Self, Problem> {
        let before = pages(app, visit, door).place(cursor)?;
        Self::of(app, visit, door, conversation::read(&app.portal, visit, door, before.as_ref()).await?)
    }

    pub(crate) fn of(app: &App, visit: &Visit, door: Door<'_>, found: conversation::Thread) -> Result<Self, Problem> {
        Ok(Self {
            id: found.id,
            title: found.title.unwrap_or_else(|| words::UNTITLED.into()),
            ticket: found.ticket,
            participating: found.participating,
            reader: visit.visitor().contact.clone(),
            parts: found.parts,
            next_cursor: pages(app, visit, door).cursor(found.earlier)?,
            marks: found.marks,
        })
    }
}

/// The pages of a conversation.
pub(crate) fn pages<'a>(app: &'a App, visit: &'a Visit, door: Door<'_>) -> cursor::List<'a> {
    let name = match door {
        Door::Conversation(id, _) => format!("conversation {id}"),
        Door::Ticket(ticket) => format!("conversation of ticket {ticket}"),
    };
    cursor::List::of_contact(app, &visit.visitor().contact, name)
}
