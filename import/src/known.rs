//! What lines can refer to: earlier lines of the file, and what the table has.

use crate::{
    line::{ActorLine, Line},
    patience::patiently,
};
use domain::{
    catalog::Catalog,
    history::Actor,
    id::{CompanyId, ContactId, ConversationId, TeammateId, TicketId},
    limit,
    settings::PortalSettings,
};
use std::{
    collections::{BTreeSet, HashMap},
    hash::Hash,
};
use store::{ImportedConversation, Store, StoreError};

/// A conversation that tickets can be linked to.
#[derive(Debug, Clone)]
pub(crate) struct Conversation {
    pub(crate) participants: BTreeSet<ContactId>,
    pub(crate) fingerprint: String,
    /// The ticket that it is linked to, in the table or by a line before.
    pub(crate) ticket: Option<TicketId>,
}

/// What is known, by id. `None` means that it does not exist, so that the table is asked only once.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) settings: PortalSettings,
    pub(crate) catalog: Catalog,
    /// What the catalog takes of `domain::limit::MOST_CATALOG`.
    pub(crate) catalog_bytes: usize,
    pub(crate) companies: HashMap<CompanyId, Option<String>>,
    pub(crate) contacts: HashMap<ContactId, Option<Option<String>>>,
    pub(crate) teammates: HashMap<TeammateId, Option<Option<String>>>,
    pub(crate) conversations: HashMap<ConversationId, Option<Conversation>>,
}

/// The ids that some lines refer to.
#[derive(Debug, Default)]
struct References<'a> {
    companies: Vec<&'a CompanyId>,
    contacts: Vec<&'a ContactId>,
    teammates: Vec<&'a TeammateId>,
    conversations: Vec<&'a ConversationId>,
}

impl<'a> References<'a> {
    fn actor(&mut self, actor: &'a ActorLine) {
        match actor {
            ActorLine::Contact(id) => self.contacts.push(id),
            ActorLine::Teammate(id) => self.teammates.push(id),
        }
    }

    fn line(&mut self, line: &'a Line) {
        match line {
            Line::Contact(it) => self.companies.extend(&it.companies),
            Line::Conversation(it) => {
                self.contacts.extend(&it.participants);
                it.parts.good.iter().for_each(|(_, part)| self.actor(&part.author));
            }
            Line::Ticket(it) => {
                self.companies.extend(it.company.iter().flatten());
                self.contacts.push(&it.requester);
                self.conversations.extend(&it.conversation);
                for event in &it.history {
                    self.companies.extend(event.company.iter().chain(&event.previous_company));
                    event.by.iter().for_each(|by| self.actor(by));
                }
            }
            Line::Teammate(it) => self.teammates.push(&it.id),
            Line::Settings(_) | Line::TicketType(_) | Line::TicketState(_) | Line::Company(_) => {}
        }
    }
}

/// Returns those of `ids` that have not been looked up yet.
fn new<I: Clone + Ord + Hash, T>(ids: Vec<&I>, known: &HashMap<I, T>) -> BTreeSet<I> {
    ids.into_iter().filter(|id| !known.contains_key(*id)).cloned().collect()
}

impl Known {
    pub(crate) async fn read(store: &Store) -> Result<Self, StoreError> {
        let workspace = patiently(|| store.workspace()).await?;
        let (settings, catalog) = ((*workspace.settings).clone(), (*workspace.catalog).clone());
        let types = catalog.types.values().map(limit::bytes_of_type);
        let catalog_bytes = types.chain(catalog.states.values().map(limit::bytes_of_state)).sum();
        Ok(Self { settings, catalog, catalog_bytes, ..Self::default() })
    }

    /// Looks up in the table everything that `lines` refer to and that is not known yet.
    pub(crate) async fn learn<'a>(
        &mut self,
        store: &Store,
        lines: impl Iterator<Item = &'a Line>,
    ) -> Result<(), StoreError> {
        let mut references = References::default();
        lines.for_each(|line| references.line(line));

        let companies = new(references.companies, &self.companies);
        if !companies.is_empty() {
            let mut recorded = patiently(|| store.companies(&companies)).await?;
            self.companies.extend(companies.into_iter().map(|id| {
                let name = recorded.remove(&id).map(|company| company.name);
                (id, name)
            }));
        }
        let contacts = new(references.contacts, &self.contacts);
        if !contacts.is_empty() {
            let mut names = patiently(|| store.contact_names(&contacts)).await?;
            self.contacts.extend(contacts.into_iter().map(|id| (id.clone(), names.remove(&id))));
        }
        let teammates = new(references.teammates, &self.teammates);
        if !teammates.is_empty() {
            let mut names = patiently(|| store.teammate_names(&teammates)).await?;
            self.teammates.extend(teammates.into_iter().map(|id| (id.clone(), names.remove(&id))));
        }
        let conversations: Vec<_> = new(references.conversations, &self.conversations).into_iter().collect();
        if !conversations.is_empty() {
            self.conversations(store, conversations).await?;
        }
        Ok(())
    }

    /// Looks up conversations of an earlier import.
    async fn conversations(&mut self, store: &Store, ids: Vec<ConversationId>) -> Result<(), StoreError> {
        let mut heads = patiently(|| store.imported_conversations(&ids)).await?;
        for id in ids {
            let conversation = match heads.remove(&id) {
                Some(ImportedConversation { participants, fingerprint, ticket, .. }) => {
                    let participants = match participants {
                        0 => BTreeSet::new(),
                        _ => patiently(|| store.participants(&id)).await?,
                    };
                    Some(Conversation { participants, fingerprint, ticket })
                }
                None => None,
            };
            self.conversations.insert(id, conversation);
        }
        Ok(())
    }

    pub(crate) fn company(&self, id: &CompanyId) -> Result<CompanyId, String> {
        match self.company_name(id) {
            Some(_) => Ok(id.clone()),
            None => Err(format!("company {:?} is not known", id.as_str())),
        }
    }

    /// Returns the name of a known company.
    pub(crate) fn company_name(&self, id: &CompanyId) -> Option<&str> {
        self.companies.get(id)?.as_deref()
    }

    /// Returns the name of a contact.
    pub(crate) fn contact(&self, id: &ContactId) -> Result<Option<&str>, String> {
        match self.contacts.get(id) {
            Some(Some(name)) => Ok(name.as_deref()),
            _ => Err(format!("contact {:?} is not known", id.as_str())),
        }
    }

    /// A conversation that this ticket can be linked to.
    pub(crate) fn conversation(&self, id: &ConversationId, of: &TicketId) -> Result<&Conversation, String> {
        let Some(Some(conversation)) = self.conversations.get(id) else {
            return Err(format!("conversation {id} is not known"));
        };
        match conversation.ticket.as_ref().filter(|ticket| *ticket != of) {
            Some(other) => Err(format!("conversation {id} is linked to ticket {other}, and can have one ticket only")),
            None => Ok(conversation),
        }
    }

    /// Notes that a line links a conversation to this ticket.
    pub(crate) fn link(&mut self, id: &ConversationId, to: &TicketId) {
        if let Some(Some(conversation)) = self.conversations.get_mut(id) {
            conversation.ticket = Some(to.clone());
        }
    }

    /// Returns an actor with their name.
    pub(crate) fn actor(&self, line: &ActorLine) -> Result<Actor, String> {
        match line {
            ActorLine::Contact(id) => Ok(Actor::Contact { id: id.clone(), name: self.contact(id)?.map(str::to_owned) }),
            ActorLine::Teammate(id) => match self.teammates.get(id) {
                Some(Some(name)) => Ok(Actor::Teammate { id: id.clone(), name: name.clone() }),
                _ => Err(format!("teammate {:?} is not known", id.as_str())),
            },
        }
    }
}
