//! The list as page and as JSON (docs/product.md, The list).

use crate::{limit, page};
use domain::{
    filter::Filter,
    list::Piles,
    order::Order,
    projection::{CustomerCompany, CustomerRow, CustomerType},
    search::Query as Words,
    state::Counts,
};
use portal::customer::{self, Visit};
use serde::Serialize;
use store::{ListQuery, Watch};
use web::{App, Problem, Request, Response, cursor, fresh, hint};

#[derive(Debug, Serialize)]
pub(crate) struct List {
    pub(crate) tickets: Vec<CustomerRow>,
    pub(crate) next_cursor: Option<String>,
    /// How many tickets were looked through, where these were not all that remain.
    pub(crate) looked_through: Option<usize>,
    /// Tickets of the chosen company, or of all companies, in any state.
    pub(crate) counts: Counts,
    /// The same by whose turn they are.
    pub(crate) turns: Piles,
    /// How many tickets have something that the reader has not seen; 200 at most.
    pub(crate) unread: u64,
    pub(crate) companies: Vec<CustomerCompany>,
    pub(crate) types: Vec<CustomerType>,
    #[serde(skip)]
    pub(crate) may_report: bool,
}

pub(crate) async fn list(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    let (q, filter, order) = read_query(request, &["limit", "cursor"])?;
    let limit = limit(request.params.first("limit"))?;
    let cursor = request.params.first("cursor");
    let pages =
        cursor::List::of_contact(app, &visit.visitor().contact, format!("tickets {}", query(q, &filter, order)));
    let after = pages.place(cursor)?.unwrap_or_default();
    // The index of search follows what was written: no mark tells when.
    if q.is_empty()
        && let Some(same) = fresh::unchanged(app, request, visit, Watch::List(filter.company.as_ref())).await?
    {
        return Ok(same);
    }

    let wanted = ListQuery { filter, words: Words::parse(q), order, limit, after };
    let found = customer::list::list(&app.portal, visit, &wanted).await?;
    let list = List {
        tickets: found.rows,
        next_cursor: pages.cursor(found.next)?,
        looked_through: found.looked_through,
        counts: found.counts,
        turns: found.piles,
        unread: found.unread,
        companies: found.companies,
        types: found.types,
        may_report: found.may_report,
    };
    let response = if request.wants_page() {
        let tag = fresh::Tag::of(app, request, visit, &list, &found.marks)?;
        page::page(app, request, &list, (q, &wanted), cursor.is_some(), &tag)?.tagged(request, &tag)
    } else {
        fresh::json(app, request, visit, &list, &found.marks)?
    };
    Ok(response.cookie(hint::refresh(app, visit, &found.hint)))
}

/// What the form of the page asks for. A browser sends each of its fields, also those in which nothing is.
const FORM: [&str; 8] =
    ["type", "creator", "created_from", "created_to", "updated_from", "updated_to", "sort", "order"];

/// Reads the words to look for, which tickets are wanted, and in which order. What is not understood is an error and never
/// means "all".
pub(crate) fn read_query<'a>(request: &'a Request, others: &[&str]) -> Result<(&'a str, Filter, Order), Problem> {
    request.params.only(&[&["q"], &Filter::NAMES[..], &Order::NAMES, others].concat())?;
    let is_field = |name: &str| request.wants_page() && FORM.contains(&name);
    let value = |name: &str| request.params.first(name).filter(|value| !(value.is_empty() && is_field(name)));
    let q = request.params.first("q").unwrap_or_default().trim();
    Ok((q, Filter::read(value)?, Order::read(value)?))
}

/// Spells the words to look for, which tickets are wanted, and in which order, as a query.
pub(crate) fn query(q: &str, filter: &Filter, order: Order) -> String {
    let words = (!q.is_empty()).then_some(("q", q));
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(words).extend_pairs(filter.pairs()).extend_pairs(order.pairs()).finish()
}
