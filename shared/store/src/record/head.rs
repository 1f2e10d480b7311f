//! The item of a conversation itself: its title, who started it, and the words by which search finds it.

use super::{
    exchange::{EXCHANGE, ExchangeRecord, nothing_said_since},
    participants::Participants,
};
use crate::table::{Attribute, Item, Store, StoreError, item, key, keys, record, time};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    conversation::{ConversationHead, Part, PartKind},
    history::Actor,
    id::{CompanyId, ConversationId, TicketId},
    limit, search,
    timestamp::Timestamp,
    turn::Exchange,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Maximum length of a title, in characters.
const LONGEST_TITLE: usize = 120;
/// Maximum number of words of names by which a conversation is found.
const MOST_WORDS: usize = 40;
/// Maximum number of companies whose search lists hold a conversation.
const MOST_COMPANIES: usize = 4;

/// The item. Words and companies are those of the time of writing: a participant who joins another company changes
/// nothing until the conversation is written again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// Words of the names of participants and companies. Absent until a version with search has written the conversation.
    #[serde(default)]
    pub(crate) words: Option<String>,
    /// Raised by each write of what the conversation is called, when it started and whose it is, and demanded by it. Where
    /// search has the conversation and its parts depends on that.
    #[serde(default)]
    pub(crate) edition: u64,
    /// What was said, as long as it has no ticket. Absent until a version with turns has written it.
    #[serde(flatten)]
    pub(crate) exchange: ExchangeRecord,
}

impl HeadRecord {
    /// Creates the head of a conversation with these parts and this number of participants, some of whom are `people`.
    pub(crate) fn new(id: &ConversationId, parts: &[Part], participants: usize, people: &Participants) -> Self {
        let mut in_order: Vec<_> = parts.iter().collect();
        in_order.sort_by_key(|part| (part.at, &part.id));
        let said = in_order.iter().find(|part| part.kind == PartKind::Message);
        let line = said.and_then(|part| part.body.lines().map(str::trim).find(|line| !limit::is_blank(line)));
        let title = line.map(|line| line.chars().take(LONGEST_TITLE).collect::<String>());
        let companies: BTreeSet<_> = people.options().into_iter().take(MOST_COMPANIES).collect();
        let names = people.contacts().filter_map(|contact| contact.name.as_deref());
        let company_names = companies.iter().filter_map(|id| people.companies.get(id)).map(|it| it.name.as_str());
        let mut words = BTreeSet::new();
        words.extend(names.chain(company_names).flat_map(search::words));
        let words = words.into_iter().take(MOST_WORDS).collect::<Vec<_>>().join(" ");
        Self {
            id: id.clone(),
            ticket: None,
            participants: participants as u64,
            started: in_order.first().map_or(0, |part| part.at.millis()),
            started_by: in_order.first().and_then(|part| match &part.author {
                Actor::Contact { name, .. } | Actor::Teammate { name, .. } => name.clone(),
                Actor::System => None,
            }),
            words: Some(words),
            title,
            companies,
            edition: 0,
            exchange: (&Exchange::of(in_order.iter().copied())).into(),
        }
    }

    /// Returns the edition as an attribute that a writer has seen.
    pub(crate) fn seen_edition(&self) -> Attribute<'static> {
        ("edition", (self.edition > 0).then(|| AttributeValue::N(self.edition.to_string())))
    }

    /// Returns all that a writer has seen of it: its edition, and what was said.
    pub(crate) fn seen(&self) -> Vec<Attribute<'static>> {
        nothing_said_since(&self.exchange()).into_iter().chain([self.seen_edition()]).collect()
    }

    /// Returns the attributes to write when something was said, and the names of those to remove.
    pub(crate) fn said(&self) -> Result<(Item, Vec<&'static str>), StoreError> {
        let mut attributes = item(String::new(), String::new(), &self.exchange)?;
        attributes.retain(|name, _| EXCHANGE.contains(&name.as_str()));
        let absent = EXCHANGE.into_iter().filter(|name| !attributes.contains_key(*name)).collect();
        Ok((attributes, absent))
    }

    pub(crate) fn exchange(&self) -> Exchange {
        self.exchange.clone().into()
    }

    /// Returns when the first part was written.
    pub(crate) fn started(&self) -> Timestamp {
        time(self.started)
    }

    /// Returns the companies whose lists hold the conversation; only No company if there are none.
    pub(crate) fn scopes(&self) -> Vec<Option<&CompanyId>> {
        let companies: Vec<_> = self.companies.iter().map(Some).collect();
        if companies.is_empty() { vec![None] } else { companies }
    }

    /// Returns the attributes to write over `had`, and the names of those to remove. Neither has the key, the link to a
    /// ticket or the number of participants, who are counted as they join.
    pub(crate) fn attributes(&self, had: Option<&Self>) -> Result<(Item, Vec<&'static str>), StoreError> {
        let next = Self { edition: had.map_or(0, |had| had.edition) + 1, ..self.clone() };
        let mut attributes = item(keys::conversation(&self.id), keys::CONVERSATION.into(), &next)?;
        for name in ["pk", "sk", "ticket", "participants"] {
            attributes.remove(name);
        }
        let absent = ["title", "started_by"]
            .into_iter()
            .chain(EXCHANGE)
            .filter(|name| !attributes.contains_key(*name))
            .collect();
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
    /// Reads the head of a conversation, if it exists.
    pub(crate) async fn conversation_head(&self, id: &ConversationId) -> Result<Option<HeadRecord>, StoreError> {
        let found = self.get_all(vec![key(keys::conversation(id), keys::CONVERSATION)]).await?;
        found.into_iter().next().map(record).transpose()
    }
}
