//! Writing tickets. The ticket item, body, history, tickets-space entries and company counters change together or not
//! at all, and only over the version that the writer saw.

use super::{attention::MOST_ASKED, once::Once};
use crate::{
    record::{
        BodyRecord, LinkRecord, SpaceRecord, SpaceRole, as_read, creator_entry, event_item, home_row,
        index::{Placing, Words},
        no_conversation_case, nothing_said_since, part_place, ticket_case,
    },
    table::{MOST_ACTIONS, Store, StoreError, Transaction, WriteError, item, key, keys},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    catalog::Catalog,
    conversation::Part,
    history::{Actor, Event},
    id::ContactId,
    ticket::Ticket,
    timestamp::Timestamp,
    turn::Exchange,
    visibility::Part as TakesPart,
};
use std::collections::{BTreeSet, HashMap};

/// Maximum number of participants whose entries move with their ticket.
const MOST_MOVED: usize = 20;

/// A change that turns one version of a ticket into the next.
#[derive(Debug, Clone)]
pub struct TicketWrite {
    /// The ticket as it was read; `None` if it is new.
    pub before: Option<Ticket>,
    /// The ticket as it will be. The write itself sets its version and the name of its company.
    pub after: Ticket,
    /// The lines to add to the history.
    pub events: Vec<Event>,
    /// The contacts who participate in the linked conversation.
    pub participants: BTreeSet<ContactId>,
    /// How many participants the ticket said that it had when they were read. Nothing is written if somebody has joined
    /// since, and who they are matters: when the requester changes, because the former requester's entry depends on
    /// whether they take part, and when the ticket begins or ceases to wait on them.
    pub joined: Option<u64>,
    /// The contact whose membership makes the company an option. Nothing is written if they have left it.
    pub through: Option<ContactId>,
    /// Who makes the change, if others are told of it. Nobody is told of what an import brings.
    pub by: Option<Actor>,
    /// Whether customers can tell that something has changed.
    pub tells: bool,
    /// What had been said in the conversation that it links, when that was read.
    pub heard: Exchange,
    /// The contacts who follow it, if they are told: the write itself reads who they are.
    pub(crate) followers: BTreeSet<ContactId>,
    /// Whether the conversation is created in the same transaction.
    pub(crate) opens: bool,
    /// Set by the import: identifies the line, so that a repeated line is recognised.
    pub(crate) fingerprint: Option<String>,
}

impl TicketWrite {
    /// Describes the creation of a ticket.
    #[must_use]
    pub fn create(ticket: Ticket, event: Event) -> Self {
        Self::new(None, ticket, vec![event])
    }

    /// Describes the change of a ticket that was read, such as of its state, text or company.
    #[must_use]
    pub fn replace(before: Ticket, after: Ticket, events: impl IntoIterator<Item = Event>) -> Self {
        Self::new(Some(before), after, events.into_iter().collect())
    }

    fn new(before: Option<Ticket>, after: Ticket, events: Vec<Event>) -> Self {
        let by = events.first().map(|event| event.by.clone());
        Self {
            before,
            after,
            events,
            participants: BTreeSet::new(),
            joined: None,
            through: None,
            by,
            tells: true,
            heard: Exchange::default(),
            followers: BTreeSet::new(),
            opens: false,
            fingerprint: None,
        }
    }

    /// Says who makes the change, where no event of it does.
    #[must_use]
    pub fn by(self, actor: Actor) -> Self {
        Self { by: Some(actor), ..self }
    }

    /// Says whether customers can tell that something has changed.
    #[must_use]
    pub fn telling(self, tells: bool) -> Self {
        Self { tells, ..self }
    }

    /// Says what had been said in the conversation that the write links. Nothing is written if more has been said since,
    /// or if the conversation has another ticket by then.
    #[must_use]
    pub fn heard(self, exchange: Exchange) -> Self {
        Self { heard: exchange, ..self }
    }

    /// Names the contacts who participate in the linked conversation.
    #[must_use]
    pub fn among(self, participants: BTreeSet<ContactId>) -> Self {
        Self { participants, ..self }
    }

    /// Says how many participants the ticket had when they were read.
    #[must_use]
    pub fn joined(self, count: Option<u64>) -> Self {
        Self { joined: count, ..self }
    }

    /// Describes a write of the import, with the participants and the fingerprint of the import `line`.
    #[must_use]
    pub fn imported(before: Option<Ticket>, after: Ticket, participants: BTreeSet<ContactId>, line: String) -> Self {
        Self { participants, fingerprint: Some(line), ..Self::new(before, after, Vec::new()) }
    }

    /// Makes the write fail with [`WriteError::Left`] unless this contact is in the company.
    #[must_use]
    pub fn through(self, contact: Option<ContactId>) -> Self {
        Self { through: contact, ..self }
    }

    /// Whether the write links a conversation that was not linked before.
    pub(super) fn links(&self) -> bool {
        let before = self.before.as_ref().and_then(|before| before.conversation.as_ref());
        self.after.conversation.is_some() && before != self.after.conversation.as_ref()
    }

    /// Whether those who follow the ticket hear of the write.
    pub(super) fn is_heard_by_followers(&self) -> bool {
        self.before.is_some() && self.by.is_some() && self.tells
    }

    /// Whether the write moves the ticket to another company, and few enough participate for all their entries to say
    /// so. Others find the ticket by its body, which costs them two reads more.
    fn moves_a_few(&self) -> bool {
        let moves = self.before.as_ref().is_some_and(|before| before.row.company != self.after.row.company);
        moves && self.participants.len() <= MOST_MOVED
    }

    /// Whether the participants of the conversation took part in it before it had the ticket. An import cannot tell.
    fn finds_participants(&self) -> bool {
        self.links() && !self.opens && self.fingerprint.is_none()
    }

    /// Returns the participants whose tickets-space entries are written. The entries of the creators, before and after,
    /// are written separately.
    fn newcomers(&self) -> BTreeSet<ContactId> {
        let creators = self.before.iter().chain([&self.after]).map(|ticket| &ticket.row.requester);
        let all = self.links() || self.moves_a_few();
        let mut newcomers = if all { self.participants.clone() } else { BTreeSet::new() };
        creators.for_each(|creator| {
            newcomers.remove(creator);
        });
        newcomers
    }

    /// Demands that the company that the ticket comes into is recorded. Companies are never deleted, so it is enough to
    /// have read it: a condition on its record would be in the way of everybody who writes there at the same time.
    pub(crate) fn require_company(&self) -> Result<(), WriteError> {
        let comes = self.before.as_ref().is_none_or(|before| before.row.company != self.after.row.company);
        let is_unknown = comes && self.after.row.company.is_some() && self.after.company_name.is_none();
        if is_unknown { Err(WriteError::UnknownCompany) } else { Ok(()) }
    }

    /// Writes the ticket wherever a list has it, with what is counted of it.
    fn show_in_lists(
        &self,
        before: Option<&Ticket>,
        after: &Ticket,
        at: Timestamp,
        transaction: &mut Transaction<'_>,
    ) -> Result<(), StoreError> {
        let row = &after.row;
        transaction.put(home_row(row, after.version)?)?;
        transaction.keep_private(before.map(|before| &before.row), row, after.version)?;
        let (mut entry, absent) = creator_entry(row, after.version)?;
        if self.links() && self.participants.contains(&row.requester) {
            entry.insert("participating".into(), AttributeValue::Bool(true));
            if self.finds_participants() {
                entry.insert("took_part".into(), AttributeValue::Bool(true));
            }
        }
        transaction.set(keys::contact(&row.requester), keys::space(&row.id), entry, &absent)?;
        for (ticket, by) in before.map(|before| (before, -1)).into_iter().chain([(after, 1)]) {
            transaction.count(&ticket.row, by);
            transaction.raise(keys::contact(&ticket.row.requester), keys::OWN_MARK, at);
        }
        Ok(())
    }

    pub(crate) fn into_actions(mut self, transaction: &mut Transaction<'_>) -> Result<Ticket, StoreError> {
        let version = self.before.as_ref().map_or(0, |before| before.version);
        self.after.version = version + 1;
        self.after.row.turn_since.get_or_insert(self.after.row.in_turn_since());
        let (before, after) = (self.before.as_ref(), &self.after);
        let (id, row) = (&after.row.id, &after.row);
        let partition = keys::ticket(id);

        let record = BodyRecord::new(after, self.fingerprint.clone())?;
        let body = item(partition.clone(), keys::BODY.into(), &record)?;
        match before {
            None => transaction.create(body, WriteError::Exists)?,
            Some(before) => transaction.replace(body, as_read(before))?,
        }

        let links = self.links();
        let at = self.events.iter().map(|event| event.at).chain([row.updated_at]).max().unwrap_or(row.updated_at);
        // Who is to see to it, for example, is not in the row: nobody's list has changed then.
        if links || self.fingerprint.is_some() || before.is_none_or(|before| before.row != *row) {
            self.show_in_lists(before, after, at, transaction)?;
        }
        let home = keys::home(row.company.as_ref(), &row.requester);
        if let Some(before) = before {
            let left = keys::home(before.row.company.as_ref(), &before.row.requester);
            if left != home {
                transaction.delete(left, keys::ticket(id))?;
            }
            if before.row.requester != row.requester {
                // Their entry is made anew, or goes, and with it that they follow the ticket.
                transaction.delete(partition.clone(), keys::follower(&before.row.requester))?;
                let (contact, space) = (keys::contact(&before.row.requester), keys::space(id));
                if self.participants.contains(&before.row.requester) {
                    let role = SpaceRole::Participant;
                    let seen_in = row.company.clone();
                    let (participating, following, took_part, through) = (true, false, true, None);
                    let entry =
                        SpaceRecord { id: id.clone(), role, participating, following, seen_in, took_part, through };
                    transaction.put(item(contact, space, &entry)?)?;
                } else {
                    transaction.delete(contact, space)?;
                }
            }
            let depends = before.row.requester != row.requester || self.changes_whom_it_waits_on();
            if let Some(joined) = self.joined.filter(|_| depends && before.conversation.is_some()) {
                let seen = ("participants", Some(AttributeValue::N(joined.to_string())));
                transaction.set_over((partition.clone(), keys::CONVERSATION), HashMap::new(), &[], seen)?;
            }
            let companies: BTreeSet<_> = [&before.row.company, &row.company].into_iter().flatten().collect();
            for company in companies {
                transaction.note_move(company, &before.row, row, after.version)?;
            }
        }
        transaction.list_ticket(before, after, self.by.as_ref(), at)?;
        if let Some(conversation) = after.conversation.as_ref().filter(|_| links) {
            // Whoever has the conversation open goes by its own mark until they know of the ticket.
            let of_conversation = keys::conversation(conversation);
            if self.heard.unanswered_since.is_some() {
                transaction.add_to_desk(keys::assigned(None), -1, at);
            }
            transaction.raise_with(of_conversation, keys::MARK, at, no_conversation_case());
        }
        for (place, event) in self.events.iter().enumerate() {
            // Each version is written only once, so it distinguishes events of the same millisecond.
            transaction.put(event_item(id, &format!("v{}.{place}", after.version), event)?)?;
        }
        if let (Some(company), Some(contact)) = (&row.company, &self.through) {
            transaction.require_membership(contact, company)?;
        }
        if let Some(conversation) = after.conversation.as_ref().filter(|_| links || self.fingerprint.is_some()) {
            let link = LinkRecord { conversation: conversation.clone(), participants: self.participants.len() as u64 };
            transaction.put(item(partition, keys::CONVERSATION.into(), &link)?)?;
            if !self.opens {
                transaction.link(conversation, id, nothing_said_since(&self.heard).into())?;
            }
        }
        self.ask(after, at, transaction)?;
        Ok(self.after)
    }
}

impl Store {
    /// Writes one ticket and returns it with its new version.
    ///
    /// # Errors
    /// [`WriteError`] when a condition of the write does not hold; nothing is written then.
    pub async fn write_ticket(&self, write: TicketWrite) -> Result<Ticket, WriteError> {
        self.write_ticket_once(write, None).await
    }

    /// Like [`Self::write_ticket`], for a request that must take effect only once. Its outcome is the ticket's id.
    ///
    /// # Errors
    /// [`WriteError::Repeated`] when the request was carried out before, or another [`WriteError`] when a condition of
    /// the write does not hold; nothing is written then.
    pub async fn write_ticket_once(&self, write: TicketWrite, once: Option<&Once>) -> Result<Ticket, WriteError> {
        let mut transaction = Transaction::new(self);
        let (newcomers, found) = (write.newcomers(), write.finds_participants());
        let id = write.after.row.id.clone();
        let heard = write.is_heard_by_followers();
        let ([mut write], followers) = futures::try_join!(self.with_company_names([write]), async {
            if heard { self.followers(&id, MOST_ASKED).await } else { Ok(BTreeSet::new()) }
        })?;
        write.followers = followers;
        write.require_company()?;
        // This comes first, so that a repeated request gets this error and not one about its own earlier work.
        if let Some(once) = once {
            transaction.once(once, write.after.row.id.as_str())?;
        }
        let ticket = write.into_actions(&mut transaction)?;
        // Those who do not fit into the transaction are written after it. The link decides who participates, and the
        // entries only point to the ticket. If that is cut short, the same request sent again completes it.
        let mut complete = true;
        for contact in newcomers {
            complete &= transaction.len() < MOST_ACTIONS;
            if complete {
                let part = found.then_some(TakesPart::Theirs);
                transaction.take_part(&contact, &ticket.row.id, ticket.row.company.as_ref(), part, None)?;
            }
        }
        transaction.commit().await?;
        if !complete {
            self.complete_participation(&ticket, ticket.row.updated_at).await?;
        }
        Ok(ticket)
    }

    /// Writes two tickets in one transaction.
    ///
    /// # Errors
    /// [`WriteError`] when a condition of either write does not hold; nothing is written then.
    pub async fn write_two_tickets(&self, writes: [TicketWrite; 2]) -> Result<(), WriteError> {
        let mut transaction = Transaction::new(self);
        for mut write in self.with_company_names(writes).await? {
            if write.is_heard_by_followers() {
                write.followers = self.followers(&write.after.row.id, MOST_ASKED).await?;
            }
            let mut one = Transaction::new(self);
            write.into_actions(&mut one)?;
            transaction.take_in(one);
        }
        transaction.commit().await
    }

    /// Returns the items of a new ticket and its entries in search, without its company's counters. This is for tests that fill a table without
    /// sending the requests; the ticket must have its company's name.
    #[doc(hidden)]
    pub fn items_of(&self, write: TicketWrite) -> Result<Vec<HashMap<String, AttributeValue>>, StoreError> {
        let mut transaction = Transaction::new(self);
        let ticket = write.into_actions(&mut transaction)?;
        let Ticket { row, version, .. } = &ticket;
        let (mut entry, _) = creator_entry(row, *version)?;
        entry.extend(key(keys::contact(&row.requester), keys::space(&row.id)));
        let (mut mark, _) = ticket_case(&ticket, None, true)?;
        mark.extend(key(keys::ticket(&row.id), keys::MARK));
        let mut items = transaction.into_puts();
        items.extend([entry, mark]);
        items.extend(self.entries_of(&ticket, &[])?);
        Ok(items)
    }

    /// Returns the row of a ticket, for the same tests.
    #[doc(hidden)]
    pub fn row_of(&self, ticket: &Ticket) -> Result<HashMap<String, AttributeValue>, StoreError> {
        home_row(&ticket.row, ticket.version)
    }

    /// Returns what search has of a ticket, and of these messages in its conversation, for the same tests.
    #[doc(hidden)]
    pub fn entries_of(
        &self,
        ticket: &Ticket,
        said: &[Part],
    ) -> Result<Vec<HashMap<String, AttributeValue>>, StoreError> {
        let placing = Placing::of_ticket(&ticket.row);
        let mut items = Words::of_ticket(ticket, &Catalog::default()).entries(Some(&placing))?;
        for part in said {
            items.extend(Words::said(&part_place(part), part).entries(Some(&placing))?);
        }
        Ok(items)
    }

    /// Fills in the current names of the companies that tickets are moved to; what is not recorded gets none. A ticket
    /// that stays in its company keeps its stored name, unless the import writes it.
    pub(crate) async fn with_company_names<W: AsMut<[TicketWrite]>>(&self, mut writes: W) -> Result<W, StoreError> {
        let (mut named, mut ids) = (Vec::new(), BTreeSet::new());
        for write in writes.as_mut() {
            let stays = write.before.as_ref().filter(|before| before.row.company == write.after.row.company);
            match stays.filter(|_| write.fingerprint.is_none()) {
                Some(before) => write.after.company_name.clone_from(&before.company_name),
                None => {
                    ids.extend(write.after.row.company.clone());
                    named.push(&mut write.after);
                }
            }
        }
        let companies = self.companies(&ids).await?;
        for ticket in named {
            let company = ticket.row.company.as_ref().and_then(|id| companies.get(id));
            ticket.company_name = company.map(|company| company.name.clone());
        }
        Ok(writes)
    }
}
