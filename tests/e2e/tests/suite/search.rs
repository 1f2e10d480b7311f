//! Search in a company with 200,000 tickets and 1,000,000 messages: what it finds, in how many round trips, for how many read
//! units, for a customer and for a teammate.

use domain::{
    catalog::Catalog,
    contact::Contact,
    conversation::Part,
    filter::{Filter, Span},
    history::{Actor, Change, Event},
    id::{CompanyId, ContactId, TicketId, TypeId},
    order::{Order, Place},
    search::{Field, Query},
    settings::{PortalSettings, RequiredSetting},
    state::StateCategory,
    ticket::{Ticket, TicketRow},
    timestamp::Timestamp,
    visibility::Sight,
};
use e2e::{
    for_engine,
    proxy::{Proxy, sequential},
    scene::{made, said},
};
use engine::{AttributeValue, Engine, Item, Loader};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::mpsc::sync_channel,
    thread,
    time::Duration,
};
use store::{Admission, CompanyFilter, Hint, Hit, ListQuery, SearchQuery, Store, TicketWrite, Visitor};

/// Long enough that requests side by side overlap on a busy machine.
const DELAY: Duration = Duration::from_millis(200);
/// Of the large company.
const TICKETS: u64 = 200_000;
/// Of all others together.
const OTHERS: u64 = 20_000;
const MESSAGES: u64 = 5;
const COMPANIES: u64 = 20;
/// Words of a message.
const WORDS: u64 = 6;

/// A pronounceable word: 3 syllables out of 70, so that beginnings are shared as in a language.
fn word(n: u64) -> String {
    let syllable = |n: u64| {
        let (consonant, vowel) = (b"bdfgklmnprstvz"[(n % 14) as usize], b"aeiou"[(n / 14 % 5) as usize]);
        [consonant as char, vowel as char]
    };
    let mixed = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    [mixed, mixed / 70, mixed / 4900].into_iter().flat_map(syllable).collect()
}

/// A number below `bound`, far more often a small one, as with the words that people use.
fn skewed(mix: u64, bound: u64) -> u64 {
    let of_a_thousand = mix % 1000;
    bound * of_a_thousand * of_a_thousand * of_a_thousand / 1_000_000_000
}

fn bits(n: u64, shift: u64) -> u64 {
    let mix = (n + 1).wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 8;
    (mix >> shift).wrapping_mul(0xA24B_AED4_963E_E407) >> 24
}

fn company_id(n: u64) -> CompanyId {
    CompanyId::new(format!("co-{n}")).unwrap()
}

/// The company of a ticket: first those of the large one.
fn company_of(n: u64) -> u64 {
    if n < TICKETS { 0 } else { 1 + n % (COMPANIES - 1) }
}

/// A common noun, a common word, and something that is special to the case.
fn title(n: u64) -> String {
    format!(
        "{} {} {}",
        word(skewed(bits(n, 5), 300)),
        word(1000 + skewed(bits(n, 9), 100)),
        word(2000 + bits(n, 3) % 5000)
    )
}

fn message(n: u64, nth: u64) -> String {
    let words = (0..WORDS).map(|place| match bits(n, 11 + nth) % 3 {
        0 if place == 0 => word(2000 + bits(n, 2 + nth) % 5000),
        _ => word(skewed(bits(n * MESSAGES + nth, place + 1), 600)),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn created(n: u64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + (bits(n, 7) % 2_000_000) as i64 * 30_000).unwrap()
}

fn ticket(n: u64) -> Ticket {
    let mut it = made(&format!("t-{n}"), &title(n));
    it.row = TicketRow {
        number: 1000 + n,
        ticket_type: TypeId::new(if n.is_multiple_of(5) { "feature" } else { "bug" }).unwrap(),
        state_category: StateCategory::ALL[(n % 4) as usize],
        company: Some(company_id(company_of(n))),
        requester: ContactId::new(format!("u-{}", bits(n, 2) % 3000)).unwrap(),
        created_at: created(n),
        updated_at: created(n),
        ..it.row
    };
    it
}

fn part(n: u64, nth: u64) -> Part {
    let at = Timestamp::from_millis(created(n).millis() + nth as i64).unwrap();
    said(&format!("p{nth}"), &message(n, nth), at)
}

/// The key of an item.
fn place(item: &Item) -> [String; 2] {
    ["pk", "sk"].map(|name| match &item[name] {
        AttributeValue::S(key) => key.clone(),
        other => panic!("{other:?}"),
    })
}

/// All tickets and messages as the store writes them, without what no search of this test can come to: entries of lists that
/// it does not read, and rows of tickets that have nothing in them. Two threads make items while the engine loads earlier ones.
fn fill(store: &Store, loader: &Loader, queries: &[Query]) {
    const AT_ONCE: usize = 5_000;
    let lists: BTreeSet<_> =
        queries.iter().flat_map(Query::terms).flat_map(|term| [term.list(), term.list_of_number()]).flatten().collect();
    let read = |text: &str| {
        let words = text.split(' ').filter(|word| lists.contains(&word[..3]));
        words.collect::<Vec<_>>().join(" ")
    };
    let ends: Vec<_> = lists.iter().map(|list| format!("#{}#", list.replace('#', "%23"))).collect();
    let made = |first: u64| {
        let mut batch = Vec::new();
        for n in first..(first + AT_ONCE as u64).min(TICKETS + OTHERS) {
            let said = (0..MESSAGES).map(|nth| part(n, nth)).map(|part| Part { body: read(&part.body), ..part });
            let said: Vec<_> = said.filter(|part| !part.body.is_empty()).collect();
            let mut ticket = ticket(n);
            let row = store.row_of(&ticket).unwrap();
            ticket.row.title = read(&ticket.row.title);
            let entries = store.entries_of(&ticket, &said).unwrap();
            let is_read = |item: &HashMap<_, aws_sdk_dynamodb::types::AttributeValue>| {
                ends.iter().any(|end| item["pk"].as_s().unwrap().ends_with(end))
            };
            let entries: Vec<_> = entries.into_iter().filter(is_read).collect();
            if !entries.is_empty() {
                batch.extend(entries.into_iter().chain([row]).map(for_engine));
            }
        }
        // What is loaded in the table's order finds its neighbours in the cache.
        batch.sort_by_cached_key(place);
        batch
    };
    thread::scope(|scope| {
        let (send, receive) = sync_channel(0);
        for half in 0..2 {
            let (send, made) = (send.clone(), &made);
            scope.spawn(move || {
                let all = half * AT_ONCE as u64..TICKETS + OTHERS;
                all.step_by(2 * AT_ONCE).for_each(|first| send.send(made(first)).unwrap());
            });
        }
        drop(send);
        for batch in receive {
            loader.load("tickets", batch).unwrap();
        }
    });
}

/// Who searches.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Who {
    Customer,
    Teammate,
}

/// What is searched for, and which tickets it leaves.
struct Search {
    what: &'static str,
    text: String,
    filter: Filter,
    /// For teammates alone: everywhere, instead of in the large company.
    everywhere: bool,
}

impl Search {
    fn finds(&self, n: u64, query: &Query, words: &[&str]) -> bool {
        let Filter { state, created: span, .. } = &self.filter;
        let is_in_sight = self.everywhere || company_of(n) == 0;
        let is_in_state = state.is_none_or(|it| it == StateCategory::ALL[(n % 4) as usize]);
        is_in_sight && is_in_state && span.holds(created(n)) && query.fits(words.iter().copied())
    }
}

/// The tickets that each search finds, the newest first.
fn expected(searches: &[Search]) -> Vec<Vec<u64>> {
    let queries: Vec<_> = searches.iter().map(|search| Query::parse(&search.text)).collect();
    let mut found = vec![Vec::new(); searches.len()];
    for n in 0..TICKETS + OTHERS {
        let (title, number) = (title(n), format!("#{}", 1000 + n));
        let said: Vec<_> = (0..MESSAGES).map(|nth| message(n, nth)).collect();
        let words = said.iter().chain([&title]).flat_map(|text| text.split(' '));
        let words: Vec<_> = words.chain([number.as_str()]).collect();
        for (at, search) in searches.iter().enumerate() {
            if search.finds(n, &queries[at], &words) {
                found[at].push(n);
            }
        }
    }
    for of_search in &mut found {
        of_search.sort_by_cached_key(|n| std::cmp::Reverse((created(*n), format!("t-{n}"))));
    }
    found
}

/// A page of what was found.
struct Page {
    ids: Vec<String>,
    fields: Vec<Field>,
    more: bool,
}

struct Searcher<'a> {
    store: &'a Store,
    search: &'a Search,
    after: Option<String>,
    place: Place,
}

impl Searcher<'_> {
    async fn page(&mut self, who: Who) -> Page {
        match who {
            Who::Teammate => {
                let company =
                    if self.search.everywhere { CompanyFilter::Any } else { CompanyFilter::Of(company_id(0)) };
                let query = SearchQuery {
                    query: Query::parse(&self.search.text),
                    company,
                    filter: self.search.filter.clone(),
                    order: Order::default(),
                    kind: None,
                    after: self.after.take(),
                    limit: 20,
                };
                let page = self.store.search(&query, &Catalog::default()).await.unwrap();
                self.after = page.next;
                let ids = page.hits.iter().map(|(hit, _)| match hit {
                    Hit::Ticket(row) => row.id.to_string(),
                    Hit::Conversation(head) => head.id.to_string(),
                });
                let fields = page.hits.iter().map(|(_, matched)| matched.field);
                Page { ids: ids.collect(), fields: fields.collect(), more: self.after.is_some() }
            }
            Who::Customer => {
                let visitor = Visitor { contact: ContactId::new("ada").unwrap(), session: None };
                let hint = Hint { companies: [company_id(0)].into(), sight: Sight::All, private: false };
                let query = ListQuery {
                    filter: self.search.filter.clone(),
                    words: Query::parse(&self.search.text),
                    order: Order::default(),
                    limit: 25,
                    after: std::mem::take(&mut self.place),
                };
                let entry = self.store.enter_with_list(&visitor, Some(&hint), &query).await.unwrap();
                let Admission::Granted(_, page) = entry.admission else { panic!("refused") };
                let fields = page.rows.iter().map(|row| page.matches[&row.id].field);
                let (ids, fields) = (page.rows.iter().map(|row| row.id.to_string()).collect(), fields.collect());
                let more = page.next.is_some();
                self.place = page.next.unwrap_or_default();
                Page { ids, fields, more }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(feature = "built-functions", ignore = "runs no function")]
async fn a_million_messages_are_searched_in_two_round_trips_and_twenty_units() {
    let (engine, loader) = Engine::memory_with_loader(engine::loopback(0)).await.unwrap();
    let direct = Store::at(&engine.endpoint(), "tickets");
    direct.create_table().await.unwrap();
    for n in 0..COMPANIES {
        direct.put_company(&company_id(n), &format!("Company {n}"), &BTreeMap::new()).await.unwrap();
    }
    let mut ada = Contact::unrecorded(ContactId::new("ada").unwrap());
    ada.email = Some("ada@acme.example".into());
    direct.put_contact(&ada, &[company_id(0)].into()).await.unwrap();
    let settings =
        PortalSettings { enabled: true, confirmed: RequiredSetting::ALL.into(), ..PortalSettings::default() };
    direct.put_settings(&settings).await.unwrap();
    // Whoever has tickets may enter. What is loaded below is not counted.
    let mut counted = ticket(TICKETS);
    counted.row.company = Some(company_id(0));
    (counted.row.id, counted.row.title, counted.row.number) = (TicketId::new("counted").unwrap(), "?".into(), 1);
    let event = Event { at: counted.row.created_at, by: Actor::System, change: Change::Created };
    direct.write_ticket(TicketWrite::create(counted, event)).await.unwrap();
    let (noun, verb) = (word(0), word(1000));
    let special = title(42).split(' ').map(str::to_owned).collect::<Vec<_>>();
    let said = message(4711, 0).split(' ').map(str::to_owned).collect::<Vec<_>>();
    let all = Filter::default;
    let late = || Filter {
        state: Some(StateCategory::Resolved),
        created: Span { from: Some(Timestamp::from_millis(1_720_000_000_000).unwrap()), to: None },
        ..Filter::default()
    };
    let search = |what, text: String, filter| Search { what, text, filter, everywhere: false };
    let searches = [
        search("two popular words", format!("{noun} {verb}"), all()),
        search("two popular words, state and date", format!("{noun} {verb}"), late()),
        search("beginnings of popular words", format!("{} {}", &noun[..4], &verb[..3]), all()),
        search("a popular and a rare word", format!("{noun} {}", special[2]), all()),
        search("a popular and a rare word, state and date", format!("{noun} {}", special[2]), late()),
        search("a title", special.join(" "), all()),
        search("a message", said.join(" "), all()),
        search("one popular word", noun.clone(), all()),
        search("a number", "150042".into(), all()),
        search("nothing that is there", "xyzzy".into(), all()),
        Search { everywhere: true, ..search("two popular words, everywhere", format!("{noun} {verb}"), all()) },
        Search {
            everywhere: true,
            ..search("a popular and a rare word, everywhere", format!("{noun} {}", special[2]), all())
        },
    ];
    let queries: Vec<_> = searches.iter().map(|search| Query::parse(&search.text)).collect();
    tokio::task::block_in_place(|| fill(&direct, &loader, &queries));

    let proxy = Proxy::start(&engine.endpoint(), DELAY).await;
    let store = Store::at(&proxy.endpoint, "tickets");
    for (search, expected) in searches.iter().zip(tokio::task::block_in_place(|| expected(&searches))) {
        let whos = if search.everywhere { &[Who::Teammate][..] } else { &[Who::Customer, Who::Teammate] };
        for who in whos {
            let mut searcher = Searcher { store: &store, search, after: None, place: Place::default() };
            // What is remembered of the workspace is not the search's.
            store.recent_workspace().await.unwrap();
            proxy.take();
            let (mut found, mut worst, mut first) = (Vec::new(), 0.0_f64, 0);
            for page in 0..6 {
                let Page { ids, fields, more } = searcher.page(*who).await;
                let calls = proxy.take();
                let units = calls.iter().map(|call| call.units).sum::<f64>();
                assert!(sequential(&calls) <= 2, "{}: {calls:?}", search.what);
                assert!(fields.is_sorted(), "{}: what is in titles comes first", search.what);
                assert!(units <= 20.0, "{} ({who:?}), page {page}: {units} units, {} hits", search.what, ids.len());
                worst = worst.max(units);
                first = if page == 0 { ids.len() } else { first };
                found.extend(ids);
                if !more {
                    assert_eq!(found.len(), expected.len(), "{} ({who:?})", search.what);
                    break;
                }
            }
            println!("{:42} {who:?}: {first} hits of {}, {worst} read units at most", search.what, expected.len());
            // Pages go on in the order of creation.
            let newest: BTreeSet<_> = expected[..found.len()].iter().map(|n| format!("t-{n}")).collect();
            assert_eq!(found.len(), newest.len());
            assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), newest, "{} ({who:?})", search.what);
        }
    }
    engine.shutdown().await;
}
