//! Counts what is in a table, item by item, with no more memory than what is compared at the end takes.

use super::Finding;
use crate::{
    feed::{self, Document, ManifestRecord},
    record::{
        BodyRecord, CompanyRecord, ContactRecord, Counters, DeskCounts, EventRecord, HeadRecord, LinkRecord,
        MoveRecord, Named, Names, PartRecord, RowRecord, SpaceRecord, SpaceRole, catalog, conversation_case, copied,
        copies, creator_entry, home_row,
        index::{self, Entry, Placing, Words},
        is_part, is_shard, name_digest, private_row, same_case, ticket_case,
    },
    table::{Item, StoreError, keys, record, text},
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
use std::collections::{BTreeMap, BTreeSet};

/// A ticket.
pub(super) struct Body {
    /// Without its texts, which would take too much memory.
    pub(super) row: TicketRow,
    /// Of the whole row.
    pub(super) digest: u64,
    /// The conversation that it is linked to.
    pub(super) conversation: Option<ConversationId>,
}

pub(super) type Bodies = BTreeMap<TicketId, Body>;

/// Where there are copies of a ticket's row, and their digests; `None` of one whose index keys are wrong.
pub(super) type Rows = BTreeMap<TicketId, Vec<(String, Option<u64>)>>;

#[derive(Default)]
pub(super) struct Census {
    pub(super) bodies: Bodies,
    pub(super) homes: Rows,
    pub(super) spaces: Rows,
    /// The same of copies in the lists of their creators alone.
    pub(super) private: Rows,
    pub(super) links: BTreeMap<TicketId, (ConversationId, u64)>,
    /// By the conversation's partition.
    pub(super) talks: BTreeMap<String, Talk>,
    /// For each ticket, the sum of [`hash`] of those whose tickets spaces say that they take part.
    pub(super) taking_part: BTreeMap<TicketId, u64>,
    /// The same of those whose tickets spaces say that they follow it, less those who the ticket says do.
    pub(super) following: BTreeMap<TicketId, u64>,
    /// What repeats what, as the one says and as the other does.
    pub(super) repeats: BTreeSet<(TicketId, TicketId)>,
    pub(super) repeated: BTreeSet<(TicketId, TicketId)>,
    pub(super) unfinished: Vec<ContactId>,
    pub(super) catalog: Catalog,
    pub(super) companies: BTreeSet<CompanyId>,
    /// The sum of a company's counters, by its partition.
    pub(super) counters: BTreeMap<String, Counters>,
    pub(super) memberships: BTreeSet<(String, String)>,
    pub(super) search: BTreeMap<Entry, Searched>,
    /// The same of copies in the inbox's lists.
    pub(super) copied: BTreeMap<Entry, Searched>,
    /// The same for those who are found by what they are called, by list and id.
    pub(super) called: BTreeMap<(Names, String), (Option<u64>, u64)>,
    /// The conversation whose partition is being read. Its parts come after it.
    pub(super) head: Option<HeadRecord>,
    /// The ticket whose partition is being read. Its mark comes after it.
    pub(super) ticket: Option<Ticket>,
    /// When the vendor last decided to wait or to resolve, according to the history of each ticket.
    pub(super) decided: BTreeMap<TicketId, Timestamp>,
    pub(super) desk: DeskCounts,
    /// The inbox, counted.
    pub(super) cases: DeskCounts,
    /// For each ticket, the sum of [`hash`] of those on whom it waits.
    pub(super) waits_on: BTreeMap<TicketId, u64>,
    pub(super) wrong_cases: Vec<Finding>,
    pub(super) wrong_talks: Vec<ConversationId>,
    pub(super) unreadable: Vec<String>,
}

/// Sums of what search, and the inbox's lists, have of a ticket or conversation. The entries themselves would take too much
/// memory.
#[derive(Default)]
pub(super) struct Searched {
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
    pub(super) keys: u64,
    /// Of those that manifests tell.
    pub(super) told: u64,
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
    pub(super) fn is_right(&self, placing: Option<&Placing>) -> bool {
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
pub(super) struct Talk {
    /// Its id, the ticket that it is linked to, and its own number of participants.
    pub(super) head: Option<(ConversationId, Option<TicketId>, u64)>,
    pub(super) participants: u64,
    /// [`hash`] of the first of them, as many as are told of their ticket.
    pub(super) first: BTreeSet<u64>,
    /// The sum of [`hash`] of them all.
    pub(super) sum: u64,
    /// What was said, according to its head.
    pub(super) kept: (Option<Timestamp>, Option<Timestamp>),
    /// When its last message was written.
    pub(super) last: Option<Timestamp>,
    /// When the messages of customers were written that no message of the vendor has followed.
    pub(super) unanswered: Vec<Timestamp>,
}

impl Body {
    fn of(ticket: &Ticket) -> Self {
        let mut row = ticket.row.clone();
        row.title = String::new();
        row.requester_name = None;
        if let Some(last) = &mut row.exchange.last {
            last.text = String::new();
        }
        Self { row, digest: feed::hash(&ticket.row), conversation: ticket.conversation.clone() }
    }
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
    pub(super) fn agrees(&self, row: &TicketRow, decided: Option<Timestamp>) -> bool {
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
pub(super) fn hash(key: &str) -> u64 {
    feed::hash(&key.split('#').nth(1))
}

/// Returns the digest of the row in an item, or `None` if its index keys differ from those that `written` gives it.
fn row(item: Item, written: impl Fn(&TicketRow) -> Result<Item, StoreError>) -> Result<Option<u64>, StoreError> {
    let row: TicketRow = record::<RowRecord>(item.clone())?.into();
    let written = written(&row)?;
    let same = ["view", "by_state", "by_updated"].iter().all(|name| item.get(*name) == written.get(*name));
    Ok(same.then(|| feed::hash(&row)))
}

fn participant(item: &Item) -> Result<ContactId, StoreError> {
    let id = ContactId::new(text(item, "contact"));
    id.map_err(|error| StoreError::Corrupt { key: text(item, "pk").into(), why: error.to_string() })
}

/// Returns the ticket id in a key of the form `KIND#id#`.
fn ticket_of(key: &str) -> Result<TicketId, StoreError> {
    let id = key.split('#').nth(1).unwrap_or_default();
    TicketId::new(id).map_err(|error| StoreError::Corrupt { key: key.into(), why: error.to_string() })
}

impl Census {
    /// Takes in an item. The items of a partition come in the order of their sort keys.
    pub(super) fn count(&mut self, item: Item) -> Result<(), StoreError> {
        let (pk, sk) = (text(&item, "pk").to_owned(), text(&item, "sk").to_owned());
        if index::is_list(&pk) {
            return self.count_entry(item);
        }
        if let Some(of) = copied(&item) {
            return self.count_copy(of, &item);
        }
        if let Some(of) = pk.strip_prefix(keys::INDEXED) {
            return self.count_manifest(Document::at(of, &sk)?, &pk, item);
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
        match pk.split_inclusive('#').next().unwrap_or_default() {
            "TICKET#" => self.count_of_ticket(&pk, &sk, item),
            "CONVERSATION#" => self.count_of_conversation(pk, &sk, item),
            "COMPANY#" => self.count_of_company(pk, sk, item),
            "CONTACT#" => self.count_of_contact(pk, sk, item),
            _ if pk == keys::DESK => {
                self.desk.add(&item);
                Ok(())
            }
            _ if pk == keys::SETTINGS && sk == keys::CATALOG => {
                self.catalog = catalog(item)?;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// An entry in a list of search.
    fn count_entry(&mut self, item: Item) -> Result<(), StoreError> {
        let key = feed::hash(&index::address(&item));
        let (entry, says, place) = index::hashes(item)?;
        let searched = self.search.entry(entry).or_default();
        searched.found = searched.found.wrapping_add(says);
        searched.places = searched.places.wrapping_add(place);
        searched.keys = searched.keys.wrapping_add(key);
        Ok(())
    }

    /// A copy in a list of the inbox.
    fn count_copy(&mut self, of: &str, item: &Item) -> Result<(), StoreError> {
        let (sum, key) = (index::digest(item), feed::hash(&index::address(item)));
        let copied = self.copied.entry(entry_of(Document::at(of, keys::MARK)?, of)?).or_default();
        copied.found = copied.found.wrapping_add(sum);
        copied.keys = copied.keys.wrapping_add(key);
        Ok(())
    }

    /// Where the entries of a document are.
    fn count_manifest(&mut self, document: Option<Document>, pk: &str, item: Item) -> Result<(), StoreError> {
        let is_case = matches!(document, Some(Document::Case(_)));
        let of = entry_of(document, pk)?;
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
        Ok(())
    }

    fn count_of_ticket(&mut self, pk: &str, sk: &str, item: Item) -> Result<(), StoreError> {
        if sk == keys::BODY {
            let ticket = record::<BodyRecord>(item)?.into_ticket()?;
            let words = Words::of_ticket(&ticket, &self.catalog);
            self.search.entry(Entry::Ticket(ticket.row.id.clone())).or_default().expect(&words, 1);
            let id = &ticket.row.id;
            self.repeats.extend(ticket.duplicate_of.iter().map(|it| (id.clone(), it.of.clone())));
            self.repeated.extend(ticket.duplicates.iter().map(|it| (it.clone(), id.clone())));
            self.bodies.insert(ticket_of(pk)?, Body::of(&ticket));
            self.ticket = Some(ticket);
        } else if sk == keys::CONVERSATION {
            let link = record::<LinkRecord>(item)?;
            self.links.insert(ticket_of(pk)?, (link.conversation, link.participants));
        } else if sk == keys::MARK {
            self.cases.count(&item);
            self.expect_copies(Entry::Ticket(ticket_of(pk)?), item.clone())?;
            let ticket = self.ticket.take().filter(|ticket| keys::ticket(&ticket.row.id) == pk);
            // What a version without turns wrote is in no inbox before it has been indexed anew.
            if let Some(ticket) = ticket.filter(|ticket| ticket.row.turn_since.is_some())
                && !same_case(&item, &ticket_case(&ticket, None, true)?)
            {
                self.wrong_cases.push(Finding::Inbox(ticket.row.id));
            }
        } else if sk.starts_with(keys::FOLLOWERS) {
            let contact = keys::contact(&participant(&item)?);
            let sum = self.following.entry(ticket_of(pk)?).or_default();
            *sum = sum.wrapping_sub(hash(&contact));
        } else {
            // History without a ticket is not a finding: an import that was interrupted leaves it, and the next one
            // continues from there.
            let event: Event = record::<EventRecord>(item)?.into();
            let decided = Step::all_of(&[event]).into_iter().find(Step::decides);
            if let Some(step) = decided {
                self.decided.insert(ticket_of(pk)?, step.at);
            }
        }
        Ok(())
    }

    fn count_of_conversation(&mut self, pk: String, sk: &str, item: Item) -> Result<(), StoreError> {
        if sk == keys::CONVERSATION {
            // An item that only a ticket's link has created is not a conversation yet.
            if item.contains_key("id") {
                let head: HeadRecord = record(item)?;
                let kept = (head.id.clone(), head.ticket.clone(), head.participants);
                let talk = self.talks.entry(pk).or_default();
                (talk.head, talk.kept) = (Some(kept), said(&head.exchange()));
                self.expect(&head, &Words::of_conversation(&head));
                self.head = Some(head);
            }
        } else if sk == keys::MARK {
            self.cases.count(&item);
            self.expect_copies(entry_of(Document::at(&pk, sk)?, &pk)?, item.clone())?;
            if let Some(head) = self.head.as_ref().filter(|head| keys::conversation(&head.id) == pk)
                && !same_case(&item, &conversation_case(head)?)
            {
                self.wrong_talks.push(head.id.clone());
            }
        } else if sk.starts_with(keys::PARTICIPANT) {
            let talk = self.talks.entry(pk).or_default();
            talk.participants += 1;
            if talk.first.len() < MOST_ASKED {
                talk.first.insert(hash(sk));
            }
            talk.sum = talk.sum.wrapping_add(hash(sk));
        } else if is_part(sk) {
            let part: Part = record::<PartRecord>(item)?.into();
            self.talks.entry(pk.clone()).or_default().say(&part);
            if let Some(head) = self.head.take_if(|head| keys::conversation(&head.id) == pk) {
                self.expect(&head, &Words::of_part(&head, sk, &part));
                self.head = Some(head);
            }
        }
        Ok(())
    }

    fn count_of_company(&mut self, pk: String, sk: String, item: Item) -> Result<(), StoreError> {
        if sk.starts_with("TICKET#") {
            self.count_home(pk, &sk, item)?;
        } else if sk == keys::COMPANY {
            self.counters.entry(pk).or_default().add(&item);
            let company: Company = record::<CompanyRecord>(item)?.into();
            self.companies.insert(company.id);
        } else if is_shard(&sk) {
            self.counters.entry(pk).or_default().add(&item);
        } else if sk.starts_with(keys::MOVES) {
            record::<MoveRecord>(item)?;
        } else if sk.starts_with("CONTACT#") {
            self.memberships.insert((pk, sk));
        }
        Ok(())
    }

    fn count_of_contact(&mut self, pk: String, sk: String, item: Item) -> Result<(), StoreError> {
        if sk.starts_with("TICKET#") {
            self.count_home(pk, &sk, item)?;
        } else if let Some(ticket) = sk.strip_prefix(keys::WAITS) {
            let sum = self.waits_on.entry(ticket_of(ticket)?).or_default();
            *sum = sum.wrapping_add(hash(&pk));
        } else if sk.starts_with("SPACE#") {
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
        } else if sk.starts_with(keys::PRIVATE) {
            let row = row(item, |row| Ok(private_row(row, 0)?.unwrap_or_default()))?;
            self.private.entry(ticket_of(&sk)?).or_default().push((pk, row));
        } else if sk == keys::CONTACT {
            let contact = record::<ContactRecord>(item)?;
            let unfinished = contact.becoming.is_some();
            self.unfinished.extend(Some(contact.id).filter(|_| unfinished));
        } else if sk.starts_with("COMPANY#") {
            self.memberships.insert((pk, sk));
        }
        Ok(())
    }

    fn count_home(&mut self, pk: String, sk: &str, item: Item) -> Result<(), StoreError> {
        let row = row(item, |row| home_row(row, 0))?;
        self.homes.entry(ticket_of(sk)?).or_default().push((pk, row));
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
}
