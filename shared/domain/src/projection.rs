//! What customers see of a ticket. This is the only way from a ticket to a response (docs/product.md, What customers
//! see of a ticket): the types below can be serialised and rendered, a [`Ticket`] cannot, and only a [`Lens`] creates
//! them.

use crate::{
    catalog::{Catalog, TicketType},
    company::Company,
    contact::Contact,
    conversation::{Part, PartKind},
    history::{Actor, Change, Event},
    id::{CompanyId, ContactId, ConversationId, PartId, StateId, TicketId, TypeId},
    list::Pile,
    search::Match,
    sentence::Sentence,
    state::StateCategory,
    ticket::{Ticket, TicketRow},
    timeline::Entry,
    timestamp::Timestamp,
    turn::{Turn, Who},
    visibility::{Part as TakesPart, Sight, may_see},
};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One contact's view of the tickets: who they are, which companies they are in, and how far they see.
#[derive(Debug, Clone, Copy)]
pub struct Lens<'a> {
    /// The contact who is looking.
    pub contact: &'a ContactId,
    /// The companies that the contact is in now.
    pub companies: &'a [Company],
    /// How far the contact sees in those companies.
    pub sight: Sight,
    /// How the contact takes part in tickets, as far as their tickets-space entries were read.
    pub parts: &'a BTreeMap<TicketId, TakesPart>,
    pub catalog: &'a Catalog,
}

/// A row of the portal's list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CustomerRow {
    pub id: TicketId,
    pub number: u64,
    pub title: String,
    #[serde(rename = "type")]
    pub ticket_type: CustomerType,
    pub state: CustomerState,
    /// `None` means No company.
    pub company: Option<CustomerCompany>,
    pub created_by: Creator,
    /// Whether nobody but the reader and the vendor sees it.
    pub private: bool,
    pub created_at: Timestamp,
    /// When something that customers can see last changed.
    pub updated_at: Timestamp,
    /// Whose turn it is, and since when.
    pub turn: CustomerTurn,
    /// The message that was written last.
    pub last_message: Option<CustomerMessage>,
    /// Whether something has happened that the reader has not seen, in a ticket of their tickets space.
    pub unread: bool,
    /// The path of its page.
    pub url: String,
    /// Where the words were found that were looked for.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub matched: Option<Match>,
}

impl CustomerRow {
    /// Says whether the reader created it or takes part, and whether they have something new to see.
    #[must_use]
    pub fn for_reader(mut self, takes_part: bool, unread: bool) -> Self {
        if self.turn.who.turn() == Who::Customer {
            self.turn.who = if takes_part { Pile::You } else { Pile::Colleagues };
        }
        self.unread = unread;
        self
    }

    /// Says where the words were found that were looked for.
    #[must_use]
    pub fn found_by(mut self, matched: Option<Match>) -> Self {
        self.matched = matched;
        self
    }
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CustomerTurn {
    pub who: Pile,
    pub since: Timestamp,
}

/// The beginning of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CustomerMessage {
    pub author: CustomerAuthor,
    /// Its first 140 characters.
    pub text: String,
    pub at: Timestamp,
}

/// The name of a type that is no longer in the catalog.
pub(crate) const UNKNOWN_TYPE: &str = "Ticket";

/// A ticket type, as customers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CustomerType {
    pub id: TypeId,
    /// The external label.
    pub name: String,
    /// An emoji, or empty.
    pub icon: String,
}

impl From<&TicketType> for CustomerType {
    fn from(it: &TicketType) -> Self {
        Self { id: it.id.clone(), name: it.external_label.clone(), icon: it.icon.clone() }
    }
}

impl CustomerType {
    /// Creates a type that is no longer in the catalog.
    #[must_use]
    pub fn unknown(id: TypeId) -> Self {
        Self { id, name: UNKNOWN_TYPE.into(), icon: String::new() }
    }
}

/// A state, as customers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CustomerState {
    pub category: StateCategory,
    /// The external label.
    pub label: String,
}

/// A company, as its members see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CustomerCompany {
    pub id: CompanyId,
    pub name: String,
}

impl From<&Company> for CustomerCompany {
    fn from(company: &Company) -> Self {
        Self { id: company.id.clone(), name: company.name.clone() }
    }
}

impl CustomerCompany {
    /// Creates a company that is not recorded: its id stands in for its name.
    #[must_use]
    pub fn unnamed(id: CompanyId) -> Self {
        Self { name: id.to_string(), id }
    }
}

/// The contact for whom a ticket was created, as contacts see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Creator {
    pub name: String,
    /// Whether it is the reader.
    pub you: bool,
}

/// Everything that the ticket page shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CustomerTicket {
    /// The fields that the list shows.
    #[serde(flatten)]
    pub row: CustomerRow,
    /// Plain text.
    pub description: String,
    /// Attributes that customers may see, in the order of the type.
    pub attributes: Vec<CustomerAttribute>,
    /// The linked conversation.
    pub conversation: Option<CustomerConversation>,
    /// The ticket that it repeats, if the reader sees that, too.
    pub duplicate_of: Option<CustomerOther>,
    /// Oldest first.
    pub history: Vec<CustomerEvent>,
    /// The ticket's version, for conditional requests.
    pub version: u64,
}

/// An attribute that is marked visible to customers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CustomerAttribute {
    pub name: String,
    pub value: Value,
}

impl CustomerAttribute {
    /// Returns the value as text for people.
    #[must_use]
    pub fn text(&self) -> String {
        match &self.value {
            Value::String(text) => text.clone(),
            Value::Bool(yes) => if *yes { "Yes" } else { "No" }.into(),
            other => other.to_string(),
        }
    }

    /// Returns the value as a time, if it is one.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        self.value.as_str()?.parse().ok()
    }
}

/// What a ticket shows of another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CustomerOther {
    pub id: TicketId,
    pub number: u64,
    pub title: String,
    /// The path of its page.
    pub url: String,
}

impl From<CustomerRow> for CustomerOther {
    fn from(CustomerRow { id, number, title, url, .. }: CustomerRow) -> Self {
        Self { id, number, title, url }
    }
}

/// What a ticket shows of its linked conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CustomerConversation {
    pub id: ConversationId,
    /// Whether the reader is a participant.
    pub participating: bool,
    /// The number of contacts who participate.
    pub participants: u64,
}

/// A message, as contacts read it. Notes have no such type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CustomerPart {
    pub id: PartId,
    pub author: CustomerAuthor,
    /// Plain text.
    pub body: String,
    pub at: Timestamp,
}

/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CustomerAuthor {
    pub name: String,
    /// `contact` or `teammate`.
    pub kind: &'static str,
    /// Whether it is the reader.
    pub you: bool,
}

/// Who takes part in a ticket's conversation, as contacts see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CustomerPeople {
    /// Those whom the reader may know by name, in the order of their names.
    pub people: Vec<CustomerPerson>,
    /// The number of all others.
    pub others: u64,
}

/// A contact who takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CustomerPerson {
    pub name: String,
    /// Whether it is the reader.
    pub you: bool,
    /// Whether the ticket was created for them.
    pub creator: bool,
}

/// A line of the history that customers see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CustomerEvent {
    pub at: Timestamp,
    pub event: EventKind,
    /// The event as a sentence.
    pub text: Sentence,
    /// The new state, if the event set one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<CustomerState>,
}

/// An entry of the timeline that customers see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum CustomerEntry {
    Message(CustomerPart),
    Event(CustomerEvent),
}

/// What a ticket that waits on the customer waits for: the last message of a teammate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Asked {
    pub author: CustomerAuthor,
    /// Plain text.
    pub text: String,
    pub at: Timestamp,
}

/// The kinds of events that customers see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The ticket was created.
    Created,
    /// The ticket got another state.
    StateChanged,
    /// The ticket moved to another company.
    CompanyChanged,
    /// Somebody joined the conversation.
    Joined,
}

/// What is known of the linked conversation without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationSummary {
    pub id: ConversationId,
    /// The number of contacts who participate.
    pub participants: u64,
    /// Whether the reader participates.
    pub participating: bool,
}

impl Lens<'_> {
    /// Returns a row as the contact sees it; `None` if the contact may not see it.
    #[must_use]
    pub fn row(&self, ticket: &TicketRow) -> Option<CustomerRow> {
        let companies = self.companies.iter().map(|company| &company.id);
        may_see(self.contact, companies, self.sight, self.parts.get(&ticket.id), ticket).then(|| CustomerRow {
            id: ticket.id.clone(),
            number: ticket.number,
            title: ticket.title.clone(),
            ticket_type: self.ticket_type(&ticket.ticket_type),
            state: self.state(&ticket.state, ticket.state_category),
            company: ticket.company.as_ref().and_then(|id| self.company(id)),
            created_by: Creator {
                name: told(ticket.requester_name.as_deref()).unwrap_or("Someone").into(),
                you: ticket.requester == *self.contact,
            },
            private: ticket.private,
            created_at: ticket.created_at,
            updated_at: ticket.updated_at,
            turn: self.turn(ticket),
            last_message: ticket.last_message().map(|last| CustomerMessage {
                author: self.author(&last.author),
                text: last.text,
                at: last.at,
            }),
            unread: false,
            url: format!("/tickets/{}", ticket.id),
            matched: None,
        })
    }

    /// Returns whose turn it is. Of those that wait on the customer, a row alone tells only those that the reader created.
    fn turn(&self, ticket: &TicketRow) -> CustomerTurn {
        let Turn { who, since } = ticket.turn();
        let who = match who {
            Who::Us => Pile::Us,
            Who::Customer if ticket.requester == *self.contact => Pile::You,
            Who::Customer => Pile::Colleagues,
            Who::Nobody => Pile::None,
        };
        CustomerTurn { who, since }
    }

    fn author(&self, author: &Actor) -> CustomerAuthor {
        let name = name_of(author).map(str::to_owned);
        match author {
            Actor::Contact { id, .. } => CustomerAuthor {
                name: name.unwrap_or_else(|| "Someone".into()),
                kind: "contact",
                you: id == self.contact,
            },
            Actor::Teammate { .. } | Actor::System => {
                CustomerAuthor { name: name.unwrap_or_else(|| "Support".into()), kind: "teammate", you: false }
            }
        }
    }

    /// Returns a part of a conversation as the contact sees it; `None` for a note.
    #[must_use]
    pub fn part(&self, part: &Part) -> Option<CustomerPart> {
        (part.kind == PartKind::Message).then(|| CustomerPart {
            id: part.id.clone(),
            author: self.author(&part.author),
            body: part.body.clone(),
            at: part.at,
        })
    }

    /// Returns who takes part in the conversation of a ticket that the contact sees. By name they know themselves, the
    /// creator, whom the ticket names, and who is in its company now: others came by ways that are not theirs to know.
    /// `participants` are as many as were read of all, each with the companies that they are in now.
    #[must_use]
    pub fn people<'p>(
        &self,
        ticket: &TicketRow,
        participants: impl Iterator<Item = (&'p Contact, &'p BTreeSet<CompanyId>)>,
        all: u64,
    ) -> CustomerPeople {
        let named = participants.filter_map(|(contact, companies)| {
            let (you, creator) = (contact.id == *self.contact, contact.id == ticket.requester);
            let is_colleague = ticket.company.as_ref().is_some_and(|company| companies.contains(company));
            let name = told(contact.name.as_deref()).or(you.then_some("You"))?;
            (you || creator || is_colleague).then(|| CustomerPerson { name: name.into(), you, creator })
        });
        let mut people: Vec<_> = named.collect();
        people.sort_by_cached_key(|person| (person.name.to_lowercase(), person.name.clone()));
        CustomerPeople { others: all.saturating_sub(people.len() as u64), people }
    }

    /// Returns what the ticket waits for, if it waits on the customer. `last_reply` is the last message of a teammate.
    #[must_use]
    pub fn asked(&self, ticket: &TicketRow, last_reply: Option<&Part>) -> Option<Asked> {
        let part = last_reply.filter(|_| ticket.turn().who == Who::Customer)?;
        self.part(part).map(|CustomerPart { author, body, at, .. }| Asked { author, text: body, at })
    }

    /// Returns a page of the ticket's timeline as the contact sees it, without notes. `company` is the one that the ticket
    /// belonged to after the last entry, and `state_before` the last change of state before the first.
    #[must_use]
    pub fn timeline(
        &self,
        entries: &[Entry],
        company: Option<&CompanyId>,
        state_before: Option<&Event>,
        ticket: &Ticket,
    ) -> Vec<CustomerEntry> {
        let history: Vec<_> =
            state_before.into_iter().chain(entries.iter().filter_map(Entry::event)).cloned().collect();
        let mut events = self.events(&history, company, ticket).into_iter().skip(usize::from(state_before.is_some()));
        let shown = entries.iter().map(|entry| match entry {
            Entry::Event(_) => events.next().flatten().map(CustomerEntry::Event),
            Entry::Part(part) => self.part(part).map(CustomerEntry::Message),
        });
        shown.flatten().collect()
    }

    /// Returns the whole ticket as the contact sees it; `None` if the contact may not see it. `company` is the one that the
    /// ticket belonged to after the last event of `history`, and `original` the one that it repeats.
    #[must_use]
    pub fn ticket(
        &self,
        ticket: &Ticket,
        original: Option<&TicketRow>,
        conversation: Option<ConversationSummary>,
        history: &[Event],
        company: Option<&CompanyId>,
    ) -> Option<CustomerTicket> {
        let row = self.row(&ticket.row)?;
        let definitions =
            self.catalog.types.get(&ticket.row.ticket_type).map(|it| it.attributes.as_slice()).unwrap_or_default();
        let attributes = definitions
            .iter()
            .filter(|definition| definition.visible_to_contacts)
            .filter_map(|definition| {
                let value = ticket.attributes.get(&definition.name)?;
                Some(CustomerAttribute { name: definition.name.clone(), value: definition.data_type.shown(value) })
            })
            .collect();
        Some(CustomerTicket {
            row,
            description: ticket.description.clone(),
            attributes,
            conversation: conversation.map(|summary| CustomerConversation {
                id: summary.id,
                participating: summary.participating,
                participants: summary.participants,
            }),
            duplicate_of: original
                .filter(|it| ticket.duplicate_of.as_ref().is_some_and(|said| said.of == it.id))
                .and_then(|it| self.row(it))
                .map(Into::into),
            history: self.history(history, company, ticket),
            version: ticket.version,
        })
    }

    /// Returns a type by its id, including one that is no longer in the catalog.
    fn ticket_type(&self, id: &TypeId) -> CustomerType {
        self.catalog.types.get(id).map_or_else(|| CustomerType::unknown(id.clone()), CustomerType::from)
    }

    fn state(&self, id: &StateId, category: StateCategory) -> CustomerState {
        let label = self.catalog.states.get(id).map_or(category.default_label(), |state| &state.external_label);
        CustomerState { category, label: label.into() }
    }

    /// Returns a company that the contact is in now. The names and ids of others are not the contact's business.
    fn company(&self, id: &CompanyId) -> Option<CustomerCompany> {
        self.companies.iter().find(|company| company.id == *id).map(Into::into)
    }

    /// Returns the history that customers see.
    fn history(&self, history: &[Event], company: Option<&CompanyId>, ticket: &Ticket) -> Vec<CustomerEvent> {
        self.events(history, company, ticket).into_iter().flatten().collect()
    }

    /// Returns each event as the contact sees it; `None` for a change between two states that look the same to customers, and
    /// for what is between tickets, of which they may see one and not the other.
    fn events(&self, history: &[Event], company: Option<&CompanyId>, ticket: &Ticket) -> Vec<Option<CustomerEvent>> {
        let mut last = None;
        let events = history.iter().zip(companies_then(history, company)).map(|(event, company)| {
            let event = self.event(event, company, ticket)?;
            if event.state.is_some() && event.state == last {
                return None;
            }
            last = event.state.clone().or_else(|| last.take());
            Some(event)
        });
        events.collect()
    }

    /// Returns an event as the contact sees it. `company` is the one that the ticket belonged to at that time.
    fn event(&self, event: &Event, company: Option<&CompanyId>, ticket: &Ticket) -> Option<CustomerEvent> {
        let name = name_of(&event.by).filter(|_| self.may_name(event, company, &ticket.row));
        let who = name.unwrap_or("Someone");
        let (kind, text, state) = match &event.change {
            Change::Created => (EventKind::Created, Sentence::of(|it| format!("{} created the ticket", it(who))), None),
            Change::StateChanged { to } => {
                let state = to.as_ref().map(|(id, category)| self.state(id, *category));
                let label = state.as_ref().map_or("another state", |state| &state.label);
                let text = Sentence::of(|it| match (name, event.is_reply()) {
                    (_, true) => format!("{} replied, and the state changed to {}", it(who), it(label)),
                    (Some(name), false) => format!("{} changed the state to {}", it(name), it(label)),
                    (None, false) => format!("The state changed to {}", it(label)),
                });
                (EventKind::StateChanged, text, state)
            }
            // The name of another company would reveal its business to the members of this one.
            Change::CompanyChanged { to, .. } => {
                let here = to.as_ref().filter(|to| ticket.row.company.as_ref() == Some(to));
                let company = here.and_then(|id| self.company(id));
                let text = Sentence::of(|it| match &company {
                    Some(company) => format!("The company was set to {}", it(&company.name)),
                    None => "The company was changed".into(),
                });
                (EventKind::CompanyChanged, text, None)
            }
            Change::Joined { .. } => {
                (EventKind::Joined, Sentence::of(|it| format!("{} joined the conversation", it(who))), None)
            }
            Change::DuplicateOf { .. } | Change::DuplicatedBy { .. } => return None,
        };
        Some(CustomerEvent { at: event.at, event: kind, text, state })
    }

    /// Whether whoever did something may be named. The names of another company's people would reveal its business as
    /// much as its own name. `company` is the one that the ticket belonged to at that time.
    fn may_name(&self, event: &Event, company: Option<&CompanyId>, ticket: &TicketRow) -> bool {
        let Actor::Contact { id, .. } = &event.by else { return true };
        let here = ticket.company.as_ref();
        let colleague = match &event.change {
            Change::Joined { through: Some(through) } => here == Some(through),
            // Without a company only those who take part see a ticket, and only its creator is known to everybody.
            _ => company == here || (company.is_none() && *id == ticket.requester),
        };
        colleague || id == self.contact
    }
}

/// Returns the company that a ticket belonged to at each event, found by going back from the one after the last.
fn companies_then<'a>(history: &'a [Event], mut company: Option<&'a CompanyId>) -> Vec<Option<&'a CompanyId>> {
    let mut then: Vec<_> = history
        .iter()
        .rev()
        .map(|event| {
            let after = company;
            if let Change::CompanyChanged { from, .. } = &event.change {
                company = from.as_ref();
            }
            after
        })
        .collect();
    then.reverse();
    then
}

fn name_of(actor: &Actor) -> Option<&str> {
    match actor {
        Actor::Contact { name, .. } | Actor::Teammate { name, .. } => told(name.as_deref()),
        Actor::System => None,
    }
}

/// Returns a name that customers may be told. One with an `@` in it is taken for an e-mail address, which they never are,
/// whoever gave it for a name.
pub(crate) fn told(name: Option<&str>) -> Option<&str> {
    name.filter(|name| !name.contains(['@', '\u{ff20}', '\u{fe6b}']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalog::{AttributeDefinition, DataType, TicketCategory, TicketType},
        state::TicketState,
        ticket::Duplicate,
        visibility,
    };
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const CANARY: &str = "canary";

    fn catalog() -> Catalog {
        let attribute = |name: &str, visible| AttributeDefinition::new(name, DataType::String, visible);
        let bug = TicketType {
            id: TypeId::new("bug").unwrap(),
            name: CANARY.into(),
            external_label: "Bug".into(),
            icon: String::new(),
            category: TicketCategory::Customer,
            attributes: vec![attribute("shown", true), attribute(CANARY, false)],
        };
        let doing = TicketState {
            id: StateId::new("doing").unwrap(),
            category: StateCategory::InProgress,
            internal_label: CANARY.into(),
            external_label: "In progress".into(),
            position: 0,
        };
        Catalog { types: BTreeMap::from([(bug.id.clone(), bug)]), states: BTreeMap::from([(doing.id.clone(), doing)]) }
    }

    fn company(n: usize) -> Company {
        Company::new(CompanyId::new(["a", "b"][n]).unwrap(), ["Acme", "Beta"][n].into())
    }

    fn ticket(category: TicketCategory, seen: [bool; 2], of: Option<usize>, requester: usize, known: bool) -> Ticket {
        let [shared, private] = seen;
        let row = TicketRow {
            id: TicketId::new("t").unwrap(),
            number: 1,
            title: "Title".into(),
            ticket_type: TypeId::new(if known { "bug" } else { "gone" }).unwrap(),
            category,
            shared,
            private,
            state: StateId::new(if known { "doing" } else { "gone" }).unwrap(),
            state_category: StateCategory::InProgress,
            company: of.map(|n| company(n).id),
            requester: ContactId::new(["ada", "bob"][requester]).unwrap(),
            requester_name: None,
            created_at: Timestamp::EPOCH,
            updated_at: Timestamp::EPOCH,
            turn_since: None,
            exchange: Default::default(),
        };
        let values = [("shown", "value"), (CANARY, CANARY), ("undefined", CANARY)];
        let attributes = values.map(|(name, value)| (name.to_owned(), Value::from(value))).into();
        Ticket {
            row,
            description: "Words".into(),
            attributes,
            conversation: None,
            company_chosen: false,
            company_name: None,
            assignee: None,
            waited_from: None,
            duplicate_of: None,
            duplicates: Default::default(),
            version: 1,
        }
    }

    fn event(n: usize) -> Event {
        let teammate = Actor::Teammate { id: crate::id::TeammateId::new(CANARY).unwrap(), name: None };
        let contact = Actor::Contact { id: ContactId::new(CANARY).unwrap(), name: Some("Name of another".into()) };
        let (by, change) = match n {
            0 => (teammate, Change::Created),
            1 => (
                teammate,
                Change::StateChanged { to: Some((StateId::new("doing").unwrap(), StateCategory::InProgress)) },
            ),
            2 => (teammate, Change::CompanyChanged { from: Some(company(0).id), to: Some(company(1).id) }),
            3 => (contact, Change::Joined { through: Some(CompanyId::new("elsewhere").unwrap()) }),
            4 => (teammate, Change::DuplicateOf { other: TicketId::new("o").unwrap(), number: 4711, ends: false }),
            _ => (teammate, Change::DuplicatedBy { other: TicketId::new("o").unwrap(), number: 4711, ends: true }),
        };
        Event { at: Timestamp::EPOCH, by, change }
    }

    /// A message and a note.
    fn parts() -> impl Iterator<Item = Part> {
        let grace = Actor::Teammate { id: crate::id::TeammateId::new(CANARY).unwrap(), name: None };
        [(PartKind::Message, "words"), (PartKind::Note, CANARY)].into_iter().map(move |(kind, body)| Part {
            id: PartId::new("p").unwrap(),
            kind,
            author: grace.clone(),
            body: body.into(),
            at: Timestamp::EPOCH,
        })
    }

    fn event_of(entry: &CustomerEntry) -> Option<&CustomerEvent> {
        match entry {
            CustomerEntry::Event(event) => Some(event),
            CustomerEntry::Message(_) => None,
        }
    }

    /// Wherever a page begins, it tells the same changes of state as the whole.
    #[test]
    fn a_page_of_a_timeline_hides_the_same_steps_as_the_whole() {
        let (ada, mut catalog) = (ContactId::new("ada").unwrap(), catalog());
        let doing = catalog.states.values().next().unwrap().clone();
        for (id, label) in [("also", "In progress"), ("asked", "Waiting on you")] {
            let id = StateId::new(id).unwrap();
            catalog.states.insert(id.clone(), TicketState { id, external_label: label.into(), ..doing.clone() });
        }
        let companies = [company(0)];
        let parts = BTreeMap::new();
        let lens = Lens { contact: &ada, companies: &companies, sight: Sight::All, parts: &parts, catalog: &catalog };
        let ticket = ticket(TicketCategory::Customer, [false; 2], Some(0), 0, true);
        let to = |id: &str| Some((StateId::new(id).unwrap(), StateCategory::InProgress));
        let mut history: Vec<_> = ["doing", "also", "asked", "asked", "also", "doing"]
            .map(|id| Event { at: Timestamp::EPOCH, by: Actor::System, change: Change::StateChanged { to: to(id) } })
            .into();
        history.insert(2, event(0));
        let entries: Vec<_> = history.iter().cloned().map(Entry::Event).collect();
        let whole = lens.timeline(&entries, Some(&companies[0].id), None, &ticket);
        let labels = whole.iter().filter_map(event_of).filter_map(|event| Some(event.state.as_ref()?.label.as_str()));
        assert_eq!(labels.collect::<Vec<_>>(), ["In progress", "Waiting on you", "In progress"]);
        for cut in 0..=entries.len() {
            let before = history[..cut].iter().rev().find(|event| matches!(event.change, Change::StateChanged { .. }));
            let mut pages = lens.timeline(&entries[..cut], Some(&companies[0].id), None, &ticket);
            pages.extend(lens.timeline(&entries[cut..], Some(&companies[0].id), before, &ticket));
            assert_eq!(pages, whole, "cut before {cut}");
        }
    }

    #[test]
    fn only_a_ticket_that_waits_on_the_customer_asks_for_something() {
        let (ada, catalog) = (ContactId::new("ada").unwrap(), catalog());
        let nothing = BTreeMap::new();
        let lens = Lens { contact: &ada, companies: &[], sight: Sight::All, parts: &nothing, catalog: &catalog };
        let mut row = ticket(TicketCategory::Customer, [false; 2], None, 0, true).row;
        let (message, note) = (parts().next(), parts().last());
        assert_eq!(lens.asked(&row, message.as_ref()), None);
        row.state_category = StateCategory::WaitingOnCustomer;
        assert_eq!(lens.asked(&row, message.as_ref()).unwrap().text, "words");
        assert_eq!((lens.asked(&row, None), lens.asked(&row, note.as_ref())), (None, None));
    }

    #[test]
    fn of_those_who_take_part_the_reader_the_creator_and_colleagues_are_named_and_all_others_counted() {
        let (ada, catalog, nothing) = (ContactId::new("ada").unwrap(), catalog(), BTreeMap::new());
        let companies = [company(0), company(1)];
        let lens = Lens { contact: &ada, companies: &companies, sight: Sight::All, parts: &nothing, catalog: &catalog };
        let person = |id: &str, name: Option<&str>, of: &[usize]| {
            let contact = Contact { name: name.map(str::to_owned), ..Contact::unrecorded(ContactId::new(id).unwrap()) };
            (contact, of.iter().map(|n| company(*n).id).collect::<BTreeSet<_>>())
        };
        let all = [
            person("ada", Some("Ada"), &[1]),
            person("bob", Some("bob"), &[]),
            person("cleo", Some("Cleo"), &[0, 1]),
            person("dan", Some("Of another company"), &[1]),
            person("eve", Some("eve@acme.example"), &[0]),
            person("fay", None, &[0]),
        ];
        let people = |row: &TicketRow| {
            let CustomerPeople { people, others, .. } = lens.people(row, all.iter().map(|(a, b)| (a, b)), 9);
            (people.into_iter().map(|it| (it.name, it.you, it.creator)).collect::<Vec<_>>(), others)
        };
        let named = |name: &str, you, creator| (name.to_owned(), you, creator);
        let (you, creator) = (named("Ada", true, false), named("bob", false, true));
        let acme = ticket(TicketCategory::Customer, [false; 2], Some(0), 1, true).row;
        assert_eq!(people(&acme), (vec![you.clone(), creator.clone(), named("Cleo", false, false)], 6));
        let of_nobody = ticket(TicketCategory::Customer, [false; 2], None, 1, true).row;
        assert_eq!(people(&of_nobody), (vec![you, creator], 7));
    }

    proptest! {
        #[test]
        fn what_may_not_be_seen_has_no_projection_and_no_projection_has_a_canary(
            category in prop::sample::select(vec![TicketCategory::Customer, TicketCategory::BackOffice, TicketCategory::Tracker]),
            seen_by in any::<[bool; 2]>(), of in prop::option::of(0usize..2), requester in 0usize..2, known in any::<bool>(),
            sight in prop::sample::select(vec![Sight::All, Sight::Own]), mine in prop::collection::vec(0usize..2, 0..2),
            events in prop::collection::vec(0usize..6, 0..5), part in prop::option::of(prop::option::of(0usize..2)),
            repeats in prop::option::of((any::<[bool; 2]>(), prop::option::of(0usize..2), 0usize..2)),
        ) {
            let (ada, catalog) = (ContactId::new("ada").unwrap(), catalog());
            let companies: Vec<_> = mine.into_iter().map(company).collect();
            let original = repeats.map(|(seen_by, of, requester)| {
                let mut it = ticket(TicketCategory::BackOffice, seen_by, of, requester, true).row;
                (it.id, it.number) = (TicketId::new("o").unwrap(), 4711);
                it
            });
            let mut ticket = ticket(category, seen_by, of, requester, known);
            ticket.duplicate_of = original.as_ref().map(|it| Duplicate { of: it.id.clone(), from: None });
            let part = part.map(|n| n.map_or(TakesPart::Theirs, |n| TakesPart::Through(company(n).id)));
            let taken = part.clone().map(|part| (ticket.row.id.clone(), part)).into_iter().collect();
            let lens = Lens { contact: &ada, companies: &companies, sight, parts: &taken, catalog: &catalog };
            let history: Vec<_> = events.into_iter().map(event).collect();
            let seen = lens.ticket(&ticket, original.as_ref(), None, &history, ticket.row.company.as_ref());
            let ids = companies.iter().map(|it| &it.id);
            prop_assert_eq!(seen.is_some(), visibility::may_see(&ada, ids, sight, part.as_ref(), &ticket.row));
            prop_assert_eq!(seen.is_some(), lens.row(&ticket.row).is_some());
            if let Some(seen) = seen {
                prop_assert_ne!(category, TicketCategory::Tracker);
                prop_assert!(!seen.row.private || seen.row.created_by.you);
                let entries: Vec<_> = history.iter().cloned().map(Entry::Event).chain(parts().map(Entry::Part)).collect();
                let timeline = lens.timeline(&entries, ticket.row.company.as_ref(), None, &ticket);
                let events: Vec<_> = timeline.iter().filter_map(event_of).cloned().collect();
                prop_assert_eq!(&events, &seen.history);
                prop_assert_eq!(timeline.len(), events.len() + 1, "a message, and no note");
                let ids = companies.iter().map(|it| &it.id);
                let sees_original = original.is_some_and(|it| visibility::may_see(&ada, ids, sight, None, &it));
                prop_assert_eq!(seen.duplicate_of.is_some(), sees_original);
                let json = serde_json::to_string(&(&seen, &timeline)).unwrap();
                prop_assert_eq!(json.contains("4711"), sees_original, "{}", json);
                prop_assert!(!json.contains(CANARY), "{}", json);
                prop_assert!(!json.contains("Name of another"), "{}", json);
                for (n, name) in ["Acme", "Beta"].into_iter().enumerate() {
                    prop_assert!(companies.contains(&company(n)) || !json.contains(name), "{}", json);
                }
            }
        }
    }
}
