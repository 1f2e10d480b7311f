//! Cases: what the Help Desk's inbox lists, which is every ticket, and every conversation without one that waits for an
//! answer.
//!
//! The mark of a ticket or conversation, which each of its writes raises anyway, has what the inbox shows of it, and the
//! keys of two sparse views of each turn: by how long it has been that turn, and the same for each assignee. How many
//! cases are the vendor's turn is counted for each assignee, in the shards of [`keys::DESK`]. Copies in lists of each
//! company and each type follow from the table's stream.

use super::{
    exchange::{EXCHANGE, ExchangeRecord},
    head::HeadRecord,
    mark::{add_mark, mark_in},
    ticket::RowRecord,
};
use crate::table::{CHANGED_AT, CHANGES, Item, StoreError, Transaction, attributes, keys, number, record, text};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    history::Actor,
    id::{CompanyId, ConversationId, TeammateId},
    mark::Mark,
    ticket::{Ticket, TicketRow},
    timestamp::Timestamp,
    turn::{Exchange, Turn, Who},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What the inbox shows of a ticket.
#[derive(Debug, Serialize, Deserialize)]
struct TicketCase {
    #[serde(flatten)]
    row: RowRecord,
    #[serde(default)]
    company_name: Option<String>,
    #[serde(default)]
    assignee: Option<TeammateId>,
    /// Whether something has happened that the assignee has not seen. Absent if not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unread: Option<bool>,
}

/// What the inbox shows of a conversation without a ticket.
#[derive(Debug, Serialize, Deserialize)]
struct ConversationCase {
    id: ConversationId,
    #[serde(default)]
    title: Option<String>,
    started: i64,
    #[serde(default)]
    started_by: Option<String>,
    #[serde(default)]
    companies: BTreeSet<CompanyId>,
    #[serde(flatten)]
    exchange: ExchangeRecord,
}

/// Whether the assignee has something new to see.
pub(crate) const UNREAD: &str = "unread";
/// Attributes that a ticket's case can lack.
const OPTIONAL: [&str; 5] = ["private", "company", "requester_name", "company_name", "assignee"];

/// What a write sets in the item of a mark, and what it removes.
type Written = (Item, Vec<&'static str>);

/// A case in the inbox.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    pub what: What,
    pub turn: Turn,
    /// What was said in it.
    pub exchange: Exchange,
    /// Its place in the inbox.
    pub place: String,
}

/// What a case is about.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    Ticket {
        row: Box<TicketRow>,
        /// The name of the company when the ticket was last written.
        company_name: Option<String>,
        assignee: Option<TeammateId>,
        /// Whether something has happened that the assignee has not seen.
        unread: bool,
    },
    Conversation {
        id: ConversationId,
        /// The first line of its first message.
        title: Option<String>,
        started_at: Timestamp,
        /// The name of whoever wrote it.
        started_by: Option<String>,
        /// Companies of its participants.
        companies: BTreeSet<CompanyId>,
    },
}

fn keyed(turn: Turn, partition: &str, assignee: Option<&TeammateId>) -> [(String, AttributeValue); 3] {
    let place = keys::waiting(turn.since, partition);
    let keys = [
        ("view", keys::inbox(turn.who)),
        ("by_state", format!("{}{place}", keys::assigned(assignee))),
        ("by_updated", place),
    ];
    keys.map(|(name, key)| (name.to_owned(), AttributeValue::S(key)))
}

impl Case {
    pub(crate) fn read(item: Item, place: &'static str) -> Result<Self, StoreError> {
        let pk = copied(&item).unwrap_or(text(&item, "pk")).to_owned();
        let place = text(&item, place).to_owned();
        if pk.starts_with("TICKET#") {
            let TicketCase { row, company_name, assignee, unread } = record(item)?;
            let row: TicketRow = row.into();
            let (turn, exchange) = (row.turn(), row.exchange.clone());
            let unread = unread.unwrap_or(false);
            return Ok(Self {
                what: What::Ticket { row: Box::new(row), company_name, assignee, unread },
                turn,
                exchange,
                place,
            });
        }
        let it: ConversationCase = record(item)?;
        let exchange: Exchange = it.exchange.into();
        let since = exchange.unanswered_since.unwrap_or(Timestamp::EPOCH);
        Ok(Self {
            what: What::Conversation {
                id: it.id,
                title: it.title,
                started_at: crate::table::time(it.started),
                started_by: it.started_by,
                companies: it.companies,
            },
            turn: Turn { who: Who::Us, since },
            exchange,
            place,
        })
    }
}

/// Returns what the mark of a ticket has of its case. `by` is who has just done something that others have not seen, and
/// `stays` whether the assignee is the same as before.
pub(crate) fn ticket_case(ticket: &Ticket, by: Option<&Actor>, stays: bool) -> Result<Written, StoreError> {
    let partition = keys::ticket(&ticket.row.id);
    let case = TicketCase {
        row: (&ticket.row).into(),
        company_name: ticket.company_name.clone(),
        assignee: ticket.assignee.clone(),
        unread: None,
    };
    let mut set = attributes(&partition, &case)?;
    set.extend(keyed(ticket.row.turn(), &partition, ticket.assignee.as_ref()));
    let mut absent: Vec<_> = OPTIONAL.into_iter().chain(EXCHANGE).filter(|name| !set.contains_key(*name)).collect();
    match (&ticket.assignee, by) {
        (Some(assignee), Some(Actor::Teammate { id, .. })) if id == assignee && stays => {}
        (Some(assignee), Some(Actor::Teammate { id, .. })) if id == assignee => absent.push(UNREAD),
        (Some(_), Some(_)) => drop(set.insert(UNREAD.into(), AttributeValue::Bool(true))),
        (Some(_), None) if stays => {}
        (_, _) => absent.push(UNREAD),
    }
    Ok((set, absent))
}

/// Returns what the mark of a conversation without a ticket has of its case; without a turn it has nothing.
pub(crate) fn conversation_case(head: &HeadRecord) -> Result<Written, StoreError> {
    let partition = keys::conversation(&head.id);
    let Some(since) = head.exchange().unanswered_since.filter(|_| head.ticket.is_none()) else {
        return Ok(no_conversation_case());
    };
    let case = ConversationCase {
        id: head.id.clone(),
        title: head.title.clone(),
        started: head.started().millis(),
        started_by: head.started_by.clone(),
        companies: head.companies.clone(),
        exchange: head.exchange.clone(),
    };
    let mut set = attributes(&partition, &case)?;
    set.extend(keyed(Turn { who: Who::Us, since }, &partition, None));
    let absent = ["title", "started_by"].into_iter().chain(EXCHANGE).filter(|name| !set.contains_key(*name)).collect();
    Ok((set, absent))
}

/// Takes a conversation out of the inbox.
pub(crate) fn no_conversation_case() -> Written {
    let named = ["view", "by_state", "by_updated", "id", "title", "started", "started_by", "companies"];
    (Item::new(), named.into_iter().chain(EXCHANGE).collect())
}

/// Where the copies of a case say whose mark it is.
const OF: &str = "of";

/// Returns the copies of a case in the lists of its companies and its type, made from its mark.
pub(crate) fn copies(mark: Item) -> Result<Vec<Item>, StoreError> {
    let (pk, view, place) =
        (text(&mark, "pk").to_owned(), text(&mark, "view").to_owned(), text(&mark, "by_updated").to_owned());
    if view.is_empty() {
        return Ok(Vec::new());
    }
    let lists = match Case::read(mark.clone(), "by_updated")?.what {
        What::Ticket { row, .. } => {
            vec![keys::inbox_of_company(&view, row.company.as_ref()), keys::inbox_of_type(&view, &row.ticket_type)]
        }
        What::Conversation { companies, .. } if companies.is_empty() => vec![keys::inbox_of_company(&view, None)],
        What::Conversation { companies, .. } => {
            companies.iter().map(|company| keys::inbox_of_company(&view, Some(company))).collect()
        }
    };
    let mut copy = mark;
    for name in ["view", "by_state", "by_updated", CHANGES, CHANGED_AT] {
        copy.remove(name);
    }
    copy.insert("sk".into(), AttributeValue::S(place));
    copy.insert(OF.into(), AttributeValue::S(pk));
    let in_list = |list: String| {
        let mut copy = copy.clone();
        copy.insert("pk".into(), AttributeValue::S(list));
        copy
    };
    Ok(lists.into_iter().map(in_list).collect())
}

/// Returns the partition of the ticket or conversation that an item of a list of the inbox is a copy of.
pub(crate) fn copied(item: &Item) -> Option<&str> {
    text(item, "pk").starts_with(keys::INBOX).then(|| text(item, OF))
}

/// What the inbox should have, and has, of a ticket or conversation: for checks of a whole table.
pub(crate) fn same_case(found: &Item, written: &Written) -> bool {
    let (set, absent) = written;
    set.iter().all(|(name, value)| name == UNREAD || found.get(name) == Some(value))
        && absent.iter().all(|name| *name == UNREAD || !found.contains_key(*name))
}

/// Under which name a case is counted, if it is the vendor's turn.
fn counted(ticket: &Ticket) -> Option<String> {
    (ticket.row.turn().who == Who::Us).then(|| keys::assigned(ticket.assignee.as_ref()))
}

impl Transaction<'_> {
    /// Puts a ticket in its place in the inbox and raises its mark. `by` is who has just done something that others have
    /// not seen. A ticket of a version without turns was not counted.
    pub(crate) fn list_ticket(
        &mut self,
        before: Option<&Ticket>,
        after: &Ticket,
        by: Option<&Actor>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let same_assignee = before.is_some_and(|before| before.assignee == after.assignee);
        let before = before.filter(|before| before.row.turn_since.is_some()).and_then(counted);
        let is = counted(after);
        if before != is {
            before.into_iter().for_each(|name| self.add_to_desk(name, -1, at));
            is.into_iter().for_each(|name| self.add_to_desk(name, 1, at));
        }
        let case = ticket_case(after, by, same_assignee)?;
        self.raise_with(keys::ticket(&after.row.id), keys::MARK, at, case);
        Ok(())
    }

    /// Puts a conversation without a ticket in its place in the inbox, or takes it out, and raises its mark.
    pub(crate) fn list_conversation(
        &mut self,
        was_unanswered: bool,
        head: &HeadRecord,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let is_unanswered = head.ticket.is_none() && head.exchange().unanswered_since.is_some();
        if was_unanswered != is_unanswered {
            self.add_to_desk(keys::assigned(None), if is_unanswered { 1 } else { -1 }, at);
        }
        self.raise_with(keys::conversation(&head.id), keys::MARK, at, conversation_case(head)?);
        Ok(())
    }
}

/// How many cases are the vendor's turn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeskCounts {
    /// By the key of their assignee ([`keys::assigned`]).
    assigned: BTreeMap<String, i64>,
    /// Raised whenever a case comes or goes.
    pub mark: Mark,
}

impl DeskCounts {
    pub(crate) fn add(&mut self, shard: &Item) {
        for name in shard.keys().filter(|name| !["pk", "sk", CHANGES, CHANGED_AT].contains(&name.as_str())) {
            *self.assigned.entry(name.clone()).or_default() += number(shard, name).unwrap_or(0);
        }
        self.assigned.retain(|_, count| *count != 0);
        add_mark(&mut self.mark, mark_in(shard));
    }

    pub(crate) fn count(&mut self, item: &Item) {
        if text(item, "view") == keys::inbox(Who::Us) {
            let place = text(item, "by_state").splitn(3, '#').take(2).collect::<Vec<_>>().join("#");
            *self.assigned.entry(format!("{place}#")).or_default() += 1;
        }
    }

    /// Returns by how much each number would have to change to be as `other`'s, where that is not nothing.
    pub(crate) fn lacks(&self, other: &Self) -> BTreeMap<String, i64> {
        let of = |counts: &Self, name: &String| counts.assigned.get(name).copied().unwrap_or(0);
        let names = self.assigned.keys().chain(other.assigned.keys());
        let lack = names.map(|name| (name.clone(), of(other, name) - of(self, name)));
        lack.filter(|(_, by)| *by != 0).collect()
    }

    /// Returns how many there are in all.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.assigned.values().map(|count| u64::try_from(*count).unwrap_or(0)).sum()
    }

    /// Returns how many are assigned to a teammate, or to nobody.
    #[must_use]
    pub fn of(&self, assignee: Option<&TeammateId>) -> u64 {
        self.assigned.get(&keys::assigned(assignee)).map_or(0, |count| u64::try_from(*count).unwrap_or(0))
    }
}
