//! Who sees a ticket, and who would see it if it belonged to another company. Teammates are shown this before a move.

use crate::{
    record::SpaceRecord,
    table::{Store, StoreError, key, keys, record, side_by_side, text},
};
use domain::{
    condition::Subject,
    contact::Contact,
    id::{CompanyId, ContactId},
    settings::Visibility,
    ticket::TicketRow,
    visibility::{Part, keeps_conversation, may_see, sight},
};
use std::collections::{BTreeMap, BTreeSet};

/// The names of contacts, by id.
pub type People = BTreeMap<ContactId, Option<String>>;

/// How a move changes who sees a ticket, among those who were looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SightChange {
    /// Contacts who do not see it now and will.
    pub gains: People,
    /// Contacts who see it now and will not.
    pub loses: People,
    /// Contacts who will see its conversation alone, which was theirs before there was a ticket, and do not now.
    pub gains_conversation: People,
    /// Contacts who see its conversation alone, and will not.
    pub loses_conversation: People,
    /// How many contacts were looked at: the requester, and members of either company and participants in the order of
    /// their ids.
    pub looked_at: usize,
    /// How many other members and participants there are, at least.
    pub others: usize,
}

/// How much of a ticket somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sees {
    Nothing,
    /// Its conversation alone.
    Conversation,
    Ticket,
}

/// Members of a company, and participants, who are looked at.
const MOST_LOOKED_AT: usize = 200;

impl SightChange {
    fn add(&mut self, contact: Contact, before: Sees, after: Sees) {
        let list = match (before, after) {
            (Sees::Ticket, Sees::Nothing | Sees::Conversation) => &mut self.loses,
            (Sees::Nothing | Sees::Conversation, Sees::Ticket) => &mut self.gains,
            (Sees::Conversation, Sees::Nothing) => &mut self.loses_conversation,
            (Sees::Nothing, Sees::Conversation) => &mut self.gains_conversation,
            _ => return,
        };
        list.insert(contact.id, contact.name);
    }
}

impl Store {
    /// Finds out who gains and who loses sight of a ticket, in whose conversation these participate, if it moves to `to`.
    /// Looks at a bounded number of people, and says how many it did not look at.
    pub async fn sight_change(
        &self,
        ticket: &TicketRow,
        participants: &BTreeSet<ContactId>,
        to: Option<&CompanyId>,
        setting: &Visibility,
    ) -> Result<SightChange, StoreError> {
        let moved = TicketRow { company: to.cloned(), ..ticket.clone() };
        let ((now, more_now), (then, more_then)) =
            futures::try_join!(self.may_see_through(ticket, setting), self.may_see_through(&moved, setting))?;
        let in_it = participants.iter().take(MOST_LOOKED_AT).cloned();
        let people: BTreeSet<_> = now.into_iter().chain(then).chain(in_it).chain([ticket.requester.clone()]).collect();
        let others = participants.iter().skip(MOST_LOOKED_AT).filter(|id| !people.contains(*id)).count();
        let parts = self.parts_in(ticket, people.intersection(participants)).await?;
        let looks = people.iter().map(|id| self.sight_of(id, parts.get(id), [ticket, &moved], setting));
        let mut change =
            SightChange { looked_at: people.len(), others: more_now + more_then + others, ..SightChange::default() };
        for (contact, [before, after]) in side_by_side(looks).await? {
            change.add(contact, before, after);
        }
        Ok(change)
    }

    /// Reads how these participants came to take part in a ticket.
    async fn parts_in<'a>(
        &self,
        ticket: &TicketRow,
        participants: impl Iterator<Item = &'a ContactId>,
    ) -> Result<BTreeMap<&'a ContactId, Part>, StoreError> {
        let people: BTreeMap<_, _> = participants.map(|id| (keys::contact(id), id)).collect();
        let entries = people.keys().map(|partition| key(partition.clone(), keys::space(&ticket.id))).collect();
        let mut parts = BTreeMap::new();
        for item in self.get_all(entries).await? {
            let id = people.get(text(&item, "pk")).copied();
            if let (Some(id), Some(part)) = (id, record::<SpaceRecord>(item)?.part()) {
                parts.insert(id, part);
            }
        }
        Ok(parts)
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

    /// Reads a contact, and what they see of the ticket as it is and as it would be.
    async fn sight_of(
        &self,
        id: &ContactId,
        part: Option<&Part>,
        tickets: [&TicketRow; 2],
        setting: &Visibility,
    ) -> Result<(Contact, [Sees; 2]), StoreError> {
        let viewer = self.viewer(id).await?;
        let companies = if setting.conditions.iter().any(|it| it.subject == Subject::Company) {
            self.companies(&viewer.companies).await?.into_values().collect()
        } else {
            Vec::new()
        };
        let sight = sight(setting, &viewer.contact, &companies);
        let sees = tickets.map(|ticket| {
            if viewer.contact.archived {
                Sees::Nothing
            } else if may_see(id, &viewer.companies, sight, part, ticket) {
                Sees::Ticket
            } else if part == Some(&Part::Theirs) && keeps_conversation(id, &viewer.companies, ticket) {
                Sees::Conversation
            } else {
                Sees::Nothing
            }
        });
        Ok((viewer.contact, sees))
    }
}
