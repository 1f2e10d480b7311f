//! Checks a whole table: each ticket is in exactly one partition, and counters equal a recount. This is for the
//! operator; functions never scan. If the table is written to during the check, findings can be false.

mod census;
mod findings;

use crate::table::{Store, StoreError};
use census::Census;
use domain::{
    catalog::Catalog,
    id::{CompanyId, ContactId, ConversationId, TicketId},
};
use std::{collections::BTreeMap, fmt};

/// The contents of a whole table, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Number of items read.
    pub items: u64,
    /// Number of tickets found.
    pub tickets: u64,
    /// Number of companies found.
    pub companies: u64,
    /// Everything that is wrong.
    pub findings: Vec<Finding>,
}

/// Something that is wrong in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A ticket item in a partition that is not its home, or without a body.
    Stray {
        ticket: TicketId,
        /// The partition that the item is in.
        partition: String,
    },
    /// A ticket without an item in its home partition.
    Homeless(TicketId),
    /// A ticket item that differs from the ticket.
    Different(TicketId),
    /// A creator's tickets-space entry that is missing or differs from the ticket.
    Space(TicketId),
    /// An entry that makes a contact the creator of a ticket that they did not create.
    Usurped {
        ticket: TicketId,
        /// The partition of the contact.
        partition: String,
    },
    /// A ticket whose link to a conversation differs from the conversation that its page shows.
    Unlinked(TicketId),
    /// A conversation to which several tickets are linked.
    Shared {
        /// Which.
        conversation: ConversationId,
        /// The tickets that say so.
        tickets: Vec<TicketId>,
    },
    /// A ticket whose conversation does not lead to it.
    Unreturned(TicketId),
    /// A conversation that leads to a ticket which does not lead back.
    Astray {
        /// Which.
        conversation: ConversationId,
        /// Where it leads.
        ticket: TicketId,
    },
    /// A ticket that is not in the tickets spaces of exactly those who participate in its conversation.
    Participation(TicketId),
    /// A conversation whose number of participants, or that of its ticket, differs from a recount.
    Participants(ConversationId),
    /// A contact whose companies were written in several transactions, of which the last did not come.
    Unfinished(ContactId),
    /// A ticket whose category is not its type's, or whose state's category is not its state's.
    Category(TicketId),
    /// An item that this version did not write.
    Unreadable(String),
    /// A company whose counters differ from a recount.
    Miscounted {
        company: CompanyId,
        /// The recorded counters other than zero; `None` if the company is not recorded.
        kept: Option<BTreeMap<String, i64>>,
        /// The recounted counters.
        counted: BTreeMap<String, i64>,
    },
    /// A ticket whose items in the search index are missing, different or in the wrong place.
    TicketSearch(TicketId),
    /// A conversation for which the same is true, or one of its notes.
    ConversationSearch(ConversationId),
    /// A ticket that is not the turn of whom its messages and its history make it, or that shows another last message.
    Turn(TicketId),
    /// A conversation without a ticket whose last message, or the message in it that waits for an answer, is another.
    Heard(ConversationId),
    /// A ticket that does not wait on exactly those on whom it waits by its turn.
    Attention(TicketId),
    /// A ticket whose followers are not exactly those who have it in their tickets spaces as such.
    Followers(TicketId),
    /// A ticket that repeats one which does not say so, or is repeated by one which does not.
    Duplicate(TicketId),
    /// A ticket whose place in the inbox differs from the ticket.
    Inbox(TicketId),
    /// A conversation for which the same is true.
    ConversationInbox(ConversationId),
    /// The inbox, if the numbers of what is the vendor's turn differ from a recount.
    InboxMiscounted {
        /// How many more there are for each assignee than the counters say.
        lacking: BTreeMap<String, i64>,
    },
    /// A company or person who is not found by exactly what they are called.
    Called {
        /// The company's or contact's partition.
        partition: String,
    },
    /// A membership that is recorded on one side only.
    HalfMembership {
        /// The partition that has it.
        partition: String,
        /// The partition that lacks it.
        missing_in: String,
    },
}

impl Finding {
    /// Whether it is about what follows from the table's stream, and so can be gone a moment later.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::TicketSearch(_) | Self::ConversationSearch(_))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stray { ticket, partition } => write!(f, "ticket {ticket}: a stray item in {partition}"),
            Self::Homeless(ticket) => write!(f, "ticket {ticket}: no item in its home partition"),
            Self::Different(ticket) => write!(f, "ticket {ticket}: its item differs from the ticket"),
            Self::Space(ticket) => write!(f, "ticket {ticket}: its creator's tickets space does not have it right"),
            Self::Usurped { ticket, partition } => write!(f, "ticket {ticket}: {partition} has it as its creator's"),
            Self::Unlinked(ticket) => write!(f, "ticket {ticket}: it shows another conversation than it is linked to"),
            Self::Shared { conversation, tickets } => {
                let tickets: Vec<_> = tickets.iter().map(ToString::to_string).collect();
                write!(f, "conversation {conversation}: linked to tickets {}", tickets.join(" and "))
            }
            Self::Unreturned(ticket) => write!(f, "ticket {ticket}: its conversation does not lead to it"),
            Self::Astray { conversation, ticket } => {
                write!(f, "conversation {conversation}: leads to ticket {ticket}, which does not lead back")
            }
            Self::Participation(ticket) => {
                write!(f, "ticket {ticket}: not in the tickets spaces of exactly those in its conversation")
            }
            Self::Participants(id) => write!(f, "conversation {id}: its number of participants is no recount"),
            Self::Unfinished(id) => write!(f, "contact {id}: the last write of its companies is not complete"),
            Self::Category(ticket) => {
                write!(f, "ticket {ticket}: its category, or its state's, is not that of the catalog")
            }
            Self::Unreadable(why) => f.write_str(why),
            Self::Miscounted { company, kept, counted } => {
                let kept = kept.as_ref().map_or("that it is not there".into(), |kept| format!("{kept:?}"));
                write!(f, "company {company}: its counters say {kept}, a recount {counted:?}")
            }
            Self::TicketSearch(ticket) => write!(f, "ticket {ticket}: search does not have it right"),
            Self::ConversationSearch(id) => write!(f, "conversation {id}: search does not have it right"),
            Self::Turn(ticket) => {
                write!(f, "ticket {ticket}: its turn or last message is not that of its conversation")
            }
            Self::Heard(id) => {
                write!(f, "conversation {id}: its last message, or what waits for an answer, is another")
            }
            Self::Attention(ticket) => write!(f, "ticket {ticket}: it does not wait on exactly those who take part"),
            Self::Followers(ticket) => write!(f, "ticket {ticket}: not followed by exactly those who say so"),
            Self::Duplicate(ticket) => {
                write!(f, "ticket {ticket}: what it repeats, or what repeats it, does not say so")
            }
            Self::Inbox(ticket) => write!(f, "ticket {ticket}: the inbox does not have it right"),
            Self::ConversationInbox(id) => write!(f, "conversation {id}: the inbox does not have it right"),
            Self::InboxMiscounted { lacking } => write!(f, "the inbox: its counters lack {lacking:?}"),
            Self::Called { partition } => write!(f, "{partition}: not found by exactly what they are called"),
            Self::HalfMembership { partition, missing_in } => {
                write!(f, "membership in {partition} is missing in {missing_in}")
            }
        }
    }
}

impl Store {
    /// Reads the whole table and checks it. `progress` is called with the number of items read so far.
    pub async fn check(&self, mut progress: impl FnMut(u64)) -> Result<Report, StoreError> {
        // What customers see of a ticket depends on it. One that cannot be read is found below.
        let catalog = match self.catalog().await {
            Err(StoreError::Corrupt { .. }) => Catalog::default(),
            read => read?,
        };
        let mut census = Census { catalog, ..Census::default() };
        let mut report = Report::default();
        let mut items = self.whole_table().into_paginator().items().send();
        while let Some(item) = items.next().await {
            if let Err(error) = census.count(item.map_err(StoreError::from_sdk)?) {
                census.unreadable.push(error.to_string());
            }
            report.items += 1;
            if report.items % 1000 == 0 {
                progress(report.items);
            }
        }
        report.tickets = census.bodies.len() as u64;
        report.companies = census.companies.len() as u64;
        report.findings = census.findings();
        Ok(report)
    }
}
