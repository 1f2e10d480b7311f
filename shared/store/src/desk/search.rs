//! Search, for teammates (`record/hits.rs`).

use crate::{
    record::{
        HeadRecord, RowRecord, by_id,
        hits::{Candidate, Lookup, Within},
        index::Entry,
    },
    table::{Item, Store, StoreError, key, keys, record, text},
};
use domain::{
    catalog::Catalog,
    company::Company,
    conversation::ConversationHead,
    filter::Filter,
    id::{CompanyId, ContactId},
    order::Order,
    search::{Match, Query},
    ticket::TicketRow,
};
use futures::future::try_join;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Maximum number of hits on a page.
pub const MOST_HITS: usize = 20;

/// What to search for.
#[derive(Debug, Clone)]
pub struct SearchQuery {
    pub query: Query,
    /// The companies to search. That of the filter is not looked at.
    pub company: CompanyFilter,
    /// Which tickets. Whoever asks for a state, a type or a creator gets no conversations.
    pub filter: Filter,
    /// In which order a page shows what it found. By default what was found in titles comes first.
    pub order: Order,
    /// If set, only tickets or only conversations.
    pub kind: Option<Kind>,
    /// Where the page before ended.
    pub after: Option<String>,
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
    /// A conversation without a ticket. One that has a ticket is the ticket.
    Conversation,
}

/// A page of hits.
#[derive(Debug, Clone)]
pub struct SearchPage {
    /// Each with where it was found.
    pub hits: Vec<(Hit, Match)>,
    /// The companies of the tickets found.
    pub companies: BTreeMap<CompanyId, Company>,
    /// Where the search continues, unless it is complete. The work of a request is limited, so a page that is not the
    /// last can have fewer hits than asked for, or none.
    pub next: Option<String>,
    /// How many tickets and conversations were looked at.
    pub looked_through: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hit {
    Ticket(Box<TicketRow>),
    /// A conversation without a ticket.
    Conversation(ConversationHead),
}

impl CompanyFilter {
    /// Whether what belongs to this company, or to none, is searched.
    #[must_use]
    pub fn holds(&self, company: Option<&CompanyId>) -> bool {
        match self {
            Self::Any => true,
            Self::NoCompany => company.is_none(),
            Self::Of(id) => company == Some(id),
        }
    }
}

impl SearchQuery {
    fn within(&self) -> Within {
        match &self.company {
            CompanyFilter::Any => Within::Everything,
            CompanyFilter::NoCompany => Within::Scope(None),
            CompanyFilter::Of(id) => Within::Scope(Some(id.clone())),
        }
    }

    fn wants(&self, entry: &Entry) -> bool {
        let kind = match entry {
            Entry::Ticket(_) => Kind::Ticket,
            Entry::Conversation(_) => Kind::Conversation,
        };
        self.kind.is_none_or(|wanted| wanted == kind)
    }

    /// Whether conversations can be meant: they have no state, no type and no creator.
    fn takes_conversations(&self) -> bool {
        let Filter { state, turn, ticket_type, creator, .. } = &self.filter;
        state.is_none() && turn.is_none() && ticket_type.is_none() && creator.is_none()
    }

    fn keeps(&self, row: &TicketRow) -> bool {
        // Nobody is meant by "me" here.
        let filter = Filter { company: None, ..self.filter.clone() };
        filter.keeps(row, &row.requester)
    }
}

impl Store {
    /// Searches tickets and conversations. `catalog` says how orders by type and state go.
    pub async fn search(&self, query: &SearchQuery, catalog: &Catalog) -> Result<SearchPage, StoreError> {
        let limit = query.limit.clamp(1, MOST_HITS);
        let lookup = Lookup {
            query: &query.query,
            within: query.within(),
            created: query.filter.created,
            after: query.after.as_deref(),
        };
        let mut found = self.candidates(&lookup, limit).await?;
        found.found.retain(|it| query.wants(&it.entry));
        let mut wanted: BTreeSet<_> = found.found.iter().filter_map(address).collect();
        let companies = found.found.iter().filter_map(|it| it.company.as_ref());
        wanted.extend(companies.map(|id| (keys::company(id), keys::COMPANY.to_owned())));
        let wanted = wanted.into_iter().map(|(pk, sk)| key(pk, sk)).collect();
        let (items, ()) = try_join(self.get_all_cheaply(wanted), self.made_sure(&lookup, &mut found.found)).await?;
        let mut by_key: HashMap<_, Item> = items
            .into_iter()
            .map(|item| ((text(&item, "pk").to_owned(), text(&item, "sk").to_owned()), item))
            .collect();
        let mut hits = Vec::with_capacity(found.found.len());
        for candidate in found.found {
            let Some(item) = address(&candidate).and_then(|address| by_key.remove(&address)) else { continue };
            hits.extend(hit(query, &candidate, item)?.map(|(hit, matched)| (hit, matched, candidate.place)));
        }
        if query.query.terms().is_empty() || query.order != Order::default() {
            hits.sort_by(|(a, _, at), (b, _, bt)| sorted(query.order, catalog, (a, at), (b, bt)));
        } else {
            hits.sort_by(|(_, a, at), (_, b, bt)| Candidate::order((a, at), (b, bt)));
        }
        let companies = by_key.into_values().filter(|item| text(item, "sk") == keys::COMPANY);
        Ok(SearchPage {
            hits: hits.into_iter().map(|(hit, matched, _)| (hit, matched)).collect(),
            companies: by_id(companies.collect())?,
            next: found.next,
            looked_through: found.looked_through,
        })
    }
}

/// Compares two hits in an order that was asked for. Conversations come after tickets where it does not say anything of
/// them; without an order, what was created last comes first.
fn sorted(order: Order, catalog: &Catalog, a: (&Hit, &str), b: (&Hit, &str)) -> std::cmp::Ordering {
    let newest = || b.1.cmp(a.1);
    match (a.0, b.0) {
        (Hit::Ticket(a), Hit::Ticket(b)) if order != Order::default() => {
            order.compare(&order.rank(a, catalog), &order.rank(b, catalog))
        }
        (Hit::Ticket(_), Hit::Conversation(_)) if order != Order::default() => std::cmp::Ordering::Less,
        (Hit::Conversation(_), Hit::Ticket(_)) if order != Order::default() => std::cmp::Ordering::Greater,
        _ => newest(),
    }
}

/// Returns what was found, as it is now, if it still is what was looked for.
fn hit(query: &SearchQuery, candidate: &Candidate, item: Item) -> Result<Option<(Hit, Match)>, StoreError> {
    Ok(match candidate.entry {
        Entry::Ticket(_) => {
            let row: TicketRow = record::<RowRecord>(item)?.into();
            let stands = keys::found_ticket(row.created_at, &row.id) == candidate.place;
            if !stands || !query.keeps(&row) {
                return Ok(None);
            }
            let matched = candidate.matched(&query.query, &row.title, Some(row.number), |_| true);
            matched.map(|matched| (Hit::Ticket(Box::new(row)), matched))
        }
        Entry::Conversation(_) => {
            let head: HeadRecord = record(item)?;
            let stands = head.ticket.is_none() && keys::found_conversation(head.started(), &head.id) == candidate.place;
            let span = query.filter.created.holds(head.started());
            if !stands || !span || !query.takes_conversations() || !query.filter.updated.is_everything() {
                return Ok(None);
            }
            let matched = candidate.matched(&query.query, head.title.as_deref().unwrap_or_default(), None, |_| true);
            matched.map(|matched| (Hit::Conversation(head.into()), matched))
        }
    })
}

/// Returns the key of the ticket row or conversation head that was found.
fn address(found: &Candidate) -> Option<(String, String)> {
    place_of(&found.entry, found.company.as_ref(), found.requester.as_ref())
}

/// Returns the key of a ticket's row, which is in its company's partition, or of the head of a conversation.
pub(super) fn place_of(
    entry: &Entry,
    company: Option<&CompanyId>,
    requester: Option<&ContactId>,
) -> Option<(String, String)> {
    match entry {
        Entry::Ticket(id) => {
            let home = company.map(keys::company).or_else(|| requester.map(keys::contact))?;
            Some((home, keys::ticket(id)))
        }
        Entry::Conversation(id) => Some((keys::conversation(id), keys::CONVERSATION.to_owned())),
    }
}
