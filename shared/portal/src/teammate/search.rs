//! Search over tickets and conversations, to find out whether a problem is already reported.

use super::{Error, Names, Thing};
use crate::Portal;
use domain::{
    conversation::ConversationHead,
    desk::DeskRow,
    id::{TicketId, TypeId},
    search::Query,
    state::StateCategory,
};
use store::{CompanyFilter, Kind, MOST_HITS, Place, SearchQuery};

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
pub async fn search(portal: &Portal, wanted: &Wanted, after: Option<Place>) -> Result<Found, Error> {
    let Wanted { query, company, state, ticket_type, kind } = wanted.clone();
    let query = SearchQuery { query, company, state, ticket_type, kind, after, limit: MOST_HITS };
    let (page, workspace) = futures::try_join!(portal.store.search(&query), portal.store.workspace())?;
    let names = Names::of_companies(page.companies);
    let desk = names.desk(&workspace);
    let hits = page.hits.into_iter().map(|hit| match hit {
        store::Hit::Ticket(row) => Hit::Ticket(Box::new(desk.row(&row))),
        store::Hit::Conversation(head) => Hit::Conversation(head),
    });
    Ok(Found { hits: hits.collect(), next: page.next })
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
