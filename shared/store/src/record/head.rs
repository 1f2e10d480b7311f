//! A conversation's own item: what it is called, who began it, and what search finds it by.

use super::participants::Participants;
use crate::table::{Item, Store, StoreError, item, key, keys, record, time};
use domain::{
    conversation::{ConversationHead, Part, PartKind},
    history::Actor,
    id::{CompanyId, ConversationId, TicketId},
    limit,
    search::Words,
    timestamp::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Characters of a title.
const LONGEST_TITLE: usize = 120;
/// Companies in whose lists a conversation stands.
const MOST_COMPANIES: usize = 4;

/// The item. Words and companies are those of the time when it was written: a participant who joins another company
/// moves nothing, until the conversation is written again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct HeadRecord {
    pub(crate) id: ConversationId,
    #[serde(default)]
    pub(crate) title: Option<String>,
    #[serde(default)]
    pub(crate) ticket: Option<TicketId>,
    #[serde(default)]
    pub(crate) participants: u64,
    #[serde(default)]
    pub(crate) started: i64,
    #[serde(default)]
    pub(crate) started_by: Option<String>,
    #[serde(default)]
    pub(crate) companies: BTreeSet<CompanyId>,
    /// Absent when no version with search has written it.
    #[serde(default)]
    pub(crate) words: Option<String>,
}

impl HeadRecord {
    /// The head of a conversation with these parts and participants.
    pub(crate) fn new(id: &ConversationId, parts: &[Part], people: &Participants) -> Self {
        let mut in_order: Vec<_> = parts.iter().collect();
        in_order.sort_by_key(|part| (part.at, &part.id));
        let said = in_order.iter().find(|part| part.kind == PartKind::Message);
        let line = said.and_then(|part| part.body.lines().map(str::trim).find(|line| !limit::is_blank(line)));
        let title = line.map(|line| line.chars().take(LONGEST_TITLE).collect::<String>());
        let companies: BTreeSet<_> = people.options().into_iter().take(MOST_COMPANIES).collect();
        let names = people.contacts().filter_map(|contact| contact.name.as_deref());
        let company_names = companies.iter().filter_map(|id| people.companies.get(id)).map(|it| it.name.as_str());
        let words = Words::of_conversation(title.as_deref().unwrap_or_default(), names.chain(company_names));
        Self {
            id: id.clone(),
            ticket: None,
            participants: people.contacts().count() as u64,
            started: in_order.first().map_or(0, |part| part.at.millis()),
            started_by: in_order.first().and_then(|part| match &part.author {
                Actor::Contact { name, .. } | Actor::Teammate { name, .. } => name.clone(),
                Actor::System => None,
            }),
            words: Some(words.to_string()),
            title,
            companies,
        }
    }

    /// Leaves out companies until it stands in no more than this many lists, or in one company's.
    pub(crate) fn fit(&mut self, most: usize) {
        let lists = Words::read(self.words.as_deref().unwrap_or_default()).lists().len().max(1);
        while self.companies.len() > 1 && self.companies.len() * lists > most {
            self.companies.pop_last();
        }
    }

    /// Begins when the other did, in the lists of its companies, because the notes that it has stand there too.
    pub(crate) fn stay_in_place_of(&mut self, other: &Self) {
        (self.started, self.started_by) = (other.started, other.started_by.clone());
        self.companies.clone_from(&other.companies);
    }

    /// Leaves out words, the last ones first, until it stands in no more than this many lists, or has one word.
    pub(crate) fn shorten(&mut self, most: usize) {
        let text = self.words.take().unwrap_or_default();
        let mut words: Vec<_> = text.split(' ').collect();
        while words.len() > 1 && self.scopes().len() * Words::read(&words.join(" ")).lists().len() > most {
            words.pop();
        }
        self.words = Some(words.join(" "));
    }

    /// When the first part was written.
    pub(crate) fn started(&self) -> Timestamp {
        time(self.started)
    }

    /// The companies in whose lists it stands; No company when there are none.
    pub(crate) fn scopes(&self) -> Vec<Option<&CompanyId>> {
        let companies: Vec<_> = self.companies.iter().map(Some).collect();
        if companies.is_empty() { vec![None] } else { companies }
    }

    /// The attributes to write, without the key and the link to a ticket, and those that must go.
    pub(crate) fn attributes(&self) -> Result<(Item, Vec<&'static str>), StoreError> {
        let mut attributes = item(keys::conversation(&self.id), keys::CONVERSATION.into(), self)?;
        for name in ["pk", "sk", "ticket"] {
            attributes.remove(name);
        }
        let absent = ["title", "started_by"].into_iter().filter(|name| !attributes.contains_key(*name)).collect();
        Ok((attributes, absent))
    }
}

impl From<HeadRecord> for ConversationHead {
    fn from(head: HeadRecord) -> Self {
        Self {
            started_at: head.started(),
            id: head.id,
            title: head.title,
            ticket: head.ticket,
            participants: head.participants,
            started_by: head.started_by,
        }
    }
}

impl Store {
    /// The head of a conversation that is there.
    pub(crate) async fn conversation_head(&self, id: &ConversationId) -> Result<Option<HeadRecord>, StoreError> {
        let found = self.get_all(vec![key(keys::conversation(id), keys::CONVERSATION)]).await?;
        found.into_iter().next().map(record).transpose()
    }
}
