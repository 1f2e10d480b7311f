//! Rewrites the search index and mends counters, for the operator: for data from an earlier version, and to use the
//! current names of companies and people, which tickets and conversations have copies of. It can be repeated, and it can
//! run while others write, and while the table's stream is read.

use super::conversation_import::Whole;
use crate::{
    feed::{self, Document, Manner, Places},
    record::{
        BodyRecord, CompanyRecord, Counters, HeadRecord, Named, Names as Lists, as_read, creator_entry, home_row,
        index::{self, Address, Entry, Placing, Words, address},
        is_shard, part_place,
    },
    table::{Attempts, Item, MOST_ACTIONS, Store, StoreError, Transaction, WriteError, key, keys, record, text},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    catalog::Catalog,
    company::Company,
    conversation::Part,
    id::{CompanyId, ContactId, ConversationId},
    ticket::{Ticket, TicketRow},
    timestamp::Timestamp,
};
use futures::{StreamExt, TryStreamExt, stream};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    iter,
};

/// Tickets that are indexed at the same time.
const AT_ONCE: usize = 8;

/// Counts of what was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reindexed {
    /// Tickets whose search items were written.
    pub tickets: u64,
    /// Conversations whose search items were written.
    pub conversations: u64,
    /// Companies and people whose entries in the lists of names were written.
    pub names: u64,
    /// Search items and entries that belonged to nothing and were removed.
    pub strays: u64,
    /// Companies whose counters were wrong.
    pub recounted: u64,
    /// Whether those of the inbox were.
    pub inbox: bool,
    /// Tickets of which it was not known whose turn they are.
    pub turns: u64,
}

/// What entries lead to.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Subject {
    /// Those of search.
    Entry(Entry),
    /// Those by which companies and people are found.
    Named(Lists, String),
}

impl Subject {
    /// What an item leads to, if it is an entry.
    fn of(item: &Item) -> Result<Option<Self>, StoreError> {
        if index::is_list(text(item, "pk")) {
            return Ok(Some(Self::Entry(index::subject(text(item, "sk"))?.0)));
        }
        Ok(Lists::of_words(text(item, "pk")).map(|list| Self::Named(list, text(item, "id").to_owned())))
    }
}

/// Where entries are: for each subject, by its hash, the sum of the hashes of their addresses. That is some thirty bytes for
/// a ticket; the addresses would be twenty thousand.
#[derive(Default)]
struct Sums(HashMap<u64, u64>);

impl Sums {
    fn add(&mut self, items: &[Item]) -> Result<(), StoreError> {
        items.iter().try_for_each(|item| self.count(item, u64::wrapping_add))
    }

    fn take_away(&mut self, item: &Item) -> Result<(), StoreError> {
        self.count(item, u64::wrapping_sub)
    }

    fn count(&mut self, item: &Item, by: impl Fn(u64, u64) -> u64) -> Result<(), StoreError> {
        if let Some(subject) = Subject::of(item)? {
            let sum = self.0.entry(feed::hash(&subject)).or_default();
            *sum = by(*sum, feed::hash(&address(item)));
        }
        Ok(())
    }

    /// Adds those of another subject, or more of the same.
    fn add_all(&mut self, others: Self) {
        for (subject, more) in others.0 {
            let sum = self.0.entry(subject).or_default();
            *sum = sum.wrapping_add(more);
        }
    }
}

/// A run through the table.
#[derive(Default)]
struct Run {
    dry: bool,
    /// Where entries were written or, in a dry run, would be.
    places: Sums,
    companies: BTreeSet<CompanyId>,
    /// The sum of a company's counters, by its partition.
    counters: HashMap<String, Counters>,
    /// The tickets of each company, counted.
    counted: HashMap<String, Counters>,
}

impl Run {
    /// Returns the companies whose counters look wrong. If others write during the run, they need not be.
    fn doubtful(&self) -> impl Iterator<Item = &CompanyId> {
        let named = |counters: &HashMap<String, Counters>, partition: &str| {
            counters.get(partition).map(Counters::named).unwrap_or_default()
        };
        self.companies.iter().filter(move |id| {
            let partition = keys::company(id);
            named(&self.counters, &partition) != named(&self.counted, &partition)
        })
    }
}

/// The names that tickets have copies of.
struct Names {
    companies: BTreeMap<CompanyId, Company>,
    contacts: HashMap<ContactId, Option<String>>,
}

impl Store {
    /// Rewrites the search items of every ticket and conversation, and the entries by which companies and people are
    /// found; and mends the counters of companies. A dry run counts the same and writes nothing.
    /// `progress` is called with the number that are done.
    ///
    /// What was written before an error is complete and correct.
    pub async fn reindex(&self, dry_run: bool, mut progress: impl FnMut(u64)) -> Result<Reindexed, StoreError> {
        let (mut done, mut run) = (Reindexed::default(), Run { dry: dry_run, ..Run::default() });
        let mut pages = self.whole_table().into_paginator().send();
        while let Some(page) = pages.next().await {
            let (mut tickets, mut conversations, mut named) = (Vec::new(), Vec::new(), Vec::new());
            for item in page.map_err(StoreError::from_sdk)?.items.unwrap_or_default() {
                named.extend(Named::read(&item)?);
                match (text(&item, "pk"), text(&item, "sk")) {
                    (pk, keys::BODY) if pk.starts_with("TICKET#") => {
                        let ticket = record::<BodyRecord>(item)?.into_ticket()?;
                        if let Some(company) = &ticket.row.company {
                            run.counted.entry(keys::company(company)).or_default().count(&ticket.row);
                        }
                        tickets.push(ticket);
                    }
                    (pk, sk) if sk == keys::COMPANY || pk.starts_with("COMPANY#") && is_shard(sk) => {
                        run.counters.entry(pk.to_owned()).or_default().add(&item);
                        if sk == keys::COMPANY {
                            run.companies.insert(Company::from(record::<CompanyRecord>(item)?).id);
                        }
                    }
                    (pk, keys::CONVERSATION) if pk.starts_with("CONVERSATION#") && item.contains_key("id") => {
                        conversations.push(record::<HeadRecord>(item)?.id);
                    }
                    _ => {}
                }
            }
            done.tickets += tickets.len() as u64;
            done.conversations += conversations.len() as u64;
            let without_turn = tickets.iter().filter(|ticket| ticket.row.turn_since.is_none());
            let without_turn: Vec<_> = without_turn.map(|ticket| ticket.row.id.clone()).collect();
            done.names += named.len() as u64;
            self.reindex_names(named, &mut run).await?;
            self.reindex_tickets(tickets, &mut run).await?;
            for id in without_turn {
                done.turns += u64::from(self.recount_turn(&id, dry_run).await?);
            }
            let conversations: Vec<_> = conversations.iter().map(|id| self.reindex_conversation(id, dry_run)).collect();
            let mut conversations = stream::iter(conversations).buffer_unordered(AT_ONCE);
            while let Some(places) = conversations.try_next().await? {
                run.places.add_all(places);
            }
            progress(done.tickets + done.conversations);
        }
        for company in run.doubtful() {
            done.recounted += u64::from(self.recount(company, dry_run).await?);
        }
        done.inbox = self.recount_desk(dry_run).await?;
        done.strays = self.remove_strays(run).await?;
        Ok(done)
    }

    async fn reindex_tickets(&self, tickets: Vec<Ticket>, run: &mut Run) -> Result<(), StoreError> {
        let names = self.names_in(&tickets).await?;
        let catalog = self.catalog().await?;
        let mut ids = Vec::with_capacity(tickets.len());
        for ticket in tickets {
            let id = ticket.row.id.clone();
            let renamed = renamed(&ticket, &names);
            run.places.add(&found(&renamed, &catalog)?)?;
            if renamed != ticket && !run.dry {
                self.rename_ticket(ticket).await?;
            }
            ids.push(id);
        }
        if run.dry {
            return Ok(());
        }
        let each = ids.into_iter().map(async |id| {
            self.index_in(&Document::Case(keys::ticket(&id)), Manner::anew()).await?;
            self.index_in(&Document::Ticket(id), Manner::anew()).await
        });
        stream::iter(each).buffer_unordered(AT_ONCE).try_collect().await
    }

    async fn names_in(&self, tickets: &[Ticket]) -> Result<Names, StoreError> {
        let companies = tickets.iter().filter_map(|ticket| ticket.row.company.clone()).collect();
        let requesters = tickets.iter().map(|ticket| ticket.row.requester.clone()).collect();
        let (companies, contacts) = futures::try_join!(self.companies(&companies), self.contacts(&requesters))?;
        Ok(Names { companies, contacts: contacts.into_iter().map(|contact| (contact.id, contact.name)).collect() })
    }

    /// Gives a ticket the names that its company and its requester have now, and a new version, so that other writers see
    /// it.
    async fn rename_ticket(&self, mut ticket: Ticket) -> Result<(), StoreError> {
        let mut attempts = Attempts::new("others keep writing a ticket");
        loop {
            let after = renamed(&ticket, &self.names_in(std::slice::from_ref(&ticket)).await?);
            if after == ticket {
                return Ok(());
            }
            match self.named_anew(&ticket, &after)?.commit().await {
                Err(WriteError::Stale) => attempts.another().await?,
                done => return done.map_err(StoreError::from),
            }
            let Some(now) = self.ticket(&ticket.row.id).await? else { return Ok(()) };
            ticket = now;
        }
    }

    /// Writes the entries of companies and people. Whoever is being written at the same time gets theirs by that write.
    async fn reindex_names(&self, named: Vec<Named>, run: &mut Run) -> Result<(), StoreError> {
        let (mut transaction, mut together) = (Transaction::new(self), Vec::new());
        for named in named {
            run.places.add(&named.found_by()?)?;
            let one = named.found_anew(self)?;
            if transaction.len() + one.len() > MOST_ACTIONS {
                let full = std::mem::replace(&mut transaction, Transaction::new(self));
                self.commit_names(full, std::mem::take(&mut together), run).await?;
            }
            transaction.take_in(one);
            together.push(named);
        }
        self.commit_names(transaction, together, run).await
    }

    async fn commit_names(&self, all: Transaction<'_>, named: Vec<Named>, run: &Run) -> Result<(), StoreError> {
        if run.dry || all.len() == 0 {
            return Ok(());
        }
        match all.commit().await {
            Err(WriteError::Stale) => {}
            done => return done.map_err(StoreError::from),
        }
        for named in named {
            match named.found_anew(self)?.commit().await {
                Ok(()) | Err(WriteError::Stale) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Returns where its entries are.
    async fn reindex_conversation(&self, id: &ConversationId, dry: bool) -> Result<Sums, StoreError> {
        let mut places = Sums::default();
        let mut attempts = Attempts::new("others keep writing a conversation");
        loop {
            let Whole { head: Some(had), mut parts, people, misplaced } = self.whole_conversation(id).await? else {
                return Ok(places);
            };
            if !dry {
                self.put_in_place(&misplaced).await?;
            }
            // The first one's author is who started it.
            self.call_by_record(None, parts.first_mut().map(|part| &mut part.author)).await?;
            let HeadRecord { ticket, participants, edition, .. } = had.clone();
            let head = HeadRecord::new(id, &parts, people.len(), &self.named(&people).await?);
            // These are not told by its parts.
            let head = HeadRecord { ticket, participants, edition, ..head };
            // One without a ticket has a place in the inbox besides.
            let is_right = head == had && had.ticket.is_some();
            if dry || is_right || self.write_head(&had, &head, &parts).await? {
                let placing = self.placing(&head).await?;
                for items in said(&head, &parts, placing.as_ref()) {
                    places.add(&items?)?;
                }
                break;
            }
            attempts.another().await?;
        }
        if !dry {
            self.index_in(&Document::Conversation(id.clone()), Manner::anew()).await?;
        }
        Ok(places)
    }

    /// Moves notes that an older version put among the messages.
    async fn put_in_place(&self, misplaced: &[(Item, Item)]) -> Result<(), StoreError> {
        for some in misplaced.chunks(MOST_ACTIONS / 2) {
            let mut transaction = Transaction::new(self);
            for (note, moved) in some {
                let (pk, sk) = address(note);
                transaction.delete(pk, sk)?;
                transaction.put(moved.clone())?;
            }
            transaction.commit().await?;
        }
        Ok(())
    }

    /// Writes the head of a conversation over the one that it had. Returns `false` if somebody has changed that since.
    pub(crate) async fn write_head(
        &self,
        had: &HeadRecord,
        head: &HeadRecord,
        parts: &[Part],
    ) -> Result<bool, StoreError> {
        let (set, absent) = head.attributes(Some(had))?;
        let mut transaction = Transaction::new(self);
        let place = (keys::conversation(&head.id), keys::CONVERSATION);
        transaction.set_over_all(place, set, &absent, had.seen())?;
        if had.ticket.is_none() {
            let was_unanswered = had.exchange().unanswered_since.is_some();
            let at = parts.iter().map(|part| part.at).max().unwrap_or(Timestamp::EPOCH);
            transaction.list_conversation(was_unanswered, head, at)?;
        }
        match transaction.commit().await {
            Err(WriteError::Stale) => Ok(false),
            done => Ok(done.map(|()| true)?),
        }
    }

    /// Removes entries that lead to nothing, or that what they lead to does not have. The table is read for them once if there
    /// are none.
    async fn remove_strays(&self, run: Run) -> Result<u64, StoreError> {
        let Run { dry, mut places, .. } = run;
        let mut items = self.whole_table().into_paginator().items().send();
        while let Some(item) = items.next().await {
            places.take_away(&item.map_err(StoreError::from_sdk)?)?;
        }
        places.0.retain(|_, rest| *rest != 0);
        if places.0.is_empty() {
            return Ok(0);
        }
        let mut doubtful: BTreeMap<Subject, Vec<Address>> = BTreeMap::new();
        let mut items = self.whole_table().into_paginator().items().send();
        while let Some(item) = items.next().await {
            let item = item.map_err(StoreError::from_sdk)?;
            if let Some(subject) = Subject::of(&item)?.filter(|it| places.0.contains_key(&feed::hash(it))) {
                doubtful.entry(subject).or_default().push(address(&item));
            }
        }
        let mut removed = 0;
        for (subject, addresses) in doubtful {
            let (document, kept) = match subject {
                Subject::Named(list, id) => {
                    let kept = match self.named_now(list, &id).await? {
                        Some(named) => named.found_by()?,
                        None => Vec::new(),
                    };
                    (None, kept)
                }
                Subject::Entry(Entry::Ticket(id)) => {
                    let kept = match self.ticket(&id).await? {
                        Some(ticket) => self.found_by(&ticket).await?,
                        None => Vec::new(),
                    };
                    (Some(Document::Ticket(id)), kept)
                }
                Subject::Entry(Entry::Conversation(id)) => {
                    let Whole { head, parts, .. } = self.whole_conversation(&id).await?;
                    let kept = match head.filter(|head| head.ticket.is_none()) {
                        Some(head) => said(&head, &parts, Some(&Placing::of_conversation(&head)))
                            .collect::<Result<Vec<_>, _>>()?
                            .concat(),
                        None => Vec::new(),
                    };
                    (Some(Document::Conversation(id)), kept)
                }
            };
            let strays = without(addresses, &kept);
            removed += strays.len() as u64;
            match document {
                _ if dry => {}
                Some(document) => {
                    let manner = Manner { strays: Places::of(strays), ..Manner::default() };
                    self.index_in(&document, manner).await?;
                }
                None => self.delete_all(strays.into_iter().map(|(pk, sk)| key(pk, sk)).collect()).await?,
            }
        }
        Ok(removed)
    }

    /// Returns the search items of a ticket and of its conversation.
    async fn found_by(&self, ticket: &Ticket) -> Result<Vec<Item>, StoreError> {
        let mut items = found(ticket, &self.catalog().await?)?;
        if let Some(conversation) = &ticket.conversation {
            let Whole { head, parts, .. } = self.whole_conversation(conversation).await?;
            if let Some(head) = head.filter(|head| head.ticket.as_ref() == Some(&ticket.row.id)) {
                for said in said(&head, &parts, Some(&Placing::of_ticket(&ticket.row))) {
                    items.extend(said?);
                }
            }
        }
        Ok(items)
    }

    /// The company or person with this id, as recorded now.
    async fn named_now(&self, list: Lists, id: &str) -> Result<Option<Named>, StoreError> {
        let record = if list == Lists::Companies { keys::COMPANY } else { keys::CONTACT };
        self.get_all(vec![key(list.of_id(id), record)]).await?.first().map_or(Ok(None), Named::read)
    }

    /// Writes a ticket with other names in the places that have copies of them.
    fn named_anew(&self, before: &Ticket, after: &Ticket) -> Result<Transaction<'_>, StoreError> {
        let mut transaction = Transaction::new(self);
        let version = before.version + 1;
        let mut set = Item::from([("version".to_owned(), AttributeValue::N(version.to_string()))]);
        let mut remove = Vec::new();
        for (attribute, name) in [("company_name", &after.company_name), ("requester_name", &after.row.requester_name)]
        {
            match name {
                Some(name) => drop(set.insert(attribute.to_owned(), AttributeValue::S(name.clone()))),
                None => remove.push(attribute),
            }
        }
        let body = (keys::ticket(&after.row.id), keys::BODY);
        transaction.set_over_all(body, set, &remove, as_read(before))?;
        transaction.list_ticket(Some(before), after, None, before.row.updated_at)?;
        if after.row != before.row {
            let (entry, absent) = creator_entry(&after.row, version)?;
            let (creator, space) = (keys::contact(&after.row.requester), keys::space(&after.row.id));
            transaction.put(home_row(&after.row, version)?)?;
            transaction.set(creator, space, entry, &absent)?;
            transaction.keep_private(Some(&before.row), &after.row, version)?;
        }
        Ok(transaction)
    }
}

fn without(mut addresses: Vec<Address>, kept: &[Item]) -> Vec<Address> {
    let kept: HashSet<_> = kept.iter().map(address).collect();
    addresses.retain(|address| !kept.contains(address));
    addresses
}

/// Returns a ticket with the names of now.
fn renamed(ticket: &Ticket, names: &Names) -> Ticket {
    let company_name = ticket.row.company.as_ref().and_then(|id| names.companies.get(id)).map(|it| it.name.clone());
    let requester_name = names.contacts.get(&ticket.row.requester).cloned().flatten();
    let row = TicketRow { requester_name, ..ticket.row.clone() };
    Ticket { company_name, row, ..ticket.clone() }
}

/// Returns the search items of a ticket, without those of its conversation.
fn found(ticket: &Ticket, catalog: &Catalog) -> Result<Vec<Item>, StoreError> {
    Words::of_ticket(ticket, catalog).entries(Some(&Placing::of_ticket(&ticket.row)))
}

/// Returns the search items of a conversation and of each of its parts.
fn said(
    head: &HeadRecord,
    parts: &[Part],
    placing: Option<&Placing>,
) -> impl Iterator<Item = Result<Vec<Item>, StoreError>> {
    let of_parts = parts.iter().map(move |part| Words::of_part(head, &part_place(part), part));
    iter::once(Words::of_conversation(head)).chain(of_parts).map(move |words| words.entries(placing))
}
