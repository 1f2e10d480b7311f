use super::{NewTicket, create};
use crate::{
    Portal, given, once,
    teammate::{Error, Teammate, Thing},
};
use domain::{
    conversation::PartKind,
    desk::DeskTicket,
    history::Actor,
    id::{CompanyId, ContactId, ConversationId, StateId, TeammateId, TypeId},
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Parts that are looked through at a time for the first message.
const PARTS_AT_ONCE: usize = 100;

/// What a conversation lacks to be a ticket. Fields mean what they do in [`NewTicket`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversion {
    /// The ticket's type.
    #[serde(rename = "type")]
    pub ticket_type: TypeId,
    /// The ticket's title.
    pub title: String,
    /// The first message of a customer, unless it is given.
    pub description: Option<String>,
    /// Who wrote that message, unless it is given.
    pub requester: Option<ContactId>,
    /// The first state that is submitted, unless it is given.
    pub state: Option<StateId>,
    /// Values of the type's attributes.
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
    /// For types that customers see only when the ticket is shared.
    #[serde(default)]
    pub shared: bool,
    /// Absent is the automatic rule, `null` is No company.
    #[serde(default, deserialize_with = "given")]
    pub company: Option<Option<CompanyId>>,
    /// Who looks after it.
    pub assignee: Option<TeammateId>,
}

/// Makes a ticket of a conversation, once. `false` beside it says that an earlier request had made it.
///
/// # Errors
/// [`Error::NotThere`], [`Error::NoRequester`], and those of [`create`].
pub async fn convert(
    portal: &Portal,
    teammate: &Teammate,
    id: &ConversationId,
    conversion: Conversion,
    key: Option<&once::Key>,
) -> Result<(DeskTicket, bool), Error> {
    let conversation = portal.store.conversation(id).await?.ok_or(Error::NotThere(Thing::Conversation(None)))?;
    let first = first_message(portal, id).await?;
    let (author, words) = first.map_or((None, String::new()), |(author, words)| (Some(author), words));
    let author = author.filter(|author| conversation.participants.contains(author));
    let requester = conversion.requester.or(author).or_else(|| conversation.participants.first().cloned());
    let new = NewTicket {
        ticket_type: conversion.ticket_type,
        title: conversion.title,
        description: conversion.description.unwrap_or(words),
        requester: requester.ok_or(Error::NoRequester)?,
        state: conversion.state,
        attributes: conversion.attributes,
        shared: conversion.shared,
        conversation: Some(id.clone()),
        company: conversion.company,
        assignee: conversion.assignee,
    };
    create(portal, teammate, &new, key).await
}

/// The first message of a customer and who wrote it, however long ago that was.
async fn first_message(portal: &Portal, id: &ConversationId) -> Result<Option<(ContactId, String)>, Error> {
    let (mut first, mut before) = (None, None);
    loop {
        let thread = portal.store.thread(id, before.as_ref(), PARTS_AT_ONCE).await?;
        let found = thread.parts.into_iter().find_map(|part| match part.author {
            Actor::Contact { id, .. } if part.kind == PartKind::Message => Some((id, part.body)),
            _ => None,
        });
        first = found.or(first);
        before = thread.earlier;
        if before.is_none() {
            return Ok(first);
        }
    }
}
