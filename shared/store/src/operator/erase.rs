//! Erasing a person, for the operator. What others of the company worked with stays: tickets, messages and history, whose
//! author has no name from then on. Everything else that is known of the person goes.
//!
//! It can be repeated. The record loses everything first, and keeps aside for whom to look; that goes last, so that the
//! next run completes one that was cut short.

use super::conversation_import::Whole;
use crate::{
    feed::Document,
    record::{BodyRecord, ContactRecord, HeadRecord, MembershipRecord, Names, SpaceRecord, SpaceRole, is_part},
    table::{Item, Store, StoreError, Transaction, WriteError, key, keys, partition_kind, record, text},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    contact::Contact,
    history::Actor,
    id::{ContactId, ConversationId, TicketId},
};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};

/// The attribute of a record that says for whom to look while an erasure is under way.
const ERASING: &str = "erasing";
/// Attributes that hold what people wrote, or words of it. They stay as they are.
const TEXTS: [&str; 6] = ["title", "description", "body", "attributes", "words", "spots"];

/// What an erasure has removed, or in a dry run would remove.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erasure {
    pub removed: Erased,
    /// Where the name or the address still is, besides texts that people wrote. A dry run does not look.
    pub left: Vec<String>,
}

/// Counts of what is removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// The record's name, e-mail address and attributes: how many of the three there were.
    pub profile: u64,
    pub memberships: u64,
    /// Entries in the list of people, and those by which they are found.
    pub listed: u64,
    /// Records of who looked at the portal as them.
    pub viewings: u64,
    /// Conversations that they took part in.
    pub participations: u64,
    /// Tickets that they had joined and that leave their tickets space.
    pub joined: u64,
    /// Tickets that lose the name of their requester, in all copies and in search.
    pub tickets: u64,
    /// Lines of history that lose the name.
    pub history: u64,
    /// Messages whose author loses the name.
    pub messages: u64,
    /// Conversations that search finds by the name no more.
    pub conversations: u64,
}

/// Who is erased, and what to look for.
struct Person {
    id: ContactId,
    revision: u64,
    recorded: Contact,
    name: Option<String>,
    address: Option<String>,
    /// Tickets that they created.
    created: BTreeSet<TicketId>,
    /// Everything in their partition that goes, with the other sides of memberships.
    gone: Vec<(String, String)>,
}

/// A walk through the table.
struct Sweep<'a> {
    person: &'a Person,
    dry: bool,
    /// Whether to look for the name and the address where they are not expected.
    looks: bool,
    removed: Erased,
    left: Vec<String>,
    conversations: BTreeSet<ConversationId>,
    unnamed: Vec<Item>,
    tickets: Vec<TicketId>,
    listed: Vec<(String, String)>,
}

impl Store {
    /// Erases a contact. `None` if there is no record of them. `progress` is called with the number of items read so far.
    ///
    /// The record stays as that of somebody without a name who can sign in no more, so that the id cannot be taken over.
    pub async fn erase(
        &self,
        id: &ContactId,
        dry_run: bool,
        mut progress: impl FnMut(u64),
    ) -> Result<Option<Erasure>, StoreError> {
        let mut removed = Erased::default();
        let Some(person) = self.person(id, &mut removed).await? else { return Ok(None) };
        if !dry_run {
            self.strip(&person).await?;
        }
        let removed = self.sweep(&mut Sweep::new(&person, dry_run, removed), &mut progress).await?;
        let mut erasure = Erasure { removed, left: Vec::new() };
        if !dry_run {
            let mut again = Sweep { looks: true, ..Sweep::new(&person, true, Erased::default()) };
            let found = self.sweep(&mut again, &mut progress).await?;
            erasure.left = again.left;
            if found != Erased::default() {
                erasure.left.push(format!("what somebody wrote meanwhile: {found:?}"));
            }
            let mut transaction = Transaction::new(self);
            let archived = HashMap::from([("archived".to_owned(), AttributeValue::Bool(true))]);
            transaction.set(keys::contact(id), keys::CONTACT.into(), archived, &[ERASING])?;
            transaction.commit().await?;
        }
        Ok(Some(erasure))
    }

    /// Reads the record with all that belongs to it.
    async fn person(&self, id: &ContactId, removed: &mut Erased) -> Result<Option<Person>, StoreError> {
        let (mut found, mut created, mut gone) = (None, BTreeSet::new(), Vec::new());
        let here = keys::contact(id);
        for item in self.query_all(self.partition(here.clone(), "").consistent_read(true)).await? {
            let sk = text(&item, "sk").to_owned();
            if sk == keys::CONTACT {
                found = Some(item);
            } else if sk.starts_with(keys::MEMBERSHIPS) {
                let of: MembershipRecord = record(item)?;
                gone.extend([(here.clone(), sk), (keys::company(&of.company), here.clone())]);
                removed.memberships += 1;
            } else if sk == keys::ENDED {
                // Sessions that they have signed out of. All others end with the record.
                gone.push((here.clone(), sk));
            } else if sk.starts_with(keys::AUDIT) {
                gone.push((here.clone(), sk));
                removed.viewings += 1;
            } else if sk.starts_with(keys::SPACES) {
                let entry: SpaceRecord = record(item)?;
                if entry.following {
                    gone.push((keys::ticket(&entry.id), keys::follower(id)));
                }
                if entry.role == SpaceRole::Creator {
                    created.insert(entry.id);
                } else {
                    gone.push((here.clone(), sk));
                    removed.joined += 1;
                }
            }
        }
        let Some(item) = found else { return Ok(None) };
        let kept = item.get(ERASING).and_then(|it| it.as_m().ok()).cloned();
        let it: ContactRecord = record(item)?;
        let (revision, recorded) = (it.revision, Contact::from(it));
        let known = [recorded.name.is_some(), recorded.email.is_some(), !recorded.attributes.is_empty()];
        removed.profile = known.into_iter().map(u64::from).sum();
        let (name, address) = match &kept {
            Some(kept) => {
                let of = |name: &str| Some(text(kept, name).to_owned()).filter(|it| !it.is_empty());
                (recorded.name.clone().or(of("name")), recorded.email.clone().or(of("email")))
            }
            None => (recorded.name.clone(), recorded.email.clone()),
        };
        Ok(Some(Person { id: id.clone(), revision, recorded, name, address, created, gone }))
    }

    /// Takes everything out of the record, ends all sessions, and removes what only the person had.
    async fn strip(&self, person: &Person) -> Result<(), StoreError> {
        let Contact { name, email, attributes, archived, session_epoch, .. } = &person.recorded;
        if name.is_some() || email.is_some() || !attributes.is_empty() || !archived {
            let number = |number: u64| AttributeValue::N(number.to_string());
            let sought = [("name", &person.name), ("email", &person.address)].into_iter();
            let sought = sought.filter_map(|(name, it)| Some((name.to_owned(), AttributeValue::S(it.clone()?))));
            let set = HashMap::from([
                ("archived".to_owned(), AttributeValue::Bool(true)),
                ("session_epoch".to_owned(), number(session_epoch + 1)),
                ("revision".to_owned(), number(person.revision + 1)),
                (ERASING.to_owned(), AttributeValue::M(sought.collect())),
            ]);
            let seen = ("revision", (person.revision > 0).then(|| number(person.revision)));
            let mut transaction = Transaction::new(self);
            let record = (keys::contact(&person.id), keys::CONTACT);
            transaction.set_over(record, set, &["name", "email", "attributes"], seen)?;
            transaction.commit().await?;
        }
        self.delete_all(person.gone.iter().map(|(pk, sk)| key(pk.clone(), sk.clone())).collect()).await
    }

    /// Walks through the whole table, and takes the person's name out of what stays.
    async fn sweep(&self, sweep: &mut Sweep<'_>, progress: &mut impl FnMut(u64)) -> Result<Erased, StoreError> {
        let mut pages = self.whole_table().into_paginator().send();
        let mut read = 0;
        while let Some(page) = pages.next().await {
            for item in page.map_err(StoreError::from_sdk)?.items.unwrap_or_default() {
                sweep.take(item)?;
                read += 1;
            }
            progress(read);
            let (unnamed, tickets, listed) = sweep.batch();
            if sweep.dry {
                continue;
            }
            self.put_all(unnamed).await?;
            self.delete_all(listed.into_iter().map(|(pk, sk)| key(pk, sk)).collect()).await?;
            for ticket in tickets {
                self.rename_in(ticket.clone(), &sweep.person.id, None).await?;
                self.index(&Document::Case(keys::ticket(&ticket))).await?;
                self.index(&Document::Ticket(ticket)).await?;
            }
        }
        for id in std::mem::take(&mut sweep.conversations) {
            self.forget_in(&id, sweep).await?;
        }
        Ok(sweep.removed)
    }

    /// Takes the person out of a conversation, and out of the words by which search finds it.
    async fn forget_in(&self, id: &ConversationId, sweep: &mut Sweep<'_>) -> Result<(), StoreError> {
        let person = sweep.person;
        let whole = self.whole_conversation(id).await?;
        let Whole { head: Some(had), mut parts, people: mut others, .. } = whole else { return Ok(()) };
        self.call_by_record(None, parts.first_mut().map(|part| &mut part.author)).await?;
        for part in &mut parts {
            if let Actor::Contact { id, name } = &mut part.author
                && *id == person.id
            {
                *name = None;
            }
        }
        let took_part = others.remove(&person.id);
        let head = HeadRecord::new(id, &parts, others.len(), &self.named(&others).await?);
        let head = HeadRecord { participants: had.participants, ..head };
        let named = |head: &HeadRecord| (head.words.clone(), head.started_by.clone(), head.companies.clone());
        // A conversation that search does not have yet has no copies of names.
        let changes = had.words.is_some() && named(&had) != named(&head)
            || had.exchange().last.is_some_and(|last| person.is_named_as(&last.author));
        sweep.removed.conversations += u64::from(changes);
        sweep.removed.participations += u64::from(took_part);
        if changes && !sweep.dry && !self.write_head(&had, &head, &parts).await? {
            return Err(StoreError::Busy("somebody is writing in a conversation".into()));
        }
        if changes && !sweep.dry {
            self.index(&Document::Case(keys::conversation(id))).await?;
            self.index(&Document::Conversation(id.clone())).await?;
        }
        if !took_part || sweep.dry {
            return Ok(());
        }
        let mut transaction = Transaction::new(self);
        transaction.take_away(keys::conversation(id), keys::participant(&person.id), WriteError::Stale)?;
        transaction.add(keys::conversation(id), keys::CONVERSATION.into(), "participants", -1)?;
        if let Some(ticket) = &had.ticket {
            transaction.add(keys::ticket(ticket), keys::CONVERSATION.into(), "participants", -1)?;
            if person.created.contains(ticket) {
                let out = HashMap::from([("participating".to_owned(), AttributeValue::Bool(false))]);
                transaction.set(keys::contact(&person.id), keys::space(ticket), out, &[])?;
            }
        }
        match transaction.commit().await {
            // Another run has taken them out already.
            Err(WriteError::Stale) => Ok(()),
            done => Ok(done?),
        }
    }
}

/// Items without the name, tickets to write without it, and keys of items that go.
type Batch = (Vec<Item>, Vec<TicketId>, Vec<(String, String)>);

impl<'a> Sweep<'a> {
    fn new(person: &'a Person, dry: bool, removed: Erased) -> Self {
        Self {
            person,
            dry,
            looks: false,
            removed,
            left: Vec::new(),
            conversations: BTreeSet::new(),
            unnamed: Vec::new(),
            tickets: Vec::new(),
            listed: Vec::new(),
        }
    }

    fn batch(&mut self) -> Batch {
        (std::mem::take(&mut self.unnamed), std::mem::take(&mut self.tickets), std::mem::take(&mut self.listed))
    }

    fn take(&mut self, mut item: Item) -> Result<(), StoreError> {
        if self.looks {
            self.look(&item);
        }
        let (pk, sk) = (text(&item, "pk").to_owned(), text(&item, "sk").to_owned());
        let person = self.person;
        let lists_people = pk == keys::PEOPLE || Names::of_words(&pk) == Some(Names::People);
        if lists_people && text(&item, "id") == person.id.as_str() {
            self.removed.listed += 1;
            self.listed.push((pk, sk));
        } else if pk.starts_with("TICKET#") && sk == keys::BODY {
            let ticket = record::<BodyRecord>(item)?.into_ticket()?;
            let wrote_last = ticket.row.exchange.last.as_ref().is_some_and(|last| person.is_named_as(&last.author));
            if ticket.row.requester == person.id && ticket.row.requester_name.is_some() || wrote_last {
                self.removed.tickets += 1;
                self.tickets.push(ticket.row.id);
            }
        } else if pk.starts_with("TICKET#") && sk.starts_with(keys::EVENT) {
            if person.is_unnamed_in(&mut item, "by") {
                self.removed.history += 1;
                self.unnamed.push(item);
            }
        } else if let Some(id) = pk.strip_prefix("CONVERSATION#").and_then(|rest| rest.split('#').next()) {
            let wrote = is_part(&sk) && person.is(&item, "author");
            if (wrote || sk == keys::participant(&person.id))
                && let Ok(id) = ConversationId::new(id)
            {
                self.conversations.insert(id);
            }
            if wrote && person.is_unnamed_in(&mut item, "author") {
                self.removed.messages += 1;
                self.unnamed.push(item);
            }
        }
        Ok(())
    }

    /// Looks for the address in every item, and for the name in those that are about the person: somebody else may have
    /// the same.
    fn look(&mut self, item: &Item) {
        let person = self.person;
        let theirs = item.values().any(|value| any_text(value, &|it| it == person.id.as_str()))
            || [keys::contact(&person.id), keys::participant(&person.id)]
                .iter()
                .any(|key| text(item, "pk") == key || text(item, "sk") == key);
        let address = person.address.as_deref().map(str::to_lowercase);
        let told = |it: &str| {
            it != person.id.as_str()
                && (theirs && person.name.as_deref() == Some(it)
                    || address.as_ref().is_some_and(|address| it.to_lowercase().contains(address)))
        };
        for (attribute, value) in item {
            // Of the last message, all but its text.
            let by = value.as_m().ok().filter(|_| attribute == "last").and_then(|last| last.get("by"));
            let value = by.unwrap_or(value);
            if attribute != ERASING && !TEXTS.contains(&attribute.as_str()) && any_text(value, &told) {
                // The key can hold a name itself.
                self.left.push(format!("{attribute} of an item in a partition {}", partition_kind(text(item, "pk"))));
            }
        }
    }
}

impl Person {
    /// Whether they are the actor in an item.
    fn is(&self, item: &Item, attribute: &str) -> bool {
        let actor = item.get(attribute).and_then(|it| it.as_m().ok()).and_then(|it| it.get("contact"));
        actor.and_then(|it| it.as_m().ok()).is_some_and(|it| text(it, "id") == self.id.as_str())
    }

    /// Whether they are somebody who did something, with a copy of their name.
    fn is_named_as(&self, actor: &Actor) -> bool {
        matches!(actor, Actor::Contact { id, name: Some(_) } if *id == self.id)
    }

    /// Takes their name out of the actor in an item. `false` if they are not the actor, or have no name there.
    fn is_unnamed_in(&self, item: &mut Item, attribute: &str) -> bool {
        if !self.is(item, attribute) {
            return false;
        }
        let Some(AttributeValue::M(actor)) = item.get_mut(attribute) else { return false };
        let Some(AttributeValue::M(contact)) = actor.get_mut("contact") else { return false };
        let had = contact.insert("name".into(), AttributeValue::Null(true));
        matches!(had, Some(AttributeValue::S(_)))
    }
}

/// Whether one of the texts in a value is one of those sought.
fn any_text(value: &AttributeValue, sought: &impl Fn(&str) -> bool) -> bool {
    match value {
        AttributeValue::S(it) => sought(it),
        AttributeValue::M(it) => it.values().any(|value| any_text(value, sought)),
        AttributeValue::L(it) => it.iter().any(|value| any_text(value, sought)),
        _ => false,
    }
}
