//! Who sees a ticket, and who would see it if it belonged to another company. Teammates are shown this before a move.

use crate::table::{Store, StoreError};
use domain::{
    condition::Subject,
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
    /// Contacts who do not see it now and will, among those who were looked at.
    pub gains: People,
    /// Contacts who see it now and will not, among those who were looked at.
    pub loses: People,
    /// How many contacts were looked at: the requester, and members of either company in the order of their ids.
    pub looked_at: usize,
    /// How many other members the companies have, at least.
    pub others: usize,
}

/// Members of a company who are looked at.
const MOST_LOOKED_AT: usize = 200;
/// Contacts whose records are read at the same time.
const AT_ONCE: usize = 32;

impl Store {
    /// Finds out who gains and who loses sight of a ticket if it moves to `to`. Looks at a bounded number of people,
    /// and says how many it did not look at.
    pub async fn sight_change(
        &self,
        ticket: &TicketRow,
        to: Option<&CompanyId>,
        setting: &Visibility,
    ) -> Result<SightChange, StoreError> {
        let moved = TicketRow { company: to.cloned(), ..ticket.clone() };
        let ((now, more_now), (then, more_then)) =
            futures::try_join!(self.may_see_through(ticket, setting), self.may_see_through(&moved, setting))?;
        let people: BTreeSet<_> = now.into_iter().chain(then).chain([ticket.requester.clone()]).collect();
        let looks: Vec<_> = people.iter().map(|id| self.sight_of(id, ticket, &moved, setting)).collect();
        let mut change =
            SightChange { looked_at: people.len(), others: more_now + more_then, ..SightChange::default() };
        let mut looks = stream::iter(looks).buffered(AT_ONCE);
        while let Some((contact, before, after)) = looks.try_next().await? {
            match (before, after) {
                (false, true) => drop(change.gains.insert(contact.id, contact.name)),
                (true, false) => drop(change.loses.insert(contact.id, contact.name)),
                _ => {}
            }
        }
        Ok(change)
    }

    /// Reads the first members of the ticket's company, who may see it through that, and how many more there are.
    async fn may_see_through(
        &self,
        ticket: &TicketRow,
        setting: &Visibility,
    ) -> Result<(Vec<ContactId>, usize), StoreError> {
        // Where everybody sees only their own, nobody sees anything through a company.
        let nobody = setting.restrict && setting.conditions.is_empty();
        let Some(company) = ticket.company.as_ref().filter(|_| !nobody) else { return Ok((Vec::new(), 0)) };
        let mut members = self.many_members(company).await?;
        let others = members.len().saturating_sub(MOST_LOOKED_AT);
        members.truncate(MOST_LOOKED_AT);
        Ok((members, others))
    }

    /// Reads a contact, and whether they see the ticket as it is and as it would be.
    async fn sight_of(
        &self,
        id: &ContactId,
        ticket: &TicketRow,
        moved: &TicketRow,
        setting: &Visibility,
    ) -> Result<(Contact, bool, bool), StoreError> {
        let viewer = self.viewer(id).await?;
        let companies = if setting.conditions.iter().any(|it| it.subject == Subject::Company) {
            self.companies(&viewer.companies).await?.into_values().collect()
        } else {
            Vec::new()
        };
        let sight = sight(setting, &viewer.contact, &companies);
        let sees = |ticket| !viewer.contact.archived && may_see(id, &viewer.companies, sight, ticket);
        let (before, after) = (sees(ticket), sees(moved));
        Ok((viewer.contact, before, after))
    }
}
