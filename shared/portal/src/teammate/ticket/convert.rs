use super::{NewTicket, create};
use crate::{
    Portal, given, once,
    teammate::{Error, Teammate, Thing, conversation::opening},
};
use domain::{
    desk::DeskTicket,
    id::{CompanyId, ContactId, ConversationId, StateId, TeammateId, TypeId},
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

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
    portal.store.conversation(id).await?.ok_or(Error::NotThere(Thing::Conversation(None)))?;
    let (author, words) = opening(portal, id).await?;
    let requester = conversion.requester.or(author);
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
