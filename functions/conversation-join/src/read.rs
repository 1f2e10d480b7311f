//! A page of a conversation, newest page first.

use crate::room::{Room, enter};
use domain::{
    id::ConversationId,
    projection::{CustomerPart, CustomerRow},
};
use serde::Serialize;
use store::{Marks, PartPlace, Visitor, Watch};
use web::{
    App, Problem, Request, Response,
    cursor::{self, Owner},
    fresh::{self, Tag},
    hint,
    page::Look,
};

#[derive(Debug, Serialize)]
pub(crate) struct Thread {
    pub(crate) id: ConversationId,
    pub(crate) title: String,
    pub(crate) ticket: Option<CustomerRow>,
    pub(crate) participating: bool,
    /// Oldest first; no notes.
    pub(crate) parts: Vec<CustomerPart>,
    /// Leads to the messages before.
    pub(crate) next_cursor: Option<String>,
    #[serde(skip)]
    pub(crate) look: Look,
    #[serde(skip)]
    pub(crate) marks: Marks,
}

impl Thread {
    pub(crate) fn tag(&self, app: &App, request: &Request, visitor: &Visitor) -> Tag {
        Tag::of(app, request, &visitor.contact, self, &self.marks)
    }
}

/// 304 when nothing has changed since the reader looked. Who asks for a conversation says which ticket it is linked to;
/// where that is wrong or missing, the marks do not tell.
pub(crate) async fn unchanged(
    app: &App,
    request: &Request,
    visitor: &Visitor,
    watch: Watch<'_>,
) -> Result<Option<Response>, Problem> {
    let hint = hint::read(app, request, &visitor.contact, None);
    fresh::unchanged(app, request, visitor, hint.as_ref(), watch).await
}

pub(crate) async fn read(
    app: &App,
    request: &Request,
    visitor: &Visitor,
    id: &ConversationId,
    cursor: Option<&str>,
) -> Result<Thread, Problem> {
    let owner = Owner::Contact(&visitor.contact);
    let before: Option<PartPlace> =
        cursor.map(|cursor| cursor::open_in(app, owner, id.as_str(), cursor)).transpose()?;
    let Room { workspace, scope, page, row } = enter(app, request, visitor, id, before.as_ref()).await?;
    let lens = scope.lens(&workspace);
    let title = row.as_ref().map(|row| row.title.clone()).or(page.title);
    let watch = page.ticket.as_ref().map_or(Watch::Conversation(id), |page| Watch::Ticket(&page.ticket.row.id));
    let marks = scope.marks(watch, page.mark);
    Ok(Thread {
        id: id.clone(),
        title: title.unwrap_or_else(|| "Conversation".into()),
        ticket: row,
        participating: page.participating,
        parts: page.thread.parts.iter().filter_map(|part| lens.part(part)).collect(),
        next_cursor: page.thread.earlier.and_then(|at| cursor::make_in(app, owner, id.as_str(), &at)),
        look: Look::of(app, &workspace, scope.contact(), request),
        marks,
    })
}
