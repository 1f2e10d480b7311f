//! The list as page and as JSON (docs/product.md, The list).

use crate::{limit, page};
use domain::{
    id::CompanyId,
    list::{Filter, Pile, Piles},
    projection::{CustomerCompany, CustomerRow},
    state::{Counts, StateCategory},
};
use portal::customer::{self, Visit};
use serde::Serialize;
use store::Watch;
use web::{App, Problem, Request, Response, cursor, fresh, hint, response};

#[derive(Debug, Serialize)]
pub(crate) struct List {
    pub(crate) tickets: Vec<CustomerRow>,
    pub(crate) next_cursor: Option<String>,
    /// Tickets of the chosen company, or of all companies, in any state.
    pub(crate) counts: Counts,
    /// The same by whose turn they are.
    pub(crate) turns: Piles,
    /// How many tickets have something that the reader has not seen; 200 at most.
    pub(crate) unread: u64,
    pub(crate) companies: Vec<CustomerCompany>,
}

pub(crate) async fn list(app: &App, request: &Request, visit: &Visit) -> Result<Response, Problem> {
    let (filter, limit, cursor) = read_query(request)?;
    let pages = cursor::List::of_contact(app, &visit.visitor().contact, name(&filter));
    let after = pages.place(cursor)?;
    if let Some(same) = fresh::unchanged(app, request, visit, Watch::List(filter.company.as_ref())).await? {
        return Ok(same);
    }

    let found = customer::list::list(&app.portal, visit, &filter, limit, after).await?;
    let list = List {
        tickets: found.rows,
        next_cursor: pages.cursor(found.next)?,
        counts: found.counts,
        turns: found.piles,
        unread: found.unread,
        companies: found.companies,
    };
    let tag = fresh::Tag::of(app, request, visit, &list, &found.marks)?;
    let response = if request.wants_page() {
        page::page(app, request, &list, &filter, cursor.is_some(), &tag)?
    } else {
        response::kept_json(&list)?
    };
    Ok(response.tagged(request, &tag).cookie(hint::refresh(app, visit, &found.hint)))
}

/// Reads the parameters. A filter that is not understood is an error and never means "all".
fn read_query(request: &Request) -> Result<(Filter, usize, Option<&str>), Problem> {
    let [state, turn, company, limit, cursor] = request.params.take(["state", "turn", "company", "limit", "cursor"])?;
    let state = state.map(str::parse::<StateCategory>).transpose();
    let state = state.map_err(|error| Problem::invalid("invalid_state", format!("{error}.")))?;
    let turn = turn.map(str::parse::<Pile>).transpose();
    let turn = turn.map_err(|error| Problem::invalid("invalid_parameter", format!("{error}.")))?;
    let company = company.map(CompanyId::new).transpose();
    let company = company.map_err(|error| Problem::invalid("invalid_parameter", format!("{error}.")))?;
    Ok((Filter { state, turn, company }, self::limit(limit)?, cursor))
}

/// Tells the cursors of lists with different filters apart.
fn name(Filter { state, turn, company }: &Filter) -> String {
    let state = state.map_or("all", StateCategory::as_str);
    let turn = turn.map_or("anybody", Pile::as_str);
    let list = format!("tickets {state} {turn}");
    company.as_ref().map_or_else(|| list.clone(), |company| format!("{list} {company}"))
}
