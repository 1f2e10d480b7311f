//! Which tickets there are: who has how many, in what state, and how old they are.

use super::{
    calendar::{HOUR, MINUTE, at_work},
    cast::{CONTACTS, CUSTOMERS, Contact, Customer, TEAMMATES, TICKETS_WITHOUT_COMPANY},
    catalog::State,
    scenarios::{ENGLISH, HIDDEN_WORK, INCIDENTS, SHARED_WORK, Scenario},
    story::{Association, Players, Story, play, stops},
};
use domain::state::StateCategory;
use fastrand::Rng;
use serde_json::Value;
use std::collections::BTreeSet;

/// The first ticket's number.
const FIRST_NUMBER: usize = 1001;
/// The last thing that happened to a ticket is at most this long ago. The rest of eighteen months is for what
/// happened before.
const OLDEST: f64 = 510.0;

/// The import lines of all tickets and conversations, oldest ticket first.
pub fn lines(now: i64) -> impl Iterator<Item = Value> {
    // Any seed gives plausible tickets; this one stays, so that a ticket keeps its number.
    let mut rng = Rng::with_seed(20_260_401);
    let mut stories: Vec<Story> = Vec::new();
    let mut titles = BTreeSet::new();
    for customer in CUSTOMERS {
        stories.extend(tickets_of(&mut rng, Some(customer), customer.tickets, &mut titles, now));
    }
    stories.extend(tickets_of(&mut rng, None, TICKETS_WITHOUT_COMPANY, &mut titles, now));
    stories.sort_by_key(|story| story.created_at);
    (FIRST_NUMBER..).zip(stories).flat_map(|(number, story)| story.lines(number))
}

fn tickets_of(
    rng: &mut Rng,
    customer: Option<&'static Customer>,
    how_many: usize,
    titles: &mut BTreeSet<String>,
    now: i64,
) -> Vec<Story> {
    let mut decks = Decks::new(customer);
    let mut stories = Vec::new();
    for nth in 0..how_many {
        let wanted = states(nth);
        let theme = Theme::of(customer, nth);
        let Some((scenario, length, native)) = decks.deal(rng, theme, wanted) else { continue };
        let Some(requester) = rng.choice(requesters(customer)) else { continue };
        let players = Players {
            customer,
            requester,
            colleagues: colleagues(customer, requester),
            rep: rep(rng, customer, native),
            native,
        };
        let association = match customer {
            Some(_) if rng.u8(..100) < 5 => Association::Afterwards,
            None if !requester.companies.is_empty() && rng.bool() => Association::Afterwards,
            _ => Association::FromTheStart,
        };
        let last = now - age(rng, wanted, nth);
        let last = if now - last > 5 * HOUR { at_work(rng, last) } else { last };
        let shared = theme == Theme::SharedWork;
        let mut story = play(rng, scenario, length, &players, association, shared, last);
        // A list of equal titles would look made up.
        for _ in 0..4 {
            if !titles.contains(&story.title) {
                break;
            }
            story = play(rng, scenario, length, &players, association, shared, last);
        }
        titles.insert(story.title.clone());
        stories.push(story);
    }
    stories
}

/// States that a ticket over may be in.
const OVER: &[State] = &[State::Solved, State::Declined];

/// The states of which the `nth` ticket shall be in one. Three tickets in four are over.
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

/// How long ago the last thing happened to a customer's `nth` ticket.
fn age(rng: &mut Rng, states: &[State], nth: usize) -> i64 {
    let mut days = |most: f64, bend: f64| (rng.f64().powf(bend) * most * 86_400.0) as i64;
    match states.first().map(|state| state.category()) {
        // Each customer's first ticket has just been worked on.
        _ if nth == 0 => rng.i64(7 * MINUTE..4 * HOUR),
        Some(StateCategory::Submitted) => 7 * MINUTE + days(5.0, 1.5),
        Some(StateCategory::InProgress) => 15 * MINUTE + days(40.0, 2.0),
        Some(StateCategory::WaitingOnCustomer) => HOUR + days(25.0, 1.5),
        Some(StateCategory::Resolved) | None => 2 * HOUR + days(OLDEST, 1.3),
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
        match (customer.is_none_or(|it| it.visible), nth % 25) {
            (false, 2) | (true, 18) => Self::Incident,
            (false, _) | (true, 6 | 22) => Self::HiddenWork,
            (true, 11) => Self::SharedWork,
            (true, _) => Self::Customer,
        }
    }
}

fn requesters(customer: Option<&'static Customer>) -> Vec<&'static Contact> {
    let belongs = |contact: &&Contact| match customer {
        Some(customer) => contact.companies.contains(&customer.id),
        // Those for whom no company could be selected automatically.
        None => contact.companies.len() != 1,
    };
    CONTACTS.iter().filter(belongs).collect()
}

/// Members of the company who could enter the portal and join.
fn colleagues(customer: Option<&'static Customer>, requester: &Contact) -> Vec<&'static Contact> {
    let members = if customer.is_some() { requesters(customer) } else { Vec::new() };
    members.into_iter().filter(|member| member.id != requester.id && member.email.is_some()).collect()
}

fn rep(rng: &mut Rng, customer: Option<&Customer>, native: bool) -> &'static str {
    match customer {
        Some(customer) if native || rng.u8(..100) < 60 => customer.rep,
        _ => rng.choice(TEAMMATES).map_or("", |(id, _)| id),
    }
}

/// The scenarios of one customer, dealt like cards: none comes twice before all have come once.
#[derive(Debug)]
struct Decks {
    customer: Deck,
    native: Deck,
    shared_work: Deck,
    hidden_work: Deck,
    incidents: Deck,
}

#[derive(Debug)]
struct Deck {
    all: &'static [Scenario],
    left: Vec<&'static Scenario>,
}

impl Decks {
    fn new(customer: Option<&Customer>) -> Self {
        let deck = |all| Deck { all, left: Vec::new() };
        Self {
            customer: deck(ENGLISH),
            native: deck(customer.map_or(&[], |it| it.local)),
            shared_work: deck(SHARED_WORK),
            hidden_work: deck(HIDDEN_WORK),
            incidents: deck(INCIDENTS),
        }
    }

    /// A scenario, how many steps of it lead to one of the `wanted` states, and whether it is in the customer's own language.
    fn deal(&mut self, rng: &mut Rng, theme: Theme, wanted: &[State]) -> Option<(&'static Scenario, usize, bool)> {
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
        // What is over is told to its end.
        let length = if wanted == OVER { stops.last().copied() } else { rng.choice(stops) };
        Some((scenario, length?, native))
    }
}

impl Deck {
    fn deal(&mut self, rng: &mut Rng, wanted: &[State]) -> Option<(&'static Scenario, Vec<usize>)> {
        self.take(wanted).or_else(|| {
            self.left = self.all.iter().collect();
            rng.shuffle(&mut self.left);
            self.take(wanted)
        })
    }

    fn take(&mut self, wanted: &[State]) -> Option<(&'static Scenario, Vec<usize>)> {
        let fits = |scenario: &&Scenario| !stops(scenario, wanted).is_empty();
        let nth = self.left.iter().position(fits)?;
        let scenario = self.left.remove(nth);
        Some((scenario, stops(scenario, wanted)))
    }
}
