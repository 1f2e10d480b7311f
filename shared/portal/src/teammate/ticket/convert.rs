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

/// Parts that are read at a time when looking for the first message.
const PARTS_AT_ONCE: usize = 100;

/// What it takes to make a ticket from a conversation. Fields mean the same as in [`NewTicket`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversion {
    #[serde(rename = "type")]
    pub ticket_type: TypeId,
    pub title: String,
    /// When absent, the first message of a customer.
    pub description: Option<String>,
    /// When absent, whoever wrote that message, if they still take part, else the first participant.
    pub requester: Option<ContactId>,
    pub state: Option<StateId>,
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
    #[serde(default)]
    pub shared: bool,
    #[serde(default, deserialize_with = "given")]
    pub company: Option<Option<CompanyId>>,
    pub assignee: Option<TeammateId>,
}

/// Makes a ticket from a conversation, only once however often it is sent with the same key. `false` beside the ticket
/// when an earlier request had made it.
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

/// Finds the first message of a customer and who wrote it, however long ago that was.
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
