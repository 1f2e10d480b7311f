//! What teammates see of a ticket: everything. These types are separate from the customers' types in
//! [`crate::projection`], so that no customer route can return them by mistake.

use crate::{
    catalog::{Catalog, TicketCategory},
    company::Company,
    conversation::{Part, PartKind},
    history::{Actor, Change, Event},
    id::{CompanyId, ContactId, ConversationId, PartId, StateId, TeammateId, TicketId, TypeId},
    projection::{ConversationSummary, CustomerCompany, UNKNOWN_TYPE},
    sentence::Sentence,
    state::StateCategory,
    ticket::{Ticket, TicketRow},
    timeline::Entry,
    timestamp::Timestamp,
    turn::{LastMessage, Turn, Who},
};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// Builds what teammates see, from the names of the things that tickets refer to.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    pub catalog: &'a Catalog,
    /// The companies to show, by id.
    pub companies: &'a BTreeMap<CompanyId, Company>,
    /// The names of the teammates to show, by id.
    pub teammates: &'a HashMap<TeammateId, Option<String>>,
}

/// A row of the Help Desk's list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeskRow {
    pub id: TicketId,
    pub number: u64,
    pub title: String,
    #[serde(rename = "type")]
    pub ticket_type: DeskType,
    /// The type's category.
    pub category: TicketCategory,
    /// Whether a back-office ticket is shared with customers.
    pub shared: bool,
    /// Whether its creator keeps it from their colleagues.
    pub private: bool,
    /// Whether customers may see the ticket at all.
    pub customer_visible: bool,
    pub state: DeskState,
    /// The name that teammates use for the state.
    pub internal_label: String,
    /// `None` means No company.
    pub company: Option<CustomerCompany>,
    /// The contact the ticket was created for. Customers get a field of this name too.
    pub created_by: Named<ContactId>,
    /// The same contact as in `created_by`.
    pub requester: Named<ContactId>,
    pub created_at: Timestamp,
    /// When something that customers can see last changed.
    pub updated_at: Timestamp,
    /// Whose turn it is, and since when.
    pub turn: DeskTurn,
    /// The public message that was written last.
    pub last_message: Option<DeskMessage>,
    /// The path of its page in the Help Desk.
    pub url: String,
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DeskTurn {
    /// `us`, `customer` or `none`.
    pub who: &'static str,
    pub since: Timestamp,
}

impl From<Turn> for DeskTurn {
    fn from(Turn { who, since }: Turn) -> Self {
        let who = match who {
            Who::Us => "us",
            Who::Customer => "customer",
            Who::Nobody => "none",
        };
        Self { who, since }
    }
}

/// The beginning of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeskMessage {
    pub author: Author,
    /// Its first 140 characters.
    pub text: String,
    pub at: Timestamp,
}

impl From<&LastMessage> for DeskMessage {
    fn from(message: &LastMessage) -> Self {
        Self { author: message.author.clone().into(), text: message.text.clone(), at: message.at }
    }
}

/// A ticket type, with what both audiences call it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeskType {
    pub id: TypeId,
    pub name: String,
    /// What customers read in place of the name.
    pub external_label: String,
    /// An emoji, or empty.
    pub icon: String,
}

/// A state, with what both audiences need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeskState {
    pub id: StateId,
    pub category: StateCategory,
    /// The label that customers read.
    pub label: String,
}

/// A person, with their name where it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named<I> {
    pub id: I,
    pub name: Option<String>,
}

impl<I: ToString> Named<I> {
    /// Returns what to show: the name, or the id if there is no name.
    #[must_use]
    pub fn shown(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.id.to_string())
    }
}

/// Everything about one ticket.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeskTicket {
    /// The fields that lists show.
    #[serde(flatten)]
    pub row: DeskRow,
    /// Plain text.
    pub description: String,
    /// All attributes of the type, in its order; null where the ticket has no value.
    pub attributes: Vec<DeskAttribute>,
    /// The teammate who is responsible for it.
    pub assignee: Option<Named<TeammateId>>,
    /// Whether a teammate chose the company.
    pub company_chosen: bool,
    /// The linked conversation.
    pub conversation: Option<DeskConversation>,
    /// The ticket that it repeats.
    pub duplicate_of: Option<DeskOther>,
    /// The tickets that repeat it, by their numbers.
    pub duplicates: Vec<DeskOther>,
    /// Oldest first.
    pub history: Vec<DeskEvent>,
    /// The version that a change must name.
    pub version: u64,
}

/// An attribute of a ticket.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeskAttribute {
    pub name: String,
    pub value: Value,
    /// Whether customers see the attribute.
    pub visible_to_contacts: bool,
}

/// What a ticket shows of another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeskOther {
    pub id: TicketId,
    pub number: u64,
    pub title: String,
    /// Its company's name. `None` means No company.
    pub company: Option<String>,
    /// The path of its page in the Help Desk.
    pub url: String,
}

/// What a ticket shows of its linked conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeskConversation {
    pub id: ConversationId,
    /// The number of contacts who participate.
    pub participants: u64,
}

/// A line of the ticket's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeskEvent {
    pub at: Timestamp,
    /// `created`, `state_changed`, `company_changed`, `joined`, `duplicate_of` or `duplicated_by`.
    pub event: &'static str,
    /// The event as a sentence.
    pub text: Sentence,
    /// The name of who did it, where known.
    pub by: Option<String>,
    /// The company before, if the event changed it. The inner `None` means No company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Option<CompanyId>>,
    /// The company after, if the event changed it. The inner `None` means No company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Option<CompanyId>>,
}

/// An entry of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DeskEntry {
    Message(Said),
    Note(Said),
    Event(DeskEvent),
}

/// What somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    pub id: PartId,
    pub author: Author,
    /// Plain text.
    pub body: String,
    pub at: Timestamp,
}

/// Who wrote something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Author {
    /// `contact`, `teammate` or `system`.
    pub kind: &'static str,
    /// `None` for the system.
    pub id: Option<String>,
    /// Their name, if it is known.
    pub name: Option<String>,
}

impl From<Actor> for Author {
    fn from(actor: Actor) -> Self {
        match actor {
            Actor::Contact { id, name } => Self { kind: "contact", id: Some(id.into()), name },
            Actor::Teammate { id, name } => Self { kind: "teammate", id: Some(id.into()), name },
            Actor::System => Self { kind: "system", id: None, name: None },
        }
    }
}

impl Desk<'_> {
    /// Builds a row of a list.
    #[must_use]
    pub fn row(&self, ticket: &TicketRow) -> DeskRow {
        let state = self.catalog.states.get(&ticket.state);
        let default = ticket.state_category.default_label();
        let requester = Named { id: ticket.requester.clone(), name: ticket.requester_name.clone() };
        DeskRow {
            id: ticket.id.clone(),
            number: ticket.number,
            title: ticket.title.clone(),
            ticket_type: self.ticket_type(&ticket.ticket_type),
            category: ticket.category,
            shared: ticket.shared,
            private: ticket.private,
            customer_visible: ticket.is_customer_visible(),
            state: DeskState {
                id: ticket.state.clone(),
                category: ticket.state_category,
                label: state.map_or(default, |state| &state.external_label).into(),
            },
            internal_label: state.map_or(default, |state| &state.internal_label).into(),
            company: ticket.company.as_ref().map(|id| self.company(id)),
            created_by: requester.clone(),
            requester,
            created_at: ticket.created_at,
            updated_at: ticket.updated_at,
            turn: ticket.turn().into(),
            last_message: ticket.last_message().as_ref().map(Into::into),
            url: format!("/helpdesk/tickets/{}", ticket.id),
        }
    }

    /// Returns a type by its id, including one that is no longer in the catalog.
    fn ticket_type(&self, id: &TypeId) -> DeskType {
        let known = self.catalog.types.get(id);
        DeskType {
            id: id.clone(),
            name: known.map_or(UNKNOWN_TYPE, |it| &it.name).into(),
            external_label: known.map_or(UNKNOWN_TYPE, |it| &it.external_label).into(),
            icon: known.map(|it| it.icon.clone()).unwrap_or_default(),
        }
    }

    /// Builds the whole ticket. `others` are those that it repeats, or that repeat it.
    #[must_use]
    pub fn ticket(
        &self,
        ticket: &Ticket,
        others: &[Ticket],
        conversation: Option<ConversationSummary>,
        history: &[Event],
    ) -> DeskTicket {
        let original = ticket.duplicate_of.as_ref().map(|it| &it.of);
        let mut duplicates: Vec<_> =
            others.iter().filter(|it| ticket.duplicates.contains(&it.row.id)).map(|it| self.other(it)).collect();
        duplicates.sort_by_key(|it| it.number);
        let defined = self.catalog.types.get(&ticket.row.ticket_type).map(|it| it.attributes.as_slice());
        let attributes = defined.unwrap_or_default().iter().map(|definition| DeskAttribute {
            name: definition.name.clone(),
            value: ticket.attributes.get(&definition.name).map_or(Value::Null, |it| definition.data_type.shown(it)),
            visible_to_contacts: definition.visible_to_contacts,
        });
        let named = |id: &TeammateId| Named { id: id.clone(), name: self.teammates.get(id).cloned().flatten() };
        DeskTicket {
            row: self.row(&ticket.row),
            description: ticket.description.clone(),
            attributes: attributes.collect(),
            assignee: ticket.assignee.as_ref().map(named),
            company_chosen: ticket.company_chosen,
            conversation: conversation.map(|it| DeskConversation { id: it.id, participants: it.participants }),
            duplicate_of: others.iter().find(|it| Some(&it.row.id) == original).map(|it| self.other(it)),
            duplicates,
            history: history.iter().map(|event| self.event(event)).collect(),
            version: ticket.version,
        }
    }

    fn other(&self, ticket: &Ticket) -> DeskOther {
        DeskOther {
            id: ticket.row.id.clone(),
            number: ticket.row.number,
            title: ticket.row.title.clone(),
            company: ticket.row.company.as_ref().map(|id| self.company(id).name),
            url: format!("/helpdesk/tickets/{}", ticket.row.id),
        }
    }

    /// Builds a page of the timeline.
    #[must_use]
    pub fn timeline(&self, entries: Vec<Entry>) -> Vec<DeskEntry> {
        let shown = entries.into_iter().map(|entry| match entry {
            Entry::Event(event) => DeskEntry::Event(self.event(&event)),
            Entry::Part(Part { id, kind, author, body, at }) => {
                let said = Said { id, author: author.into(), body, at };
                match kind {
                    PartKind::Message => DeskEntry::Message(said),
                    PartKind::Note => DeskEntry::Note(said),
                }
            }
        });
        shown.collect()
    }

    /// Returns a company by its id, including one that is no longer recorded.
    #[must_use]
    pub fn company(&self, id: &CompanyId) -> CustomerCompany {
        self.companies.get(id).map_or_else(|| CustomerCompany::unnamed(id.clone()), CustomerCompany::from)
    }

    fn event(&self, event: &Event) -> DeskEvent {
        let by = who(&event.by);
        let subject = by.as_deref().unwrap_or("Someone");
        let called = |company: &Option<CompanyId>| {
            company.as_ref().map_or_else(|| "No company".to_owned(), |id| self.company(id).name)
        };
        let (kind, text) = match &event.change {
            Change::Created => ("created", Sentence::of(|it| format!("{} created the ticket", it(subject)))),
            Change::StateChanged { to } => {
                let label = to.as_ref().map(|(id, category)| {
                    self.catalog.states.get(id).map_or(category.default_label(), |state| &state.internal_label)
                });
                let label = label.unwrap_or("another state");
                let did = if event.is_reply() { "replied, and the state changed" } else { "changed the state" };
                ("state_changed", Sentence::of(|it| format!("{} {did} to {}", it(subject), it(label))))
            }
            Change::CompanyChanged { from, to } => {
                let (from, to) = (called(from), called(to));
                let text = |it: fn(&str) -> String| {
                    format!("{} changed the company from {} to {}", it(subject), it(&from), it(&to))
                };
                ("company_changed", Sentence::of(text))
            }
            Change::Joined { .. } => ("joined", Sentence::of(|it| format!("{} joined the conversation", it(subject)))),
            Change::DuplicateOf { number, ends, .. } => {
                let did = if *ends { "took back that it is" } else { "marked it as" };
                ("duplicate_of", Sentence::of(|it| format!("{} {did} a duplicate of #{number}", it(subject))))
            }
            Change::DuplicatedBy { number, ends: false, .. } => {
                ("duplicated_by", Sentence::of(|it| format!("{} marked #{number} as a duplicate of it", it(subject))))
            }
            Change::DuplicatedBy { number, .. } => {
                let text =
                    |it: fn(&str) -> String| format!("{} took back that #{number} is a duplicate of it", it(subject));
                ("duplicated_by", Sentence::of(text))
            }
        };
        let (before, after) = match &event.change {
            Change::CompanyChanged { from, to } => (Some(from.clone()), Some(to.clone())),
            _ => (None, None),
        };
        DeskEvent { at: event.at, event: kind, text, by, before, after }
    }
}

/// Returns a name for whoever did something; `None` for [`Actor::System`].
#[must_use]
pub fn who(actor: &Actor) -> Option<String> {
    match actor {
        Actor::Contact { id, name } => Some(name.clone().unwrap_or_else(|| id.to_string())),
        Actor::Teammate { id, name } => Some(name.clone().unwrap_or_else(|| id.to_string())),
        Actor::System => None,
    }
}

/// Returns the companies that a row and its history mention.
pub fn companies_named<'a>(
    row: &TicketRow,
    history: impl IntoIterator<Item = &'a Event>,
) -> impl Iterator<Item = CompanyId> {
    let moves = history.into_iter().flat_map(|event| match &event.change {
        Change::CompanyChanged { from, to } => [from.clone(), to.clone()],
        _ => [None, None],
    });
    row.company.clone().into_iter().chain(moves.flatten()).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalog::{AttributeDefinition, DataType, TicketType},
        id::TypeId,
        state::TicketState,
    };
    use serde_json::json;

    fn company(id: &str) -> CompanyId {
        CompanyId::new(id).unwrap()
    }

    fn at() -> Timestamp {
        "2026-11-01T09:00:00Z".parse().unwrap()
    }

    fn ticket() -> Ticket {
        let row = TicketRow {
            id: TicketId::new("tk-1").unwrap(),
            number: 7,
            title: "It fails".into(),
            ticket_type: TypeId::new("bug").unwrap(),
            category: TicketCategory::BackOffice,
            shared: false,
            private: false,
            state: StateId::new("triage").unwrap(),
            state_category: StateCategory::InProgress,
            company: Some(company("a")),
            requester: ContactId::new("ada").unwrap(),
            requester_name: None,
            created_at: at(),
            updated_at: at(),
            turn_since: None,
            exchange: Default::default(),
        };
        let attributes =
            BTreeMap::from([("Cause".to_owned(), json!("a leak")), ("Of another type".to_owned(), json!(1))]);
        Ticket {
            row,
            description: "Always".into(),
            attributes,
            conversation: None,
            company_name: None,
            company_chosen: true,
            assignee: Some(TeammateId::new("t-1").unwrap()),
            waited_from: None,
            duplicate_of: None,
            duplicates: Default::default(),
            version: 3,
        }
    }

    fn catalog() -> Catalog {
        let attribute = |name: &str| AttributeDefinition::new(name, DataType::String, false);
        let bug = TicketType {
            id: TypeId::new("bug").unwrap(),
            name: "Bug, not triaged".into(),
            external_label: "Bug".into(),
            icon: String::new(),
            category: TicketCategory::BackOffice,
            attributes: vec![attribute("Severity"), attribute("Cause")],
        };
        let triage = TicketState {
            id: StateId::new("triage").unwrap(),
            category: StateCategory::InProgress,
            internal_label: "Triage".into(),
            external_label: "In progress".into(),
            position: 0,
        };
        Catalog { types: [(bug.id.clone(), bug)].into(), states: [(triage.id.clone(), triage)].into() }
    }

    /// Returns what teammates see when `catalog` is the whole catalog and Grace is the only teammate.
    fn shown(catalog: &Catalog, ticket: &Ticket, history: &[Event]) -> DeskTicket {
        let acme = Company::new(company("a"), "Acme".into());
        let companies = BTreeMap::from([(company("a"), acme)]);
        let teammates = HashMap::from([(TeammateId::new("t-1").unwrap(), Some("Grace".to_owned()))]);
        Desk { catalog, companies: &companies, teammates: &teammates }.ticket(ticket, &[], None, history)
    }

    #[test]
    fn teammates_see_hidden_tickets_internal_labels_and_every_attribute() {
        let seen = shown(&catalog(), &ticket(), &[]);
        assert!(!seen.row.customer_visible);
        let of_type = &seen.row.ticket_type;
        assert_eq!((of_type.name.as_str(), of_type.external_label.as_str()), ("Bug, not triaged", "Bug"));
        assert_eq!((seen.row.internal_label.as_str(), seen.row.state.label.as_str()), ("Triage", "In progress"));
        let attributes: Vec<_> = seen.attributes.iter().map(|it| (it.name.as_str(), &it.value)).collect();
        assert_eq!(attributes, [("Severity", &Value::Null), ("Cause", &json!("a leak"))]);
        assert_eq!(seen.assignee.unwrap().shown(), "Grace");
        assert_eq!(seen.row.requester.shown(), "ada", "the id where nobody knows a name");
        assert_eq!(seen.row.url, "/helpdesk/tickets/tk-1");
    }

    #[test]
    fn what_is_no_longer_recorded_is_shown_by_what_is_known_of_it() {
        let mut old = ticket();
        old.row.company = Some(company("gone"));
        old.assignee = Some(TeammateId::new("t-9").unwrap());
        let seen = shown(&Catalog::default(), &old, &[]);
        assert_eq!(seen.row.company.unwrap().id, company("gone"));
        assert_eq!((seen.row.state.label.as_str(), seen.row.internal_label.as_str()), ("In progress", "In progress"));
        let of_type = seen.row.ticket_type;
        assert_eq!(
            (of_type.id.as_str(), of_type.name.as_str(), of_type.external_label.as_str()),
            ("bug", "Ticket", "Ticket")
        );
        assert_eq!(seen.assignee.unwrap().shown(), "t-9");
        assert_eq!(seen.attributes, []);
    }

    #[test]
    fn history_says_who_did_what_and_from_where_to_where_a_ticket_moved() {
        let grace = Actor::Teammate { id: TeammateId::new("t-1").unwrap(), name: Some("Grace".into()) };
        let ada = Actor::Contact { id: ContactId::new("ada").unwrap(), name: None };
        let triage = Some((StateId::new("triage").unwrap(), StateCategory::InProgress));
        let lost = Some((StateId::new("lost").unwrap(), StateCategory::Resolved));
        let event = |by: &Actor, change| Event { at: at(), by: by.clone(), change };
        let history = [
            event(&ada, Change::Created),
            event(&grace, Change::StateChanged { to: triage }),
            event(&grace, Change::StateChanged { to: lost }),
            event(&Actor::System, Change::StateChanged { to: None }),
            event(&grace, Change::CompanyChanged { from: None, to: Some(company("a")) }),
            event(&grace, Change::CompanyChanged { from: Some(company("a")), to: None }),
            event(&ada, Change::Joined { through: None }),
            event(&grace, Change::DuplicateOf { other: TicketId::new("o").unwrap(), number: 12, ends: false }),
            event(&grace, Change::DuplicateOf { other: TicketId::new("o").unwrap(), number: 12, ends: true }),
            event(&grace, Change::DuplicatedBy { other: TicketId::new("o").unwrap(), number: 12, ends: false }),
            event(&grace, Change::DuplicatedBy { other: TicketId::new("o").unwrap(), number: 12, ends: true }),
        ];
        let seen = shown(&catalog(), &ticket(), &history).history;
        let words: Vec<_> = seen.iter().map(|it| it.text.plain()).collect();
        assert_eq!(
            words,
            [
                "ada created the ticket",
                "Grace changed the state to Triage",
                "Grace changed the state to Resolved",
                "Someone changed the state to another state",
                "Grace changed the company from No company to Acme",
                "Grace changed the company from Acme to No company",
                "ada joined the conversation",
                "Grace marked it as a duplicate of #12",
                "Grace took back that it is a duplicate of #12",
                "Grace marked #12 as a duplicate of it",
                "Grace took back that #12 is a duplicate of it",
            ]
        );
        assert_eq!((&seen[4].before, &seen[4].after), (&Some(None), &Some(Some(company("a")))));
        let (by, moved) = (serde_json::to_value(&seen[3]).unwrap(), serde_json::to_value(&seen[5]).unwrap());
        assert_eq!((&by["by"], by.get("before")), (&Value::Null, None));
        assert_eq!(
            (&moved["before"], moved.get("after")),
            (&json!("a"), Some(&Value::Null)),
            "No company is said, not left out"
        );
        assert_eq!(companies_named(&ticket().row, &history).collect::<std::collections::BTreeSet<_>>().len(), 1);
    }
}
