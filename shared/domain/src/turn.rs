//! Whose turn it is on a ticket, and since when (docs/product.md, Whose turn).

use crate::{
    conversation::{Part, PartKind},
    history::{Actor, Change, Event},
    id::{StateId, TeammateId},
    state::{StateCategory, TicketState},
    ticket::{Ticket, TicketRow},
    timestamp::Timestamp,
};
use std::time::Duration;

/// Characters of a message that lists show.
pub const EXCERPT: usize = 140;

/// Who has to act next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// The vendor.
    Us,
    /// The customer.
    Customer,
    /// Nobody: the ticket is resolved.
    Nobody,
}

impl Who {
    pub const ALL: [Self; 3] = [Self::Us, Self::Customer, Self::Nobody];
}

/// Whose turn it is, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    pub who: Who,
    pub since: Timestamp,
}

impl StateCategory {
    /// Whose turn a ticket in such a state is, unless a customer's message waits for an answer.
    #[must_use]
    pub const fn turn(self) -> Who {
        match self {
            Self::Submitted | Self::InProgress => Who::Us,
            Self::WaitingOnCustomer => Who::Customer,
            Self::Resolved => Who::Nobody,
        }
    }
}

/// The message that was written last.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LastMessage {
    /// With their name at the time.
    pub author: Actor,
    /// Its first [`EXCERPT`] characters.
    pub text: String,
    pub at: Timestamp,
}

/// What turns and lists need to know of the messages of a conversation. Notes are not part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Exchange {
    /// When the oldest message was written that waits for an answer: a customer's, which neither a message of the vendor
    /// nor the vendor's decision to wait or to resolve has followed.
    pub unanswered_since: Option<Timestamp>,
    pub last: Option<LastMessage>,
}

impl Exchange {
    /// Makes the exchange of messages and notes, which are in the order of time.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a Part>) -> Self {
        Self::settled(parts, None)
    }

    /// The same if the vendor has decided at this time what happens next.
    pub fn settled<'a>(parts: impl IntoIterator<Item = &'a Part>, decided: Option<Timestamp>) -> Self {
        let mut exchange = Self::default();
        for part in parts {
            exchange.add(part);
            exchange.unanswered_since = exchange.unanswered_since.filter(|since| Some(*since) > decided);
        }
        exchange
    }

    /// Takes in the next message. A note changes nothing.
    pub fn add(&mut self, part: &Part) {
        if part.kind == PartKind::Note {
            return;
        }
        match part.author {
            Actor::Contact { .. } => drop(self.unanswered_since.get_or_insert(part.at)),
            Actor::Teammate { .. } | Actor::System => self.unanswered_since = None,
        }
        let text = part.body.chars().take(EXCERPT).collect();
        self.last = Some(LastMessage { author: part.author.clone(), text, at: part.at });
    }

    /// Returns the time of a message that is written now: later than the one before, so that the order of messages is
    /// the order in which they were written, whatever the clocks of different machines say.
    #[must_use]
    pub fn time_of_next(&self, now: Timestamp) -> Timestamp {
        let after = self.last.as_ref().map(|last| last.at.plus(Duration::from_millis(1)));
        after.map_or(now, |after| after.max(now))
    }

    /// Takes messages up to this time as answered: the vendor has decided what happens next. Of those that came later only
    /// the last is known.
    pub fn settle(&mut self, decided: Timestamp) {
        let last = self.last.as_ref().filter(|last| matches!(last.author, Actor::Contact { .. })).map(|last| last.at);
        let last = last.filter(|_| self.unanswered_since.is_some());
        self.unanswered_since = [self.unanswered_since, last].into_iter().flatten().find(|at| *at > decided);
    }
}

impl TicketRow {
    /// Returns whose turn it is. For a ticket that a version without turns wrote, the time is that of its creation or of
    /// its last update.
    #[must_use]
    pub fn turn(&self) -> Turn {
        match self.exchange.unanswered_since {
            Some(since) => Turn { who: Who::Us, since },
            None => Turn { who: self.state_category.turn(), since: self.in_turn_since() },
        }
    }

    /// Returns the last message, with the requester's name as the row has it if they wrote it: that copy follows a change
    /// of their name.
    #[must_use]
    pub fn last_message(&self) -> Option<LastMessage> {
        let mut last = self.exchange.last.clone()?;
        if let Actor::Contact { id, name } = &mut last.author
            && *id == self.requester
        {
            name.clone_from(&self.requester_name);
        }
        Some(last)
    }

    /// Gives the author of the last message the name that they have now, if they are a teammate.
    pub fn call_teammate(&mut self, name: impl Fn(&TeammateId) -> Option<String>) {
        if let Some(Actor::Teammate { id, name: copy }) = self.exchange.last.as_mut().map(|last| &mut last.author) {
            *copy = name(id).or_else(|| copy.take());
        }
    }

    /// Returns since when the state makes it the turn of whoever it is.
    #[must_use]
    pub fn in_turn_since(&self) -> Timestamp {
        let guess = if self.state_category.turn() == Who::Us { self.created_at } else { self.updated_at };
        self.turn_since.unwrap_or(guess)
    }

    /// Takes over what was said in the conversation to which the ticket is linked now.
    pub fn take_over(&mut self, exchange: Exchange) {
        let since = self.in_turn_since();
        self.exchange = exchange;
        self.turn_since = Some(since);
        if self.state_category.turn() != Who::Us {
            self.exchange.settle(since);
        }
    }
}

impl Ticket {
    /// Puts the ticket in another state. A teammate who waits for the customer or resolves the ticket has thereby
    /// answered what was said.
    pub fn enter(&mut self, state: &TicketState, at: Timestamp) {
        let row = &mut self.row;
        let (was, since) = (row.state_category, row.in_turn_since());
        if was != StateCategory::WaitingOnCustomer {
            self.waited_from = Some(row.state.clone());
        }
        if state.category != StateCategory::WaitingOnCustomer {
            self.waited_from = None;
        }
        row.turn_since = Some(if was.turn() == state.category.turn() { since } else { at });
        if state.category.turn() != Who::Us {
            row.exchange.settle(at);
        }
        (row.state, row.state_category) = (state.id.clone(), state.category);
    }

    /// Takes in a message that is written now.
    pub fn say(&mut self, part: &Part) {
        let since = self.row.in_turn_since();
        self.row.turn_since = Some(since);
        self.row.exchange.add(part);
        self.row.updated_at = part.at.max(self.row.updated_at);
    }
}

/// A change of state that a ticket's history tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub at: Timestamp,
    /// The new state.
    pub to: (StateId, StateCategory),
    /// Whether a customer's reply brought it.
    pub by_customer: bool,
}

impl Step {
    /// Returns the changes of state in a history, as far as it says to which.
    #[must_use]
    pub fn all_of(history: &[Event]) -> Vec<Self> {
        let step = |event: &Event| match &event.change {
            Change::StateChanged { to: Some(to) } => {
                let by_customer = matches!(event.by, Actor::Contact { .. });
                Some(Self { at: event.at, to: to.clone(), by_customer })
            }
            _ => None,
        };
        history.iter().filter_map(step).collect()
    }

    /// Whether the vendor decided thereby to wait or to resolve.
    #[must_use]
    pub fn decides(&self) -> bool {
        !self.by_customer && self.to.1.turn() != Who::Us
    }
}

impl TicketRow {
    /// Works out anew, from all changes of state and all messages, whose turn it is: for tickets of earlier versions and
    /// from elsewhere. Where history does not say since when the ticket is in its state, that was at its last update,
    /// or for one that waits for the vendor at its creation. `settled` makes the exchange, when the vendor last decided what
    /// happens next.
    pub fn recount(&mut self, steps: &[Step], settled: impl FnOnce(Option<Timestamp>) -> Exchange) {
        let side = self.state_category.turn();
        let here = |step: &Step| step.to.1.turn() == side;
        let first_here = match steps.iter().rposition(|step| !here(step)) {
            Some(elsewhere) => steps.get(elsewhere + 1),
            // A ticket begins with the vendor.
            None => steps.first().filter(|_| side != Who::Us),
        };
        let first_here = first_here.map(|step| step.at);
        self.turn_since = None;
        let since = first_here.unwrap_or_else(|| self.in_turn_since());
        self.turn_since = Some(since);
        let decided = steps.iter().rev().find(|step| step.decides());
        let decided = decided.map(|step| step.at).or_else(|| (side != Who::Us).then_some(since));
        self.exchange = settled(decided);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalog::{Catalog, TicketCategory},
        id::{ContactId, PartId, TeammateId, TicketId, TypeId},
        reply::state_after_reply,
    };
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_millis(minute * 60_000).unwrap()
    }

    fn state(id: &str, category: StateCategory, position: u32) -> TicketState {
        let (id, label) = (StateId::new(id).unwrap(), String::new());
        TicketState { id, category, internal_label: label.clone(), external_label: label, position }
    }

    fn catalog() -> Catalog {
        let states = [
            state("new", StateCategory::Submitted, 1),
            state("first", StateCategory::InProgress, 2),
            state("a-second", StateCategory::InProgress, 3),
            state("waiting", StateCategory::WaitingOnCustomer, 4),
            state("done", StateCategory::Resolved, 5),
        ];
        let states: BTreeMap<_, _> = states.into_iter().map(|state| (state.id.clone(), state)).collect();
        Catalog { states, ..Catalog::default() }
    }

    fn ticket() -> Ticket {
        let row = TicketRow {
            id: TicketId::new("tk-1").unwrap(),
            number: 1,
            title: "It fails".into(),
            ticket_type: TypeId::new("bug").unwrap(),
            category: TicketCategory::Customer,
            shared: false,
            private: false,
            state: StateId::new("new").unwrap(),
            state_category: StateCategory::Submitted,
            company: None,
            requester: ContactId::new("ada").unwrap(),
            requester_name: None,
            created_at: at(0),
            updated_at: at(0),
            turn_since: None,
            exchange: Exchange::default(),
        };
        Ticket {
            row,
            description: String::new(),
            attributes: BTreeMap::new(),
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

    fn part(minute: i64, by_customer: bool) -> Part {
        let author = if by_customer {
            Actor::Contact { id: ContactId::new("ada").unwrap(), name: None }
        } else {
            Actor::Teammate { id: TeammateId::new("t-1").unwrap(), name: None }
        };
        let id = PartId::new(format!("p-{minute}")).unwrap();
        Part { id, kind: PartKind::Message, author, body: "Words".into(), at: at(minute) }
    }

    /// What happens to a ticket.
    #[derive(Debug, Clone)]
    enum Deed {
        Write { by_customer: bool },
        Note,
        Put(&'static str),
    }

    /// A ticket with all that happened to it.
    struct Story {
        catalog: Catalog,
        ticket: Ticket,
        parts: Vec<Part>,
        history: Vec<Event>,
        minute: i64,
    }

    impl Story {
        fn new() -> Self {
            Self { catalog: catalog(), ticket: ticket(), parts: Vec::new(), history: Vec::new(), minute: 0 }
        }

        fn put(&mut self, id: &str, by: Actor) {
            let state = self.catalog.states[&StateId::new(id).unwrap()].clone();
            if state.id != self.ticket.row.state {
                self.ticket.enter(&state, at(self.minute));
                let change = Change::StateChanged { to: Some((state.id, state.category)) };
                self.history.push(Event { at: at(self.minute), by, change });
            }
        }

        fn go_on(&mut self, deed: &Deed) {
            self.minute += 1;
            match deed {
                Deed::Write { by_customer } => {
                    let part = part(self.minute, *by_customer);
                    let next = state_after_reply(&self.catalog, &self.ticket).filter(|_| *by_customer).cloned();
                    self.ticket.say(&part);
                    if let Some(next) = next {
                        self.put(next.id.as_str(), part.author.clone());
                    }
                    self.parts.push(part);
                }
                Deed::Note => {
                    let note = Part { kind: PartKind::Note, ..part(self.minute, false) };
                    self.ticket.row.exchange.add(&note);
                    self.parts.push(note);
                }
                Deed::Put(id) => self.put(id, part(0, false).author),
            }
        }

        fn turn(&self) -> (Who, Timestamp) {
            let Turn { who, since } = self.ticket.row.turn();
            (who, since)
        }
    }

    fn told(deeds: &[Deed]) -> Story {
        let mut story = Story::new();
        deeds.iter().for_each(|deed| story.go_on(deed));
        story
    }

    const ASKED: Deed = Deed::Write { by_customer: true };
    const ANSWERED: Deed = Deed::Write { by_customer: false };

    #[test]
    fn the_vendor_has_waited_with_the_oldest_message_that_nobody_has_answered() {
        assert_eq!(told(&[]).turn(), (Who::Us, at(0)));
        assert_eq!(told(&[ASKED, ASKED, Deed::Note]).turn(), (Who::Us, at(1)));
        assert_eq!(told(&[ASKED, ANSWERED]).turn(), (Who::Us, at(0)), "still the vendor's, since it was made");
        assert_eq!(told(&[ASKED, ANSWERED, ASKED, Deed::Put("first")]).turn(), (Who::Us, at(3)));
    }

    #[test]
    fn the_customer_has_had_the_turn_since_the_vendor_began_to_wait() {
        let waits = Deed::Put("waiting");
        assert_eq!(told(&[ASKED, waits.clone()]).turn(), (Who::Customer, at(2)));
        assert_eq!(told(&[waits.clone(), ANSWERED]).turn(), (Who::Customer, at(1)));
        let replied = told(&[Deed::Put("a-second"), waits, ASKED]);
        assert_eq!(replied.turn(), (Who::Us, at(3)));
        assert_eq!(replied.ticket.row.state.as_str(), "a-second", "where it came from");
        assert_eq!(replied.ticket.waited_from, None);
    }

    #[test]
    fn a_reply_goes_to_the_first_state_in_progress_if_the_ticket_came_from_none() {
        for came_from in [&[][..], &[Deed::Put("done")]] {
            let mut story = told(came_from);
            story.go_on(&Deed::Put("waiting"));
            if came_from.is_empty() {
                story.ticket.waited_from = Some(StateId::new("gone").unwrap());
            }
            story.go_on(&ASKED);
            assert_eq!(story.ticket.row.state.as_str(), "first");
        }
    }

    #[test]
    fn a_message_on_a_resolved_ticket_is_the_vendors_turn_until_it_is_answered_or_resolved_again() {
        let solved = [ASKED, Deed::Put("done")];
        assert_eq!(told(&solved).turn(), (Who::Nobody, at(2)));
        let thanks = [solved.to_vec(), vec![ASKED]].concat();
        assert_eq!(told(&thanks).turn(), (Who::Us, at(3)));
        assert_eq!(told(&thanks).ticket.row.state.as_str(), "done");
        assert_eq!(told(&[thanks, vec![ANSWERED]].concat()).turn(), (Who::Nobody, at(2)));
    }

    #[test]
    fn every_message_is_later_than_the_one_before() {
        let exchange = Exchange::of(&[part(5, true)]);
        assert_eq!(exchange.time_of_next(at(6)), at(6));
        assert_eq!(exchange.time_of_next(at(3)).millis(), at(5).millis() + 1);
        assert_eq!(Exchange::default().time_of_next(at(3)), at(3));
    }

    proptest! {
        #[test]
        fn the_turn_that_is_kept_is_the_one_that_history_and_messages_tell(
            deeds in prop::collection::vec(prop_oneof![
                any::<bool>().prop_map(|by_customer| Deed::Write { by_customer }),
                Just(Deed::Note),
                prop::sample::select(vec!["new", "first", "a-second", "waiting", "done"]).prop_map(Deed::Put),
            ], 0..12),
        ) {
            let story = told(&deeds);
            let mut anew = story.ticket.row.clone();
            anew.recount(&Step::all_of(&story.history), |decided| Exchange::settled(&story.parts, decided));
            prop_assert_eq!(anew.turn(), story.ticket.row.turn());
            prop_assert_eq!(anew.exchange.last, story.ticket.row.exchange.last.clone());
            // Nothing that a customer says goes unseen: whoever spoke last, the vendor answers or decides.
            let last = story.parts.iter().rev().find(|part| part.kind == PartKind::Message);
            let decided = story.history.iter().rev().find(|event| Step::all_of(&[(*event).clone()])[0].decides());
            if let Some(last) = last.filter(|part| matches!(part.author, Actor::Contact { .. }))
                && decided.is_none_or(|event| event.at < last.at)
            {
                prop_assert_eq!(story.ticket.row.turn().who, Who::Us);
            }
        }
    }
}
