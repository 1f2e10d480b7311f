//! The list of a contact's companies' tickets, as page and as JSON (product.md 3.3).

mod page;
mod space;

use domain::mark::Mark;
use domain::{
    id::CompanyId,
    projection::{CustomerCompany, CustomerRow},
    state::{Counts, StateCategory},
};
use futures::FutureExt;
use serde::Serialize;
use store::{ListQuery, Watch};
use web::{
    App, Function, Problem, Request, Response, Route,
    cursor::{self, Filter},
    fresh, hint,
    page::Look,
    params::invalid,
    problem::{admitted, signed_in},
    response,
};

const PAGE: Route = Route("GET /tickets");
const JSON: Route = Route("GET /api/tickets");
const SPACE: Route = Route("GET /api/tickets-space");
const ROWS_A_PAGE: usize = 25;
const MOST_ROWS: usize = 100;

/// `ticket-list`.
pub const FUNCTION: Function =
    Function { name: "ticket-list", routes: &[PAGE, JSON, SPACE], handle: |app, request| handle(app, request).boxed() };

#[derive(Debug, Serialize)]
pub(crate) struct List {
    tickets: Vec<CustomerRow>,
    next_cursor: Option<String>,
    /// Of the chosen company, or of all; whatever the state.
    counts: Counts,
    companies: Vec<CustomerCompany>,
}

async fn handle(app: &App, request: &Request) -> Result<Response, Problem> {
    if request.route == SPACE.0 { space::handle(app, request).await } else { list(app, request).await }
}

async fn list(app: &App, request: &Request) -> Result<Response, Problem> {
    let visitor = signed_in(app, request).await?;
    let (filter, limit, cursor) = read_query(request)?;
    let after = cursor.map(|cursor| cursor::open(app, &visitor.contact, &filter, cursor)).transpose()?;
    let query = ListQuery { state: filter.state, company: filter.company.clone(), limit, after };
    let hint = hint::read(app, request, &visitor.contact, filter.company.as_ref());
    let watch = Watch::List(filter.company.as_ref());
    if let Some(same) = fresh::unchanged(app, request, &visitor, hint.as_ref(), watch).await? {
        return Ok(same);
    }

    let entry = app.store.enter_with_list(&visitor, hint.as_ref(), &query).await?;
    let (workspace, scope, found) = admitted(app, request, entry)?;
    let look = Look::of(app, &workspace, scope.contact(), request);
    let chosen = filter.company.as_ref();
    if chosen.is_some_and(|id| !scope.companies().iter().any(|company| company.id == *id)) {
        return Err(Problem::company_not_found().in_look(look));
    }

    let lens = scope.lens(&workspace);
    let mut counts = Counts::default();
    for (company, of_company) in scope.counts(&found.own) {
        if chosen.is_none_or(|id| *id == company) {
            counts += of_company;
        }
    }
    let list = List {
        tickets: found.rows.iter().filter_map(|row| lens.row(row)).collect(),
        next_cursor: found.next.and_then(|at| cursor::make(app, &visitor.contact, &filter, at)),
        counts,
        companies: scope.companies().iter().map(Into::into).collect(),
    };
    let tag = fresh::Tag::of(app, request, &visitor.contact, &list, &scope.marks(watch, Mark::default()));
    let response = if request.wants_page() {
        page::render(&list, &filter, cursor.is_some(), &tag, &look)
    } else {
        response::kept_json(&list)
    };
    Ok(response.tagged(request, &tag).cookie(hint::refresh(app, &scope, hint.as_ref())))
}

/// What the query asks for. What it does not understand is an error, never "all".
fn read_query(request: &Request) -> Result<(Filter, usize, Option<&str>), Problem> {
    let [state, company, limit, cursor] = request.params.take(["state", "company", "limit", "cursor"])?;
    let state = state.map(str::parse::<StateCategory>).transpose();
    let state = state.map_err(|error| invalid("invalid_state", format!("{error}.")))?;
    let company = company.map(CompanyId::new).transpose();
    let company = company.map_err(|error| invalid("invalid_parameter", format!("{error}.")))?;
    Ok((Filter { state, company }, self::limit(limit)?, cursor))
}

/// Rows a page.
pub(crate) fn limit(limit: Option<&str>) -> Result<usize, Problem> {
    let Some(text) = limit else { return Ok(ROWS_A_PAGE) };
    let given = text.parse().ok();
    given
        .filter(|limit| (1..=MOST_ROWS).contains(limit) && text.bytes().all(|it| it.is_ascii_digit()))
        .ok_or_else(|| invalid("invalid_limit", format!("limit is a whole number from 1 to {MOST_ROWS}.")))
}
