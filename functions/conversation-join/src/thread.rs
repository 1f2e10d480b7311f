//! A page of a conversation as JSON, for the Messenger.

use domain::{
    id::{ContactId, ConversationId},
    projection::{CustomerPart, CustomerRow},
};
use portal::customer::{Visit, conversation};
use serde::Serialize;
use store::{Door, Marks};
use web::{App, Problem, Request, cursor, fresh::Tag};

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
    marks: Marks,
}

impl Thread {
    pub(crate) async fn read(app: &App, visit: &Visit, door: Door<'_>, cursor: Option<&str>) -> Result<Self, Problem> {
        let name = match door {
            Door::Conversation(id, _) => format!("conversation {id}"),
            Door::Ticket(ticket) => format!("conversation of ticket {ticket}"),
        };
        let pages = cursor::List::of_contact(app, &visit.visitor().contact, name);
        let before = pages.place(cursor)?;
        let found = conversation::read(&app.portal, visit, door, before.as_ref()).await?;
        Ok(Self {
            id: found.id,
            title: found.title.unwrap_or_else(|| words::UNTITLED.into()),
            ticket: found.ticket,
            participating: found.participating,
            reader: visit.visitor().contact.clone(),
            parts: found.parts,
            next_cursor: pages.cursor(found.earlier)?,
            marks: found.marks,
        })
    }

    pub(crate) fn tag(&self, app: &App, request: &Request, visit: &Visit) -> Result<Tag, Problem> {
        Tag::of(app, request, visit, self, &self.marks)
    }
}
