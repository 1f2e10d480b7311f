//! Search in a table with 200,000 tickets: what it finds, in how many round trips, for how many read units.

use domain::{
    catalog::TicketCategory,
    history::{Actor, Change, Event},
    id::{CompanyId, ContactId, StateId, TicketId, TypeId},
    search::{Query, Words},
    state::StateCategory,
    ticket::{Ticket, TicketRow},
    timestamp::Timestamp,
};
use e2e::{
    for_engine,
    proxy::{Proxy, sequential},
};
use engine::{AttributeValue, Engine, Item, Loader};
use std::{
    collections::{BTreeMap, HashMap},
    sync::mpsc::sync_channel,
    thread,
    time::Duration,
};
use store::{CompanyFilter, Hit, SearchQuery, Store, TicketWrite};

/// Long enough that requests side by side overlap on a busy machine.
const DELAY: Duration = Duration::from_millis(200);
const TICKETS: u64 = 200_000;
/// One ticket in this many belongs to the large company.
const LARGE: u64 = 16;
const COMPANIES: u64 = 400;

/// A pronounceable word: 3 syllables out of 70, so that beginnings are shared as in a language.
fn word(n: u64) -> String {
    let syllable = |n: u64| {
        let (consonant, vowel) = (b"bdfgklmnprstvz"[(n % 14) as usize], b"aeiou"[(n / 14 % 5) as usize]);
        [consonant as char, vowel as char]
    };
    let mixed = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    [mixed, mixed / 70, mixed / 4900].into_iter().flat_map(syllable).collect()
}

/// A word of 2 syllables.
fn short(n: u64) -> String {
    word(n)[..4].to_owned()
}

/// A number below `bound`, far more often a small one, as with the words that people use.
fn skewed(mix: u64, bound: u64) -> u64 {
    let of_a_thousand = mix % 1000;
    bound * of_a_thousand * of_a_thousand * of_a_thousand / 1_000_000_000
}

fn company_of(mix: u64) -> Option<u64> {
    match mix % 64 {
        0 => None,
        n if n % LARGE == 1 => Some(0),
        _ => Some(1 + mix / 64 % (COMPANIES - 1)),
    }
}

fn company_id(n: u64) -> CompanyId {
    CompanyId::new(format!("co-{n}")).unwrap()
}

fn company_name(n: u64) -> String {
    short(50_000 + n)
}

fn ticket(n: u64) -> Ticket {
    let mix = (n + 1).wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 8;
    let bits = |shift: u64| (mix >> shift).wrapping_mul(0xA24B_AED4_963E_E407) >> 24;
    let company = company_of(bits(1));
    // A common noun, a common verb, and something that is special to the case.
    let title = format!(
        "{} {} {}",
        word(skewed(bits(5), 300)),
        short(1000 + skewed(bits(9), 100)),
        word(2000 + bits(3) % 5000)
    );
    let created = Timestamp::from_millis(1_700_000_000_000 + (bits(7) % 2_000_000) as i64 * 30_000).unwrap();
    let requester = bits(2) % 3000;
    let row = TicketRow {
        id: TicketId::new(format!("t-{n}")).unwrap(),
        number: 1000 + n,
        title,
        ticket_type: TypeId::new(if n.is_multiple_of(5) { "feature" } else { "bug" }).unwrap(),
        category: TicketCategory::Customer,
        shared: false,
        state: StateId::new("st-1").unwrap(),
        state_category: StateCategory::ALL[(n % 4) as usize],
        company: company.map(company_id),
        requester: ContactId::new(format!("u-{requester}")).unwrap(),
        requester_name: Some(short(20_000 + requester)),
        created_at: created,
        updated_at: created,
        turn_since: None,
        exchange: Default::default(),
    };
    Ticket {
        row,
        description: "It has happened since Monday.".into(),
        attributes: BTreeMap::new(),
        conversation: None,
        company_chosen: false,
        company_name: company.map(company_name),
        assignee: None,
        waited_from: None,
        version: 0,
    }
}

/// The key of an item.
fn place(item: &Item) -> [String; 2] {
    ["pk", "sk"].map(|name| match &item[name] {
        AttributeValue::S(key) => key.clone(),
        other => panic!("{other:?}"),
    })
}

/// What the searches of this test can come to.
struct Read {
    queries: Vec<(Query, CompanyFilter)>,
    /// The lists that they read, and of which company.
    lists: Vec<(String, CompanyFilter)>,
}

impl Read {
    fn by<'a>(searches: impl Iterator<Item = (&'a String, &'a CompanyFilter)>) -> Self {
        let queries: Vec<_> = searches.map(|(text, of)| (Query::parse(text).unwrap(), of.clone())).collect();
        let lists = |(query, of): &(Query, CompanyFilter)| {
            let lists = query.number().map(str::to_owned).into_iter().chain(query.lists());
            lists.map(|list| (list, of.clone())).collect::<Vec<_>>()
        };
        Self { lists: queries.iter().flat_map(lists).collect(), queries }
    }

    /// The ends of the partitions in which a ticket can be come to.
    fn places(&self, known: &Known, words: &Words) -> Vec<String> {
        let reads = |(list, of): &&(String, CompanyFilter)| known.is_of(of) && words.lists().contains(list);
        self.lists.iter().filter(reads).map(|(list, _)| format!("FIND#{}#", list.replace('#', "%23"))).collect()
    }

    fn hits(&self, known: &Known) -> bool {
        self.queries.iter().any(|(query, of)| known.is_of(of) && query.matches(&known.words))
    }
}

/// All tickets, as the store writes them, without what no search of this test can come to: of the twenty places of a
/// ticket, most are in lists of words that nobody asks for. A search that came to those would find too little. Two threads
/// make items while the engine loads earlier ones.
fn fill(store: &Store, loader: &Loader, read: &Read) -> Vec<Known> {
    const AT_ONCE: usize = 10_000;
    let made = |first: u64| {
        let (mut all, mut batch) = (Vec::with_capacity(AT_ONCE), Vec::new());
        for n in first..(first + AT_ONCE as u64).min(TICKETS) {
            let ticket = ticket(n);
            let words = Words::of_ticket(&ticket.row, ticket.company_name.as_deref());
            let known = Known {
                place: (ticket.row.created_at, ticket.row.id.to_string()),
                words: words.to_string(),
                company: ticket.row.company.clone(),
                state: ticket.row.state_category,
            };
            let (places, is_hit) = (read.places(&known, &words), read.hits(&known));
            all.push(known);
            if places.is_empty() {
                continue;
            }
            let event = Event { at: ticket.row.created_at, by: Actor::System, change: Change::Created };
            let items = store.items_of(TicketWrite::create(ticket, event)).unwrap();
            let is_read = |item: &HashMap<_, aws_sdk_dynamodb::types::AttributeValue>| {
                let (pk, sk) = (item["pk"].as_s().unwrap(), item["sk"].as_s().unwrap());
                let is_row = sk.starts_with("TICKET#") && !pk.contains("FIND#");
                is_row && is_hit || places.iter().any(|list| pk.ends_with(list))
            };
            batch.extend(items.into_iter().filter(is_read).map(for_engine));
        }
        // Rows that are loaded in the table's order find their neighbours in the cache.
        batch.sort_by_cached_key(place);
        (first, all, batch)
    };
    thread::scope(|scope| {
        let (send, receive) = sync_channel(0);
        for half in 0..2 {
            let (send, made) = (send.clone(), &made);
            scope.spawn(move || {
                (half * AT_ONCE as u64..TICKETS).step_by(2 * AT_ONCE).for_each(|first| send.send(made(first)).unwrap());
            });
        }
        drop(send);
        let mut known = BTreeMap::new();
        for (first, some, batch) in receive {
            loader.load("tickets", batch).unwrap();
            known.insert(first, some);
        }
        known.into_values().flatten().collect()
    })
}

/// A ticket as the test knows it.
struct Known {
    place: (Timestamp, String),
    words: String,
    company: Option<CompanyId>,
    state: StateCategory,
}

impl Known {
    fn is_of(&self, company: &CompanyFilter) -> bool {
        match company {
            CompanyFilter::Any => true,
            CompanyFilter::NoCompany => self.company.is_none(),
            CompanyFilter::Of(id) => self.company.as_ref() == Some(id),
        }
    }
}

struct Table {
    known: Vec<Known>,
    store: Store,
    proxy: Proxy,
}

impl Table {
    /// All hits there are, newest first; number first.
    fn expected(&self, query: &SearchQuery) -> Vec<&str> {
        let number = query.query.number();
        let numbered = |it: &Known| number.is_some_and(|number| it.words.split(' ').any(|word| word == number));
        let mut hits: Vec<_> = self
            .known
            .iter()
            .filter(|it| query.query.matches(&it.words))
            .filter(|it| it.is_of(&query.company))
            .filter(|it| query.state.is_none_or(|state| it.state == state))
            .collect();
        hits.sort_by_key(|it| (!numbered(it), std::cmp::Reverse(it.place.clone())));
        hits.into_iter().map(|it| it.place.1.as_str()).collect()
    }

    /// Demands that every page is as expected; returns the hits and sequential round trips of the first, and the most
    /// read units of any.
    async fn search(&self, text: &str, company: CompanyFilter, state: Option<StateCategory>) -> (usize, usize, f64) {
        let query = Query::parse(text).unwrap();
        let mut query = SearchQuery { query, company, state, ticket_type: None, kind: None, after: None, limit: 20 };
        let expected = self.expected(&query);
        self.proxy.take();
        let (mut found, mut first) = (Vec::new(), None);
        // All hits of a rare word, and more than a page of a common one.
        while found.len() < 60 {
            let page = self.store.search(&query).await.unwrap();
            let calls = self.proxy.take();
            let cost = (page.hits.len(), sequential(&calls), calls.iter().map(|call| call.units).sum::<f64>());
            let worst = first.get_or_insert(cost);
            assert!(cost.1 <= 2, "{text}: {calls:?}");
            worst.2 = worst.2.max(cost.2);
            found.extend(page.hits.into_iter().map(|hit| match hit {
                Hit::Ticket(row) => row.id.to_string(),
                Hit::Conversation(head) => head.id.to_string(),
            }));
            query.after = page.next;
            if query.after.is_none() {
                assert_eq!(found.len(), expected.len(), "{text}");
                break;
            }
        }
        assert_eq!(found, expected[..found.len()], "{text}");
        first.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(feature = "built-functions", ignore = "runs no function")]
async fn two_hundred_thousand_tickets_are_searched_in_two_round_trips_and_twenty_units() {
    let (engine, loader) = Engine::memory_with_loader(0).await.unwrap();
    let direct = Store::at(&engine.endpoint(), "tickets");
    direct.create_table().await.unwrap();
    for n in 0..COMPANIES {
        direct.put_company(&company_id(n), &company_name(n), &BTreeMap::new()).await.unwrap();
    }
    let large = || CompanyFilter::Of(company_id(0));
    let (noun, verb) = (word(0), short(1000));
    let special = (0..TICKETS).map(ticket).find(|it| it.row.company == Some(company_id(0))).unwrap();
    let special = Words::of_ticket(&special.row, special.company_name.as_deref()).to_string();
    let special: Vec<_> = special.split(' ').collect();
    let resolved = Some(StateCategory::Resolved);
    let searches = [
        ("popular words, company", format!("{noun} {verb}"), large(), None),
        ("beginnings of popular words, company", format!("{} {}", &noun[..4], &verb[..3]), large(), None),
        ("a popular and a rare word, company", format!("{noun} {}", special[3]), large(), None),
        ("two words of one ticket, company", format!("{} {}", special[2], special[3]), large(), None),
        ("title and requester, company", format!("{} {}", special[1], special[4]), large(), None),
        ("popular words, company and state", format!("{noun} {verb}"), large(), resolved),
        ("one word, company", noun.clone(), large(), None),
        ("everything of a company", String::new(), large(), None),
        ("popular words, No company", format!("{noun} {verb}"), CompanyFilter::NoCompany, None),
        ("popular words, everywhere", format!("{noun} {verb}"), CompanyFilter::Any, None),
        ("a popular and a rare word, everywhere", format!("{noun} {}", special[3]), CompanyFilter::Any, None),
        ("a company's name, everywhere", company_name(7), CompanyFilter::Any, None),
        ("a number, everywhere", "150042".into(), CompanyFilter::Any, None),
        ("nothing that is there", "xyzzy".into(), large(), None),
    ];
    let read = Read::by(searches.iter().map(|(_, text, company, _)| (text, company)));
    let known = tokio::task::block_in_place(|| fill(&direct, &loader, &read));
    assert_eq!(known.len() as u64, TICKETS);
    assert!(known.iter().filter(|it| it.company == Some(company_id(0))).count() >= 10_000);

    let proxy = Proxy::start(&engine.endpoint(), DELAY).await;
    let table = Table { known, store: Store::at(&proxy.endpoint, "tickets"), proxy };
    for (what, text, company, state) in searches {
        let filtered = company != CompanyFilter::Any;
        let (hits, trips, units) = table.search(&text, company, state).await;
        println!("{what:40} {text:16} {hits:3} hits, {trips} round trips, {units} read units at most");
        assert!(!filtered || units <= 20.0, "{what}: {units} units");
        assert!(units <= 30.0, "{what}: {units} units");
    }
    engine.shutdown().await;
}
