//! The table of tickets and conversations.

use super::address;
use crate::search::{ConversationRow, Hit, SearchResult};
use askama::Template;
use domain::{desk::DeskRow, search::Match, state::StateCategory, timestamp::Timestamp};

/// A table of tickets and conversations, newest first.
#[derive(Debug, Template)]
#[template(path = "table.html")]
pub(crate) struct Table {
    pub(crate) caption: String,
    pub(crate) rows: Vec<Row>,
    pub(crate) company: CompanyColumn,
    /// Whether the table has a column for the requester.
    pub(crate) requester: bool,
    /// The conversation to which the teammate can link one of the tickets.
    pub(crate) link: Option<String>,
}

/// The state of the Company column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CompanyColumn {
    /// There is none: all rows have the same company.
    None,
    /// It is hidden and can be shown.
    Off,
    /// It is shown and can be hidden.
    On,
}

/// A ticket or conversation.
#[derive(Debug)]
pub(crate) struct Row {
    url: String,
    title: String,
    /// Only tickets have one.
    number: Option<u64>,
    id: String,
    icon: String,
    kind: String,
    /// A note beside the title.
    remark: Option<String>,
    state: Option<(StateCategory, String)>,
    company: Option<String>,
    requester: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// Where the words were found, in results of a search.
    matched: Option<Match>,
}

impl From<&DeskRow> for Row {
    fn from(row: &DeskRow) -> Self {
        Self {
            url: row.url.clone(),
            title: row.title.clone(),
            number: Some(row.number),
            id: row.id.to_string(),
            icon: row.ticket_type.icon.clone(),
            kind: row.ticket_type.name.clone(),
            remark: (!row.customer_visible).then(|| "not shared with customers".to_owned()),
            state: Some((row.state.category, row.internal_label.clone())),
            company: row.company.as_ref().map(|company| company.name.clone()),
            requester: row.requester.shown(),
            created_at: row.created_at,
            updated_at: row.updated_at,
            matched: None,
        }
    }
}

impl From<&ConversationRow> for Row {
    fn from(row: &ConversationRow) -> Self {
        Self {
            url: address::conversation(row.id.as_str()),
            title: row.title.clone(),
            number: None,
            id: row.id.to_string(),
            icon: "💬".to_owned(),
            kind: "Conversation".to_owned(),
            remark: row.ticket.is_some().then(|| "linked to a ticket".to_owned()),
            state: None,
            company: None,
            requester: row.started_by.clone().unwrap_or_default(),
            created_at: row.created_at,
            updated_at: row.created_at,
            matched: None,
        }
    }
}

impl From<&SearchResult> for Row {
    fn from(result: &SearchResult) -> Self {
        let row: Self = match &result.hit {
            Hit::Ticket(row) => row.as_ref().into(),
            Hit::Conversation(row) => row.into(),
        };
        Self { matched: result.matched.clone(), ..row }
    }
}
