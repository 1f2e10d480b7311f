//! Search over tickets and conversations, to find out whether a problem is already reported.

use super::{Error, Names, Thing};
use crate::Portal;
use domain::{
    conversation::ConversationHead,
    desk::DeskRow,
    filter::Filter,
    id::TicketId,
    order::Order,
    search::{Field, Match, Query},
    ticket::TicketRow,
};
use futures::future::try_join_all;
use std::cmp::Reverse;
use store::{CompanyFilter, Kind, MOST_HITS, SearchPage, SearchQuery};

/// The most people who are taken to have one address.
const MOST_PEOPLE: usize = 5;

/// What to look for. Every condition that is set has to hold.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Words, each of which has to occur.
    pub query: Query,
    /// The same as a whole e-mail address, if it is one: the tickets of whoever has it are wanted.
    pub address: Option<String>,
    pub company: CompanyFilter,
    /// Which tickets; its company is not looked at.
    pub filter: Filter,
    pub order: Order,
    /// Tickets or conversations; `None` looks for both.
    pub kind: Option<Kind>,
}

/// A page of search results.
#[derive(Debug)]
pub struct Found {
    /// Each with where it was found, if there were words to look for.
    pub hits: Vec<(Hit, Option<Match>)>,
    /// Where the search goes on. `None` when it has reached the end.
    pub next: Option<String>,
    /// How many tickets and conversations were looked at, where these were not all.
    pub looked_through: Option<usize>,
}

#[derive(Debug)]
pub enum Hit {
    Ticket(Box<DeskRow>),
    /// A conversation without a ticket.
    Conversation(ConversationHead),
}

/// Finds a page of results after a place, or from the start. The catalog is from memory, so that it adds no round trip to the
/// two of the search. A case is found once: the words of a conversation with a ticket are the ticket's.
pub async fn search(portal: &Portal, wanted: &Wanted, after: Option<String>) -> Result<Found, Error> {
    if let (Some(address), None) = (&wanted.address, &after)
        && let Some(found) = of_address(portal, wanted, address).await?
    {
        return Ok(found);
    }
    let Wanted { query, company, filter, order, kind, .. } = wanted.clone();
    let query = SearchQuery { query, company, filter, order, kind, after, limit: MOST_HITS };
    let workspace = portal.store.recent_workspace().await?;
    let SearchPage { hits, companies, next, looked_through } = portal.store.search(&query, &workspace.catalog).await?;
    let names = Names::of_companies(companies);
    let desk = names.desk(&workspace);
    let has_words = !query.query.terms().is_empty();
    let hits = hits.into_iter().map(|(hit, matched)| {
        let hit = match hit {
            store::Hit::Ticket(row) => Hit::Ticket(Box::new(desk.row(&row))),
            store::Hit::Conversation(head) => Hit::Conversation(head),
        };
        (hit, has_words.then_some(matched))
    });
    Ok(Found { hits: hits.collect(), looked_through: next.is_some().then_some(looked_through), next })
}

/// Finds the newest tickets of whoever has an e-mail address. `None` if nobody has, or has any; then the words of the address
/// may occur somewhere.
async fn of_address(portal: &Portal, wanted: &Wanted, address: &str) -> Result<Option<Found>, Error> {
    let people = portal.store.people_called(address, MOST_PEOPLE).await?;
    let has_it = |email: &str| email.trim().to_lowercase() == address.to_lowercase();
    let theirs = people.into_iter().map(|(contact, _)| contact);
    let theirs = theirs.filter(|contact| contact.email.as_deref().is_some_and(has_it));
    let created = theirs.map(|contact| async move { portal.store.tickets_created_by(&contact.id).await });
    let mut rows: Vec<_> = try_join_all(created).await?.into_iter().flatten().collect();
    rows.retain(|row| wanted.keeps(row));
    if rows.is_empty() {
        return Ok(None);
    }
    rows.sort_by_key(|row| Reverse(row.boundary()));
    rows.truncate(MOST_HITS);
    let companies = rows.iter().filter_map(|row| row.company.clone()).collect();
    let (companies, workspace) =
        futures::try_join!(portal.store.companies(&companies), portal.store.recent_workspace())?;
    let names = Names::of_companies(companies);
    let desk = names.desk(&workspace);
    let hit = |row: &TicketRow| {
        let matched = Match { field: Field::Name, snippet: wanted.query.marked(&row.title) };
        (Hit::Ticket(Box::new(desk.row(row))), Some(matched))
    };
    Ok(Some(Found { hits: rows.iter().map(hit).collect(), next: None, looked_through: None }))
}

impl Wanted {
    /// Whether a ticket passes the filters.
    fn keeps(&self, row: &TicketRow) -> bool {
        self.company.holds(row.company.as_ref())
            && self.kind != Some(Kind::Conversation)
            && self.filter.keeps(row, &row.requester)
    }
}

/// Finds the id of the ticket with this number.
///
/// # Errors
/// [`Error::NotThere`].
async fn by_number(portal: &Portal, number: u64) -> Result<TicketId, Error> {
    let query = Query::parse(&format!("#{number}"));
    let wanted = Wanted { query, kind: Some(Kind::Ticket), ..Wanted::default() };
    let found = search(portal, &wanted, None).await?.hits.into_iter().find_map(|(hit, _)| match hit {
        Hit::Ticket(row) if row.number == number => Some(row.id),
        _ => None,
    });
    found.ok_or(Error::NotThere(Thing::TicketNumber(number)))
}

/// Finds the id of the ticket whose number or id somebody typed.
///
/// # Errors
/// [`Error::NotThere`].
pub async fn typed(portal: &Portal, typed: &str) -> Result<TicketId, Error> {
    let typed = typed.trim();
    match typed.trim_start_matches('#').parse() {
        Ok(number) => by_number(portal, number).await,
        Err(_) => TicketId::new(typed).map_err(|_| Error::NotThere(Thing::Ticket)),
    }
}

/// The same for a ticket to which a request only refers.
///
/// # Errors
/// [`Error::Unknown`].
pub async fn referred(portal: &Portal, to: &str) -> Result<TicketId, Error> {
    typed(portal, to).await.map_err(|error| match error {
        Error::NotThere(thing) => Error::Unknown(thing),
        error => error,
    })
}
