//! Search, for teammates and the operator. A search takes two sequential round trips: the lists of the query's longest
//! words, then the rows of the entries found. The work for each page is limited.

use crate::{
    record::{
        HeadRecord, RowRecord, by_id,
        index::{Entry, Found},
    },
    table::{BY_UPDATED, Item, Store, StoreError, key, keys, record, text},
};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    company::Company,
    conversation::ConversationHead,
    id::{CompanyId, TypeId},
    search::{Query, Words},
    state::StateCategory,
    ticket::TicketRow,
};
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Maximum number of hits on a page.
pub const MOST_HITS: usize = 20;
/// Items of the index that one request reads, which cost about seven read units.
const EXAMINED: usize = 200;

/// What to search for.
#[derive(Debug, Clone)]
pub struct SearchQuery {
    pub query: Query,
    /// The companies to search.
    pub company: CompanyFilter,
    /// If set, only tickets whose state is in this category.
    pub state: Option<StateCategory>,
    /// If set, only tickets of this type.
    pub ticket_type: Option<TypeId>,
    /// If set, only tickets or only conversations.
    pub kind: Option<Kind>,
    /// Where the page before ended.
    pub after: Option<Place>,
    /// The number of hits to return, at most [`MOST_HITS`].
    pub limit: usize,
}

/// The companies whose tickets and conversations are searched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum CompanyFilter {
    /// All companies, and No company.
    #[default]
    Any,
    NoCompany,
    Of(CompanyId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Ticket,
    Conversation,
}

/// Where a search continues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Whether the place is in the list of the ticket number that the query may mean.
    number: bool,
    /// The last place that was looked at in the list.
    after: String,
}

/// A page of hits, newest first by creation. Tickets whose number the query names come before all others.
#[derive(Debug, Clone)]
pub struct SearchPage {
    pub hits: Vec<Hit>,
    /// The companies of the tickets found.
    pub companies: BTreeMap<CompanyId, Company>,
    /// Where the search continues, unless it is complete. The work of a request is limited, so a page that is not the
    /// last can have fewer hits than asked for, or none.
    pub next: Option<Place>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hit {
    Ticket(Box<TicketRow>),
    /// A conversation that was found by its own words or by a note in it.
    Conversation(ConversationHead),
}

/// The part of a list that was read, newest first.
#[derive(Default)]
struct Read {
    found: Vec<Found>,
    at_its_end: bool,
}

impl Read {
    /// Whether this read covers everything that the other one covers. Both lists hold all matches of the query.
    fn reaches_further_than(&self, other: &Self) -> bool {
        let end = |read: &Self| read.found.last().map(|found| found.key.clone());
        self.at_its_end || (!other.at_its_end && end(self) <= end(other))
    }
}

/// The hits in a part of a list.
#[derive(Default)]
struct Walk {
    hits: Vec<Found>,
    /// The last place that was looked at, unless the list is at its end.
    next: Option<String>,
}

/// Collects hits until there are `room` of them. A conversation is one hit however many of its items match; its items
/// are next to each other.
fn walk(read: Read, room: usize, keep: impl Fn(&Found) -> bool) -> Walk {
    let (mut hits, mut last): (Vec<Found>, Option<String>) = (Vec::new(), None);
    for found in read.found {
        let of_the_last = hits.last().is_some_and(|hit| hit.entry == found.entry);
        if hits.len() == room && !of_the_last {
            // Every place sorts before the tilde: without room, the walk has not started yet.
            return Walk { hits, next: Some(last.unwrap_or_else(|| "~".into())) };
        }
        if of_the_last {
            last = Some(found.place);
        } else if keep(&found) {
            last = Some(found.place.clone());
            hits.push(found);
        } else {
            last = Some(found.key);
        }
    }
    Walk { hits, next: last.filter(|_| !read.at_its_end) }
}

impl SearchQuery {
    fn keeps(&self, found: &Found) -> bool {
        let kind = match found.entry {
            Entry::Ticket(_) => Kind::Ticket,
            Entry::Conversation(_) => Kind::Conversation,
        };
        let record = &found.record;
        self.kind.is_none_or(|wanted| wanted == kind)
            && self.state.is_none_or(|state| record.state == Some(state))
            && self.ticket_type.as_ref().is_none_or(|wanted| record.ticket_type.as_ref() == Some(wanted))
            && self.query.matches(&record.words)
    }

    /// Whether a ticket still matches: its title is the one that was found, and it passes the filters as it is now. What
    /// else has changed a moment ago, such as a name, the index follows.
    fn confirms(&self, found: &Found, row: &TicketRow) -> bool {
        let unnamed = TicketRow { requester_name: None, ..row.clone() };
        keys::found_ticket(row.created_at, &row.id) == found.place
            && self.state.is_none_or(|state| row.state_category == state)
            && self.ticket_type.as_ref().is_none_or(|wanted| row.ticket_type == *wanted)
            && Words::read(&found.record.words).begin_with(&Words::of_ticket(&unnamed, None))
    }
}

impl Store {
    /// Searches tickets and conversations.
    pub async fn search(&self, query: &SearchQuery) -> Result<SearchPage, StoreError> {
        let limit = query.limit.clamp(1, MOST_HITS);
        let number = query.query.number();
        let in_number = query.after.as_ref().map_or(number.is_some(), |place| place.number);
        let after = |of_number: bool| {
            query.after.as_ref().filter(|place| place.number == of_number).map(|place| place.after.as_str())
        };

        let lists = query.query.lists();
        let each = EXAMINED / lists.len().max(1);
        let rest = lists.iter().map(|list| self.read_list(&query.company, list, after(false), each));
        let first = async {
            match number.filter(|_| in_number) {
                Some(list) => self.read_list(&query.company, list, after(true), limit).await,
                None => Ok(Read { found: Vec::new(), at_its_end: true }),
            }
        };
        let (first, rest) = futures::try_join!(first, try_join_all(rest))?;

        let first = walk(first, limit, |found| query.keeps(found));
        let (mut hits, mut next) = (first.hits, first.next.map(|after| Place { number: true, after }));
        if next.is_none() {
            let best = rest.into_iter().reduce(|a, b| if a.reaches_further_than(&b) { a } else { b });
            let numbered =
                |found: &Found| number.is_some_and(|it| found.record.words.split(' ').any(|word| word == it));
            let room = limit - hits.len();
            let rest = walk(best.unwrap_or_default(), room, |found| query.keeps(found) && !numbered(found));
            hits.extend(rest.hits);
            next = rest.next.map(|after| Place { number: false, after });
        }
        let (hits, companies) = self.rows_of(query, hits).await?;
        Ok(SearchPage { hits, companies, next })
    }

    /// Reads at most `limit` items of a list after a place, newest first.
    async fn read_list(
        &self,
        company: &CompanyFilter,
        list: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Read, StoreError> {
        let request = self.client.query().table_name(&self.table);
        let (request, partition, hash, range) = match company {
            CompanyFilter::Any => (request.index_name(BY_UPDATED), keys::found_anywhere(list), "view", "by_updated"),
            CompanyFilter::NoCompany => (request, keys::found_in(None, list), "pk", "sk"),
            CompanyFilter::Of(id) => (request, keys::found_in(Some(id), list), "pk", "sk"),
        };
        let condition = if after.is_some() { "#hash = :list AND #range < :after" } else { "#hash = :list" };
        let mut request = request
            .key_condition_expression(condition)
            .expression_attribute_names("#hash", hash)
            .expression_attribute_values(":list", AttributeValue::S(partition))
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        if let Some(after) = after {
            request = request
                .expression_attribute_names("#range", range)
                .expression_attribute_values(":after", AttributeValue::S(after.to_owned()));
        }
        let answer = request.send().await.map_err(StoreError::from_sdk)?;
        let found = answer.items.unwrap_or_default().into_iter().map(Found::read).collect::<Result<Vec<_>, _>>()?;
        Ok(Read { found, at_its_end: answer.last_evaluated_key.is_none() })
    }

    /// Reads the current rows of what was found, and their companies. Entries that are gone or no longer match are left
    /// out.
    async fn rows_of(
        &self,
        query: &SearchQuery,
        found: Vec<Found>,
    ) -> Result<(Vec<Hit>, BTreeMap<CompanyId, Company>), StoreError> {
        let mut wanted: BTreeSet<(String, String)> = found.iter().filter_map(address).collect();
        let companies = found.iter().filter_map(|found| found.record.company.as_ref());
        wanted.extend(companies.map(|id| (keys::company(id), keys::COMPANY.to_owned())));
        let items = self.get_all_cheaply(wanted.into_iter().map(|(pk, sk)| key(pk, sk)).collect()).await?;
        let mut by_key: HashMap<_, Item> = items
            .into_iter()
            .map(|item| ((text(&item, "pk").to_owned(), text(&item, "sk").to_owned()), item))
            .collect();
        let mut hits = Vec::with_capacity(found.len());
        for found in found {
            let Some(item) = address(&found).and_then(|address| by_key.remove(&address)) else { continue };
            match found.entry {
                Entry::Ticket(_) => {
                    let row: TicketRow = record::<RowRecord>(item)?.into();
                    if query.confirms(&found, &row) {
                        hits.push(Hit::Ticket(Box::new(row)));
                    }
                }
                Entry::Conversation(_) => {
                    let head: HeadRecord = record(item)?;
                    if keys::found_conversation(head.started(), &head.id) == found.place {
                        hits.push(Hit::Conversation(head.into()));
                    }
                }
            }
        }
        let companies = by_key.into_values().filter(|item| text(item, "sk") == keys::COMPANY);
        Ok((hits, by_id(companies.collect())?))
    }
}

/// Returns the key of the ticket row or conversation head that was found.
fn address(found: &Found) -> Option<(String, String)> {
    match &found.entry {
        Entry::Ticket(id) => {
            let home = match (&found.record.company, &found.record.requester) {
                (Some(company), _) => keys::company(company),
                (None, requester) => keys::contact(requester.as_ref()?),
            };
            Some((home, keys::ticket(id)))
        }
        Entry::Conversation(id) => Some((keys::conversation(id), keys::CONVERSATION.to_owned())),
    }
}
