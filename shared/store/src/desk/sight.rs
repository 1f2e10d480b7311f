//! Who sees a ticket, and who would see it if it belonged to another company. Teammates are shown this before a move.

use crate::table::{Store, StoreError};
use domain::{
    contact::Contact,
    id::{CompanyId, ContactId},
    settings::Visibility,
    ticket::TicketRow,
    visibility::{may_see, sight},
};
use futures::{StreamExt, TryStreamExt, stream};
use std::collections::{BTreeMap, BTreeSet};

/// The names of contacts, by id.
pub type People = BTreeMap<ContactId, Option<String>>;

/// How a move changes who sees a ticket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SightChange {
    /// Contacts who do not see it now and will.
    pub gains: People,
    /// Contacts who see it now and will not.
    pub loses: People,
}

/// Contacts whose records are read at the same time.
const AT_ONCE: usize = 16;

impl Store {
    /// Finds out who gains and who loses sight of a ticket if it moves to `to`.
    pub async fn sight_change(
        &self,
        ticket: &TicketRow,
        to: Option<&CompanyId>,
        setting: &Visibility,
    ) -> Result<SightChange, StoreError> {
        let moved = TicketRow { company: to.cloned(), ..ticket.clone() };
        let (before, after) = futures::try_join!(self.who_sees(ticket, setting), self.who_sees(&moved, setting))?;
        let only = |these: &People, those: &People| {
            these
                .iter()
                .filter(|(id, _)| !those.contains_key(*id))
                .map(|(id, name)| (id.clone(), name.clone()))
                .collect()
        };
        Ok(SightChange { gains: only(&after, &before), loses: only(&before, &after) })
    }

    async fn who_sees(&self, ticket: &TicketRow, setting: &Visibility) -> Result<People, StoreError> {
        let members = match &ticket.company {
            Some(company) => self.all_members(company).await?,
            None => Vec::new(),
        };
        let everybody: BTreeSet<_> = members.into_iter().chain([ticket.requester.clone()]).collect();
        if setting.restrict && !setting.conditions.is_empty() {
            return self.who_sees_under_conditions(ticket, setting, everybody).await;
        }
        let sees = |id: &ContactId| {
            may_see(id, &ticket.company, sight(setting, &Contact::unrecorded(id.clone()), &[]), ticket)
        };
        let seeing: BTreeSet<_> = everybody.into_iter().filter(sees).collect();
        let mut people: People = seeing.iter().map(|id| (id.clone(), None)).collect();
        for contact in self.contacts(&seeing).await? {
            if contact.archived {
                people.remove(&contact.id);
            } else {
                people.insert(contact.id, contact.name);
            }
        }
        Ok(people)
    }

    /// Reads each contact and their companies, because the conditions depend on both.
    async fn who_sees_under_conditions(
        &self,
        ticket: &TicketRow,
        setting: &Visibility,
        everybody: BTreeSet<ContactId>,
    ) -> Result<People, StoreError> {
        let looks = everybody.into_iter().map(|id| async move {
            let viewer = self.viewer(&id).await?;
            let companies: Vec<_> = self.companies(&viewer.companies).await?.into_values().collect();
            let seen = may_see(&id, &viewer.companies, sight(setting, &viewer.contact, &companies), ticket);
            Ok::<_, StoreError>((seen && !viewer.contact.archived).then_some((id, viewer.contact.name)))
        });
        stream::iter(looks).buffer_unordered(AT_ONCE).try_filter_map(|it| async { Ok(it) }).try_collect().await
    }
}
