//! Tickets. History and the participants' tickets spaces are written first and the ticket last. Until the ticket
//! exists, nobody sees anything of it; once it exists, it is complete.

use crate::{
    Import, ImportError, Kind, Line, Numbered, Outcome,
    fingerprint::fingerprint,
    known::Known,
    line::{EventName, HistoryLine, TicketLine},
    patience::{patiently, pause},
};
use domain::{
    history::{Actor, Change, Event},
    id::{ContactId, TicketId},
    limit,
    state::StateCategory,
    ticket::{Ticket, TicketRow},
    turn::{Exchange, Step},
};
use futures::future::try_join_all;
use std::collections::{BTreeSet, HashMap};
use store::{Participation, StoreError, TicketWrite, WriteError};

/// Attempts for a ticket when other writers interfere.
const ROUNDS: u32 = 5;
/// Transactions that run at the same time.
const LANES: usize = 4;

/// A ticket as its line describes it.
#[derive(Debug)]
struct Wanted {
    line: u64,
    ticket: Ticket,
    history: Vec<Event>,
    participants: BTreeSet<ContactId>,
    fingerprint: String,
    /// Whether the line says if the ticket is private.
    says_private: bool,
    /// The outcome that the current write will have.
    outcome: Outcome,
}

type Stored = HashMap<TicketId, (Ticket, Option<String>)>;

impl Import<'_> {
    pub(crate) async fn tickets(&mut self, batch: Vec<Numbered>) -> Result<(), ImportError> {
        let mut wanted = Vec::with_capacity(batch.len());
        for (number, line) in batch {
            let Line::Ticket(it) = &line else { continue };
            let Some(it) = self.accept(number, &line, |known| ticket(known, number, it)) else { continue };
            if let Some(conversation) = &it.ticket.conversation {
                self.known.link(conversation, &it.ticket.row.id);
            }
            wanted.push(it);
        }
        if !self.options.dry_run {
            patiently(|| self.store.skip_numbers(wanted.iter().map(|it| it.ticket.row.number))).await?;
        }
        for round in 0..ROUNDS {
            wanted = self.tickets_once(wanted, round + 1 == ROUNDS).await?;
            if wanted.is_empty() {
                break;
            }
            tokio::time::sleep(pause(round)).await;
        }
        Ok(())
    }

    /// Writes what differs from the table. Returns the tickets for which another writer interfered.
    async fn tickets_once(&mut self, wanted: Vec<Wanted>, last: bool) -> Result<Vec<Wanted>, ImportError> {
        let ids: Vec<_> = wanted.iter().map(|it| it.ticket.row.id.clone()).collect();
        let mut stored: Stored = patiently(|| self.store.imported_tickets(&ids)).await?;
        let (mut ready, mut writes) = (Vec::new(), Vec::new());
        let conversations: Vec<_> = wanted.iter().filter_map(|it| it.ticket.conversation.clone()).collect();
        let mut heads = patiently(|| self.store.imported_conversations(&conversations)).await?;
        for mut it in wanted {
            let (before, outcome) = it.against(stored.remove(&it.ticket.row.id));
            it.outcome = outcome;
            if matches!(outcome, Outcome::Newer | Outcome::Unchanged) || before.as_ref().is_some_and(|(_, done)| *done)
            {
                self.summary.count(Kind::Ticket, outcome);
                continue;
            }
            let before = before.map(|(before, _)| before);
            if !it.says_private {
                // Its creator may have made it so since.
                it.ticket.row.private = before.as_ref().is_some_and(|before| before.row.private);
            }
            if let Some(before) = &before {
                // What teammates have said of it since stays, too.
                it.ticket.duplicate_of.clone_from(&before.duplicate_of);
                it.ticket.duplicates.clone_from(&before.duplicates);
            }
            if it.ticket.conversation.is_none() {
                self.keep_conversation(&mut it, before.as_ref()).await?;
            }
            if let Some(kept) = it.ticket.conversation.as_ref().filter(|id| !heads.contains_key(*id)) {
                heads.extend(patiently(|| self.store.imported_conversations(std::slice::from_ref(kept))).await?);
            }
            let head = it.ticket.conversation.as_ref().and_then(|id| heads.get(id));
            let heard = head.map(|head| head.exchange.clone()).unwrap_or_default();
            it.take_turn(before.as_ref(), &heard);
            writes.push(it.write(before).heard(heard));
            ready.push(it);
        }
        if self.options.dry_run {
            ready.iter().for_each(|it| self.summary.count_ticket(it.line, &it.ticket.row.id, it.outcome));
            return Ok(Vec::new());
        }
        self.around(&ready, &writes).await?;
        let lanes = lanes(ready.into_iter().zip(writes).collect());
        let written = lanes.into_iter().map(|lane| async {
            let (ready, writes): (Vec<_>, Vec<_>) = lane.into_iter().unzip();
            let results = patiently(|| self.store.write_tickets(writes.clone())).await?;
            Ok::<_, StoreError>(ready.into_iter().zip(results))
        });
        let written = try_join_all(written).await?;
        let mut again = Vec::new();
        for (it, result) in written.into_iter().flatten() {
            match result {
                Ok(()) => self.summary.count_ticket(it.line, &it.ticket.row.id, it.outcome),
                Err(error @ (WriteError::UnknownCompany | WriteError::Linked)) => {
                    self.refuse(it.line, Some(Kind::Ticket), error.to_string())
                }
                Err(error) if last => self.refuse(it.line, Some(Kind::Ticket), error.to_string()),
                Err(_) => again.push(it),
            }
        }
        Ok(again)
    }

    /// Writes the history and the tickets-space entries.
    async fn around(&self, ready: &[Wanted], writes: &[TicketWrite]) -> Result<(), ImportError> {
        let history: Vec<_> = ready.iter().map(|it| (it.ticket.row.id.clone(), it.history.clone())).collect();
        patiently(|| self.store.put_history(&history)).await?;
        let participations: Vec<_> = ready
            .iter()
            .zip(writes)
            .filter(|(it, _)| !it.participants.is_empty())
            .map(|(it, write)| {
                let mut participants = it.participants.clone();
                // Until the ticket's own transaction changes it, the previous requester is still the creator.
                if let Some(before) = write.before.as_ref().filter(|it| it.row.requester != write.after.row.requester) {
                    participants.remove(&before.row.requester);
                }
                let row = &it.ticket.row;
                Participation { ticket: row.id.clone(), company: row.company.clone(), participants }
            })
            .collect();
        patiently(|| self.store.put_participants(&participations)).await?;
        Ok(())
    }

    /// Keeps a conversation that customers have started since, which the source does not know.
    async fn keep_conversation(&mut self, it: &mut Wanted, before: Option<&Ticket>) -> Result<(), ImportError> {
        let Some(id) = before.and_then(|before| before.conversation.clone()) else { return Ok(()) };
        it.participants = patiently(|| self.store.participants(&id)).await?;
        it.ticket.conversation = Some(id);
        Ok(())
    }
}

/// Distributes writes over lanes that run in parallel. The tickets of one company stay in one lane, because each adds
/// to the company's counters.
fn lanes<T>(writes: Vec<(T, TicketWrite)>) -> [Vec<(T, TicketWrite)>; LANES] {
    let mut lanes = [const { Vec::new() }; LANES];
    for (it, write) in writes {
        let company = write.after.row.company.as_ref().map_or("", |id| id.as_str());
        let place = company.bytes().fold(0, |sum, byte| sum + usize::from(byte)) % LANES;
        if let Some(lane) = lanes.get_mut(place) {
            lane.push((it, write));
        }
    }
    lanes
}

impl Wanted {
    /// Compares the line with what the table has. Returns the stored ticket, whether it is already the result of this
    /// line (written by an attempt that seemed to fail), and the outcome.
    fn against(&self, stored: Option<(Ticket, Option<String>)>) -> (Option<(Ticket, bool)>, Outcome) {
        let Some((before, fingerprint)) = stored else { return (None, Outcome::Created) };
        if fingerprint.as_ref() == Some(&self.fingerprint) {
            return (Some((before, true)), self.outcome);
        }
        let (theirs, ours) = (before.row.updated_at, self.ticket.row.updated_at);
        // A ticket without a fingerprint was last changed in the portal, perhaps in a way that does not count as an
        // update.
        if theirs > ours || (theirs == ours && fingerprint.is_none()) {
            return (Some((before, false)), Outcome::Newer);
        }
        (Some((before, false)), Outcome::Updated)
    }

    /// Works out whose turn it is, from the history of the line and what was said. What was said in the portal counts, if
    /// that was later.
    fn take_turn(&mut self, before: Option<&Ticket>, heard: &Exchange) {
        let last = |exchange: &Exchange| exchange.last.as_ref().map(|last| last.at);
        let same = before.filter(|before| before.conversation == self.ticket.conversation);
        let before = same.map(|before| &before.row.exchange).filter(|before| last(before) >= last(heard));
        let steps = Step::all_of(&self.history);
        self.ticket.row.recount(&steps, |decided| {
            let mut exchange = before.unwrap_or(heard).clone();
            decided.into_iter().for_each(|decided| exchange.settle(decided));
            exchange
        });
        let is_waiting = self.ticket.row.state_category == StateCategory::WaitingOnCustomer;
        let before = steps.iter().rev().find(|step| step.to.1 != StateCategory::WaitingOnCustomer);
        self.ticket.waited_from = before.filter(|_| is_waiting).map(|step| step.to.0.clone());
    }

    fn write(&self, before: Option<Ticket>) -> TicketWrite {
        TicketWrite::imported(before, self.ticket.clone(), self.participants.clone(), self.fingerprint.clone())
    }
}

/// Makes the ticket of a line, if everything that it refers to exists.
fn ticket(known: &Known, number: u64, line: &TicketLine) -> Result<Wanted, String> {
    let types = &known.catalog.types;
    let ticket_type =
        types.get(&line.ticket_type).ok_or_else(|| format!("ticket type {} is not known", line.ticket_type))?;
    let states = &known.catalog.states;
    let state = states.get(&line.state).ok_or_else(|| format!("ticket state {} is not known", line.state))?;
    let company = line.company.iter().flatten().next().map(|id| known.company(id)).transpose()?;
    let requester_name = known.contact(&line.requester)?.map(str::to_owned);
    let conversation = line.conversation.as_ref().map(|id| known.conversation(id, &line.id)).transpose()?;
    let mut attributes = line.attributes.clone();
    attributes.retain(|_, value| !value.is_null());
    limit::values(ticket_type, &attributes)?;
    let mut history = line.history.iter().map(|it| event(known, line, it)).collect::<Result<Vec<_>, _>>()?;
    if history.is_empty() {
        let by = Actor::Contact { id: line.requester.clone(), name: requester_name.clone() };
        history.push(Event { at: line.created_at, by, change: Change::Created });
    }
    let names: Vec<_> = history.iter().map(|event| name(&event.by)).collect();
    // Includes everything that the ticket takes from elsewhere. If that changes, the ticket must be written again.
    let company_name = company.as_ref().and_then(|id| known.company_name(id));
    let conversation_line = conversation.map(|it| &it.fingerprint);
    let elsewhere = (ticket_type.category, state.category, &requester_name, company_name, conversation_line);
    let fingerprint = fingerprint(&(line, elsewhere, names))?;
    let row = TicketRow {
        id: line.id.clone(),
        number: line.number,
        title: line.title.clone(),
        ticket_type: ticket_type.id.clone(),
        category: ticket_type.category,
        shared: line.shared,
        private: line.private.unwrap_or(false),
        state: state.id.clone(),
        state_category: state.category,
        company,
        requester: line.requester.clone(),
        requester_name,
        created_at: line.created_at,
        updated_at: line.updated_at.unwrap_or(line.created_at),
        turn_since: None,
        exchange: Default::default(),
    };
    let ticket = Ticket {
        row,
        description: line.description.clone(),
        attributes,
        conversation: line.conversation.clone(),
        // A company in the source counts as chosen by a teammate.
        company_chosen: line.company.is_some(),
        company_name: None,
        assignee: None,
        waited_from: None,
        duplicate_of: None,
        duplicates: Default::default(),
        version: 0,
    };
    let participants = conversation.map(|it| it.participants.clone()).unwrap_or_default();
    let says_private = line.private.is_some();
    Ok(Wanted { line: number, ticket, history, participants, fingerprint, says_private, outcome: Outcome::Unchanged })
}

fn event(known: &Known, ticket: &TicketLine, line: &HistoryLine) -> Result<Event, String> {
    let by = line.by.as_ref().map_or(Ok(Actor::System), |by| known.actor(by))?;
    let company = line.company.as_ref().map(|id| known.company(id)).transpose()?;
    let from = line.previous_company.as_ref().map(|id| known.company(id)).transpose()?;
    let fits = match line.event {
        EventName::Created => line.state.is_none() && company.is_none() && from.is_none(),
        EventName::StateChanged => company.is_none() && from.is_none(),
        EventName::CompanyChanged => line.state.is_none(),
        EventName::Joined => line.state.is_none() && from.is_none(),
    };
    if !fits {
        return Err(format!("the history entry of {} has a field that its event does not take", line.at));
    }
    let change = match line.event {
        EventName::Created => Change::Created,
        EventName::StateChanged => {
            let to = line.state.as_ref().map(|id| {
                let state = known.catalog.states.get(id).ok_or_else(|| format!("ticket state {id} is not known"))?;
                Ok::<_, String>((id.clone(), state.category))
            });
            Change::StateChanged { to: to.transpose()? }
        }
        EventName::CompanyChanged => Change::CompanyChanged { from, to: company },
        EventName::Joined => {
            let creator = matches!(&by, Actor::Contact { id, .. } if *id == ticket.requester);
            // If the line does not name a company, they could join because they were in the ticket's company.
            let through = company.or_else(|| ticket.company.clone().flatten().filter(|_| !creator));
            Change::Joined { through }
        }
    };
    Ok(Event { at: line.at, by, change })
}

pub(crate) fn name(actor: &Actor) -> Option<String> {
    match actor {
        Actor::Contact { name, .. } | Actor::Teammate { name, .. } => name.clone(),
        Actor::System => None,
    }
}
