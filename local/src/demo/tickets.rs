//! Which tickets there are: who has how many, in what state, and how old they are.

use super::{
    alike::Alike,
    calendar::{HOUR, MINUTE, at_work},
    cast::{Cast, Contact, Customer},
    scenario::{Scenario, Scenarios},
    state::State,
    story::{Association, Last, Players, Story, play, stops},
};
use fastrand::Rng;
use serde_json::Value;
use std::collections::BTreeSet;

/// The first ticket's number.
const FIRST_NUMBER: usize = 1001;
/// In days: how long ago, at most, something last happened to a ticket. The rest of eighteen months is for what
/// happened before.
const OLDEST: f64 = 510.0;

/// The import lines of all tickets and conversations, oldest ticket first.
pub fn lines<'a>(
    cast: &'a Cast,
    scenarios: &'a Scenarios,
    alike: &[Alike],
    now: i64,
) -> impl Iterator<Item = Value> + use<'a> {
    // Any seed gives plausible tickets; this one stays, so that a ticket keeps its number.
    let rng = Rng::with_seed(20_260_401);
    let mut author = Author { cast, scenarios, rng, titles: BTreeSet::new(), now };
    let mut stories: Vec<Story<'_>> = Vec::new();
    for customer in &cast.customers {
        stories.extend(author.tickets_of(Some(customer), customer.tickets));
    }
    stories.extend(author.tickets_of(None, cast.tickets_without_company));
    stories.extend(alike.iter().flat_map(|it| it.stories(cast, now)));
    stories.sort_by_key(|story| story.created_at);
    (FIRST_NUMBER..).zip(stories).flat_map(|(number, story)| story.lines(number))
}

#[derive(Debug)]
struct Author<'a> {
    cast: &'a Cast,
    scenarios: &'a Scenarios,
    rng: Rng,
    /// Titles given so far.
    titles: BTreeSet<String>,
    now: i64,
}

impl<'a> Author<'a> {
    fn tickets_of(&mut self, customer: Option<&'a Customer>, how_many: usize) -> Vec<Story<'a>> {
        let mut decks = Decks::new(self.scenarios, customer);
        (0..how_many).filter_map(|nth| self.ticket(&mut decks, customer, nth)).collect()
    }

    fn ticket(&mut self, decks: &mut Decks<'a>, customer: Option<&'a Customer>, nth: usize) -> Option<Story<'a>> {
        let wanted = states(nth);
        let theme = Theme::of(customer, nth);
        // Of its own: what the time of day makes of one ticket changes no other.
        let rng = &mut self.rng.fork();
        let (scenario, length, native) = decks.deal(rng, theme, wanted)?;
        let requester = rng.choice(self.requesters(customer))?;
        let players = Players {
            customer,
            requester,
            colleagues: self.colleagues(customer, requester),
            rep: self.rep(rng, customer, native),
            teammates: &self.cast.teammates,
            native,
        };
        let association = match customer {
            Some(_) if rng.u8(..100) < 5 => Association::Afterwards,
            None if !requester.companies.is_empty() && rng.bool() => Association::Afterwards,
            _ => Association::FromTheStart,
        };
        let last = self.now - age(rng, wanted, nth);
        let last = if self.now - last > 5 * HOUR { at_work(rng, last) } else { last };
        let last = Last { at: last, now: self.now };
        let shared = theme == Theme::SharedWork;
        let mut story = play(rng, scenario, length, &players, association, shared, last);
        // A list of equal titles would look made up.
        for _ in 0..4 {
            if !self.titles.contains(&story.title) {
                break;
            }
            story = play(rng, scenario, length, &players, association, shared, last);
        }
        self.titles.insert(story.title.clone());
        Some(story)
    }

    fn requesters(&self, customer: Option<&Customer>) -> Vec<&'a Contact> {
        let belongs = |contact: &&Contact| match customer {
            Some(customer) => contact.companies.contains(&customer.id),
            // Those for whom no company could be selected automatically.
            None => contact.companies.len() != 1,
        };
        self.cast.contacts.iter().filter(belongs).collect()
    }

    /// Members of the company who could enter the portal and join.
    fn colleagues(&self, customer: Option<&Customer>, requester: &Contact) -> Vec<&'a Contact> {
        let members = if customer.is_some() { self.requesters(customer) } else { Vec::new() };
        members.into_iter().filter(|member| member.id != requester.id && member.email.is_some()).collect()
    }

    fn rep(&self, rng: &mut Rng, customer: Option<&'a Customer>, native: bool) -> &'a str {
        match customer {
            Some(customer) if native || rng.u8(..100) < 60 => &customer.rep,
            _ => rng.choice(&self.cast.teammates).map_or("", |it| &it.id),
        }
    }
}

/// The states of a finished ticket.
const OVER: &[State] = &[State::Solved, State::Declined];

/// The states that the `nth` ticket may be in. Three tickets in four are finished.
const fn states(nth: usize) -> &'static [State] {
    match (nth % 4, (nth / 4) % 6) {
        (0, 0 | 4) => &[State::Support],
        (0, 1) => &[State::Waiting],
        (0, 2) => &[State::New],
        (0, 3) => &[State::Engineering],
        (0, _) => &[State::Merged],
        _ => OVER,
    }
}

/// How long ago something last happened to a customer's `nth` ticket.
fn age(rng: &mut Rng, states: &[State], nth: usize) -> i64 {
    let mut days = |most: f64, bend: f64| (rng.f64().powf(bend) * most * 86_400.0) as i64;
    match states.first() {
        // Each customer's first ticket has just been worked on.
        _ if nth == 0 => rng.i64(7 * MINUTE..4 * HOUR),
        Some(State::New) => 7 * MINUTE + days(5.0, 1.5),
        Some(State::Support | State::Engineering | State::Merged) => 15 * MINUTE + days(40.0, 2.0),
        Some(State::Waiting) => HOUR + days(25.0, 1.5),
        Some(State::Solved | State::Declined) | None => 2 * HOUR + days(OLDEST, 1.3),
    }
}

/// What a ticket is about, as far as it decides who may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Theme {
    Customer,
    SharedWork,
    HiddenWork,
    Incident,
}

impl Theme {
    fn of(customer: Option<&Customer>, nth: usize) -> Self {
        match (customer.is_none_or(|it| !it.hidden), nth % 25) {
            (false, 2) | (true, 18) => Self::Incident,
            (false, _) | (true, 6 | 22) => Self::HiddenWork,
            (true, 11) => Self::SharedWork,
            (true, _) => Self::Customer,
        }
    }
}

/// The scenarios of one customer, dealt like cards: none comes twice before all have come once.
#[derive(Debug)]
struct Decks<'a> {
    customer: Deck<'a>,
    native: Deck<'a>,
    shared_work: Deck<'a>,
    hidden_work: Deck<'a>,
    incidents: Deck<'a>,
}

#[derive(Debug)]
struct Deck<'a> {
    all: &'a [Scenario],
    left: Vec<&'a Scenario>,
}

impl<'a> Decks<'a> {
    fn new(scenarios: &'a Scenarios, customer: Option<&Customer>) -> Self {
        let native = customer.and_then(|it| it.language).map_or(&[][..], |it| scenarios.in_language(it));
        let deck = |all| Deck { all, left: Vec::new() };
        Self {
            customer: deck(&scenarios.english),
            native: deck(native),
            shared_work: deck(&scenarios.shared_work),
            hidden_work: deck(&scenarios.hidden_work),
            incidents: deck(&scenarios.incidents),
        }
    }

    /// A scenario, how many steps of it lead to one of the `wanted` states, and whether it is in the customer's own language.
    fn deal(&mut self, rng: &mut Rng, theme: Theme, wanted: &[State]) -> Option<(&'a Scenario, usize, bool)> {
        let share = if self.native.all.len() > 4 { 55 } else { 20 };
        let native = theme == Theme::Customer && !self.native.all.is_empty() && rng.u8(..100) < share;
        let deck = match theme {
            Theme::Customer if native => &mut self.native,
            Theme::Customer => &mut self.customer,
            Theme::SharedWork => &mut self.shared_work,
            Theme::HiddenWork => &mut self.hidden_work,
            Theme::Incident => &mut self.incidents,
        };
        let (scenario, stops) = deck.deal(rng, wanted).or_else(|| deck.deal(rng, OVER))?;
        // A finished ticket has its whole script behind it.
        let length = if wanted == OVER { stops.last().copied() } else { rng.choice(stops) };
        Some((scenario, length?, native))
    }
}

impl<'a> Deck<'a> {
    fn deal(&mut self, rng: &mut Rng, wanted: &[State]) -> Option<(&'a Scenario, Vec<usize>)> {
        self.take(wanted).or_else(|| {
            self.left = self.all.iter().collect();
            rng.shuffle(&mut self.left);
            self.take(wanted)
        })
    }

    fn take(&mut self, wanted: &[State]) -> Option<(&'a Scenario, Vec<usize>)> {
        let fits = |scenario: &&Scenario| !stops(scenario, wanted).is_empty();
        let nth = self.left.iter().position(fits)?;
        let scenario = self.left.remove(nth);
        Some((scenario, stops(scenario, wanted)))
    }
}
