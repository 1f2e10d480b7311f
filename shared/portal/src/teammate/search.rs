//! Search over tickets and conversations, to find out whether a problem is already reported.

use super::{Error, Names, Thing};
use crate::Portal;
use domain::{
    conversation::ConversationHead,
    desk::DeskRow,
    id::{TicketId, TypeId},
    search::{Query, Words},
    state::StateCategory,
};
use futures::future::try_join_all;
use std::collections::BTreeSet;
use store::{CompanyFilter, Kind, MOST_HITS, Place, SearchPage, SearchQuery};

/// What to look for. Every condition that is set has to hold.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Words, each of which has to occur.
    pub query: Query,
    pub company: CompanyFilter,
    pub state: Option<StateCategory>,
    pub ticket_type: Option<TypeId>,
    /// Tickets or conversations; `None` looks for both.
    pub kind: Option<Kind>,
}

/// A page of search results.
#[derive(Debug)]
pub struct Found {
    /// Newest first.
    pub hits: Vec<Hit>,
    /// Where older results continue. `None` when the search has reached the end.
    pub next: Option<Place>,
}

#[derive(Debug)]
pub enum Hit {
    Ticket(Box<DeskRow>),
    Conversation(ConversationHead),
}

/// Finds a page of results after a place, or from the start. The catalog is read at the same time, so that it adds no
/// round trip to the two of the search.
///
/// A case is found once: where a conversation with a ticket is found by its notes or its people, and the ticket is not
/// found by its own words, the ticket stands in its place. Who looks for conversations alone gets them as they are.
pub async fn search(portal: &Portal, wanted: &Wanted, after: Option<Place>) -> Result<Found, Error> {
    let Wanted { query, company, state, ticket_type, kind } = wanted.clone();
    let query = SearchQuery { query, company, state, ticket_type, kind, after, limit: MOST_HITS };
    let (page, workspace) = futures::try_join!(portal.store.search(&query), portal.store.workspace())?;
    let SearchPage { hits, mut companies, next } = page;
    let cases = try_join_all(hits.into_iter().map(|hit| case(portal, wanted, hit))).await?;
    let cases: Vec<_> = cases.into_iter().flatten().collect();
    let of_cases = cases.iter().filter_map(|hit| match hit {
        store::Hit::Ticket(row) => row.company.clone(),
        store::Hit::Conversation(_) => None,
    });
    let unread: BTreeSet<_> = of_cases.filter(|id| !companies.contains_key(id)).collect();
    companies.extend(portal.store.companies(&unread).await?);
    let names = Names::of_companies(companies);
    let desk = names.desk(&workspace);
    let hits = cases.into_iter().map(|hit| match hit {
        store::Hit::Ticket(row) => Hit::Ticket(Box::new(desk.row(&row))),
        store::Hit::Conversation(head) => Hit::Conversation(head),
    });
    Ok(Found { hits: hits.collect(), next })
}

/// What stands in the results for a hit.
async fn case(portal: &Portal, wanted: &Wanted, hit: store::Hit) -> Result<Option<store::Hit>, Error> {
    let linked = match &hit {
        store::Hit::Conversation(head) if wanted.kind.is_none() => head.ticket.clone(),
        _ => None,
    };
    let Some(id) = linked else { return Ok(Some(hit)) };
    let Some(ticket) = portal.store.ticket(&id).await? else { return Ok(Some(hit)) };
    let is_wanted = match &wanted.company {
        CompanyFilter::Any => true,
        CompanyFilter::NoCompany => ticket.row.company.is_none(),
        CompanyFilter::Of(company) => ticket.row.company.as_ref() == Some(company),
    };
    let words = Words::of_ticket(&ticket.row, ticket.company_name.as_deref()).to_string();
    // A ticket that is found by itself stands elsewhere.
    let stands_here = is_wanted && !wanted.query.matches(&words);
    Ok(stands_here.then(|| store::Hit::Ticket(Box::new(ticket.row))))
}

/// Finds the id of the ticket with this number.
///
/// # Errors
/// [`Error::NotThere`].
pub async fn by_number(portal: &Portal, number: u64) -> Result<TicketId, Error> {
    let query = Query::parse(&number.to_string()).map_err(|error| Error::Invalid(error.to_string()))?;
    let wanted = Wanted { query, kind: Some(Kind::Ticket), ..Wanted::default() };
    let found = search(portal, &wanted, None).await?.hits.into_iter().find_map(|hit| match hit {
        Hit::Ticket(row) if row.number == number => Some(row.id),
        _ => None,
    });
    found.ok_or(Error::NotThere(Thing::TicketNumber(number)))
}
