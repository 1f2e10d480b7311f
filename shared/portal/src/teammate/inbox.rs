//! The Help Desk's inbox (docs/product.md, The inbox).

use super::{Error, Names, Teammate};
use crate::Portal;
use domain::{
    company::Company,
    desk::{DeskMessage, DeskRow, DeskTurn, Named},
    id::{CompanyId, ConversationId, TeammateId, TypeId},
    timestamp::Timestamp,
    turn::Who,
};
use serde::Serialize;
use std::collections::BTreeSet;
use store::{Case, CompanyFilter, InboxQuery, What};

/// Which cases to list. Every condition that is set has to hold.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub turn: Who,
    /// Only what is assigned to this teammate, or to nobody.
    pub assignee: Option<Option<TeammateId>>,
    pub company: CompanyFilter,
    pub ticket_type: Option<TypeId>,
}

/// A page of the inbox.
#[derive(Debug)]
pub struct Inbox {
    /// Of what is the vendor's turn the longest wait first, else the latest first.
    pub items: Vec<Item>,
    pub counts: Counts,
    /// Where the inbox continues. A page that is not the last can have fewer items than asked for, or none.
    pub next: Option<String>,
}

/// How many cases are the vendor's turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All of them.
    pub us: u64,
    /// Those of the teammate who asks.
    pub mine: u64,
    /// Those of nobody.
    pub unassigned: u64,
}

/// A case.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Item {
    Ticket(Box<TicketItem>),
    Conversation(Box<ConversationItem>),
}

#[derive(Debug, Serialize)]
pub struct TicketItem {
    #[serde(flatten)]
    pub row: DeskRow,
    pub assignee: Option<Named<TeammateId>>,
    /// Whether it is assigned to the teammate who asks, and something has happened that they have not seen.
    pub unread: bool,
}

/// A conversation that has no ticket.
#[derive(Debug, Serialize)]
pub struct ConversationItem {
    pub id: ConversationId,
    /// The first line of its first message.
    pub title: Option<String>,
    /// The name of whoever wrote it.
    pub started_by: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    pub turn: DeskTurn,
    pub last_message: Option<DeskMessage>,
    /// The path of its page in the Help Desk.
    pub url: String,
}

/// Reads a page of the inbox behind a place, or its beginning.
pub async fn inbox(
    portal: &Portal,
    teammate: &Teammate,
    wanted: &Wanted,
    after: Option<String>,
    limit: usize,
) -> Result<Inbox, Error> {
    let Wanted { turn, assignee, company, ticket_type } = wanted.clone();
    let query = InboxQuery { turn, assignee, company, ticket_type, after, limit };
    let (page, counts, workspace) =
        futures::try_join!(portal.store.inbox(&query), portal.store.desk_counts(), portal.store.recent_workspace())?;
    let assignees: BTreeSet<_> = page.cases.iter().filter_map(assignee_of).cloned().collect();
    let teammates = portal.store.teammates_called(&assignees).await?;
    let companies = page.cases.iter().filter_map(company_of);
    let names = Names { companies: companies.map(|company| (company.id.clone(), company)).collect(), teammates };
    let desk = names.desk(&workspace);
    let named = |id: TeammateId| Named { name: names.teammates.get(&id).cloned().flatten(), id };
    let item = |case: Case| match case.what {
        What::Ticket { row, assignee, unread, .. } => Item::Ticket(Box::new(TicketItem {
            row: desk.row(&row),
            unread: unread && assignee.as_ref() == Some(&teammate.id),
            assignee: assignee.map(named),
        })),
        What::Conversation { id, title, started_at, started_by, .. } => {
            Item::Conversation(Box::new(ConversationItem {
                url: format!("/helpdesk/conversations/{id}"),
                id,
                title,
                started_by,
                created_at: started_at,
                turn: case.turn.into(),
                last_message: case.exchange.last.as_ref().map(Into::into),
            }))
        }
    };
    Ok(Inbox {
        items: page.cases.into_iter().map(item).collect(),
        counts: Counts { us: counts.all(), mine: counts.of(Some(&teammate.id)), unassigned: counts.of(None) },
        next: page.next,
    })
}

fn assignee_of(case: &Case) -> Option<&TeammateId> {
    match &case.what {
        What::Ticket { assignee, .. } => assignee.as_ref(),
        What::Conversation { .. } => None,
    }
}

/// The company of a ticket, by the name that it had when the ticket was last written.
fn company_of(case: &Case) -> Option<Company> {
    let What::Ticket { row, company_name, .. } = &case.what else { return None };
    let id: CompanyId = row.company.clone()?;
    let name = company_name.clone().unwrap_or_else(|| id.to_string());
    Some(Company::new(id, name))
}
