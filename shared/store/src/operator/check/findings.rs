//! What is wrong with what was counted.

use super::{
    Finding,
    census::{Bodies, Body, Census, Rows, Searched, Talk, hash},
};
use crate::{
    record::{
        Counters,
        index::{Entry, Placing},
    },
    table::keys,
};
use domain::{
    id::{CompanyId, ConversationId, TicketId},
    ticket::TicketRow,
    turn::Who,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    mem::take,
};

/// What tickets say of companies and conversations, and what is wrong with them that conversations explain.
#[derive(Default)]
struct Told {
    counted: BTreeMap<CompanyId, Counters>,
    linked: BTreeMap<ConversationId, Vec<TicketId>>,
    /// The numbers of participants.
    participants: BTreeMap<ConversationId, Vec<u64>>,
    /// Tickets that are wrong in somebody's tickets space.
    entries_wrong: BTreeSet<TicketId>,
    turns: BTreeSet<TicketId>,
    waiting: BTreeSet<TicketId>,
}

impl Census {
    pub(super) fn findings(mut self) -> Vec<Finding> {
        let mut findings = self.of_single_items();
        let mut told = Told::default();
        let bodies = take(&mut self.bodies);
        for (id, Body { row, digest, conversation }) in &bodies {
            findings.extend(self.of_home(id, row, *digest));
            findings.extend(self.of_creator(id, row, *digest, &mut told));
            findings.extend(self.of_link(id, conversation.as_ref(), &mut told));
            self.of_turn(id, row, conversation.as_ref(), &mut told);
            findings.extend(self.of_category(id, row));
            if let Some(company) = &row.company {
                told.counted.entry(company.clone()).or_default().count(row);
            }
        }
        findings.extend(self.of_conversations(&mut told));
        findings.extend(self.left_over());
        findings.extend(self.of_counters(told.counted));
        findings.extend(self.of_words(&bodies));
        findings.extend(self.of_memberships());
        findings
    }

    /// What an item tells by itself, or two that name each other.
    fn of_single_items(&mut self) -> Vec<Finding> {
        let mut findings: Vec<_> = take(&mut self.unreadable).into_iter().map(Finding::Unreadable).collect();
        findings.extend(take(&mut self.unfinished).into_iter().map(Finding::Unfinished));
        let odd = take(&mut self.following).into_iter().filter(|(_, sum)| *sum != 0);
        findings.extend(odd.map(|(ticket, _)| Finding::Followers(ticket)));
        let said_once = self.repeats.symmetric_difference(&self.repeated);
        let said_once: BTreeSet<_> = said_once.map(|(ticket, _)| ticket.clone()).collect();
        findings.extend(said_once.into_iter().map(Finding::Duplicate));
        findings.append(&mut self.wrong_cases);
        let lacking = self.desk.lacks(&self.cases);
        findings.extend((!lacking.is_empty()).then_some(Finding::InboxMiscounted { lacking }));
        findings
    }

    fn of_home(&mut self, id: &TicketId, row: &TicketRow, digest: u64) -> Vec<Finding> {
        let home = keys::home(row.company.as_ref(), &row.requester);
        let (at_home, strays): (Vec<_>, Vec<_>) =
            self.homes.remove(id).unwrap_or_default().into_iter().partition(|(partition, _)| *partition == home);
        let wrong = match at_home.first() {
            None => Some(Finding::Homeless(id.clone())),
            Some((_, found)) => (*found != Some(digest)).then(|| Finding::Different(id.clone())),
        };
        let stray = |(partition, _)| Finding::Stray { ticket: id.clone(), partition };
        wrong.into_iter().chain(strays.into_iter().map(stray)).collect()
    }

    /// Whether the creator, and nobody else, has it as theirs.
    fn of_creator(&mut self, id: &TicketId, row: &TicketRow, digest: u64, told: &mut Told) -> Vec<Finding> {
        let creator = keys::contact(&row.requester);
        let is_theirs = |(partition, _): &(String, Option<u64>)| *partition == creator;
        let usurped = |(partition, _)| Finding::Usurped { ticket: id.clone(), partition };
        let is_right = |(_, found): &(String, Option<u64>)| *found == Some(digest);

        let (alone, others): (Vec<_>, Vec<_>) =
            self.private.remove(id).unwrap_or_default().into_iter().partition(is_theirs);
        let keeps = alone.len() == usize::from(row.is_its_creators_alone()) && alone.iter().all(is_right);
        let mut findings: Vec<_> = others.into_iter().map(usurped).collect();

        let (entries, usurpers): (Vec<_>, Vec<_>) =
            self.spaces.remove(id).unwrap_or_default().into_iter().partition(is_theirs);
        let is_wrong = !keeps || !entries.iter().any(is_right);
        if is_wrong || !usurpers.is_empty() {
            told.entries_wrong.insert(id.clone());
        }
        findings.extend(is_wrong.then(|| Finding::Space(id.clone())));
        findings.extend(usurpers.into_iter().map(usurped));
        findings
    }

    fn of_link(&mut self, id: &TicketId, conversation: Option<&ConversationId>, told: &mut Told) -> Option<Finding> {
        if let Some(conversation) = conversation {
            told.linked.entry(conversation.clone()).or_default().push(id.clone());
        }
        match (self.links.remove(id), conversation) {
            (Some((shown, count)), Some(conversation)) if shown == *conversation => {
                told.participants.entry(shown).or_default().push(count);
                None
            }
            (None, None) => None,
            _ => Some(Finding::Unlinked(id.clone())),
        }
    }

    /// Whether it waits on whom its conversation says. What a version without turns wrote says nothing of it.
    fn of_turn(&self, id: &TicketId, row: &TicketRow, conversation: Option<&ConversationId>, told: &mut Told) {
        if row.turn_since.is_none() {
            return;
        }
        let talk = conversation.and_then(|it| self.talks.get(&keys::conversation(it)));
        let mut people = talk.map(|talk| talk.first.clone()).unwrap_or_default();
        people.insert(hash(&keys::contact(&row.requester)));
        people.retain(|_| row.turn().who == Who::Customer);
        let sum = people.into_iter().fold(0, u64::wrapping_add);
        if self.waits_on.get(id).copied().unwrap_or(0) != sum {
            told.waiting.insert(id.clone());
        }
        if !talk.unwrap_or(&Talk::default()).agrees(row, self.decided.get(id).copied()) {
            told.turns.insert(id.clone());
        }
    }

    fn of_category(&self, id: &TicketId, row: &TicketRow) -> Option<Finding> {
        let of_type = self.catalog.types.get(&row.ticket_type).map_or(row.category, |it| it.category);
        let of_state = self.catalog.states.get(&row.state).map_or(row.state_category, |it| it.category);
        ((of_type, of_state) != (row.category, row.state_category)).then(|| Finding::Category(id.clone()))
    }

    fn of_conversations(&mut self, told: &mut Told) -> Vec<Finding> {
        // Of one that does not lead to its ticket, that is found below.
        let wrong = take(&mut self.wrong_talks).into_iter().filter(|id| !told.linked.contains_key(id));
        let mut findings: Vec<_> = wrong.map(Finding::ConversationInbox).collect();
        for talk in self.talks.values() {
            let Some((id, leads_to, kept)) = &talk.head else { continue };
            let heard = talk.kept == (talk.last, talk.unanswered.first().copied());
            if leads_to.is_none() && !told.linked.contains_key(id) && talk.kept.0.is_some() && !heard {
                findings.push(Finding::Heard(id.clone()));
            }
            let said = told.participants.remove(id).unwrap_or_default();
            if said.into_iter().chain([*kept]).any(|count| count != talk.participants) {
                findings.push(Finding::Participants(id.clone()));
            }
            findings.extend(self.of_way_back(talk, id, leads_to.as_ref(), told));
        }
        // One conversation cannot be that of several tickets, and so not tell the turn of any.
        let shared: Vec<_> = take(&mut told.linked).into_iter().filter(|(_, tickets)| tickets.len() > 1).collect();
        let is_alone = |ticket: &TicketId| !shared.iter().any(|(_, tickets)| tickets.contains(ticket));
        findings.extend(take(&mut told.turns).into_iter().filter(is_alone).map(Finding::Turn));
        findings.extend(take(&mut told.waiting).into_iter().filter(is_alone).map(Finding::Attention));
        findings.extend(shared.into_iter().map(|(conversation, tickets)| Finding::Shared { conversation, tickets }));
        findings
    }

    /// Whether a conversation leads to its ticket, and its people have that among theirs.
    fn of_way_back(
        &self,
        talk: &Talk,
        id: &ConversationId,
        leads_to: Option<&TicketId>,
        told: &Told,
    ) -> Option<Finding> {
        match (told.linked.get(id).map(Vec::as_slice).unwrap_or_default(), leads_to) {
            ([ticket], to) if to != Some(ticket) => Some(Finding::Unreturned(ticket.clone())),
            // An entry that is wrong itself has been found above.
            ([ticket], _) if !told.entries_wrong.contains(ticket) => {
                let taking_part = self.taking_part.get(ticket).copied().unwrap_or(0);
                (taking_part != talk.sum).then(|| Finding::Participation(ticket.clone()))
            }
            // What is left of a ticket whose body is gone is found below.
            ([], Some(ticket)) if !self.links.contains_key(ticket) => {
                Some(Finding::Astray { conversation: id.clone(), ticket: ticket.clone() })
            }
            _ => None,
        }
    }

    /// What is left of tickets that have no body.
    fn left_over(&mut self) -> Vec<Finding> {
        let each = |of: &mut Rows| {
            let items = take(of)
                .into_iter()
                .flat_map(|(ticket, items)| items.into_iter().map(move |(partition, _)| (ticket.clone(), partition)));
            items.collect::<Vec<_>>()
        };
        let strays = each(&mut self.homes).into_iter();
        let usurpers = each(&mut self.spaces).into_iter().chain(each(&mut self.private));
        let links = take(&mut self.links).into_keys().map(Finding::Unlinked);
        strays
            .map(|(ticket, partition)| Finding::Stray { ticket, partition })
            .chain(usurpers.map(|(ticket, partition)| Finding::Usurped { ticket, partition }))
            .chain(links)
            .collect()
    }

    fn of_counters(&mut self, mut counted: BTreeMap<CompanyId, Counters>) -> Vec<Finding> {
        let mut findings = Vec::new();
        for id in take(&mut self.companies) {
            let kept = self.counters.remove(&keys::company(&id)).unwrap_or_default().named();
            let counted = counted.remove(&id).unwrap_or_default().named();
            if kept != counted {
                findings.push(Finding::Miscounted { company: id, kept: Some(kept), counted });
            }
        }
        let unrecorded = counted.into_iter().map(|(company, counted)| (company, counted.named()));
        findings.extend(unrecorded.map(|(company, counted)| Finding::Miscounted { company, kept: None, counted }));
        findings
    }

    /// What is found by other words than it says: in search, in the inbox's lists, and in the lists of names.
    fn of_words(&mut self, bodies: &Bodies) -> Vec<Finding> {
        let is_right = |entry: &Entry, searched: &Searched| match entry {
            Entry::Ticket(id) => match bodies.get(id) {
                Some(Body { row, .. }) => searched.is_right(Some(&Placing::of_ticket(row))),
                // What leads to a ticket that is gone is found nowhere.
                None => searched.keys == 0 && searched.told == 0,
            },
            Entry::Conversation(_) => searched.is_right(None),
        };
        let searched = take(&mut self.search).into_iter().filter(|(entry, searched)| !is_right(entry, searched));
        let copied = take(&mut self.copied).into_iter().filter(|(_, copied)| !copied.is_right(None));
        let wrong: BTreeSet<_> = searched.chain(copied).map(|(entry, _)| entry).collect();
        let of_entries = wrong.into_iter().map(|entry| match entry {
            Entry::Ticket(id) => Finding::TicketSearch(id),
            Entry::Conversation(id) => Finding::ConversationSearch(id),
        });
        // Entries of nobody lead nowhere, and whatever else is missing with a record is found above.
        let called = take(&mut self.called).into_iter();
        let called = called.filter(|(_, (expected, found))| expected.is_some_and(|it| it != *found));
        let of_names = called.map(|((list, id), _)| Finding::Called { partition: list.of_id(&id) });
        of_entries.chain(of_names).collect()
    }

    /// Memberships that a company has and its contact does not, or the other way round.
    fn of_memberships(&self) -> Vec<Finding> {
        let half = self.memberships.iter().filter(|(pk, sk)| !self.memberships.contains(&(sk.clone(), pk.clone())));
        half.map(|(pk, sk)| Finding::HalfMembership { partition: pk.clone(), missing_in: sk.clone() }).collect()
    }
}
