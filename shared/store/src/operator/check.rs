//! Checks a whole table: each ticket is in exactly one partition, and counters equal a recount. This is for the
//! operator; functions never scan. If the table is written to during the check, findings can be false.

use crate::{
    feed::{self, Document, ManifestRecord},
    record::{
        BodyRecord, CompanyRecord, ContactRecord, Counters, DeskCounts, EventRecord, HeadRecord, LinkRecord,
        MoveRecord, Named, Names, PartRecord, RowRecord, SpaceRecord, SpaceRole, catalog, conversation_case, copied,
        copies, creator_entry, home_row,
        index::{self, Entry, Placing, Words},
        is_part, is_shard, name_digest, private_row, same_case, ticket_case,
    },
    table::{Item, Store, StoreError, keys, record, text},
    write::MOST_ASKED,
};
use domain::{
    catalog::Catalog,
    company::Company,
    conversation::{Part, PartKind},
    history::{Actor, Event},
    id::{CompanyId, ContactId, ConversationId, TicketId},
    ticket::{Ticket, TicketRow},
    timestamp::Timestamp,
    turn::{Exchange, Step, Who},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
};

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

#[derive(Default)]
struct Census {
    bodies: BTreeMap<TicketId, (TicketRow, Option<ConversationId>)>,
    homes: BTreeMap<TicketId, Vec<(String, Option<TicketRow>)>>,
    spaces: BTreeMap<TicketId, Vec<(String, Option<TicketRow>)>>,
    /// The same of copies in the lists of their creators alone.
    private: BTreeMap<TicketId, Vec<(String, Option<TicketRow>)>>,
    links: BTreeMap<TicketId, (ConversationId, u64)>,
    /// By the conversation's partition.
    talks: BTreeMap<String, Talk>,
    /// For each ticket, the sum of [`hash`] of those whose tickets spaces say that they take part.
    taking_part: BTreeMap<TicketId, u64>,
    /// The same of those whose tickets spaces say that they follow it, less those who the ticket says do.
    following: BTreeMap<TicketId, u64>,
    /// What repeats what, as the one says and as the other does.
    repeats: BTreeSet<(TicketId, TicketId)>,
    repeated: BTreeSet<(TicketId, TicketId)>,
    unfinished: Vec<ContactId>,
    catalog: Catalog,
    companies: BTreeSet<CompanyId>,
    /// The sum of a company's counters, by its partition.
    counters: BTreeMap<String, Counters>,
    memberships: BTreeSet<(String, String)>,
    search: BTreeMap<Entry, Searched>,
    /// The same of copies in the inbox's lists.
    copied: BTreeMap<Entry, Searched>,
    /// The same for those who are found by what they are called, by list and id.
    called: BTreeMap<(Names, String), (Option<u64>, u64)>,
    /// The conversation whose partition is being read. Its parts come after it.
    head: Option<HeadRecord>,
    /// The ticket whose partition is being read. Its mark comes after it.
    ticket: Option<Ticket>,
    /// When the vendor last decided to wait or to resolve, according to the history of each ticket.
    decided: BTreeMap<TicketId, Timestamp>,
    desk: DeskCounts,
    /// The inbox, counted.
    cases: DeskCounts,
    /// For each ticket, the sum of [`hash`] of those on whom it waits.
    waits_on: BTreeMap<TicketId, u64>,
    wrong_cases: Vec<Finding>,
    wrong_talks: Vec<ConversationId>,
    unreadable: Vec<String>,
}

/// Sums of what search, and the inbox's lists, have of a ticket or conversation. The entries themselves would take too much
/// memory.
#[derive(Default)]
struct Searched {
    /// Of what the entries should say.
    expected: u64,
    /// What more the entries should say of one that is in the list of its creator alone.
    of_creator: u64,
    /// Of what they say.
    found: u64,
    /// How many of those that there should be are for customers, where customers see the ticket, and how many are not.
    open: u64,
    kept: u64,
    /// Of where they should stand, of a conversation without a ticket.
    standing: u64,
    /// Of where they stand.
    places: u64,
    /// Of the keys that there are.
    keys: u64,
    /// Of those that manifests tell.
    told: u64,
    /// Whether a manifest says that entries are being written.
    unfinished: bool,
}

impl Searched {
    /// Counts what a document should have.
    fn expect(&mut self, words: &Words, copies: u64) {
        let (open, kept) = words.counts();
        self.expected = self.expected.wrapping_add(words.sum(copies));
        self.of_creator = self.of_creator.wrapping_add(words.sum_of_creator());
        self.open += open;
        self.kept += kept;
    }

    /// Whether all is right. `placing` is where it stands, if it is a ticket.
    fn is_right(&self, placing: Option<&Placing>) -> bool {
        let standing = placing.map_or(self.standing, |placing| placing.sum_of_places(self.open, self.kept));
        let of_creator = placing.filter(|it| it.is_its_creators_alone()).map_or(0, |_| self.of_creator);
        self.expected.wrapping_add(of_creator) == self.found
            && self.places == standing
            && self.keys == self.told
            && !self.unfinished
    }
}

/// Returns what a manifest is about.
fn entry_of(document: Option<Document>, key: &str) -> Result<Entry, StoreError> {
    match document {
        Some(Document::Ticket(id)) => Ok(Entry::Ticket(id)),
        Some(Document::Conversation(conversation) | Document::Part { conversation, .. }) => {
            Ok(Entry::Conversation(conversation))
        }
        Some(Document::Case(of)) => match of.strip_prefix("TICKET#") {
            Some(_) => Ok(Entry::Ticket(ticket_of(&of)?)),
            None => entry_of(Document::at(&of, keys::CONVERSATION)?, key),
        },
        None => Err(StoreError::Corrupt { key: key.into(), why: "the manifest of nothing".into() }),
    }
}

/// A conversation and who participates in it. The contacts themselves would take too much memory.
#[derive(Default)]
struct Talk {
    /// Its id, the ticket that it is linked to, and its own number of participants.
    head: Option<(ConversationId, Option<TicketId>, u64)>,
    participants: u64,
    /// [`hash`] of the first of them, as many as are told of their ticket.
    first: BTreeSet<u64>,
    /// The sum of [`hash`] of them all.
    sum: u64,
    /// What was said, according to its head.
    kept: (Option<Timestamp>, Option<Timestamp>),
    /// When its last message was written.
    last: Option<Timestamp>,
    /// When the messages of customers were written that no message of the vendor has followed.
    unanswered: Vec<Timestamp>,
}

impl Talk {
    fn say(&mut self, part: &Part) {
        if part.kind == PartKind::Message {
            self.last = Some(part.at);
            match part.author {
                Actor::Contact { .. } => self.unanswered.push(part.at),
                Actor::Teammate { .. } | Actor::System => self.unanswered.clear(),
            }
        }
    }

    /// Whether a ticket says the same of what was said, if the vendor decided at this time what happens next.
    fn agrees(&self, row: &TicketRow, decided: Option<Timestamp>) -> bool {
        let kept = row.exchange.unanswered_since;
        let after = |decided: Option<Timestamp>| {
            self.unanswered.iter().find(|at| decided.is_none_or(|decided| **at > decided)).copied()
        };
        let since_made = self.unanswered.iter().find(|at| **at >= row.created_at && Some(**at) > decided).copied();
        let settled = Some(row.in_turn_since()).filter(|_| row.state_category.turn() != Who::Us);
        // A ticket that was made waiting or resolved has answered what was said before.
        let possible =
            [after(None).filter(|_| settled.is_none()), after(decided), since_made, after(decided.max(settled))];
        row.exchange.last.as_ref().map(|last| last.at) == self.last && possible.contains(&kept)
    }
}

/// What was said in an exchange: when last, and since when something waits for an answer.
fn said(exchange: &Exchange) -> (Option<Timestamp>, Option<Timestamp>) {
    (exchange.last.as_ref().map(|last| last.at), exchange.unanswered_since)
}

/// A hash of the contact in a key of the form `KIND#id#`.
fn hash(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.split('#').nth(1).hash(&mut hasher);
    hasher.finish()
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

/// Returns the row in an item, or `None` if its index keys differ from those that `written` gives it.
fn row(item: Item, written: impl Fn(&TicketRow) -> Result<Item, StoreError>) -> Result<Option<TicketRow>, StoreError> {
    let row: TicketRow = record::<RowRecord>(item.clone())?.into();
    let written = written(&row)?;
    let same = ["view", "by_state", "by_updated"].iter().all(|name| item.get(*name) == written.get(*name));
    Ok(same.then_some(row))
}

/// Returns the ticket id in a key of the form `KIND#id#`.
fn participant(item: &Item) -> Result<ContactId, StoreError> {
    let id = ContactId::new(text(item, "contact"));
    id.map_err(|error| StoreError::Corrupt { key: text(item, "pk").into(), why: error.to_string() })
}

fn ticket_of(key: &str) -> Result<TicketId, StoreError> {
    let id = key.split('#').nth(1).unwrap_or_default();
    TicketId::new(id).map_err(|error| StoreError::Corrupt { key: key.into(), why: error.to_string() })
}

impl Census {
    fn count(&mut self, item: Item) -> Result<(), StoreError> {
        let (pk, sk) = (text(&item, "pk").to_owned(), text(&item, "sk").to_owned());
        let kind = |key: &str, kind: &str| key.starts_with(kind);
        if index::is_list(&pk) {
            let key = feed::hash(&index::address(&item));
            let (entry, says, place) = index::hashes(item)?;
            let searched = self.search.entry(entry).or_default();
            searched.found = searched.found.wrapping_add(says);
            searched.places = searched.places.wrapping_add(place);
            searched.keys = searched.keys.wrapping_add(key);
            return Ok(());
        }
        if let Some(of) = copied(&item) {
            let (sum, key) = (index::digest(&item), feed::hash(&index::address(&item)));
            let copied = self.copied.entry(entry_of(Document::at(of, keys::MARK)?, of)?).or_default();
            copied.found = copied.found.wrapping_add(sum);
            copied.keys = copied.keys.wrapping_add(key);
            return Ok(());
        }
        if let Some(of) = pk.strip_prefix(keys::INDEXED) {
            let document = Document::at(of, &sk)?;
            let is_case = matches!(document, Some(Document::Case(_)));
            let of = entry_of(document, &pk)?;
            let manifest: ManifestRecord = record(item)?;
            let all = if is_case { &mut self.copied } else { &mut self.search };
            let Some(places) = manifest.told() else {
                all.entry(of).or_default().unfinished = true;
                return Ok(());
            };
            for address in places.addresses() {
                // The words of a conversation stand where its ticket stands.
                let entry = if is_case { of.clone() } else { index::subject(&address.1)?.0 };
                let told = &mut all.entry(entry).or_default().told;
                *told = told.wrapping_add(feed::hash(&address));
            }
            return Ok(());
        }
        if let Some(list) = Names::of_words(&pk) {
            let (_, found) = self.called.entry((list, text(&item, "id").to_owned())).or_default();
            *found = found.wrapping_add(name_digest(&item));
            return Ok(());
        }
        if let Some(named) = Named::read(&item)? {
            let sum = named.found_by()?.iter().map(name_digest).fold(0, u64::wrapping_add);
            let (expected, _) = self.called.entry((named.list, named.id)).or_default();
            *expected = Some(sum);
        }
        if pk == keys::SETTINGS && sk == keys::CATALOG {
            self.catalog = catalog(item)?;
            return Ok(());
        }
        let of_person_or_company = kind(&pk, "COMPANY#") || kind(&pk, "CONTACT#");
        if kind(&pk, "TICKET#") {
            if sk == keys::BODY {
                let ticket = record::<BodyRecord>(item)?.into_ticket()?;
                let words = Words::of_ticket(&ticket, &self.catalog);
                self.search.entry(Entry::Ticket(ticket.row.id.clone())).or_default().expect(&words, 1);
                let id = &ticket.row.id;
                self.repeats.extend(ticket.duplicate_of.iter().map(|it| (id.clone(), it.of.clone())));
                self.repeated.extend(ticket.duplicates.iter().map(|it| (it.clone(), id.clone())));
                self.bodies.insert(ticket_of(&pk)?, (ticket.row.clone(), ticket.conversation.clone()));
                self.ticket = Some(ticket);
            } else if sk == keys::CONVERSATION {
                let link = record::<LinkRecord>(item)?;
                self.links.insert(ticket_of(&pk)?, (link.conversation, link.participants));
            } else if sk == keys::MARK {
                self.cases.count(&item);
                self.expect_copies(Entry::Ticket(ticket_of(&pk)?), item.clone())?;
                let ticket = self.ticket.take().filter(|ticket| keys::ticket(&ticket.row.id) == pk);
                // What a version without turns wrote is in no inbox before it has been indexed anew.
                if let Some(ticket) = ticket.filter(|ticket| ticket.row.turn_since.is_some())
                    && !same_case(&item, &ticket_case(&ticket, None, true)?)
                {
                    self.wrong_cases.push(Finding::Inbox(ticket.row.id));
                }
            } else if kind(&sk, keys::FOLLOWERS) {
                let contact = keys::contact(&participant(&item)?);
                let sum = self.following.entry(ticket_of(&pk)?).or_default();
                *sum = sum.wrapping_sub(hash(&contact));
            } else {
                // History without a ticket is not a finding: an import that was interrupted leaves it, and the next one
                // continues from there.
                let event: Event = record::<EventRecord>(item)?.into();
                let decided = Step::all_of(&[event]).into_iter().find(Step::decides);
                if let Some(step) = decided {
                    self.decided.insert(ticket_of(&pk)?, step.at);
                }
            }
        } else if of_person_or_company && kind(&sk, "TICKET#") {
            let row = row(item, |row| home_row(row, 0))?;
            self.homes.entry(ticket_of(&sk)?).or_default().push((pk, row));
        } else if kind(&sk, keys::WAITS) {
            let ticket = sk.strip_prefix(keys::WAITS).unwrap_or_default();
            let sum = self.waits_on.entry(ticket_of(ticket)?).or_default();
            *sum = sum.wrapping_add(hash(&pk));
        } else if kind(&sk, "SPACE#") {
            let entry = record::<SpaceRecord>(item.clone())?;
            if entry.participating {
                let sum = self.taking_part.entry(entry.id.clone()).or_default();
                *sum = sum.wrapping_add(hash(&pk));
            }
            if entry.following {
                let sum = self.following.entry(ticket_of(&sk)?).or_default();
                *sum = sum.wrapping_add(hash(&pk));
            }
            if entry.role == SpaceRole::Creator {
                let row = row(item, |row| creator_entry(row, 0).map(|(entry, _)| entry))?;
                self.spaces.entry(ticket_of(&sk)?).or_default().push((pk, row));
            }
        } else if kind(&sk, keys::PRIVATE) {
            let row = row(item, |row| Ok(private_row(row, 0)?.unwrap_or_default()))?;
            self.private.entry(ticket_of(&sk)?).or_default().push((pk, row));
        } else if sk == keys::COMPANY {
            self.counters.entry(pk).or_default().add(&item);
            let company: Company = record::<CompanyRecord>(item)?.into();
            self.companies.insert(company.id);
        } else if kind(&pk, "COMPANY#") && is_shard(&sk) {
            self.counters.entry(pk).or_default().add(&item);
        } else if kind(&pk, "COMPANY#") && kind(&sk, keys::MOVES) {
            record::<MoveRecord>(item)?;
        } else if sk == keys::CONVERSATION {
            // An item that only a ticket's link has created is not a conversation yet.
            if item.contains_key("id") {
                let head: HeadRecord = record(item)?;
                let kept = (head.id.clone(), head.ticket.clone(), head.participants);
                let talk = self.talks.entry(pk).or_default();
                (talk.head, talk.kept) = (Some(kept), said(&head.exchange()));
                self.expect(&head, &Words::of_conversation(&head));
                self.head = Some(head);
            }
        } else if pk == keys::DESK {
            self.desk.add(&item);
        } else if kind(&pk, "CONVERSATION#") && sk == keys::MARK {
            self.cases.count(&item);
            self.expect_copies(entry_of(Document::at(&pk, &sk)?, &pk)?, item.clone())?;
            if let Some(head) = self.head.as_ref().filter(|head| keys::conversation(&head.id) == pk)
                && !same_case(&item, &conversation_case(head)?)
            {
                self.wrong_talks.push(head.id.clone());
            }
        } else if kind(&sk, keys::PARTICIPANT) {
            let talk = self.talks.entry(pk).or_default();
            talk.participants += 1;
            if talk.first.len() < MOST_ASKED {
                talk.first.insert(hash(&sk));
            }
            talk.sum = talk.sum.wrapping_add(hash(&sk));
        } else if sk == keys::CONTACT {
            let contact = record::<ContactRecord>(item)?;
            let unfinished = contact.becoming.is_some();
            self.unfinished.extend(Some(contact.id).filter(|_| unfinished));
        } else if is_part(&sk) {
            let part: Part = record::<PartRecord>(item)?.into();
            self.talks.entry(pk.clone()).or_default().say(&part);
            if let Some(head) = self.head.take_if(|head| keys::conversation(&head.id) == pk) {
                self.expect(&head, &Words::of_part(&head, &sk, &part));
                self.head = Some(head);
            }
        } else if of_person_or_company && (kind(&sk, "COMPANY#") || kind(&sk, "CONTACT#")) {
            self.memberships.insert((pk, sk));
        }
        Ok(())
    }

    /// Counts what search should have of a conversation, or of a part of it.
    fn expect(&mut self, head: &HeadRecord, words: &Words) {
        if let Some(ticket) = &head.ticket {
            return self.search.entry(Entry::Ticket(ticket.clone())).or_default().expect(words, 1);
        }
        let placing = Placing::of_conversation(head);
        let searched = self.search.entry(Entry::Conversation(head.id.clone())).or_default();
        searched.expect(words, placing.copies());
        let (open, kept) = words.counts();
        searched.standing = searched.standing.wrapping_add(placing.sum_of_places(open, kept));
    }

    fn expect_copies(&mut self, entry: Entry, mark: Item) -> Result<(), StoreError> {
        let expected = &mut self.copied.entry(entry).or_default().expected;
        *expected = copies(mark)?.iter().map(index::digest).fold(*expected, u64::wrapping_add);
        Ok(())
    }

    fn findings(mut self) -> Vec<Finding> {
        let mut findings: Vec<_> = self.unreadable.into_iter().map(Finding::Unreadable).collect();
        let mut counted: BTreeMap<CompanyId, Counters> = BTreeMap::new();
        let mut linked: BTreeMap<ConversationId, Vec<TicketId>> = BTreeMap::new();
        // What tickets say of the number of participants.
        let mut counts: BTreeMap<ConversationId, Vec<u64>> = BTreeMap::new();
        let (mut entries_wrong, mut turns, mut waiting) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        findings.extend(self.unfinished.into_iter().map(Finding::Unfinished));
        let odd = std::mem::take(&mut self.following).into_iter().filter(|(_, sum)| *sum != 0);
        findings.extend(odd.map(|(ticket, _)| Finding::Followers(ticket)));
        let said_once = self.repeats.symmetric_difference(&self.repeated);
        let said_once: BTreeSet<_> = said_once.map(|(ticket, _)| ticket.clone()).collect();
        findings.extend(said_once.into_iter().map(Finding::Duplicate));
        findings.append(&mut self.wrong_cases);
        let lacking = self.desk.lacks(&self.cases);
        if !lacking.is_empty() {
            findings.push(Finding::InboxMiscounted { lacking });
        }
        for (id, (row, conversation)) in &self.bodies {
            let home = keys::home(row.company.as_ref(), &row.requester);
            let items = self.homes.remove(id).unwrap_or_default();
            match items.iter().find(|(partition, _)| *partition == home) {
                None => findings.push(Finding::Homeless(id.clone())),
                Some((_, found)) if found.as_ref() != Some(row) => findings.push(Finding::Different(id.clone())),
                Some(_) => {}
            }
            let strays = items.into_iter().filter(|(partition, _)| *partition != home);
            findings.extend(strays.map(|(partition, _)| Finding::Stray { ticket: id.clone(), partition }));

            let creator = keys::contact(&row.requester);
            let entries = self.spaces.remove(id).unwrap_or_default();
            let has_it =
                |(partition, found): &(String, Option<TicketRow>)| *partition == creator && found.as_ref() == Some(row);
            let mut private = self.private.remove(id).unwrap_or_default();
            let alone = private.iter().filter(|copy| has_it(copy)).count();
            let keeps = alone == usize::from(row.is_its_creators_alone())
                && alone == private.iter().filter(|(at, _)| *at == creator).count();
            private.retain(|(partition, _)| *partition != creator);
            findings
                .extend(private.into_iter().map(|(partition, _)| Finding::Usurped { ticket: id.clone(), partition }));
            if !keeps || !entries.iter().any(has_it) {
                findings.push(Finding::Space(id.clone()));
                entries_wrong.insert(id.clone());
            }
            let usurpers: Vec<_> = entries.into_iter().filter(|(partition, _)| *partition != creator).collect();
            entries_wrong.extend(usurpers.iter().map(|_| id.clone()));
            findings
                .extend(usurpers.into_iter().map(|(partition, _)| Finding::Usurped { ticket: id.clone(), partition }));

            let shown = self.links.remove(id);
            if shown.as_ref().map(|(conversation, _)| conversation) != conversation.as_ref() {
                findings.push(Finding::Unlinked(id.clone()));
            } else if let Some((conversation, count)) = shown {
                counts.entry(conversation).or_default().push(count);
            }
            if let Some(conversation) = conversation {
                linked.entry(conversation.clone()).or_default().push(id.clone());
            }
            let talk = conversation.as_ref().and_then(|it| self.talks.get(&keys::conversation(it)));
            let decided = self.decided.get(id).copied();
            let mut people = talk.map(|talk| talk.first.clone()).unwrap_or_default();
            people.insert(hash(&keys::contact(&row.requester)));
            people.retain(|_| row.turn().who == Who::Customer);
            let sum = people.into_iter().fold(0, u64::wrapping_add);
            if row.turn_since.is_some() && self.waits_on.get(id).copied().unwrap_or(0) != sum {
                waiting.insert(id.clone());
            }
            if row.turn_since.is_some() && !talk.unwrap_or(&Talk::default()).agrees(row, decided) {
                turns.insert(id.clone());
            }
            let of_type = self.catalog.types.get(&row.ticket_type).map_or(row.category, |it| it.category);
            let of_state = self.catalog.states.get(&row.state).map_or(row.state_category, |it| it.category);
            if (of_type, of_state) != (row.category, row.state_category) {
                findings.push(Finding::Category(id.clone()));
            }
            if let Some(company) = &row.company {
                counted.entry(company.clone()).or_default().count(row);
            }
        }
        // Of one that does not lead to its ticket, that has been found already.
        let wrong_talks = std::mem::take(&mut self.wrong_talks).into_iter().filter(|id| !linked.contains_key(id));
        findings.extend(wrong_talks.map(Finding::ConversationInbox));
        for (id, leads_to, kept) in self.talks.values().filter_map(|talk| talk.head.as_ref()) {
            let talk = self.talks.get(&keys::conversation(id));
            let heard = |talk: &Talk| talk.kept == (talk.last, talk.unanswered.first().copied());
            if leads_to.is_none()
                && !linked.contains_key(id)
                && talk.is_some_and(|talk| talk.kept.0.is_some() && !heard(talk))
            {
                findings.push(Finding::Heard(id.clone()));
            }
            let counted = talk.map_or(0, |talk| talk.participants);
            let told = counts.remove(id).unwrap_or_default();
            if told.into_iter().chain([*kept]).any(|count| count != counted) {
                findings.push(Finding::Participants(id.clone()));
            }
            let led = linked.get(id).map(Vec::as_slice).unwrap_or_default();
            match (led, leads_to) {
                ([ticket], to) if to.as_ref() != Some(ticket) => findings.push(Finding::Unreturned(ticket.clone())),
                // An entry that is wrong itself has been found above.
                ([ticket], _) if !entries_wrong.contains(ticket) => {
                    let sum = self.talks.get(&keys::conversation(id)).map_or(0, |talk| talk.sum);
                    if self.taking_part.get(ticket).copied().unwrap_or(0) != sum {
                        findings.push(Finding::Participation(ticket.clone()));
                    }
                }
                // What is left of a ticket whose body is gone is found below.
                ([], Some(ticket)) if !self.links.contains_key(ticket) => {
                    findings.push(Finding::Astray { conversation: id.clone(), ticket: ticket.clone() });
                }
                _ => {}
            }
        }
        let shared: Vec<_> = linked.into_iter().filter(|(_, tickets)| tickets.len() > 1).collect();
        // One conversation cannot be that of several tickets, and so not tell the turn of any.
        turns.retain(|ticket| !shared.iter().any(|(_, tickets)| tickets.contains(ticket)));
        waiting.retain(|ticket| !shared.iter().any(|(_, tickets)| tickets.contains(ticket)));
        findings.extend(turns.into_iter().map(Finding::Turn));
        findings.extend(waiting.into_iter().map(Finding::Attention));
        findings.extend(shared.into_iter().map(|(conversation, tickets)| Finding::Shared { conversation, tickets }));
        let strays =
            self.homes.into_iter().flat_map(|(id, items)| items.into_iter().map(move |item| (id.clone(), item)));
        findings.extend(strays.map(|(ticket, (partition, _))| Finding::Stray { ticket, partition }));
        let usurpers =
            self.spaces.into_iter().flat_map(|(id, items)| items.into_iter().map(move |it| (id.clone(), it)));
        findings.extend(usurpers.map(|(ticket, (partition, _))| Finding::Usurped { ticket, partition }));
        let strays = self.private.into_iter().flat_map(|(id, items)| items.into_iter().map(move |it| (id.clone(), it)));
        findings.extend(strays.map(|(ticket, (partition, _))| Finding::Usurped { ticket, partition }));
        findings.extend(self.links.into_keys().map(Finding::Unlinked));
        for id in self.companies {
            let kept = self.counters.remove(&keys::company(&id)).unwrap_or_default().named();
            let counted = counted.remove(&id).unwrap_or_default().named();
            if kept != counted {
                findings.push(Finding::Miscounted { company: id, kept: Some(kept), counted });
            }
        }
        let unrecorded = counted.into_iter().map(|(company, counted)| (company, counted.named()));
        findings.extend(unrecorded.map(|(company, counted)| Finding::Miscounted { company, kept: None, counted }));
        let copied = self.copied.into_iter().filter(|(_, copied)| !copied.is_right(None)).map(|(entry, _)| entry);
        let mut wrong: BTreeSet<_> = copied.collect();
        for (entry, searched) in self.search {
            let is_right = match &entry {
                Entry::Ticket(id) => match self.bodies.get(id) {
                    Some((row, _)) => searched.is_right(Some(&Placing::of_ticket(row))),
                    // What leads to a ticket that is gone is found nowhere.
                    None => searched.keys == 0 && searched.told == 0,
                },
                Entry::Conversation(_) => searched.is_right(None),
            };
            wrong.extend((!is_right).then_some(entry));
        }
        findings.extend(wrong.into_iter().map(|entry| match entry {
            Entry::Ticket(id) => Finding::TicketSearch(id),
            Entry::Conversation(id) => Finding::ConversationSearch(id),
        }));
        // Entries of nobody lead nowhere, and whatever else is missing with a record is found above.
        let called = self.called.into_iter().filter(|(_, (expected, found))| expected.is_some_and(|it| it != *found));
        findings.extend(called.map(|((list, id), _)| Finding::Called { partition: list.of_id(&id) }));
        for (pk, sk) in &self.memberships {
            if !self.memberships.contains(&(sk.clone(), pk.clone())) {
                findings.push(Finding::HalfMembership { partition: pk.clone(), missing_in: sk.clone() });
            }
        }
        findings
    }
}
