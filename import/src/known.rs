//! What lines may refer to: what the file has brought so far, and what the table has.

use crate::{
    line::{ActorLine, Line},
    patience::patiently,
};
use domain::{
    catalog::Catalog,
    history::Actor,
    id::{CompanyId, ContactId, ConversationId, TeammateId},
    limit,
    settings::PortalSettings,
};
use std::{
    collections::{BTreeSet, HashMap},
    hash::Hash,
};
use store::{Store, StoreError};

/// A conversation that tickets can be linked to.
#[derive(Debug, Clone)]
pub(crate) struct Conversation {
    pub(crate) participants: BTreeSet<ContactId>,
    pub(crate) fingerprint: String,
}

/// `None` stands for what is not there, so that the table is asked once.
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

/// What some lines refer to.
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
                it.parts.iter().for_each(|part| self.actor(&part.author));
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

/// Those of `ids` that nobody has asked about.
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

    /// Asks the table about everything that `lines` refer to and the file has not brought.
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

    /// Conversations of an earlier import.
    async fn conversations(&mut self, store: &Store, ids: Vec<ConversationId>) -> Result<(), StoreError> {
        let mut heads = patiently(|| store.imported_conversations(&ids)).await?;
        for id in ids {
            let conversation = match heads.remove(&id) {
                Some((0, fingerprint)) => Some(Conversation { participants: BTreeSet::new(), fingerprint }),
                Some((_, fingerprint)) => {
                    Some(Conversation { participants: patiently(|| store.participants(&id)).await?, fingerprint })
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

    /// The name of a company that is known.
    pub(crate) fn company_name(&self, id: &CompanyId) -> Option<&str> {
        self.companies.get(id)?.as_deref()
    }

    /// The name of a contact.
    pub(crate) fn contact(&self, id: &ContactId) -> Result<Option<&str>, String> {
        match self.contacts.get(id) {
            Some(Some(name)) => Ok(name.as_deref()),
            _ => Err(format!("contact {:?} is not known", id.as_str())),
        }
    }

    pub(crate) fn conversation(&self, id: &ConversationId) -> Result<&Conversation, String> {
        match self.conversations.get(id) {
            Some(Some(conversation)) => Ok(conversation),
            _ => Err(format!("conversation {id} is not known")),
        }
    }

    /// Somebody with their name.
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
