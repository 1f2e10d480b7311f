//! The table of tickets and conversations.

use super::address;
use crate::search::{ConversationRow, Hit, SearchResult};
use askama::Template;
use domain::{
    desk::DeskRow,
    order::{Direction, Order, Sort},
    search::Match,
    state::StateCategory,
    timestamp::Timestamp,
};
use web::refine::Column;

/// A table of tickets and conversations.
#[derive(Debug, Template)]
#[template(path = "table.html")]
pub(crate) struct Table {
    pub(crate) caption: String,
    /// Headers that sort; `None` where the order is given.
    pub(crate) headers: Option<Headers>,
    pub(crate) rows: Vec<Row>,
    pub(crate) company: CompanyColumn,
    /// Whether the table has a column for the requester.
    pub(crate) requester: bool,
    /// The conversation to which the teammate can link one of the tickets.
    pub(crate) link: Option<String>,
}

/// The headers of the columns that a table can be sorted by.
#[derive(Debug)]
pub(crate) struct Headers {
    title: Column,
    state: Column,
    requester: Column,
    created: Column,
    updated: Column,
}

impl Headers {
    /// Makes the headers of a table in `order`, from the address that each order has. `ranked` says that it is in an order of
    /// its own until another is chosen.
    pub(crate) fn of(order: Order, ranked: bool, url: impl Fn(Order) -> String) -> Self {
        use Direction::{Ascending, Descending};
        let column = |name, sort, usual| {
            let column = Column::of(name, (sort, usual), order, &url);
            Column { sorted: column.sorted.filter(|_| !ranked || order != Order::default()), ..column }
        };
        Self {
            title: column("Title", Sort::Title, Ascending),
            state: column("State", Sort::State, Ascending),
            requester: column("Requester", Sort::Creator, Ascending),
            created: column("Created", Sort::Created, Descending),
            updated: column("Updated", Sort::Updated, Descending),
        }
    }
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
