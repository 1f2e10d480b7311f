//! The details that make one customer's trouble differ from another's: places, numbers, dates.

use super::cast::{Contact, Customer};
use domain::timestamp::Timestamp;
use fastrand::Rng;
use std::time::Duration;

const CARRIERS: &[&str] = &["Torvik Parcel", "Brackenway Express", "Lindmoor Freight", "Sarrel Post", "Ostbucht Cargo"];
const PRINTERS: &[&str] = &["TX-420", "TX-610d", "Moby 80", "Printline 4"];
const NO_SITES: &[&str] = &["Hall 1", "Hall 2"];

/// What stands in for the words in braces, the same throughout one ticket.
#[derive(Debug)]
pub struct Details {
    words: Vec<(&'static str, String)>,
    /// `{n}`.
    pub n: u32,
    /// `{invoice}`.
    pub invoice: String,
    /// `{amount}`, in cents.
    pub cents: u32,
}

impl Details {
    /// Draws the details of a ticket that `requester` opens at `created`.
    pub fn draw(rng: &mut Rng, customer: Option<&Customer>, requester: &Contact, created: Timestamp) -> Self {
        let mut sites: Vec<&str> = match customer {
            Some(customer) => customer.sites.iter().map(String::as_str).collect(),
            None => NO_SITES.to_vec(),
        };
        rng.shuffle(&mut sites);
        let mut sites = sites.into_iter();
        let (n, cents) = (rng.u32(3..30), rng.u32(4_000..290_000));
        let (year, month) = year_and_month(created);
        let invoice = format!("INV-{year}-{:05}", rng.u32(200..9_000));
        let before = |days: u64| earlier(created, Duration::from_hours(24 * days));
        let day = before(rng.u64(1..4));
        let minute = rng.u32(7 * 60..17 * 60);
        let words = vec![
            ("{first}", requester.called.clone()),
            ("{company}", customer.map_or("a trial workspace", |it| &it.name).into()),
            ("{site}", sites.next().unwrap_or_default().into()),
            ("{othersite}", sites.next().unwrap_or_default().into()),
            ("{carrier}", one_of(rng, CARRIERS).into()),
            ("{printer}", one_of(rng, PRINTERS).into()),
            ("{order}", format!("SO-{}", rng.u32(30_000..99_000))),
            ("{shipment}", format!("SHP-{}", rng.u32(2_100_000..2_900_000))),
            ("{sku}", format!("{}{}-{}", rng.uppercase(), rng.uppercase(), rng.u32(10_000..60_000))),
            ("{link}", rng.u32(10_000..99_000).to_string()),
            ("{request}", format!("req_{:012x}", rng.u64(..1 << 48))),
            ("{n}", n.to_string()),
            ("{count}", thousands(rng.u32(1_050..48_000))),
            ("{amount}", format!("{}.{:02}", thousands(cents / 100), cents % 100)),
            ("{invoice}", invoice.clone()),
            ("{date}", day.in_words().split(',').next().unwrap_or_default().into()),
            ("{isodate}", day.sortable().chars().take(10).collect()),
            ("{month}", before(20).month()),
            ("{time}", format!("{:02}:{:02}", minute / 60, minute % 60)),
            ("{version}", format!("{year}.{month}")),
        ];
        Self { words, n, invoice, cents }
    }

    /// `text` with the words in braces replaced.
    pub fn fill(&self, text: &str) -> String {
        self.words.iter().fold(text.to_owned(), |text, (word, detail)| text.replace(word, detail))
    }
}

/// One of `words` at random; empty if there are none.
pub fn one_of<'a>(rng: &mut Rng, words: &'a [impl AsRef<str>]) -> &'a str {
    rng.choice(words).map(AsRef::as_ref).unwrap_or_default()
}

fn year_and_month(time: Timestamp) -> (String, String) {
    let text = time.sortable();
    let mut numbers = text.split('-').map(|number| number.trim_start_matches('0').to_owned());
    (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default())
}

fn earlier(time: Timestamp, by: Duration) -> Timestamp {
    let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(time.millis().saturating_sub(millis)).unwrap_or(time)
}

fn thousands(number: u32) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", number / 1000, number % 1000) }
}
