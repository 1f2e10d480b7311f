//! Plays a scenario at one customer as far as a ticket has come.

use super::{
    calendar::{DAY, HOUR, MINUTE, at_work, timestamp},
    cast::{Contact, Customer, Teammate},
    details::{Details, one_of},
    scenario::{Kind, Scenario, Step},
    state::State,
};
use fastrand::Rng;
use serde_json::{Map, Value, json};
use std::iter;

/// Who takes part.
#[derive(Debug)]
pub struct Players<'a> {
    /// The ticket's company.
    pub customer: Option<&'a Customer>,
    /// Who needs help.
    pub requester: &'a Contact,
    /// Who else could join.
    pub colleagues: Vec<&'a Contact>,
    /// Who answers.
    pub rep: &'a str,
    /// The vendor's teammates.
    pub teammates: &'a [Teammate],
    /// Whether they write in the customer's own language, which the other teammates may not know.
    pub native: bool,
}

/// How a ticket found its company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Association {
    /// It had the right company, or none, from the start.
    FromTheStart,
    /// A teammate chose a company, or No company, afterwards.
    Afterwards,
}

/// When the last step was taken, and what time it is. In seconds since 1970.
#[derive(Debug, Clone, Copy)]
pub struct Last {
    pub at: i64,
    pub now: i64,
}

/// One of so many customers has the last word on a ticket that has just been resolved.
const LAST_WORD: u32 = 3;
/// How long such a word waits for somebody who takes it off the inbox.
const UNANSWERED: i64 = 10 * DAY;

/// A ticket that lacks only its number.
#[derive(Debug)]
pub struct Story<'a> {
    pub created_at: i64,
    updated_at: i64,
    kind: Kind,
    pub title: String,
    description: String,
    state: State,
    company: Option<&'a str>,
    requester: &'a str,
    participants: Vec<&'a str>,
    parts: Vec<Part>,
    history: Vec<(i64, Value)>,
    attributes: Map<String, Value>,
    shared: bool,
}

#[derive(Debug)]
struct Part {
    kind: &'static str,
    author: Value,
    body: String,
    at: i64,
}

/// The numbers of steps of `scenario` after which the ticket is in one of `states`.
pub fn stops(scenario: &Scenario, states: &[State]) -> Vec<usize> {
    let mut state = State::New;
    let after = scenario.steps.iter().map(|step| {
        state = state.after(step);
        state
    });
    let reached = iter::once(State::New).chain(after).enumerate();
    reached.filter(|(_, state)| states.contains(state)).map(|(steps, _)| steps).collect()
}

/// Plays the first `length` steps of `scenario`, the last of them at `last.at`.
pub fn play<'a>(
    rng: &mut Rng,
    scenario: &Scenario,
    length: usize,
    players: &Players<'a>,
    association: Association,
    shared: bool,
    last: Last,
) -> Story<'a> {
    let possible = |step: &&Step| !matches!(step, Step::Colleague(_)) || !players.colleagues.is_empty();
    let steps: Vec<&Step> = scenario.steps.iter().take(length).filter(possible).collect();
    let (created_at, times) = schedule(rng, &steps, last.at);
    let details = Details::draw(rng, players.customer, players.requester, timestamp(created_at));
    let opened_by = match scenario.kind {
        Kind::Internal | Kind::Incident => teammate(players.rep),
        _ => contact(players.requester),
    };
    let mut story = Story {
        created_at,
        updated_at: created_at,
        kind: scenario.kind,
        title: details.fill(one_of(rng, &scenario.titles)),
        description: details.fill(&scenario.description),
        state: State::New,
        company: players.customer.map(|it| it.id.as_str()),
        requester: &players.requester.id,
        participants: vec![&players.requester.id],
        parts: Vec::new(),
        history: vec![(created_at, json!({"event": "created", "by": opened_by}))],
        attributes: Map::new(),
        shared,
    };
    if association == Association::Afterwards {
        let change = json!({"event": "company_changed", "company": story.company, "by": teammate(players.rep)});
        story.history.push((created_at + 3 * MINUTE, change));
    }
    for (step, at) in steps.iter().zip(&times) {
        story.take(rng, step, *at, players, &details);
    }
    // Some colleagues join and read without writing.
    if let (1, Some(colleague), Some(at), 0..20) =
        (story.participants.len(), rng.choice(&players.colleagues), rng.choice(&times), rng.u8(..100))
        && story.parts.iter().any(|part| part.kind == "message")
    {
        story.join(colleague, at + 2 * MINUTE);
    }
    // A customer's word on a resolved ticket makes it the vendor's turn. Most leave it at that.
    let is_answered = last.now - last.at > UNANSWERED || !details.n.is_multiple_of(LAST_WORD);
    if matches!(story.state, State::Solved | State::Declined) && is_answered {
        story.forget_last_word();
    }
    story.attributes = attributes(rng, scenario, &story, &details);
    story.history.sort_by_key(|(at, _)| *at);
    let messages = story.parts.iter().filter(|part| part.kind == "message").map(|part| part.at);
    story.updated_at = story.history.iter().map(|(at, _)| *at).chain(messages).max().unwrap_or(created_at);
    story
}

/// When the ticket was opened, and when each step was taken. Counted backwards, so that the last one is where it
/// should be.
fn schedule(rng: &mut Rng, steps: &[&Step], last: i64) -> (i64, Vec<i64>) {
    let mut times = Vec::new();
    let mut at = last;
    for step in steps.iter().rev() {
        times.push(at);
        let pause = match step {
            Step::Note(_) => 8 * MINUTE..50 * MINUTE,
            Step::Them(_) | Step::Colleague(_) => 12 * MINUTE..26 * HOUR,
            Step::Ask(_) | Step::Look(_) => 9 * MINUTE..6 * HOUR,
            Step::Escalate(_) => HOUR..20 * HOUR,
            Step::Fix(_) | Step::Decline(_) => 8 * HOUR..3 * DAY,
            Step::Done(_) => HOUR..2 * DAY,
        };
        at -= rng.i64(pause);
        at = at_work(rng, at);
    }
    times.reverse();
    (at, times)
}

impl<'a> Story<'a> {
    fn take(&mut self, rng: &mut Rng, step: &Step, at: i64, players: &Players<'a>, details: &Details) {
        let rep = teammate(players.rep);
        let (kind, author, text) = match step {
            Step::Them(text) => ("message", contact(players.requester), text),
            Step::Colleague(text) => {
                let Some(colleague) = rng.choice(&players.colleagues) else { return };
                self.join(colleague, at - MINUTE);
                ("message", contact(colleague), text)
            }
            Step::Note(text) if players.native => ("note", rep.clone(), text),
            Step::Note(text) => {
                let author = rng.choice(players.teammates).map_or(players.rep, |it| &it.id);
                ("note", teammate(author), text)
            }
            Step::Ask(text)
            | Step::Look(text)
            | Step::Escalate(text)
            | Step::Fix(text)
            | Step::Done(text)
            | Step::Decline(text) => ("message", rep.clone(), text),
        };
        if !text.is_empty() {
            self.parts.push(Part { kind, author, body: details.fill(text), at });
        }
        let state = self.state.after(step);
        if state != self.state {
            // A teammate takes a moment to see an answer.
            let delay = if matches!(step, Step::Them(_)) { 4 * MINUTE } else { 20 };
            self.history.push((at + delay, json!({"event": "state_changed", "state": state, "by": rep})));
            self.state = state;
        }
    }

    /// Ends it with what the vendor said last, unless nothing but notes followed.
    fn forget_last_word(&mut self) {
        let is_answer = |part: &Part| part.kind == "message" && part.author.get("teammate").is_some();
        let said = self.parts.iter().rposition(is_answer).map_or(0, |answer| answer + 1);
        if self.parts.iter().skip(said).any(|part| part.kind == "message") {
            self.parts.truncate(said);
        }
    }

    fn join(&mut self, who: &'a Contact, at: i64) {
        if !self.participants.contains(&who.id.as_str()) {
            self.participants.push(&who.id);
            self.history.push((at, json!({"event": "joined", "by": contact(who)})));
        }
    }

    /// The ticket's import line, and that of its conversation if it has one.
    pub fn lines(self, number: usize) -> impl Iterator<Item = Value> {
        let time = |second: i64| timestamp(second).to_string();
        let parts: Vec<Value> = (1..)
            .zip(self.parts)
            .map(|(nth, part)| {
                json!({
                    "id": format!("p-{number}-{nth}"), "type": part.kind, "author": part.author,
                    "body": part.body, "at": time(part.at),
                })
            })
            .collect();
        let id = format!("c-{number}");
        let conversation = (!parts.is_empty())
            .then(|| json!({"kind": "conversation", "id": id, "participants": self.participants, "parts": parts}));
        let history = self.history.into_iter().map(|(at, mut event)| {
            if let Some(event) = event.as_object_mut() {
                event.insert("at".into(), time(at).into());
            }
            event
        });
        let ticket = json!({
            "kind": "ticket", "id": format!("tk-{number}"), "number": number, "type": self.kind,
            "title": self.title, "description": self.description, "state": self.state,
            "company": self.company, "requester": self.requester, "shared": self.shared,
            "conversation": conversation.as_ref().map(|_| id), "attributes": self.attributes,
            "created_at": time(self.created_at), "updated_at": time(self.updated_at),
            "history": history.collect::<Vec<Value>>(),
        });
        conversation.into_iter().chain([ticket])
    }
}

fn contact(who: &Contact) -> Value {
    json!({"contact": who.id})
}

fn teammate(id: &str) -> Value {
    json!({"teammate": id})
}

/// Values of the type's attributes, as far as somebody has filled them in.
fn attributes(rng: &mut Rng, scenario: &Scenario, story: &Story, details: &Details) -> Map<String, Value> {
    let mut values = Map::new();
    let mut set = |name: &str, value: Value| values.insert(name.into(), value);
    let (n, amount) = (details.n, f64::from(details.cents) / 100.0);
    let in_days = |days: i64| json!(timestamp((story.created_at / HOUR) * HOUR + days * DAY).to_string());
    let taken_up = story.state != State::New;
    match scenario.kind {
        Kind::Bug => {
            set("Area", json!(scenario.topic));
            set("Severity", json!(one_of(rng, &["Low", "Medium", "Medium", "High", "Urgent"])));
            if taken_up {
                set("Reproduced", json!(rng.bool()));
            }
            if matches!(story.state, State::Engineering | State::Merged) {
                set("Engineering issue", json!(format!("ENG-{}", rng.u32(2_000..9_000))));
            }
        }
        Kind::Billing => {
            set("Topic", json!(scenario.topic));
            set("Invoice number", json!(details.invoice));
            set("Amount (EUR)", json!(amount));
            if taken_up {
                set("Goodwill approved", json!(rng.bool()));
            }
        }
        Kind::Feature => {
            set("Area", json!(scenario.topic));
            set("Votes", json!(n));
            set("Deal size (EUR)", json!(amount));
            if story.state == State::Merged {
                set("Planned for", in_days(30));
            }
        }
        Kind::Access => {
            set("Topic", json!(scenario.topic));
            set("People affected", json!(n));
            set("Needed by", in_days(rng.i64(1..9)));
            set("Blocks work", json!(rng.bool()));
        }
        Kind::Internal => {
            set("Team", json!(scenario.topic));
            set("Effort (hours)", json!(f64::from(n) / 2.0));
            if story.shared {
                set("Change window", in_days(rng.i64(9..16)));
            }
        }
        Kind::Incident => {
            set("Component", json!(scenario.topic));
            set("Customers affected", json!(n));
        }
    }
    values
}
