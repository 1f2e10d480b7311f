//! Whose turn it is, what is unread and what stands in the inbox, over random walks of several people on both sides: after
//! each step everything is as a model says that knows nothing of how it is kept.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use domain::{
    filter::Filter,
    id::{CompanyId, ContactId, ConversationId, StateId, TeammateId, TicketId, TypeId},
    list::Pile,
    timestamp::Timestamp,
    turn::Who,
};
use fastrand::Rng;
use portal::{
    Clock, Ids, Portal,
    customer::{self, Visit, private::Privacy},
    message::Message,
    teammate::{
        self, Teammate,
        conversation::Then,
        inbox::{Item, Wanted},
        ticket::{Changes, Conversion, duplicate},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};
use store::{CompanyFilter, Door, ListQuery, Past, Visitor};
use witness::Dynamo;

const LINES: &str = r#"
{"kind":"company","id":"acme","name":"Acme Ltd"}
{"kind":"company","id":"other","name":"Other Inc"}
{"kind":"contact","id":"ada","email":"ada@acme.example","name":"Ada","companies":["acme"]}
{"kind":"contact","id":"ben","email":"ben@acme.example","name":"Ben","companies":["acme"]}
{"kind":"contact","id":"cem","email":"cem@acme.example","name":"Cem","companies":["acme"]}
{"kind":"contact","id":"eve","email":"eve@other.example","name":"Eve","companies":["other"]}
{"kind":"teammate","id":"grace","name":"Grace"}
{"kind":"teammate","id":"tom","name":"Tom"}
{"kind":"ticket_type","id":"bug","name":"Bug","category":"customer","attributes":[]}
{"kind":"ticket_state","id":"new","category":"submitted","external_label":"Submitted","position":1}
{"kind":"ticket_state","id":"work","category":"in_progress","external_label":"In progress","position":2}
{"kind":"ticket_state","id":"deep","category":"in_progress","external_label":"With engineering","position":3}
{"kind":"ticket_state","id":"wait","category":"waiting_on_customer","external_label":"Waiting on you","position":4}
{"kind":"ticket_state","id":"done","category":"resolved","external_label":"Resolved","position":5}
{"kind":"conversation","id":"c1","participants":["ada"],"parts":[]}
{"kind":"conversation","id":"c3","participants":["eve"],"parts":[]}
{"kind":"conversation","id":"u1","participants":["ben","cem"],"parts":[]}
{"kind":"ticket","id":"t1","number":1,"type":"bug","title":"One","description":"","state":"new","company":"acme","requester":"ada","conversation":"c1","created_at":"2026-11-01T09:00:00Z","updated_at":"2026-11-01T09:00:00Z","history":[]}
{"kind":"ticket","id":"t2","number":2,"type":"bug","title":"Two","description":"","state":"wait","company":"acme","requester":"ben","created_at":"2026-11-01T09:01:00Z","updated_at":"2026-11-01T09:01:00Z","history":[]}
{"kind":"ticket","id":"t3","number":3,"type":"bug","title":"Three","description":"","state":"done","company":"other","requester":"eve","conversation":"c3","created_at":"2026-11-01T09:02:00Z","updated_at":"2026-11-01T09:02:00Z","history":[]}
{"kind":"settings","enabled":true,"audience":[],"visibility":{"restrict":false,"conditions":[]}}
"#;

const PEOPLE: [(&str, &str); 4] = [("ada", "acme"), ("ben", "acme"), ("cem", "acme"), ("eve", "other")];
const TEAM: [&str; 2] = ["grace", "tom"];
const STATES: [&str; 5] = ["new", "work", "deep", "wait", "done"];

fn side(state: &str) -> Who {
    match state {
        "wait" => Who::Customer,
        "done" => Who::Nobody,
        _ => Who::Us,
    }
}

/// What the model knows of a ticket, or of a conversation without one.
#[derive(Debug, Clone, Default)]
struct Case {
    conversation: Option<String>,
    /// Empty for a conversation without a ticket.
    state: &'static str,
    came_from: Option<&'static str>,
    since: i64,
    /// Messages of customers that the vendor has not answered.
    waiting: Vec<i64>,
    last: Option<(String, String)>,
    company: Option<&'static str>,
    requester: String,
    people: BTreeSet<String>,
    followers: BTreeSet<String>,
    /// Whether its requester keeps it from everybody else.
    private: bool,
    /// The ticket that it repeats, and the state in which it was before.
    repeats: Option<(String, Option<&'static str>)>,
    unread: BTreeSet<String>,
    assignee: Option<&'static str>,
    /// Whether the assignee has something to see.
    news: bool,
}

impl Case {
    fn turn(&self) -> (Who, i64) {
        match self.waiting.first() {
            Some(first) => (Who::Us, *first),
            None => (side(self.state), self.since),
        }
    }

    fn concerned(&self) -> BTreeSet<String> {
        self.people.iter().cloned().chain([self.requester.clone()]).filter(|id| !id.is_empty()).collect()
    }

    /// Whether somebody of a company sees the ticket.
    fn is_seen_by(&self, who: &str, of: &str) -> bool {
        !self.state.is_empty() && (self.requester == who || self.company == Some(of) && !self.private)
    }

    fn tell(&mut self, by: &str, customers: bool) {
        if customers {
            let others: Vec<_> = self.concerned().union(&self.followers).filter(|id| *id != by).cloned().collect();
            self.unread.extend(others);
        }
        self.news |= self.assignee.is_some_and(|assignee| assignee != by);
    }

    fn enter(&mut self, state: &'static str, at: i64) {
        if state == self.state {
            return;
        }
        if self.state != "wait" {
            self.came_from = Some(self.state);
        }
        if side(state) != side(self.state) {
            self.since = at;
        }
        if side(state) != Who::Us {
            self.waiting.clear();
        }
        self.state = state;
    }
}

struct World {
    portal: Portal,
    clock: Arc<AtomicI64>,
    dynamo: Dynamo,
    cases: BTreeMap<String, Case>,
    sent: u32,
}

impl World {
    async fn new() -> Self {
        let dynamo = Dynamo::start().await;
        let store = dynamo.store();
        store.create_table().await.unwrap();
        import::import_text(&store, LINES.trim()).await.unwrap();
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let clock = Arc::new(AtomicI64::new(now.millis()));
        let portal = Portal { store, clock: Clock::Set(clock.clone()), ids: Ids::Counted(Arc::default()) };
        let at = |time: &str| time.parse::<Timestamp>().unwrap().millis();
        let set = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>();
        let cases = BTreeMap::from([
            (
                "t1".to_owned(),
                Case {
                    conversation: Some("c1".into()),
                    state: "new",
                    since: at("2026-11-01T09:00:00Z"),
                    company: Some("acme"),
                    requester: "ada".into(),
                    people: set(&["ada"]),
                    ..Case::default()
                },
            ),
            (
                "t2".to_owned(),
                Case {
                    state: "wait",
                    since: at("2026-11-01T09:01:00Z"),
                    company: Some("acme"),
                    requester: "ben".into(),
                    ..Case::default()
                },
            ),
            (
                "t3".to_owned(),
                Case {
                    conversation: Some("c3".into()),
                    state: "done",
                    since: at("2026-11-01T09:02:00Z"),
                    company: Some("other"),
                    requester: "eve".into(),
                    people: set(&["eve"]),
                    ..Case::default()
                },
            ),
            (
                "u1".to_owned(),
                Case { conversation: Some("u1".into()), people: set(&["ben", "cem"]), ..Case::default() },
            ),
        ]);
        Self { portal, clock, dynamo, cases, sent: 0 }
    }

    fn message(&mut self) -> Message {
        self.sent += 1;
        Message { body: format!("Words {}", self.sent), client_id: format!("m-{}", self.sent) }
    }

    /// Somebody does something. What is not possible for them is left out.
    async fn step(&mut self, rng: &mut Rng) {
        self.clock.fetch_add(1000, Ordering::Relaxed);
        let now = self.clock.load(Ordering::Relaxed);
        let names: Vec<_> = self.cases.keys().cloned().collect();
        let name = names[rng.usize(..names.len())].clone();
        let case = self.cases[&name].clone();
        let (who, of) = PEOPLE[rng.usize(..PEOPLE.len())];
        let rep = TEAM[rng.usize(..TEAM.len())];
        let is_ticket = !case.state.is_empty();
        let sees = if is_ticket { case.is_seen_by(who, of) } else { case.people.contains(who) };
        match rng.u8(..14) {
            // Customers write twice as often as they do anything else.
            0..=2 if sees => self.write(&name, case, who, now).await,
            3 if sees && is_ticket => self.join(&name, case, who).await,
            4 if sees && is_ticket => {
                let id = TicketId::new(name.clone()).unwrap();
                customer::ticket::mark_read(&self.portal, &visit(who), Some(&id)).await.unwrap();
                self.cases.get_mut(&name).unwrap().unread.remove(who);
            }
            5 | 6 => self.reply(&name, case, rep, rng.u8(..4), now).await,
            7 if is_ticket => {
                let state = STATES[rng.usize(..STATES.len())];
                let changes = Changes { state: Some(StateId::new(state).unwrap()), ..Changes::default() };
                self.change(&name, rep, changes).await;
                let kept = self.cases.get_mut(&name).unwrap();
                if kept.state != state {
                    kept.enter(state, now);
                    kept.tell(rep, true);
                }
            }
            10 if sees && is_ticket => self.follow(&name, case, who, rng.bool()).await,
            11 if is_ticket => self.keep(&name, case, rng.bool()).await,
            12 if is_ticket && case.repeats.is_none() => {
                let other = names[rng.usize(..names.len())].clone();
                self.mark(&name, &other, rep, now).await;
            }
            13 if case.repeats.is_some() => self.unmark(&name, case, rep, now).await,
            8 if is_ticket => self.place(&name, case, rep, rng).await,
            9 if !is_ticket => self.convert(&name, case, rep, now).await,
            9 if rng.bool() => {
                let assignee = [None, Some("grace"), Some("tom")][rng.usize(..3)];
                let to = assignee.map(|id| TeammateId::new(id).unwrap());
                self.change(&name, rep, Changes { assignee: Some(to), ..Changes::default() }).await;
                let kept = self.cases.get_mut(&name).unwrap();
                if kept.assignee != assignee {
                    (kept.assignee, kept.news) = (assignee, false);
                    kept.tell(rep, false);
                }
            }
            9 => {
                if let Some(assignee) = case.assignee {
                    let id = TicketId::new(name.clone()).unwrap();
                    teammate::ticket::opened(&self.portal, &team(assignee), &id).await.unwrap();
                    self.cases.get_mut(&name).unwrap().news = false;
                }
            }
            _ => {}
        }
    }

    async fn write(&mut self, name: &str, case: Case, who: &str, now: i64) {
        let door = match &case.conversation {
            None => {
                let id = TicketId::new(name).unwrap();
                let (id, _) = customer::conversation::open(&self.portal, &visit(who), &id).await.unwrap();
                let kept = self.cases.get_mut(name).unwrap();
                kept.conversation = Some(id.to_string());
                kept.people.extend([who.to_owned(), kept.requester.clone()]);
                id
            }
            Some(id) => ConversationId::new(id.clone()).unwrap(),
        };
        if !self.cases[name].people.contains(who) {
            return;
        }
        let message = self.message();
        let said =
            customer::conversation::say(&self.portal, &visit(who), Door::Conversation(&door, None), &message).await;
        assert!(said.unwrap().1);
        let kept = self.cases.get_mut(name).unwrap();
        kept.waiting.push(now);
        if kept.state == "wait" {
            let back = kept.came_from.filter(|state| side(state) == Who::Us).unwrap_or("work");
            let waiting = kept.waiting.clone();
            kept.enter(back, now);
            kept.waiting = waiting;
        }
        kept.last = Some((who.to_owned(), message.body));
        kept.tell(who, true);
    }

    async fn join(&mut self, name: &str, case: Case, who: &str) {
        let Some(id) = case.conversation else { return };
        let door = ConversationId::new(id).unwrap();
        let joined = customer::conversation::join(&self.portal, &visit(who), Door::Conversation(&door, None)).await;
        let kept = self.cases.get_mut(name).unwrap();
        assert_eq!(joined.unwrap(), kept.people.insert(who.to_owned()));
    }

    async fn reply(&mut self, name: &str, case: Case, rep: &str, then: u8, now: i64) {
        let Some(id) = case.conversation.as_ref().map(|id| ConversationId::new(id.clone()).unwrap()) else { return };
        let then = match then {
            0 if !case.state.is_empty() => Some(Then::Wait),
            1 if !case.state.is_empty() => Some(Then::Resolve),
            _ => None,
        };
        let message = self.message();
        let body = message.body.clone();
        let reply = teammate::conversation::Reply { then, ..message.into() };
        assert!(teammate::conversation::reply(&self.portal, &team(rep), &id, reply).await.unwrap().1);
        let kept = self.cases.get_mut(name).unwrap();
        kept.waiting.clear();
        match then {
            Some(Then::Wait) => kept.enter("wait", now),
            Some(Then::Resolve) => kept.enter("done", now),
            None => {}
        }
        kept.last = Some((rep.to_owned(), body));
        kept.tell(rep, true);
    }

    async fn change(&self, name: &str, rep: &str, changes: Changes) {
        let id = TicketId::new(name).unwrap();
        let version = self.portal.store.ticket(&id).await.unwrap().unwrap().version;
        let changes = Changes { version, ..changes };
        teammate::ticket::change(&self.portal, &team(rep), &id, &changes).await.unwrap();
    }

    /// Moves a ticket to No company or back.
    async fn place(&mut self, name: &str, case: Case, rep: &str, rng: &mut Rng) {
        let theirs = PEOPLE.iter().find(|(who, _)| *who == case.requester).map(|(_, of)| *of);
        let to = if rng.bool() { None } else { theirs };
        let id = TicketId::new(name).unwrap();
        let version = self.portal.store.ticket(&id).await.unwrap().unwrap().version;
        let company = to.map(|id| CompanyId::new(id).unwrap());
        teammate::company::choose(&self.portal, &team(rep), &id, version, company).await.unwrap();
        let kept = self.cases.get_mut(name).unwrap();
        if kept.company != to {
            kept.company = to;
            kept.tell(rep, true);
        }
    }

    async fn convert(&mut self, name: &str, case: Case, rep: &str, now: i64) {
        let conversion = Conversion {
            ticket_type: TypeId::new("bug").unwrap(),
            title: "Made of it".into(),
            description: None,
            requester: None,
            state: None,
            attributes: BTreeMap::new(),
            shared: false,
            company: None,
            assignee: None,
        };
        let id = ConversationId::new(case.conversation.clone().unwrap()).unwrap();
        let (ticket, _) = teammate::ticket::convert(&self.portal, &team(rep), &id, conversion, None).await.unwrap();
        self.cases.remove(name);
        let requester = ticket.row.requester.id.to_string();
        let mut case = Case { state: "new", since: now, company: Some("acme"), requester, ..case };
        case.tell(rep, true);
        self.cases.insert(ticket.row.id.to_string(), case);
    }

    async fn follow(&mut self, name: &str, case: Case, who: &str, following: bool) {
        let id = TicketId::new(name).unwrap();
        customer::follow::follow(&self.portal, &visit(who), Some(&id), following).await.unwrap();
        let kept = self.cases.get_mut(name).unwrap();
        if following {
            kept.followers.insert(who.to_owned());
        } else if kept.followers.remove(who) && !case.concerned().contains(who) {
            kept.unread.remove(who);
        }
    }

    /// Makes a ticket private, or shows it to colleagues again.
    async fn keep(&mut self, name: &str, case: Case, private: bool) {
        let id = TicketId::new(name).unwrap();
        let wanted = Privacy { private, version: None };
        customer::private::keep(&self.portal, &visit(&case.requester), Some(&id), wanted).await.unwrap();
        let kept = self.cases.get_mut(name).unwrap();
        if kept.private != private {
            kept.private = private;
            kept.tell(&case.requester, true);
        }
    }

    /// Says that a ticket repeats another one, if it may.
    async fn mark(&mut self, name: &str, other: &str, rep: &str, now: i64) {
        let (id, original) = (TicketId::new(name).unwrap(), TicketId::new(other).unwrap());
        let is_ticket = !self.cases[other].state.is_empty();
        let is_repeated = self.cases.values().any(|it| it.repeats.as_ref().is_some_and(|(of, _)| of == name));
        let version = self.portal.store.ticket(&id).await.unwrap().unwrap().version;
        let marked = duplicate::mark(&self.portal, &team(rep), &id, &original, version).await;
        if !is_ticket || is_repeated || name == other || self.cases[other].repeats.is_some() {
            assert!(marked.is_err(), "{name} of {other}");
            return;
        }
        let people = marked.unwrap().people;
        let kept = self.cases.get_mut(name).unwrap();
        let from = (kept.state != "done").then_some(kept.state);
        kept.repeats = Some((other.to_owned(), from));
        kept.enter("done", now);
        kept.tell(rep, from.is_some());
        let case = kept.clone();
        let original = self.cases.get_mut(other).unwrap();
        original.tell(rep, false);
        let mut unseeing = 0;
        for who in case.concerned().union(&case.followers) {
            let of = PEOPLE.iter().find(|(id, _)| id == who).unwrap().1;
            if !original.is_seen_by(who, of) {
                // Who takes part in one that has no company has it already.
                unseeing += usize::from(original.company.is_some());
            } else if original.requester != *who {
                let joins = original.conversation.is_some() && case.concerned().contains(who);
                let among = if joins { &mut original.people } else { &mut original.followers };
                among.insert(who.clone());
            }
        }
        if original.company.is_some() {
            assert_eq!(people.unseeing, unseeing, "{name} of {other}");
        }
    }

    async fn unmark(&mut self, name: &str, case: Case, rep: &str, now: i64) {
        let id = TicketId::new(name).unwrap();
        let version = self.portal.store.ticket(&id).await.unwrap().unwrap().version;
        duplicate::unmark(&self.portal, &team(rep), &id, version).await.unwrap();
        let (other, from) = case.repeats.unwrap();
        let kept = self.cases.get_mut(name).unwrap();
        kept.repeats = None;
        let back = from.filter(|_| kept.state == "done");
        if let Some(state) = back {
            kept.enter(state, now);
        }
        kept.tell(rep, back.is_some());
        self.cases.get_mut(&other).unwrap().tell(rep, false);
    }

    /// Compares what one person sees of each ticket by itself, and in their tickets space, with the model.
    async fn look_closer(&self, who: &str, of: &str) {
        let visit = visit(who);
        if customer::list::list(&self.portal, &visit, &ListQuery::default()).await.is_err() {
            return;
        }
        // Of one without a company it depends on how somebody came to it.
        let of_company = |id: &str| self.cases.get(id).is_some_and(|it| it.company.is_some());
        for (name, case) in self.cases.iter().filter(|(name, _)| of_company(name)) {
            let id = TicketId::new(name.clone()).unwrap();
            let seen = customer::ticket::read(&self.portal, &visit, Some(&id), Past::Newest).await;
            assert_eq!(seen.is_ok(), case.is_seen_by(who, of), "{who}, {name}");
            let Ok(seen) = seen else { continue };
            assert_eq!(seen.following, case.followers.contains(who), "{who}, {name}");
            assert_eq!(seen.ticket.row.private, case.private);
            let original = case.repeats.as_ref().map(|(of, _)| of.as_str()).filter(|id| of_company(id));
            let original = original.filter(|id| self.cases[*id].is_seen_by(who, of));
            let told = seen.ticket.duplicate_of.as_ref().map(|it| it.id.as_str()).filter(|id| of_company(id));
            assert_eq!(told, original, "{who}, {name}");
        }
        let space = customer::space::space(&self.portal, &visit, 100, None).await.unwrap();
        let found: BTreeSet<_> =
            space.tickets.iter().map(|(row, _)| row.id.as_str()).filter(|id| of_company(id)).collect();
        let theirs = self.cases.iter().filter(|(name, it)| of_company(name) && it.is_seen_by(who, of));
        let theirs = theirs.filter(|(_, it)| it.concerned().contains(who) || it.followers.contains(who));
        assert_eq!(found, theirs.map(|(name, _)| name.as_str()).collect(), "{who}");
    }

    /// Compares all that one person sees with the model.
    async fn look(&self, who: &str, of: &str) {
        let visit = visit(who);
        let theirs = |case: &&Case| case.company == Some(of) && case.is_seen_by(who, of);
        let pile = |case: &Case| match case.turn().0 {
            Who::Us => Pile::Us,
            Who::Customer if case.concerned().contains(who) => Pile::You,
            Who::Customer => Pile::Colleagues,
            Who::Nobody => Pile::None,
        };
        for turn in [None, Some(Pile::You), Some(Pile::Colleagues), Some(Pile::Us), Some(Pile::None)] {
            let filter = Filter { turn, ..Filter::default() };
            let query = ListQuery { filter, limit: 100, ..ListQuery::default() };
            let list = customer::list::list(&self.portal, &visit, &query).await;
            let Ok(list) = list else {
                assert!(!self.cases.values().any(|case| theirs(&case)), "{who}: {list:?}");
                return;
            };
            let found: BTreeMap<_, _> = list
                .rows
                .iter()
                .map(|row| {
                    let last = row.last_message.as_ref().map(|last| last.text.clone());
                    (row.id.to_string(), (row.turn.who, row.turn.since.millis(), row.unread, last))
                })
                .collect();
            let expected: BTreeMap<_, _> = self
                .cases
                .iter()
                .filter(|(_, case)| theirs(case) && turn.is_none_or(|turn| turn == pile(case)))
                .map(|(id, case)| {
                    let last = case.last.as_ref().map(|(_, text)| text.clone());
                    (id.clone(), (pile(case), case.turn().1, case.unread.contains(who), last))
                })
                .collect();
            assert_eq!(found, expected, "{who}, {turn:?}");
            for it in Pile::ALL {
                let count = self.cases.values().filter(|case| theirs(case) && pile(case) == it).count() as u64;
                assert_eq!(list.piles.in_pile(it), count, "{who}, {it:?}");
            }
            let unread = self.cases.values().filter(|case| case.is_seen_by(who, of) && case.unread.contains(who));
            assert_eq!(list.unread, unread.count() as u64, "{who}");
        }
    }

    /// Compares the inbox of a teammate with the model.
    async fn look_into_the_inbox(&self, rep: &str) {
        for turn in Who::ALL {
            for assignee in [None, Some(None), Some(Some("grace"))] {
                let wanted = Wanted {
                    turn,
                    assignee: assignee.map(|it| it.map(|id| TeammateId::new(id).unwrap())),
                    company: CompanyFilter::Any,
                    ticket_type: None,
                };
                let (mut found, mut after) = (Vec::new(), None);
                loop {
                    let page = teammate::inbox::inbox(&self.portal, &team(rep), &wanted, after, 2).await.unwrap();
                    found.extend(page.items.iter().map(|item| match item {
                        Item::Ticket(it) => (it.row.turn.since.millis(), it.row.id.to_string(), it.unread),
                        Item::Conversation(it) => (it.turn.since.millis(), it.id.to_string(), false),
                    }));
                    let of = |assignee: Option<&str>| {
                        let mine = |case: &&Case| case.assignee == assignee && case.turn().0 == Who::Us;
                        let open = |case: &&Case| !case.state.is_empty() || !case.waiting.is_empty();
                        self.cases.values().filter(open).filter(mine).count() as u64
                    };
                    let counts = (page.counts.us, page.counts.mine, page.counts.unassigned);
                    let all = TEAM.iter().map(|id| of(Some(id))).sum::<u64>() + of(None);
                    assert_eq!(counts, (all, of(Some(rep)), of(None)));
                    after = page.next;
                    if after.is_none() {
                        break;
                    }
                }
                let mut expected: Vec<_> = self
                    .cases
                    .iter()
                    .filter(|(_, case)| case.turn().0 == turn && assignee.is_none_or(|it| it == case.assignee))
                    .filter(|(_, case)| !case.state.is_empty() || !case.waiting.is_empty())
                    .map(|(id, case)| (case.turn().1, id.clone(), case.news && case.assignee == Some(rep)))
                    .collect();
                expected.sort();
                if turn != Who::Us {
                    expected.reverse();
                }
                assert_eq!(found, expected, "{rep}, {turn:?}, {assignee:?}");
            }
        }
    }
}

fn visit(contact: &str) -> Visit {
    Visit::new(Visitor { contact: ContactId::new(contact).unwrap(), session: None }, None)
}

fn team(id: &str) -> Teammate {
    Teammate { id: TeammateId::new(id).unwrap(), name: None }
}

async fn walk(seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let mut world = World::new().await;
    for _ in 0..40 {
        world.step(&mut rng).await;
        world.dynamo.settle();
        let (who, of) = PEOPLE[rng.usize(..PEOPLE.len())];
        world.look(who, of).await;
        world.look_closer(who, of).await;
        world.look_into_the_inbox(TEAM[rng.usize(..TEAM.len())]).await;
    }
    world.dynamo.feed(&world.portal.store).await;
    let findings = world.portal.store.check(|_| {}).await.unwrap().findings;
    assert_eq!(findings, [], "seed {seed}");
    let done = world.portal.store.reindex(true, |_| {}).await.unwrap();
    assert_eq!((done.turns, done.inbox, done.recounted), (0, false, 0), "seed {seed}");
}

#[tokio::test]
async fn everybody_sees_whose_turn_it_is_and_what_is_new_whatever_anybody_does() {
    for seed in 0..4 {
        walk(seed).await;
    }
}

#[tokio::test]
async fn and_so_they_do_on_other_walks() {
    for seed in 100..104 {
        walk(seed).await;
    }
}
